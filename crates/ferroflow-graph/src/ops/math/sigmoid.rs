use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = 1 / (1 + e⁻ˣ)`.
    pub struct Sigmoid("Sigmoid") {}
}

impl<'g> Tensor<'g> {
    /// The logistic function, `1 / (1 + e⁻ˣ)`.
    #[track_caller]
    pub fn sigmoid(self) -> Tensor<'g> {
        self.graph().build(Sigmoid {}).input("x", self).tensor()
    }
}

impl Op for Sigmoid {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Sigmoid)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let dx = super::sigmoid_grad(cx.output(0), cx.grad(0));
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Sigmoid {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[0.5, -1.5], [2.0, 0.25]]).sigmoid(), |g| g.constant(0.75f64).sigmoid()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let found = f64s(|g| g.constant([0.0, 3.0, -3.0, 800.0, -800.0]).sigmoid());
        assert_close(&found, &[0.5, 0.9525741268224334, 0.04742587317756678, 1.0, 0.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 3.0, -800.0], |x| x.sigmoid()), &[0.25, 0.045176659730912, 0.0]);
    }
}
