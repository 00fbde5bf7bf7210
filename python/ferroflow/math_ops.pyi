"""Arithmetic, comparisons, reductions and products."""

from typing import Any
from .elements import Operation, Tensor


def abs(x: Any, name: Any = ...) -> Tensor:
    """`|x|`."""


def negative(x: Any, name: Any = ...) -> Tensor:
    """`-x`."""


def sign(x: Any, name: Any = ...) -> Tensor:
    """-1, 0 or 1."""


def reciprocal(x: Any, name: Any = ...) -> Tensor:
    """`1 / x`."""


def square(x: Any, name: Any = ...) -> Tensor:
    """`x²`."""


def round(x: Any, name: Any = ...) -> Tensor:
    """The nearest whole number, the even one of two."""


def rint(x: Any, name: Any = ...) -> Tensor:
    """The nearest whole number, the even one of two."""


def ceil(x: Any, name: Any = ...) -> Tensor:
    """The least whole number that is not less."""


def floor(x: Any, name: Any = ...) -> Tensor:
    """The greatest whole number that is not more."""


def sqrt(x: Any, name: Any = ...) -> Tensor:
    """`√x`."""


def rsqrt(x: Any, name: Any = ...) -> Tensor:
    """`1 / √x`."""


def exp(x: Any, name: Any = ...) -> Tensor:
    """`eˣ`."""


def expm1(x: Any, name: Any = ...) -> Tensor:
    """`eˣ - 1`, exact near 0."""


def log(x: Any, name: Any = ...) -> Tensor:
    """The natural logarithm."""


def log1p(x: Any, name: Any = ...) -> Tensor:
    """`ln(1 + x)`, exact near 0."""


def sin(x: Any, name: Any = ...) -> Tensor:
    """The sine."""


def cos(x: Any, name: Any = ...) -> Tensor:
    """The cosine."""


def tan(x: Any, name: Any = ...) -> Tensor:
    """The tangent."""


def asin(x: Any, name: Any = ...) -> Tensor:
    """The angle whose sine is `x`."""


def acos(x: Any, name: Any = ...) -> Tensor:
    """The angle whose cosine is `x`."""


def atan(x: Any, name: Any = ...) -> Tensor:
    """The angle whose tangent is `x`."""


def sinh(x: Any, name: Any = ...) -> Tensor:
    """The hyperbolic sine."""


def cosh(x: Any, name: Any = ...) -> Tensor:
    """The hyperbolic cosine."""


def tanh(x: Any, name: Any = ...) -> Tensor:
    """The hyperbolic tangent."""


def sigmoid(x: Any, name: Any = ...) -> Tensor:
    """`1 / (1 + e⁻ˣ)`."""


def erf(x: Any, name: Any = ...) -> Tensor:
    """The error function."""


def erfc(x: Any, name: Any = ...) -> Tensor:
    """`1 - erf(x)`."""


def lgamma(x: Any, name: Any = ...) -> Tensor:
    """The logarithm of `|Γ(x)|`."""


def digamma(x: Any, name: Any = ...) -> Tensor:
    """The derivative of `lgamma`."""


def is_nan(x: Any, name: Any = ...) -> Tensor:
    """Whether it is no number."""


def is_inf(x: Any, name: Any = ...) -> Tensor:
    """Whether it is infinite."""


def is_finite(x: Any, name: Any = ...) -> Tensor:
    """Whether it is neither infinite nor no number."""


def logical_not(x: Any, name: Any = ...) -> Tensor:
    """Whether it is false."""


def inv(x: Any, name: Any = ...) -> Tensor:
    """`1 / x`."""


def neg(x: Any, name: Any = ...) -> Tensor:
    """`-x`."""


