"""Transposes of convolutions of volumes, separable convolutions of sequences, and convolutions between blocks; numbers of
TensorFlow or known by hand."""

import numpy as np
import pytest

import ferroflow as tf

ONES = tf.ones_initializer()


def numbers(*shape):
    return ((np.arange(np.prod(shape)) * 7 % 11 - 5) * 0.1).reshape(shape).astype(np.float32)


def test_volumes(check):
    values, filters = numbers(1, 2, 2, 1, 2), numbers(2, 2, 1, 1, 2)
    made = tf.nn.conv3d_transpose(values, filters, [1, 3, 4, 1, 1], [1, 2, 2, 1, 1])
    assert made.shape == [1, 3, 4, 1, 1] and made.op.name == "conv3d_transpose"
    check(made[0, :, :, 0, 0], [[0.29, 0.2, 0.2, 0.29], [-0.11, -0.2, -0.17, -0.08], [-0.11, -0.17, -0.2, -0.08]])
    expected = [[0.29, 0.4, 0.29], [-0.22, -0.74, -0.16], [0.1, 0.08, 0.16]]
    made = tf.nn.conv3d_transpose(values, filters, [1, 3, 3, 1, 1], [1, 1, 1, 1, 1], "VALID", name="up")
    check(made[0, :, :, 0, 0], expected)
    first = np.transpose(values, [0, 4, 1, 2, 3])
    shape = tf.stack([1, 1, 3, 3, 1])
    made = tf.nn.conv3d_transpose(first, filters, shape, [1, 1, 1, 1, 1], "VALID", "NCDHW")
    check(made[0, 0, :, :, 0], expected)
    by_filters = [0.3, -0.15, -0.17, -0.09, -0.23, 0.03, -0.15, -0.13]
    given = numbers(1, 3, 3, 1, 1), [2, 2, 1, 1, 2], values, [1, 1, 1, 1, 1], "VALID"
    check(tf.reshape(tf.nn.conv3d_backprop_filter(*given), [-1]), by_filters)
    check(tf.reshape(tf.nn.conv3d_backprop_filter_v2(*given), [-1]), by_filters)


def test_volumes_of_unknown_size(check):
    values = tf.placeholder(tf.float32, [None, 2, None, 1, 2])
    shape = tf.stack([tf.shape(values)[0], 3, tf.shape(values)[2] * 2, 1, 1])
    made = tf.nn.conv3d_transpose(
        input=values, filters=numbers(2, 2, 1, 1, 2), output_shape=shape, strides=[1, 2, 2, 1, 1]
    )
    check(made[0, 0, :, 0, 0], [0.29, 0.2, 0.2, 0.29], {values: numbers(1, 2, 2, 1, 2)})


def test_derivatives_of_volumes():
    values, filters = tf.constant(numbers(1, 2, 2, 2, 2)), tf.constant(numbers(2, 1, 2, 1, 2))
    made = tf.nn.conv3d_transpose(values, filters, [1, 4, 2, 4, 1], [1, 2, 1, 2, 1])
    with tf.Session():
        given = [values, filters], [[1, 2, 2, 2, 2], [2, 1, 2, 1, 2]], tf.square(made), [1, 4, 2, 4, 1]
        inputs = [numbers(1, 2, 2, 2, 2), numbers(2, 1, 2, 1, 2)]
        assert tf.test.compute_gradient_error(*given, x_init_value=inputs, delta=1e-2) < 1e-3


def test_volumes_that_do_not_fit():
    values, filters = numbers(1, 2, 2, 1, 2), numbers(2, 2, 1, 1, 2)
    for shape, changed, message in (
        ([1, 3, 4, 1, 1], dict(padding="MOST"), "padding must be either VALID or SAME"),
        ([1, 3, 4, 1], {}, r"output_shape must have shape \(5,\)"),
        ([1, 3, 4, 1, 1], dict(filter=numbers(2, 2, 1, 1, 3)), "does not match filter's input channels, 2 != 3"),
        ([1, 3, 4, 1, 2], {}, "does not match filter's output channels, 2 != 1"),
        ([1, 9, 4, 1, 1], {}, "are incompatible"),
    ):
        with pytest.raises(ValueError, match=message):
            given = {"filter": filters, "strides": [1, 2, 2, 1, 1], **changed}
            tf.nn.conv3d_transpose(values, output_shape=shape, **given)


