use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x + y`.
    pub struct Add("Add") {}
}

impl<'g> Tensor<'g> {
    /// `self + other`, elementwise; also the operator `+`.
    #[track_caller]
    pub fn add(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Add {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Add {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Add)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).into()), Some(cx.grad(0).into())])
    }
}

impl Sampled for Add {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0]) + g.constant([3.0f64, 5.0]),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]) + g.constant([10.0f64, 20.0]),
        |g| g.constant(5.0f64) + g.constant([[1.0f64], [2.0]]),
    ];
}
