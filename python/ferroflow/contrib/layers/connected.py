"""Layers that connect, convolve and flatten; each takes arguments from `arg_scope`."""

import inspect

from ... import array_ops, layers, nn
from ...default_graph import add_to_collections, get_collection, name_scope
from ...framework import convert_to_tensor
from ...initializers import Zeros
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import add_model_variable, model_variable
from .regularizers import xavier_initializer
from .utils import collect_named_outputs, collected


@add_arg_scope
def fully_connected(
    inputs,
    num_outputs,
    activation_fn=nn.relu,
    normalizer_fn=None,
    normalizer_params=None,
    weights_initializer=xavier_initializer(),
    weights_regularizer=None,
    biases_initializer=Zeros(),
    biases_regularizer=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    scope=None,
):
    """`activation_fn(x · weights + biases)` over the last dimension; `normalizer_fn(x, **normalizer_params)` takes the place
    of the biases."""
    make = lambda **options: layers.Dense(num_outputs, **options)
    shared = _weighted(
        make, weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, normalizer_fn, trainable
    )
    ends = activation_fn, normalizer_fn, normalizer_params, variables_collections, outputs_collections
    return _apply(shared, inputs, scope, "fully_connected", reuse, *ends)


_CONVOLUTIONS = {3: "Conv1D", 4: "Conv2D", 5: "Conv3D"}


@add_arg_scope
def convolution(
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
    weights_initializer=xavier_initializer(),
    weights_regularizer=None,
    biases_initializer=Zeros(),
    biases_regularizer=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    scope=None,
    conv_dims=None,
):
    """The convolution of sequences, images or volumes, as the rank of `inputs` says, 3, 4 or 5, with biases and an activation;
    `normalizer_fn(x, **normalizer_params)` takes the place of the biases. `conv_dims` is the number of dimensions that are
    expected. Raises `ValueError` for other ranks."""
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.ndims
    if conv_dims is not None and conv_dims + 2 != rank:
        raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
    if rank not in _CONVOLUTIONS:
        raise ValueError(f"Convolution not supported for input with rank {rank}")
    options = dict(strides=stride, padding=padding, dilation_rate=rate)
    if data_format is not None:
        options["data_format"] = "channels_first" if data_format.startswith("NC") else "channels_last"
    make = lambda **weights: getattr(layers, _CONVOLUTIONS[rank])(num_outputs, kernel_size, **options, **weights)
    shared = _weighted(
        make, weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, normalizer_fn, trainable
    )
    ends = activation_fn, normalizer_fn, normalizer_params, variables_collections, outputs_collections
    return _apply(shared, inputs, scope, "Conv", reuse, *ends)


def _of_rank(rank, doc, name):
    signature = inspect.signature(convolution)

    def layer(*args, **kwargs):
        return convolution.__wrapped__(*args, conv_dims=rank, **kwargs)

    parameters = [p for p in signature.parameters.values() if p.name != "conv_dims"]
    layer.__signature__ = signature.replace(parameters=parameters)
    layer.__name__ = layer.__qualname__ = name
    layer.__doc__ = doc
    return add_arg_scope(layer)


convolution1d = _of_rank(1, "The convolution of sequences, with biases and an activation.", "convolution1d")
convolution2d = _of_rank(2, "The convolution of images, with biases and an activation.", "convolution2d")
convolution3d = _of_rank(3, "The convolution of volumes, with biases and an activation.", "convolution3d")
conv1d, conv2d, conv3d = convolution1d, convolution2d, convolution3d


