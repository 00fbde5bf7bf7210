"""The branch of a number."""

from .control_flow import case
from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import equal


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """What the function gives whose number is `branch_index`, an `int32` scalar, or for another number `default()`, or the
    function of the greatest number. `branch_fns` are functions, pairs of number and function, or a dictionary of them.
    Raises `TypeError` or `ValueError` for others."""
    pairs = sorted(branch_fns.items()) if isinstance(branch_fns, dict) else list(branch_fns)
    if not pairs:
        raise ValueError("Must provide at least one item in branch_fns")
    if all(map(callable, pairs)):
        pairs = list(enumerate(pairs))
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], int) and callable(pair[1])):
            raise TypeError(f"Each entry in branch_fns must be a function, or an int and a function, received: {pair}")
    numbers = [number for number, _ in pairs]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"branch indices must be unique, received: {numbers}")
    pairs.sort(key=lambda pair: pair[0])
    with name_scope(name, "switch_case", [branch_index]):
        index = convert_to_tensor(branch_index, "int32")
        return case([(equal(index, number), function) for number, function in pairs], default or pairs[-1][1])
