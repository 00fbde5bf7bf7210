"""Constants that a run gives other values, and axes and steps that only a run tells."""

import numpy as np
import pytest

import ferroflow as tf

X = np.arange(1.0, 10.0, dtype=np.float32).reshape(3, 3)
BY_AXIS = [
    (lambda x, axis: tf.concat([x, x], axis), np.concatenate([X, X], 1)),
    (lambda x, axis: tf.expand_dims(x, axis), X[:, None]),
    (lambda x, axis: tf.gather(x, [[2, 0]], axis=axis), X[:, [[2, 0]]]),
    (lambda x, axis: tf.split(x, 3, axis)[1], X[:, 1:2]),
    (lambda x, axis: tf.split(x, [1, -1], axis)[1], X[:, 1:]),
    (lambda x, axis: tf.reverse(x, [axis]), X[:, ::-1]),
    (lambda x, axis: tf.nn.softmax(x * 0, axis), np.full([3, 3], 1 / 3)),
    (lambda x, axis: tf.exp(tf.nn.log_softmax(x * 0, axis)), np.full([3, 3], 1 / 3)),
    (lambda x, axis: tf.reduce_sum(x, axis), X.sum(1)),
    (lambda x, axis: tf.reduce_max(x, axis, keepdims=True), X.max(1, keepdims=True)),
    (lambda x, axis: tf.argmax(x, axis), [2, 2, 2]),
    (lambda x, axis: tf.cumsum(x, axis), X.cumsum(1)),
    (lambda x, axis: tf.nn.moments(x, [axis])[0], X.mean(1)),
]


@pytest.mark.parametrize("function, expected", BY_AXIS)
@pytest.mark.parametrize("dtype", [tf.int32, tf.int64])
def test_axes_that_only_a_run_tells(check, function, expected, dtype):
    axis = tf.placeholder(dtype, [])
    check(function(tf.constant(X), axis), expected, {axis: 1})


@pytest.mark.parametrize("function, expected", BY_AXIS)
def test_a_constant_axis_may_be_fed(check, function, expected):
    axis = tf.constant(0)
    check(function(tf.constant(X), axis), expected, {axis: 1})


def test_axes_counted_from_the_end(check):
    x, axis = tf.constant(X), tf.placeholder(tf.int32, [])
    made = [tf.concat([x, x], axis), tf.expand_dims(x, axis), tf.gather(x, [0], axis=axis), tf.split(x, 3, axis)[0]]
    for y, expected in zip(made, [np.concatenate([X, X], 1), X[:, :, None], X[:, :1], X[:, :1]]):
        check(y, expected, {axis: -1})


def test_the_rank_stays_known():
    x, axis = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [])
    made = [tf.concat([x, x], axis), tf.expand_dims(x, axis), tf.gather(x, [0], axis=axis), tf.reverse(x, [axis])]
    assert [t.shape.as_list() for t in made] == [[None] * 2, [None] * 3, [None] * 2, [None, 3]]
    one = tf.constant(1)
    made = [tf.concat([x, x], one), tf.expand_dims(x, one), tf.gather(x, [0], axis=one), tf.split(x, 3, one)[0]]
    assert [t.shape.as_list() for t in made] == [[None, 6], [None, 1, 3], [None, 1], [None, 1]]


def test_an_axis_out_of_range(run):
    axis, x = tf.placeholder(tf.int32, []), tf.constant(X)
    for y in (tf.concat([x, x], axis), tf.gather(x, [0], axis=axis), tf.reverse(x, [axis])):
        with pytest.raises(tf.errors.InvalidArgumentError, match="axis 2 is out of range for rank 2"):
            run(y, {axis: 2})
    with pytest.raises(ValueError, match="axis 2 is out of range for rank 2"):
        tf.concat([x, x], tf.constant(2))


def test_derivatives_along_an_axis(check):
    x, axis = tf.constant(X), tf.placeholder(tf.int32, [])
    made = [tf.concat([x, 2 * x], axis), tf.gather(x, [2, 2], axis=axis), tf.split(x, 3, axis)[1]]
    expected = [np.full([3, 3], 3.0), [[0, 0, 2]] * 3, [[0, 1, 0]] * 3]
    check([tf.gradients(y, x)[0] for y in made], expected, {axis: 1})


def test_fed_bounds(run):
    x, c = tf.constant(X), tf.constant(2)
    parts = [x[:, c:], x[:, :c], x[0, c], x[:, ::c], tf.slice(x, [0, 0], [c, c]), tf.tile(x[0], [c])]
    assert [part.shape.as_list() for part in parts] == [[3, 1], [3, 2], [], [3, 2], [2, 2], [6]]
    found = run(parts, {c: 1})
    expected = [X[:, 1:], X[:, :1], X[0, 1], X, X[:1, :1], X[0]]
    assert [np.asarray(value).tolist() for value in found] == [value.tolist() for value in expected]
    pads = [tf.pad(x, [[0, 0], [c, 0]], mode) for mode in ("CONSTANT", "REFLECT", "SYMMETRIC")]
    found = run(pads, {c: 1})
    modes = ("constant", "reflect", "symmetric")
    assert [value.tolist() for value in found] == [np.pad(X, [(0, 0), (1, 0)], mode).tolist() for mode in modes]


