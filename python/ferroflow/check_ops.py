"""Assertions: operations that end a run in which something is not as it should be."""

from . import math_ops
from .dtypes import as_dtype
from .framework import call, convert_to_tensor, name_scope
from .math_ops import _pair


def _compared(name, function, doc):
    def check(x, y, data=None, summarize=None, message=None, name=None):
        with name_scope(name, default, [x, y]):
            x, y = _pair(x, y)
            return _assert(function(x, y), message or f"{default} of {x.name} and {y.name}")

    default = name
    return math_ops._document(check, name, doc + _MORE)


def _signed(name, function, doc):
    def check(x, data=None, summarize=None, message=None, name=None):
        with name_scope(name, default, [x]):
            x = convert_to_tensor(x)
            return _assert(function(x, convert_to_tensor(0, x.dtype)), message or f"{default} of {x.name}")

    default = name
    return math_ops._document(check, name, doc + _MORE)


_MORE = (
    "\n\n    Gives an operation, which acts as a control dependency; where it is not so, the run raises"
    "\n    `tf.errors.InvalidArgumentError` with `message`."
)


def _assert(condition, message):
    return call("assert", None, condition, "assertion failed: " + message)


assert_equal = _compared("assert_equal", math_ops.equal, "That all elements of both are equal.")
assert_none_equal = _compared("assert_none_equal", math_ops.not_equal, "That no elements of both are equal.")
assert_less = _compared("assert_less", math_ops.less, "That `x < y` everywhere.")
assert_less_equal = _compared("assert_less_equal", math_ops.less_equal, "That `x ≤ y` everywhere.")
assert_greater = _compared("assert_greater", math_ops.greater, "That `x > y` everywhere.")
assert_greater_equal = _compared("assert_greater_equal", math_ops.greater_equal, "That `x ≥ y` everywhere.")
assert_positive = _signed("assert_positive", math_ops.greater, "That all elements are above 0.")
assert_negative = _signed("assert_negative", math_ops.less, "That all elements are below 0.")
assert_non_negative = _signed("assert_non_negative", math_ops.greater_equal, "That no element is below 0.")
assert_non_positive = _signed("assert_non_positive", math_ops.less_equal, "That no element is above 0.")


def assert_rank(x, rank, data=None, summarize=None, message=None, name=None):
    """That the rank is `rank`. Raises `ValueError` at once for another that is known."""
    return _rank(x, rank, lambda found: found == rank, math_ops.equal, message, name or "assert_rank")


def assert_rank_at_least(x, rank, data=None, summarize=None, message=None, name=None):
    """That the rank is at least `rank`. Raises `ValueError` at once for a lower one that is known."""
    function = math_ops.greater_equal
    return _rank(x, rank, lambda found: found >= rank, function, message, name or "assert_rank_at_least")


def _rank(x, rank, fits, function, message, name):
    from .array_ops import rank as rank_of

    with name_scope(name, values=[x]):
        x = convert_to_tensor(x)
        message = message or f"{x.name} has rank {x.shape.ndims}, expected {rank}"
        if x.shape.ndims is not None:
            if not fits(x.shape.ndims):
                raise ValueError(message)
            return math_ops.no_op("static_checks_determined_all_ok")
        return _assert(function(rank_of(x), rank), message)


def assert_type(tensor, tf_type, message=None, name=None):
    """Raises `TypeError` at once for a tensor of another dtype."""
    tensor = convert_to_tensor(tensor)
    if tensor.dtype != as_dtype(tf_type):
        raise TypeError(f"{message or ''}{tensor.name} must be of type {as_dtype(tf_type)!r}")
    return math_ops.no_op(name or "statically_determined_correct_type")


def is_numeric_tensor(tensor):
    """Whether it is a tensor of numbers."""
    return hasattr(tensor, "dtype") and (tensor.dtype.is_floating or tensor.dtype.is_integer)


def is_non_decreasing(x, name=None):
    """Whether no element of a vector is less than the one before it, as a scalar tensor."""
    with name_scope(name, "is_non_decreasing", [x]):
        x = convert_to_tensor(x)
        return math_ops.reduce_all(math_ops.less_equal(x[:-1], x[1:]))


def is_strictly_increasing(x, name=None):
    """Whether each element of a vector is greater than the one before it, as a scalar tensor."""
    with name_scope(name, "is_strictly_increasing", [x]):
        x = convert_to_tensor(x)
        return math_ops.reduce_all(math_ops.less(x[:-1], x[1:]))


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", "") == __name__ and not name.startswith("_")
]
