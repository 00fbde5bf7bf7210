"""Recurrent networks over all steps of sequences at once, `[steps, batch, depth]`."""

from ..array_ops import reverse, stack, unstack
from ..cell import LSTMStateTuple
from ..framework import convert_to_tensor
from ..initializers import Zeros
from ..layers import Layer
from ..partition_ops import reverse_sequence
from ..rnn import dynamic_rnn, static_rnn
from ..rnn_cell import LSTMCell, _depth

__all__ = ["FusedRNNCell", "FusedRNNCellAdaptor", "LSTMBlockFusedCell", "LSTMBlockWrapper", "TimeReversedFusedRNN"]


class FusedRNNCell:
    """What runs over all steps: called with inputs, `[steps, batch, depth]` or a list of `[batch, depth]`, it gives outputs in the
    same form, and the last state."""

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        raise NotImplementedError("Abstract method")


class FusedRNNCellAdaptor(FusedRNNCell):
    """A cell over all steps, by `dynamic_rnn` or, unless `use_dynamic_rnn`, by `static_rnn`."""

    def __init__(self, cell, use_dynamic_rnn=False):
        self._cell, self._dynamic = cell, use_dynamic_rnn

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        listed = isinstance(inputs, list)
        ends = dict(sequence_length=sequence_length, initial_state=initial_state, dtype=dtype, scope=scope)
        if self._dynamic:
            outputs, state = dynamic_rnn(self._cell, stack(inputs) if listed else inputs, time_major=True, **ends)
            return unstack(outputs, axis=0) if listed else outputs, state
        outputs, state = static_rnn(self._cell, inputs if listed else unstack(inputs), **ends)
        return outputs if listed else stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Another network over all steps, which are given to it from the last to the first, and whose outputs are turned
    again."""

    def __init__(self, cell):
        self._cell = cell

    def _turned(self, steps, lengths):
        if isinstance(steps, list):
            return unstack(self._turned(stack(steps), lengths)) if lengths is not None else steps[::-1]
        steps = convert_to_tensor(steps)
        if lengths is None:
            return reverse(steps, [0])
        return reverse_sequence(steps, lengths, 0, 1)

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        given = self._turned(inputs, sequence_length)
        outputs, state = self._cell(given, initial_state, dtype, sequence_length, scope=scope)
        return self._turned(outputs, sequence_length), state


class LSTMBlockWrapper(Layer):
    """What LSTMs over all steps have in common. A class of its own defines `num_units` and `_call_cell(inputs,
    initial_state, dtype, sequence_length)`, which gives the outputs of all steps and the last state; `initial_state` is an
    `LSTMStateTuple` or `None`."""

    @property
    def num_units(self):
        """The number of units."""
        raise NotImplementedError("Abstract method")

    def call(self, inputs, initial_state=None, dtype=None, sequence_length=None):
        """Outputs of all steps, and the last state, an `LSTMStateTuple`. Raises `ValueError` for inputs that are no three
        dimensions, of which the last is known, and where neither a first state nor a dtype is given."""
        listed = isinstance(inputs, list)
        steps = stack(inputs) if listed else convert_to_tensor(inputs)
        if steps.shape.ndims != 3:
            raise ValueError(f"Expecting inputs_shape to be of rank 3, found {steps.shape}")
        _depth(steps.shape)
        if initial_state is None and dtype is None:
            raise ValueError("Either initial_state or dtype needs to be specified")
        if initial_state is not None:
            if len(initial_state) != 2:
                raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
            initial_state = LSTMStateTuple(*map(convert_to_tensor, initial_state))
        outputs, state = self._call_cell(steps, initial_state, dtype, sequence_length)
        return unstack(outputs) if listed else outputs, state


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """`LSTMBlockCell` over all steps: called with inputs `[steps, batch, depth]`, or a list of `[batch, depth]`, a first state
    `(c, h)` or a dtype, and the lengths of sequences, it gives outputs, `[steps, batch, num_units]`, zeros after the end of a
    sequence, and the last state.

    The variables are `kernel`, `bias` and, with `use_peephole`, `w_i_diag`, `w_f_diag` and `w_o_diag`.
    """

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        cell_clip=None,
        use_peephole=False,
        reuse=None,
        dtype=None,
        name="lstm_fused_cell",
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._units, self._forget_bias, self._use_peephole = num_units, forget_bias, use_peephole
        self._cell_clip = cell_clip if cell_clip and cell_clip > 0 else None

    @property
    def num_units(self):
        """The number of units."""
        return self._units

    def _make(self, depth, dtype):
        self._dtype = self._dtype or dtype
        cell = LSTMCell(self._units, self._use_peephole, self._cell_clip, forget_bias=self._forget_bias)
        kernel = self.add_variable("kernel", [depth + self._units, 4 * self._units])
        cell._made = kernel, self.add_variable("bias", [4 * self._units], initializer=Zeros(dtype=self._dtype))
        if self._use_peephole:
            i, f, o = (self.add_variable(f"w_{gate}_diag", [self._units]) for gate in "ifo")
            cell._peepholes = [f, i, o]
        cell.built, cell._reuse = True, self._reuse
        self._cell = cell

    def _call_cell(self, inputs, initial_state, dtype, sequence_length):
        if not hasattr(self, "_cell"):
            self._make(_depth(inputs.shape), inputs.dtype)
        given = dict(sequence_length=sequence_length, initial_state=initial_state, dtype=dtype, time_major=True)
        return dynamic_rnn(self._cell, inputs, **given)
