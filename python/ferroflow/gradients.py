"""Derivatives."""

from . import _ferroflow
from .default_graph import get_default_graph, name_scope
from .framework import convert_to_tensor


def gradients(
    ys,
    xs,
    grad_ys=None,
    name="gradients",
    colocate_gradients_with_ops=False,
    gate_gradients=False,
    aggregation_method=None,
    stop_gradients=None,
    unconnected_gradients="none",
):
    """The derivatives of the sum of `ys` by each of `xs`, as a list; `None`, or zeros if `unconnected_gradients` is
    `zero`, for what no `y` depends on. Rows of a variable that were gathered are `IndexedSlices`.

    `grad_ys` are what to start from, ones where it is `None`; `stop_gradients` the tensors that count as constants.
    Raises `ValueError` for what has no derivative, or is of another graph.
    """
    ys, xs = _list(ys), _list(xs)
    targets = [x._ref_tensor if hasattr(x, "_ref_tensor") else convert_to_tensor(x) for x in xs]
    stop = [s._ref_tensor if hasattr(s, "_ref_tensor") else convert_to_tensor(s) for s in _list(stop_gradients)]
    ys = [convert_to_tensor(y) for y in ys]
    graph = ys[0].graph if ys else get_default_graph()
    graph._check_open()
    if graph._overrides:
        from .custom_gradients import apply_overrides

        apply_overrides(graph)
    seeds = [None if g is None else convert_to_tensor(g, y.dtype) for g, y in zip(_list(grad_ys), ys)]
    found = [graph._wrap(part) for part in _ferroflow.gradients(graph, ys, targets, seeds, stop)]
    if getattr(unconnected_gradients, "value", unconnected_gradients) == "zero":
        from .array_ops import zeros_like

        found = [zeros_like(x) if g is None else g for g, x in zip(found, targets)]
    return found


def _list(values):
    if values is None:
        return []
    return list(values) if isinstance(values, (list, tuple)) else [values]


class UnconnectedGradients:
    """What the derivative by something unrelated is."""

    NONE = "none"
    ZERO = "zero"


class AggregationMethod:
    """How derivatives that meet are added; all ways give the same."""

    ADD_N = DEFAULT = 0
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def hessians(ys, xs, name="hessians", colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None):
    """The second derivatives of the sum of `ys` by each of `xs`, tensors of known shape: the shape of `x` twice each."""
    from .array_ops import reshape, stack, unstack

    with name_scope(name, "hessians"):
        found = []
        for x, first in zip(_list(xs), gradients(ys, xs)):
            rows = [gradients(g, x, unconnected_gradients="zero")[0] for g in unstack(reshape(first, [-1]))]
            found.append(reshape(stack(rows), x.shape.as_list() * 2))
        return found
