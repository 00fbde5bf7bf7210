"""Tensors made of no others: placeholders, numbers repeated, and ranges."""

from .default_graph import _graph_of, name_scope
from .dtypes import as_dtype, float32, int32
from .framework import call, constant, convert_to_tensor
from .math_ops import cast
from .tensor_shape import as_shape


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value each run is given by `feed_dict`.

    `shape` is checked as far as it is known: `[None, 784]`, or `None` for any.
    """
    return call("placeholder", name, as_dtype(dtype).name, as_shape(shape))


def placeholder_with_default(input, shape, name=None):
    """A tensor that each run may give a value, `input` if it does not."""
    with name_scope(name, "PlaceholderWithDefault", [input]) as scope:
        return call("placeholder_with_default", scope, convert_to_tensor(input, name="input"), shape)


def zeros(shape, dtype=float32, name=None):
    """Zeros of `shape`: integers, or a tensor of them."""
    return _filled(shape, 0, dtype, name or "zeros")


def ones(shape, dtype=float32, name=None):
    """Ones of `shape`: integers, or a tensor of them."""
    return _filled(shape, 1, dtype, name or "ones")


def _filled(shape, value, dtype, name):
    dtype = as_dtype(dtype)
    if dtype.name == "string" and _graph_of([shape]) is None:
        return constant([] if 0 in as_shape(shape).as_list() else "", dtype, shape, name)
    if dtype.name in ("bool", "string"):
        return fill(shape, bool(value) if dtype.name == "bool" else "", name)
    return call("fill_of", name, shape, value, dtype.name)


def fill(dims, value, name=None):
    """A tensor of the shape `dims` whose every element is `value`, a scalar."""
    with name_scope(name, "Fill", [dims, value]) as scope:
        return call("fill", scope, dims, convert_to_tensor(value, name="value"))


def range(start, limit=None, delta=1, dtype=None, name="range"):
    """`start, start + delta, …` up to but without `limit`; from 0 if only the limit is given."""
    start, limit = (0, start) if limit is None else (start, limit)
    given = [start, limit, delta]
    if dtype is None:
        known = [v.dtype if hasattr(v, "dtype") else _number_dtype(v) for v in given]
        order = ["int32", "int64", "float32", "float64"]
        dtype = max((as_dtype(d) for d in known), key=lambda d: order.index(d.name) if d.name in order else -1)
    with name_scope(name, "Range", given) as scope:
        start, limit, delta = (
            cast(v, dtype) if hasattr(v, "_as_graph_element") else convert_to_tensor(v, dtype, part)
            for v, part in zip(given, ("start", "limit", "delta"))
        )
        return call("range", scope, start, limit, delta)


def _number_dtype(value):
    """The dtype that a number has as a tensor."""
    if isinstance(value, float):
        return float32
    return int32 if -(2**31) <= value < 2**31 else as_dtype("int64")


def linspace(start, stop, num, name=None):
    """`num` numbers at equal distances from `start` to `stop`."""
    return call("linspace", name or "LinSpace", start, stop, num)


lin_space = linspace


__all__ = [n for n, v in globals().items() if getattr(v, "__module__", "") == __name__ and not n.startswith("_")]
