use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, Variable, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// Whether the session has a value of the variable when the operation runs.
    pub struct IsVariableInitialized("IsVariableInitialized") {}
}

impl<'g> Variable<'g> {
    /// Whether the variable has a value, from before the run or from a write that a control dependency orders before.
    #[track_caller]
    pub fn is_initialized(self) -> Tensor<'g> {
        self.graph().build(IsVariableInitialized {}).input("ref", self.reference()).tensor()
    }

    /// The variable's value if it has one, else what its initialiser gives: what other variables can start from,
    /// whichever is initialised first.
    #[track_caller]
    pub fn initialized_value(self) -> Tensor<'g> {
        let _free = self.graph().no_control_dependencies();
        let [value] = self.graph().cond(self.is_initialized(), || [self.read_value()], || [self.start()]);
        value
    }
}

impl Op for IsVariableInitialized {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<1>(inputs)?;
        Ok(vec![Fact::new(DType::Bool, PartialShape::scalar())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|_| Err(KernelError::new("what a session holds only the session can tell"))))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for IsVariableInitialized {
    const SAMPLES: &'static [Sample] = &[|g| g.variable(1.0f64).is_initialized()];
}
