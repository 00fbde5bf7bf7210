"""Layers of `contrib.layers` beside their formulas in NumPy, or numbers known by hand."""

import numpy as np
import pytest

import ferroflow as tf

layers, slim = tf.contrib.layers, tf.contrib.slim
ONES = tf.ones_initializer()


def numbers(*shape):
    return ((np.arange(np.prod(shape)) * 7 % 11 - 5) * 0.1).reshape(shape).astype(np.float32)


def names():
    return [v.op.name for v in tf.global_variables()]


def normal(x, axes, epsilon=1e-6):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def test_instances(run):
    x, start = numbers(2, 4, 3, 2), {"beta": tf.constant_initializer([1.0, 2.0])}
    images = tf.placeholder(tf.float32, [None, None, None, 2])
    made = layers.instance_norm(
        images, param_initializers=start, outputs_collections="ends", variables_collections=["v"]
    )
    np.testing.assert_allclose(run(made, {images: x}), normal(x, (1, 2)) + [1, 2], rtol=1e-4, atol=1e-5)
    assert names() == ["InstanceNorm/beta", "InstanceNorm/gamma"] and tf.get_collection("ends") == [made]
    assert tf.get_collection("v") == tf.model_variables() == tf.global_variables()
    first = layers.instance_norm(
        np.transpose(x, [0, 3, 1, 2]), False, False, activation_fn=tf.nn.relu, data_format="NCHW"
    )
    expected = np.maximum(normal(x, (1, 2)), 0)
    np.testing.assert_allclose(np.transpose(run(first), [0, 2, 3, 1]), expected, rtol=1e-4, atol=1e-5)
    for given, options, message in (
        (tf.placeholder(tf.float32), {}, "undefined rank"),
        (x, dict(data_format="HWC"), "either NCHW or NHWC"),
        (tf.placeholder(tf.float32, [1, 2, 2, None]), {}, "undefined channels"),
    ):
        with pytest.raises(ValueError, match=message):
            layers.instance_norm(given, **options)


def test_groups(run):
    x, start = numbers(2, 4, 3, 6), {"gamma": tf.constant_initializer([1, 2, 3, 4, 5, 6])}
    images = tf.placeholder(tf.float32, [None, None, 3, 6])
    made = layers.group_norm(images, 3, param_initializers=start)
    grouped = normal(x.reshape(2, 4, 3, 3, 2), (1, 2, 4)).reshape(x.shape)
    np.testing.assert_allclose(run(made, {images: x}), grouped * [1, 2, 3, 4, 5, 6], rtol=1e-4, atol=1e-5)
    assert names() == ["GroupNorm/beta", "GroupNorm/gamma"] and made.shape.as_list() == [None, None, 3, 6]
    first = layers.group_norm(np.transpose(x, [0, 3, 1, 2]), 3, 1, (2, 3), center=False, scale=False)
    np.testing.assert_allclose(np.transpose(run(first), [0, 2, 3, 1]), grouped, rtol=1e-4, atol=1e-5)
    plain = layers.group_norm(x, 6, center=False, scale=False, mean_close_to_zero=True)
    np.testing.assert_allclose(run(plain), normal(x, (1, 2)), rtol=1e-4, atol=1e-5)
    for options, message in (
        (dict(), "Invalid groups 32 for 6 channels"),
        (dict(groups=4), "6 channels is not commensurate with 4 groups"),
        (dict(groups=2, channels_axis=4), "out of bounds"),
        (dict(groups=2, reduction_axes=(1, 5)), "out of bounds"),
        (dict(groups=2, reduction_axes=(1, 3)), "must not repeat"),
    ):
        with pytest.raises(ValueError, match=message):
            layers.group_norm(x, **options)


def test_derivatives_of_groups():
    x = tf.constant(numbers(2, 2, 2, 4))
    made = tf.reduce_sum(
        tf.constant(numbers(2, 2, 2, 4)[::-1].copy()) * layers.group_norm(x, 2, center=False, scale=False)
    )
    with tf.Session():
        error = tf.test.compute_gradient_error(x, [2, 2, 2, 4], made, [], numbers(2, 2, 2, 4), 1e-2)
    assert error < 1e-2


