"""Places of a tensor given new values."""

from .array_ops import ones_like, shape
from .selection import scatter_nd, where
from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import greater


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
