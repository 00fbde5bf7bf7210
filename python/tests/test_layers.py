"""Layers, losses and what programs use of contrib."""

import numpy as np
import pytest

import ferroflow as tf

ONES = tf.ones_initializer()


def names(key="variables"):
    return [v.op.name for v in tf.get_collection(key)]


def test_dense(check):
    x = tf.constant([[1.0, 2.0]])
    check(tf.layers.dense(x, 3, kernel_initializer=ONES, bias_initializer=ONES), [[4.0, 4.0, 4.0]])
    check(tf.layers.dense(-x, 1, tf.nn.relu, use_bias=False, kernel_initializer=ONES, name="last"), [[0.0]])
    assert names() == ["dense/kernel", "dense/bias", "last/kernel"]
    stacked = tf.layers.dense(tf.ones([2, 3, 4]), 5, kernel_initializer=ONES)
    check(stacked, np.full([2, 3, 5], 4.0))
    unknown = tf.layers.dense(tf.placeholder(tf.float32, [None, None, 4]), 5)
    assert unknown.shape.as_list() == [None, None, 5]
    with pytest.raises(ValueError, match="channel dimension"):
        tf.layers.dense(tf.placeholder(tf.float32, [1, None]), 2)


def test_layers_share_their_variables():
    layer = tf.layers.Dense(2, name="shared")
    x = tf.ones([1, 3])
    assert layer(x).shape == layer.apply(x).shape and names() == ["shared/kernel", "shared/bias"]
    assert [v.op.name for v in layer.trainable_variables] == ["shared/kernel", "shared/bias"]
    assert (layer.name, layer.scope_name, layer.units, layer.non_trainable_variables) == ("shared", "shared", 2, [])
    tf.layers.dense(x, 2, name="shared", reuse=True)
    assert len(names()) == 2
    with pytest.raises(ValueError, match="already exists"):
        tf.layers.dense(x, 2, name="shared")


def test_regularizers():
    x = tf.ones([1, 2])
    tf.layers.dense(x, 1, kernel_initializer=ONES, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.5))
    tf.layers.Dense(1, kernel_initializer=ONES, activity_regularizer=lambda y: tf.reduce_sum(y))(x)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(tf.losses.get_regularization_losses()) == [0.5, 2.0]
        assert session.run(tf.losses.get_regularization_loss()) == 2.5
        both = tf.contrib.layers.l1_l2_regularizer(1.0, 2.0)(tf.constant([1.0, -2.0]))
        assert session.run(both) == 8.0
        assert session.run(tf.contrib.layers.l1_regularizer(2.0)(tf.constant([1.0, -2.0]))) == 6.0
    assert tf.contrib.layers.l2_regularizer(0.0)(x) is None
    with pytest.raises(ValueError, match="less than 0"):
        tf.contrib.layers.l1_regularizer(-1.0)


def test_convolutions(check):
    image = tf.ones([1, 4, 4, 2])
    check(tf.layers.conv2d(image, 1, 2, 2, kernel_initializer=ONES), np.full([1, 2, 2, 1], 8.0))
    first = tf.layers.conv2d(tf.ones([1, 2, 4, 4]), 3, (2, 2), padding="Same", data_format="channels_first")
    assert first.shape.as_list() == [1, 3, 4, 4]
    check(tf.layers.conv1d(tf.ones([1, 4, 2]), 1, 2, kernel_initializer=ONES), np.full([1, 3, 1], 4.0))
    up = tf.layers.conv2d_transpose(image, 1, 2, 2, "same", kernel_initializer=ONES)
    check(up, np.full([1, 8, 8, 1], 2.0))
    for cls in (tf.layers.Conv1D, tf.layers.Conv2D, tf.layers.Conv2DTranspose):
        assert cls(3, 2).filters == 3 and cls(3, 2).kernel_size in ((2,), (2, 2))
    assert tf.layers.MaxPooling2D(2, 2).pool_size == tf.layers.AveragePooling2D(2, 2).pool_size == 2
    assert names()[:4] == ["conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias"]
    assert names()[4:] == ["conv1d/kernel", "conv1d/bias", "conv2d_transpose/kernel", "conv2d_transpose/bias"]
    with pytest.raises(ValueError, match="channels_first, channels_last"):
        tf.layers.conv2d(image, 1, 2, data_format="NHWC")


