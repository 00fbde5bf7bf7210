"""Arithmetic, comparisons, reductions and products."""

import sys

from .dtypes import as_dtype, float32, float64
from .default_graph import name_scope
from .elements import IndexedSlices, Tensor
from .framework import build, call, convert_to_tensor


def _unary(name, op_type, doc):
    def function(x, name=None):
        return build(op_type, name, x)

    return _document(function, name, doc + "\n\n    Of any shape; the result has its dtype and shape.")


def _binary(name, op_type, doc):
    def function(x, y, name=None):
        return build(op_type, name, x, y)

    return _document(
        function, name, doc + "\n\n    Of one dtype, which numbers take; broadcast together by NumPy's rule."
    )


def _equality(name, op_type, doc):
    def function(x, y, name=None):
        if _of_strings(x) or _of_strings(y):
            from .string_ops import compared

            return compared(x, y, op_type, name)
        return build(op_type, name, x, y)

    return _document(
        function, name, doc + "\n\n    Of one dtype, which numbers take; broadcast together by NumPy's rule."
    )


def _of_strings(value):
    """Whether `value` is a string, or a tensor, an array or a list of them."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    dtype = getattr(value, "dtype", None)
    named = getattr(dtype, "name", "") == "string" or getattr(dtype, "kind", None) in ("S", "U", "O")
    return named or isinstance(value, (str, bytes))


def _document(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__module__ = sys._getframe(2).f_globals["__name__"]
    return function


abs = _unary("abs", "Abs", "`|x|`.")
negative = _unary("negative", "Neg", "`-x`.")
sign = _unary("sign", "Sign", "-1, 0 or 1.")
reciprocal = _unary("reciprocal", "Reciprocal", "`1 / x`.")
square = _unary("square", "Square", "`x²`.")
round = _unary("round", "Round", "The nearest whole number, the even one of two.")
rint = _unary("rint", "Rint", "The nearest whole number, the even one of two.")
ceil = _unary("ceil", "Ceil", "The least whole number that is not less.")
floor = _unary("floor", "Floor", "The greatest whole number that is not more.")
sqrt = _unary("sqrt", "Sqrt", "`√x`.")
rsqrt = _unary("rsqrt", "Rsqrt", "`1 / √x`.")
exp = _unary("exp", "Exp", "`eˣ`.")
expm1 = _unary("expm1", "Expm1", "`eˣ - 1`, exact near 0.")
log = _unary("log", "Log", "The natural logarithm.")
log1p = _unary("log1p", "Log1p", "`ln(1 + x)`, exact near 0.")
sin = _unary("sin", "Sin", "The sine.")
cos = _unary("cos", "Cos", "The cosine.")
tan = _unary("tan", "Tan", "The tangent.")
asin = _unary("asin", "Asin", "The angle whose sine is `x`.")
acos = _unary("acos", "Acos", "The angle whose cosine is `x`.")
atan = _unary("atan", "Atan", "The angle whose tangent is `x`.")
sinh = _unary("sinh", "Sinh", "The hyperbolic sine.")
cosh = _unary("cosh", "Cosh", "The hyperbolic cosine.")
tanh = _unary("tanh", "Tanh", "The hyperbolic tangent.")
sigmoid = _unary("sigmoid", "Sigmoid", "`1 / (1 + e⁻ˣ)`.")
erf = _unary("erf", "Erf", "The error function.")
erfc = _unary("erfc", "Erfc", "`1 - erf(x)`.")
lgamma = _unary("lgamma", "Lgamma", "The logarithm of `|Γ(x)|`.")
digamma = _unary("digamma", "Digamma", "The derivative of `lgamma`.")
is_nan = _unary("is_nan", "IsNan", "Whether it is no number.")
is_inf = _unary("is_inf", "IsInf", "Whether it is infinite.")
is_finite = _unary("is_finite", "IsFinite", "Whether it is neither infinite nor no number.")
logical_not = _unary("logical_not", "LogicalNot", "Whether it is false.")
inv, neg = reciprocal, negative


def add(x, y, name=None):
    """`x + y`; of strings, one after the other.

    Of one dtype, which numbers take; broadcast together by NumPy's rule."""
    if _of_strings(x) or _of_strings(y):
        from .string_ops import string_join

        return string_join([x, y], name=name or "add")
    return build("Add", name, x, y)


