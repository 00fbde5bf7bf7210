"""Cells of recurrent networks: one step, from inputs and a state to outputs and the next state."""

import collections as _collections

from . import array_ops as _array_ops, math_ops as _math_ops, nn as _nn
from .dtypes import as_dtype as _as_dtype
from .framework import convert_to_tensor as _convert_to_tensor, name_scope as _name_scope
from .initializers import Ones as _Ones, Zeros as _Zeros
from .layers import Layer as _Layer
from .nest import flatten as _flatten, is_nested as _is_nested, map_structure as _map_structure, pack as _pack
from .tensor_shape import TensorShape as _TensorShape
from .variable_scope import variable_scope as _variable_scope

_Pair = _collections.namedtuple("LSTMStateTuple", ("c", "h"))


class LSTMStateTuple(_Pair):
    """The state of an LSTM: the cell's memory `c`, and its output `h`."""

    __slots__ = ()

    @property
    def dtype(self):
        """The dtype of both. Raises `TypeError` if they differ."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


def _with_batch(size, *batch):
    """A size, an integer or a shape, with dimensions before it."""
    dims = size.as_list() if isinstance(size, _TensorShape) else [int(size)]
    return [*batch, *dims]


def _zeros(sizes, batch_size, dtype):
    batch = batch_size if isinstance(batch_size, int) else getattr(batch_size, "value", None)
    batch_size = batch_size if batch is None else batch

    def zeros(size):
        made = _array_ops.zeros(_with_batch(size, batch_size), dtype=dtype)
        made.set_shape(_with_batch(size, batch))
        return made

    return _map_structure(zeros, sizes)


class RNNCell(_Layer):
    """A cell: called with inputs `[batch, depth]` and a state it gives outputs `[batch, output_size]` and the next state.

    A cell of one's own defines `state_size`, `output_size` and `call(inputs, state)`, or `__call__(inputs, state, scope)`.
    """

    def __call__(self, inputs, state, scope=None, *arguments, **options):
        if scope is not None and not self.built:
            self._scope = scope
        return super().__call__(inputs, state, *arguments, **options)

    @property
    def state_size(self):
        """The sizes of the state, a nest of integers or shapes."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self):
        """The size of the outputs: an integer or a shape."""
        raise NotImplementedError("Abstract method")

    def zero_state(self, batch_size, dtype):
        """The state of zeros for a batch of `batch_size`, an integer or a tensor."""
        with _name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return _zeros(self.state_size, batch_size, _as_dtype(dtype))

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """The state of zeros for a batch of `inputs`, or of `batch_size`."""
        if inputs is not None:
            inputs = _convert_to_tensor(inputs)
            batch_size = inputs.shape[0].value or _array_ops.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError("batch_size and dtype are needed to make an initial state")
        return self.zero_state(batch_size, dtype)


def _depth(shape):
    depth = _TensorShape(shape)[-1].value
    if depth is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
    return depth


