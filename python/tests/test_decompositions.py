"""Decompositions of matrices, beside what TensorFlow gives, and their derivatives beside differences."""

import numpy as np
import pytest

import ferroflow as tf

A = np.array([[1.0, 2], [3, 4], [5, 7]])
B = np.array([[1.0], [2], [4]])
S = np.array([[2.0, 1], [1, 3]])
M = np.array([[1.0, 2], [3, 4]])
NAN = np.array([[np.nan, 1.0], [2, 3]])


def drawn(*sizes):
    return np.random.RandomState(0).randn(*sizes)


def derivative_fits(function, value):
    """Whether the derivative of a weighted sum of what is made of a matrix is that of differences."""
    x = tf.placeholder(tf.float64, value.shape)
    made = function(x)
    made = made if isinstance(made, (tuple, list)) else [made]
    total = sum(
        tf.reduce_sum(t * np.cos(np.arange(np.prod(t.shape.as_list()))).reshape(t.shape.as_list())) for t in made
    )
    found, step = tf.gradients(total, x)[0], 1e-6
    with tf.Session() as session:
        expected = np.empty_like(value)
        for at in np.ndindex(value.shape):
            change = np.zeros_like(value)
            change[at] = step
            expected[at] = (session.run(total, {x: value + change}) - session.run(total, {x: value - change})) / (
                2 * step
            )
        np.testing.assert_allclose(session.run(found, {x: value}), expected, rtol=1e-5, atol=1e-6)


def test_least_squares(check):
    for fast in (True, False):
        check(tf.matrix_solve_ls(A, B, fast=fast), [[0.07142857], [0.5]])
        check(tf.matrix_solve_ls(A.T, B[:2], fast=fast), [[0.92857143], [-0.21428571], [0.14285714]])
        check(tf.linalg.lstsq(np.zeros([3, 0]), np.zeros([3, 2]), fast=fast), np.zeros([0, 2]))
        both = tf.linalg.lstsq(np.stack([A, 2 * A]), np.stack([B, B]), fast=fast)
        assert both.shape.as_list() == [2, 2, 1]
        check(both[1, :, 0], [0.07142857 / 2, 0.25])
    check(tf.matrix_solve_ls(A, B, 0.5), [[0.21886792], [0.39245283]])
    check(tf.matrix_solve_ls(A.T, B[:2], 0.5), [[0.23396226], [0.03773585], [0.17358491]])
    unknown = tf.placeholder(tf.float64, [None, None])
    check(tf.matrix_solve_ls(unknown, B), [[0.07142857], [0.5]], {unknown: A})
    check(tf.matrix_solve_ls(np.zeros([2, 2]), np.ones([2, 1]), fast=False), [[0.0], [0.0]])


