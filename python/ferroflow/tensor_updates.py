"""Places of a tensor, or of a variable, given new values."""

from .array_ops import concat, ones, ones_like, scatter_nd, shape, where
from .framework import convert_to_tensor, name_scope
from .math_ops import greater, maximum, minimum
from .segments import unsorted_segment_max, unsorted_segment_min, unsorted_segment_prod
from .variables import assign


def tensor_scatter_nd_add(tensor, indices, updates, name=None):
    """`tensor` with `updates` added at the places that the rows of `indices` name."""
    with name_scope(name, "TensorScatterAdd", [tensor, indices, updates]):
        tensor = convert_to_tensor(tensor)
        return tensor + scatter_nd(indices, convert_to_tensor(updates, tensor.dtype), shape(tensor))


def tensor_scatter_nd_sub(tensor, indices, updates, name=None):
    """`tensor` with `updates` subtracted at the places that the rows of `indices` name."""
    with name_scope(name, "TensorScatterSub", [tensor, indices, updates]):
        tensor = convert_to_tensor(tensor)
        return tensor - scatter_nd(indices, convert_to_tensor(updates, tensor.dtype), shape(tensor))


def tensor_scatter_nd_update(tensor, indices, updates, name=None):
    """`tensor` with `updates` at the places that the rows of `indices` name, each at most once."""
    with name_scope(name, "TensorScatterUpdate", [tensor, indices, updates]):
        tensor = convert_to_tensor(tensor)
        updates = convert_to_tensor(updates, tensor.dtype)
        named = scatter_nd(indices, ones_like(updates, "int32"), shape(tensor))
        return where(greater(named, 0), scatter_nd(indices, updates, shape(tensor)), tensor)


tensor_scatter_add, tensor_scatter_sub, tensor_scatter_update = (
    tensor_scatter_nd_add,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
)


def scatter_nd_add(ref, indices, updates, use_locking=False, name=None):
    """The tensor that adds `updates` at places of the variable `ref`, and gives its new value."""
    return assign(ref, tensor_scatter_nd_add(ref, indices, updates), name=name)


def scatter_nd_sub(ref, indices, updates, use_locking=False, name=None):
    """The tensor that subtracts `updates` at places of the variable `ref`, and gives its new value."""
    return assign(ref, tensor_scatter_nd_sub(ref, indices, updates), name=name)


def scatter_nd_update(ref, indices, updates, use_locking=True, name=None):
    """The tensor that puts `updates` at places of the variable `ref`, each at most once, and gives its new value."""
    return assign(ref, tensor_scatter_nd_update(ref, indices, updates), name=name)


def _by_rows(ref, indices, updates, segments, combine, name):
    value, indices = convert_to_tensor(ref), convert_to_tensor(indices)
    rest = shape(value)[1:]
    updates = convert_to_tensor(updates, value.dtype) * ones(concat([shape(indices), rest], 0), value.dtype)
    return assign(ref, combine(value, segments(updates, indices, shape(value)[0])), name=name)


def scatter_div(ref, indices, updates, use_locking=False, name=None):
    """The tensor that divides rows of the variable `ref`, and gives its new value."""
    return _by_rows(ref, indices, updates, unsorted_segment_prod, lambda x, y: x / y, name)


def scatter_max(ref, indices, updates, use_locking=False, name=None):
    """The tensor that makes rows of the variable `ref` at least `updates`, and gives its new value."""
    return _by_rows(ref, indices, updates, unsorted_segment_max, maximum, name)


def scatter_min(ref, indices, updates, use_locking=False, name=None):
    """The tensor that makes rows of the variable `ref` at most `updates`, and gives its new value."""
    return _by_rows(ref, indices, updates, unsorted_segment_min, minimum, name)
