"""Assertions about dtypes and shapes, most of them made while the graph is built, and that tensors are near one another."""

import collections.abc

from . import check_ops, math_ops
from .dtypes import as_dtype
from .default_graph import name_scope
from .framework import convert_to_tensor
from .tensor_shape import TensorShape


def assert_near(x, y, rtol=None, atol=None, data=None, summarize=None, message=None, name=None):
    """That `|x - y| ≤ atol + rtol · |y|` everywhere; both limits are 10 times the dtype's precision by default.

    Gives an operation, which acts as a control dependency; where it is not so, the run raises
    `tf.errors.InvalidArgumentError` with `message`.
    """
    with name_scope(name, "assert_near", [x, y]):
        x = convert_to_tensor(x)
        y = convert_to_tensor(y, x.dtype)
        precision = 10 * _EPSILON[x.dtype.name]
        rtol, atol = (precision if limit is None else limit for limit in (rtol, atol))
        near = math_ops.less_equal(abs(x - y), atol + rtol * abs(y))
        shown = [f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}", f"x ({x.name}) = ", x]
        shown = [*([message] if message else []), *shown, f"y ({y.name}) = ", y]
        return check_ops._check(near, shown if data is None else data, shown, summarize)


_EPSILON = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}


def assert_integer(x, message=None, name=None):
    """Raises `TypeError` at once for a tensor that is not of integers."""
    x = convert_to_tensor(x)
    if not x.dtype.is_integer:
        raise TypeError(f'{message or ""}Expected "x" to be integer type.  Found: {x.dtype!r}')
    return math_ops.no_op(name or "statically_determined_was_integer")


def assert_same_float_dtype(tensors=None, dtype=None):
    """The dtype of floats that all `tensors` have. Raises `ValueError` if they differ from another or from `dtype`, or are
    not of floats; `float32` of none."""
    wanted = None if dtype is None else as_dtype(dtype)
    for tensor in tensors or ():
        found = tensor.dtype
        if wanted is not None and found != wanted:
            raise ValueError(f"{tensor} is of type {found!r}, expected {wanted!r}.")
        wanted = found
    wanted = wanted or as_dtype("float32")
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted!r}.")
    return wanted


def assert_proper_iterable(values):
    """Raises `TypeError` for what cannot be iterated over as a list of tensors: a tensor, a string, an array."""
    if hasattr(values, "_as_graph_element") or hasattr(values, "dtype") or isinstance(values, (str, bytes)):
        raise TypeError(f"Expected argument 'values' to be a 'proper' iterable.  Found: {type(values)}")
    if not isinstance(values, collections.abc.Iterable):
        raise TypeError(f"Expected argument 'values' to be iterable.  Found: {type(values)}")


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """Raises `ValueError` at once unless the known shapes of tensors fit: `shapes` is a dictionary, or a list of pairs, of
    tensors and their sizes. A size is a number, `None` or `"."` for any, or a letter, the same wherever it is."""
    sizes = {}
    for tensor, wanted in shapes.items() if hasattr(shapes, "items") else shapes:
        tensor = convert_to_tensor(tensor)
        known = tensor.shape.as_list() if tensor.shape.ndims is not None else [None] * len(wanted)
        if len(known) != len(wanted):
            raise ValueError(f"{message or ''}{tensor.name} has rank {len(known)}, expected {len(wanted)}")
        for size, symbol in zip(known, wanted):
            if symbol in (None, "."):
                continue
            expected = sizes.setdefault(symbol, size) if isinstance(symbol, str) else symbol
            if None not in (size, expected) and size != expected:
                shown = TensorShape(known)
                raise ValueError(
                    f"{message or ''}{tensor.name} has shape {shown}, expected {tuple(wanted)} with {sizes}"
                )
            if isinstance(symbol, str) and sizes[symbol] is None:
                sizes[symbol] = size
    return math_ops.no_op(name or "static_checks_determined_all_ok")
