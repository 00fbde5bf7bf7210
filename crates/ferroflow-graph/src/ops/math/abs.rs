use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = |x|`.
    pub struct Abs("Abs") {}
}

impl<'g> Tensor<'g> {
    /// The absolute value.
    #[track_caller]
    pub fn abs(self) -> Tensor<'g> {
        self.graph().build(Abs {}).input("x", self).tensor()
    }
}

impl Op for Abs {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Abs)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.sign();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Abs {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5, -2.5], [0.25, -3.0]]).abs(), |g| g.constant(0.75f64).abs()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 2.0]).abs()), &[1.5, 0.0, 2.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-1.5, 0.0, 2.0], |x| x.abs()), &[-1.0, 0.0, 1.0]);
    }
}
