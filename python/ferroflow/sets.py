"""Sets of numbers or strings: those along the last dimension of tensors, dense or sparse."""

import numpy as np

from .dtypes import int32, int64
from .errors import InvalidArgumentError
from .framework import convert_to_tensor
from .later import absent as _absent
from .script_ops import hosted
from .sparse_tensor import SparseTensor
from .string_ops import objects
from .tensor_shape import TensorShape

__all__ = [
    "difference",
    "intersection",
    "set_difference",
    "set_intersection",
    "set_size",
    "set_union",
    "size",
    "union",
]

_DTYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "string")


def _operand(value, what):
    """A tensor, dense or sparse, as a list of those that it is made of."""
    sparse = isinstance(value, SparseTensor) or type(value).__name__ == "SparseTensorValue"
    tensor = SparseTensor.from_value(value) if sparse else convert_to_tensor(value)
    if tensor.dtype.name not in _DTYPES:
        raise TypeError(f"'{what}' has invalid dtype `{tensor.dtype.name}`, which is none of {', '.join(_DTYPES)}")
    if tensor.shape.ndims is not None and tensor.shape.ndims < 2 and not sparse:
        raise ValueError(f"Shape must be at least rank 2 but is rank {tensor.shape.ndims}")
    return tensor, [tensor.indices, tensor.values, tensor.dense_shape] if sparse else [tensor]


def _groups(arrays, validate):
    """The sets by their places, and the shape without the last dimension."""
    if len(arrays) == 1:
        array = objects(arrays[0])
        return {at: set(array[at].tolist()) for at in np.ndindex(array.shape[:-1])}, list(array.shape[:-1])
    places, values, shape = (objects(array).tolist() for array in arrays)
    if validate:
        _check(places, shape)
    found = {}
    for place, value in zip(places, values):
        found.setdefault(tuple(place[:-1]), set()).add(value)
    return found, shape[:-1]


def _check(places, shape):
    for number, place in enumerate(places):
        if not all(0 <= at < size for at, size in zip(place, shape)):
            raise InvalidArgumentError(
                None, None, f"indices[{number}] = {place} is out of bounds: need 0 <= index < {shape}"
            )
        if number and place <= places[number - 1]:
            kind = "repeated" if place == places[number - 1] else "out of order"
            raise InvalidArgumentError(None, None, f"indices[{number}] = {place} is {kind}")


def _combined(a, b, combine, op_type, validate_indices):
    (a, first), (b, second) = _operand(a, "a"), _operand(b, "b")
    if a.dtype != b.dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    ranks = a.shape.ndims, b.shape.ndims
    if None not in ranks:
        if ranks[0] != ranks[1]:
            raise ValueError(f"Shape must be rank {ranks[0]} but is rank {ranks[1]}")
        if not a.shape[:-1].is_compatible_with(b.shape[:-1]):
            raise ValueError(f"All but the last dimension must be equal, but shapes are {a.shape} and {b.shape}")

    def found(*arrays):
        sets, shape = _groups(arrays[: len(first)], validate_indices)
        others, other_shape = _groups(arrays[len(first) :], validate_indices)
        if shape != other_shape:
            raise InvalidArgumentError(None, None, f"Mismatched group shapes {shape} vs {other_shape}")
        made = {at: sorted(combine(sets.get(at, set()), others.get(at, set()))) for at in {*sets, *others}}
        places = [[*at, i] for at in sorted(made) for i in range(len(made[at]))]
        values = [value for at in sorted(made) for value in made[at]]
        most = max(map(len, made.values()), default=0)
        flat = np.empty(len(values), object if a.dtype.name == "string" else a.dtype.as_numpy_dtype)
        flat[:] = values
        indices = np.array(places, np.int64).reshape(len(places), len(shape) + 1)
        return [indices, flat, np.array([*shape, most], np.int64)]

    rank = ranks[1] if ranks[0] is None else ranks[0]
    shapes = [[None, rank], [None], [rank]]
    return SparseTensor(*hosted(found, [*first, *second], [int64, a.dtype, int64], shapes, op_type))


def set_intersection(a, b, validate_indices=True):
    """The elements that are in a set of `a`, `[…, n]`, and in that of `b`, `[…, m]`, in order: a sparse tensor. Both are
    tensors of integers or strings, dense or sparse, of which the indices are checked if `validate_indices`.

    Raises `TypeError` for other dtypes, `ValueError` for shapes that do not fit; a run raises
    `tf.errors.InvalidArgumentError` for indices that are not in order.
    """
    return _combined(a, b, set.intersection, "SetIntersection", validate_indices)


def set_union(a, b, validate_indices=True):
    """The elements that are in a set of `a` or in that of `b`, as `set_intersection` gives them."""
    return _combined(a, b, set.union, "SetUnion", validate_indices)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """The elements that are in a set of `a` and not in that of `b`, or the other way round unless `aminusb`, as
    `set_intersection` gives them."""
    combine = set.difference if aminusb else lambda x, y: y - x
    return _combined(a, b, combine, "SetDifference", validate_indices)


def set_size(a, validate_indices=True):
    """The numbers of different elements of the sets of a sparse tensor `[…, n]`: `[…]` of `int32`. Raises `TypeError` for
    what is no sparse tensor."""
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    sparse, parts = _operand(a, "a")

    def found(*arrays):
        sets, shape = _groups(arrays, validate_indices)
        counts = np.zeros(shape, np.int32)
        for at, members in sets.items():
            counts[at] = len(members)
        return [counts]

    known = TensorShape(None) if sparse.shape.ndims is None else sparse.shape[:-1]
    return hosted(found, parts, [int32], [known], "SetSize")[0]


difference, intersection, size, union = set_difference, set_intersection, set_size, set_union

__getattr__ = _absent(__name__)
