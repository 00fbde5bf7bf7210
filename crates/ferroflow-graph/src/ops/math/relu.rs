use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = max(x, 0)`; NaN of NaN.
    pub struct Relu("Relu") {}
}

impl<'g> Tensor<'g> {
    /// What is negative becomes 0.
    #[track_caller]
    pub fn relu(self) -> Tensor<'g> {
        self.graph().build(Relu {}).input("x", self).tensor()
    }
}

impl Op for Relu {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Relu)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = y.greater(0.0).select(grad, 0.0);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Relu {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5, -2.5], [0.25, -3.0]]).relu(), |g| g.constant(0.75f64).relu()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 2.0, f64::INFINITY]).relu()), &[0.0, 0.0, 2.0, f64::INFINITY]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-1.5, 0.0, 2.0], |x| x.relu()), &[0.0, 0.0, 1.0]);
    }

    #[test]
    fn an_infinite_derivative_stays_out_of_the_negative_side() {
        let found = derivative([-1.0, 0.0, 2.0], |x| x.relu() * f64::INFINITY);
        assert_close(&found, &[0.0, 0.0, f64::INFINITY]);
    }
}
