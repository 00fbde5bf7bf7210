"""What cells of recurrent networks have in common."""

import collections
import copy

from . import array_ops, creation
from .dtypes import as_dtype
from .default_graph import name_scope
from .framework import convert_to_tensor
from .layers import Layer
from .nest import map_structure
from .tensor_shape import TensorShape

_Pair = collections.namedtuple("LSTMStateTuple", ("c", "h"))


class LSTMStateTuple(_Pair):
    """The state of an LSTM: the cell's memory `c`, and its output `h`."""

    __slots__ = ()

    @property
    def dtype(self):
        """The dtype of both. Raises `TypeError` if they differ."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


def with_batch(size, *batch):
    """A size, an integer or a shape, with dimensions before it."""
    dims = size.as_list() if isinstance(size, TensorShape) else [int(size)]
    return [*batch, *dims]


def zeros(sizes, batch_size, dtype):
    """The state of zeros of these sizes, for a batch of `batch_size`, an integer or a tensor."""
    return map_structure(lambda size: creation.zeros(with_batch(size, batch_size), dtype=dtype), sizes)


class RNNCell(Layer):
    """A cell: called with inputs `[batch, depth]` and a state it gives outputs `[batch, output_size]` and the next
    state.

    A cell of one's own defines `state_size`, `output_size` and `call(inputs, state)`, or `__call__(inputs, state,
    scope)`.
    """

    def __call__(self, inputs, state, scope=None, *arguments, **options):
        if scope is not None and not self.built:
            self._scope = scope
        return super().__call__(inputs, state, *arguments, **options)

    def __deepcopy__(self, memo):
        """A cell of the same kind, and of such within, that has no variables yet."""
        made = object.__new__(type(self))
        memo[id(self)] = made
        cells = lambda v: isinstance(v, RNNCell) or (isinstance(v, (list, tuple)) and v and isinstance(v[0], RNNCell))
        for name, value in vars(self).items():
            made.__dict__[name] = copy.deepcopy(value, memo) if cells(value) else copy.copy(value)
        made._forget()
        return made

    def _forget(self):
        """Leaves variables to others."""
        self._scope = None if self.built else self._scope
        self.built, self._variables, self._updates, self._losses = False, [], [], []

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
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return zeros(self.state_size, batch_size, as_dtype(dtype))

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """The state of zeros for a batch of `inputs`, or of `batch_size`."""
        if inputs is not None:
            inputs = convert_to_tensor(inputs)
            batch_size = inputs.shape[0].value or array_ops.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError("batch_size and dtype are needed to make an initial state")
        return self.zero_state(batch_size, dtype)
