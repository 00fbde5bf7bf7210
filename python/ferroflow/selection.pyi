"""Elements and rows chosen by numbers or by bools."""

from typing import Any
from .elements import Tensor


def gather(params: Any, indices: Any, validate_indices: Any = ..., name: Any = ..., axis: Any = ..., batch_dims: Any = ...) -> Tensor:
    """The slices along `axis` that `indices` name; for each place of the first `batch_dims` dimensions those of its own,"""


def gather_nd(params: Any, indices: Any, name: Any = ..., batch_dims: Any = ...) -> Tensor:
    """The elements, or slices, at the places that the rows of `indices` name; with `batch_dims` within each place of the"""


def scatter_nd(indices: Any, updates: Any, shape: Any, name: Any = ...) -> Tensor:
    """Zeros of `shape` with `updates` added at the places that the rows of `indices` name."""


def where(condition: Any, x: Any = ..., y: Any = ..., name: Any = ...) -> Tensor:
    """`x` where `condition` is true, else `y`; without them the places where it is true, `[n, rank]` of `int64`."""


def select(condition: Any, x: Any = ..., y: Any = ..., name: Any = ..., t: Any = ..., e: Any = ...) -> Tensor:
    """`x` where `condition` is true, else `y`."""


def boolean_mask(tensor: Any, mask: Any, name: Any = ..., axis: Any = ...) -> Tensor:
    """The elements, or slices, at which `mask` is true."""
