"""Layers of volumes `[batch, depth, height, width, channels]`."""

from . import nn
from .initializers import Zeros
from .layers import Layer, _channels, _Weighted


def _three(value):
    return [int(v) for v in value] if isinstance(value, (list, tuple)) else [int(value)] * 3


def _form(data_format):
    return "NCDHW" if data_format == "channels_first" else "NDHWC"


def _window(sizes, form):
    return [1, 1, *sizes] if form == "NCDHW" else [1, *sizes, 1]


class Conv3D(_Weighted):
    """The convolution of volumes, with a bias and an activation; `kernel_size`, `strides` and `dilation_rate` are one number
    or three."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1, 1),
        padding="valid",
        data_format="channels_last",
        dilation_rate=(1, 1, 1),
        activation=None,
        use_bias=True,
        kernel_initializer=None,
        bias_initializer=Zeros(),
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        trainable=True,
        name=None,
        **kwargs,
    ):
        kernel = kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        ends = dict(activity_regularizer=activity_regularizer, trainable=trainable, name=name, **kwargs)
        super().__init__(filters, activation, use_bias, *kernel, kernel_constraint, bias_constraint, **ends)
        self.filters, self.kernel_size, self.strides = self._units, tuple(_three(kernel_size)), tuple(_three(strides))
        self.padding, self.data_format, self.dilation_rate = padding, data_format, tuple(_three(dilation_rate))

    def build(self, input_shape):
        self._make([*self.kernel_size, _channels(input_shape, self.data_format), self.filters])

    def call(self, inputs):
        form = _form(self.data_format)
        strides, rates = _window(self.strides, form), _window(self.dilation_rate, form)
        outputs = nn.conv3d(inputs, self.kernel, strides, self.padding.upper(), form, rates)
        return self._finish(outputs, "NCHW" if form == "NCDHW" else "NHWC")


class _Pooling3D(Layer):
    _FUNCTION = None

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.pool_size, self.strides, self.padding, self.data_format = pool_size, strides, padding, data_format

    def call(self, inputs):
        form = _form(self.data_format)
        size, strides = _window(_three(self.pool_size), form), _window(_three(self.strides), form)
        return type(self)._FUNCTION(inputs, size, strides, self.padding.upper(), form)


class MaxPooling3D(_Pooling3D):
    """The greatest element of each window of volumes."""

    _FUNCTION = staticmethod(nn.max_pool3d)


class AveragePooling3D(_Pooling3D):
    """The mean of each window of volumes."""

    _FUNCTION = staticmethod(nn.avg_pool3d)


def conv3d(inputs, filters, kernel_size, *args, **options):
    """`Conv3D` of `inputs`, with its arguments, and `reuse`."""
    return Conv3D(filters, kernel_size, *args, _reuse=options.pop("reuse", None), **options)(inputs)


def max_pooling3d(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
    """The greatest element of each window of volumes."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling3d(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
    """The mean of each window of volumes."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name)(inputs)
