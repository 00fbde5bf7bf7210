"""Rows and elements of variables changed."""

from .array_ops import concat, expand_dims, reshape, shape, zeros_like
from .creation import fill, range as number_range
from .default_graph import name_scope
from .framework import call, convert_to_tensor
from .math_ops import _document, cast
from .variables import _same_dtype, _variable


def _scatter(name, op_type, doc):
    def scatter(ref, indices, updates, use_locking=False, name=None):
        variable, updates = _variable(ref, function), convert_to_tensor(_same_dtype(updates, ref))
        if updates.shape.ndims == 0 and not function.startswith("scatter_nd"):
            # One number for all elements of the rows.
            updates = fill(concat([shape(indices), shape(ref)[1:]], 0), updates)
        return call(function, name or default, variable, indices, updates)

    function, default = name, op_type
    return _document(scatter, name, doc + " Gives the variable's new value.")


scatter_update = _scatter("scatter_update", "ScatterUpdate", "Replaces rows of the variable `ref`.")
scatter_add = _scatter("scatter_add", "ScatterAdd", "Adds to rows of the variable `ref`.")
scatter_sub = _scatter("scatter_sub", "ScatterSub", "Subtracts from rows of the variable `ref`.")
scatter_mul = _scatter("scatter_mul", "ScatterMul", "Multiplies rows of the variable `ref`.")
scatter_div = _scatter("scatter_div", "ScatterDiv", "Divides rows of the variable `ref`.")
scatter_min = _scatter("scatter_min", "ScatterMin", "Takes the lesser of rows of the variable `ref` and `updates`.")
scatter_max = _scatter("scatter_max", "ScatterMax", "Takes the greater of rows of the variable `ref` and `updates`.")

_ND = " the elements or slices of the variable `ref` that the rows of `indices` name."
scatter_nd_update = _scatter("scatter_nd_update", "ScatterNdUpdate", "Replaces" + _ND)
scatter_nd_add = _scatter("scatter_nd_add", "ScatterNdAdd", "Adds to" + _ND)
scatter_nd_sub = _scatter("scatter_nd_sub", "ScatterNdSub", "Subtracts from" + _ND)


def batch_scatter_update(ref, indices, updates, use_locking=True, name=None):
    """Replaces, in each batch of the variable `ref`, the rows that `indices`, `[batch..., n]`, names by those of `updates`,
    `[batch..., n, ...]`. Gives the variable's new value."""
    with name_scope(name, "batch_scatter_update", [indices, updates]) as scope:
        indices = convert_to_tensor(indices)
        rank = indices.shape.ndims
        places = [expand_dims(indices, -1)]
        for axis in range(rank - 1):
            along = reshape(number_range(0, shape(indices)[axis]), [-1 if k == axis else 1 for k in range(rank)])
            batch = cast(along, indices.dtype) + zeros_like(indices)
            places.insert(axis, expand_dims(batch, -1))
        return scatter_nd_update(ref, concat(places, -1), updates, name=scope)


__all__ = ["batch_scatter_update"] + [name for name in globals() if name.startswith("scatter_")]
