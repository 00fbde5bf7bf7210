use crate::op::Sampled;
use crate::ops::rules;
use crate::{Effect, Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, Variable, op};
use ferroflow_kernels::Kernel;

op! {
    /// `variable = value`; gives the new value.
    pub struct Assign("Assign") {}
}

op! {
    /// `variable = variable + value`; gives the new value.
    pub struct AssignAdd("AssignAdd") {}
}

op! {
    /// `variable = variable - value`; gives the new value.
    pub struct AssignSub("AssignSub") {}
}

impl<'g> Variable<'g> {
    /// Makes `value`, of the variable's dtype and shape, its value; gives the new value.
    #[track_caller]
    pub fn assign(self, value: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Assign {}).input("ref", self.reference()).input("value", value).tensor()
    }

    /// Adds `value`, of the variable's dtype and shape; gives the new value.
    #[track_caller]
    pub fn assign_add(self, value: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(AssignAdd {}).input("ref", self.reference()).input("value", value).tensor()
    }

    /// Subtracts `value`, of the variable's dtype and shape; gives the new value.
    #[track_caller]
    pub fn assign_sub(self, value: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(AssignSub {}).input("ref", self.reference()).input("value", value).tensor()
    }
}

fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [variable, value] = rules::exactly(inputs)?;
    let dtype = rules::same_dtype(inputs)?;
    Ok(vec![Fact::new(dtype, rules::merge(&variable.shape, &value.shape)?)])
}

macro_rules! write_op {
    ($t:ident, $kernel:expr) => {
        impl Op for $t {
            fn effect(&self) -> Effect {
                Effect::Write
            }

            fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
                infer(inputs)
            }

            fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
                let kernel: fn(&[Fact], &[Fact]) -> OpResult<Kernel> = $kernel;
                kernel(inputs, outputs)
            }

            fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
                Ok(vec![None, None])
            }
        }
    };
}

write_op!(Assign, |_, _| Ok(Kernel::new(|io| {
    io.update::<u8>(1, 0);
    Ok(())
})
.with_in_place([(0, 0), (1, 0)])));
write_op!(AssignAdd, |i, o| super::super::elementwise::kernel(ferroflow_kernels::Scalar::Add, i, o));
write_op!(AssignSub, |i, o| super::super::elementwise::kernel(ferroflow_kernels::Scalar::Sub, i, o));

impl Sampled for Assign {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0]).assign([3.0, 4.0])];
}

impl Sampled for AssignAdd {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0]).assign_add([3.0, 4.0])];
}

impl Sampled for AssignSub {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0]).assign_sub([3.0, 4.0])];
}
