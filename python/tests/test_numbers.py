"""Decompositions of matrices, functions of the gamma family, distributions by rejection, and bits. What is no known
answer was computed by TensorFlow."""

import numpy as np
import pytest

import ferroflow as tf

A = [[4.0, 2.0], [2.0, 5.0]]


def test_equations(check, run):
    for solve in (tf.matrix_solve, tf.linalg.solve):
        check(solve([[2.0, 1.0], [1.0, 3.0]], [[4.0], [7.0]]), [[1.0], [2.0]])
    check(tf.matrix_solve([[2.0, 1.0], [0.0, 3.0]], [[2.0], [7.0]], adjoint=True), [[1.0], [2.0]])
    for solve in (tf.matrix_triangular_solve, tf.linalg.triangular_solve):
        check(solve([[2.0, 9.0], [1.0, 3.0]], [[2.0], [7.0]]), [[1.0], [2.0]])
    check(tf.matrix_triangular_solve([[2.0, 1.0], [9.0, 3.0]], [[4.0], [6.0]], lower=False), [[1.0], [2.0]])
    check(tf.matrix_inverse([[1.0, 2.0], [3.0, 4.0]]), [[-2.0, 1.0], [1.5, -0.5]])
    check(tf.linalg.inv([[[2.0, 0.0], [1.0, 4.0]]], adjoint=True), [[[0.5, -0.125], [0.0, 0.25]]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        run(tf.matrix_inverse(tf.placeholder_with_default([[1.0, 2.0], [2.0, 4.0]], [2, 2])))
    with pytest.raises(ValueError, match="expected square matrices"):
        tf.matrix_determinant([[1.0, 2.0]])


def test_decompositions(check, run):
    check(tf.cholesky(A), [[2.0, 0.0], [1.0, 2.0]])
    check(tf.cholesky_solve(tf.linalg.cholesky(A), [[8.0], [12.0]]), [[1.0], [2.0]])
    check(tf.linalg.cholesky_solve(tf.cholesky(A), [[8.0], [12.0]]), [[1.0], [2.0]])
    check(tf.matrix_determinant([A, [[1.0, 2.0], [3.0, 4.0]]]), [16.0, -2.0])
    check(tf.linalg.det(A), 16.0)
    check(tf.linalg.logdet(A), np.log(16.0))
    for function in (tf.log_matrix_determinant, tf.linalg.slogdet):
        found = run(function([[1.0, 2.0], [3.0, 4.0]]))
        assert found.sign == -1.0 and abs(found.log_abs_determinant - np.log(2.0)) < 1e-6
    with pytest.raises(tf.errors.InvalidArgumentError, match="Cholesky decomposition was not successful"):
        run(tf.cholesky(tf.placeholder_with_default([[1.0, 2.0], [2.0, 1.0]], [2, 2])))


def test_derivatives_of_matrices(check):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    check(tf.gradients(tf.matrix_determinant(x), x)[0], [[4.0, -3.0], [-2.0, 1.0]])
    check(tf.gradients(tf.log_matrix_determinant(x)[1], x)[0], [[-2.0, 1.5], [1.0, -0.5]])
    y = tf.constant([[2.0]])
    check(tf.gradients(tf.matrix_inverse(y), y)[0], [[-0.25]])
    check(tf.gradients(tf.cholesky(y * y), y)[0], [[1.0]])


def test_functions_of_the_gamma_family(check):
    for module in (tf, tf.math):
        check(
            module.igamma([0.5, 2.0, 30.0], [0.3, 5.0, 25.0]),
            [0.5614219903945923, 0.9595723152160645, 0.1821037232875824],
        )
        check(
            module.igammac([0.5, 2.0, 30.0], [0.3, 5.0, 25.0]),
            [0.4385780096054077, 0.04042768478393555, 0.8178962469100952],
        )
        check(module.betainc([0.5, 2.0], [1.5, 3.0], [0.2, 0.7]), [0.5498151779174805, 0.9162999987602234])
        check(module.zeta([1.5, 4.0], [0.5, 3.0]), [4.776537895202637, 0.019823234528303146])
    check(tf.igamma(1.0, [[1.0], [2.0]]), 1.0 - np.exp([[-1.0], [-2.0]]))
    a, x = tf.constant([0.5, 2.0, 9.0]), tf.constant([0.3, 5.0, 7.0])
    found = tf.gradients(tf.igamma(a, x), [a, x])
    check(found[0], [-0.7705703973770142, -0.05585990101099014, -0.11681809276342392])
    check(found[1], [0.7630906105041504, 0.03368973731994629, 0.1303773820400238])


def test_gamma_distributions(check, run):
    tf.set_random_seed(3)
    expected = [
        [0.7825867533683777, 1.1972299814224243, 3.1923375129699707],
        [0.4133295714855194, 0.15760889649391174, 2.9213545322418213],
        [0.9013304114341736, 2.5441489219665527, 1.9811973571777344],
        [0.01924828439950943, 0.6868884563446045, 5.0762786865234375],
    ]
    check(tf.random_gamma([4], [0.5, 1.0, 3.0], seed=5), expected)
    check(tf.random.gamma([4], [0.5, 1.0, 3.0], seed=5), expected)
    wide = tf.random_gamma([2], [0.5, 20.0], beta=2.0, dtype=tf.float64, seed=6)
    check(wide, [[0.29458551589491566, 11.544408964448609], [0.3429637629441989, 8.85916412358094]])
    alpha = tf.constant([0.5, 1.0, 3.0])
    numbers = tf.random_gamma([], alpha, seed=5)
    check(numbers, [0.7825867533683777, 0.44263553619384766, 4.638683795928955])
    check(tf.gradients(numbers, alpha)[0], [1.6749953031539917, 0.7521662712097168, 1.3041151762008667])
    assert run(tf.random_gamma([2, 3], tf.ones([4]))).shape == (2, 3, 4)


def test_poisson_distributions(check):
    tf.set_random_seed(3)
    expected = [[0.0, 3.0, 15.0, 316.0], [0.0, 5.0, 12.0, 311.0], [0.0, 1.0, 6.0, 338.0]]
    check(tf.random_poisson([0.5, 3.0, 12.0, 300.0], [3], seed=5), expected)
    check(tf.random.poisson([0.5, 3.0, 12.0, 300.0], [3], tf.int32, seed=5), expected)


def test_bits(check, run):
    bits = tf.bitwise
    check(bits.bitwise_and([12, -7], 10), [8, 8])
    check(bits.bitwise_or([12, 5], [10, 8]), [14, 13])
    check(bits.bitwise_xor([12, 5], [[10], [8]]), [[6, 15], [4, 13]])
    check(bits.invert([0, 5]), [-1, -6])
    check(bits.left_shift([1, 3], [4, 1]), [16, 6])
    check(bits.right_shift([16, -7], [2, 1]), [4, -4])
    assert run(bits.invert(tf.constant([1], tf.uint8))).tolist() == [254]
    with pytest.raises(TypeError, match="expected integers"):
        bits.invert([1.0])


def test_bits_under_another_dtype(run):
    assert run(tf.bitcast([1.0, -2.0], tf.int32)).tolist() == [0x3F800000, -0x40000000]
    assert run(tf.bitcast([1.0], tf.uint8)).tolist() == [[0, 0, 128, 63]]
    assert run(tf.bitcast(np.array([[1, 2]], np.int32), tf.int64)).tolist() == [2 << 32 | 1]
    with pytest.raises(ValueError, match="the last dimension must be 2"):
        tf.bitcast([1, 2, 3], tf.int64)
