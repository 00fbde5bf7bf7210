use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x · y`.
    pub struct Mul("Mul") {}
}

impl<'g> Tensor<'g> {
    /// `self * other`, elementwise; also the operator `*`.
    #[track_caller]
    pub fn mul(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Mul {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Mul {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Mul)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![cx.wants(0).then(|| grad.mul(y).into()), cx.wants(1).then(|| grad.mul(x).into())])
    }
}

impl Sampled for Mul {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0]) * g.constant([3.0f64, 5.0]),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]) * g.constant([[10.0f64], [20.0]]),
    ];
}
