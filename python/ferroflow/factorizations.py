"""Eigenvalues, singular values and orthogonal factors of the matrices that are the last two dimensions. LAPACK computes
them, as NumPy calls it; a column of a factor may have the other sign than in TensorFlow."""

import numpy as np

from .array_ops import concat, eye, expand_dims, shape, zeros_like
from .errors import InvalidArgumentError
from .default_graph import name_scope
from .framework import convert_to_tensor
from .linalg_ops import matrix_band_part, matrix_diag, matrix_diag_part, matrix_set_diag
from .decompositions import matrix_triangular_solve
from .dtypes import int32
from .math_ops import cast, greater, matmul, matrix_transpose, reciprocal
from .reductions import reduce_max, reduce_sum
from .script_ops import hosted
from .tensor_shape import TensorShape

_UNSUCCESSFUL = "Self-adjoint eigen decomposition was not successful. The input might not be valid."


def matrices(value, what="input", square=False):
    """A tensor of matrices of floating-point numbers. Raises `TypeError` or `ValueError` for any other."""
    tensor = convert_to_tensor(value)
    if tensor.dtype.name not in ("float32", "float64"):
        raise TypeError(
            f"Value passed to parameter '{what}' has DataType {tensor.dtype.name} not in list of allowed values: float64, "
            "float32"
        )
    if tensor.shape.ndims is not None:
        if tensor.shape.ndims < 2:
            raise ValueError(f"Shape must be at least rank 2 but is rank {tensor.shape.ndims}: {tensor.shape}")
        rows, columns = tensor.shape.as_list()[-2:]
        if square and None not in (rows, columns) and rows != columns:
            raise ValueError(f"Dimensions must be equal, but are {rows} and {columns}: matrices must be square")
    return tensor


def square_only(array):
    """Raises an error unless the matrices of an array are square."""
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise InvalidArgumentError(None, None, f"Input matrix must be square, got shape {list(array.shape)}")


def of_matrices(tensor, *last):
    """The shape of the batch, followed by sizes named by letters: `m` rows, `n` columns, `k` the less of both."""
    if tensor.shape.ndims is None:
        return TensorShape(None)
    *batch, rows, columns = tensor.shape.as_list()
    least = None if None in (rows, columns) else min(rows, columns)
    return TensorShape([*batch, *({"m": rows, "n": columns, "k": least}[size] for size in last)])


def _off_diagonal_reciprocals(numbers):
    """`1 / (xⱼ - xᵢ)` in row i and column j, and 0 where both are equal."""
    apart = expand_dims(numbers, -2) - expand_dims(numbers, -1)
    return matrix_set_diag(apart * reciprocal(apart * apart + 1e-20), zeros_like(numbers))


def _eigen_gradient(operation, by_values, by_vectors):
    values, vectors = operation.outputs
    inner = _off_diagonal_reciprocals(values) * matmul(vectors, by_vectors, transpose_a=True)
    inner = matrix_diag(by_values) + inner
    return [_lower(matmul(vectors, matmul(inner, vectors, transpose_b=True)))]


def _lower(gradient):
    """The derivative by the lower halves, of which symmetric matrices are known."""
    both = matrix_band_part(gradient + matrix_transpose(gradient), -1, 0)
    return matrix_set_diag(both, 0.5 * matrix_diag_part(both))


def self_adjoint_eig(tensor, name=None):
    """The eigenvalues `[…, n]` of symmetric matrices `[…, n, n]` of `float32` or `float64`, in ascending order, and the
    matrices `[…, n, n]` whose columns are the eigenvectors. Only the lower halves are read. A run in which there are none
    raises `tf.errors.InvalidArgumentError`.

    The derivative of the vectors is that of vectors of unit length, where the eigenvalues differ.
    """
    tensor = matrices(tensor, square=True)

    def found(array):
        square_only(array)
        if not np.isfinite(np.tril(array)).all():
            raise InvalidArgumentError(None, None, _UNSUCCESSFUL)
        try:
            return list(np.linalg.eigh(array, "L"))
        except np.linalg.LinAlgError as error:
            raise InvalidArgumentError(None, None, _UNSUCCESSFUL) from error

    shapes = [of_matrices(tensor, "m"), of_matrices(tensor, "m", "m")]
    made = hosted(found, [tensor], [tensor.dtype] * 2, shapes, name or "self_adjoint_eig", _eigen_gradient)
    return made[0], made[1]


def self_adjoint_eigvals(tensor, name=None):
    """The eigenvalues of `self_adjoint_eig`."""
    return self_adjoint_eig(tensor, name or "self_adjoint_eigvals")[0]


