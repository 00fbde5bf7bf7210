"""Norms, and values and tensors kept within limits."""

from typing import Any
from .elements import Tensor


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: Any = ...) -> Tensor:
    """`min(max(x, low), high)`; of `IndexedSlices` their rows."""


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = ..., name: Any = ...) -> Tensor:
    """Scaled so that the Euclidean norm over `axes`, or all, is at most `clip_norm`; of `IndexedSlices` their rows."""


def global_norm(t_list: Any, name: Any = ...) -> Tensor:
    """The Euclidean norm of all elements of the tensors together; those that are `None` count nothing."""


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = ..., name: Any = ...) -> tuple[list[Tensor | None], Tensor]:
    """The tensors, scaled so that their `global_norm` is at most `clip_norm`, and that norm as it was."""


def norm(tensor: Any, ord: Any = ..., axis: Any = ..., keepdims: Any = ..., name: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The Euclidean norm, or that of order 1, 2, `numpy.inf` or any number above 0, over `axis` as in `reduce_sum`."""
