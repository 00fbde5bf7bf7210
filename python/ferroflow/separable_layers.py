"""Layers of separable convolutions: one within each channel, then one across channels."""

from . import nn
from .array_ops import expand_dims, squeeze, transpose
from .initializers import Zeros
from .layers import Layer, _channels, _format, _function, _padding, _sizes


class _Separable(Layer):
    """A separable convolution over `_RANK` dimensions."""

    _RANK = 2

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format="channels_last",
        dilation_rate=1,
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
        self.filters, self.kernel_size = int(filters), _sizes(kernel_size, self._RANK, "kernel_size")
        self.strides, self.dilation_rate = (
            _sizes(strides, self._RANK, "strides"),
            _sizes(dilation_rate, self._RANK, "dilation_rate"),
        )
        self.depth_multiplier, self.activation = depth_multiplier, activation
        self.padding, self.use_bias, self.data_format = _padding(padding), use_bias, data_format
        self._form = _format(data_format)
        of = lambda initializer, regularizer, constraint: dict(
            initializer=initializer, regularizer=regularizer, constraint=constraint
        )
        self._depthwise = of(depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self._pointwise = of(pointwise_initializer, pointwise_regularizer, pointwise_constraint)
        self._bias = of(bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape):
        channels = _channels(input_shape, self.data_format)
        shape = [*self.kernel_size, channels, self.depth_multiplier]
        self.depthwise_kernel = self.add_variable("depthwise_kernel", shape, **self._depthwise)
        shape = [*[1] * self._RANK, channels * self.depth_multiplier, self.filters]
        self.pointwise_kernel = self.add_variable("pointwise_kernel", shape, **self._pointwise)
        self.bias = self.add_variable("bias", [self.filters], **self._bias) if self.use_bias else None

    def _convolved(self, images, kernels, strides, rates, form):
        outputs = nn.separable_conv2d(images, *kernels, strides, self.padding.upper(), rates, None, form)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias, form)
        return outputs

    def _activated(self, outputs):
        return outputs if self.activation is None else self.activation(outputs)


class SeparableConv2D(_Separable):
    """The convolution of each channel of images with `depth_multiplier` filters of its own, then one of single pixels, with
    a bias and an activation."""

    def call(self, inputs):
        kernels = self.depthwise_kernel, self.pointwise_kernel
        return self._activated(self._convolved(inputs, kernels, self.strides, self.dilation_rate, self._form))


class SeparableConv1D(_Separable):
    """The convolution of each channel of sequences with `depth_multiplier` filters of its own, then one of single steps, with
    a bias and an activation.

    Inputs are `[batch, steps, channels]`, or `[batch, channels, steps]` with `channels_first`. The variables are
    `depthwise_kernel`, `[width, channels, depth_multiplier]`, `pointwise_kernel`, `[1, channels · depth_multiplier, filters]`,
    and `bias`, `[filters]`. Raises `ValueError` for inputs of unknown channels.
    """

    _RANK = 1

    def call(self, inputs):
        first = self._form == "NCHW"
        # Sequences are images of one row.
        rows = expand_dims(transpose(inputs, [0, 2, 1]) if first else inputs, 1)
        kernels = expand_dims(self.depthwise_kernel, 0), expand_dims(self.pointwise_kernel, 0)
        strides, rates = [self.strides[0]] * 2, [1, *self.dilation_rate]
        outputs = squeeze(self._convolved(rows, kernels, strides, rates, "NHWC"), [1])
        return self._activated(transpose(outputs, [0, 2, 1]) if first else outputs)


separable_conv1d = _function(SeparableConv1D, SeparableConv1D.__doc__)
separable_conv2d = _function(SeparableConv2D, SeparableConv2D.__doc__)
