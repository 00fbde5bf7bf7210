"""Matrices that are the last two dimensions, and sums of products over dimensions."""

from .einsum_terms import plain as _plain
from .array_ops import expand_dims, shape, zeros_like
from .creation import range as range_of
from .default_graph import name_scope
from .framework import call, convert_to_tensor, is_tensor
from .math_ops import cast, logical_and, logical_or, matmul
from .selection import where


def matrix_band_part(input, num_lower, num_upper, name=None):
    """The matrices with zeros but for `num_lower` diagonals below the main one and `num_upper` above it; all of those where
    the number is negative."""
    if not (is_tensor(num_lower) or is_tensor(num_upper)):
        return call("matrix_band_part", name or "MatrixBandPart", input, num_lower, num_upper)
    with name_scope(name, "MatrixBandPart", [input, num_lower, num_upper]):
        input = convert_to_tensor(input)
        rows, columns = (expand_dims(range_of(0, shape(input, out_type="int64")[d], 1), d + 1) for d in (-2, -1))
        beyond = lambda number, distance: logical_and(number >= 0, distance > number)
        lower, upper = (cast(n, "int64") for n in (num_lower, num_upper))
        outside = logical_or(beyond(lower, rows - columns), beyond(upper, columns - rows))
        return where(logical_or(outside, zeros_like(input, "bool")), zeros_like(input), input)


def matrix_diag(diagonal, name=None):
    """Matrices with the last dimension on their diagonals and zeros elsewhere."""
    return call("matrix_diag", name or "MatrixDiag", diagonal)


def matrix_diag_part(input, name=None):
    """The diagonals of the matrices."""
    return call("matrix_diag_part", name or "MatrixDiagPart", input)


def matrix_set_diag(input, diagonal, name=None):
    """The matrices with `diagonal` in place of their own diagonals."""
    return call("matrix_set_diag", name or "MatrixSetDiag", input, convert_to_tensor(diagonal, dtype=_dtype(input)))


def _dtype(value):
    return value.dtype if hasattr(value, "_as_graph_element") else None


def trace(x, name=None):
    """The sums of the diagonals of the matrices."""
    return call("trace", name or "Trace", x)


def einsum(equation, *inputs, **kwargs):
    """Einstein's sums: `einsum("ij,jk->ik", a, b)` is the matrix product.

    A letter names a dimension of each operand that has it. Products are summed over the letters that are not behind the
    arrow; without an arrow, over those that are there twice. A letter that one operand has twice takes its diagonal;
    `...` stands for dimensions that are broadcast, those of all operands. Raises `ValueError` for what does not fit.
    """
    tensors = [convert_to_tensor(x) for x in inputs]
    equation, tensors = _plain(equation.replace(" ", ""), tensors)
    return call("einsum", kwargs.get("name") or "einsum", equation, tensors)


def tensordot(a, b, axes, name=None):
    """The sums of products over pairs of dimensions: the last `axes` of `a` with the first of `b`, or those that the two
    lists of `axes` name; the other dimensions of `a` are followed by those of `b`."""
    a = convert_to_tensor(a)
    b = convert_to_tensor(b, dtype=a.dtype)
    if isinstance(axes, int):
        if axes < 0:
            raise ValueError(f"'axes' of tensordot must be at least 0, found {axes}")
        if axes > min(a.shape.ndims, b.shape.ndims):
            raise ValueError(f"'axes' of tensordot must not be larger than the number of dimensions, found {axes}")
        own, others = list(range(a.shape.ndims - axes, a.shape.ndims)), list(range(axes))
    else:
        own, others = ([axis] if isinstance(axis, int) else list(axis) for axis in axes)
    return call("tensordot", name or "Tensordot", a, b, own, others)


def sparse_matmul(a, b, transpose_a=False, transpose_b=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The product of two matrices, which may be marked as having many zeros, in `float32`."""
    with name_scope(name, "SparseMatMul", [a, b]) as scope:
        a, b = cast(convert_to_tensor(a), "float32"), cast(convert_to_tensor(b), "float32")
        return matmul(a, b, transpose_a, transpose_b, name=scope)


__all__ = [
    "einsum",
    "matrix_band_part",
    "matrix_diag",
    "matrix_diag_part",
    "matrix_set_diag",
    "sparse_matmul",
    "tensordot",
    "trace",
]
