"""Cells around cells."""

from . import math_ops, nn
from .dtypes import as_dtype
from .default_graph import device as on_device
from .nest import flatten, is_nested, map_structure, pack
from .random_ops import random_uniform
from .cell import LSTMStateTuple, RNNCell, with_batch


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
    https://arxiv.org/abs/1512.05287; `dtype` is then needed, and `input_size` if inputs are dropped. The memory `c` of
    an LSTM is not dropped.
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
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0, input_size must be provided"
                )
            for what, size in sizes.items():
                draw = lambda s: random_uniform(with_batch(s, 1), seed=self._next_seed(), dtype=as_dtype(dtype))
                self._noise[what] = [draw(s) for s in flatten(size)]

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
            return nn.dropout(value, keep, seed=self._next_seed())
        kept = math_ops.floor(self._noise[what][i] + keep)
        dropped = math_ops.div(value, keep) * kept
        dropped.set_shape(value.shape)
        return dropped

    def _dropped_state(self, state, leaves):
        if is_nested(state) and self._drops(state):
            return _pack_items(state, [self._dropped_state(s, leaves) for s in state])
        if isinstance(state, LSTMStateTuple):
            next(leaves)
            return LSTMStateTuple(state.c, self._dropped(state.h, "state", next(leaves)))
        if is_nested(state):
            return pack(state, [(s, next(leaves))[0] for s in flatten(state)])
        return self._dropped(state, "state", next(leaves))

    def __call__(self, inputs, state, scope=None):
        inputs = map_structure(lambda i: self._dropped(i, "input"), inputs)
        output, state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        if self._changes("state"):
            state = self._dropped_state(state, iter(range(len(flatten(state)))))
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
        with on_device(self._device):
            return self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
