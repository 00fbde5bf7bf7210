"""Layers that convolve and pool sequences."""

from . import array_ops, nn
from .initializers import Zeros
from .layers import Layer, _channels, _function, _padding, _Weighted


class Conv1D(_Weighted):
    """The convolution of sequences, with a bias and an activation."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format="channels_last",
        dilation_rate=1,
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
        super().__init__(
            filters,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            trainable=trainable,
            name=name,
            **kwargs,
        )
        if data_format != "channels_last":
            raise ValueError("Sequences have their channels last")
        one = lambda v: int(v[0]) if isinstance(v, (list, tuple)) else int(v)
        self.filters, self.kernel_size, self.strides = self._units, (one(kernel_size),), (one(strides),)
        self.padding, self._rate = _padding(padding), one(dilation_rate)

    def build(self, input_shape):
        self._make([*self.kernel_size, _channels(input_shape), self.filters])

    def call(self, inputs):
        images, kernel = array_ops.expand_dims(inputs, 1), array_ops.expand_dims(self.kernel, 0)
        strides, dilations = [1, self.strides[0]], [1, self._rate]
        outputs = nn.conv2d(images, kernel, strides, self.padding.upper(), True, "NHWC", dilations)
        return self._finish(array_ops.squeeze(outputs, [1]))


conv1d = _function(Conv1D, Conv1D.__doc__)


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
