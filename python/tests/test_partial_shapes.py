"""Static shapes made from values of which a part is known while the graph is built, and operands that are tensors. The
shapes that `tf.placeholder`s leave open are `None`; all are what TensorFlow infers, or are unknown to it."""

import numpy as np
import pytest

import ferroflow as tf


@pytest.fixture
def images():
    return tf.placeholder(tf.float32, [None, 28, 28, 3])


@pytest.fixture
def rows():
    return tf.placeholder(tf.float32, [None, 12])


def shape(*tensors):
    return [t.shape.as_list() for t in tensors] if len(tensors) > 1 else tensors[0].shape.as_list()


def test_the_batch_keeps_what_is_known_behind_it(images, rows):
    s = tf.shape(images)
    n = s[0]
    assert shape(tf.reshape(images, [n, 2352])) == [None, 2352]
    assert shape(tf.reshape(images, [n, s[1] * s[2] * s[3]])) == [None, 2352]
    assert shape(tf.reshape(images, [n, -1])) == [None, None]
    assert shape(tf.reshape(rows, [n, 3, 4])) == [None, 3, 4]
    assert shape(tf.reshape(tf.zeros([4, 6]), [n, 6])) == [4, 6]
    assert shape(tf.reshape(rows, tf.concat([s[:1], [7]], 0))) == [None, 7]
    assert shape(tf.reshape(rows, tf.cast([n, 12], tf.int64))) == [None, 12]
    assert shape(tf.reshape(rows, [tf.shape(images, out_type=tf.int64)[0], 12])) == [None, 12]
    for made in (tf.zeros, tf.ones, tf.random_normal, tf.random_uniform, tf.truncated_normal):
        assert shape(made([n, 4])) == [None, 4]
    assert shape(tf.fill([n, 4], 1.0)) == [None, 4]
    assert shape(tf.random_uniform([n, 4], 0, 3, tf.int32)) == [None, 4]


