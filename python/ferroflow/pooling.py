"""Pooling under the names for sequences and images."""

from . import nn
from .array_ops import expand_dims, squeeze
from .batches import with_space_to_batch
from .default_graph import name_scope
from .framework import convert_to_tensor


def _of_images(function, default):
    def pool(input, ksize, strides, padding, data_format="NHWC", name=None):
        return function(input, ksize, strides, padding, data_format, name or default)

    return pool


def _of_sequences(function, default):
    def pool(input, ksize, strides, padding, data_format="NWC", name=None):
        with name_scope(name, default, [input]):
            one = lambda v: v if isinstance(v, int) else max(v)
            at = 2 if data_format == "NCW" else 1
            form = "NCHW" if data_format == "NCW" else "NHWC"
            images = expand_dims(convert_to_tensor(input), at)
            return squeeze(function(images, [1, one(ksize)], [1, one(strides)], padding, form), [at])

    return pool


def _named(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


max_pool2d = _named(
    _of_images(nn.max_pool, "max_pool2d"), "max_pool2d", "The greatest element of each window of images."
)
avg_pool2d = _named(_of_images(nn.avg_pool, "avg_pool2d"), "avg_pool2d", "The mean of each window of images.")
max_pool1d = _named(
    _of_sequences(nn.max_pool, "max_pool1d"),
    "max_pool1d",
    "The greatest element of each window of sequences `[batch, width, channels]`.",
)
avg_pool1d = _named(
    _of_sequences(nn.avg_pool, "avg_pool1d"),
    "avg_pool1d",
    "The mean of each window of sequences `[batch, width, channels]`.",
)


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None):
    """`max_pool` or `avg_pool`, as `pooling_type`, `MAX` or `AVG`, says, whose windows' elements are `dilation_rate` pixels
    apart. Raises `ValueError` for strides and dilations at once."""
    function, form = {"MAX": nn.max_pool, "AVG": nn.avg_pool}[pooling_type.upper()], data_format or "NHWC"
    strides, rates = strides or [1, 1], dilation_rate or [1, 1]
    if not any(rate > 1 for rate in rates):
        return function(input, window_shape, strides, padding, form, name)
    if any(stride > 1 for stride in strides):
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    with name_scope(name, pooling_type.lower() + "_pool", [input]):
        one = lambda images, _, padding: function(images, window_shape, strides, padding, form)
        return with_space_to_batch(input, rates, padding, one, window_shape, None, form)