def test_least_squares_that_there_are_not(run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Cholesky decomposition was not successful"):
        run(tf.matrix_solve_ls(np.zeros([2, 2]), np.ones([2, 1])))
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2"):
        tf.matrix_solve_ls(A, B[:2])
    x = tf.constant(A)
    with pytest.raises(ValueError, match="Gradient not defined for fast=False"):
        tf.gradients(tf.matrix_solve_ls(x, B, fast=False), x)


def test_orthogonal_and_triangular_factors(run):
    expected = [[-0.169030851, 0.948683298, -0.267261242], [-0.507092553, -0.316227766, -0.801783726]]
    q, r = run(tf.qr(A))
    np.testing.assert_allclose(q[:2], [row[:2] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(r, [[-5.91607978, -8.2825117], [0, 0.63245553]], rtol=1e-6, atol=1e-12)
    q, r = run(tf.linalg.qr(A, full_matrices=True))
    np.testing.assert_allclose(q[:2], expected, rtol=1e-6)
    assert q.shape == (3, 3) and r.shape == (3, 2)
    q, r = run(tf.qr(A.T.astype(np.float32)))
    np.testing.assert_allclose(q @ r, A.T, rtol=1e-5)
    assert q.dtype == np.float32 and [t.shape for t in run(tf.qr(np.zeros([0, 3])))] == [(0, 0), (0, 3)]
    assert np.isnan(run(tf.qr(NAN)[0])).all()
    q, r = tf.qr(tf.placeholder(tf.float32, [None, 4, 3]))
    assert (q.shape.as_list(), r.shape.as_list()) == ([None, 4, 3], [None, 3, 3])


def test_singular_values(run, check):
    s, u, v = run(tf.svd(A))
    np.testing.assert_allclose(s, [10.19142826, 0.36713769], rtol=1e-7)
    np.testing.assert_allclose(np.abs(v), [[0.57975309, 0.81479221], [0.81479221, 0.57975309]], rtol=1e-6)
    np.testing.assert_allclose(u * s @ v.T, A, rtol=1e-12)
    check(tf.svd(np.stack([A, A]), compute_uv=False), [[10.19142826, 0.36713769]] * 2)
    s, u, v = run(tf.linalg.svd(drawn(2, 3, 5), full_matrices=True))
    assert (s.shape, u.shape, v.shape) == ((2, 3), (2, 3, 3), (2, 5, 5))
    np.testing.assert_allclose(np.matmul(u * s[:, None], np.swapaxes(v[..., :3], 1, 2)), drawn(2, 3, 5), atol=1e-12)
    assert [t.shape for t in run(tf.svd(np.zeros([2, 0, 3])))] == [(2, 0), (2, 0, 0), (2, 3, 0)]
    check(tf.svd(np.zeros([0, 2]), full_matrices=True)[2], np.eye(2))
    assert all(np.isnan(t).all() for t in run(tf.svd(NAN)))


def test_eigenvalues(run, check):
    for matrix in (S, np.tril(S) + [[0, 99.0], [0, 0]]):
        e, v = run(tf.self_adjoint_eig(matrix))
        np.testing.assert_allclose(e, [1.38196601, 3.61803399], rtol=1e-7)
        np.testing.assert_allclose(np.abs(v), [[0.85065081, 0.52573111], [0.52573111, 0.85065081]], rtol=1e-6)
    check(tf.self_adjoint_eigvals(S.astype(np.float32)), [1.38196601, 3.61803399])
    assert [t.shape for t in run(tf.linalg.eigh(np.zeros([0, 0])))] == [(0,), (0, 0)]
    check(tf.linalg.eigvalsh(np.zeros([3, 0, 0])), np.zeros([3, 0]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Self-adjoint eigen decomposition was not successful"):
        run(tf.self_adjoint_eig(NAN))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be square"):
        x = tf.placeholder(tf.float64, [None, None])
        run(tf.self_adjoint_eig(x), {x: A})


def test_pseudo_inverses_and_ranks(check):
    check(tf.linalg.pinv(A), [[-2.07142857, 0.785714286, 0.142857143], [1.5, -0.5, 0]])
    check(tf.linalg.pinv(np.stack([S, S * 0]), rcond=[1e-3, 1e-3]), [[[0.6, -0.2], [-0.2, 0.4]], np.zeros([2, 2])])
    check(tf.linalg.pinv(np.diag([1.0, 0.1]), 0.2), [[1, 0], [0, 0]])
    check(tf.linalg.pinv(np.zeros([2, 0])), np.zeros([0, 2]))
    check(tf.linalg.pinv(NAN), np.full([2, 2], np.nan))
    check(tf.linalg.matrix_rank(np.stack([A, A * 0])), [2, 0])
    check(tf.linalg.matrix_rank(np.array([[1, 2], [2, 4.000001]]), tol=1e-3), 1)
    for function in (tf.linalg.pinv, tf.linalg.matrix_rank):
        with pytest.raises(TypeError, match="must have `float`-like `dtype` \\(saw int32\\)"):
            function([[1]])


def test_triangular_factors(run, check):
    both = tf.linalg.lu(M)
    check(both.lu, [[3, 4], [0.33333333, 0.66666667]])
    check(both.p, [1, 0])
    check(tf.linalg.lu_reconstruct(*both), M)
    check(tf.linalg.lu_solve(*both, rhs=B[:2]), [[0], [0.5]])
    check(tf.linalg.lu_matrix_inverse(*both), [[-2, 1], [1.5, -0.5]])
    many = drawn(2, 3, 4, 4)
    both = tf.linalg.lu(many, output_idx_type=tf.int64)
    assert both.p.dtype == tf.int64
    check(tf.linalg.lu_reconstruct(*both), many)
    check(tf.linalg.lu_matrix_inverse(*both), np.linalg.inv(many))
    assert [t.shape for t in run(list(tf.linalg.lu(np.zeros([2, 0, 0]))))] == [(2, 0, 0), (2, 0)]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input is not invertible."):
        run(tf.linalg.lu(np.zeros([2, 2])).lu)
    with pytest.raises(TypeError, match="output_idx_type"):
        tf.linalg.lu(M, tf.float32)


def test_exponentials_and_roots(check):
    check(tf.linalg.expm(M), [[51.9689562, 74.73656457], [112.10484685, 164.07380305]])
    check(tf.linalg.expm(M * 30) / 1e69, [[2.35912091, 3.43824677], [5.15737015, 7.51649107]])
    check(tf.linalg.expm(np.stack([M * 0, NAN])), [np.eye(2), np.full([2, 2], np.nan)])
    check(tf.linalg.expm(np.zeros([2, 0, 0])), np.zeros([2, 0, 0]))
    check(tf.linalg.sqrtm(S), [[1.37638192, 0.3249197], [0.3249197, 1.70130162]])
    check(tf.matrix_square_root(np.array([[1.0, 1], [0, 1]])), [[1, 0.5], [0, 1]])
    check(tf.matrix_square_root(np.stack([M, S * 0, NAN])), np.full([3, 2, 2], np.nan))
    check(tf.matrix_square_root(np.zeros([0, 0])), np.zeros([0, 0]))


D = np.array([[1.0, 2, 0], [5, 6, 7], [0, 3, 4]])


def test_equations_of_neighbours(check):
    solve, x = tf.linalg.tridiagonal_solve, [0.18791946, 0.06040268, 0.53691275]
    check(solve(D, B[:, 0]), x)
    check(solve(([1.0, 2.0, 9], [5.0, 6, 7], [9, 3.0, 4]), B[:, 0], "sequence"), x)
    check(solve(([1.0, 2.0], [5.0, 6, 7], [3.0, 4]), B[:, 0].astype(np.float32), "sequence"), x)
    whole = np.diag(D[1]) + np.diag(D[0, :2], 1) + np.diag(D[2, 1:], -1)
    check(solve(whole, B, "matrix"), np.reshape(x, [3, 1]))
    check(solve(D, B.T, transpose_rhs=True), np.reshape(x, [3, 1]))
    check(solve(D, B, partial_pivoting=False), np.reshape(x, [3, 1]))
    check(solve(D * 0, B), np.full([3, 1], np.nan))
    check(solve(np.zeros([2, 3, 0]), np.zeros([2, 0, 1])), np.zeros([2, 0, 1]))
    # Rows must be exchanged.
    many, right = drawn(4, 3, 6) * [[1], [0.01], [1]], drawn(4, 6, 2)
    check(tf.linalg.tridiagonal_matmul(many, solve(many, right)), right)
    check(tf.linalg.tridiagonal_matmul(D, B), [[7], [23], [36]])
    for wrong, message in (
        (lambda: solve(D, B, "x"), "Unrecognized diagonals_format: x"),
        (lambda: solve([D[0]], B, "sequence"), "sequence of length 3"),
        (lambda: solve(D[:2], B), "Expected 3 diagonals got 2"),
        (lambda: solve(D, B[:2]), "to be equal, got 3 and 2"),
        (lambda: solve(D, 1.0), "Expected the rank of rhs"),
        (lambda: solve(A, B, "matrix"), "Expected last two dimensions"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong()


@pytest.mark.parametrize(
    "function, value",
    [
        (lambda x: tf.matrix_solve_ls(x, B, 0.3), A),
        (lambda x: tf.matrix_solve_ls(tf.transpose(x), B[:2], 0.3), A),
        (tf.qr, A),
        (tf.qr, drawn(2, 3, 5)),
        (lambda x: tf.qr(x, full_matrices=True), drawn(3, 3)),
        (tf.svd, A),
        (tf.svd, drawn(2, 2, 4)),
        (lambda x: tf.svd(x, full_matrices=True), A),
        (lambda x: tf.svd(x, compute_uv=False), drawn(2, 3, 2)),
        (lambda x: tf.self_adjoint_eig(x + tf.matrix_transpose(x)), drawn(2, 3, 3)),
        (tf.linalg.pinv, A),
        (tf.linalg.pinv, drawn(2, 2, 3)),
        (tf.linalg.expm, drawn(2, 3, 3)),
        (lambda x: tf.gradients(tf.linalg.expm(x), x)[0], M),
        (lambda x: tf.linalg.sqrtm(tf.eye(3, dtype=tf.float64) * 5 + x), drawn(2, 3, 3)),
        (lambda x: tf.linalg.tridiagonal_solve(x, B), D),
        (lambda x: tf.linalg.tridiagonal_solve(D, x), B),
        (lambda x: tf.gradients(tf.linalg.tridiagonal_solve(x, B), x)[0], D),
    ],
)
def test_derivatives(function, value):
    derivative_fits(function, value)


def test_derivatives_that_there_are_not():
    x = tf.constant(A)
    with pytest.raises(NotImplementedError, match="QrGrad not implemented"):
        tf.gradients(tf.qr(x, full_matrices=True), x)
    x = tf.constant(drawn(4, 2))
    with pytest.raises(NotImplementedError, match="svd gradient is not implemented"):
        tf.gradients(tf.svd(x, full_matrices=True), x)


def test_what_are_no_matrices():
    functions = [tf.qr, tf.svd, tf.self_adjoint_eig, tf.linalg.lu, tf.linalg.expm, tf.linalg.sqrtm]
    for function in functions:
        with pytest.raises(TypeError, match="int32 not in list of allowed values"):
            function(tf.constant([[1]]))
        with pytest.raises(ValueError, match="at least rank 2"):
            function([1.0])
    for function in functions[2:]:
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2"):
            function(A)
