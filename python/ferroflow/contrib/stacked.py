"""Recurrent networks in both directions, one upon the other."""

from ..array_ops import concat
from ..rnn import bidirectional_dynamic_rnn, static_bidirectional_rnn
from ..variable_scope import variable_scope

__all__ = ["stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn"]


def _checked(cells_fw, cells_bw, *states):
    for what, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not isinstance(cells, list) or not cells:
            raise ValueError(f"Must specify at least one {what[-2:]} cell, as a list, for {what}")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for given in states:
        if given is not None and (not isinstance(given, list) or len(given) != len(cells_fw)):
            raise ValueError("Initial states must be a list of the same length as the cells")
    nothing = [None] * len(cells_fw)
    return zip(cells_fw, cells_bw, *(nothing if given is None else given for given in states))


def stack_bidirectional_rnn(
    cells_fw,
    cells_bw,
    inputs,
    initial_states_fw=None,
    initial_states_bw=None,
    dtype=None,
    sequence_length=None,
    scope=None,
):
    """`static_bidirectional_rnn` of each pair of cells, upon the outputs of the one before: the last list of outputs, and the
    tuples of last states in both directions. Variables are in the scopes `cell_0`, `cell_1` and so on."""
    states_fw, states_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw, *start) in enumerate(_checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with variable_scope(f"cell_{i}"):
                inputs, *last = static_bidirectional_rnn(fw, bw, inputs, *start, dtype, sequence_length)
            states_fw.append(last[0])
            states_bw.append(last[1])
    return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(
    cells_fw,
    cells_bw,
    inputs,
    initial_states_fw=None,
    initial_states_bw=None,
    dtype=None,
    sequence_length=None,
    parallel_iterations=None,
    time_major=False,
    scope=None,
    swap_memory=False,
):
    """`bidirectional_dynamic_rnn` of each pair of cells, upon the outputs of the one before, side by side: the last outputs,
    and the tuples of last states in both directions. Variables are in the scopes `cell_0`, `cell_1` and so on."""
    states_fw, states_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw, *start) in enumerate(_checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with variable_scope(f"cell_{i}"):
                given = fw, bw, inputs, sequence_length, *start, dtype
                outputs, last = bidirectional_dynamic_rnn(*given, time_major=time_major)
            inputs = concat(outputs, 2)
            states_fw.append(last[0])
            states_bw.append(last[1])
    return inputs, tuple(states_fw), tuple(states_bw)
