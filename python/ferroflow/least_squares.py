"""Systems of linear equations with more or fewer equations than unknowns."""

import numpy as np

from .array_ops import eye, shape
from .control_flow import cond
from .decompositions import cholesky, cholesky_solve
from .factorizations import decomposed, inverses, matrices
from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import greater_equal, matmul
from .script_ops import hosted
from .tensor_shape import TensorShape


def matrix_solve_ls(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """`x`, `[…, n, k]`, for which `|matrix · x - rhs|² + l2_regularizer · |x|²` is least, and among those the shortest, of
    `[…, m, n]` and `[…, m, k]`.

    If `fast`, by the normal equations and Cholesky's decomposition: matrices must be of full rank, or a run raises
    `tf.errors.InvalidArgumentError`, and half of the digits may be lost. Otherwise by singular values, for any matrix,
    without `l2_regularizer` and without derivatives: `ValueError` is raised for these.
    """
    with name_scope(name, "matrix_solve_ls", [matrix, rhs]) as scope:
        matrix = matrices(matrix, "matrix")
        rhs = matrices(convert_to_tensor(rhs, matrix.dtype), "rhs")
        known = (matrix.shape.ndims, rhs.shape.ndims)
        rows = None if None in known else [matrix.shape[-2].value, rhs.shape[-2].value]
        if rows is not None and None not in rows and rows[0] != rows[1]:
            raise ValueError(f"Dimensions must be equal, but are {rows[0]} and {rows[1]}: the rows of matrix and rhs")
        if not fast:
            return _any_rank(matrix, rhs, scope)
        regular = lambda square: cholesky(square + l2_regularizer * eye(shape(square)[-1], dtype=square.dtype))
        over = lambda: cholesky_solve(
            regular(matmul(matrix, matrix, transpose_a=True)), matmul(matrix, rhs, transpose_a=True)
        )
        under = lambda: matmul(
            matrix, cholesky_solve(regular(matmul(matrix, matrix, transpose_b=True)), rhs), transpose_a=True
        )
        sizes = [None, None] if matrix.shape.ndims is None else matrix.shape.as_list()[-2:]
        if None in sizes:
            of = shape(matrix)
            return cond(greater_equal(of[-2], of[-1]), over, under)
        return over() if sizes[0] >= sizes[1] else under()


lstsq = matrix_solve_ls


def _any_rank(matrix, rhs, name):
    def found(array, right):
        u, s, v = decomposed(array)
        inverse = inverses(s, max(array.shape[-2:]) * np.finfo(array.dtype).eps)
        parts = np.matmul(np.swapaxes(u, -1, -2), right) * inverse[..., None]
        return [np.matmul(v, parts).astype(array.dtype)]

    def gradient(operation, by):
        raise ValueError("Gradient not defined for fast=False")

    known = None
    if matrix.shape.ndims is not None and rhs.shape.ndims is not None:
        known = [*matrix.shape.as_list()[:-2], matrix.shape[-1].value, rhs.shape[-1].value]
    return hosted(found, [matrix, rhs], [matrix.dtype], [TensorShape(known)], name, gradient)[0]
