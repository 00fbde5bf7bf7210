"""Recurrent networks: a cell run over the steps of its inputs."""

from . import array_ops, creation, math_ops, partition_ops, selection
from .control_flow import loop
from .dtypes import as_dtype, int32
from .framework import convert_to_tensor
from .nest import assert_same_structure, flatten, map_structure, pack
from .cell import zeros
from .variable_scope import get_variable_scope, variable_scope


def _batch_of(inputs, axis):
    """The size of the batch: an integer if it is known."""
    for tensor in inputs:
        if tensor.shape.ndims is not None and tensor.shape[axis].value is not None:
            return tensor.shape[axis].value
    return array_ops.shape(inputs[0])[axis]


def _start(cell, batch, initial_state, dtype):
    if initial_state is not None:
        return map_structure(convert_to_tensor, initial_state)
    if not dtype:
        raise ValueError("If there is no initial_state, you must give a dtype.")
    zero_state = getattr(cell, "zero_state", None)
    return zero_state(batch, as_dtype(dtype)) if zero_state else zeros(cell.state_size, batch, as_dtype(dtype))


def _lengths(sequence_length, batch):
    if sequence_length is None:
        return None
    lengths = math_ops.cast(convert_to_tensor(sequence_length), int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError(f"sequence_length must be a vector of length batch_size, but saw shape: {lengths.shape}")
    number = None if lengths.shape.ndims is None else lengths.shape[0].value
    if isinstance(batch, int) and number not in (None, batch):
        raise ValueError(f"sequence_length has {number} lengths for a batch of {batch}")
    if number is None or not isinstance(batch, int):
        # A run in which there are other than `batch` lengths fails.
        lengths = array_ops.reshape(lengths, [batch])
    return math_ops.identity(lengths, name="sequence_length")


def _step(cell, inputs, state, time, lengths):
    """One step; sequences that have ended give zeros, and keep their state."""
    output, following = cell(inputs, state)
    assert_same_structure(state, following)
    if lengths is None:
        return output, following
    ended = math_ops.greater_equal(time, lengths)
    keep = lambda old, new: new if new.shape.ndims == 0 else selection.where(ended, old, new)
    return (
        map_structure(lambda o: keep(array_ops.zeros_like(o), o), output),
        map_structure(lambda old, new: keep(old, new), state, following),
    )


def _swapped(tensor):
    """The tensor with its first two dimensions in the other order."""
    if tensor.shape.ndims is None:
        raise ValueError("The rank of inputs to a recurrent network must be known")
    return array_ops.transpose(tensor, [1, 0, *range(2, tensor.shape.ndims)])


def dynamic_rnn(
    cell,
    inputs,
    sequence_length=None,
    initial_state=None,
    dtype=None,
    parallel_iterations=None,
    swap_memory=False,
    time_major=False,
    scope=None,
):
    """Runs `cell` over the steps of `inputs`, as many as a run has: the outputs of every step, and the last state.

    `inputs` are `[batch, steps, ...]`, or `[steps, batch, ...]` if `time_major`, a tensor or a nest; so are the
    outputs. After `sequence_length[i]` steps row `i` gives zeros and its state stays. The state starts as
    `initial_state`, or as zeros of `dtype`. Variables are in the scope `rnn`, or `scope`.
    """
    with variable_scope(scope or "rnn"):
        flat = [convert_to_tensor(i) for i in flatten(inputs)]
        flat = flat if time_major else [_swapped(i) for i in flat]
        batch = _batch_of(flat, 1)
        state = _start(cell, batch, initial_state, dtype)
        lengths = _lengths(sequence_length, batch)
        steps = array_ops.shape(flat[0])[0]
        form = []

        def body(carried, slices):
            *slices, time = slices
            output, following = _step(cell, pack(inputs, slices), pack(state, carried), time, lengths)
            form.append(output)
            return flatten(following), flatten(output)

        time = creation.range(0, steps, 1)
        last, outputs = loop(flatten(state), [*flat, time], None, body)
        outputs = outputs if time_major else [_swapped(o) for o in outputs]
        return pack(form[0], outputs), pack(state, last)


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """Runs `cell` over a list of inputs, each a step `[batch, ...]`: the list of outputs, and the last state.

    As `dynamic_rnn`, but that every step is part of the graph.
    """
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    outputs = []
    with variable_scope(scope or "rnn"):
        first = [convert_to_tensor(i) for i in flatten(inputs[0])]
        batch = _batch_of(first, 0)
        state = _start(cell, batch, initial_state, dtype)
        lengths = _lengths(sequence_length, batch)
        for time, step in enumerate(inputs):
            if time > 0:
                get_variable_scope().reuse_variables()
            step = map_structure(convert_to_tensor, step)
            output, state = _step(cell, step, state, convert_to_tensor(time), lengths)
            outputs.append(output)
        return outputs, state


def _reversed(tensor, lengths, time_major):
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)
    if lengths is None:
        return array_ops.reverse(tensor, [time_axis])
    return partition_ops.reverse_sequence(tensor, lengths, time_axis, batch_axis)


def bidirectional_dynamic_rnn(
    cell_fw,
    cell_bw,
    inputs,
    sequence_length=None,
    initial_state_fw=None,
    initial_state_bw=None,
    dtype=None,
    parallel_iterations=None,
    swap_memory=False,
    time_major=False,
    scope=None,
):
    """`dynamic_rnn` of `cell_fw` from the first step to the last and of `cell_bw` from the last to the first: the pair
    of outputs, and the pair of last states. Variables are in the scopes `fw` and `bw` of `bidirectional_rnn`, or
    `scope`."""
    options = dict(sequence_length=sequence_length, dtype=dtype, time_major=time_major)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward, state_fw = dynamic_rnn(cell_fw, inputs, initial_state=initial_state_fw, scope=fw, **options)
        with variable_scope("bw") as bw:
            turn = lambda t: _reversed(convert_to_tensor(t), sequence_length, time_major)
            turned = map_structure(turn, inputs)
            backward, state_bw = dynamic_rnn(cell_bw, turned, initial_state=initial_state_bw, scope=bw, **options)
            backward = map_structure(turn, backward)
    return (forward, backward), (state_fw, state_bw)


def static_bidirectional_rnn(
    cell_fw,
    cell_bw,
    inputs,
    initial_state_fw=None,
    initial_state_bw=None,
    dtype=None,
    sequence_length=None,
    scope=None,
):
    """`static_rnn` in both directions: the list of outputs side by side, and both last states."""
    options = dict(dtype=dtype, sequence_length=sequence_length)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, scope=fw, **options)
        with variable_scope("bw") as bw:
            turned = _turned_steps(inputs, sequence_length)
            backward, state_bw = static_rnn(cell_bw, turned, initial_state_bw, scope=bw, **options)
            backward = _turned_steps(backward, sequence_length)
    outputs = [
        pack(f, [array_ops.concat(p, 1) for p in zip(flatten(f), flatten(b))]) for f, b in zip(forward, backward)
    ]
    return outputs, state_fw, state_bw


def _turned_steps(steps, lengths):
    if lengths is None:
        return list(reversed(steps))
    return array_ops.unstack(_reversed(array_ops.stack(list(steps)), lengths, True))


# Their names before TensorFlow 1.0.
bidirectional_rnn, rnn = static_bidirectional_rnn, static_rnn

__all__ = [
    "bidirectional_dynamic_rnn",
    "bidirectional_rnn",
    "dynamic_rnn",
    "rnn",
    "static_bidirectional_rnn",
    "static_rnn",
]
