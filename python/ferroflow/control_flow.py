"""Choices and loops: both are built once, and run as the values of a run say."""

from . import array_ops, math_ops, reductions
from .dtypes import int32
from .default_graph import control_dependencies, get_default_graph, name_scope
from .elements import Operation
from .framework import call, constant, convert_to_tensor
from .loop_arrays import LoopArrays
from .nest import assert_same_structure, flatten, is_nested, pack
from .tensor_array import from_tensors, shapes_of, to_tensors
from .tensor_shape import TensorShape, as_shape


def _branch(function, what, strict):
    found = function()
    if found is None:
        raise ValueError(f"'{what}' must have a return value.")
    if not strict and type(found) in (list, tuple) and len(found) == 1:
        found = found[0]
    leaves = []
    for leaf in flatten(found):
        if isinstance(leaf, Operation):
            # What it gives is that it has run.
            with control_dependencies([leaf]):
                leaves.append(math_ops.identity(constant(True)))
        elif leaf is None:
            raise ValueError(f"'{what}' must have a return value.")
        else:
            leaves.extend(to_tensors(leaf))
    return found, leaves


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """What `true_fn()` gives if `pred` is true in a run, else what `false_fn()` gives.

    Both functions are called once, while the graph is built, and give nests of tensors of one form. A run computes what
    the branch that it chooses needs, assignments made in it too, and does not touch the other: not its placeholders,
    not its variables. What was made outside the functions, has effects, and is needed by either, such as an assignment
    or a function of Python's, is run whichever is chosen. An operation that a branch gives is run if it is chosen. A
    list of one tensor counts as that tensor unless `strict`. Raises `TypeError` or `ValueError` for functions that do
    not fit, and a `pred` that is no scalar bool.
    """
    true_fn, false_fn = fn1 if true_fn is None else true_fn, fn2 if false_fn is None else false_fn
    if isinstance(pred, bool):
        raise TypeError("pred must not be a Python bool")
    for what, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"'{what}' must be callable.")
    with name_scope(name, "cond", [pred]):
        graph = get_default_graph()
        pred = convert_to_tensor(pred, name="pred")
        start = len(graph)
        form, then = _branch(true_fn, "true_fn", strict)
        middle = len(graph)
        other, otherwise = _branch(false_fn, "false_fn", strict)
        end = len(graph)
        assert_same_structure(form, other)
        chosen = []
        for a, b in zip(then, otherwise):
            if a.dtype != b.dtype:
                raise ValueError(
                    "Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received "
                    f"{a.dtype.name} from 'true_fn' and {b.dtype.name} from 'false_fn'."
                )
            chosen.append(call("choose", "Merge", pred, a, [start, middle], b, [middle, end]))
        kinds = [None if isinstance(leaf, Operation) else leaf for leaf in flatten(form)]
        return pack(form, from_tensors(kinds, chosen))


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """What the function of the first true predicate gives, or `default()` if none is true.

    `pred_fn_pairs` is a list of pairs, or a dictionary. Without `default` a run in which no predicate is true fails,
    and with `exclusive` one in which several are.
    """
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else list(pred_fn_pairs)
    if not pairs:
        raise ValueError("pred_fn_pairs must hold at least one pair")
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        if not hasattr(pair[0], "_as_graph_element"):
            raise TypeError(f"pred must be a Tensor, got: {pair[0]}")
        if not callable(pair[1]):
            raise TypeError(f"fn for pred {pair[0].name} must be callable.")
    with name_scope(name, "case", [pred for pred, _ in pairs]):
        preds = [convert_to_tensor(pred) for pred, _ in pairs]
        checks = []
        if exclusive:
            true = reductions.reduce_sum(math_ops.cast(array_ops.stack(preds), int32))
            message = "More than one condition evaluated as True but exclusive=True."
            checks.append(math_ops.Assert(math_ops.less(true, 2), [message]))
        if default is None:
            last = pairs[-1][1]

            def default():
                none = math_ops.Assert(preds[-1], ["None of the conditions evaluated as True."])
                with control_dependencies([none]):
                    return pack_identity(last())

        def choose(i):
            return default() if i == len(pairs) else cond(preds[i], pairs[i][1], lambda: choose(i + 1), strict)

        with control_dependencies(checks):
            return choose(0)


def pack_identity(nest):
    """The tensors of a nest, as operations of their own."""
    return pack(nest, [math_ops.identity(convert_to_tensor(leaf)) for leaf in flatten(nest)])


