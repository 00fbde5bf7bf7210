"""A cell that attends to its own last outputs."""

from .. import nn
from ..array_ops import concat, expand_dims, reshape, split
from ..cell import RNNCell
from ..math_ops import tanh
from ..reductions import reduce_sum
from ..nest import flatten, is_nested
from .cells import Surrounding

__all__ = ["AttentionCellWrapper"]


class AttentionCellWrapper(Surrounding):
    """A cell whose inputs and outputs are joined with what it attends to among its last `attn_length` outputs, after
    Bahdanau et al. (https://arxiv.org/abs/1409.0473).

    The state is that of the cell within, the attention, `[batch, attn_size]`, and the last outputs, `[batch, attn_size ·
    attn_length]`; without `state_is_tuple` one tensor, side by side.
    """

    def __init__(
        self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None, state_is_tuple=True, reuse=None
    ):
        super().__init__(cell, reuse)
        if is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(f"Cell returns tuple of states, but the flag state_is_tuple is not set: {cell.state_size}")
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._length, self._size = attn_length, cell.output_size if attn_size is None else attn_size
        self._vectors = self._size if attn_vec_size is None else attn_vec_size
        self._input_size, self._state_is_tuple = input_size, state_is_tuple

    @property
    def state_size(self):
        """The sizes of the state of the cell within, the attention and the last outputs."""
        sizes = self._cell.state_size, self._size, self._size * self._length
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        """The size of the attention."""
        return self._size

    def zero_state(self, batch_size, dtype):
        """The state of zeros."""
        return RNNCell.zero_state(self, batch_size, dtype)

    def call(self, inputs, state):
        """One step."""
        sizes = self._cell.state_size, self._size, self._size * self._length
        within, attention, last = state if self._state_is_tuple else split(state, list(sizes), 1)
        last = reshape(last, [-1, self._length, self._size])
        inputs = self.linear([inputs, attention], self._input_size or inputs.shape[1].value)
        output, within = self._cell(inputs, within)
        query = concat(flatten(within), 1) if self._state_is_tuple else within
        attention = self._attended(query, last)
        output = self.linear([output, attention], self._size, "attn_output_projection/")
        last = concat([last[:, 1:], expand_dims(output, 1)], 1)
        state = within, attention, reshape(last, [-1, self._length * self._size])
        return output, state if self._state_is_tuple else concat(list(state), 1)

    def _attended(self, query, last):
        """The mean of the last outputs by the softmax of `v · tanh(W · last + U · query + b)`."""
        w = self.variable("attention/attn_w", [1, 1, self._size, self._vectors])
        v = self.variable("attention/attn_v", [self._vectors])
        hidden = reshape(last, [-1, self._length, 1, self._size])
        features = nn.conv2d(hidden, w, [1, 1, 1, 1], "SAME")
        asked = reshape(self.linear([query], self._vectors, "attention/"), [-1, 1, 1, self._vectors])
        weights = nn.softmax(reduce_sum(v * tanh(features + asked), [2, 3]))
        return reduce_sum(expand_dims(weights, 2) * last, 1)