def test_pooling_flattening_dropout(check, run):
    image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    check(tf.layers.max_pooling2d(image, 2, 2)[0, :, :, 0], [[5.0, 7.0], [13.0, 15.0]])
    check(tf.layers.average_pooling2d(image, [2, 2], [2, 2])[0, :, :, 0], [[2.5, 4.5], [10.5, 12.5]])
    assert tf.layers.flatten(tf.placeholder(tf.float32, [None, 2, 3])).shape.as_list() == [None, 6]
    check(tf.layers.Flatten()(image), [range(16)])
    check(tf.layers.dropout(tf.ones([3]), 0.5), [1.0, 1.0, 1.0])
    assert set(run(tf.layers.dropout(tf.ones([100]), 0.5, training=True, seed=1))) == {0.0, 2.0}
    training = tf.placeholder(tf.bool, [])
    dropped = tf.layers.Dropout(0.5)(tf.ones([100]), training=training)
    assert set(run(dropped, {training: False})) == {1.0} and set(run(dropped, {training: True})) == {0.0, 2.0}


def test_batch_normalization():
    x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    training = tf.placeholder(tf.bool, [])
    y = tf.layers.batch_normalization(x, momentum=0.5, epsilon=0.0, training=training)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    prefix = "batch_normalization/"
    assert names() == [prefix + n for n in ("gamma", "beta", "moving_mean", "moving_variance")]
    assert names("trainable_variables") == [prefix + "gamma", prefix + "beta"] and len(updates) == 2
    mean, variance = tf.global_variables()[2:]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(y, {training: False}), [[1.0, 2.0], [3.0, 6.0]], rtol=1e-6)
        np.testing.assert_allclose(session.run(y, {training: True}), [[-1.0, -1.0], [1.0, 1.0]], rtol=1e-6)
        session.run(updates, {training: True})
        np.testing.assert_allclose(session.run([mean, variance]), [[1.0, 2.0], [1.0, 2.5]], rtol=1e-6)
    trained = tf.layers.BatchNormalization(axis=1)(tf.ones([2, 3, 4]), training=True)
    assert trained.shape.as_list() == [2, 3, 4]


