//! Reductions and what runs along an axis.

use super::Naming::{Inside, Node, Scope};
use super::functions;
use ferroflow::array::DType;
use ferroflow::graph::ops::{Axes, IntoAxes, keep};
use ferroflow::graph::{Input, Tensor};

/// The axes, staying as dimensions of size 1 if asked for.
fn over<'g>(axes: Axes<'g>, keep_dims: bool) -> Axes<'g> {
    if keep_dims { keep(axes) } else { axes.into_axes() }
}

/// An axis as a tensor or an integer of its own dtype.
fn axis<'g>(axis: Input<'g>) -> Input<'g> {
    crate::argument::settled(axis, true)
}

functions! { |g|
    reduce_sum(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Sum") => x.reduce_sum(over(axes, keep));
    reduce_mean(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Mean") => x.reduce_mean(over(axes, keep));
    reduce_max(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Max") => x.reduce_max(over(axes, keep));
    reduce_min(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Min") => x.reduce_min(over(axes, keep));
    reduce_prod(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Prod") => x.reduce_prod(over(axes, keep));
    reduce_all(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("All") => x.reduce_all(over(axes, keep));
    reduce_any(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Node("Any") => x.reduce_any(over(axes, keep));
    reduce_logsumexp(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Scope => x.reduce_logsumexp(over(axes, keep));
    reduce_euclidean_norm(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Scope => x.reduce_euclidean_norm(over(axes, keep));
    count_nonzero(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Scope => x.count_nonzero(over(axes, keep));
    moments(x: Tensor<'g>, axes: Axes<'g>, keep: bool) Inside => x.moments_here(over(axes, keep));
    argmax(x: Tensor<'g>, along: Input<'g>, dtype: DType) Node("ArgMax") => x.argmax_as(axis(along), dtype);
    argmin(x: Tensor<'g>, along: Input<'g>, dtype: DType) Node("ArgMin") => x.argmin_as(axis(along), dtype);
    cumsum(x: Tensor<'g>, along: Input<'g>, exclusive: bool, reverse: bool) Node("Cumsum") =>
        x.cumsum_with(axis(along), exclusive, reverse);
    cumprod(x: Tensor<'g>, along: Input<'g>, exclusive: bool, reverse: bool) Node("Cumprod") =>
        x.cumprod_with(axis(along), exclusive, reverse);
    top_k(x: Tensor<'g>, k: Input<'g>) Node("TopKV2") => x.top_k(axis(k));
    in_top_k(predictions: Tensor<'g>, targets: Input<'g>, k: Input<'g>) Node("InTopK") =>
        predictions.in_top_k(targets, k);
    segment_sum(x: Tensor<'g>, ids: Input<'g>) Node("SegmentSum") => x.segment_sum(axis(ids));
    unsorted_segment_sum(x: Tensor<'g>, ids: Input<'g>, number: Input<'g>) Node("UnsortedSegmentSum") =>
        x.unsorted_segment_sum(axis(ids), axis(number));
}
