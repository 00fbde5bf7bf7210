use crate::op::Sampled;
use crate::{Effect, Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// A tensor that outlives a run; each session keeps its own value.
    pub struct VariableV2("VariableV2") {
        /// The element type.
        dtype: DType,
        /// The shape, as far as it is fixed.
        shape: PartialShape,
    }
}

impl Op for VariableV2 {
    fn effect(&self) -> Effect {
        Effect::Variable
    }

    fn infer(&self, _: &[&Fact]) -> OpResult<Vec<Fact>> {
        Ok(vec![Fact::new(self.dtype, self.shape.clone())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Err(OpError::unimplemented("a variable is not computed"))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }
}

impl Sampled for VariableV2 {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0]).reference()];
}
