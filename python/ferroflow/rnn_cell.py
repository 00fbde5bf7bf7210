"""Cells of recurrent networks: one step, from inputs and a state to outputs and the next state."""

from .later import absent as _absent
from . import array_ops as _array_ops, math_ops as _math_ops, nn as _nn
from .default_graph import name_scope as _name_scope
from .initializers import Ones as _Ones, Zeros as _Zeros
from .nest import is_nested as _is_nested
from .cell import LSTMStateTuple, RNNCell
from .rnn_wrappers import DeviceWrapper, DropoutWrapper, ResidualWrapper  # noqa: F401
from .tensor_shape import TensorShape as _TensorShape
from .clip_ops import clip_by_value as _clip_by_value
from .variable_scope import variable_scope as _variable_scope


def _depth(shape):
    depth = _TensorShape(shape)[-1].value
    if depth is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
    return depth


class _Gated(RNNCell):
    """A cell whose gates come of products with matrices of weights."""

    def __init__(self, num_units, activation, reuse, name, dtype, **options):
        # What early versions were told, the inputs tell.
        options.pop("input_size", None)
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **options)
        self._num_units = num_units
        if isinstance(activation, str):
            activation = getattr(_nn, activation)
        self._activation = activation or _math_ops.tanh

    @property
    def state_size(self):
        """The number of units."""
        return self._num_units

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def _weights(self, prefix, depth, units, kernel=None, bias=None):
        kernel = self.add_variable(prefix + "kernel", [depth, units], initializer=kernel)
        return kernel, self.add_variable(prefix + "bias", [units], initializer=bias or _Zeros(dtype=self._dtype))


def _affine(inputs, weights):
    return _nn.bias_add(_math_ops.matmul(_array_ops.concat(inputs, 1), weights[0]), weights[1])


