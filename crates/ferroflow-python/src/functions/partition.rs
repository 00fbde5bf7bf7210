//! Rows dealt out, put together, turned around and counted.

use super::Naming::{Inside, Node, Scope};
use super::functions;
use crate::argument::Dims;
use ferroflow::array::DType;
use ferroflow::graph::{Input, Tensor};

functions! { |g|
    meshgrid(vectors: Vec<Tensor<'g>>, swapped: bool) Inside => g.meshgrid(&vectors, swapped);
    dynamic_partition(x: Tensor<'g>, partitions: Input<'g>, number: i32) Inside => x.dynamic_partition(partitions, number);
    dynamic_stitch(indices: Vec<Tensor<'g>>, data: Vec<Tensor<'g>>) Node("DynamicStitch") =>
        g.dynamic_stitch(&indices, &data);
    reverse_sequence(x: Tensor<'g>, lengths: Input<'g>, seq_axis: i64, batch_axis: i64) Scope =>
        x.reverse_sequence(lengths, seq_axis, batch_axis);
    segment_mean(x: Tensor<'g>, ids: Tensor<'g>) Scope => x.segment_mean(ids);
    bincount(
        arr: Tensor<'g>, weights: Option<Tensor<'g>>, minlength: Option<Input<'g>>, maxlength: Option<Input<'g>>
    ) Scope => arr.bincount(weights, minlength, maxlength);
    confusion_matrix(
        labels: Tensor<'g>, predictions: Tensor<'g>, num_classes: Option<Input<'g>>, weights: Option<Tensor<'g>>,
        dtype: DType
    ) Scope => g.confusion_matrix(labels, predictions, num_classes, weights, dtype);
    random_crop(x: Tensor<'g>, size: Dims<'g>, seed: Option<i64>) Scope => x.random_crop(size, seed);
    print(x: Tensor<'g>, data: Vec<Tensor<'g>>, message: String, first_n: i64, summarize: i64) Node("Print") =>
        x.print(&data, &message, first_n, summarize);
}
