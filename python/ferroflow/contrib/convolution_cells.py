"""LSTMs whose inputs and states are sequences, images or volumes."""

from .. import nn
from ..array_ops import concat, split
from ..cell import LSTMStateTuple, RNNCell
from ..initializers import Zeros
from ..math_ops import sigmoid, tanh
from ..tensor_shape import TensorShape

__all__ = ["Conv1DLSTMCell", "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell"]


class ConvLSTMCell(RNNCell):
    """An LSTM in which convolutions take the place of products (Shi et al. 2015, https://arxiv.org/abs/1506.04214).

    Inputs are `[batch, *input_shape]`, whose last size is of channels, outputs and both parts of the state of as many steps,
    pixels or cells of `output_channels`. Filters have the sizes `kernel_shape`; they are in `kernel`, `[…, in +
    output_channels, 4 · output_channels]`, and, with `use_bias`, `biases`. With `skip_connection` the inputs' channels follow
    the outputs'. Raises `ValueError` for an `input_shape` that has not `conv_ndims` sizes and one of channels.
    """

    def __init__(
        self,
        conv_ndims,
        input_shape,
        output_channels,
        kernel_shape,
        use_bias=True,
        skip_connection=False,
        forget_bias=1.0,
        initializers=None,
        name="conv_lstm_cell",
    ):
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._rank, self._sizes, self._channels = conv_ndims, list(input_shape), output_channels
        self._kernel_shape, self._use_bias = list(kernel_shape), use_bias
        self._skips, self._forget_bias, self._initializer = skip_connection, forget_bias, initializers

    @property
    def state_size(self):
        """The shapes of `c` and `h`."""
        size = TensorShape([*self._sizes[:-1], self._channels])
        return LSTMStateTuple(size, size)

    @property
    def output_size(self):
        """The shape of outputs."""
        return TensorShape([*self._sizes[:-1], self._channels + (self._sizes[-1] if self._skips else 0)])

    def build(self, input_shape):
        """Makes the variables."""
        if input_shape.ndims != self._rank + 2:
            raise ValueError(f"Inputs must have rank {self._rank + 2}, found {input_shape}")
        shape = [*self._kernel_shape, self._sizes[-1] + self._channels, 4 * self._channels]
        self._kernel = self.add_variable("kernel", shape, initializer=self._initializer)
        self._biases = None
        if self._use_bias:
            self._biases = self.add_variable("biases", [4 * self._channels], initializer=Zeros(dtype=self._dtype))
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        convolve = {1: nn.conv1d, 2: nn.conv2d, 3: nn.conv3d}[self._rank]
        strides = 1 if self._rank == 1 else [1] * (self._rank + 2)
        found = convolve(concat([inputs, h], -1), self._kernel, strides, "SAME")
        i, j, f, o = split(found if self._biases is None else found + self._biases, 4, self._rank + 1)
        c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * tanh(j)
        h = tanh(c) * sigmoid(o)
        return concat([h, inputs], -1) if self._skips else h, LSTMStateTuple(c, h)


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of sequences, `[batch, steps, channels]`."""

    def __init__(self, name="conv_1d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of images, `[batch, height, width, channels]`."""

    def __init__(self, name="conv_2d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of volumes, `[batch, depth, height, width, channels]`."""

    def __init__(self, name="conv_3d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=3, name=name, **kwargs)