def _transposed(cls, form, scope_name, doc, name):
    def layer(
        inputs,
        num_outputs,
        kernel_size,
        stride=1,
        padding="SAME",
        data_format=form,
        activation_fn=nn.relu,
        normalizer_fn=None,
        normalizer_params=None,
        weights_initializer=xavier_initializer(),
        weights_regularizer=None,
        biases_initializer=Zeros(),
        biases_regularizer=None,
        reuse=None,
        variables_collections=None,
        outputs_collections=None,
        trainable=True,
        scope=None,
    ):
        known = form, "NC" + form[1:-1]
        if data_format not in known:
            raise ValueError(f"data_format has to be either {known[1]} or {known[0]}.")
        order = "channels_last" if data_format == form else "channels_first"
        make = lambda **weights: getattr(layers, cls)(num_outputs, kernel_size, stride, padding, order, **weights)
        regularizers = weights_initializer, weights_regularizer, biases_initializer, biases_regularizer
        shared = _weighted(make, *regularizers, normalizer_fn, trainable)
        ends = activation_fn, normalizer_fn, normalizer_params, variables_collections, outputs_collections
        return _apply(shared, inputs, scope, scope_name, reuse, *ends)

    layer.__name__ = layer.__qualname__ = name
    layer.__doc__ = doc
    return add_arg_scope(layer)


convolution2d_transpose = _transposed(
    "Conv2DTranspose",
    "NHWC",
    "Conv2d_transpose",
    "The transpose of a convolution of images, with biases and an activation.",
    "convolution2d_transpose",
)
convolution3d_transpose = _transposed(
    "Conv3DTranspose",
    "NDHWC",
    "Conv3d_transpose",
    "The transpose of a convolution of volumes, with biases and an activation.",
    "convolution3d_transpose",
)
conv3d_transpose = convolution3d_transpose
conv2d_transpose = convolution2d_transpose


@add_arg_scope
def separable_convolution2d(
    inputs,
    num_outputs,
    kernel_size,
    depth_multiplier=1,
    stride=1,
    padding="SAME",
    data_format="NHWC",
    rate=1,
    activation_fn=nn.relu,
    normalizer_fn=None,
    normalizer_params=None,
    weights_initializer=xavier_initializer(),
    pointwise_initializer=None,
    weights_regularizer=None,
    biases_initializer=Zeros(),
    biases_regularizer=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    scope=None,
):
    """The convolution of each channel of images with `depth_multiplier` filters of its own, then, unless `num_outputs` is
    `None`, one of single pixels; with biases and an activation."""
    with variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse):
        inputs = convert_to_tensor(inputs)
        channels = inputs.shape[1 if data_format == "NCHW" else -1].value
        variable = lambda name, shape, initializer, regularizer: model_variable(
            name, shape, inputs.dtype, initializer, regularizer, trainable
        )
        shape = [*_two(kernel_size), channels, depth_multiplier]
        made = dict(depthwise_weights=variable("depthwise_weights", shape, weights_initializer, weights_regularizer))
        form = padding, _two(rate), None, data_format
        if num_outputs is None:
            num_outputs = channels * depth_multiplier
            result = nn.depthwise_conv2d(inputs, made["depthwise_weights"], _two(stride), *form)
        else:
            shape = [1, 1, channels * depth_multiplier, num_outputs]
            pointwise = pointwise_initializer or weights_initializer
            made["pointwise_weights"] = variable("pointwise_weights", shape, pointwise, weights_regularizer)
            result = nn.separable_conv2d(inputs, *made.values(), _two(stride), *form)
        if normalizer_fn is not None:
            result = normalizer_fn(result, **(normalizer_params or {}))
        elif biases_initializer is not None:
            made["biases"] = variable("biases", [num_outputs], biases_initializer, biases_regularizer)
            result = nn.bias_add(result, made["biases"], data_format)
        collect(variables_collections, **made)
        result = result if activation_fn is None else activation_fn(result)
        return collected(outputs_collections, result)


separable_conv2d = separable_convolution2d


def _weighted(make, weights, weights_regularizer, biases, biases_regularizer, normalizer_fn, trainable):
    """A layer whose variables are called `weights` and `biases`."""
    layer = make(
        use_bias=normalizer_fn is None and biases is not None,
        kernel_initializer=weights,
        bias_initializer=biases,
        kernel_regularizer=weights_regularizer,
        bias_regularizer=biases_regularizer,
        trainable=trainable,
    )
    names, add = {"kernel": "weights", "bias": "biases"}, layer.add_variable
    layer.add_variable = lambda name, *args, **options: add(names.get(name, name), *args, **options)
    return layer