def test_layers_of_volumes(check):
    volume = np.ones([1, 2, 2, 2, 1], np.float32)
    same = tf.layers.conv3d_transpose(volume, 2, 2, 2, "same", kernel_initializer=ONES, bias_initializer=ONES)
    check(same, np.full([1, 4, 4, 4, 2], 2.0))
    kernel, bias = tf.trainable_variables()
    assert (kernel.op.name, bias.op.name) == ("conv3d_transpose/kernel", "conv3d_transpose/bias")
    assert kernel.shape == [2, 2, 2, 2, 1] and bias.shape == [2]
    layer = tf.layers.Conv3DTranspose(1, [1, 1, 3], [1, 1, 2], "valid", "channels_first", tf.negative, False, ONES)
    check(layer(volume.reshape(1, 1, 2, 2, 2))[0, 0, 0, 0], [-1, -1, -2, -1, -1])
    assert tf.layers.Conv2DTranspose(3, 2, 1, "same", "channels_last", tf.nn.relu).activation is tf.nn.relu
    with pytest.raises(ValueError, match="Inputs should have rank 5"):
        tf.layers.conv3d_transpose(volume[0], 1, 2)
    with pytest.raises(ValueError, match="tuple of 3 integers"):
        tf.layers.Conv3DTranspose(1, [2, 2])


def test_separable_sequences(check):
    rows = numbers(1, 5, 2)
    depthwise, pointwise = tf.constant_initializer([1.0, 2.0, 3.0, 4.0]), tf.constant_initializer([1.0, -1.0])
    options = dict(depthwise_initializer=depthwise, pointwise_initializer=pointwise, bias_initializer=ONES)
    x, y = rows[0].T
    expected = 1.0 + x[:-1] + 3 * x[1:] - 2 * y[:-1] - 4 * y[1:]
    check(tf.layers.separable_conv1d(rows, 1, 2, **options)[0, :, 0], expected)
    names = {v.op.name: v.shape.as_list() for v in tf.trainable_variables()}
    prefix = "separable_conv1d/"
    assert names == {
        prefix + "depthwise_kernel": [2, 2, 1],
        prefix + "pointwise_kernel": [1, 2, 1],
        prefix + "bias": [1],
    }
    first = tf.layers.SeparableConv1D(1, 2, 2, "valid", "channels_first", **options)
    check(first(np.transpose(rows, [0, 2, 1]))[0, 0], expected[::2])
    apart = tf.layers.SeparableConv1D(1, 2, dilation_rate=3, activation=tf.square, **options)
    check(apart(rows)[0, :, 0], np.square(1.0 + x[:2] + 3 * x[3:] - 2 * y[:2] - 4 * y[3:]))
    more = tf.layers.separable_conv1d(rows, 3, 2, padding="same", depth_multiplier=2)
    assert more.shape == [1, 5, 3]
    with pytest.raises(ValueError, match="channel dimension"):
        tf.layers.separable_conv1d(tf.placeholder(tf.float32, [1, 5, None]), 1, 2)


def test_between_blocks(check, run):
    convolve = lambda images, count, padding: tf.nn.conv2d(images, numbers(3, 2, 1, 1), [1] * (count + 2), padding)
    images = tf.placeholder(tf.float32, [None, None, 3, 1])
    made = tf.nn.with_space_to_batch(images, [2, 1], "SAME", convolve, [3, 2])
    rows = [[0.24, -0.02, 0], [0.01, -0.03, 0.01], [0.29, -0.51, 0.23], [-0.34, -0.34, 0.25], [-0.34, 0.21, 0.1]]
    check(made[0, :, :, 0], rows, {images: numbers(1, 5, 3, 1)})
    greatest = lambda images, count, padding: tf.nn.max_pool(images, [1, 1, 2, 1], [1, 1, 1, 1], padding)
    made = tf.nn.with_space_to_batch(numbers(1, 5, 3, 1), [2], "SAME", greatest, [2], [2])
    check(made[0, :2, :, 0], [[0.2, -0.2, 0.2], [0.1, 0.5, 0.1]])
    plain = tf.nn.with_space_to_batch(numbers(1, 5, 3, 1), [1, 1], "VALID", convolve)
    check(plain, run(convolve(numbers(1, 5, 3, 1), 2, "VALID")))
    paddings, crops = tf.required_space_to_batch_paddings([5, 7], [2, 3], [[1, 0], [0, 0]])
    check(paddings, [[1, 0], [0, 2]])
    check(crops, [[0, 0], [0, 2]])
    for given, message in (
        (([0, 1], "SAME", convolve), "must be positive"),
        (([2, 1], "SAME", convolve), "filter_shape must be specified"),
        (([2, 1], "MOST", convolve), "Invalid padding"),
        (([2, 1], "SAME", convolve, [3, 2], [2, 1]), "increasing"),
        (([2, 1], "SAME", convolve, [3, 2], [3]), "one length"),
        (([2, 1], "SAME", convolve, [3, 2], [3, 4]), "rank 5"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.nn.with_space_to_batch(images, *given)
