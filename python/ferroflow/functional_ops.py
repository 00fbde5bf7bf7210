"""Functions of functions: what they give for each slice of tensors, or from one slice to the next."""

from . import array_ops, math_ops
from .control_flow import loop
from .dtypes import as_dtype
from .default_graph import name_scope
from .framework import convert_to_tensor
from .nest import assert_same_structure, flatten, map_structure, pack


def _elements(elems):
    flat = [convert_to_tensor(e, name="elem") for e in flatten(elems)]
    if any(e.shape.ndims == 0 for e in flat):
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    return flat


def _callable(fn):
    if not callable(fn):
        raise TypeError("fn must be callable.")


def _kept(nest, back_prop):
    return nest if back_prop else map_structure(math_ops.stop_gradient, nest)


def map_fn(
    fn,
    elems,
    dtype=None,
    parallel_iterations=None,
    back_prop=True,
    swap_memory=False,
    infer_shape=True,
    name=None,
):
    """What `fn` gives for each slice of `elems` by the first dimension, stacked.

    `elems` is a tensor, or a nest of tensors that agree in that dimension, and `fn` gets a nest of slices. If it gives
    another nest, or other dtypes, `dtype` is the nest of these. Of nothing it gives nothing, where the shape is known.
    """
    _callable(fn)
    with name_scope(name, "map", flatten(elems)):
        flat, form = _elements(elems), elems if dtype is None else dtype
        dtypes = [e.dtype for e in flat] if dtype is None else [as_dtype(d) for d in flatten(dtype)]

        def body(_, slices):
            found = fn(pack(elems, slices))
            assert_same_structure(form, found)
            return [], [convert_to_tensor(v, d) for v, d in zip(flatten(found), dtypes)]

        _, stacks = loop([], flat, None, body)
        return _kept(pack(form, stacks), back_prop)


def vectorized_map(fn, elems, fallback_to_while_loop=True):
    """What `fn` gives for each slice of `elems` by the first dimension, stacked: `map_fn`, where what `fn` gives may be another
    nest than `elems`."""
    _callable(fn)
    with name_scope(None, "vectorized_map", flatten(elems)):
        forms = []

        def body(_, slices):
            forms.append(fn(pack(elems, slices)))
            return [], [convert_to_tensor(v) for v in flatten(forms[0])]

        _, stacks = loop([], _elements(elems), None, body)
        return pack(forms[0], stacks)


def _fold(fn, elems, initializer, back_prop, name, default, backwards, stacked):
    _callable(fn)
    with name_scope(name, default, flatten(elems)):
        flat = _elements(elems)
        if backwards:
            flat = [array_ops.reverse(e, [0]) for e in flat]
        if initializer is None:
            form, first = elems, [e[0] for e in flat]
            flat = [e[1:] for e in flat]
        else:
            form, first = initializer, [convert_to_tensor(v) for v in flatten(initializer)]

        def body(carried, slices):
            found = fn(pack(form, carried), pack(elems, slices))
            assert_same_structure(form, found)
            following = [convert_to_tensor(v, c.dtype) for v, c in zip(flatten(found), carried)]
            return following, following if stacked else []

        last, stacks = loop(first, flat, None, body)
        if not stacked:
            return _kept(pack(form, last), back_prop)
        if initializer is None:
            stacks = [array_ops.concat([array_ops.expand_dims(f, 0), s], 0) for f, s in zip(first, stacks)]
        if backwards:
            stacks = [array_ops.reverse(s, [0]) for s in stacks]
        return _kept(pack(form, stacks), back_prop)


def scan(
    fn,
    elems,
    initializer=None,
    parallel_iterations=10,
    back_prop=True,
    swap_memory=False,
    infer_shape=True,
    reverse=False,
    name=None,
):
    """What `fn(a, x)` gives for each slice `x` of `elems`, stacked, where `a` is what it gave before.

    The first `a` is `initializer`; without one it is the first slice, which is also the first of the stack. With
    `reverse` it goes from the last slice to the first.
    """
    return _fold(fn, elems, initializer, back_prop, name, "scan", reverse, True)


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """What `fn(a, x)` gives for the last slice `x` of `elems`, where `a` is what it gave for the one before.

    The first `a` is `initializer`, or else the first slice.
    """
    return _fold(fn, elems, initializer, back_prop, name, "foldl", False, False)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """`foldl` from the last slice to the first."""
    return _fold(fn, elems, initializer, back_prop, name, "foldr", True, False)


__all__ = ["foldl", "foldr", "map_fn", "scan", "vectorized_map"]
