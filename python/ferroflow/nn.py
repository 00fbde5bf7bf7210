"""Neural networks."""

import collections as _collections

from .array_ops import _static
from .default_graph import name_scope as _name_scope
from .framework import build as _build, call as _call, convert_to_tensor as _convert_to_tensor, is_tensor as _is_tensor
from .later import later as _later
from .math_ops import _choose, _document, identity as _identity, sigmoid, tanh  # noqa: F401

TopKV2 = _collections.namedtuple("TopKV2", ["values", "indices"])


def _activation(name, op_type, doc):
    def function(features, name=None):
        return _build(op_type, name, features)

    return _document(function, name, doc + "\n\n    Of any shape; the result has its dtype and shape.")


relu = _activation("relu", "Relu", "`max(x, 0)`.")
relu6 = _activation("relu6", "Relu6", "`min(max(x, 0), 6)`.")
elu = _activation("elu", "Elu", "`x`, or `eˣ - 1` below 0.")
selu = _activation("selu", "Selu", "`1.0507·x`, or `1.7581·(eˣ - 1)` below 0.")
softplus = _activation("softplus", "Softplus", "`ln(1 + eˣ)`.")
softsign = _activation("softsign", "Softsign", "`x / (1 + |x|)`.")


def leaky_relu(features, alpha=0.2, name=None):
    """`x`, or `alpha·x` below 0."""
    return _call("leaky_relu", name or "LeakyRelu", features, alpha)


def crelu(features, name=None, axis=-1):
    """`max(x, 0)` and `max(-x, 0)`, one after the other along `axis`."""
    from .array_ops import concat

    with _name_scope(name, "CRelu", [features]):
        features = _convert_to_tensor(features)
        return relu(concat([features, -features], axis))


def softmax(logits, axis=None, name=None, dim=None):
    """`eˣ / Σ eˣ` over `axis`, the last one if none is named."""
    axis = _choose("axis", axis, dim, "dim")
    if _is_tensor(axis):
        return _rows_along("softmax", name or "Softmax", logits, axis)
    return _call("softmax", name, logits, _last(axis, None))


def log_softmax(logits, axis=None, name=None, dim=None):
    """`x - ln Σ eˣ` over `axis`, the last one if none is named."""
    axis = _choose("axis", axis, dim, "dim")
    if _is_tensor(axis):
        return _rows_along("log_softmax", name or "LogSoftmax", logits, axis)
    return _call("log_softmax", name, logits, _last(axis, None))


def _rows_along(function, name, logits, axis):
    """A function of rows, along an axis that is a tensor."""
    with _name_scope(name, None, [logits, axis]) as scope:
        logits = _convert_to_tensor(logits)
        rows = _call(function, None, _call("axis_last", "axis_last", logits, axis), -1)
        found = _call("axis_last", scope, rows, axis)
        found.set_shape(logits.shape)
        return found


def _last(axis, dim):
    axis = _choose("axis", axis, dim, "dim")
    return -1 if axis is None else _static(axis, "axis")


def _logits_and_labels(first, labels, logits):
    """Named arguments, or `logits, labels` by position as before TensorFlow 1.0."""
    if first is not None:
        logits = first
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")
    return labels, logits


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None, axis=None):
    """The cross-entropy of the softmax of `logits` over `axis`, the last one, with `labels` of the same shape, which are
    distributions there. No derivative passes to the labels.

    By position the arguments are `logits, labels`, as they once were.
    """
    labels, logits = _logits_and_labels(_sentinel, labels, logits)
    axis = dim if axis is None else axis
    return _call("softmax_cross_entropy", name or "softmax_cross_entropy_with_logits_sg", logits, labels, axis)


