"""Indices of tensors: what is known is sliced, what only a run knows is gathered."""

from . import array_ops, math_ops
from ._ferroflow import constant_value
from .framework import _graph_of, call, convert_to_tensor, name_scope


def index(x, key):
    """The part of `x` that `key`, as NumPy's basic indexing has it, names; integers in it may be scalar tensors."""
    items = key if isinstance(key, tuple) else (key,)
    if not any(map(_is_dynamic, items)):
        return call("index", "strided_slice", x, key)
    with name_scope(None, "strided_slice", [x]):
        x = convert_to_tensor(x)
        known = call("index", "known", x, tuple(slice(None) if _is_dynamic(item) else item for item in items))
        axis, gathered = 0, []
        for item in items:
            if _is_dynamic(item):
                gathered.append((axis, item))
            if item is Ellipsis:
                named = [i for i in items if i is not None and i is not Ellipsis]
                if x.shape.ndims is None:
                    raise ValueError("An index with an ellipsis and tensors needs a tensor of known rank")
                axis += x.shape.ndims - len(named)
            elif _is_dynamic(item) or isinstance(item, slice) or item is None:
                axis += 1
        for axis, item in reversed(gathered):
            known = array_ops.gather(known, _places(item, array_ops.shape(known)[axis]), axis=axis)
        return known


def _is_dynamic(item):
    parts = (item.start, item.stop, item.step) if isinstance(item, slice) else (item,)
    tensors = [convert_to_tensor(part) for part in parts if _graph_of([part]) is not None]
    for tensor in tensors:
        if tensor.shape.ndims not in (None, 0):
            raise TypeError(f"Only integers, slices and scalar tensors are valid indices, got {tensor}")
    return any(constant_value(tensor) is None for tensor in tensors)


def _places(item, size):
    """Which places of a dimension an item names."""
    if not isinstance(item, slice):
        item = convert_to_tensor(item)
        return _from_start(item, math_ops.cast(size, item.dtype))
    parts = [None if p is None else math_ops.cast(convert_to_tensor(p), size.dtype) for p in (item.start, item.stop)]
    if item.step not in (None, 1):
        raise NotImplementedError("Slices whose ends are tensors go in steps of 1")
    start, stop = (None if p is None else math_ops.maximum(_from_start(p, size), 0) for p in parts)
    stop = size if stop is None else math_ops.minimum(stop, size)
    start = 0 if start is None else math_ops.minimum(start, stop)
    return array_ops.range(start, math_ops.maximum(start, stop))


def _from_start(place, size):
    """A place that is counted from the end if it is negative."""
    return array_ops.where(place < 0, place + size, place)