def test_fed_sizes(run):
    sizes, n = tf.constant([1, 2]), tf.constant(3)
    parts = tf.split(X[0], sizes, 0)
    assert [part.tolist() for part in run(parts, {sizes: [2, 1]})] == [[1.0, 2.0], [3.0]]
    assert run(tf.eye(n), {n: 1}).tolist() == [[1.0]]
    assert run(tf.reshape(X, [n, -1]), {n: 1}).tolist() == X.reshape(1, 9).tolist()


def test_fed_constants_in_loops_and_choices(run):
    x, c = tf.constant(X[0]), tf.constant(1)
    _, total = tf.while_loop(lambda i, t: i < 2, lambda i, t: (i + 1, t + tf.reduce_sum(x[c:])), [0, 0.0])
    chosen = tf.cond(x[0] > 0, lambda: x[c:], lambda: x[:c])
    assert run(total, {c: 2}) == 6.0 and run(total) == 10.0
    assert run(chosen, {c: 2}).tolist() == [3.0]


def test_steps_may_be_tensors(run):
    x, step, i = tf.constant(X[0]), tf.placeholder(tf.int32, []), tf.placeholder(tf.int64, [])
    forwards, backwards = run(x[::step], {step: 2}), run(x[::step], {step: -2})
    assert forwards.tolist() == [1.0, 3.0] and backwards.tolist() == [3.0, 1.0]
    assert run(x[i::2], {i: 1}).tolist() == [2.0]
    assert run(x[i:0:step], {i: 2, step: -1}).tolist() == [3.0, 2.0]
    gradient = tf.gradients(x[::step] * [1.0, 10.0], x)[0]
    assert run(gradient, {step: -2}).tolist() == [10.0, 0.0, 1.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="a stride must not be 0"):
        run(x[::step], {step: 0})


@pytest.mark.parametrize(
    "function, expected",
    [
        (lambda x, axis: tf.reduce_mean(x, axis) ** 2, [[4 / 3] * 3, [10 / 3] * 3]),
        (lambda x, axis: tf.reduce_prod(x, axis), [[6, 3, 2], [30, 24, 20]]),
        (lambda x, axis: tf.reduce_prod(x, [axis], True), [[6, 3, 2], [30, 24, 20]]),
        (lambda x, axis: tf.nn.moments(x, [axis])[1], [[-2 / 3, 0, 2 / 3]] * 2),
        (lambda x, k: tf.nn.top_k(x, k + 1)[0], [[0, 1, 1]] * 2),
    ],
)
def test_derivatives_along_an_axis_that_is_fed(check, function, expected):
    x, axis, open_axis = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), tf.constant(0), tf.placeholder(tf.int32, [])
    for fed in (axis, open_axis):
        check(tf.gradients(function(x, fed), x)[0], expected, {fed: 1})


def test_derivatives_where_the_rank_is_not_known(check):
    x = tf.placeholder(tf.float32)
    feed = {x: [[2.0, 0.0], [3.0, 5.0]]}
    check(tf.gradients(tf.reduce_prod(x, -1), x)[0], [[0, 2], [5, 3]], feed)
    check(tf.gradients(tf.reduce_prod(x), x)[0], [[0, 30], [0, 0]], feed)
    check(tf.gradients(tf.reduce_mean(x, 0) * [1.0, 2.0], x)[0], [[0.5, 1], [0.5, 1]], feed)
    check(tf.gradients(tf.nn.top_k(x, 1)[0], x)[0], [[1, 0], [0, 1]], feed)


def test_what_is_known_of_derivatives(check, run):
    x = tf.placeholder(tf.float32, [None, 3])
    assert tf.convert_to_tensor(tf.gradients(tf.gather(x, [1]), x)[0]).shape.as_list() == [None, 3]
    assert tf.gradients(tf.nn.bias_add(x, [1.0, 2.0, 3.0]), x)[0].shape.as_list() == [None, 3]
    a = tf.placeholder(tf.float32)
    stacks = X.reshape(3, 1, 3)
    check(tf.matmul(a, a, transpose_b=True), (stacks**2).sum(2, keepdims=True), {a: stacks})
    check(tf.matrix_transpose(a), stacks.transpose(0, 2, 1), {a: stacks})
    for made in (tf.stack([a, 2.0 * a], 1), tf.tile(1.5 * a, [2, 1]), tf.gather(1.5 * a, [0, 2, 1] * 2, axis=1)):
        check(tf.gradients(made, a)[0], np.full([3, 3], 3.0), {a: X})
    assert run(tf.matmul(a, X), {a: X}).shape == (3, 3)
