//! Elementwise functions whose arguments have dtypes of their own, and products.

use super::Naming::{Node, Scope};
use super::functions;
use ferroflow::array::DType;
use ferroflow::graph::ops::Axes;
use ferroflow::graph::{Input, Tensor};

functions! { |g|
    cast(x: Tensor<'g>, dtype: DType) Node("Cast") => x.cast(dtype);
    bitcast(x: Tensor<'g>, dtype: DType) Node("Bitcast") => x.bitcast(dtype);
    select(condition: Tensor<'g>, x: Input<'g>, y: Input<'g>) Node("Select") => condition.select(x, y);
    select_alike(condition: Tensor<'g>, x: Tensor<'g>, y: Tensor<'g>) Scope => condition.select_alike(x, y);
    polygamma(a: Input<'g>, x: Tensor<'g>) Node("Polygamma") => x.polygamma(a);
    zeros_like(x: Tensor<'g>) Node("ZerosLike") => x.zeros_like();
    ones_like(x: Tensor<'g>) Node("OnesLike") => x.ones_like();
    asinh(x: Tensor<'g>) Scope => x.asinh();
    acosh(x: Tensor<'g>) Scope => x.acosh();
    atanh(x: Tensor<'g>) Scope => x.atanh();
    div_no_nan(x: Tensor<'g>, y: Input<'g>) Scope => x.div_no_nan(y);
    leaky_relu(x: Tensor<'g>, alpha: Input<'g>) Scope => x.leaky_relu(alpha);
    clip_by_value(x: Tensor<'g>, low: Input<'g>, high: Input<'g>) Scope => x.minimum(high).maximum(low);
    clip_by_norm(x: Tensor<'g>, clip_norm: Input<'g>, axes: Axes<'g>) Scope => x.clip_by_norm(clip_norm, axes);
    global_norm(tensors: Vec<Tensor<'g>>) Scope => g.global_norm(&tensors);
    clip_by_global_norm(tensors: Vec<Tensor<'g>>, clip_norm: Input<'g>) Scope => g.clip_by_global_norm(&tensors, clip_norm);
    add_n(tensors: Vec<Tensor<'g>>) Node("AddN") => g.add_n(&tensors);
    matmul(a: Tensor<'g>, b: Input<'g>, transpose_a: bool, transpose_b: bool) Node("MatMul") =>
        a.matmul_with(b, transpose_a, transpose_b);
    batch_matmul(a: Tensor<'g>, b: Input<'g>, transpose_a: bool, transpose_b: bool) Node("BatchMatMul") =>
        a.matmul_with(b, transpose_a, transpose_b);
    xw_plus_b(x: Tensor<'g>, weights: Input<'g>, biases: Input<'g>) Scope => x.xw_plus_b(weights, biases);
}
