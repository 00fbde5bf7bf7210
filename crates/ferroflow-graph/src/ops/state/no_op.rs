use crate::op::Sampled;
use crate::{Effect, Fact, GradientCx, GradientResult, Graph, Op, OpResult, Operation, Sample, op};
use ferroflow_kernels::Kernel;

op! {
    /// Nothing; what runs before it is told by control edges.
    pub struct NoOp("NoOp") {}
}

impl Graph {
    /// An operation that does nothing.
    #[track_caller]
    pub fn no_op(&self) -> Operation<'_> {
        self.build(NoOp {}).finish()
    }

    /// An operation that runs after all of `operations`.
    #[track_caller]
    pub fn group<'g>(&'g self, operations: impl IntoIterator<Item = impl Into<Operation<'g>>>) -> Operation<'g> {
        let builder = self.build(NoOp {}).name("group_deps");
        operations.into_iter().fold(builder, |b, op| b.control(op.into())).finish()
    }
}

impl Op for NoOp {
    fn effect(&self) -> Effect {
        Effect::Side
    }

    fn infer(&self, _: &[&Fact]) -> OpResult<Vec<Fact>> {
        Ok(vec![])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::new(|_| Ok(())))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }
}

impl Sampled for NoOp {
    const SAMPLES: &'static [Sample] = &[];
}
