"""Assertions: operations that end a run in which something is not as it should be."""

from . import math_ops, reductions
from .dtypes import as_dtype
from .errors import InvalidArgumentError
from .default_graph import name_scope
from .framework import convert_to_tensor, is_tensor
from .math_ops import _pair


def _prefix(message):
    return f"{message}.  " if message else ""


def _known(tensor):
    from ._ferroflow import constant_value

    return constant_value(tensor)


def _check(condition, data, shown, summarize):
    """The operation that checks `condition`, of which the error shows `data`.

    Raises `tf.errors.InvalidArgumentError` at once, showing `shown`, where the condition is known not to hold.
    """
    known = _known(condition)
    if known is not None and not known.all():
        raise InvalidArgumentError(None, None, "\n".join(str(_known(x) if is_tensor(x) else x) for x in shown))
    return math_ops.Assert(condition, data, summarize)


def _compared(name, function, sign, doc):
    def check(x, y, data=None, summarize=None, message=None, name=None):
        with name_scope(name, default, [x, y]):
            x, y = _pair(x, y)
            shown = [f"Condition x {sign} y did not hold element-wise:", f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
            shown = [message, *shown] if message else shown
            return _check(function(x, y), shown if data is None else data, shown, summarize)

    default = name
    return math_ops._document(check, name, doc + _MORE)


def _signed(name, function, sign, doc):
    def check(x, data=None, summarize=None, message=None, name=None):
        with name_scope(name, default, [x]):
            x = convert_to_tensor(x)
            shown = [f"Condition x {sign} 0 did not hold element-wise:", f"x ({x.name}) = ", x]
            shown = [_prefix(message), *shown]
            condition = function(x, convert_to_tensor(0, x.dtype))
            return _check(condition, shown if data is None else data, shown if message else shown[1:], summarize)

    default = name
    return math_ops._document(check, name, doc + _MORE)


_MORE = (
    "\n\n    Gives an operation, which acts as a control dependency; where it is not so, the run raises"
    "\n    `tf.errors.InvalidArgumentError`, which shows `message` and the first `summarize` elements of each of"
    "\n    `data`, by default what was compared. What is known while the graph is built is checked at once."
)


assert_equal = _compared("assert_equal", math_ops.equal, "==", "That all elements of both are equal.")
assert_none_equal = _compared("assert_none_equal", math_ops.not_equal, "!=", "That no elements of both are equal.")
assert_less = _compared("assert_less", math_ops.less, "<", "That `x < y` everywhere.")
assert_less_equal = _compared("assert_less_equal", math_ops.less_equal, "<=", "That `x ≤ y` everywhere.")
assert_greater = _compared("assert_greater", math_ops.greater, ">", "That `x > y` everywhere.")
assert_greater_equal = _compared("assert_greater_equal", math_ops.greater_equal, ">=", "That `x ≥ y` everywhere.")
assert_positive = _signed("assert_positive", math_ops.greater, ">", "That all elements are above 0.")
assert_negative = _signed("assert_negative", math_ops.less, "<", "That all elements are below 0.")
assert_non_negative = _signed("assert_non_negative", math_ops.greater_equal, ">=", "That no element is below 0.")
assert_non_positive = _signed("assert_non_positive", math_ops.less_equal, "<=", "That no element is above 0.")


def assert_rank(x, rank, data=None, summarize=None, message=None, name=None):
    """That the rank is `rank`. Raises `ValueError` at once for another that is known."""
    return _rank(x, rank, math_ops.equal, "rank", data, summarize, message, name or "assert_rank")


def assert_rank_at_least(x, rank, data=None, summarize=None, message=None, name=None):
    """That the rank is at least `rank`. Raises `ValueError` at once for a lower one that is known."""
    function, name = math_ops.greater_equal, name or "assert_rank_at_least"
    return _rank(x, rank, function, "rank at least", data, summarize, message, name)


def assert_rank_in(x, ranks, data=None, summarize=None, message=None, name=None):
    """That the rank is one of `ranks`. Raises `ValueError` at once for another that is known."""

    def function(found, ranks):
        return reductions.reduce_any(math_ops.equal(found, ranks))

    return _rank(x, tuple(ranks), function, "rank in", data, summarize, message, name or "assert_rank_in")


def _rank(x, rank, function, what, data, summarize, message, name):
    from .array_ops import rank as rank_of, shape

    with name_scope(name, values=[x]):
        x = convert_to_tensor(x)
        what = f"{_prefix(message)}Tensor {x.name} must have {what}"
        condition = function(rank_of(x), rank)
        if x.shape.ndims is None:
            return math_ops.Assert(condition, data or [what, rank, "Received shape: ", shape(x)], summarize)
        if not _known(condition).all():
            raise ValueError(f"{what} {rank}.  Received rank {x.shape.ndims}, shape {x.shape}")
        return math_ops.no_op("static_checks_determined_all_ok")


def assert_scalar(tensor, name=None, message=None):
    """The tensor, which must be a scalar as far as is known. Raises `ValueError` otherwise."""
    with name_scope(name, "assert_scalar", [tensor]):
        tensor = convert_to_tensor(tensor)
    if tensor.shape.ndims != 0:
        raise ValueError(f"{message or ''}Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.")
    return tensor


def assert_type(tensor, tf_type, message=None, name=None):
    """Raises `TypeError` at once for a tensor of another dtype."""
    tensor, wanted = convert_to_tensor(tensor), as_dtype(tf_type)
    if tensor.dtype != wanted:
        what = f"{tensor.name} must be of type tf.{wanted.name}; got tf.{tensor.dtype.name}"
        raise TypeError(_prefix(message) + what)
    return math_ops.no_op(name or "statically_determined_correct_type")


def is_numeric_tensor(tensor):
    """Whether it is a tensor of numbers."""
    return hasattr(tensor, "dtype") and (tensor.dtype.is_floating or tensor.dtype.is_integer)


def is_non_decreasing(x, name=None):
    """Whether no element of a vector is less than the one before it, as a scalar tensor."""
    with name_scope(name, "is_non_decreasing", [x]):
        x = convert_to_tensor(x)
        return reductions.reduce_all(math_ops.less_equal(x[:-1], x[1:]))


def is_strictly_increasing(x, name=None):
    """Whether each element of a vector is greater than the one before it, as a scalar tensor."""
    with name_scope(name, "is_strictly_increasing", [x]):
        x = convert_to_tensor(x)
        return reductions.reduce_all(math_ops.less(x[:-1], x[1:]))


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", "") == __name__ and not name.startswith("_")
]