def test_layers_normalised_with_other_axes(run):
    x = numbers(2, 3, 4)
    made = layers.layer_norm(x, begin_norm_axis=2, begin_params_axis=1)
    np.testing.assert_allclose(run(made), normal(x, (2,), 1e-12), rtol=1e-4, atol=1e-5)
    assert tf.global_variables()[0].shape == [3, 4]
    with pytest.raises(ValueError, match="must be < rank"):
        layers.layer_norm(x, begin_norm_axis=3)
    with pytest.raises(ValueError, match="is not fully defined"):
        layers.layer_norm(tf.placeholder(tf.float32, [2, None]))


def test_the_greatest_of_groups(check):
    x = np.array([[1.0, 5.0, 2.0, 3.0, 9.0, 4.0]], np.float32)
    check(layers.maxout(x, 3), [[5, 3, 9]])
    rows = tf.placeholder(tf.float32, [None, 6])
    made = layers.maxout(rows, 2, scope="most")
    check(made, [[5, 9]], {rows: x})
    assert made.shape.as_list() == [None, 2] and made.op.name.startswith("most/")
    check(layers.maxout(x.reshape(1, 6, 1), 2, axis=1), [[[5], [9]]])
    with pytest.raises(ValueError, match=r"number of features\(6\) is not a multiple of num_units\(4\)"):
        layers.maxout(x, 4)


def test_where_the_softmax_lies(check):
    x = numbers(2, 3, 4, 2)
    weights = np.exp(x / 0.5)
    weights /= weights.sum((1, 2), keepdims=True)
    down, right = np.linspace(-1, 1, 3).reshape(1, 3, 1, 1), np.linspace(-1, 1, 4).reshape(1, 1, 4, 1)
    expected = np.stack([(down * weights).sum((1, 2)), (right * weights).sum((1, 2))], -1).reshape(2, 4)
    images = tf.placeholder(tf.float32, [None, None, None, 2])
    made = layers.spatial_softmax(images, 0.5, variables_collections=["t"])
    check(made, expected, {images: x})
    assert names() == ["spatial_softmax/temperature"] == [v.op.name for v in tf.get_collection("t")]
    check(
        layers.spatial_softmax(np.transpose(x, [0, 3, 1, 2]), 0.5, "other", trainable=False, data_format="NCHW"),
        expected,
    )
    assert len(tf.trainable_variables()) == 1 and made.shape.as_list() == [None, 4]
    with pytest.raises(ValueError, match="should be defined"):
        layers.spatial_softmax(tf.placeholder(tf.float32, [1, 2, 2, None]))
    with pytest.raises(ValueError, match="either NCHW or NHWC"):
        layers.spatial_softmax(x, data_format="NC")


def test_volumes(check):
    volume = np.ones([1, 2, 2, 2, 1], np.float32)
    check(layers.conv3d(volume, 1, 2, weights_initializer=ONES, padding="VALID"), [[[[[8.0]]]]])
    check(slim.convolution3d(volume, 1, 2, 2, weights_initializer=ONES), [[[[[8.0]]]]])
    check(layers.convolution(volume, 1, 1, weights_initializer=ONES), volume)
    up = layers.conv3d_transpose(volume, 1, 2, 2, weights_initializer=ONES)
    check(up, np.ones([1, 4, 4, 4, 1]))
    first = slim.convolution3d_transpose(
        volume.reshape(1, 1, 2, 2, 2), 1, 2, 2, data_format="NCDHW", weights_initializer=ONES
    )
    check(first, np.ones([1, 1, 4, 4, 4]))
    assert names()[:2] == ["Conv/weights", "Conv/biases"] and "Conv3d_transpose_1/weights" in names()
    counted = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2, 1)
    check(layers.max_pool3d(counted, 2), [[[[[7.0]]]]])
    check(layers.avg_pool3d(counted.reshape(1, 1, 2, 2, 2), [2, 2, 2], data_format="NCDHW"), [[[[[3.5]]]]])
    with pytest.raises(ValueError, match="expects input with rank 5, got 4"):
        layers.conv3d(volume[0], 1, 2)
    with pytest.raises(ValueError, match="not supported for input with rank 2"):
        layers.convolution(np.ones([1, 2], np.float32), 1, 2)
    for function in (layers.max_pool3d, layers.avg_pool3d):
        with pytest.raises(ValueError, match="either NCDHW or NDHWC"):
            function(volume, 2, data_format="NHWC")
    with pytest.raises(ValueError, match="either NCDHW or NDHWC"):
        layers.conv3d_transpose(volume, 1, 2, data_format="NHWC")


