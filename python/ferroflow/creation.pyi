"""Tensors made of no others: placeholders, numbers repeated, and ranges."""

from typing import Any
from .elements import Tensor


def placeholder(dtype: Any, shape: Any = ..., name: Any = ...) -> Tensor:
    """A tensor whose value each run is given by `feed_dict`."""


def placeholder_with_default(input: Any, shape: Any, name: Any = ...) -> Tensor:
    """A tensor that each run may give a value, `input` if it does not."""


def zeros(shape: Any, dtype: Any = ..., name: Any = ...) -> Tensor:
    """Zeros of `shape`: integers, or a tensor of them."""


def ones(shape: Any, dtype: Any = ..., name: Any = ...) -> Tensor:
    """Ones of `shape`: integers, or a tensor of them."""


def fill(dims: Any, value: Any, name: Any = ...) -> Tensor:
    """A tensor of the shape `dims` whose every element is `value`, a scalar."""


def range(start: Any, limit: Any = ..., delta: Any = ..., dtype: Any = ..., name: Any = ...) -> Tensor:
    """`start, start + delta, …` up to but without `limit`; from 0 if only the limit is given."""


def linspace(start: Any, stop: Any, num: Any, name: Any = ...) -> Tensor:
    """`num` numbers at equal distances from `start` to `stop`."""


def lin_space(start: Any, stop: Any, num: Any, name: Any = ...) -> Tensor:
    """`num` numbers at equal distances from `start` to `stop`."""
