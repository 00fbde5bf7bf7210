"""Matrices that have elements on and beside the diagonal only."""

import numpy as np

from .array_ops import concat, expand_dims, pad, squeeze, stack, zeros_like
from .errors import InvalidArgumentError
from .default_graph import name_scope
from .framework import convert_to_tensor
from .linalg_ops import matrix_diag_part
from .math_ops import matrix_transpose
from .reductions import reduce_sum
from .script_ops import hosted


def _solved(diagonals, right, transposed, pivoting):
    """Gauss's elimination of all systems at once, with exchanges of neighbouring rows where they help."""
    upper, main, lower = (diagonals[..., k, :].astype(np.float64) for k in range(3))
    if transposed:
        upper, lower = np.roll(lower, -1, -1), np.roll(upper, 1, -1)
    size = main.shape[-1]
    batch = np.broadcast_shapes(main.shape[:-1], right.shape[:-2])
    if not size or not right.size:
        return np.zeros((*batch, *right.shape[-2:]))
    flat = lambda a: np.broadcast_to(a, (*batch, size)).reshape(-1, size).T.copy()
    upper, main, lower = map(flat, (upper, main, lower))
    x = np.broadcast_to(right, (*batch, *right.shape[-2:])).reshape(-1, *right.shape[-2:]).astype(np.float64)
    x = np.swapaxes(x, 0, 1).copy()
    far = np.zeros_like(main)
    undivided = lambda pivot: np.where(pivot == 0, np.nan, pivot)
    with np.errstate(all="ignore"):
        for k in range(size - 1):
            swap = (np.abs(main[k]) < np.abs(lower[k + 1])) & pivoting
            pick = lambda a, b: (np.where(swap, b, a), np.where(swap, a, b))
            main[k], below = pick(main[k], lower[k + 1])
            upper[k], main[k + 1] = pick(upper[k], main[k + 1])
            far[k], upper[k + 1] = pick(0.0 * far[k], upper[k + 1] if k + 2 < size else 0.0 * far[k])
            swapped = swap[:, None]
            x[k], x[k + 1] = np.where(swapped, x[k + 1], x[k]), np.where(swapped, x[k], x[k + 1])
            main[k] = undivided(main[k])
            share = below / main[k]
            main[k + 1] -= share * upper[k]
            upper[k + 1] -= share * far[k]
            x[k + 1] -= share[:, None] * x[k]
        main[-1:] = undivided(main[-1:])
        for k in reversed(range(size)):
            for ahead, element in ((1, upper), (2, far)):
                if k + ahead < size:
                    x[k] -= element[k][:, None] * x[k + ahead]
            x[k] /= main[k][:, None]
    return np.swapaxes(x, 0, 1).reshape(*batch, *right.shape[-2:])


def _solve(diagonals, right, pivoting, name=None, transposed=False):
    def found(rows, right):
        if rows.shape[-2] != 3 or rows.shape[-1] != right.shape[-2]:
            shapes = f"{list(rows.shape)} and {list(right.shape)}"
            raise InvalidArgumentError(None, None, f"Diagonals and right-hand sides do not fit: {shapes}")
        return [_solved(rows, right, transposed, pivoting).astype(right.dtype)]

    def gradient(operation, by):
        rows, x = operation.inputs[0], operation.outputs[0]
        by_right = _solve(rows, by, pivoting, transposed=not transposed)
        left, x = (x, by_right) if transposed else (by_right, x)
        # The product of the rows of the one by those of the other beside it.
        ahead = lambda t: concat([t[..., 1:, :], zeros_like(t[..., :1, :])], -2)
        behind = lambda t: concat([zeros_like(t[..., :1, :]), t[..., :-1, :]], -2)
        parts = [reduce_sum(left * other, -1) for other in (ahead(x), x, behind(x))]
        return [-stack(parts, -2), by_right]

    return hosted(found, [diagonals, right], [right.dtype], [right.shape], name or "TridiagonalSolve", gradient)[0]


