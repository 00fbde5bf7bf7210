"""Neural networks, each function with its value."""

import numpy as np
import pytest

import ferroflow as tf

IMAGE = np.arange(1.0, 17.0).reshape(1, 4, 4, 1)


@pytest.mark.parametrize(
    "function, expected",
    [
        (tf.nn.relu, [0.0, 0.0, 2.0]),
        (tf.nn.relu6, [0.0, 0.0, 2.0]),
        (tf.nn.elu, [-0.632121, 0.0, 2.0]),
        (tf.nn.selu, [-1.111331, 0.0, 2.101402]),
        (tf.nn.softplus, [0.313262, 0.693147, 2.126928]),
        (tf.nn.softsign, [-0.5, 0.0, 0.666667]),
        (tf.nn.sigmoid, [0.268941, 0.5, 0.880797]),
        (tf.nn.tanh, [-0.761594, 0.0, 0.964028]),
        (tf.nn.leaky_relu, [-0.2, 0.0, 2.0]),
        (tf.nn.softmax, [0.042010, 0.114195, 0.843795]),
        (tf.nn.log_softmax, [-3.169846, -2.169846, -0.169846]),
        (tf.nn.crelu, [0.0, 0.0, 2.0, 1.0, 0.0, 0.0]),
        (tf.nn.zero_fraction, 1 / 3),
        (tf.nn.l2_loss, 2.5),
    ],
)
def test_of_one_tensor(check, function, expected):
    check(function([-1.0, 0.0, 2.0]), expected)


def test_softmax_along_an_axis(check):
    check(tf.nn.softmax([[0.0], [0.0]], 0), [[0.5], [0.5]])
    check(tf.nn.softmax([[0.0], [0.0]], dim=0), [[0.5], [0.5]])
    check(tf.nn.log_softmax([[0.0], [0.0]], axis=0), [[-0.693147], [-0.693147]])


def test_cross_entropies_by_name_and_by_position(check):
    logits, labels = np.array([[1.0, 2.0], [3.0, 1.0]], np.float32), np.array([[0.0, 1.0], [0.5, 0.5]], np.float32)
    expected = [0.313262, 1.126928]
    check(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits), expected)
    check(tf.nn.softmax_cross_entropy_with_logits(logits, labels), expected)
    check(tf.nn.softmax_cross_entropy_with_logits_v2(labels, logits), expected)
    check(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels.T, logits=logits.T, axis=0), expected)
    cube = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
    entropies = tf.nn.softmax_cross_entropy_with_logits_v2(labels=cube, logits=np.zeros_like(cube), axis=0)
    check(entropies, np.log(2.0) * cube.sum(0))
    check(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 0], logits=logits), [0.313262, 0.126928])
    check(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, [1, 0]), [0.313262, 0.126928])
    sigmoid = [[1.313262, 0.126928], [1.548587, 0.813262]]
    check(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), sigmoid)
    check(tf.nn.sigmoid_cross_entropy_with_logits(logits, targets=labels), sigmoid)
    weighted = [[1.313262, 0.253856], [1.572881, 0.969893]]
    check(tf.nn.weighted_cross_entropy_with_logits(labels, logits, 2.0), weighted)
    with pytest.raises(ValueError, match="Both labels and logits must be provided"):
        tf.nn.softmax_cross_entropy_with_logits(labels=labels)


def test_no_derivative_passes_to_labels():
    labels, logits = tf.constant([[0.0, 1.0]]), tf.constant([[1.0, 2.0]])
    loss = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    assert tf.gradients(loss, [labels]) == [None]
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
    assert tf.gradients(loss, [labels])[0] is not None


