"""Triangular factors of square matrices with their rows in another order, and what is computed of them."""

import collections

import numpy as np

from .array_ops import concat, eye, invert_permutation, ones_like, reshape, shape, zeros_like
from .selection import gather
from .decompositions import matrix_triangular_solve
from .dtypes import as_dtype, int32
from .errors import InvalidArgumentError
from .factorizations import matrices, of_matrices, square_only
from .default_graph import name_scope
from .framework import convert_to_tensor
from .functional_ops import map_fn
from .linalg_ops import matrix_band_part, matrix_diag_part, matrix_set_diag
from .math_ops import matmul
from .script_ops import hosted

Lu = collections.namedtuple("Lu", ["lu", "p"])
Lu.__doc__ = "Factors in one matrix, and the order of the rows."


def _factors(array):
    """Gauss's elimination with the greatest element of each column as pivot, of all matrices at once."""
    if not array.size:
        return array, np.zeros(array.shape[:-1], np.int64)
    size, made = array.shape[-1], array.reshape(-1, *array.shape[-2:]).copy()
    order = np.broadcast_to(np.arange(size), made.shape[:2]).copy()
    each = np.arange(len(made))
    for k in range(size):
        best = k + np.argmax(np.abs(made[:, k:, k]), 1)
        for rows in (made, order):
            rows[each, k], rows[each, best] = rows[each, best].copy(), rows[each, k].copy()
        pivot = made[:, k, k]
        if (pivot == 0).any():
            raise InvalidArgumentError(None, None, "Input is not invertible.")
        made[:, k + 1 :, k] /= pivot[:, None]
        made[:, k + 1 :, k + 1 :] -= made[:, k + 1 :, k, None] * made[:, k, None, k + 1 :]
    return made.reshape(array.shape), order.reshape(array.shape[:-1])


def lu(input, output_idx_type=int32, name=None):
    """The factors `L · U` of square matrices `[…, n, n]` of `float32` or `float64` with their rows in the order `p`,
    `[…, n]` of `output_idx_type`: in one matrix `lu`, `U` on and above the diagonal, `L`, whose diagonal is 1, below. A run
    in which there is no inverse raises `tf.errors.InvalidArgumentError`. There is no derivative."""
    tensor, dtype = matrices(input, square=True), as_dtype(output_idx_type)
    if dtype.name not in ("int32", "int64"):
        raise TypeError(f"output_idx_type must be int32 or int64, not {dtype.name}")

    def found(array):
        square_only(array)
        both, order = _factors(array)
        return [both, order.astype(dtype.as_numpy_dtype)]

    shapes = [of_matrices(tensor, "m", "m"), of_matrices(tensor, "m")]
    return Lu(*hosted(found, [tensor], [tensor.dtype, dtype], shapes, name or "Lu"))


def _lower(both):
    """`L`, with ones on the diagonal."""
    return matrix_set_diag(matrix_band_part(both, -1, 0), ones_like(matrix_diag_part(both)))


def _rows(tensor, order):
    """The rows of each matrix in its order."""
    if order.shape.ndims == 1 and tensor.shape.ndims == 2:
        return gather(tensor, order)
    sizes = shape(tensor)
    flat = [reshape(tensor, concat([[-1], sizes[-2:]], 0)), reshape(order, [-1, shape(order)[-1]])]
    return reshape(map_fn(lambda pair: gather(*pair), flat, dtype=tensor.dtype), sizes)


def _inverse(order):
    if order.shape.ndims == 1:
        return invert_permutation(order)
    flat = reshape(order, [-1, shape(order)[-1]])
    return reshape(map_fn(invert_permutation, flat), shape(order))


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    """The matrices of which `lu` gave `lower_upper` and `perm`."""
    with name_scope(name, "lu_reconstruct", [lower_upper, perm]):
        both, perm = convert_to_tensor(lower_upper), convert_to_tensor(perm, dtype_hint=int32)
        product = matmul(_lower(both), matrix_band_part(both, 0, -1))
        made = _rows(product, _inverse(perm))
        made.set_shape(both.shape)
        return made


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    """`x` with `A · x = rhs`, `[…, n, k]`, where `lu` gave `lower_upper` and `perm` of `A`."""
    with name_scope(name, "lu_solve", [lower_upper, perm, rhs]):
        both, perm = convert_to_tensor(lower_upper), convert_to_tensor(perm, dtype_hint=int32)
        rhs = convert_to_tensor(rhs, both.dtype)
        half = matrix_triangular_solve(_lower(both), _rows(rhs, perm))
        return matrix_triangular_solve(both, half, lower=False)


def lu_matrix_inverse(lower_upper, perm, validate_args=False, name=None):
    """The inverses of the matrices of which `lu` gave `lower_upper` and `perm`."""
    with name_scope(name, "lu_matrix_inverse", [lower_upper, perm]):
        both = convert_to_tensor(lower_upper)
        unit = eye(shape(both)[-1], dtype=both.dtype) + zeros_like(both)
        return lu_solve(both, perm, unit)