subtract = _binary("subtract", "Sub", "`x - y`.")
multiply = _binary("multiply", "Mul", "`x · y`.")
floordiv = _binary("floordiv", "FloorDiv", "`⌊x / y⌋`.")
floormod = _binary("floormod", "FloorMod", "`x - y·⌊x / y⌋`, with the sign of `y`.")
truncatediv = _binary("truncatediv", "TruncateDiv", "`x / y`, towards zero.")
truncatemod = _binary("truncatemod", "TruncateMod", "What `truncatediv` leaves, with the sign of `x`.")
pow = _binary("pow", "Pow", "`xʸ`.")
maximum = _binary("maximum", "Maximum", "The greater one.")
minimum = _binary("minimum", "Minimum", "The lesser one.")
squared_difference = _binary("squared_difference", "SquaredDifference", "`(x - y)²`.")
equal = _equality("equal", "Equal", "Whether both are equal.")
not_equal = _equality("not_equal", "NotEqual", "Whether both differ.")
less = _binary("less", "Less", "Whether `x < y`.")
less_equal = _binary("less_equal", "LessEqual", "Whether `x ≤ y`.")
greater = _binary("greater", "Greater", "Whether `x > y`.")
greater_equal = _binary("greater_equal", "GreaterEqual", "Whether `x ≥ y`.")
logical_and = _binary("logical_and", "LogicalAnd", "Whether both are true.")
logical_or = _binary("logical_or", "LogicalOr", "Whether one is true.")
logical_xor = _binary("logical_xor", "LogicalXor", "Whether just one is true.")
sub, mul, mod, floor_div, floor_mod = subtract, multiply, floormod, floordiv, floormod


def atan2(y, x, name=None):
    """The angle of the point `(x, y)` with the first axis, from -π to π."""
    return build("Atan2", name, y, x)


def asinh(x, name=None):
    """The inverse of `sinh`."""
    return call("asinh", name or "Asinh", x)


def acosh(x, name=None):
    """The inverse of `cosh`, of what is at least 1."""
    return call("acosh", name or "Acosh", x)


def atanh(x, name=None):
    """The inverse of `tanh`, of what is between -1 and 1."""
    return call("atanh", name or "Atanh", x)


def polygamma(a, x, name=None):
    """The derivative of `digamma` of the order `a`, a whole number from 1 on."""
    return call("polygamma", name, a, x)


def truediv(x, y, name=None):
    """`x / y`; of integers as floating-point numbers: `float64`, or `float32` for those of 16 bits and fewer."""
    with name_scope(name, "truediv", [x, y]) as scope:
        x, y = _pair(x, y)
        if x.dtype.is_integer:
            wide = float64 if x.dtype.size >= 4 else float32
            x, y = cast(x, wide), cast(y, wide)
        return build("Div", scope, x, y)


def div(x, y, name=None):
    """`x / y` as Python 2 has it: `⌊x / y⌋` of integers."""
    with name_scope(name, "div", [x, y]) as scope:
        x, y = _pair(x, y)
        return build("Div" if x.dtype.is_floating else "FloorDiv", scope, x, y)


realdiv = divide = truediv


def _pair(x, y, names="xy"):
    """Both as tensors; a number takes the dtype of the other."""
    if _is_tensor(y) and not _is_tensor(x):
        y = convert_to_tensor(y)
        return convert_to_tensor(x, y.dtype, names[0]), y
    x = convert_to_tensor(x, name=names[0])
    return x, y if _is_tensor(y) else convert_to_tensor(y, x.dtype, names[1])


def _is_tensor(value):
    return hasattr(value, "_as_graph_element")


def div_no_nan(x, y, name=None):
    """`x / y`, and 0 where `y` is 0."""
    return call("div_no_nan", name or "div_no_nan", x, y)


def scalar_mul(scalar, x, name=None):
    """`scalar · x`; of `IndexedSlices` their rows."""
    if isinstance(x, IndexedSlices):
        return _like(multiply(scalar, x.values, name), x)
    return multiply(scalar, x, name)


def cast(x, dtype, name=None):
    """`x` in another dtype: floats become integers towards zero, bools 0 or 1, and what is not 0 true."""
    dtype = as_dtype(dtype)
    if isinstance(x, IndexedSlices):
        return _like(cast(x.values, dtype, name), x)
    x = convert_to_tensor(x)
    return x if x.dtype == dtype else call("cast", name, x, dtype.name)


def saturate_cast(value, dtype, name=None):
    """`value` in another dtype, whose limits hold what is beyond them."""
    dtype = as_dtype(dtype)
    with name_scope(name, "saturate_cast", [value]) as name:
        value = convert_to_tensor(value)
        if value.dtype.min < dtype.min:
            value = maximum(value, convert_to_tensor(dtype.min, value.dtype))
        if value.dtype.max > dtype.max:
            value = minimum(value, convert_to_tensor(dtype.max, value.dtype))
        return cast(value, dtype, name)


def _to(name, dtype, default):
    def function(x, name=default):
        return cast(x, dtype, name)

    return _document(function, name, f"`x` as `{dtype}`.")


to_float = _to("to_float", "float32", "ToFloat")
to_double = _to("to_double", "float64", "ToDouble")
to_int32 = _to("to_int32", "int32", "ToInt32")
to_int64 = _to("to_int64", "int64", "ToInt64")
to_bfloat16 = _to("to_bfloat16", "bfloat16", "ToBFloat16")