def _apply(layer, inputs, scope, default, reuse, activation, normalizer, parameters, variables, outputs):
    """What the layer gives for `inputs` in a scope of its own, normalised and activated."""
    with variable_scope(scope, default, [inputs], reuse=reuse) as entered:
        result = run(layer, entered, inputs)
        if normalizer is not None:
            result = normalizer(result, **(parameters or {}))
        return finish(layer, result, activation, variables, outputs)


def run(layer, scope, inputs, **options):
    """What a new layer gives, whose scope is the one that is entered."""
    inputs = convert_to_tensor(inputs)
    layer._scope, layer._dtype = scope, inputs.dtype
    layer.build(inputs.shape)
    layer.built = True
    return layer.call(inputs, **options)


def finish(layer, result, activation, variables_collections, outputs_collections):
    """The activated result, added to collections as the layer's variables are."""
    for variable in layer.variables:
        add_model_variable(variable)
    collect(variables_collections, **{v.op.name.rpartition("/")[2]: v for v in layer.variables})
    result = result if activation is None else activation(result)
    return collected(outputs_collections, result)


def collect(collections, **variables):
    """Adds variables to `collections`: their names, or for each variable's name those that it is added to."""
    for name, variable in variables.items():
        for key in (collections.get(name, ()) if isinstance(collections, dict) else collections) or ():
            if variable is not None and variable not in get_collection(key):
                add_to_collections(key, variable)


def _two(value):
    return list(value) if isinstance(value, (list, tuple)) else [value, value]


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """Each example as a row."""
    with name_scope(scope, "Flatten", [inputs]):
        result = layers.flatten(inputs)
        return collected(outputs_collections, result)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """In training each element is kept with probability `keep_prob` and scaled by its inverse, or else zero."""
    with variable_scope(scope, "Dropout", [inputs]):
        result = layers.dropout(inputs, 1 - keep_prob, noise_shape, seed, is_training)
        return collected(outputs_collections, result)


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Rows with `on_value` at the class."""
    result = array_ops.one_hot(labels, num_classes, on_value, off_value, name=scope)
    return collect_named_outputs(outputs_collections, result.op.name, result)


@add_arg_scope
def bias_add(
    inputs,
    activation_fn=None,
    initializer=Zeros(),
    regularizer=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    data_format=None,
    scope=None,
):
    """One bias for each channel added, then an activation."""
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse):
        inputs = convert_to_tensor(inputs)
        size = inputs.shape[1 if data_format == "NCHW" else -1].value
        biases = model_variable("biases", [size], inputs.dtype, initializer, regularizer, trainable)
        collect(variables_collections, biases=biases)
        result = nn.bias_add(inputs, biases, data_format)
        result = result if activation_fn is None else activation_fn(result)
        return collected(outputs_collections, result)


def softmax(logits, scope=None):
    """`nn.softmax` over the last dimension."""
    with name_scope(scope, "softmax", [logits]):
        return nn.softmax(logits)


def _preset(activation, doc, name):
    def connected(*args, **options):
        return fully_connected(*args, activation_fn=activation, **options)

    connected.__name__ = connected.__qualname__ = name
    connected.__doc__ = doc
    return connected


linear = _preset(None, "`fully_connected` without an activation.", "linear")
relu = _preset(nn.relu, "`fully_connected`, then `max(x, 0)`.", "relu")
elu = _preset(nn.elu, "`fully_connected`, then `x`, or `eˣ - 1` below 0.", "elu")
relu6 = _preset(nn.relu6, "`fully_connected`, then `min(max(x, 0), 6)`.", "relu6")


__all__ = [
    "bias_add",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_transpose",
    "convolution3d",
    "convolution3d_transpose",
    "dropout",
    "elu",
    "flatten",
    "fully_connected",
    "linear",
    "one_hot_encoding",
    "relu",
    "relu6",
    "separable_conv2d",
    "separable_convolution2d",
    "softmax",
]
