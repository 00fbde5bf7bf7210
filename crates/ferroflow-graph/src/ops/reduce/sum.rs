use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// `y = Σ x` over the axes that input 1 names.
    pub struct Sum("Sum") {
        /// Whether reduced axes stay, with size 1.
        keep_dims: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The sum over `axes`: `1`, `[0, 1]`, `..` for all, [`keep`](super::keep)`(1)` to keep the dimension.
    #[track_caller]
    pub fn reduce_sum(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        axes.into_axes().reduce(self, |keep_dims| Sum { keep_dims })
    }
}

impl Op for Sum {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<2>(inputs)?;
        infer_reduction(inputs, self.keep_dims, rules::numeric(inputs[0])?)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::kernel(Reduction::Sum, inputs, &reduced_axes(inputs)?)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let x = cx.input(0);
        let grad = super::restore_axes(cx.grad(0), x, cx.input(1), self.keep_dims);
        Ok(vec![Some(grad.broadcast_to(x.shape_tensor()).into()), None])
    }
}

impl Sampled for Sum {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).reduce_sum(1),
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).reduce_sum(super::keep([0, -1])),
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).reduce_sum(..),
    ];
}