def loop(initial, scanned, condition, body, shapes=None):
    """The loop that carries the tensors `initial` and runs over the first dimension of the tensors `scanned`.

    `body` gets what is carried and the slices, and gives the next, `None` for what need not be carried, and what is
    stacked. Gives what is carried in the end, and the stacks. `shapes` are what stays the same of the shapes carried, by
    default those of `initial`.
    """
    start = len(get_default_graph())
    shapes = [t.shape for t in initial] if shapes is None else shapes
    carried = [call("loop_variable", "carried", t.dtype.name, s) for t, s in zip(initial, shapes)]
    slices = [call("loop_variable", "slice", t.dtype.name, _without_first(t.shape)) for t in scanned]
    go_on = None if condition is None else convert_to_tensor(condition(carried))
    following, stacked = body(carried, slices)
    kept = [k for k, tensor in enumerate(following) if tensor is not None]
    initial, carried, following = ([tensors[k] for k in kept] for tensors in (initial, carried, following))
    found = call("while_loop", "Exit", initial, scanned, carried + slices, go_on, following, stacked, start)
    last = dict(zip(kept, found))
    return [last.get(k) for k in range(len(shapes))], found[len(kept) :]


def _without_first(shape):
    if shape.ndims == 0:
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    return shape if shape.ndims is None else TensorShape(shape.as_list()[1:])


def while_loop(
    cond,
    body,
    loop_vars,
    shape_invariants=None,
    parallel_iterations=10,
    back_prop=True,
    swap_memory=False,
    name=None,
    maximum_iterations=None,
    return_same_structure=False,
):
    """Runs `body(*loop_vars)`, and it again on what it gave, as long as `cond(*loop_vars)` is true; gives the last.

    Both functions are called once, while the graph is built. `body` gives as many tensors, of the same dtypes and
    nests, as `loop_vars` has; shapes stay as they are, or as far as `shape_invariants` says. Random numbers are drawn,
    and variables assigned, anew in each iteration. Unless `return_same_structure` a single loop variable is given as it
    is, not in a list. Raises `TypeError` or `ValueError` for parts that do not fit.
    """
    for what, function in (("cond", cond), ("body", body)):
        if not callable(function):
            raise TypeError(f"'{what}' must be callable.")
    if is_nested(loop_vars) and not loop_vars:
        raise ValueError("'loop_vars' must be provided.")
    loop_vars = loop_vars if isinstance(loop_vars, (list, tuple)) else [loop_vars]
    with name_scope(name, "while", flatten(loop_vars)):
        leaves = flatten(loop_vars)
        initial = [t for v in leaves for t in to_tensors(v)]
        shapes = [s for v in leaves for s in shapes_of(v)]
        if shape_invariants is not None:
            given = [as_shape(s) for s in _shapes_of(loop_vars, shape_invariants)]
            shapes = [s for v, shape in zip(leaves, given) for s in [shape, *shapes_of(v)[1:]]]
            for tensor, shape in zip(initial, shapes):
                if not shape.is_compatible_with(tensor.shape):
                    raise ValueError(
                        f"The shape invariant specified for {tensor.name} is not compatible with the initial shape of "
                        f"the loop variable. It enters the loop with shape {tensor.shape}, but the specified shape "
                        f"invariant is {shape}."
                    )
        limited = maximum_iterations is not None
        if limited:
            limit = convert_to_tensor(maximum_iterations, name="maximum_iterations")
            initial, shapes = initial + [constant(0, limit.dtype)], shapes + [TensorShape([])]

        arrays, results = LoopArrays(leaves), []

        def packed(carried):
            return pack(loop_vars, arrays.given(carried))

        def condition(carried):
            go_on = cond(*packed(carried))
            return math_ops.logical_and(math_ops.less(carried[-1], limit), go_on) if limited else go_on

        def following(carried, _):
            given = packed(carried)
            found = body(*given)
            if not is_nested(found) or isinstance(found, dict) or hasattr(found, "_fields"):
                found = [found]
            assert_same_structure(list(given), list(found))
            results.extend(flatten(found))
            tensors, stacked = arrays.following(results, carried)
            return tensors + ([carried[-1] + 1] if limited else []), stacked

        last, stacks = loop(initial, [], condition, following, shapes)
        if not back_prop:
            last, stacks = ([t if t is None else math_ops.stop_gradient(t) for t in found] for found in (last, stacks))
        found = pack(loop_vars, arrays.last(results, initial, last, stacks))
        return found[0] if len(loop_vars) == 1 and not return_same_structure else found


def _shapes_of(loop_vars, invariants):
    """The invariants, one a tensor, where a list of integers may stand for a shape."""
    found = []
    if isinstance(loop_vars, (list, tuple, dict)) and isinstance(invariants, (list, tuple, dict)):
        if len(loop_vars) != len(invariants):
            raise ValueError("The two structures don't have the same nested structure.")
        keys = sorted(loop_vars) if isinstance(loop_vars, dict) else range(len(loop_vars))
        for key in keys:
            found += _shapes_of(loop_vars[key], invariants[key])
        return found
    return [invariants]


__all__ = ["case", "cond", "while_loop"]
