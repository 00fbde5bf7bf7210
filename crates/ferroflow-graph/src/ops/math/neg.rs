use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = -x`.
    pub struct Neg("Neg") {}
}

impl<'g> Tensor<'g> {
    /// `-self`; also the operator `-`.
    #[track_caller]
    pub fn neg(self) -> Tensor<'g> {
        self.graph().build(Neg {}).input("x", self).tensor()
    }
}

impl Op for Neg {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Neg)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).neg().into())])
    }
}

impl Sampled for Neg {
    const SAMPLES: &'static [Sample] = &[|g| -g.constant([1.0f64, -2.0])];
}
