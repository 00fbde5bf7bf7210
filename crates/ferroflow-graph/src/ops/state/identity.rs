use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

op! {
    /// `y = x`.
    pub struct Identity("Identity") {}
}

impl<'g> Tensor<'g> {
    /// The same value, as an operation of its own.
    #[track_caller]
    pub fn identity(self) -> Tensor<'g> {
        self.graph().build(Identity {}).input("input", self).tensor()
    }
}

impl Op for Identity {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![x.clone()])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        match inputs[0].dtype {
            DType::String => Ok(Kernel::dynamic(|arrays| Ok(vec![arrays[0].clone()]))),
            _ => Ok(Kernel::view()),
        }
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).into())])
    }
}

impl Sampled for Identity {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.0f64, -2.0]).identity()];
}