def _compact(diagonals, diagonals_format):
    """The diagonals as three rows: above, where the last element counts for nothing, on, and below, where the first does."""
    if diagonals_format == "compact":
        return convert_to_tensor(diagonals)
    if diagonals_format == "sequence":
        if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        upper, main, lower = (convert_to_tensor(d) for d in diagonals)
        size = main.shape[-1].value
        if upper.shape[-1].value != lower.shape[-1].value:
            raise ValueError(
                f"Tensors superdiag, maindiag and subdiag must have compatible last dimension: {upper.shape}, {lower.shape}"
            )
        before = [[0, 0]] * (main.shape.ndims - 1)
        if upper.shape[-1].value != size:
            upper, lower = pad(upper, [*before, [0, 1]]), pad(lower, [*before, [1, 0]])
        return stack([upper, main, lower], -2)
    if diagonals_format == "matrix":
        whole = convert_to_tensor(diagonals)
        rows, columns = whole.shape.as_list()[-2:]
        if None not in (rows, columns) and rows != columns:
            raise ValueError(f"Expected last two dimensions of diagonals to be same, got {rows} and {columns}")
        before = [[0, 0]] * (whole.shape.ndims - 2)
        upper = pad(matrix_diag_part(whole[..., :-1, 1:]), [*before, [0, 1]])
        lower = pad(matrix_diag_part(whole[..., 1:, :-1]), [*before, [1, 0]])
        return stack([upper, matrix_diag_part(whole), lower], -2)
    raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")


def tridiagonal_solve(
    diagonals,
    rhs,
    diagonals_format="compact",
    transpose_rhs=False,
    conjugate_rhs=False,
    name=None,
    partial_pivoting=True,
):
    """`x` with `A · x = rhs`, `[…, n]` or `[…, n, k]`, where `A` has elements on and beside the diagonal only.

    `diagonals` are `[…, 3, n]` in the format `compact`: those above the diagonal, of which the last is not read, on it, and
    below, of which the first is not read; the three of them, each `[…, n]` or those beside `[…, n - 1]`, for `sequence`;
    `[…, n, n]` for `matrix`. `transpose_rhs` says that `rhs` is `[…, k, n]`. Without `partial_pivoting` rows stay in order.

    Where there is no inverse elements are NaN. Raises `ValueError` for other formats and shapes that do not fit.
    """
    with name_scope(name, "tridiagonal_solve"):
        rows = _compact(diagonals, diagonals_format)
        rhs = convert_to_tensor(rhs, rows.dtype)
        if rows.shape[-2].value not in (None, 3):
            raise ValueError(f"Expected 3 diagonals got {rows.shape[-2].value}")
        vector = rhs.shape.ndims == rows.shape.ndims - 1
        if not vector and rhs.shape.ndims != rows.shape.ndims:
            raise ValueError(
                f"Expected the rank of rhs to be {rows.shape.ndims - 1} or {rows.shape.ndims}, got {rhs.shape.ndims}"
            )
        right = expand_dims(rhs, -1) if vector else matrix_transpose(rhs) if transpose_rhs else rhs
        sizes = rows.shape[-1].value, right.shape[-2].value
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"Expected number of left-hand sided and right-hand sides to be equal, got {sizes[0]} and {sizes[1]}"
            )
        found = _solve(rows, right, partial_pivoting)
        return squeeze(found, [-1]) if vector else found


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    """The products of matrices as `tridiagonal_solve` has them with `rhs`, `[…, n, k]`."""
    with name_scope(name, "tridiagonal_matmul"):
        rows = _compact(diagonals, diagonals_format)
        rhs = convert_to_tensor(rhs, rows.dtype)
        upper, main, lower = (expand_dims(rows[..., k, :], -1) for k in range(3))
        none = zeros_like(rhs[..., :1, :])
        ahead, behind = concat([rhs[..., 1:, :], none], -2), concat([none, rhs[..., :-1, :]], -2)
        return upper * ahead + main * rhs + lower * behind