class _Gated(RNNCell):
    """A cell whose gates come of products with matrices of weights."""

    def __init__(self, num_units, activation, reuse, name, dtype, **options):
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
    """A gated recurrent unit, after Cho et al., https://arxiv.org/abs/1406.1078: gates `r` and `u` of inputs and state, a
    candidate `c` of inputs and `r * state`, and `u * state + (1 - u) * c`, which is output and next state."""

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

    With `use_peepholes` the gates see `c` too; `cell_clip` bounds `c`; with `num_proj` outputs and `h` are products of `h`
    with a matrix, bounded by `proj_clip`.
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
            c = _math_ops.clip_by_value(c, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            o = o + by_o * c
        h = sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            h = _math_ops.matmul(h, self._projection)
            if self._proj_clip is not None:
                h = _math_ops.clip_by_value(h, -self._proj_clip, self._proj_clip)
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


class _Wrapper(RNNCell):
    """A cell around another, whose variables stay in its own scope."""

    def __init__(self, cell):
        super().__init__()
        self._cell = cell

    @property
    def wrapped_cell(self):
        """The cell within."""
        return self._cell

    @property
    def state_size(self):
        """That of the cell within."""
        return self._cell.state_size

    @property
    def output_size(self):
        """That of the cell within."""
        return self._cell.output_size

    @property
    def variables(self):
        """Those of the cell within."""
        return self._cell.variables

    weights = variables

    @property
    def trainable_variables(self):
        """Those of the cell within that are trained."""
        return self._cell.trainable_variables

    trainable_weights = trainable_variables

    def zero_state(self, batch_size, dtype):
        """The state of zeros of the cell within."""
        return self._cell.zero_state(batch_size, dtype)


class DropoutWrapper(_Wrapper):
    """A cell with dropout of inputs, state and outputs: each element is kept with the probability given.

    With `variational_recurrent` the same elements are kept in every step, after Gal and Ghahramani,
    https://arxiv.org/abs/1512.05287; `dtype` is then needed, and `input_size` if inputs are dropped. The memory `c` of an LSTM
    is not dropped.
    """

    def __init__(
        self,
        cell,
        input_keep_prob=1.0,
        output_keep_prob=1.0,
        state_keep_prob=1.0,
        variational_recurrent=False,
        input_size=None,
        dtype=None,
        seed=None,
        dropout_state_filter_visitor=None,
    ):
        super().__init__(cell)
        given = {"input": input_keep_prob, "state": state_keep_prob, "output": output_keep_prob}
        for what, keep in given.items():
            if isinstance(keep, (int, float)) and not 0.0 <= keep <= 1.0:
                raise ValueError(f"Parameter {what}_keep_prob must be between 0 and 1: {keep:g}")
        self._keep, self._seed, self._numbers = given, seed, 0
        self._drops = dropout_state_filter_visitor or (lambda state: not isinstance(state, LSTMStateTuple))
        self._noise = None
        if variational_recurrent:
            if dtype is None:
                raise ValueError("When variational_recurrent=True, dtype must be provided")
            self._noise = {}
            sizes = {"state": cell.state_size, "output": cell.output_size}
            if input_size is not None:
                sizes["input"] = input_size
            elif self._changes("input"):
                raise ValueError("When variational_recurrent=True and input_keep_prob < 1.0, input_size must be provided")
            from .random_ops import random_uniform

            for what, size in sizes.items():
                draw = lambda s: random_uniform(_with_batch(s, 1), seed=self._next_seed(), dtype=_as_dtype(dtype))
                self._noise[what] = [draw(s) for s in _flatten(size)]

    def _changes(self, what):
        keep = self._keep[what]
        return not isinstance(keep, (int, float)) or keep < 1.0

    def _next_seed(self):
        self._numbers += 1
        return None if self._seed is None else self._seed + self._numbers

    def _dropped(self, value, what, i=0):
        if not self._changes(what):
            return value
        keep = self._keep[what]
        if self._noise is None:
            return _nn.dropout(value, keep, seed=self._next_seed())
        kept = _math_ops.floor(self._noise[what][i] + keep)
        dropped = _math_ops.div(value, keep) * kept
        dropped.set_shape(value.shape)
        return dropped

    def _dropped_state(self, state, leaves):
        if _is_nested(state) and self._drops(state):
            return _pack_items(state, [self._dropped_state(s, leaves) for s in state])
        if isinstance(state, LSTMStateTuple):
            next(leaves)
            return LSTMStateTuple(state.c, self._dropped(state.h, "state", next(leaves)))
        if _is_nested(state):
            return _pack(state, [(s, next(leaves))[0] for s in _flatten(state)])
        return self._dropped(state, "state", next(leaves))

    def __call__(self, inputs, state, scope=None):
        inputs = _map_structure(lambda i: self._dropped(i, "input"), inputs)
        output, state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        if self._changes("state"):
            state = self._dropped_state(state, iter(range(len(_flatten(state)))))
        return self._dropped(output, "output"), state


def _pack_items(like, items):
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)


class ResidualWrapper(_Wrapper):
    """A cell whose inputs are added to its outputs, by `residual_fn(inputs, outputs)` if one is given."""

    def __init__(self, cell, residual_fn=None):
        super().__init__(cell)
        self._residual = residual_fn or (lambda inputs, outputs: inputs + outputs)

    def __call__(self, inputs, state, scope=None):
        output, state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        return self._residual(inputs, output), state


class DeviceWrapper(_Wrapper):
    """A cell that asks for a device. All run on the CPU."""

    def __init__(self, cell, device):
        super().__init__(cell)
        self._device = device

    def __call__(self, inputs, state, scope=None):
        from .framework import device

        with device(self._device):
            return self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
