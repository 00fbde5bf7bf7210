"""Layers that pool sequences."""

from . import nn
from .layers import Layer, _padding


class _Pooling1D(Layer):
    _FUNCTION = None

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.pool_size, self.strides = pool_size, strides
        self.padding, self.data_format = _padding(padding), data_format

    def call(self, inputs):
        form = "NCW" if self.data_format == "channels_first" else "NWC"
        return type(self)._FUNCTION(inputs, self.pool_size, self.strides, self.padding.upper(), form)


class MaxPooling1D(_Pooling1D):
    """The greatest element of each window of sequences."""

    _FUNCTION = staticmethod(nn.max_pool1d)


class AveragePooling1D(_Pooling1D):
    """The mean of each window of sequences."""

    _FUNCTION = staticmethod(nn.avg_pool1d)


def max_pooling1d(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
    """The greatest element of each window of sequences."""
    return MaxPooling1D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling1d(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
    """The mean of each window of sequences."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name)(inputs)
