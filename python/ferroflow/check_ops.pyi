"""Assertions: operations that end a run in which something is not as it should be."""

from typing import Any
from .elements import Operation, Tensor


def assert_equal(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That all elements of both are equal."""


def assert_none_equal(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That no elements of both are equal."""


def assert_less(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That `x < y` everywhere."""


def assert_less_equal(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That `x ≤ y` everywhere."""


def assert_greater(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That `x > y` everywhere."""


def assert_greater_equal(x: Any, y: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That `x ≥ y` everywhere."""


def assert_positive(x: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That all elements are above 0."""


def assert_negative(x: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That all elements are below 0."""


def assert_non_negative(x: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That no element is below 0."""


def assert_non_positive(x: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That no element is above 0."""


def assert_rank(x: Any, rank: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That the rank is `rank`. Raises `ValueError` at once for another that is known."""


def assert_rank_at_least(x: Any, rank: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That the rank is at least `rank`. Raises `ValueError` at once for a lower one that is known."""


def assert_rank_in(x: Any, ranks: Any, data: Any = ..., summarize: Any = ..., message: Any = ..., name: Any = ...) -> Operation:
    """That the rank is one of `ranks`. Raises `ValueError` at once for another that is known."""


def assert_scalar(tensor: Any, name: Any = ..., message: Any = ...) -> Operation:
    """The tensor, which must be a scalar as far as is known. Raises `ValueError` otherwise."""


def assert_type(tensor: Any, tf_type: Any, message: Any = ..., name: Any = ...) -> Operation:
    """Raises `TypeError` at once for a tensor of another dtype."""


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers."""


def is_non_decreasing(x: Any, name: Any = ...) -> Tensor:
    """Whether no element of a vector is less than the one before it, as a scalar tensor."""


def is_strictly_increasing(x: Any, name: Any = ...) -> Tensor:
    """Whether each element of a vector is greater than the one before it, as a scalar tensor."""
