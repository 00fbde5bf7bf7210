"""Products and norms under the names of `tf.linalg`."""

from .array_ops import diag as tensor_diag, eye  # noqa: F401
from .later import later as _later
from .linalg_ops import (  # noqa: F401
    einsum,
    matrix_band_part as band_part,
    matrix_diag as diag,
    matrix_diag_part as diag_part,
    matrix_set_diag as set_diag,
    tensordot,
    trace,
)
from .clip_ops import global_norm, norm  # noqa: F401
from .math_ops import matmul
from .math_ops import matrix_transpose, matrix_transpose as transpose  # noqa: F401
from .nn import l2_normalize  # noqa: F401


def adjoint(matrix, name=None):
    """The last two dimensions exchanged: of real numbers the transpose."""
    return transpose(matrix, name=name or "adjoint")


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The product of the matrices `[..., m, n]` with the vectors `[..., n]`."""
    from .array_ops import expand_dims, squeeze

    return squeeze(matmul(a, expand_dims(b, -1), transpose_a, False, adjoint_a), [-1], name or "matvec")


def normalize(tensor, ord="euclidean", axis=None, name=None):
    """The tensor by its norm, as `tf.norm` has it, and that norm, with dimensions of size 1."""
    length = norm(tensor, ord, axis, True, name or "normalize")
    return tensor / length, length


__getattr__, __dir__ = _later(
    __name__,
    {
        "decompositions": "cholesky cholesky_solve det inv logdet slogdet solve triangular_solve",
        "factorizations": "eigh eigvalsh matrix_rank pinv qr svd",
        "least_squares": "lstsq",
        "triangular_factors": "lu lu_matrix_inverse lu_reconstruct lu_solve",
        "matrix_functions": "expm sqrtm",
        "special_math": "cross tensor_diag_part",
        "tridiagonal": "tridiagonal_matmul tridiagonal_solve",
    },
)
