"""What programs use of `tf.contrib.layers`."""

from .. import array_ops, layers, nn
from ..framework import call, convert_to_tensor, name_scope
from ..initializers import VarianceScaling, Zeros, glorot_normal, glorot_uniform
from ..math_ops import multiply, reduce_sum
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


def batch_norm(inputs, decay=0.999, center=True, scale=False, epsilon=0.001, is_training=True, scope=None, reuse=None):
    """Batch normalisation; its moving averages are kept by the operations in `UPDATE_OPS`."""
    layer = layers.BatchNormalization(-1, decay, epsilon, center, scale)
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as entered:
        layer._scope = entered
        return layer(inputs, training=is_training)


def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, scope=None):
    """Rows with `on_value` at the class."""
    return array_ops.one_hot(labels, num_classes, on_value, off_value, name=scope)
