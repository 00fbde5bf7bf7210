"""Layers that are transposes of convolutions: of images and of volumes."""

from . import array_ops, nn
from .initializers import Zeros
from .layers import _channels, _format, _function, _padding, _Weighted, _sizes


class _Transposed(_Weighted):
    """The transpose of a convolution over `_RANK` dimensions."""

    _RANK, _CONVOLUTION, _NAMES = 2, None, ("NHWC", "NCHW")

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format="channels_last",
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
        self.filters, self.padding, self.data_format = self._units, _padding(padding), data_format
        self._first = _format(data_format) == "NCHW"
        self.kernel_size, self.strides = (
            _sizes(kernel_size, self._RANK, "kernel_size"),
            _sizes(strides, self._RANK, "strides"),
        )

    def build(self, input_shape):
        if input_shape.ndims != self._RANK + 2:
            raise ValueError(f"Inputs should have rank {self._RANK + 2}. Received input shape: {input_shape}")
        self._make([*self.kernel_size, self.filters, _channels(input_shape, self.data_format)])

    def call(self, inputs):
        dynamic, known = array_ops.shape(inputs), inputs.shape.as_list()
        sizes = [dynamic[i] if n is None else n for i, n in enumerate(known)]
        spatial = sizes[2:] if self._first else sizes[1:-1]
        more = 0 if self.padding == "same" else 1
        grown = [n * s + more * max(k - s, 0) for n, k, s in zip(spatial, self.kernel_size, self.strides)]
        shape = [sizes[0], self.filters, *grown] if self._first else [sizes[0], *grown, self.filters]
        strides = [1, 1, *self.strides] if self._first else [1, *self.strides, 1]
        given = inputs, self.kernel, shape, strides, self.padding.upper(), self._NAMES[self._first]
        outputs = type(self)._CONVOLUTION(*given)
        return self._finish(outputs, "NCHW" if self._first else "NHWC")


class Conv2DTranspose(_Transposed):
    """The transpose of a convolution of images, with a bias and an activation (Zeiler et al. 2010).

    `kernel_size` and `strides` are one number or two. The variables are `kernel`, `[height, width, filters, in]`, and `bias`,
    `[filters]`. Results are `strides` times as high and wide as inputs, and, with the padding `valid`, by what a window is
    greater than its stride. Raises `ValueError` for inputs of another rank than 4, or of unknown channels.
    """

    _CONVOLUTION = staticmethod(nn.conv2d_transpose)


class Conv3DTranspose(_Transposed):
    """The transpose of a convolution of volumes, with a bias and an activation (Zeiler et al. 2010).

    `kernel_size` and `strides` are one number or three. The variables are `kernel`, `[depth, height, width, filters, in]`, and
    `bias`, `[filters]`. Results are `strides` times as deep, high and wide as inputs, and, with the
    padding `valid`, by what a window is greater than its stride. Raises `ValueError` for inputs of another rank than 5, or of
    unknown channels.
    """

    _RANK, _CONVOLUTION, _NAMES = 3, staticmethod(nn.conv3d_transpose), ("NDHWC", "NCDHW")


conv2d_transpose = _function(Conv2DTranspose, Conv2DTranspose.__doc__)
conv3d_transpose = _function(Conv3DTranspose, Conv3DTranspose.__doc__)
