use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = (eˣ + e⁻ˣ) / 2`.
    pub struct Cosh("Cosh") {}
}

impl<'g> Tensor<'g> {
    /// The hyperbolic cosine.
    #[track_caller]
    pub fn cosh(self) -> Tensor<'g> {
        self.graph().build(Cosh {}).input("x", self).tensor()
    }
}

impl Op for Cosh {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Cosh)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.sinh();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Cosh {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).cosh(), |g| g.constant(0.75f64).cosh()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 1.0, -2.5]).cosh()), &[1.0, 1.5430806348152437, 6.132289479663686]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 1.0, -2.5], |x| x.cosh()), &[0.0, 1.1752011936438014, -6.0502044810397875]);
    }
}
