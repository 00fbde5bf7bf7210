"""Pooling under the names for sequences and images."""

from . import nn
from .array_ops import expand_dims, squeeze
from .framework import convert_to_tensor, name_scope


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
