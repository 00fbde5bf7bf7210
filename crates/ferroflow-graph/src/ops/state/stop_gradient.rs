use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::Kernel;

op! {
    /// `y = x`, `dx = 0`.
    pub struct StopGradient("StopGradient") {}
}

impl<'g> Tensor<'g> {
    /// The same value, a constant to differentiation.
    #[track_caller]
    pub fn stop_gradient(self) -> Tensor<'g> {
        self.graph().build(StopGradient {}).input("input", self).tensor()
    }
}

impl Op for StopGradient {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![x.clone()])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for StopGradient {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.0f64, -2.0]).stop_gradient()];
}