def test_convolutions(check):
    filters = tf.ones([2, 2, 1, 1], tf.float64)
    x = tf.constant(IMAGE)
    y = tf.nn.conv2d(x, filters, [1, 2, 2, 1], "VALID")
    check(y, [[[[14.0], [22.0]], [[46.0], [54.0]]]])
    check(tf.nn.conv2d(x, filters=filters, strides=2, padding="VALID"), [[[[14.0], [22.0]], [[46.0], [54.0]]]])
    nchw = tf.nn.conv2d(tf.transpose(x, [0, 3, 1, 2]), filters, [1, 1, 2, 2], "VALID", data_format="NCHW")
    check(nchw, [[[[14.0, 22.0], [46.0, 54.0]]]])
    check(tf.nn.convolution(x, filters, "VALID", [2, 2]), [[[[14.0], [22.0]], [[46.0], [54.0]]]])
    check(tf.nn.atrous_conv2d(x, filters, 2, "VALID")[0, 0, 0], [24.0])
    check(tf.nn.conv1d([[[1.0], [2.0], [3.0]]], [[[1.0]], [[10.0]]], 1, "VALID"), [[[21.0], [32.0]]])
    check(
        tf.nn.conv2d_transpose(y, filters, [1, 4, 4, 1], [1, 2, 2, 1], "VALID")[0, :, :, 0][0], [14.0, 14.0, 22.0, 22.0]
    )
    grads = tf.nn.conv2d_backprop_input([1, 4, 4, 1], filters, tf.ones_like(y), [1, 2, 2, 1], "VALID")
    check(grads, np.ones([1, 4, 4, 1]))
    grads = tf.nn.conv2d_backprop_filter(x, [2, 2, 1, 1], tf.ones_like(y), [1, 2, 2, 1], "VALID")
    check(grads[:, :, 0, 0], [[24.0, 28.0], [40.0, 44.0]])
    check(tf.nn.depthwise_conv2d(x, filters, [1, 2, 2, 1], "VALID")[0, 0, 0], [14.0])
    check(tf.nn.depthwise_conv2d_native(x, filters, [1, 2, 2, 1], "VALID")[0, 0, 0], [14.0])
    pointwise = tf.constant([[[[2.0, 3.0]]]], tf.float64)
    check(tf.nn.separable_conv2d(x, filters, pointwise, [1, 2, 2, 1], "VALID")[0, 0, 0], [28.0, 42.0])
    with pytest.raises(ValueError, match="'padding' passed string 'FULL' not in: \"SAME\", \"VALID\""):
        tf.nn.conv2d(x, filters, [1, 1, 1, 1], "FULL")
    with pytest.raises(ValueError, match="must be 1 along batch and channels"):
        tf.nn.conv2d(x, filters, [2, 1, 1, 1], "SAME")
    with pytest.raises(ValueError, match="the depths of input and filter differ: 1 and 2"):
        tf.nn.conv2d(x, tf.ones([2, 2, 2, 1], tf.float64), [1, 1, 1, 1], "SAME")


def test_explicit_padding(check):
    x, k = tf.reshape(tf.range(32.0), [1, 4, 4, 2]), tf.ones([2, 2, 2, 1])
    y = tf.nn.conv2d(x, k, [1, 2, 2, 1], [[0, 0], [2, 1], [0, 1], [0, 0]])
    check(y, [[[[0.0], [0.0]], [[44.0], [76.0]], [[172.0], [204.0]]]])
    with pytest.raises(ValueError, match="a list of 4 pairs"):
        tf.nn.conv2d(x, k, [1, 1, 1, 1], [[0, 0], [1, 1]])
    with pytest.raises(ValueError, match="not be of batch or channels"):
        tf.nn.conv2d(x, k, [1, 1, 1, 1], [[0, 0], [0, 0], [0, 0], [0, 1]])
    with pytest.raises(ValueError, match="not be negative"):
        tf.nn.conv2d(x, k, [1, 1, 1, 1], [[0, 0], [-1, 0], [0, 0], [0, 0]])


