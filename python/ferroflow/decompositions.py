"""Systems of linear equations, determinants and Cholesky's decomposition, of the matrices that are the last two
dimensions."""

import collections

from .default_graph import name_scope
from .framework import build, call, convert_to_tensor
from .linalg_ops import matrix_diag_part
from .math_ops import log, matrix_transpose
from .reductions import reduce_sum

LogMatrixDeterminant = collections.namedtuple("LogMatrixDeterminant", ["sign", "log_abs_determinant"])


def matrix_inverse(input, adjoint=False, name=None):
    """The inverse matrices, of the transposed ones if `adjoint`. A run in which there is none raises
    `tf.errors.InvalidArgumentError`."""
    with name_scope(name, "MatrixInverse", [input]) as scope:
        input = convert_to_tensor(input)
        return call("matrix_inverse", scope, matrix_transpose(input) if adjoint else input)


def matrix_solve(matrix, rhs, adjoint=False, name=None):
    """`x` with `matrix · x = rhs`, or `matrixᵀ · x = rhs` if `adjoint`: `[…, n, n]` and `[…, n, k]`. A run in
    which a matrix has no inverse raises `tf.errors.InvalidArgumentError`."""
    return build("MatrixSolve", name, matrix, rhs, adjoint=adjoint)


def matrix_triangular_solve(matrix, rhs, lower=True, adjoint=False, name=None):
    """`matrix_solve` where of `matrix` only the lower half counts, or the upper one unless `lower`."""
    return build("MatrixTriangularSolve", name, matrix, rhs, lower=lower, adjoint=adjoint)


def matrix_determinant(input, name=None):
    """The determinants: `[…, n, n]` becomes `[…]`."""
    return build("MatrixDeterminant", name, input)


def log_matrix_determinant(input, name=None):
    """The signs of the determinants, -1, 0 or 1, and the logarithms of their absolute values."""
    return LogMatrixDeterminant(*call("log_matrix_determinant", name, convert_to_tensor(input)))


def cholesky(input, name=None):
    """The lower triangles `L` with `L · Lᵀ = input`, symmetric and positive definite, of which the lower half is
    read. A run in which it is not raises `tf.errors.InvalidArgumentError`."""
    return build("Cholesky", name, input)


def cholesky_solve(chol, rhs, name=None):
    """`x` with `A · x = rhs`, where `chol` is the Cholesky decomposition of `A`."""
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        return matrix_triangular_solve(chol, matrix_triangular_solve(chol, rhs), adjoint=True)


def logdet(matrix, name=None):
    """The logarithms of the determinants of matrices that are symmetric and positive definite."""
    with name_scope(name, "logdet", [matrix]):
        return 2.0 * reduce_sum(log(matrix_diag_part(cholesky(matrix))), -1)


inv, det, solve, triangular_solve, slogdet = (
    matrix_inverse,
    matrix_determinant,
    matrix_solve,
    matrix_triangular_solve,
    log_matrix_determinant,
)
