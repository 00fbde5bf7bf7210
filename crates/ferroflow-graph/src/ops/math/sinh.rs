use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = (eˣ - e⁻ˣ) / 2`.
    pub struct Sinh("Sinh") {}
}

impl<'g> Tensor<'g> {
    /// The hyperbolic sine.
    #[track_caller]
    pub fn sinh(self) -> Tensor<'g> {
        self.graph().build(Sinh {}).input("x", self).tensor()
    }
}

impl Op for Sinh {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Sinh)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.cosh();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Sinh {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).sinh(), |g| g.constant(0.75f64).sinh()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 1.0, -2.5]).sinh()), &[0.0, 1.1752011936438014, -6.0502044810397875]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 1.0, -2.5], |x| x.sinh()), &[1.0, 1.5430806348152437, 6.132289479663686]);
    }
}