def test_pooling(check):
    check(tf.nn.max_pool(IMAGE, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")[0, :, :, 0], [[6.0, 8.0], [14.0, 16.0]])
    check(tf.nn.avg_pool(IMAGE, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")[0, :, :, 0], [[3.5, 5.5], [11.5, 13.5]])
    check(tf.nn.pool(IMAGE, [2, 2], "MAX", "VALID", strides=[2, 2])[0, :, :, 0], [[6.0, 8.0], [14.0, 16.0]])


def test_dropout(run):
    x = tf.ones([1000])
    for y in (tf.nn.dropout(x, 0.25, seed=1), tf.nn.dropout(x, rate=0.75, seed=1)):
        values = run(y)
        assert set(values) == {0.0, 4.0} and 200 < (values > 0).sum() < 300
    rows = run(tf.nn.dropout(tf.ones([50, 3]), 0.5, noise_shape=[50, 1], seed=2))
    assert (rows == rows[:, :1]).all()
    assert tf.nn.dropout(x, 1.0) is x
    with pytest.raises(ValueError, match=r"in the range \(0, 1\]"):
        tf.nn.dropout(x, 0.0)
    with pytest.raises(ValueError, match="One of keep_prob and rate"):
        tf.nn.dropout(x)
    with pytest.raises(ValueError, match="floating point"):
        tf.nn.dropout([1, 2], 0.5)


def test_normalisations(check):
    x = np.array([[1.0, 2.0], [3.0, 6.0]])
    mean, variance = tf.nn.moments(tf.constant(x), [0])
    check(mean, [2.0, 4.0])
    check(variance, [1.0, 4.0])
    check(tf.nn.moments(x, [0, 1], keep_dims=True)[0], [[3.0]])
    check(tf.nn.l2_normalize([3.0, 4.0], 0), [0.6, 0.8])
    check(tf.nn.l2_normalize([3.0, 4.0], dim=0), [0.6, 0.8])
    normal = tf.nn.batch_normalization(tf.constant(x), mean, variance, [1.0, 1.0], [2.0, 2.0], 0.0)
    check(normal, [[-1.0, -1.0], [3.0, 3.0]])
    old = tf.nn.batch_norm_with_global_normalization(tf.constant(x), mean, variance, [1.0, 1.0], [2.0, 2.0], 0.0)
    check(old, [[-1.0, -1.0], [3.0, 3.0]])
    y, mean, variance = tf.nn.fused_batch_norm(IMAGE, [1.0], [0.0], epsilon=0.0)
    check([mean, variance], [[8.5], [22.666667]])
    check(tf.reduce_mean(y), 0.0)
    y, _, _ = tf.nn.fused_batch_norm(IMAGE, [1.0], [0.0], [1.0], [4.0], 0.0, is_training=False)
    check(y[0, 0, 0], [0.0])
    one = tf.nn.local_response_normalization([[[[1.0, 2.0]]]], 1, 1.0, 1.0, 1.0)
    check(one, [[[[1 / 6, 2 / 6]]]])
    check(tf.nn.lrn([[[[1.0, 2.0]]]], 1, 1.0, 1.0, 1.0), [[[[1 / 6, 2 / 6]]]])


def test_rows(check, run):
    table = tf.constant([[1.0], [2.0], [3.0]])
    check(tf.nn.embedding_lookup(table, [2, 0]), [[3.0], [1.0]])
    check(tf.nn.embedding_lookup([table[:2], table[2:]], [2, 1]), [[2.0], [3.0]])
    found = tf.nn.top_k([[1.0, 3.0, 2.0]], 2)
    assert type(found) is tf.nn.TopKV2
    assert run(found).values.tolist() == [[3.0, 2.0]] and run(found.indices).tolist() == [[1, 2]]
    assert run(tf.nn.in_top_k([[0.1, 0.9], [0.8, 0.2]], [1, 1], 1)).tolist() == [True, False]
    check(tf.nn.bias_add([[1.0, 2.0]], [10.0, 20.0]), [[11.0, 22.0]])
    check(tf.nn.xw_plus_b([[1.0]], [[2.0]], [3.0]), [[5.0]])
    check(tf.nn.relu_layer([[1.0]], [[-2.0]], [1.0]), [[0.0]])
    check(tf.nn.embedding_lookup(tf.constant([[3.0, 4.0], [0.3, 0.4]]), [0, 1], max_norm=1.0), [[0.6, 0.8], [0.3, 0.4]])


def test_sigmoid_losses_do_not_broadcast():
    flat, column = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None, 1])
    message = r"logits and labels must have the same shape \(\(\?, 1\) vs \(\?,\)\)"
    with pytest.raises(ValueError, match=message):
        tf.nn.sigmoid_cross_entropy_with_logits(labels=flat, logits=column)
    with pytest.raises(ValueError, match=message):
        tf.nn.weighted_cross_entropy_with_logits(flat, column, 2.0)


def test_biases_of_channels_that_come_second(check):
    for shape in ([1, 2], [1, 2, 3], [1, 2, 1, 3], [1, 2, 1, 1, 3]):
        biased = tf.nn.bias_add(tf.zeros(shape), [1.0, 2.0], "NCHW" if len(shape) == 4 else "NC...")
        check(biased, np.broadcast_to(np.reshape([1.0, 2.0], [2, *[1] * (len(shape) - 2)]), shape))
    assert biased.op.name == "BiasAdd_3"
    with pytest.raises(ValueError, match="must be of the form"):
        tf.nn.bias_add(tf.zeros([1, 2]), [1.0, 2.0], "HWC")
    layer = tf.layers.Conv3D(2, 1, data_format="channels_first", bias_initializer=tf.ones_initializer())
    check(layer(tf.zeros([1, 1, 2, 1, 1])), np.ones([1, 2, 2, 1, 1]))