eigh, eigvalsh = self_adjoint_eig, self_adjoint_eigvals


def decomposed(array, full=False):
    """`U`, the singular values and `V` of arrays, all NaN where one is not finite."""
    rows, columns = array.shape[-2:]
    if not array.size:
        # NumPy has no answer for none of them.
        batch, most = array.shape[:-2], min(rows, columns)
        unit = lambda n, k: np.broadcast_to(
            np.eye(n, n if full else k, dtype=array.dtype), (*batch, n, n if full else k)
        )
        return unit(rows, most), np.zeros([*batch, most], array.dtype), unit(columns, most)
    finite = np.isfinite(array).all((-1, -2))
    u, s, vt = np.linalg.svd(np.where(finite[..., None, None], array, 0), full)
    s = np.where(finite[..., None], s, np.nan).astype(array.dtype)
    u, v = (np.where(finite[..., None, None], m, np.nan).astype(array.dtype) for m in (u, np.swapaxes(vt, -1, -2)))
    return u, s, v


def inverses(s, limit):
    """`1 / s`, and 0 for those of at most `limit` times the greatest."""
    least = limit * s.max(-1, initial=0, keepdims=True)
    return np.divide(1, s, out=np.zeros_like(s), where=~(s <= least))


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """The singular values `[…, k]` of matrices `[…, m, n]` of `float32` or `float64`, in descending order, where `k` is the
    less of both sizes; and, if `compute_uv`, `U` and `V` with `U · diag(s) · Vᵀ = tensor`: of `k` columns, or square ones
    if `full_matrices`. They are NaN where an element is not finite.

    Derivatives are there where the singular values differ (Townsend 2016, "Differentiating the
    Singular Value Decomposition"); with `full_matrices` and more than one column beyond `k` there is none, and
    `NotImplementedError` is raised.
    """
    tensor = matrices(tensor)
    if not compute_uv:
        values = lambda array: [decomposed(array)[1]]

        def gradient(operation, by_values):
            _, u, v = svd(operation.inputs[0])
            return [matmul(u, matmul(matrix_diag(by_values), v, transpose_b=True))]

        return hosted(values, [tensor], [tensor.dtype], [of_matrices(tensor, "k")], name or "Svd", gradient)[0]

    def found(array):
        u, s, v = decomposed(array, full_matrices)
        return [s, u, v]

    shapes = [
        of_matrices(tensor, *sizes) for sizes in ("k", "mm" if full_matrices else "mk", "nn" if full_matrices else "nk")
    ]
    made = hosted(found, [tensor], [tensor.dtype] * 3, shapes, name or "Svd", _svd_gradient)
    return made[0], made[1], made[2]


def _svd_gradient(operation, by_values, by_u, by_v):
    s, u, v = operation.outputs
    (u, by_u), (v, by_v) = (_thin(s, factor, by, operation) for factor, by in ((u, by_u), (v, by_v)))
    apart = _off_diagonal_reciprocals(s * s)
    sides = []
    for factor, by in ((u, by_u), (v, by_v)):
        part = matmul(factor, by, transpose_a=True)
        sides.append(apart * (part - matrix_transpose(part)))
    values = matrix_diag(s)
    inner = matrix_diag(by_values) + matmul(sides[0], values) + matmul(values, sides[1])
    inverse = matrix_diag(s * reciprocal(s * s + 1e-20))
    outside = lambda factor, by: by - matmul(factor, matmul(factor, by, transpose_a=True))
    found = matmul(u, matmul(inner, v, transpose_b=True))
    found += matmul(matmul(outside(u, by_u), inverse), v, transpose_b=True)
    return [found + matmul(u, matmul(inverse, outside(v, by_v), transpose_b=True))]


def _thin(s, factor, by, operation):
    """The first columns of a factor, of which the last one more is made, and the derivative by them."""
    count, columns = (
        s.shape.as_list()[-1] if s.shape.ndims else None,
        factor.shape.as_list()[-1] if factor.shape.ndims else None,
    )
    if None in (count, columns):
        raise NotImplementedError("The gradient of svd needs matrices of a known size")
    if columns == count:
        return factor, by
    if columns > count + 1:
        raise NotImplementedError(
            "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True. Received: m - n = "
            f"{columns - count} from op input={operation.inputs[0]!r}"
        )
    first, last = factor[..., :count], factor[..., count:]
    return first, by[..., :count] - matmul(last, matmul(by[..., count:], first, transpose_a=True))


