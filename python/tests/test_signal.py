"""Frames, windows, cosine transforms and mel spectrograms, beside what TensorFlow gives."""

import numpy as np
import pytest

import ferroflow as tf


def test_frames(check, run):
    frame, x = tf.signal.frame, tf.range(9)
    check(frame(x, 4, 3), [[0, 1, 2, 3], [3, 4, 5, 6]])
    check(frame(x, 4, 3, True, -1), [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, -1]])
    check(frame(x, 10, 3), np.zeros([0, 10]))
    check(frame(tf.reshape(x, [3, 3]), 2, 1, axis=0), [[[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [6, 7, 8]]])
    assert frame(tf.placeholder(tf.float32, [None, 9]), 4, 3).shape.as_list() == [None, 2, 4]
    unknown = tf.placeholder(tf.int32, [1, None])
    for options, expected in (({}, [[0, 1, 2, 3]]), ({"pad_end": True}, [[0, 1, 2, 3], [3, 4, 0, 0]])):
        made = frame(unknown, 4, 3, **options)
        assert made.shape.as_list() == [1, None, 4] and run(made, {unknown: [range(5)]}).tolist() == [expected]
    with pytest.raises(ValueError, match="axis 1"):
        frame(x, 2, 1, axis=1)


def test_frames_put_together(check):
    add, frames = tf.signal.overlap_and_add, tf.reshape(tf.range(12.0), [3, 4])
    check(add(frames, 2), [0, 1, 6, 8, 14, 16, 10, 11])
    check(add(frames, 1), [0, 5, 15, 18, 17, 11])
    check(add(frames, 6), [0, 1, 2, 3, 0, 0, 4, 5, 6, 7, 0, 0, 8, 9, 10, 11])
    check(add(tf.expand_dims(frames, 0), 4), [range(12)])
    check(tf.gradients(add(frames, 2) * tf.range(8.0), frames)[0], [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7]])
    assert add(frames, 3).shape.as_list() == [10]
    with pytest.raises(ValueError, match="must have rank at least 2"):
        add(tf.range(3.0), 2)
    with pytest.raises(ValueError, match="frame_step must be an integer"):
        add(frames, 2.5)


def test_windows(check):
    hann, hamming = tf.signal.hann_window, tf.signal.hamming_window
    check(hann(4), [0, 0.5, 1, 0.5])
    check(hann(5), [0, 0.5, 1, 0.5, 0])
    check(hann(4, periodic=False), [0, 0.75, 0.75, 0])
    check(hamming(4), [0.08, 0.54, 1, 0.54])
    check(hamming(4, False), [0.08, 0.77, 0.77, 0.08])
    for window in (hann, hamming):
        check(window(1), [1])
        check(window(0), [])
        assert window(4, dtype=tf.float64).dtype == tf.float64
        with pytest.raises(ValueError, match="dtype must be a floating point type"):
            window(4, dtype=tf.int32)


Y = np.array([[1.0, 2, 3, 5], [0, -1, 4, 2]])


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"type": 1}, [[16, -5, 1, -2], [8, -7, -1, 8]]),
        ({}, [[22, -8.1564, 1.41421, -1.21371], [10, -7.52235, -1.41421, 7.70806]]),
        ({"norm": "ortho"}, [[5.5, -2.88372, 0.5, -0.42911], [2.5, -2.65955, -0.5, 2.72521]]),
        ({"type": 3}, [[12.76499, -10.9507, 4.46542, -2.27971], [5.33983, -10.11774, -1.19597, 5.97388]]),
        (
            {"type": 3, "norm": "ortho"},
            [[4.65955, -3.72521, 1.72521, -0.65955], [1.88791, -3.57716, -0.42284, 2.11209]],
        ),
        ({"type": 4}, [[10.57177, -10.55784, 6.67324, -6.65114], [3.56198, -9.67838, 6.84817, 3.83976]]),
        ({"type": 4, "norm": "ortho"}, [[3.73769, -3.73276, 2.35935, -2.35153], [1.25935, -3.42182, 2.42119, 1.35756]]),
        ({"n": 3}, [[12, -3.4641, 0], [6, -6.9282, 6]]),
        ({"n": 6}, [[22, 3.725, -12.12436, 1.41421, 5, -6.17449], [10, -0.37894, -10.3923, -1.41421, 8, 5.27792]]),
    ],
)
def test_cosine_transforms(run, options, expected):
    made = tf.signal.dct(Y, **options)
    np.testing.assert_allclose(run(made), expected, atol=2e-5)
    if "n" not in options:
        factor = 1 if options.get("norm") else 6 if options.get("type") == 1 else 8
        np.testing.assert_allclose(run(tf.signal.idct(made, **options)), factor * Y, atol=1e-9)


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"type": 5}, ValueError, "Types I, II, III and IV"),
        ({"norm": "x"}, ValueError, "Unknown normalization. Expected None or 'ortho', got: x"),
        ({"axis": 0}, NotImplementedError, "axis must be -1. Got: 0"),
        ({"n": 0}, ValueError, "n should be a positive integer or None"),
        ({"type": 1, "norm": "ortho"}, ValueError, "Normalization is not supported for the Type-I DCT."),
        ({"type": 1, "n": 1}, ValueError, "requires the dimension to be greater than one"),
    ],
)
def test_transforms_that_there_are_not(options, error, message):
    with pytest.raises(error, match=message):
        tf.signal.dct(Y, **options)


def test_mel_spectrograms(check, run):
    signal = tf.signal
    expected = [[7.77817, -2.88372, 0.5, -0.42911], [3.53553, -2.65955, -0.5, 2.72521]]
    np.testing.assert_allclose(run(signal.mfccs_from_log_mel_spectrograms(Y)), expected, atol=1e-5)
    weights = signal.linear_to_mel_weight_matrix(3, 6, dtype=tf.float64, upper_edge_hertz=4000.0)
    middle = [[0.62561, 0.37439, 0], [0, 0.64294, 0.35706], [0, 0, 0.95673], [0, 0, 0.42895]]
    assert weights.shape.as_list() == [6, 3] and signal.linear_to_mel_weight_matrix().shape.as_list() == [129, 20]
    check(tf.abs(weights - [[0, 0, 0], *middle, [0, 0, 0]]) < 1e-5, np.ones([6, 3]))
    for arguments, message in (
        ((0,), "num_mel_bins must be positive"),
        ((4, 9, -1), "sample_rate must be positive"),
        ((4, 9, 8000, -1.0), "lower_edge_hertz must be non-negative"),
        ((4, 9, 8000, 500.0, 100.0), "lower_edge_hertz 500.0 >= upper_edge_hertz 100.0"),
        ((4, 9, 8000, 125.0, 4001.0), "must not be larger than the Nyquist frequency"),
        ((4, 9, 8000, 125.0, 3800.0, tf.int32), "dtype must be a floating point type"),
    ):
        with pytest.raises(ValueError, match=message):
            signal.linear_to_mel_weight_matrix(*arguments)
