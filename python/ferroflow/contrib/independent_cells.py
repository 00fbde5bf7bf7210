"""Cells whose units see of the state only their own."""

from .. import nn
from ..array_ops import concat, split, tile
from ..cell import LSTMStateTuple
from ..initializers import Ones, RandomUniform, Zeros
from ..math_ops import matmul, sigmoid
from ..rnn_cell import _depth, _Gated

__all__ = ["IndRNNCell", "IndyGRUCell", "IndyLSTMCell", "SRUCell"]


class _Independent(_Gated):
    """A cell in which a vector in place of a matrix takes the state to each gate (Li et al. 2018)."""

    def __init__(self, num_units, activation, reuse, name, dtype, kernel_initializer=None, bias_initializer=None):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def _gates(self, scope, depth, units, bias=Zeros, w="kernel_w"):
        """The weights of `units` gates: a matrix of inputs, a vector of the state, and a bias."""
        return (
            self.add_variable(scope + w, [depth, units], initializer=self._kernel_initializer),
            self.add_variable(scope + "kernel_u", [1, units], initializer=RandomUniform(-1.0, 1.0)),
            self.add_variable(scope + "bias", [units], initializer=self._bias_initializer or bias(dtype=self._dtype)),
        )


def _gated(inputs, state, weights):
    w, u, bias = weights
    times = u.shape[1].value // state.shape[1].value
    return nn.bias_add(matmul(inputs, w) + (state if times == 1 else tile(state, [1, times])) * u, bias)


class IndRNNCell(_Independent):
    """`activation(W · inputs + u * state + b)`, which is output and next state, `[batch, num_units]` (Li et al. 2018,
    https://arxiv.org/abs/1803.04831). The variables are `kernel_w`, `kernel_u` and `bias`. Raises `ValueError` for inputs of
    unknown depth."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)

    def build(self, input_shape):
        """Makes the variables."""
        self._made = self._gates("", _depth(input_shape), self._num_units)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        output = self._activation(_gated(inputs, state, self._made))
        return output, output


class IndyGRUCell(_Independent):
    """`GRUCell` in which the state is multiplied by vectors, not by matrices (Li et al. 2018,
    https://arxiv.org/abs/1803.04831). The variables are `kernel_w`, `kernel_u` and `bias` in `gates`, and `kernel`,
    `kernel_u` and `bias` in `candidate`. Raises `ValueError` for inputs of unknown depth."""

    def __init__(
        self,
        num_units,
        activation=None,
        reuse=None,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
        dtype=None,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, kernel_initializer, bias_initializer)

    def build(self, input_shape):
        """Makes the variables."""
        self._reset_and_update = self._gates("gates/", _depth(input_shape), 2 * self._num_units, Ones)
        self._candidate = self._gates("candidate/", _depth(input_shape), self._num_units, w="kernel")
        self.built = True

    def call(self, inputs, state):
        """One step."""
        r, u = split(sigmoid(_gated(inputs, state, self._reset_and_update)), 2, 1)
        candidate = self._activation(_gated(inputs, r * state, self._candidate))
        output = u * state + (1 - u) * candidate
        return output, output


class IndyLSTMCell(_Independent):
    """`BasicLSTMCell` in which the state is multiplied by vectors, not by matrices (Gonnet and Deselaers 2019,
    https://arxiv.org/abs/1903.08023). The variables are `kernel_w`, `kernel_u` and `bias`. Raises `ValueError` for inputs of
    unknown depth."""

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        activation=None,
        reuse=None,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
        dtype=None,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, kernel_initializer, bias_initializer)
        self._forget_bias = forget_bias

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self._num_units)

    def build(self, input_shape):
        """Makes the variables."""
        self._made = self._gates("", _depth(input_shape), 4 * self._num_units)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        i, j, f, o = split(_gated(inputs, h, self._made), 4, 1)
        c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * self._activation(j)
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h)


class SRUCell(_Gated):
    """A simple recurrent unit (Lei et al. 2017, https://arxiv.org/abs/1709.02755): of `x, f, r, y` of the inputs by one kernel
    the state is `f * state + (1 - f) * x`, the output `r * activation(state) + (1 - r) * y`, `[batch, num_units]`. The
    variables are `kernel` and `bias`, of the gates `f` and `r`. Raises `ValueError` for inputs of unknown depth."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, **kwargs):
        super().__init__(num_units, activation, reuse, name, kwargs.pop("dtype", None), **kwargs)

    def build(self, input_shape):
        """Makes the variables."""
        self._kernel = self.add_variable("kernel", [_depth(input_shape), 4 * self._num_units])
        self._bias = self.add_variable("bias", [2 * self._num_units], initializer=Zeros(dtype=self._dtype))
        self.built = True

    def call(self, inputs, state):
        """One step."""
        x, f, r, y = split(matmul(inputs, self._kernel), 4, 1)
        f, r = split(sigmoid(nn.bias_add(concat([f, r], 1), self._bias)), 2, 1)
        c = f * state + (1.0 - f) * x
        return r * self._activation(c) + (1.0 - r) * y, c
