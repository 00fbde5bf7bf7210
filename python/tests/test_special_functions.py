"""The inverse error functions, Bessel functions and neighbouring numbers, beside what TensorFlow gives."""

import numpy as np
import pytest

import ferroflow as tf

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    "function, points, expected",
    [
        (
            tf.math.erfinv,
            [-1, 1, 1.5, NAN, 0, 0.3, 0.5, 0.51, -0.9, 1 - 1e-7],
            [
                -INF,
                INF,
                NAN,
                NAN,
                0,
                0.27246271472675443,
                0.4769362762044699,
                0.4881220505159588,
                -1.1630871536766743,
                3.7665625817,
            ],
        ),
        (
            tf.math.ndtri,
            [0, 1, -0.1, 1.1, NAN, 0.5, 0.1, 1e-5, 1e-30],
            [-INF, INF, NAN, NAN, NAN, 0, -1.2815515655446004, -4.264890793922825, -11.464024688443613],
        ),
        (
            tf.math.erfcinv,
            [0, 2, -1, 2.1, 0.3, 0.5, 1, 1.4, 1.6, 1e-20, 1e-37],
            [INF, -INF, NAN, NAN, 0.7328690779592171, 0.4769362762044699, 0, -0.37080715859355784, -0.595116081449995]
            + [6.601580622355143, 9.078074884576118],
        ),
        (
            tf.math.bessel_i0,
            [0, 1, -2, 10, 31, 80, NAN],
            [
                1,
                1.2660658777520082,
                2.279585302336066,
                2815.7166284662544,
                2.0899629664919038e12,
                2.47517840433417e33,
                NAN,
            ],
        ),
        (
            tf.math.bessel_i0e,
            [0, 1, -2, 10, 29, 80, INF],
            [1, 0.4657596075936404, 0.308508322553671, 0.1278333371634286]
            + [0.07440746822222558, 0.04467329178227527, 0],
        ),
        (
            tf.math.bessel_i1,
            [0, 1, -2, 10, -31, 80, NAN],
            [
                0,
                0.565159103992485,
                -1.5906368546373295,
                2670.988303701255,
                -2.0559727952945647e12,
                2.45965957956754e33,
                NAN,
            ],
        ),
        (
            tf.math.bessel_i1e,
            [0, 1e-5, 1, -2, -31, 80],
            [0, 4.9999500003124987e-06, 0.20791041534970844, -0.21526928924893771]
            + [-0.070776392834385679, 0.044393200058097458],
        ),
    ],
)
def test_values(run, function, points, expected):
    np.testing.assert_allclose(run(function(tf.constant(points, tf.float64))), expected, rtol=1e-9)
    limited = np.abs(np.array(expected)) < 1e30
    found = run(function(tf.constant(points, tf.float32)))
    assert found.dtype == np.float32
    near = np.array([abs(p) not in (1 - 1e-7,) for p in points]) & limited
    np.testing.assert_allclose(found[near], np.array(expected)[near], rtol=1e-6)
    assert run(function(tf.zeros([0, 2]))).shape == (0, 2)
    with pytest.raises(TypeError, match="int32 not in list of allowed values"):
        function(tf.constant(1))


@pytest.mark.parametrize(
    "function, points",
    [
        (tf.math.erfinv, [0.0, 0.3, -0.9, 0.99]),
        (tf.math.ndtri, [0.5, 0.1, 0.99, 1e-3]),
        (tf.math.erfcinv, [0.3, 1.0, 1.7]),
        (tf.math.bessel_i0, [0.0, 1.0, -2.0, 5.0]),
        (tf.math.bessel_i0e, [0.5, 1.0, -2.0, 40.0]),
        (tf.math.bessel_i1, [0.0, 1.0, -2.0, 5.0]),
        (tf.math.bessel_i1e, [0.5, 1.0, -2.0, 40.0]),
    ],
)
def test_derivatives(run, function, points):
    x = tf.placeholder(tf.float64, [None])
    y = function(x)
    points, step = np.array(points), 1e-6
    expected = (run(y, {x: points + step}) - run(y, {x: points - step})) / (2 * step)
    np.testing.assert_allclose(run(tf.gradients(y, x)[0], {x: points}), expected, rtol=1e-5, atol=1e-7)


def test_neighbours(run):
    found = run(tf.math.nextafter([1.0, 0.0, INF, NAN], [2.0, -1.0, 0.0, 1.0]))
    assert found.tolist()[:3] == [np.float32(1.0000001192092896), -1.401298464324817e-45, np.finfo(np.float32).max]
    assert np.isnan(found[3])
    x, y = tf.constant([[1.0], [2.0]]), tf.constant([1.0, 2.0, 3.0])
    by_x, by_y = run(tf.gradients(tf.math.nextafter(x, y), [x, y]))
    assert by_x.tolist() == [[3.0], [3.0]] and by_y.tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(TypeError, match="int32 not in list of allowed values"):
        tf.math.nextafter(tf.constant(1), tf.constant(2))
