use super::IntoShapeInput;
use crate::op::Sampled;
use crate::ops::{elementwise, reduce, rules};
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::{Kernel, Program, Scalar};

op! {
    /// `x` repeated along dimensions of size 1, and along new ones in front, to the shape that input 1 gives.
    pub struct BroadcastTo("BroadcastTo") {}
}

impl<'g> Tensor<'g> {
    /// This tensor repeated to `shape` by NumPy's broadcasting rule.
    #[track_caller]
    pub fn broadcast_to(self, shape: impl IntoShapeInput<'g>) -> Tensor<'g> {
        self.graph().build(BroadcastTo {}).input("input", self).input("shape", shape.into_shape_input()).tensor()
    }
}

impl Op for BroadcastTo {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, shape] = rules::exactly(inputs)?;
        let to: PartialShape = rules::shape_input(shape)?;
        if let (Some(from), Some(to)) = (x.shape.to_shape(), to.to_shape()) {
            reduce::summed_axes(&to, &from)?;
        }
        Ok(vec![Fact::new(x.dtype, to)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let program = Program::single(Scalar::Identity, &[inputs[0].dtype]);
        let program = program.ok_or_else(|| OpError::dtype(format!("not defined for {}", inputs[0].dtype)))?;
        elementwise::map(program, &inputs[..1], outputs)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // The engine sums over what was repeated.
        Ok(vec![Some(cx.grad(0).into()), None])
    }
}

impl Sampled for BroadcastTo {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0]).broadcast_to([3, 2]),
        |g| g.constant([[1.0f64], [2.0]]).broadcast_to([2, 2, 3]),
    ];
}
