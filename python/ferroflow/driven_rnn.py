"""Recurrent networks whose inputs and end a function decides."""

from . import creation, math_ops, reductions, selection
from .cell import with_batch
from .control_flow import while_loop
from .dtypes import int32
from .framework import constant, convert_to_tensor
from .nest import assert_same_structure, flatten, map_structure, pack
from .rnn import _batch_of
from .tensor_array import TensorArray
from .variable_scope import variable_scope


def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """Runs `cell` on the inputs that `loop_fn` gives, until it says that every sequence has ended: the `TensorArray` of what
    is emitted, the last state, and the last loop state.

    `loop_fn(time, output, state, loop_state)` gives which sequences have ended, `[batch]`, the next input, the next state,
    what to emit and the next loop state, `None` for as before. It is first called with time 0 and `None`, and then gives
    the first state, and what is emitted as a nest of tensors without batch, or `None` for the cell's outputs. Sequences
    that have ended emit zeros and keep their state.
    """
    with variable_scope(scope or "rnn"):
        time = constant(0, int32)
        finished, first, initial, emitted, loop_state = loop_fn(time, None, None, None)
        flat = [convert_to_tensor(i) for i in flatten(first)]
        state = map_structure(convert_to_tensor, initial)
        batch = _batch_of(flat, 0)
        sizes, dtypes = cell.output_size, map_structure(lambda _: flat[0].dtype, cell.output_size)
        if emitted is not None:
            emitted = map_structure(convert_to_tensor, emitted)
            sizes, dtypes = map_structure(lambda e: e.shape, emitted), map_structure(lambda e: e.dtype, emitted)
        nothing = [creation.zeros(with_batch(s, batch), d) for s, d in zip(flatten(sizes), flatten(dtypes))]
        arrays = map_structure(lambda d: TensorArray(d, 0, dynamic_size=True), dtypes)
        has_state = loop_state is not None

        def go_on(time, finished, *_):
            return math_ops.logical_not(reductions.reduce_all(finished))

        def body(time, finished, inputs, arrays, state, loop_state):
            output, following = cell(inputs, state)
            assert_same_structure(state, following)
            found = loop_fn(time + 1, output, following, loop_state if has_state else None)
            ended, inputs, following, emit, next_loop_state = found
            emit = output if emit is None else emit
            keep = lambda old, new: new if new.shape.ndims == 0 else selection.where(finished, old, new)
            state = map_structure(keep, state, map_structure(convert_to_tensor, following))
            emits = [keep(zeros, convert_to_tensor(e)) for zeros, e in zip(nothing, flatten(emit))]
            arrays = pack(arrays, [array.write(time, e) for array, e in zip(flatten(arrays), emits)])
            ended = math_ops.logical_or(finished, ended)
            return time + 1, ended, inputs, arrays, state, loop_state if next_loop_state is None else next_loop_state

        given = [time, convert_to_tensor(finished), pack(first, flat), arrays, state]
        *_, arrays, state, loop_state = while_loop(go_on, body, [*given, loop_state if has_state else constant(0)])
        return arrays, state, loop_state if has_state else None
