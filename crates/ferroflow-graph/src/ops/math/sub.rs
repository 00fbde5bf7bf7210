use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x - y`.
    pub struct Sub("Sub") {}
}

impl<'g> Tensor<'g> {
    /// `self - other`, elementwise; also the operator `-`.
    #[track_caller]
    pub fn sub(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Sub {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Sub {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Sub)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let grad = cx.grad(0);
        Ok(vec![Some(grad.into()), cx.wants(1).then(|| grad.neg().into())])
    }
}

impl Sampled for Sub {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0]) - g.constant([3.0f64, 5.0]),
        |g| g.constant([1.0f64, 2.0]) - g.constant([[3.0f64], [5.0]]),
    ];
}
