"""Layers that pool sequences, and the separable convolution."""

from . import nn
from .initializers import Zeros
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


class SeparableConv2D(Layer):
    """The convolution of each channel of images with `depth_multiplier` filters of its own, then one of single pixels, with
    a bias and an activation."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        data_format="channels_last",
        dilation_rate=(1, 1),
        depth_multiplier=1,
        activation=None,
        use_bias=True,
        depthwise_initializer=None,
        pointwise_initializer=None,
        bias_initializer=Zeros(),
        depthwise_regularizer=None,
        pointwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        pointwise_constraint=None,
        bias_constraint=None,
        trainable=True,
        name=None,
        **kwargs,
    ):
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        two = lambda v: [int(n) for n in v] if isinstance(v, (list, tuple)) else [int(v)] * 2
        self.filters, self.kernel_size, self.strides = int(filters), two(kernel_size), two(strides)
        self.dilation_rate, self.depth_multiplier, self.activation = two(dilation_rate), depth_multiplier, activation
        self.padding, self.use_bias = _padding(padding), use_bias
        self._form = "NCHW" if data_format == "channels_first" else "NHWC"
        of = lambda initializer, regularizer, constraint: dict(
            initializer=initializer, regularizer=regularizer, constraint=constraint
        )
        self._depthwise = of(depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self._pointwise = of(pointwise_initializer, pointwise_regularizer, pointwise_constraint)
        self._bias = of(bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape):
        channels = input_shape[1 if self._form == "NCHW" else -1].value
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        shape = [*self.kernel_size, channels, self.depth_multiplier]
        self.depthwise_kernel = self.add_variable("depthwise_kernel", shape, **self._depthwise)
        shape = [1, 1, channels * self.depth_multiplier, self.filters]
        self.pointwise_kernel = self.add_variable("pointwise_kernel", shape, **self._pointwise)
        self.bias = self.add_variable("bias", [self.filters], **self._bias) if self.use_bias else None

    def call(self, inputs):
        kernels = self.depthwise_kernel, self.pointwise_kernel
        given = self.strides, self.padding.upper(), self.dilation_rate, None, self._form
        outputs = nn.separable_conv2d(inputs, *kernels, *given)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias, self._form)
        return outputs if self.activation is None else self.activation(outputs)


def separable_conv2d(inputs, filters, kernel_size, *args, **options):
    """`SeparableConv2D` of `inputs`, with its arguments, and `reuse`."""
    return SeparableConv2D(filters, kernel_size, *args, _reuse=options.pop("reuse", None), **options)(inputs)
