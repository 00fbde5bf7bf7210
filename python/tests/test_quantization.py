"""Rounding to few bits, and its derivatives; numbers of TensorFlow or known by hand."""

import numpy as np
import pytest

import ferroflow as tf

X = np.array([-7.0, -6.0, -1.4, -0.3, 0.0, 0.26, 2.9, 6.1, 9.0], np.float32)


def test_bounds_that_are_numbers(check):
    x = tf.constant(X)
    made = tf.fake_quant_with_min_max_args(x, num_bits=2)
    # Of the numbers -8, -4, 0 and 4 the first and the last become the bounds.
    check(made, [-8, -4, 0, 0, 0, 0, 4, 4, 4])
    check(tf.gradients(made, x)[0], [1, 1, 1, 1, 1, 1, 1, 0, 0])
    check(tf.fake_quant_with_min_max_args_gradient(X, X, num_bits=2), [*X[:7], 0, 0])
    check(tf.fake_quant_with_min_max_args(X, 0.0, 1.0), [0, 0, 0, 0, 0, 66 / 255, 1, 1, 1])
    narrow = tf.quantization.fake_quant_with_min_max_args(X, -1, 1, 3, True)
    check(narrow, np.array([-3, -3, -3, -1, 0, 1, 3, 3, 3]) / 3)
    assert made.op.name == "FakeQuantWithMinMaxArgs" and made.dtype == tf.float32
    far = tf.fake_quant_with_min_max_args(X, 1.0, 3.0, 2)
    check(far, [0, 0, 0, 0, 0, 0, 2, 2, 2])


def test_bounds_that_are_tensors(check):
    x, low, high = tf.constant(X), tf.constant(-5.0), tf.constant(4.0)
    made = tf.fake_quant_with_min_max_vars(x, low, high, num_bits=2)
    check(made, [-6, -6, 0, 0, 0, 0, 3, 3, 3])
    weights = tf.constant(np.arange(1, 10, dtype=np.float32))
    by_x, by_low, by_high = tf.gradients(made, [x, low, high], weights)
    check(by_x, [0, 2, 3, 4, 5, 6, 7, 0, 0])
    check([by_low, by_high], [1, 17])
    found = tf.fake_quant_with_min_max_vars_gradient(weights, x, low, high, 2)
    check(found.backprops_wrt_input, [0, 2, 3, 4, 5, 6, 7, 0, 0])
    check([found.backprop_wrt_min, found.backprop_wrt_max], [1, 17])
    zero = tf.constant(0.0)
    nothing = tf.quantization.fake_quant_with_min_max_vars(x, zero, zero)
    check(nothing, np.zeros(9))
    check(tf.gradients(nothing, x)[0], np.ones(9))
    check(tf.fake_quant_with_min_max_vars([np.nan, 1.0, np.inf, -np.inf], zero, zero), np.zeros(4))
    by_channel = tf.fake_quant_with_min_max_vars_per_channel([np.nan, 1.0], [0.0, -1.0], [0.0, 1.0])
    check(by_channel, [0.0, 1.0039216])


def test_bounds_of_channels(check):
    x, low, high = tf.constant(np.stack([X, X, X], 1)), tf.constant([-5.0, 0.0, 0.0]), tf.constant([4.0, 0.0, 1.0])
    made = tf.fake_quant_with_min_max_vars_per_channel(x, low, high, num_bits=2)
    expected = [[-6, -6, 0, 0, 0, 0, 3, 3, 3], [0] * 9, [0, 0, 0, 0, 0, 1 / 3, 1, 1, 1]]
    check(made, np.transpose(expected))
    by_x, by_low, by_high = tf.gradients(made, [x, low, high])
    check(by_x, np.transpose([[0, 1, 1, 1, 1, 1, 1, 0, 0], [1] * 9, [0, 0, 0, 0, 1, 1, 0, 0, 0]]))
    check([by_low, by_high], [[1, 0, 4], [2, 0, 3]])
    found = tf.fake_quant_with_min_max_vars_per_channel_gradient(np.ones([9, 3]), x, low, high, 2)
    check([found.backprop_wrt_min, found.backprop_wrt_max], [[1, 0, 4], [2, 0, 3]])
    deep = tf.fake_quant_with_min_max_vars_per_channel(tf.reshape(x, [3, 3, 3]), low, high, 2)
    check(tf.reshape(deep, [9, 3]), np.transpose(expected))


def test_what_is_refused():
    with pytest.raises(ValueError, match="min has to be smaller than max"):
        tf.fake_quant_with_min_max_args(X, 1, 1)
    for bits in (1, 17):
        with pytest.raises(ValueError, match="between 2 and 16, inclusive"):
            tf.fake_quant_with_min_max_vars(X, -1.0, 1.0, bits)
    with pytest.raises(ValueError, match="rank"):
        tf.fake_quant_with_min_max_vars(X, [-1.0], 1.0)
    with pytest.raises(ValueError, match="one element for each channel"):
        tf.fake_quant_with_min_max_vars_per_channel(X, [-1.0], [1.0])
