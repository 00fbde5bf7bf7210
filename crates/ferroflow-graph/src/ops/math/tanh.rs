use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)`.
    pub struct Tanh("Tanh") {}
}

impl<'g> Tensor<'g> {
    /// The hyperbolic tangent.
    #[track_caller]
    pub fn tanh(self) -> Tensor<'g> {
        self.graph().build(Tanh {}).input("x", self).tensor()
    }
}

impl Op for Tanh {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Tanh)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * (1.0 - y * y);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Tanh {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).tanh(), |g| g.constant(0.75f64).tanh()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 0.5, -2.5]).tanh()), &[0.0, 0.46211715726000974, -0.9866142981514303]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 0.5, -2.5], |x| x.tanh()), &[1.0, 0.7864477329659274, 0.026592226683160525]);
    }
}
