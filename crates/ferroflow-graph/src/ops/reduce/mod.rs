//! Reductions over axes.

mod all;
mod any;
mod arg_extreme;
mod arg_max;
mod arg_min;
mod axes;
mod axis_input;
mod counts;
mod cumprod;
mod cumsum;
mod in_top_k;
mod log_sum_exp;
mod max;
mod mean;
mod min;
mod moments;
mod norm;
mod prod;
mod reduced_shape;
mod scan;
mod sum;
mod sum_to;
mod top_k;

pub use all::All;
pub use any::Any;
pub use arg_max::ArgMax;
pub use arg_min::ArgMin;
pub use axes::{Axes, IntoAxes, keep};
pub(crate) use axes::{infer_reduction, reduced_axes};
pub(crate) use axis_input::{infer_integer, known_integer, own_dtype};
pub use cumprod::Cumprod;
pub use cumsum::Cumsum;
pub use in_top_k::InTopK;
pub use max::Max;
pub use mean::Mean;
pub use min::Min;
pub use prod::Prod;
pub use reduced_shape::ReducedShape;
pub use sum::Sum;
pub use sum_to::SumTo;
pub(crate) use sum_to::summed_axes;
pub use top_k::TopK;

use crate::{Fact, GradientCx, OpResult, Tensor};
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

/// How many elements of `x` are reduced to each of `y`. A run may give other axes than those known while building, so it is
/// a tensor.
#[track_caller]
pub(crate) fn reduced_count<'g>(x: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
    x.size().floordiv(y.size().maximum(1))
}

/// The derivative of a greatest or least element, shared among all elements equal to it.
#[track_caller]
pub(crate) fn share_among_equals<'g>(cx: &GradientCx<'g>, keep_dims: bool) -> Tensor<'g> {
    let (x, axes) = (cx.input(0), cx.input(1));
    let extreme = restore_axes(cx.output(0), x, axes, keep_dims);
    let grad = restore_axes(cx.grad(0), x, axes, keep_dims);
    let equal = x.equal(extreme);
    let count = equal.cast(x.dtype()).reduce_sum(keep(axes));
    equal.select(grad / count, 0.0)
}
