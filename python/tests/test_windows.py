"""Windows of sequences, images and volumes, moments, and less common activations; numbers of TensorFlow or known by hand."""

import numpy as np

import ferroflow as tf

SEQUENCE = np.arange(6.0, dtype=np.float32).reshape(1, 6, 1)
IMAGE = np.arange(9.0, dtype=np.float32).reshape(1, 3, 3, 1)
VOLUME = np.arange(27.0, dtype=np.float32).reshape(1, 3, 3, 3, 1)
ONES = np.ones([2, 2, 2, 1, 1], np.float32)


def test_pooling_of_sequences_and_images(check):
    check(tf.nn.max_pool1d(SEQUENCE, 2, 2, "VALID")[0, :, 0], [1, 3, 5])
    check(tf.nn.avg_pool1d(SEQUENCE, [1, 3, 1], [1, 3, 1], "VALID")[0, :, 0], [1, 4])
    check(tf.nn.max_pool1d(np.transpose(SEQUENCE, [0, 2, 1]), 2, 2, "VALID", "NCW")[0, 0], [1, 3, 5])
    check(tf.nn.max_pool2d(IMAGE, 2, 1, "VALID")[0, :, :, 0], [[4, 5], [7, 8]])
    check(tf.nn.avg_pool2d(IMAGE, [2, 2], [1, 1], "VALID")[0, :, :, 0], [[2, 3], [5, 6]])


def test_volumes(check):
    sums = tf.nn.conv3d(VOLUME, ONES, [1, 1, 1, 1, 1], "VALID")
    check(sums[0, :, 0, 0, 0], [52, 124])
    check(tf.nn.conv3d(VOLUME, ONES, [1, 2, 2, 2, 1], "SAME")[0, 1, 1, 1, 0], 26)
    first = np.transpose(VOLUME, [0, 4, 1, 2, 3])
    check(tf.nn.conv3d(first, ONES, [1, 1, 1, 1, 1], "VALID", "NCDHW")[0, 0, :, 0, 0], [52, 124])
    check(tf.nn.max_pool3d(VOLUME, [1, 2, 2, 2, 1], [1, 1, 1, 1, 1], "VALID")[0, :, 0, 0, 0], [13, 22])
    check(tf.nn.avg_pool3d(VOLUME, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], "SAME")[0, :, 0, 0, 0], [6.5, 20])
    unknown = tf.placeholder(tf.float32, [1, None, 3, 3, 1])
    made = tf.nn.max_pool3d(unknown, [1, 2, 2, 2, 1], [1, 1, 1, 1, 1], "VALID")
    check(made[0, :, 0, 0, 0], [13, 22], {unknown: VOLUME})


def test_morphology_and_places(check, run):
    kernel = np.zeros([2, 2, 1], np.float32)
    kernel[0, 0] = 10
    check(tf.nn.dilation2d(IMAGE, kernel, [1, 1, 1, 1], [1, 1, 1, 1], "VALID")[0, :, :, 0], [[10, 11], [13, 14]])
    check(tf.nn.erosion2d(IMAGE, kernel, [1, 1, 1, 1], [1, 1, 1, 1], "VALID")[0, :, :, 0], [[-6, -5], [-3, -2]])
    greatest, place = run(
        tf.nn.max_pool_with_argmax(np.concatenate([IMAGE, IMAGE]), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    )
    assert greatest[1, :, :, 0].tolist() == [[4, 5], [7, 8]] and place[1, :, :, 0].tolist() == [[4, 5], [7, 8]]
    pair = np.concatenate([IMAGE, IMAGE])
    whole = tf.nn.max_pool_with_argmax(pair, 2, 2, "VALID", include_batch_in_index=True, output_dtype=tf.int32)[1]
    both = tf.nn.max_pool_with_argmax(pair, 2, 2, "VALID")
    assert both._fields == ("output", "argmax") and run(both.output).tolist() == [[[[4]]], [[[4]]]]
    assert run(whole).ravel().tolist() == [4, 13] and whole.dtype == tf.int32


def test_transposes(check):
    up = np.ones([2, 1, 1], np.float32)
    check(tf.nn.conv1d_transpose(SEQUENCE[:, :2], up, [1, 4, 1], 2)[0, :, 0], [0, 0, 1, 1])
    check(tf.nn.conv_transpose(SEQUENCE[:, :2], up, [1, 4, 1], 2)[0, :, 0], [0, 0, 1, 1])
    block = np.ones([2, 2, 1, 1], np.float32)
    check(tf.nn.conv_transpose(IMAGE[:, :1, :2], block, [1, 2, 4, 1], 2)[0, 0, :, 0], [0, 0, 1, 1])
    wide = tf.nn.atrous_conv2d_transpose(IMAGE[:, :1, 1:2], block, [1, 3, 3, 1], 2, "VALID")
    check(wide[0, :, :, 0], [[1, 0, 1], [0, 0, 0], [1, 0, 1]])


def test_derivatives_by_channel(check):
    kernel = np.arange(4.0, dtype=np.float32).reshape(2, 2, 1, 1)
    one = np.ones([1, 2, 2, 1], np.float32)
    for of_input, of_filter in (
        (tf.nn.depthwise_conv2d_native_backprop_input, tf.nn.depthwise_conv2d_native_backprop_filter),
        (tf.nn.depthwise_conv2d_backprop_input, tf.nn.depthwise_conv2d_backprop_filter),
    ):
        back = of_input([1, 3, 3, 1], kernel, one, [1, 1, 1, 1], "VALID")
        check(back[0, :, :, 0], [[0, 1, 1], [2, 6, 4], [2, 5, 3]])
        check(of_filter(IMAGE, [2, 2, 1, 1], one, [1, 1, 1, 1], "VALID")[:, :, 0, 0], [[8, 12], [20, 24]])


def test_moments(check):
    mean, variance = tf.nn.weighted_moments([1.0, 2.0, 3.0], [0], [1.0, 0.0, 1.0], keep_dims=True)
    check(mean, [2.0])
    check(variance, [1.0])
    count, total, squares, shift = tf.nn.sufficient_statistics([[1.0, 2.0], [3.0, 4.0]], [0], shift=1.0)
    check(count, 2.0)
    check(total, [2.0, 4.0])
    check(squares, [4.0, 10.0])
    mean, variance = tf.nn.normalize_moments(count, total, squares, shift)
    check(mean, [2.0, 3.0])
    check(variance, [1.0, 1.0])


def test_activations_and_losses(check):
    check(tf.nn.swish([1.0, -2.0]), [0.7310586, -0.2384058])
    check(tf.nn.silu([0.0]), [0.0])
    check(tf.nn.log_poisson_loss([0.5, 3.0], [0.1, 0.2]), [1.0551709, 0.6214027])
    check(tf.nn.log_poisson_loss([0.5, 3.0], [0.1, 0.2], True), [1.0551709, 2.3854842])
    loss = tf.losses.mean_pairwise_squared_error([[1.0, 2.0], [0.0, 0.0]], [[1.0, 4.0], [0.0, 1.0]])
    check(loss, 5.0)
    assert tf.losses.get_losses() == [loss]