def test_a_layer_of_ones_own(check):
    class Scale(tf.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_variable("factor", [], initializer=tf.constant_initializer(3.0))
            super().build(input_shape)

        def call(self, inputs):
            return inputs * self.factor

    check(Scale()([1.0, 2.0]), [3.0, 6.0])
    assert names() == ["scale/factor"]
    with pytest.raises(TypeError, match="Keyword argument not understood"):
        tf.layers.Dense(1, colour="red")


def test_contrib_layers(check):
    x = tf.ones([1, 2])
    check(tf.contrib.layers.fully_connected(x, 1, weights_initializer=ONES), [[2.0]])
    image = tf.ones([1, 4, 4, 1])
    check(tf.contrib.layers.conv2d(image, 1, 2, 2, "VALID", weights_initializer=ONES)[0, 0, 0], [4.0])
    assert names() == ["fully_connected/weights", "fully_connected/biases", "Conv/weights", "Conv/biases"]
    check(tf.contrib.layers.max_pool2d(image, 2), np.ones([1, 2, 2, 1]))
    check(tf.contrib.layers.avg_pool2d(image, 2), np.ones([1, 2, 2, 1]))
    check(tf.contrib.layers.flatten(image), np.ones([1, 16]))
    check(tf.contrib.layers.dropout(x, 0.5, is_training=False), [[1.0, 1.0]])
    check(tf.contrib.layers.one_hot_encoding([1], 2), [[0.0, 1.0]])
    normal = tf.contrib.layers.batch_norm(tf.constant([[1.0], [3.0]]), epsilon=0.0)
    check(normal, [[-1.0], [1.0]])
    assert tf.contrib.layers.xavier_initializer_conv2d is tf.contrib.layers.xavier_initializer
    assert tf.contrib.layers.variance_scaling_initializer().mode == "fan_in"
    assert tf.contrib.layers.convolution2d is tf.contrib.layers.conv2d


def test_losses(check):
    labels, predictions = [[0.0, 1.0]], [[0.5, 3.0]]
    check(tf.losses.absolute_difference(labels, predictions), 1.25)
    check(tf.losses.mean_squared_error(labels, predictions), 2.125)
    check(tf.losses.mean_squared_error(labels, predictions, [[1.0, 0.0]]), 0.25)
    check(tf.losses.huber_loss(labels, predictions, delta=1.0), (0.125 + 1.5) / 2)
    check(tf.losses.log_loss([1.0], [0.5], epsilon=0.0), 0.693147)
    check(tf.losses.hinge_loss([1.0, 0.0], [0.5, -2.0]), 0.25)
    check(tf.losses.cosine_distance([[0.0, 1.0]], [[0.5, 0.5]], axis=1), 0.5)
    check(tf.losses.sigmoid_cross_entropy([[1.0]], [[0.0]]), 0.693147)
    check(tf.losses.sigmoid_cross_entropy([[1.0]], [[2.0]], label_smoothing=0.5), 0.626928)
    check(tf.losses.softmax_cross_entropy([[0, 1]], [[1.0, 2.0]]), 0.313262)
    check(tf.losses.softmax_cross_entropy([[0, 1]], [[1.0, 2.0]], label_smoothing=0.5), 0.563262)
    check(tf.losses.sparse_softmax_cross_entropy([1], [[1.0, 2.0]]), 0.313262)
    check(tf.losses.sparse_softmax_cross_entropy([[1]], [[1.0, 2.0]]), 0.313262)
    assert len(tf.losses.get_losses()) == 13
    with pytest.raises(ValueError, match="must not be None"):
        tf.losses.mean_squared_error(None, predictions)
    with pytest.raises(ValueError, match="incompatible"):
        tf.losses.mean_squared_error([1.0], predictions)
    with pytest.raises(ValueError, match="can not be broadcast"):
        tf.losses.mean_squared_error(labels, predictions, [1.0, 2.0])
    with pytest.raises(TypeError, match="unexpected keyword argument 'delta'"):
        tf.losses.mean_squared_error(labels, predictions, delta=1.0)
    with pytest.raises(ValueError, match="must specify 'axis'"):
        tf.losses.cosine_distance([1.0], [1.0])


def test_reductions_of_losses(check):
    losses, weights = [[1.0, 2.0], [3.0, 4.0]], [[2.0], [0.0]]
    reduction = tf.losses.Reduction
    expected = {
        reduction.NONE: [[2.0, 4.0], [0.0, 0.0]],
        reduction.SUM: 6.0,
        reduction.MEAN: 1.5,
        reduction.SUM_OVER_BATCH_SIZE: 1.5,
        reduction.SUM_BY_NONZERO_WEIGHTS: 3.0,
    }
    assert set(expected) == set(reduction.all())
    for way, value in expected.items():
        check(tf.losses.compute_weighted_loss(losses, weights, loss_collection=None, reduction=way), value)
    assert tf.losses.get_losses() == []
    with pytest.raises(ValueError, match="Invalid Reduction Key"):
        reduction.validate("max")
    tf.losses.add_loss(tf.constant(2.0))
    tf.losses.mean_squared_error([1.0], [2.0])
    check(tf.losses.get_total_loss(), 3.0)


def test_volumes(check):
    volume = np.arange(16.0, dtype=np.float32).reshape(1, 2, 2, 2, 2)
    ones = tf.ones_initializer()
    check(tf.layers.conv3d(volume, 1, 2, kernel_initializer=ones, bias_initializer=ones), [[[[[121.0]]]]])
    layer = tf.layers.Conv3D(3, (1, 2, 2), padding="same", activation=tf.nn.relu, name="volumes")
    assert layer(volume).shape.as_list() == [1, 2, 2, 2, 3] and layer.kernel.shape.as_list() == [1, 2, 2, 2, 3]
    assert [v.op.name for v in layer.variables] == ["volumes/kernel", "volumes/bias"]
    check(tf.layers.max_pooling3d(volume, 2, 2), [[[[[14.0, 15.0]]]]])
    check(tf.layers.average_pooling3d(volume, (2, 2, 2), 1), [[[[[7.0, 8.0]]]]])
    check(
        tf.layers.MaxPooling3D(2, 1, data_format="channels_first")(volume.reshape(1, 2, 2, 2, 2)),
        [[[[[7.0]]], [[[15.0]]]]],
    )
    assert tf.layers.AveragePooling3D(2, 1).pool_size == 2