def add(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x + y`; of strings, one after the other."""


def subtract(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x - y`."""


def multiply(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x · y`."""


def floordiv(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`⌊x / y⌋`."""


def floormod(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x - y·⌊x / y⌋`, with the sign of `y`."""


def truncatediv(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y`, towards zero."""


def truncatemod(x: Any, y: Any, name: Any = ...) -> Tensor:
    """What `truncatediv` leaves, with the sign of `x`."""


def pow(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`xʸ`."""


def maximum(x: Any, y: Any, name: Any = ...) -> Tensor:
    """The greater one."""


def minimum(x: Any, y: Any, name: Any = ...) -> Tensor:
    """The lesser one."""


def squared_difference(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`(x - y)²`."""


def equal(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether both are equal."""


def not_equal(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether both differ."""


def less(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether `x < y`."""


def less_equal(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether `x ≤ y`."""


def greater(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether `x > y`."""


def greater_equal(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether `x ≥ y`."""


def logical_and(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether both are true."""


def logical_or(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether one is true."""


def logical_xor(x: Any, y: Any, name: Any = ...) -> Tensor:
    """Whether just one is true."""


def sub(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x - y`."""


def mul(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x · y`."""


def mod(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x - y·⌊x / y⌋`, with the sign of `y`."""


def floor_div(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`⌊x / y⌋`."""


def floor_mod(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x - y·⌊x / y⌋`, with the sign of `y`."""


def atan2(y: Any, x: Any, name: Any = ...) -> Tensor:
    """The angle of the point `(x, y)` with the first axis, from -π to π."""


def asinh(x: Any, name: Any = ...) -> Tensor:
    """The inverse of `sinh`."""


def acosh(x: Any, name: Any = ...) -> Tensor:
    """The inverse of `cosh`, of what is at least 1."""


def atanh(x: Any, name: Any = ...) -> Tensor:
    """The inverse of `tanh`, of what is between -1 and 1."""


def polygamma(a: Any, x: Any, name: Any = ...) -> Tensor:
    """The derivative of `digamma` of the order `a`, a whole number from 1 on."""


def truediv(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y`; of integers as floating-point numbers: `float64`, or `float32` for those of 16 bits and fewer."""


def div(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y` as Python 2 has it: `⌊x / y⌋` of integers."""


def realdiv(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y`; of integers as floating-point numbers: `float64`, or `float32` for those of 16 bits and fewer."""


def divide(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y`; of integers as floating-point numbers: `float64`, or `float32` for those of 16 bits and fewer."""


def div_no_nan(x: Any, y: Any, name: Any = ...) -> Tensor:
    """`x / y`, and 0 where `y` is 0."""


def scalar_mul(scalar: Any, x: Any, name: Any = ...) -> Tensor:
    """`scalar · x`; of `IndexedSlices` their rows."""


def cast(x: Any, dtype: Any, name: Any = ...) -> Tensor:
    """`x` in another dtype: floats become integers towards zero, bools 0 or 1, and what is not 0 true."""


def saturate_cast(value: Any, dtype: Any, name: Any = ...) -> Tensor:
    """`value` in another dtype, whose limits hold what is beyond them."""


def to_float(x: Any, name: Any = ...) -> Tensor:
    """`x` as `float32`."""


def to_double(x: Any, name: Any = ...) -> Tensor:
    """`x` as `float64`."""


def to_int32(x: Any, name: Any = ...) -> Tensor:
    """`x` as `int32`."""


def to_int64(x: Any, name: Any = ...) -> Tensor:
    """`x` as `int64`."""


def to_bfloat16(x: Any, name: Any = ...) -> Tensor:
    """`x` as `bfloat16`."""


def add_n(inputs: Any, name: Any = ...) -> Tensor:
    """The sum of tensors of one dtype and shape. Raises `ValueError` for an empty list."""


def accumulate_n(inputs: Any, shape: Any = ..., tensor_dtype: Any = ..., name: Any = ...) -> Tensor:
    """The sum of tensors of one dtype and shape."""


def matmul(a: Any, b: Any, transpose_a: Any = ..., transpose_b: Any = ..., adjoint_a: Any = ..., adjoint_b: Any = ..., a_is_sparse: Any = ..., b_is_sparse: Any = ..., name: Any = ...) -> Tensor:
    """The matrix product `a · b`, `[m, k]` by `[k, n]`, either transposed first if asked for; of stacks of matrices if"""


def batch_matmul(x: Any, y: Any, adj_x: Any = ..., adj_y: Any = ..., name: Any = ...) -> Tensor:
    """The products of the matrices of two stacks."""


def matrix_transpose(a: Any, name: Any = ..., conjugate: Any = ...) -> Tensor:
    """The last two dimensions exchanged."""


def segment_sum(data: Any, segment_ids: Any, name: Any = ...) -> Tensor:
    """The sums of the rows of one number in `segment_ids`, which rise."""


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: Any = ...) -> Tensor:
    """The sums of the rows of each number in `segment_ids` from 0 to `num_segments`; 0 where there are none."""


def identity(input: Any, name: Any = ...) -> Tensor:
    """The same value."""


def stop_gradient(input: Any, name: Any = ...) -> Tensor:
    """The same value, through which no derivative passes."""


def check_numerics(tensor: Any, message: Any, name: Any = ...) -> Tensor:
    """The same value; a run in which it has NaN or infinity raises `tf.errors.InvalidArgumentError`."""


def verify_tensor_all_finite(t: Any = ..., msg: Any = ..., name: Any = ..., x: Any = ..., message: Any = ...) -> Tensor:
    """The same value; a run in which it has NaN or infinity raises `tf.errors.InvalidArgumentError`."""


def Assert(condition: Any, data: Any, summarize: Any = ..., name: Any = ...) -> Operation:
    """The operation that raises `tf.errors.InvalidArgumentError` in a run in which `condition` is not true."""


def no_op(name: Any = ...) -> Operation:
    """An operation that does nothing."""


def group(*inputs: Any, name: Any = ...) -> Operation:
    """The operation that runs all of `inputs`."""


def _tuple(tensors: Any, name: Any = ..., control_inputs: Any = ...) -> list[Tensor | None]:
    """The tensors, each given only when all are computed."""
