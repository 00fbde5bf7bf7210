"""Layers that pool, and that take the greatest of groups of features; each takes arguments from `arg_scope`."""

from ... import nn
from ...array_ops import concat, reshape, shape, transpose
from ...creation import linspace
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...initializers import Constant, Ones
from ...reductions import reduce_max, reduce_sum
from ...partition_ops import meshgrid
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import model_variable
from .connected import _two, collect
from .utils import collected


def _pooling(function, scope_name, form, count, doc, name):
    def layer(inputs, kernel_size, stride=2, padding="VALID", data_format=form, outputs_collections=None, scope=None):
        known = form, "NC" + form[1:-1]
        if data_format is not None and data_format not in known:
            raise ValueError(f"data_format has to be either {known[1]} or {known[0]}.")
        sizes = lambda v: list(v) if isinstance(v, (list, tuple)) else [v] * count
        first = data_format == known[1]
        window = lambda v: [1, 1, *sizes(v)] if first else [1, *sizes(v), 1]
        with name_scope(scope, scope_name, [inputs]):
            result = function(inputs, window(kernel_size), window(stride), padding, data_format or form)
            return collected(outputs_collections, result)

    layer.__name__ = layer.__qualname__ = name
    layer.__doc__ = doc
    return add_arg_scope(layer)


max_pool2d = _pooling(
    nn.max_pool, "MaxPool2D", "NHWC", 2, "The greatest element of each window of images.", "max_pool2d"
)
avg_pool2d = _pooling(nn.avg_pool, "AvgPool2D", "NHWC", 2, "The mean of each window of images.", "avg_pool2d")
max_pool3d = _pooling(
    lambda *given: nn.max_pool3d(*given),
    "MaxPool3D",
    "NDHWC",
    3,
    "The greatest element of each window of volumes.",
    "max_pool3d",
)
avg_pool3d = _pooling(
    lambda *given: nn.avg_pool3d(*given),
    "AvgPool3D",
    "NDHWC",
    3,
    "The mean of each window of volumes.",
    "avg_pool3d",
)


@add_arg_scope
def pool(
    inputs,
    kernel_size,
    pooling_type,
    padding="VALID",
    data_format=None,
    dilation_rate=1,
    stride=1,
    outputs_collections=None,
    scope=None,
):
    """The greatest element or the mean of each window of images, as `pooling_type`, `MAX` or `AVG`, says, whose elements are
    `dilation_rate` pixels apart. Raises `ValueError` for inputs that are no images."""
    with name_scope(scope, f"{pooling_type.lower()}_pool", [inputs]):
        inputs = convert_to_tensor(inputs)
        if inputs.shape.ndims != 4:
            raise ValueError(f"Rank of inputs must be 4, found {inputs.shape}")
        window, strides, rates = _two(kernel_size), _two(stride), _two(dilation_rate)
        result = nn.pool(inputs, window, pooling_type, padding, rates, strides, data_format=data_format)
        return collected(outputs_collections, result)


@add_arg_scope
def maxout(inputs, num_units, axis=-1, scope=None):
    """The greatest of each group of features, so that along `axis` there are `num_units` (Goodfellow et al. 2013,
    https://arxiv.org/abs/1302.4389). Groups are runs in memory: of another axis than the last they are not of neighbours along
    it, as in TensorFlow. Raises `ValueError` unless the number of features is a multiple of `num_units`."""
    with name_scope(scope, "MaxOut", [inputs]):
        inputs = convert_to_tensor(inputs)
        sizes = inputs.shape.as_list()
        features = sizes[axis]
        if features is None or features % num_units:
            raise ValueError(f"number of features({features}) is not a multiple of num_units({num_units})")
        sizes[axis] = num_units
        dynamic = shape(inputs)
        groups = [dynamic[i] if n is None else n for i, n in enumerate(sizes)]
        result = reduce_max(reshape(inputs, [*groups, features // num_units]), -1)
        result.set_shape(sizes)
        return result


@add_arg_scope
def spatial_softmax(
    features, temperature=None, name=None, variables_collections=None, trainable=True, data_format="NHWC"
):
    """Where the softmax over the pixels of each channel lies in the mean (Finn et al. 2016, https://arxiv.org/abs/1509.06113):
    `[batch, 2 · channels]`, down and right, from -1 to 1. What is softened is divided by a variable, `temperature`, that begins
    as given, or as 1. Raises `ValueError` for an unknown number of channels."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with variable_scope(name, "spatial_softmax", [features]):
        features = convert_to_tensor(features)
        if data_format == "NHWC":
            features = transpose(features, [0, 3, 1, 2])
        channels = features.shape[1].value
        if channels is None:
            raise ValueError(
                "The num_channels dimension of the inputs to `spatial_softmax` should be defined. Found `None`."
            )
        start = Ones() if temperature is None else Constant(temperature)
        made = model_variable("temperature", [], "float32", start, trainable=trainable)
        collect(variables_collections if trainable else None, temperature=made)
        sizes = shape(features)
        ends = [linspace(-1.0, 1.0, sizes[k]) for k in (2, 3)]
        pixels = sizes[2] * sizes[3]
        places = [reshape(grid, [pixels]) for grid in meshgrid(*ends, indexing="ij")]
        weights = nn.softmax(reshape(features, [-1, pixels]) / made)
        means = concat([reduce_sum(place * weights, [1], True) for place in places], 1)
        result = reshape(means, [-1, 2 * channels])
        result.set_shape([features.shape[0].value, 2 * channels])
        return result


__all__ = [
    "avg_pool2d",
    "avg_pool3d",
    "max_pool2d",
    "max_pool3d",
    "maxout",
    "pool",
    "spatial_softmax",
]
