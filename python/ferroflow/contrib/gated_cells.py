"""Cells with few gates, and one that a search found."""

from .. import nn
from ..array_ops import split
from ..cell import LSTMStateTuple
from ..initializers import Zeros
from ..math_ops import matmul, sigmoid, tanh
from ..rnn_cell import _affine, _depth, _Gated

__all__ = ["IntersectionRNNCell", "NASCell", "UGRNNCell"]


class UGRNNCell(_Gated):
    """A cell with one gate, of update (Collins et al. 2017, https://arxiv.org/abs/1611.09913): with `g, c` of inputs and state by
    one kernel, `g = sigmoid(g + forget_bias)`, it is `g * state + (1 - g) * activation(c)`, which is output and next state,
    `[batch, num_units]`. The variables are `kernel` and `bias`. Raises `ValueError` for inputs of unknown depth."""

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=tanh, reuse=None):
        super().__init__(num_units, activation, reuse, None, None)
        self._initializer, self._forget_bias = initializer, forget_bias

    def build(self, input_shape):
        """Makes the variables."""
        units = self._num_units
        self._made = self._weights("", _depth(input_shape) + units, 2 * units, self._initializer)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        g, c = split(_affine([inputs, state], self._made), 2, 1)
        g = sigmoid(g + self._forget_bias)
        output = g * state + (1.0 - g) * self._activation(c)
        return output, output


class IntersectionRNNCell(_Gated):
    """A cell for deep stacks, whose outputs are gated in depth as its state is in time (Collins et al. 2017,
    https://arxiv.org/abs/1611.09913).

    Inputs have as many numbers as there are units; with `num_in_proj` others are first brought to so many by
    `in_projection`. The variables are `kernel` and `bias`. Raises `ValueError` for inputs of another or unknown depth.
    """

    def __init__(
        self, num_units, num_in_proj=None, initializer=None, forget_bias=1.0, y_activation=nn.relu, reuse=None
    ):
        super().__init__(num_units, None, reuse, None, None)
        self._num_in_proj, self._initializer = num_in_proj, initializer
        self._forget_bias, self._y_activation = forget_bias, y_activation

    def build(self, input_shape):
        """Makes the variables."""
        units, depth, self._projection = self._num_units, _depth(input_shape), None
        if depth != units:
            if not self._num_in_proj:
                raise ValueError(
                    "Must have input size == output size for Intersection RNN. To fix, num_in_proj should be set to "
                    "num_units at cell init."
                )
            self._projection = self._weights("in_projection/", depth, units, self._initializer)
        self._made = self._weights("", 2 * units, 4 * units, self._initializer)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        if self._projection is not None:
            inputs = _affine([inputs], self._projection)
        gate_h, h, gate_y, y = split(_affine([inputs, state], self._made), 4, 1)
        gate_h, gate_y = sigmoid(gate_h + self._forget_bias), sigmoid(gate_y + self._forget_bias)
        state = gate_h * state + (1.0 - gate_h) * tanh(h)
        return gate_y * inputs + (1.0 - gate_y) * self._y_activation(y), state


class NASCell(_Gated):
    """The cell that a search for architectures found (Zoph and Le 2017, https://arxiv.org/abs/1611.01578).

    With `num_proj` outputs and `h` are products with a matrix, `projection_weights`. The state is an `LSTMStateTuple`. The other
    variables are `kernel`, `recurrent_kernel` and, with `use_biases`, `bias`. Raises `ValueError` for inputs of unknown depth.
    """

    def __init__(self, num_units, num_proj=None, use_biases=False, reuse=None):
        super().__init__(num_units, None, reuse, None, None)
        self._num_proj, self._use_biases = num_proj, use_biases

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        """The number of units, or of the projection's."""
        return self._num_units if self._num_proj is None else self._num_proj

    def build(self, input_shape):
        """Makes the variables."""
        units, depth = self._num_units, _depth(input_shape)
        self._recurrent = self.add_variable("recurrent_kernel", [self.output_size, 8 * units])
        self._kernel = self.add_variable("kernel", [depth, 8 * units])
        self._bias = self._projection = None
        if self._use_biases:
            self._bias = self.add_variable("bias", [8 * units], initializer=Zeros(dtype=self._dtype))
        if self._num_proj is not None:
            self._projection = self.add_variable("projection_weights", [units, self._num_proj])
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        recurrent = matmul(h, self._recurrent)
        if self._bias is not None:
            recurrent = nn.bias_add(recurrent, self._bias)
        pairs = list(zip(split(matmul(inputs, self._kernel), 8, 1), split(recurrent, 8, 1)))
        functions = sigmoid, nn.relu, sigmoid, nn.relu, tanh, sigmoid, tanh, sigmoid
        joined = (x * y if k == 3 else x + y for k, (x, y) in enumerate(pairs))
        first = [function(value) for function, value in zip(functions, joined)]
        memory = tanh(tanh(first[0] * first[1]) + c) * tanh(first[2] + first[3])
        rest = tanh(tanh(first[4] * first[5]) + sigmoid(first[6] + first[7]))
        h = tanh(memory * rest)
        h = h if self._projection is None else matmul(h, self._projection)
        return h, LSTMStateTuple(memory, h)
