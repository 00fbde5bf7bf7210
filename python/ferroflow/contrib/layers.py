"""What programs use of `tf.contrib.layers`."""

from .. import array_ops, layers, nn
from ..framework import (
    GraphKeys,
    add_to_collections,
    call,
    control_dependencies,
    convert_to_tensor,
    get_collection_ref,
    name_scope,
)
from ..initializers import VarianceScaling, Zeros, glorot_normal, glorot_uniform
from ..math_ops import identity, multiply, reduce_sum
from ..nn import l2_loss
from ..variable_scope import variable_scope


def xavier_initializer(uniform=True, seed=None, dtype="float32"):
    """Weights of variance `2 / (in + out)` (Glorot and Bengio 2010), uniform or normal."""
    return (glorot_uniform if uniform else glorot_normal)(seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None, dtype="float32"):
    """Weights of variance `factor / n`, where `mode` says which connections `n` counts."""
    return VarianceScaling(factor, mode.lower(), "uniform" if uniform else "truncated_normal", seed, dtype)


def l1_regularizer(scale, scope=None):
    """`scale · Σ |w|`; nothing for a scale of 0."""
    return _regularizer(scale, scope, "l1_regularizer", lambda w: reduce_sum(call("absolute_difference", None, 0.0, w)))


def l2_regularizer(scale, scope=None):
    """`scale · Σ w² / 2`; nothing for a scale of 0."""
    return _regularizer(scale, scope, "l2_regularizer", l2_loss)


def _regularizer(scale, scope, name, penalty):
    if not 0 <= scale:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale}")

    def regularizer(weights):
        if scale == 0:
            return None
        with name_scope(scope, name, [weights]) as full:
            weights = convert_to_tensor(weights)
            return multiply(scale, penalty(weights), full)

    return regularizer


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of both penalties."""
    first, second = l1_regularizer(scale_l1), l2_regularizer(scale_l2)

    def regularizer(weights):
        with name_scope(scope, "l1_l2_regularizer", [weights]):
            parts = [part for part in (first(weights), second(weights)) if part is not None]
            return parts[0] + parts[1] if len(parts) == 2 else (parts[0] if parts else None)

    return regularizer


def fully_connected(
    inputs,
    num_outputs,
    activation_fn=nn.relu,
    normalizer_fn=None,
    normalizer_params=None,
    weights_initializer=None,
    weights_regularizer=None,
    biases_initializer=Zeros(),
    biases_regularizer=None,
    reuse=None,
    trainable=True,
    scope=None,
):
    """`activation_fn(x · weights + biases)` over the last dimension."""
    weights = weights_initializer or xavier_initializer()
    layer = _Renamed(layers.Dense)(
        num_outputs,
        None,
        normalizer_fn is None and biases_initializer is not None,
        weights,
        biases_initializer,
        weights_regularizer,
        biases_regularizer,
        trainable=trainable,
    )
    return _finish(layer, inputs, scope, "fully_connected", reuse, activation_fn, normalizer_fn, normalizer_params)


def convolution2d(
    inputs,
    num_outputs,
    kernel_size,
    stride=1,
    padding="SAME",
    data_format=None,
    rate=1,
    activation_fn=nn.relu,
    normalizer_fn=None,
    normalizer_params=None,
    weights_initializer=None,
    weights_regularizer=None,
    biases_initializer=Zeros(),
    biases_regularizer=None,
    reuse=None,
    trainable=True,
    scope=None,
):
    """The convolution of images, with biases and an activation."""
    form = "channels_first" if data_format == "NCHW" else "channels_last"
    layer = _Renamed(layers.Conv2D)(
        num_outputs,
        kernel_size,
        stride,
        padding,
        form,
        rate,
        None,
        normalizer_fn is None and biases_initializer is not None,
        weights_initializer or xavier_initializer(),
        biases_initializer,
        weights_regularizer,
        biases_regularizer,
        trainable=trainable,
    )
    return _finish(layer, inputs, scope, "Conv", reuse, activation_fn, normalizer_fn, normalizer_params)


conv2d = convolution2d


def _Renamed(cls):
    """The layer with its variables called `weights` and `biases`."""
    names = {"kernel": "weights", "bias": "biases"}

    class Renamed(cls):
        def add_variable(self, name, *args, **kwargs):
            return super().add_variable(names.get(name, name), *args, **kwargs)

    return Renamed


def _finish(layer, inputs, scope, default, reuse, activation_fn, normalizer_fn, normalizer_params):
    with variable_scope(scope, default, [inputs], reuse=reuse) as entered:
        layer._scope = entered
        outputs = layer(inputs)
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        return outputs if activation_fn is None else activation_fn(outputs)


def max_pool2d(inputs, kernel_size, stride=2, padding="VALID", data_format=None, scope=None):
    """The greatest element of each window."""
    return nn.max_pool(inputs, _two(kernel_size), _two(stride), padding, data_format or "NHWC", scope)


def avg_pool2d(inputs, kernel_size, stride=2, padding="VALID", data_format=None, scope=None):
    """The mean of each window."""
    return nn.avg_pool(inputs, _two(kernel_size), _two(stride), padding, data_format or "NHWC", scope)


def _two(value):
    return list(value) if isinstance(value, (list, tuple)) else [value, value]


def flatten(inputs, scope=None):
    """Each example as a row."""
    with name_scope(scope, "Flatten", [inputs]):
        return layers.flatten(inputs)


def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, scope=None, seed=None):
    """In training each element is kept with probability `keep_prob` and scaled by its inverse, or else zero."""
    return layers.dropout(inputs, 1 - keep_prob, noise_shape, seed, is_training, scope)


def batch_norm(
    inputs,
    decay=0.999,
    center=True,
    scale=False,
    epsilon=0.001,
    activation_fn=None,
    param_initializers=None,
    param_regularizers=None,
    updates_collections=GraphKeys.UPDATE_OPS,
    is_training=True,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    batch_weights=None,
    fused=None,
    data_format="NHWC",
    zero_debias_moving_mean=False,
    scope=None,
):
    """Batch normalisation, then `activation_fn`. Its moving averages are kept by operations in `updates_collections`, or if
    that is `None`, whenever the result is computed."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if batch_weights is not None or zero_debias_moving_mean or variables_collections or outputs_collections:
        raise NotImplementedError("batch_norm takes no batch_weights, collections of its own, or debiased means")
    named = {f"{name}_initializer": made for name, made in (param_initializers or {}).items()}
    named.update({f"{name}_regularizer": made for name, made in (param_regularizers or {}).items()})
    axis = 1 if data_format == "NCHW" else -1
    layer = layers.BatchNormalization(axis, decay, epsilon, center, scale, trainable=trainable, **named)
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as entered:
        layer._scope = entered
        kept = get_collection_ref(GraphKeys.UPDATE_OPS)
        before = len(kept)
        result = layer(inputs, training=is_training)
        if updates_collections != GraphKeys.UPDATE_OPS:
            updates = kept[before:]
            del kept[before:]
            if updates_collections is not None:
                for update in updates:
                    add_to_collections(updates_collections, update)
            elif updates:
                with control_dependencies(updates):
                    result = identity(result)
        return result if activation_fn is None else activation_fn(result)


def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, scope=None):
    """Rows with `on_value` at the class."""
    return array_ops.one_hot(labels, num_classes, on_value, off_value, name=scope)