def test_parts_of_a_shape(images, rows):
    s = tf.shape(images)
    n = s[0]
    assert shape(tf.zeros(s[1:])) == [28, 28, 3]
    assert shape(tf.zeros(s[:-1])) == [None, 28, 28]
    assert shape(tf.zeros(tf.stack([n, s[3]]))) == [None, 3]
    assert shape(tf.zeros(tf.stack(tf.unstack(s)))) == [None, 28, 28, 3]
    assert shape(tf.zeros([tf.unstack(s)[0], tf.unstack(s)[3]])) == [None, 3]
    assert shape(tf.zeros(tf.cast(s, tf.int64))) == [None, 28, 28, 3]
    assert shape(tf.zeros(tf.cast(tf.shape(images, out_type=tf.int64), tf.int32))) == [None, 28, 28, 3]
    assert shape(tf.zeros(tf.shape_n([images, rows])[1])) == [None, 12]
    assert shape(tf.zeros([n * 2, s[3] * 2])) == [None, 6]
    assert shape(tf.zeros([n, s[1] + 1])) == [None, 29]
    assert shape(tf.zeros([n, s[1] // 2])) == [None, 14]
    assert shape(tf.zeros([tf.rank(images), n])) == [4, None]
    assert shape(tf.zeros(tf.concat([tf.expand_dims(n, 0), [4]], 0))) == [None, 4]
    # Not known to TensorFlow.
    assert shape(tf.zeros([n, tf.reduce_prod(s[1:])])) == [None, 2352]
    assert shape(tf.zeros(tf.gather(s, [0, 3]))) == [None, 3]
    assert shape(tf.zeros(s * [1, 2, 2, 1])) == [None, 56, 56, 3]
    assert shape(tf.zeros(tf.split(s, 2)[0])) == [None, 28]


def test_operands_that_are_sizes(images, rows):
    n = tf.shape(images)[0]
    assert shape(tf.tile(rows, [n, 2]), tf.tile(rows, [1, n])) == [[None, 24], [None, None]]
    assert shape(tf.slice(rows, [0, 0], [n, 3]), tf.slice(rows, [n, 1], [2, -1])) == [[None, 3], [2, 11]]
    assert shape(tf.slice(rows, [0, n], [-1, 5])) == [None, 5]
    assert shape(tf.pad(rows, [[0, n], [1, 1]]), tf.pad(tf.zeros([5, 6]), [[0, 1], [n, 1]])) == [[None, 14], [6, None]]
    assert shape(tf.broadcast_to(tf.zeros([1, 6]), [n, 6])) == [None, 6]
    assert shape(tf.scatter_nd([[1, 0]], [2.0], [n, 4])) == [None, 4]
    assert shape(tf.boolean_mask(images, tf.placeholder(tf.bool, [None]))) == [None, 28, 28, 3]
    assert shape(tf.boolean_mask(images, tf.placeholder(tf.bool, [None, 28]))) == [None, 28, 3]
    filters = tf.zeros([3, 3, 5, 3])
    assert shape(tf.nn.conv2d_transpose(images, filters, [n, 56, 56, 5], [1, 2, 2, 1])) == [None, 56, 56, 5]
    assert shape(tf.strided_slice(rows, [n, 0], [n, 6], begin_mask=1, end_mask=1)) == [None, 6]
    assert shape(tf.strided_slice(rows, tf.stack([n, 2]), [n, 6], shrink_axis_mask=1)) == [4]
    assert shape(rows[:n, :3], rows[n, :3], rows[0, n:]) == [[None, 3], [3], [None]]


def test_layers_behind_what_is_known_in_part(run, images):
    n = tf.shape(images)[0]
    logits = tf.layers.dense(tf.reshape(images, [n, 28 * 28 * 3]), 5)
    state = tf.nn.rnn_cell.BasicLSTMCell(8).zero_state(batch_size=n, dtype=tf.float32)
    assert shape(logits, state.c, state.h) == [[None, 5], [None, 8], [None, 8]]
    cell = tf.nn.rnn_cell.GRUCell(4)
    outputs, _ = tf.nn.dynamic_rnn(cell, images[:, :, 0], initial_state=cell.zero_state(n, tf.float32))
    assert shape(outputs) == [None, 28, 4]
    found = run([logits, state.c, outputs], {images: np.zeros([2, 28, 28, 3])})
    assert [f.shape for f in found] == [(2, 5), (2, 8), (2, 28, 4)]


def test_what_is_fed_in_place_of_a_shape(run, rows):
    known, part = tf.constant([2, 3]), tf.stack([tf.shape(rows)[0], 12])
    whole, of_rows = tf.reshape(tf.range(6), known), tf.reshape(rows, part) + 1.0
    assert shape(whole, of_rows) == [[2, 3], [None, 12]]
    assert run(whole, {known: [3, 2]}).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert run(of_rows, {part: [3, 4], rows: np.zeros([1, 12])}).shape == (3, 4)


def test_splitting(run, rows):
    n = tf.placeholder(tf.int32, [])
    assert shape(*tf.split(rows, 2, 0)) == [[None, 12]] * 2
    assert shape(*tf.split(rows, [3, -1], 0)) == [[3, 12], [None, 12]]
    assert shape(*tf.split(rows, tf.constant([3, 9]), 1)) == [[None, 3], [None, 9]]
    assert shape(*tf.split(rows, tf.placeholder(tf.int32, [2]), 1)) == [[None, None]] * 2
    assert shape(*tf.split(rows, 2, tf.constant(1))) == [[None, 6]] * 2
    # One size known, which TensorFlow does not see.
    sizes = tf.split(rows, [n, 5], 1)
    assert shape(*sizes) == [[None, None], [None, 5]]
    x = np.arange(36, dtype=np.float32).reshape(3, 12)
    first, last = run(sizes, {rows: x, n: 7})
    assert np.array_equal(first, x[:, :7]) and np.array_equal(last, x[:, 7:])
    first, last = run(tf.split(rows, [n, -1]), {rows: x, n: 1})
    assert np.array_equal(first, x[:1]) and np.array_equal(last, x[1:])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Got sizes:\] \[2 5\] \[of\] \[12\]"):
        run(sizes, {rows: x, n: 2})
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot be reshaped to .2, 1, 12."):
        run(tf.split(rows, 2, 0), {rows: x})
    with pytest.raises(ValueError, match="3 elements cannot be split evenly into 2 parts"):
        tf.split(x, 2, 0)
    with pytest.raises(ValueError, match="the parts .1, 1. are not the 3 elements of axis 0"):
        tf.split(x, [1, 1], 0)


def test_counts_that_are_tensors(run, images):
    n, start = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [])
    width = tf.shape(images)[3]
    assert shape(tf.one_hot([1, 2], n), tf.one_hot([1, 2], width)) == [[2, None], [2, 3]]
    assert shape(tf.eye(n, 4), tf.eye(4, n), tf.eye(width)) == [[None, 4], [4, None], [3, 3]]
    assert shape(tf.eye(3, batch_shape=[n])) == [None, 3, 3]
    assert shape(tf.linspace(0.0, 1.0, n), tf.linspace(start, 1.0, 5), tf.linspace(0.0, start, width)) == [
        [None],
        [5],
        [3],
    ]
    assert shape(tf.range(n), tf.range(0, n, 2), tf.range(width), tf.range(start, 1.0, 0.1)) == [
        [None],
        [None],
        [3],
        [None],
    ]
    made = [tf.one_hot([1], n), tf.eye(n, 2), tf.linspace(start, 1.0, n), tf.range(0, n, 2)]
    one_hot, eye, linspace, every = run(made, {n: 3, start: 0.0})
    assert one_hot.tolist() == [[0, 1, 0]] and eye.tolist() == [[1, 0], [0, 1], [0, 0]]
    assert linspace.tolist() == [0.0, 0.5, 1.0] and every.tolist() == [0, 2]


def test_one_hot_of_bools(run):
    rows = tf.one_hot([1, 2], 3, on_value=True, off_value=False)
    assert rows.dtype == tf.bool and run(rows).tolist() == [[False, True, False], [False, False, True]]
    assert run(tf.one_hot([1], 2, True, axis=0)).tolist() == [[False], [True]]
    assert run(tf.one_hot([0], 2, dtype=tf.bool)).tolist() == [[True, False]]


AXES = [
    ("reduce_sum", [None, 28, 3]),
    ("reduce_mean", [None, 28, 3]),
    ("reduce_max", [None, 28, 3]),
    ("reduce_prod", [None, 28, 3]),
    ("reduce_logsumexp", [None, 28, 3]),
    ("argmax", [None, 28, 3]),
    ("argmin", [None, 28, 3]),
    ("cumsum", [None, 28, 28, 3]),
    ("cumprod", [None, 28, 28, 3]),
    ("expand_dims", [None, 1, 28, 28, 3]),
]


@pytest.mark.parametrize("function, expected", AXES)
def test_axes_that_are_constants(images, function, expected):
    assert shape(getattr(tf, function)(images, tf.constant(1))) == expected


def test_axes_that_are_tensors(run, images, rows):
    one, axis = tf.constant(1), tf.placeholder(tf.int32, [])
    assert shape(tf.concat([rows, rows], one), tf.gather(rows, [0], axis=one)) == [[None, 24], [None, 1]]
    assert shape(tf.reverse(rows, tf.constant([1])), tf.nn.softmax(rows, one)) == [[None, 12]] * 2
    assert shape(tf.argmax(rows, axis), tf.cumsum(rows, axis)) == [[None], [None, 12]]
    assert tf.reduce_sum(images, axis).shape.ndims is None
    assert shape(tf.reduce_sum(images, axis, keepdims=True)) == [None] * 4
    found = run([tf.reduce_sum(rows, axis), tf.argmax(rows, axis)], {rows: [np.arange(12)], axis: 1})
    assert found[0].tolist() == [66.0] and found[1].tolist() == [11]
    assert shape(tf.concat([rows, rows], axis), tf.expand_dims(rows, axis)) == [[None, None], [None, None, None]]


def test_a_loss_of_unknown_rank_is_a_scalar():
    x = tf.placeholder(tf.float32)
    assert shape(tf.reduce_mean(x), tf.reduce_sum(x), tf.reduce_max(x), tf.reduce_logsumexp(x)) == [[]] * 4
    assert tf.reduce_all(x > 0).shape.as_list() == [] and tf.reduce_mean(x, 0).shape.ndims is None
    assert tf.reduce_mean(x, keepdims=True).shape.ndims is None
    _, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: [i + 1, t + tf.reduce_mean(x)], [0, tf.reduce_mean(x)])
    with tf.Session() as session:
        assert session.run(total, {x: [[1.0, 2.0], [3.0, 6.0]]}) == 12.0
        assert session.run(total, {x: 2.0}) == 8.0


def test_what_a_run_may_feed_is_not_its_default():
    v, x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), tf.constant([1.0, 2.0, 3.0, 4.0])
    two, one = tf.placeholder_with_default(2, []), tf.placeholder_with_default(1, [])
    pair = tf.placeholder_with_default([2], [1])
    assert shape(v[:, :two], tf.zeros(pair), tf.range(one)) == [[2, None], [None], [None]]
    fetches = [v[:, :two], v[0, two], x[one:], tf.zeros(pair), tf.slice(x, [two], [2])]
    with tf.Session() as session:
        plain = session.run(fetches)
        fed = session.run(fetches, {two: 1, one: 2, pair: [1]})
    assert [np.array(value).tolist() for value in plain] == [
        [[1.0, 2.0], [4.0, 5.0]],
        3.0,
        [2.0, 3.0, 4.0],
        [0.0, 0.0],
        [3.0, 4.0],
    ]
    assert [np.array(value).tolist() for value in fed] == [[[1.0], [4.0]], 2.0, [3.0, 4.0], [0.0], [2.0, 3.0]]