def add_n(inputs, name=None):
    """The sum of tensors of one dtype and shape. Raises `ValueError` for an empty list."""
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    return call("add_n", name, [convert_to_tensor(x) for x in inputs])


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of tensors of one dtype and shape."""
    return add_n(inputs, name or "AccumulateN")


def _choose(name, new, old, old_name):
    """The argument that was given under one of two names."""
    if old is not None and new is not None:
        raise ValueError(f"Cannot specify both '{name}' and '{old_name}'")
    return new if old is None else old


def matmul(
    a,
    b,
    transpose_a=False,
    transpose_b=False,
    adjoint_a=False,
    adjoint_b=False,
    a_is_sparse=False,
    b_is_sparse=False,
    name=None,
):
    """The matrix product `a · b`, `[m, k]` by `[k, n]`, either transposed first if asked for; of stacks of matrices if
    there are more dimensions. Raises `ValueError` if the inner dimensions differ."""
    if transpose_a and adjoint_a or transpose_b and adjoint_b:
        raise ValueError("Only one of transpose and adjoint can be True.")
    with name_scope(name, "MatMul", [a, b]) as scope:
        a, b = _pair(a, b, "ab")
        ranks = a.shape.ndims, b.shape.ndims
        stacks = ranks == (None, None) or max(rank or 0 for rank in ranks) > 2
        ask = "batch_matmul" if stacks else "matmul"
        return call(ask, scope, a, b, bool(transpose_a or adjoint_a), bool(transpose_b or adjoint_b))


def batch_matmul(x, y, adj_x=False, adj_y=False, name=None):
    """The products of the matrices of two stacks."""
    return matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def matrix_transpose(a, name="matrix_transpose", conjugate=False):
    """The last two dimensions exchanged."""
    return call("matrix_transpose", name, a)


def segment_sum(data, segment_ids, name=None):
    """The sums of the rows of one number in `segment_ids`, which rise."""
    return call("segment_sum", name, data, segment_ids)


def unsorted_segment_sum(data, segment_ids, num_segments, name=None):
    """The sums of the rows of each number in `segment_ids` from 0 to `num_segments`; 0 where there are none."""
    return call("unsorted_segment_sum", name, data, segment_ids, num_segments)


def _values(t):
    return t.values if isinstance(t, IndexedSlices) else convert_to_tensor(t)


def _like(values, t):
    """`values`, as rows if `t` is rows."""
    return IndexedSlices(values, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else values


def identity(input, name=None):
    """The same value."""
    return call("identity", name, convert_to_tensor(input))


def stop_gradient(input, name=None):
    """The same value, through which no derivative passes."""
    return call("stop_gradient", name, input)


def check_numerics(tensor, message, name=None):
    """The same value; a run in which it has NaN or infinity raises `tf.errors.InvalidArgumentError`."""
    return call("check_numerics", name, tensor, message)


def verify_tensor_all_finite(t=None, msg=None, name=None, x=None, message=None):
    """The same value; a run in which it has NaN or infinity raises `tf.errors.InvalidArgumentError`."""
    return check_numerics(_choose("x", x, t, "t"), _choose("message", message, msg, "msg"), name)


def Assert(condition, data, summarize=None, name=None):
    """The operation that raises `tf.errors.InvalidArgumentError` in a run in which `condition` is not true.

    The message shows the first `summarize` elements, 3 if it is `None`, of each of `data`: tensors, numbers and texts.
    """
    if not data:
        raise ValueError("Attr 'T' of 'Assert' Op passed list of length 0 less than minimum 1.")
    return call("assert", name, condition, list(map(convert_to_tensor, data)), 3 if summarize is None else summarize)


def no_op(name=None):
    """An operation that does nothing."""
    return call("no_op", name)


def group(*inputs, name=None):
    """The operation that runs all of `inputs`."""
    flat = []

    def add(value):
        if isinstance(value, (list, tuple)):
            for item in value:
                add(item)
        elif value is not None:
            value = value.op if isinstance(value, IndexedSlices) else value
            flat.append(value if isinstance(value, Tensor) or not _is_tensor(value) else value._ref_tensor)

    add(inputs)
    return call("group", name or "group_deps", flat) if flat else call("no_op", name or "group_deps")


def _tuple(tensors, name=None, control_inputs=None):
    """The tensors, each given only when all are computed."""
    from .default_graph import control_dependencies

    with name_scope(name, "tuple", tensors):
        gates = [t for t in tensors if t is not None]
        with control_dependencies([*gates, *(control_inputs or ())]):
            return [None if t is None else _like(identity(_values(t)), t) for t in tensors]


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", "") == __name__ and not name.startswith("_")
]