def qr(input, full_matrices=False, name=None):
    """`Q` with orthonormal columns and upper triangles `R` with `Q · R = input`, `[…, m, n]` of `float32` or `float64`:
    `[…, m, k]` and `[…, k, n]` where `k` is the less of both sizes, or `[…, m, m]` and `[…, m, n]` if `full_matrices`.

    The derivative is that of matrices whose first columns are linearly independent; with `full_matrices` and more rows than
    columns there is none, and `NotImplementedError` is raised.
    """
    tensor = matrices(input)
    found = lambda array: list(np.linalg.qr(array, "complete" if full_matrices else "reduced"))
    shapes = [of_matrices(tensor, *sizes) for sizes in (("mm", "mn") if full_matrices else ("mk", "kn"))]
    made = hosted(found, [tensor], [tensor.dtype] * 2, shapes, name or "Qr", _qr_gradient)
    return made[0], made[1]


def _qr_gradient(operation, by_q, by_r):
    q, r = operation.outputs
    if r.shape.ndims is None or None in r.shape.as_list()[-2:]:
        raise NotImplementedError("QrGrad not implemented with dynamic shapes.")
    rows, columns = r.shape.as_list()[-2:]
    if rows > columns:
        raise NotImplementedError("QrGrad not implemented when nrows > ncols and full_matrices is true.")
    if rows < columns:
        rest = operation.inputs[0][..., rows:]
        by_rest = by_r[..., rows:]
        by_first = _square_qr_gradient(
            q, r[..., :rows], by_q + matmul(rest, by_rest, transpose_b=True), by_r[..., :rows]
        )
        return [concat([by_first, matmul(q, by_rest)], -1)]
    return [_square_qr_gradient(q, r, by_q, by_r)]


def _square_qr_gradient(q, r, by_q, by_r):
    inner = matmul(r, by_r, transpose_b=True) - matmul(by_q, q, transpose_a=True)
    lower = matrix_band_part(inner, -1, 0)
    inner = lower + matrix_transpose(matrix_set_diag(lower, zeros_like(matrix_diag_part(lower))))
    return matrix_transpose(matrix_triangular_solve(r, matrix_transpose(by_q + matmul(q, inner)), lower=False))


def pinv(a, rcond=None, validate_args=False, name=None):
    """The pseudo-inverses of Moore and Penrose, `[…, n, m]`, of matrices `[…, m, n]`, where singular values of at most
    `rcond`, a number or one for each matrix, times the greatest count as 0; by default ten times the greater size times the
    dtype's rounding.

    The derivative is that of matrices of one rank (Golub and Pereyra 1973), whatever their singular values.
    """
    tensor = convert_to_tensor(a)
    if not tensor.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {tensor.dtype.name}).")
    tensor = matrices(tensor, "a")
    limits = [] if rcond is None else [convert_to_tensor(rcond, tensor.dtype)]

    def found(array, limit=None):
        limit = 10 * max(array.shape[-2:]) * np.finfo(array.dtype).eps if limit is None else limit
        u, s, v = decomposed(array)
        inverse = inverses(s, np.asarray(limit)[..., None])
        return [np.matmul(v * inverse[..., None, :], np.swapaxes(u, -1, -2)).astype(array.dtype)]

    inputs, made = [tensor, *limits], of_matrices(tensor, "n", "m")
    return hosted(found, inputs, [tensor.dtype], [made], name or "pinv", _pinv_gradient)[0]


def _pinv_gradient(operation, by):
    a, (p,) = operation.inputs[0], operation.outputs
    across = lambda x, y: matmul(x, y, transpose_b=True)
    rest = lambda square: eye(shape(square)[-1], dtype=a.dtype) - square
    found = -matmul(p, across(by, p), transpose_a=True)
    found += across(matmul(rest(matmul(a, p)), by, transpose_b=True), across(p, p))
    found += matmul(across(matmul(p, p, transpose_a=True), by), rest(matmul(p, a)))
    return [found] + [None] * (len(operation.inputs) - 1)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """The numbers of singular values above `tol`, by default the greatest times the greater size times the dtype's
    rounding: `[…]` of `int32` for matrices `[…, m, n]`."""
    tensor = convert_to_tensor(a)
    if not tensor.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {tensor.dtype.name}).")
    with name_scope(name, "matrix_rank", [tensor]):
        values = svd(tensor, compute_uv=False)
        if tol is None:
            rounding = np.finfo(tensor.dtype.as_numpy_dtype).eps
            sizes = cast(reduce_max(shape(tensor)[-2:]), tensor.dtype)
            tol = rounding * sizes * reduce_max(values, -1, True)
        else:
            tol = expand_dims(convert_to_tensor(tol, tensor.dtype), -1)
        return reduce_sum(cast(greater(values, tol), int32), -1)