def softmax_cross_entropy_with_logits_v2(labels, logits, axis=None, name=None, dim=None):
    """As `softmax_cross_entropy_with_logits`, with a derivative by the labels too."""
    name = name or "softmax_cross_entropy_with_logits"
    return _call("softmax_cross_entropy_v2", name, logits, labels, _last(axis, dim))


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross-entropy of the softmax of `logits`, `[..., classes]`, with the classes `labels`, `[...]`.

    By position the arguments are `logits, labels`, as they once were.
    """
    labels, logits = _logits_and_labels(_sentinel, labels, logits)
    name = name or "SparseSoftmaxCrossEntropyWithLogits"
    return _call("sparse_softmax_cross_entropy", name, logits, labels)


def _check_same_shape(logits, labels):
    """Raises `ValueError` where tensors of these shapes would be broadcast."""
    if hasattr(logits, "get_shape") and hasattr(labels, "get_shape"):
        shapes = logits.get_shape(), labels.get_shape()
        if not shapes[0].is_compatible_with(shapes[1]):
            raise ValueError("logits and labels must have the same shape (%s vs %s)" % shapes)


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None, targets=None):
    """`max(x, 0) - x·z + ln(1 + e^-|x|)` for `logits` `x` and `labels` `z` from 0 to 1.

    By position the arguments are `logits, labels`, as they once were; an older name of the labels is `targets`.
    """
    labels, logits = _logits_and_labels(_sentinel, _choose("labels", labels, targets, "targets"), logits)
    _check_same_shape(logits, labels)
    return _call("sigmoid_cross_entropy", name or "logistic_loss", logits, labels)


def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None, targets=None):
    """As `sigmoid_cross_entropy_with_logits`, where positive labels count `pos_weight` times."""
    labels = _choose("labels", labels, targets, "targets")
    _check_same_shape(logits, labels)
    return _call("weighted_cross_entropy", name or "logistic_loss", logits, labels, pos_weight)


def _window(value, data_format):
    """A window attribute of four numbers, from one, two or four."""
    if isinstance(value, int):
        value = [value]
    value = [int(v) for v in value]
    if len(value) == 4:
        return value
    h, w = value * 2 if len(value) == 1 else value
    return [1, 1, h, w] if data_format == "NCHW" else [1, h, w, 1]


def _pool(function, op_type, doc):
    def pool(value=None, ksize=None, strides=None, padding=None, data_format="NHWC", name=None, input=None):
        value = _choose("value", value, input, "input")
        ksize, strides = _window(ksize, data_format), _window(strides, data_format)
        return _call(function, name or op_type, value, ksize, strides, padding, data_format)

    pool.__name__ = pool.__qualname__ = function
    pool.__doc__ = doc + (
        "\n\n    Of images `[batch, height, width, channels]`, or `NCHW`. `ksize` and `strides` are `[1, height, width, 1]`;"
        "\n    `padding` is `SAME` or `VALID`."
    )
    return pool


max_pool = _pool("max_pool", "MaxPool", "The greatest element of each window.")
avg_pool = _pool("avg_pool", "AvgPool", "The mean of each window; padding does not count.")


def bias_add(value, bias, data_format=None, name=None):
    """`value + bias`, one number for each channel: the last dimension, or the second if `data_format` begins with `NC`."""
    form = "NHWC" if data_format is None else data_format
    first = isinstance(form, str) and form.startswith("NC")
    if isinstance(form, str) and not first and not (form.startswith("N") and form.endswith("C")):
        raise ValueError("data_format must be of the form `N...C` or `NC...`")
    if not first:
        return _call("bias_add", name, value, bias, "NHWC" if isinstance(form, str) else form)
    value = _convert_to_tensor(value)
    rank = value.shape.ndims
    if rank in (None, 4):
        return _call("bias_add", name, value, bias, "NCHW")
    from .array_ops import reshape

    with _name_scope(name, "BiasAdd", [value, bias]) as scope:
        return _identity(value + reshape(_convert_to_tensor(bias, value.dtype), [-1, *[1] * (rank - 2)]), scope)


def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """Each element kept with probability `keep_prob` and scaled by its inverse, or else zero.

    `rate` is 1 less `keep_prob`. Along dimensions that are 1 in `noise_shape` elements are kept or not together. Raises
    `ValueError` unless `keep_prob` is above 0 and at most 1.
    """
    if (keep_prob is None) == (rate is None):
        raise ValueError("One of keep_prob and rate must be given")
    x = _convert_to_tensor(x)
    if not x.dtype.is_floating:
        raise ValueError(
            f"x has to be a floating point tensor since it's going to be scaled. Got a {x.dtype!r} tensor instead."
        )
    if keep_prob is None:
        keep_prob = 1.0 - rate
    if isinstance(keep_prob, (int, float)):
        if not 0 < keep_prob <= 1:
            raise ValueError(f"keep_prob must be a scalar tensor or a float in the range (0, 1], got {keep_prob:g}")
        if keep_prob == 1:
            return x
    return _call("dropout", name or "dropout", x, keep_prob, noise_shape, seed)


def l2_loss(t, name=None):
    """`Σ t² / 2`, a scalar."""
    return _call("l2_loss", name or "L2Loss", t)


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """`x / √max(Σ x², epsilon)`, the sums over `axis`."""
    return _call("l2_normalize", name or "l2_normalize", x, _choose("axis", axis, dim, "dim"), epsilon)


def moments(x, axes, shift=None, name=None, keep_dims=None, keepdims=None):
    """The mean and the variance over `axes`."""
    keep = _choose("keepdims", keepdims, keep_dims, "keep_dims")
    return tuple(_call("moments", name or "moments", x, axes, bool(keep)))


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """`(x - mean) / √(variance + variance_epsilon) · scale + offset`; `None` for no scale or no offset."""
    x = _convert_to_tensor(x)
    like = lambda v: v if v is None or hasattr(v, "_as_graph_element") else _convert_to_tensor(v, x.dtype)
    mean, variance, offset, scale = map(like, (mean, variance, offset, scale))
    return _call("batch_normalization", name, x, mean, variance, offset, scale, variance_epsilon)


def batch_norm_with_global_normalization(
    t=None,
    m=None,
    v=None,
    beta=None,
    gamma=None,
    variance_epsilon=None,
    scale_after_normalization=True,
    name=None,
    input=None,
    mean=None,
    variance=None,
):
    """`batch_normalization` with its arguments in their old order."""
    t, m, v = _choose("t", t, input, "input"), _choose("m", m, mean, "mean"), _choose("v", v, variance, "variance")
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon, name)


def fused_batch_norm(
    x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC", is_training=True, name=None
):
    """Images, each channel brought to mean 0 and variance 1, scaled and shifted; and the mean and variance of each.

    Unless `is_training` by the `mean` and `variance` given.
    """
    if not is_training:
        y = batch_normalization(x, mean, variance, offset, scale, epsilon, name)
        return y, _convert_to_tensor(mean), _convert_to_tensor(variance)
    return tuple(_call("fused_batch_norm", name or "FusedBatchNorm", x, scale, offset, epsilon))


def local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """`x / (bias + alpha · Σ x²)^beta`, the sum over the channels no further than `depth_radius`."""
    return _call("local_response_normalization", name, input, depth_radius, bias, alpha, beta)


lrn = local_response_normalization


def zero_fraction(value, name=None):
    """The share of elements that are zero, `float32`."""
    return _call("zero_fraction", name or "zero_fraction", value)


def xw_plus_b(x, weights, biases, name=None):
    """`x · weights + biases`."""
    return _call("xw_plus_b", name or "xw_plus_b", x, weights, biases)


def relu_layer(x, weights, biases, name=None):
    """`max(x · weights + biases, 0)`."""
    with _name_scope(name, "relu_layer", [x, weights, biases]):
        return relu(xw_plus_b(x, weights, biases))


def embedding_lookup(params, ids, partition_strategy="mod", name=None, validate_indices=True, max_norm=None):
    """The rows of `params` that `ids` name. Of several tensors row `i` is row `i // n` of tensor `i % n`, or with the
    `partition_strategy` `div` the rows of each tensor follow those of the one before. With `max_norm`, rows whose norm is
    greater are scaled down to it."""
    if params is None:
        raise ValueError("params must be specified")
    params = list(params) if isinstance(params, (list, tuple)) else [params]
    if not params:
        raise ValueError("Need at least one param")
    if partition_strategy not in ("mod", "div"):
        raise ValueError(f"Unrecognized partition strategy: {partition_strategy}")
    function = "embedding_lookup_div" if partition_strategy == "div" and len(params) > 1 else "embedding_lookup"
    if len(params) == 1:
        with _name_scope(name, "embedding_lookup", [*params, ids]) as scope:
            rows = _identity(_call("gather", scope, params[0], _convert_to_tensor(ids, name="ids"), 0))
    else:
        rows = _call(function, name or "embedding_lookup", params, ids)
    if max_norm is None:
        return rows
    axes = list(range(_convert_to_tensor(ids).shape.ndims, rows.shape.ndims))
    return _call("clip_by_norm", "clip_by_norm", rows, max_norm, axes)


def top_k(input, k=1, sorted=True, name=None):
    """The `k` greatest elements along the last dimension, greatest first, and their indices."""
    return TopKV2(*_call("top_k", name, input, k))


def in_top_k(predictions, targets, k, name=None):
    """For each row of `predictions` whether the class that `targets` names is among its `k` greatest."""
    return _call("in_top_k", name, predictions, targets, k)


__getattr__, __dir__ = _later(
    __name__,
    {
        "activations": "log_poisson_loss silu swish",
        "array_ops": "depth_to_space space_to_depth",
        "batches": "batch_to_space space_to_batch with_space_to_batch",
        "candidate_sampling": "all_candidate_sampler compute_accidental_hits fixed_unigram_candidate_sampler "
        "log_uniform_candidate_sampler nce_loss sampled_softmax_loss uniform_candidate_sampler",
        "moments": "normalize_moments sufficient_statistics weighted_moments",
        "patches": "dilation2d erosion2d max_pool_with_argmax",
        "contrib.legacy_seq2seq": "seq2seq",
        "convolutions": "conv1d conv2d convolution atrous_conv2d conv2d_transpose conv2d_backprop_input conv2d_backprop_filter depthwise_conv2d depthwise_conv2d_native separable_conv2d",
        "ctc": "ctc_beam_search_decoder ctc_beam_search_decoder_v2 ctc_greedy_decoder ctc_loss",
        "ctc_labels": "collapse_repeated ctc_loss_v2 ctc_unique_labels",
        "driven_rnn": "raw_rnn",
        "pooling": "avg_pool1d avg_pool2d max_pool1d max_pool2d pool",
        "safe_embedding": "safe_embedding_lookup_sparse",
        "sparse_tensor": "embedding_lookup_sparse",
        "special_math": "log_sigmoid",
        "transposed": "atrous_conv2d_transpose conv1d_transpose conv3d_backprop_filter conv3d_backprop_filter_v2 "
        "conv3d_transpose conv_transpose depthwise_conv2d_backprop_filter "
        "depthwise_conv2d_backprop_input depthwise_conv2d_native_backprop_filter depthwise_conv2d_native_backprop_input",
        "volumes": "avg_pool3d conv3d max_pool3d",
    },
)
