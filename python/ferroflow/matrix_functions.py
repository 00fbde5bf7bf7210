"""Exponentials and square roots of square matrices, the last two dimensions."""

import numpy as np

from .array_ops import concat, eye, reshape, shape, zeros_like
from .decompositions import matrix_solve
from .factorizations import matrices, of_matrices, square_only
from .default_graph import name_scope
from .math_ops import matrix_transpose
from .script_ops import hosted

# Padé's approximant of degree 13 (Higham 2005, "The Scaling and Squaring Method for the Matrix Exponential Revisited"), and
# the norm up to which it is as good as double precision.
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_WITHIN = 5.371920351148152


def _exponentials(array):
    """Those of matrices in double precision, by scaling and squaring."""
    size = array.shape[-1]
    flat = array.reshape(-1, size, size).astype(np.float64)
    made = np.empty_like(flat)
    for at, a in enumerate(flat):
        norm = np.abs(a).sum(0).max(initial=0)
        if not np.isfinite(norm):
            made[at] = np.nan
            continue
        halvings = max(0, int(np.ceil(np.log2(norm / _WITHIN)))) if norm > _WITHIN else 0
        a, unit = a / 2.0**halvings, np.eye(size)
        a2 = a @ a
        a4, c = a2 @ a2, _PADE
        a6 = a2 @ a4
        odd = a @ (a6 @ (c[13] * a6 + c[11] * a4 + c[9] * a2) + c[7] * a6 + c[5] * a4 + c[3] * a2 + c[1] * unit)
        even = a6 @ (c[12] * a6 + c[10] * a4 + c[8] * a2) + c[6] * a6 + c[4] * a4 + c[2] * a2 + c[0] * unit
        found = np.linalg.solve(even - odd, even + odd)
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(halvings):
                found = found @ found
        made[at] = found
    return made.reshape(array.shape)


def matrix_exponential(input, name=None):
    """`Σ inputⁱ / i!` of square matrices `[…, n, n]` of `float32` or `float64`; NaN where an element is not finite."""
    tensor = matrices(input, square=True)

    def found(array):
        square_only(array)
        if not array.size:
            return [array]
        with np.errstate(over="ignore"):
            return [_exponentials(array).astype(array.dtype)]

    def gradient(operation, by):
        # The exponential of a matrix of blocks has the derivative as a block (Van Loan 1978).
        a = matrix_transpose(operation.inputs[0])
        blocks = concat([concat([a, by], -1), concat([zeros_like(a), a], -1)], -2)
        size = shape(a)[-1]
        whole = matrix_exponential(blocks)
        return [reshape(whole[..., :size, size:], shape(a))]

    shapes = [of_matrices(tensor, "m", "m")]
    return hosted(found, [tensor], [tensor.dtype], shapes, name or "matrix_exponential", gradient)[0]


expm = matrix_exponential


def _root(a):
    """The principal square root by the iteration of Denman and Beavers (1976) with determinants for scales, or NaN where
    that finds none."""
    size = len(a)
    if not size or not np.isfinite(a).all():
        return np.full_like(a, np.nan)
    root, other = a, np.eye(size)
    with np.errstate(all="ignore"):
        for _ in range(60):
            try:
                inverses = np.linalg.inv(root), np.linalg.inv(other)
            except np.linalg.LinAlgError:
                return np.full_like(a, np.nan)
            signs, logs = np.linalg.slogdet(root)[1], np.linalg.slogdet(other)[1]
            scale = np.exp(-(signs + logs) / (2 * size))
            new = (scale * root + inverses[1] / scale) / 2, (scale * other + inverses[0] / scale) / 2
            step = np.abs(new[0] - root).max()
            root, other = new
            if not np.isfinite(step) or step <= 4e-16 * size * np.abs(root).max():
                break
        error = np.abs(root @ root - a).max()
    return root if error <= 1e-8 * max(np.abs(a).max(), 1e-300) else np.full_like(a, np.nan)


def matrix_square_root(input, name=None):
    """The principal square roots of square matrices `[…, n, n]` of `float32` or `float64`: the product of one by itself is
    the matrix, and its eigenvalues have positive real parts. NaN where there is none of real numbers that has an
    inverse."""
    tensor = matrices(input, square=True)

    def found(array):
        square_only(array)
        if not array.size:
            return [array]
        flat = array.reshape(-1, *array.shape[-2:]).astype(np.float64)
        return [np.array([_root(a) for a in flat], array.dtype).reshape(array.shape)]

    def gradient(operation, by):
        # What `x · root + root · x` is of a change `x` of the root, the other way round: equations of Kronecker's products.
        root = operation.outputs[0]
        with name_scope("SquareRootGrad", values=[root]):
            sizes = shape(root)
            size, batch = sizes[-1], sizes[:-2]
            unit = eye(size, dtype=root.dtype)
            across = matrix_transpose(root)
            at = lambda axes: [size if axis in axes else 1 for axis in range(4)]
            grown = lambda tensor, *axes: reshape(tensor, concat([batch, at(axes)], 0))
            plane = lambda *axes: reshape(unit, at(axes))
            system = grown(across, 0, 2) * plane(1, 3) + plane(0, 2) * grown(root, 1, 3)
            system = reshape(system, concat([batch, [size * size, size * size]], 0))
            flat = reshape(by, concat([batch, [size * size, 1]], 0))
            return [reshape(matrix_solve(system, flat), sizes)]

    shapes = [of_matrices(tensor, "m", "m")]
    return hosted(found, [tensor], [tensor.dtype], shapes, name or "MatrixSquareRoot", gradient)[0]


sqrtm = matrix_square_root
