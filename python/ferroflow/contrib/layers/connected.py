"""Layers that connect, pool, flatten and repeat; each takes arguments from `arg_scope`."""

from ... import array_ops, layers, nn
from ...framework import add_to_collections, convert_to_tensor, get_collection, name_scope
from ...initializers import Zeros
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import add_model_variable, model_variable
from .regularizers import xavier_initializer


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


def _convolution(cls, doc, name):
    def layer(
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
    ):
        options = dict(strides=stride, padding=padding, dilation_rate=rate)
        if data_format is not None:
            options["data_format"] = "channels_first" if data_format.startswith("NC") else "channels_last"
        make = lambda **weights: cls(num_outputs, kernel_size, **options, **weights)
        shared = _weighted(
            make,
            weights_initializer,
            weights_regularizer,
            biases_initializer,
            biases_regularizer,
            normalizer_fn,
            trainable,
        )
        ends = activation_fn, normalizer_fn, normalizer_params, variables_collections, outputs_collections
        return _apply(shared, inputs, scope, "Conv", reuse, *ends)

    layer.__name__ = layer.__qualname__ = name
    layer.__doc__ = doc
    return add_arg_scope(layer)


convolution1d = _convolution(
    layers.Conv1D, "The convolution of sequences, with biases and an activation.", "convolution1d"
)
convolution2d = _convolution(
    layers.Conv2D, "The convolution of images, with biases and an activation.", "convolution2d"
)
convolution = conv2d = convolution2d
conv1d = convolution1d


@add_arg_scope
def convolution2d_transpose(
    inputs,
    num_outputs,
    kernel_size,
    stride=1,
    padding="SAME",
    data_format="NHWC",
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
    """The transpose of a convolution of images, with biases and an activation."""
    form = "channels_first" if data_format == "NCHW" else "channels_last"
    make = lambda **weights: layers.Conv2DTranspose(num_outputs, kernel_size, stride, padding, form, **weights)
    shared = _weighted(
        make, weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, normalizer_fn, trainable
    )
    ends = activation_fn, normalizer_fn, normalizer_params, variables_collections, outputs_collections
    return _apply(shared, inputs, scope, "Conv2d_transpose", reuse, *ends)


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
        if outputs_collections:
            add_to_collections(outputs_collections, result)
        return result


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
    if outputs_collections:
        add_to_collections(outputs_collections, result)
    return result


def collect(collections, **variables):
    """Adds variables to `collections`: their names, or for each variable's name those that it is added to."""
    for name, variable in variables.items():
        for key in (collections.get(name, ()) if isinstance(collections, dict) else collections) or ():
            if variable is not None and variable not in get_collection(key):
                add_to_collections(key, variable)


@add_arg_scope
def max_pool2d(
    inputs, kernel_size, stride=2, padding="VALID", data_format="NHWC", outputs_collections=None, scope=None
):
    """The greatest element of each window."""
    return _pooled(
        nn.max_pool, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope or "MaxPool2D"
    )


@add_arg_scope
def avg_pool2d(
    inputs, kernel_size, stride=2, padding="VALID", data_format="NHWC", outputs_collections=None, scope=None
):
    """The mean of each window."""
    return _pooled(
        nn.avg_pool, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope or "AvgPool2D"
    )


def _pooled(function, inputs, size, stride, padding, data_format, collections, scope):
    with name_scope(scope, values=[inputs]):
        result = function(inputs, _two(size), _two(stride), padding, data_format or "NHWC")
        if collections:
            add_to_collections(collections, result)
        return result


def _two(value):
    return list(value) if isinstance(value, (list, tuple)) else [value, value]


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """Each example as a row."""
    with name_scope(scope, "Flatten", [inputs]):
        result = layers.flatten(inputs)
        if outputs_collections:
            add_to_collections(outputs_collections, result)
        return result


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """In training each element is kept with probability `keep_prob` and scaled by its inverse, or else zero."""
    with variable_scope(scope, "Dropout", [inputs]):
        result = layers.dropout(inputs, 1 - keep_prob, noise_shape, seed, is_training)
        if outputs_collections:
            add_to_collections(outputs_collections, result)
        return result


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Rows with `on_value` at the class."""
    result = array_ops.one_hot(labels, num_classes, on_value, off_value, name=scope)
    if outputs_collections:
        add_to_collections(outputs_collections, result)
    return result


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
        if outputs_collections:
            add_to_collections(outputs_collections, result)
        return result


def stack(inputs, layer, stack_args, **kwargs):
    """What the function `layer` makes of `inputs`, again and again, each time with the next of `stack_args` and with
    `kwargs`; in scopes `scope_1`, `scope_2` and so on."""
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with variable_scope(scope, "Stack", [inputs]):
        name = layer.__name__ if scope is None else scope.rpartition("/")[2]
        for i, arguments in enumerate(stack_args, 1):
            arguments = arguments if isinstance(arguments, (list, tuple)) else [arguments]
            inputs = layer(inputs, *arguments, scope=f"{name}_{i}", **kwargs)
        return inputs


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """What the function `layer` makes of `inputs` with these arguments, again and again; in scopes `scope_1` and so on."""
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        name = layer.__name__ if scope is None else scope.rpartition("/")[2]
        for i in range(1, repetitions + 1):
            inputs = layer(inputs, *args, scope=f"{name}_{i}", **kwargs)
        return inputs


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
relu6 = _preset(nn.relu6, "`fully_connected`, then `min(max(x, 0), 6)`.", "relu6")


def embed_sequence(
    ids,
    vocab_size=None,
    embed_dim=None,
    unique=False,
    initializer=None,
    regularizer=None,
    trainable=True,
    scope=None,
    reuse=None,
):
    """The rows of a variable `[vocab_size, embed_dim]`, `embeddings`, that `ids` name."""
    if not reuse and (vocab_size is None or embed_dim is None):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing.")
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = None if vocab_size is None else [vocab_size, embed_dim]
        embeddings = model_variable("embeddings", shape, None, initializer, regularizer, trainable)
        return nn.embedding_lookup(embeddings, ids)


__all__ = [
    "avg_pool2d",
    "bias_add",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_transpose",
    "dropout",
    "embed_sequence",
    "flatten",
    "fully_connected",
    "linear",
    "max_pool2d",
    "one_hot_encoding",
    "relu",
    "relu6",
    "repeat",
    "separable_conv2d",
    "separable_convolution2d",
    "softmax",
    "stack",
]
