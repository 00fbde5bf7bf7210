use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = min(max(x, 0), 6)`; NaN of NaN.
    pub struct Relu6("Relu6") {}
}

impl<'g> Tensor<'g> {
    /// Clipped to between 0 and 6.
    #[track_caller]
    pub fn relu6(self) -> Tensor<'g> {
        self.graph().build(Relu6 {}).input("x", self).tensor()
    }
}

impl Op for Relu6 {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Relu6)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = y.greater(0.0).logical_and(y.less(6.0)).select(grad, 0.0);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Relu6 {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5, -2.5], [0.25, 7.0]]).relu6(), |g| g.constant(0.75f64).relu6()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 2.0, 6.0, 7.0]).relu6()), &[0.0, 0.0, 2.0, 6.0, 6.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-1.5, 0.0, 2.0, 6.0, 7.0], |x| x.relu6()), &[0.0, 0.0, 1.0, 0.0, 0.0]);
    }
}
