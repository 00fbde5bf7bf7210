//! Neural networks.

use super::Naming::{Inside, Node, Scope};
use super::functions;
use crate::argument::{Dims, settled};
use ferroflow::graph::ops::{Axes, Conv2DOptions, CtcBeamSearchDecoder, DataFormat, Padding, PoolOptions};
use ferroflow::graph::{Input, Tensor};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The two sizes along height and width of a window attribute in the order of `format`; the others must be 1.
fn window(what: &str, sizes: [usize; 4], format: DataFormat) -> PyResult<[usize; 2]> {
    let [n, a, b, c] = sizes;
    let ((h, w), channels) = if format == DataFormat::Nchw { ((b, c), a) } else { ((a, b), c) };
    match (n, channels) {
        (1, 1) => Ok([h, w]),
        _ => Err(PyValueError::new_err(format!("{what} must be 1 along batch and channels, found {sizes:?}"))),
    }
}

fn convolution(
    strides: [usize; 4],
    padding: Padding,
    format: DataFormat,
    dilations: [usize; 4],
) -> PyResult<Conv2DOptions> {
    let (strides, dilations) = (window("strides", strides, format)?, window("dilations", dilations, format)?);
    Ok(Conv2DOptions { strides, padding, dilations, data_format: format })
}

fn pool(ksize: [usize; 4], strides: [usize; 4], padding: Padding, format: DataFormat) -> PyResult<PoolOptions> {
    let (ksize, strides) = (window("ksize", ksize, format)?, window("strides", strides, format)?);
    Ok(PoolOptions { ksize, strides, padding, data_format: format })
}

/// A literal as a constant of the dtype of `other`.
fn like<'g>(input: Input<'g>, other: Tensor<'g>) -> Tensor<'g> {
    match input {
        Input::Literal(array) => other.graph().constant(array.cast(other.dtype()).unwrap_or(array)),
        input => other.graph().constant(input),
    }
}

functions! { |g|
    ctc_beam_search_decoder(
        logits: Tensor<'g>, lengths: Tensor<'g>, beam_width: i64, top_paths: i64, merge_repeated: bool,
    )
        Node("CTCBeamSearchDecoder") => {
        logits.ctc_beam_search_decoder(lengths, CtcBeamSearchDecoder { beam_width, top_paths, merge_repeated })
    };
    conv1d(x: Tensor<'g>, filter: Tensor<'g>, stride: usize, padding: Padding) Scope => x.conv1d(filter, stride, padding);
    conv2d(x: Tensor<'g>, filter: Input<'g>, strides: [usize; 4], padding: Padding, format: DataFormat, dilations: [usize; 4])
        Node("Conv2D") => x.conv2d_with(filter, convolution(strides, padding, format, dilations)?);
    conv2d_transpose(x: Tensor<'g>, filter: Input<'g>, shape: Dims<'g>, strides: [usize; 4], padding: Padding,
        format: DataFormat, dilations: [usize; 4]) Node("Conv2DBackpropInput") =>
        x.conv2d_transpose(filter, shape, convolution(strides, padding, format, dilations)?);
    conv2d_backprop_filter(x: Tensor<'g>, sizes: Dims<'g>, out_backprop: Tensor<'g>, strides: [usize; 4], padding: Padding,
        format: DataFormat, dilations: [usize; 4]) Node("Conv2DBackpropFilter") =>
        x.conv2d_backprop_filter(sizes, out_backprop, convolution(strides, padding, format, dilations)?);
    depthwise_conv2d(x: Tensor<'g>, filter: Input<'g>, strides: [usize; 4], padding: Padding, format: DataFormat,
        dilations: [usize; 4]) Node("DepthwiseConv2dNative") =>
        x.depthwise_conv2d(filter, convolution(strides, padding, format, dilations)?);
    separable_conv2d(x: Tensor<'g>, depthwise: Input<'g>, pointwise: Input<'g>, strides: [usize; 4], padding: Padding,
        format: DataFormat, dilations: [usize; 4]) Scope =>
        x.separable_conv2d(depthwise, pointwise, convolution(strides, padding, format, dilations)?);
    max_pool(x: Tensor<'g>, ksize: [usize; 4], strides: [usize; 4], padding: Padding, format: DataFormat) Node("MaxPool") =>
        x.max_pool_with(pool(ksize, strides, padding, format)?);
    avg_pool(x: Tensor<'g>, ksize: [usize; 4], strides: [usize; 4], padding: Padding, format: DataFormat) Node("AvgPool") =>
        x.avg_pool_with(pool(ksize, strides, padding, format)?);
    bias_add(x: Tensor<'g>, bias: Input<'g>, format: DataFormat) Node("BiasAdd") => x.bias_add_with(bias, format);
    dropout(x: Tensor<'g>, keep_prob: Input<'g>, noise_shape: Option<Dims<'g>>, seed: Option<i64>) Inside =>
        x.dropout_with(keep_prob, noise_shape.map(|d| d.0), seed);
    softmax(x: Tensor<'g>, axis: i64) Node("Softmax") => x.softmax_along(axis);
    axis_last(x: Tensor<'g>, axis: Tensor<'g>) Scope => x.axis_last_by(axis);
    log_softmax(x: Tensor<'g>, axis: i64) Node("LogSoftmax") => x.log_softmax_along(axis);
    softmax_cross_entropy(logits: Tensor<'g>, labels: Input<'g>, axis: i64) Inside =>
        logits.axis_behind(axis).softmax_cross_entropy_with_logits(like(labels, logits).axis_behind(axis));
    softmax_cross_entropy_v2(logits: Tensor<'g>, labels: Input<'g>, axis: i64) Inside =>
        logits.axis_behind(axis).softmax_cross_entropy_with_logits_v2(like(labels, logits).axis_behind(axis));
    sparse_softmax_cross_entropy(logits: Tensor<'g>, labels: Input<'g>) Inside =>
        logits.sparse_softmax_cross_entropy_with_logits(settled(labels, true));
    sigmoid_cross_entropy(logits: Tensor<'g>, labels: Input<'g>) Scope => logits.sigmoid_cross_entropy_with_logits(labels);
    weighted_cross_entropy(logits: Tensor<'g>, labels: Input<'g>, pos_weight: f64) Scope =>
        logits.weighted_cross_entropy_with_logits(labels, pos_weight);
    l2_loss(x: Tensor<'g>) Scope => x.l2_loss();
    l2_normalize(x: Tensor<'g>, axes: Axes<'g>, epsilon: f64) Scope => x.l2_normalize(axes, epsilon);
    batch_normalization(x: Tensor<'g>, mean: Tensor<'g>, variance: Tensor<'g>, offset: Option<Tensor<'g>>,
        scale: Option<Tensor<'g>>, epsilon: f64) Scope => x.batch_normalization(mean, variance, offset, scale, epsilon);
    fused_batch_norm(x: Tensor<'g>, scale: Input<'g>, offset: Input<'g>, epsilon: f64) Node("FusedBatchNorm") =>
        x.fused_batch_norm(scale, offset, epsilon);
    local_response_normalization(x: Tensor<'g>, depth_radius: i32, bias: f64, alpha: f64, beta: f64) Scope =>
        x.local_response_normalization(depth_radius, bias, alpha, beta);
    zero_fraction(x: Tensor<'g>) Scope => x.zero_fraction();
}
