"""Elements and rows chosen by numbers or by bools."""

from .array_ops import _number, concat, reshape, shape, size
from .creation import range
from .default_graph import name_scope
from .framework import call, convert_to_tensor, is_tensor
from .math_ops import _choose, _pair


def gather(params, indices, validate_indices=None, name=None, axis=None, batch_dims=0):
    """The slices along `axis` that `indices` name; for each place of the first `batch_dims` dimensions those of its own,
    along `axis`, by default the next dimension."""
    axis = batch_dims if axis is None else axis
    if batch_dims:
        from .batches import gather as of_batches

        return of_batches(params, indices, axis if is_tensor(axis) else _number(axis), batch_dims, name)
    if is_tensor(axis):
        return call("gather_by", name or "GatherV2", params, indices, axis)
    axis = _number(axis)
    if axis and is_tensor(params) and params.shape.ndims is None:
        return call("gather_by", name or "GatherV2", params, indices, convert_to_tensor(axis))
    return call("gather", name or "GatherV2", params, indices, axis)


def gather_nd(params, indices, name=None, batch_dims=0):
    """The elements, or slices, at the places that the rows of `indices` name; with `batch_dims` within each place of the
    first dimensions."""
    if batch_dims:
        from .batches import gather_nd as of_batches

        return of_batches(params, indices, batch_dims, name)
    return call("gather_nd", name, params, indices)


def scatter_nd(indices, updates, shape, name=None):
    """Zeros of `shape` with `updates` added at the places that the rows of `indices` name."""
    return call("scatter_nd", name, indices, updates, shape)


def where(condition, x=None, y=None, name=None):
    """`x` where `condition` is true, else `y`; without them the places where it is true, `[n, rank]` of `int64`.

    `x` and `y` have one shape; `condition` is a scalar, of that shape, or a vector that picks rows.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is None:
        return call("where_true", name, condition)
    with name_scope(name, "Select", [condition, x, y]) as scope:
        x, y = _pair(x, y, "te")
        if x.dtype == "string":
            return _chosen_strings(condition, x, y)
        return call("select_alike", scope, condition, x, y)


def _chosen_strings(condition, x, y):
    """`x` or `y`, by the places of the elements of both in a row."""
    places = reshape(range(size(x)), shape(x))
    strings = concat([reshape(x, [-1]), reshape(y, [-1])], 0)
    return gather(strings, where(condition, places, places + size(x)))


def select(condition, x=None, y=None, name=None, t=None, e=None):
    """`x` where `condition` is true, else `y`."""
    return where(condition, _choose("x", x, t, "t"), _choose("y", y, e, "e"), name)


def boolean_mask(tensor, mask, name="boolean_mask", axis=None):
    """The elements, or slices, at which `mask` is true."""
    if axis not in (None, 0):
        raise ValueError("axis must be 0")
    return call("boolean_mask", name, tensor, mask)


__all__ = [n for n, v in globals().items() if getattr(v, "__module__", "") == __name__ and not n.startswith("_")]