def test_windows_with_gaps(check):
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    check(layers.pool(image, 2, "MAX", dilation_rate=2)[0, :, :, 0], [[10, 11], [14, 15]])
    check(tf.nn.pool(image, [2, 2], "AVG", "VALID", [2, 2])[0, :, :, 0], [[5, 6], [9, 10]])
    check(layers.pool(image, [2, 2], "AVG", stride=2)[0, :, :, 0], [[2.5, 4.5], [10.5, 12.5]])
    with pytest.raises(ValueError, match="strides > 1 not supported"):
        tf.nn.pool(image, [2, 2], "MAX", "VALID", [2, 2], [2, 2])
    with pytest.raises(ValueError, match="Rank of inputs must be 4"):
        layers.pool(image[0], 2, "MAX")


def test_bags_of_words(check):
    table = tf.constant_initializer([[1.0, 0.0], [2.0, 4.0], [4.0, 8.0]])
    check(layers.bow_encoder([[1, 2, 0], [1, 0, 0]], 3, 2, initializer=table, scope="bag"), [[3, 6], [2, 4]])
    assert names() == ["bag/embeddings"]
    dense = layers.bow_encoder([[1, 2, 0]], 3, 2, False, table)
    check(dense, [[7 / 3, 4]])
    sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [0, 2, 1], [2, 2])
    check(layers.bow_encoder(sparse, 3, 2, scope="bag", reuse=True), [[2.5, 4], [2, 4]])
    with pytest.raises(TypeError, match="expected to be dense"):
        layers.bow_encoder(sparse, 3, 2, sparse_lookup=False)


def test_elements_that_count(run, check):
    found = layers.dense_to_sparse([[5, 0, 2], [0, 0, 1]], outputs_collections="sparse")
    made = run(found)
    assert made.indices.tolist() == [[0, 0], [0, 2], [1, 2]] and made.values.tolist() == [5, 2, 1]
    assert made.dense_shape.tolist() == [2, 3] and tf.get_collection("sparse") == [found]
    assert run(layers.dense_to_sparse(["a", ""], eos_token="")).values.tolist() == [b"a"]
    x = tf.constant([1.0, 2.0])
    scaled = layers.scale_gradient(x, 3.0)
    check(scaled, [1.0, 2.0])
    check(tf.gradients(scaled * scaled, x)[0], [6.0, 12.0])


def test_exponential_units(check):
    check(layers.elu([[-1.0]], 1, weights_initializer=ONES), [[np.exp(-1) - 1]])


def test_batch_renormalisation(run):
    x = numbers(8, 3)
    options = dict(renorm=True, renorm_decay=0.9, renorm_clipping=dict(rmax=2.0), scale=True)
    made = layers.batch_norm(x, **options)
    assert [n for n in names() if "renorm" in n] == [
        "BatchNorm/" + n for n in ("renorm_mean", "renorm_mean_weight", "renorm_stddev", "renorm_stddev_weight")
    ]
    np.testing.assert_allclose(run(made), normal(x, (0,), 1e-3), rtol=1e-4, atol=1e-5)
    twice = layers.batch_norm(x, adjustment=lambda shape: (2.0, 1.0))
    np.testing.assert_allclose(run(twice), 2 * normal(x, (0,), 1e-3) + 1, rtol=1e-4, atol=1e-5)