class BasicRNNCell(_Gated):
    """`activation(W · [inputs, state] + b)`, which is output and next state."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None, **kwargs):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)

    def build(self, input_shape):
        """Makes `kernel` and `bias`."""
        self._made = self._weights("", _depth(input_shape) + self._num_units, self._num_units)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        output = self._activation(_affine([inputs, state], self._made))
        return output, output


class GRUCell(_Gated):
    """A gated recurrent unit, after Cho et al., https://arxiv.org/abs/1406.1078: gates `r` and `u` of inputs and state,
    a candidate `c` of inputs and `r * state`, and `u * state + (1 - u) * c`, which is output and next state."""

    def __init__(
        self,
        num_units,
        activation=None,
        reuse=None,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
        dtype=None,
        **kwargs,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, input_shape):
        """Makes `gates/kernel`, `gates/bias`, of ones, `candidate/kernel` and `candidate/bias`."""
        depth, units = _depth(input_shape) + self._num_units, self._num_units
        bias = self._bias_initializer
        ones = bias or _Ones(dtype=self._dtype)
        self._gates = self._weights("gates/", depth, 2 * units, self._kernel_initializer, ones)
        self._candidate = self._weights("candidate/", depth, units, self._kernel_initializer, bias)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        r, u = _array_ops.split(_math_ops.sigmoid(_affine([inputs, state], self._gates)), 2, 1)
        c = self._activation(_affine([inputs, r * state], self._candidate))
        output = u * state + (1 - u) * c
        return output, output


class BasicLSTMCell(_Gated):
    """An LSTM after Zaremba et al., https://arxiv.org/abs/1409.2329: with `i, j, f, o` of inputs and `h` by one kernel,
    `c' = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j)` and `h' = activation(c') * sigmoid(o)`.

    The state is an `LSTMStateTuple`; without `state_is_tuple` one tensor, `[c, h]` side by side.
    """

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        state_is_tuple=True,
        activation=None,
        reuse=None,
        name=None,
        dtype=None,
        **kwargs,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._forget_bias, self._state_is_tuple = forget_bias, state_is_tuple

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    def build(self, input_shape):
        """Makes `kernel` and `bias`."""
        self._made = self._weights("", _depth(input_shape) + self._num_units, 4 * self._num_units)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state if self._state_is_tuple else _array_ops.split(state, 2, 1)
        i, j, f, o = _array_ops.split(_affine([inputs, h], self._made), 4, 1)
        sigmoid = _math_ops.sigmoid
        c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * self._activation(j)
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else _array_ops.concat([c, h], 1)


class LSTMCell(_Gated):
    """`BasicLSTMCell` with peepholes, clipping and a projection, after Sak et al., https://arxiv.org/abs/1402.1128.

    With `use_peepholes` the gates see `c` too; `cell_clip` bounds `c`; with `num_proj` outputs and `h` are products of
    `h` with a matrix, bounded by `proj_clip`.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        num_unit_shards=None,
        num_proj_shards=None,
        forget_bias=1.0,
        state_is_tuple=True,
        activation=None,
        reuse=None,
        name=None,
        dtype=None,
        **kwargs,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._use_peepholes, self._cell_clip, self._initializer = use_peepholes, cell_clip, initializer
        self._num_proj, self._proj_clip = num_proj, proj_clip
        self._forget_bias, self._state_is_tuple = forget_bias, state_is_tuple

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        sizes = LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        """The number of units, or of the projection's."""
        return self._num_proj or self._num_units

    def build(self, input_shape):
        """Makes `kernel` and `bias`, the weights of the peepholes and `projection/kernel`."""
        units, initializer = self._num_units, self._initializer
        self._made = self._weights("", _depth(input_shape) + self.output_size, 4 * units, initializer)
        if self._use_peepholes:
            names = ("w_f_diag", "w_i_diag", "w_o_diag")
            self._peepholes = [self.add_variable(n, [units], initializer=initializer) for n in names]
        if self._num_proj is not None:
            self._projection = self.add_variable("projection/kernel", [units, self._num_proj], initializer=initializer)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        sizes = [self._num_units, self.output_size]
        c, h = state if self._state_is_tuple else _array_ops.split(state, sizes, 1)
        sigmoid = _math_ops.sigmoid
        i, j, f, o = _array_ops.split(_affine([inputs, h], self._made), 4, 1)
        f = f + self._forget_bias
        if self._use_peepholes:
            by_f, by_i, by_o = self._peepholes
            f, i = f + by_f * c, i + by_i * c
        c = sigmoid(f) * c + sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = _clip_by_value(c, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            o = o + by_o * c
        h = sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            h = _math_ops.matmul(h, self._projection)
            if self._proj_clip is not None:
                h = _clip_by_value(h, -self._proj_clip, self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else _array_ops.concat([c, h], 1)


class MultiRNNCell(RNNCell):
    """Cells one upon the other: each takes the outputs of the one before. The state is a tuple of theirs; without
    `state_is_tuple` one tensor, side by side."""

    def __init__(self, cells, state_is_tuple=True):
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, (list, tuple)):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        self._cells, self._state_is_tuple = list(cells), state_is_tuple
        if not state_is_tuple and any(_is_nested(c.state_size) for c in cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is not set.")

    @property
    def state_size(self):
        """Those of the cells."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        """That of the last cell."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size, dtype):
        """The states of zeros of the cells."""
        if not self._state_is_tuple:
            return super().zero_state(batch_size, dtype)
        with _name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)

    @property
    def variables(self):
        """Those of the cells."""
        return [v for cell in self._cells for v in cell.variables]

    weights = variables

    @property
    def trainable_variables(self):
        """Those of the cells that are trained."""
        return [v for cell in self._cells for v in cell.trainable_variables]

    trainable_weights = trainable_variables

    def call(self, inputs, state):
        """One step of each cell."""
        if self._state_is_tuple:
            states = list(state)
        else:
            states = _array_ops.split(state, [cell.state_size for cell in self._cells], 1)
        for i, cell in enumerate(self._cells):
            with _variable_scope(f"cell_{i}"):
                inputs, states[i] = cell(inputs, states[i])
        return inputs, tuple(states) if self._state_is_tuple else _array_ops.concat(states, 1)


__getattr__ = _absent(__name__)
