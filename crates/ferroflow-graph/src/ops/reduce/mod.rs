//! Reductions over axes.

mod axes;
mod reduced_shape;
mod sum;
mod sum_to;

pub use axes::{Axes, IntoAxes, keep};
pub(crate) use axes::{infer_reduction, reduced_axes};
pub use reduced_shape::ReducedShape;
pub use sum::Sum;
pub use sum_to::SumTo;
pub(crate) use sum_to::summed_axes;

use crate::{Fact, OpResult, Tensor};
use ferroflow_kernels::{Kernel, Reduce, Reduction};

/// The kernel of a reduction over the dimensions in `mask`.
pub(crate) fn kernel(reduction: Reduction, inputs: &[Fact], mask: &[bool]) -> OpResult<Kernel> {
    let shape = inputs[0].concrete()?;
    Ok(Kernel::reduce(Reduce::new(reduction, inputs[0].dtype, &shape, mask)))
}

/// The derivative of a reduction of `x` with its reduced axes put back, so that it broadcasts against `x`.
#[track_caller]
pub(crate) fn restore_axes<'g>(grad: Tensor<'g>, x: Tensor<'g>, axes: Tensor<'g>, keep_dims: bool) -> Tensor<'g> {
    if keep_dims {
        return grad;
    }
    grad.reshape(
        x.graph().build(crate::ops::ReducedShape {}).input("shape", x.shape_tensor()).input("axes", axes).tensor(),
    )
}
