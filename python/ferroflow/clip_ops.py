"""Norms, and values and tensors kept within limits."""

from .default_graph import name_scope
from .framework import call, convert_to_tensor
from .math_ops import _choose, _like, _values, abs, minimum, pow, reciprocal
from .reductions import reduce_max, reduce_sum


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """`min(max(x, low), high)`; of `IndexedSlices` their rows."""
    clipped = call("clip_by_value", name or "clip_by_value", _values(t), clip_value_min, clip_value_max)
    return _like(clipped, t)


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """Scaled so that the Euclidean norm over `axes`, or all, is at most `clip_norm`; of `IndexedSlices` their rows."""
    return _like(call("clip_by_norm", name, _values(t), clip_norm, axes), t)


def global_norm(t_list, name=None):
    """The Euclidean norm of all elements of the tensors together; those that are `None` count nothing."""
    return call("global_norm", name, [_values(t) for t in t_list if t is not None])


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """The tensors, scaled so that their `global_norm` is at most `clip_norm`, and that norm as it was.

    `use_norm` is the norm, if it is known. What is `None` stays so.
    """
    given = [_values(t) for t in t_list if t is not None]
    if use_norm is None:
        clipped, norm = call("clip_by_global_norm", name, given, clip_norm)
    else:
        with name_scope(name, "clip_by_global_norm", given):
            norm = convert_to_tensor(use_norm)
            scale = clip_norm * minimum(1.0 / norm, reciprocal(convert_to_tensor(clip_norm, norm.dtype)))
            clipped = [t * scale for t in given]
    clipped = iter(clipped)
    return [None if t is None else _like(next(clipped), t) for t in t_list], norm


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None, keep_dims=None):
    """The Euclidean norm, or that of order 1, 2, `numpy.inf` or any number above 0, over `axis` as in `reduce_sum`."""
    keep = bool(_choose("keepdims", keepdims, keep_dims, "keep_dims"))
    if ord in ("euclidean", "fro", 2) and (ord != 2 or not isinstance(axis, (list, tuple))):
        return call("reduce_euclidean_norm", name or "norm", tensor, axis, keep)
    if isinstance(axis, (list, tuple)) or isinstance(ord, str) or ord <= 0:
        raise ValueError(f"'ord' {ord!r} is not a supported norm of axis {axis}")
    with name_scope(name, "norm", [tensor]):
        size = abs(tensor)
        if ord == float("inf"):
            return reduce_max(size, axis, keep)
        return reduce_sum(size, axis, keep) if ord == 1 else pow(reduce_sum(pow(size, ord), axis, keep), 1.0 / ord)


__all__ = [n for n, v in globals().items() if getattr(v, "__module__", "") == __name__ and not n.startswith("_")]
