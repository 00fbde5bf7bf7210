"""Shapes and the movement of elements, each with its value; both orders of arguments where there are two."""

import numpy as np
import pytest

import ferroflow as tf

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_what_is_filled(run, check):
    check(tf.zeros([2, 1]), [[0.0], [0.0]])
    check(tf.ones([2], tf.int32), [1, 1])
    assert run(tf.zeros([1], tf.bool)).tolist() == [False] and tf.zeros([2, None or 3]).shape.as_list() == [2, 3]
    check(tf.zeros_like(X), np.zeros([2, 3]))
    check(tf.ones_like(X, tf.int32), np.ones([2, 3]))
    check(tf.fill([2], 7), [7, 7])
    check(tf.fill(tf.constant([2]), 1.5), [1.5, 1.5])
    check(tf.eye(2, 3), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    check(tf.eye(2, batch_shape=[1], dtype=tf.float64), [[[1.0, 0.0], [0.0, 1.0]]])
    check(tf.range(3), [0, 1, 2])
    check(tf.range(1.0, 2.0, 0.5), [1.0, 1.5])
    check(tf.range(1, 6, 2), [1, 3, 5])
    check(tf.range(tf.constant(2)), [0, 1])
    check(tf.linspace(0.0, 1.0, 3), [0.0, 0.5, 1.0])
    check(tf.lin_space(0.0, 1.0, 2), [0.0, 1.0])
    check(tf.diag([1.0, 2.0]), [[1.0, 0.0], [0.0, 2.0]])
    check(tf.placeholder_with_default([1.0], [None]), [1.0])


def test_shapes(run, check):
    x = tf.placeholder_with_default(X, [None, 3])
    assert run(tf.shape(x)).tolist() == [2, 3] and tf.shape(x, out_type=tf.int64).dtype == tf.int64
    assert run([tf.size(x), tf.rank(x)]) == [6, 2] and run(tf.shape_n([x, x[0]]))[1].tolist() == [3]
    assert tf.reshape(x, [-1]).shape.as_list() == [None] and run(tf.reshape(x, [3, -1])).shape == (3, 2)
    assert run(tf.reshape(x, [tf.shape(x)[1], -1])).shape == (3, 2)
    assert run(tf.reshape(x, tf.TensorShape([6, 1]))).shape == (6, 1)
    with pytest.raises(ValueError, match="6 elements of shape"):
        tf.reshape(X, [4])
    assert run(tf.expand_dims(x, 1)).shape == run(tf.expand_dims(x, dim=-2)).shape == (2, 1, 3)
    assert run(tf.squeeze([[[1.0], [2.0]]])).shape == (2,) and run(tf.squeeze([[[1.0]]], squeeze_dims=[0])).shape == (
        1,
        1,
    )
    check(tf.transpose(X), np.transpose(X))
    assert run(tf.transpose([X], [1, 0, 2])).shape == (2, 1, 3)
    check(tf.broadcast_to([1.0, 2.0], [2, 2]), [[1.0, 2.0], [1.0, 2.0]])
    assert tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])) == tf.TensorShape([2, 3])


def test_joining_in_both_orders(check):
    a, b = tf.constant([[1.0]]), tf.constant([[2.0]])
    check(tf.concat([a, b], 0), [[1.0], [2.0]])
    check(tf.concat(0, [a, b]), [[1.0], [2.0]])
    check(tf.concat(values=[a, b], axis=1), [[1.0, 2.0]])
    check(tf.concat(concat_dim=1, values=[a, b]), [[1.0, 2.0]])
    check(tf.concat(np.int32(1), (a, b)), [[1.0, 2.0]])
    check(tf.concat([a], 0), [[1.0]])
    check(tf.stack([a, b], axis=2), [[[1.0, 2.0]]])
    check(tf.pack([1.0, tf.constant(2.0)]), [1.0, 2.0])
    check(tf.parallel_stack([1.0, 2.0]), [1.0, 2.0])


def test_splitting_in_both_orders(check):
    x = tf.constant(X)
    check(tf.split(x, 3, 1), [[[1.0], [4.0]], [[2.0], [5.0]], [[3.0], [6.0]]])
    check(tf.split(1, 3, x), [[[1.0], [4.0]], [[2.0], [5.0]], [[3.0], [6.0]]])
    check(tf.split(value=x, split_dim=0, num_split=2), [[X[0]], [X[1]]])
    first, second = tf.split(x, [1, 2], axis=1)
    check(first, [[1.0], [4.0]])
    check(second, [[2.0, 3.0], [5.0, 6.0]])
    check(tf.split_v(x, [-1, 1], 1)[0], [[1.0, 2.0], [4.0, 5.0]])
    check(tf.unstack(x), X)
    check(tf.unpack(x, axis=1)[2], [3.0, 6.0])
    parts = tf.unstack(tf.placeholder(tf.float32, [None, 2]), num=3)
    assert [p.shape.as_list() for p in parts] == [[2]] * 3
    with pytest.raises(ValueError, match="num is 3, but there are 2"):
        tf.unstack(x, num=3)


def test_parts(check):
    check(tf.slice(X, [0, 1], [2, -1]), [[2.0, 3.0], [5.0, 6.0]])
    check(tf.strided_slice(X, [0, 2], [1, 0], [1, -1]), [[3.0, 2.0]])
    check(tf.strided_slice(X, [1, 0], [0, 2], end_mask=1, shrink_axis_mask=1), [4.0, 5.0])
    check(tf.reverse(X, [1]), np.array(X)[:, ::-1])
    check(tf.reverse(X, [True, False]), np.array(X)[::-1])
    check(tf.reverse_v2(X, [0]), np.array(X)[::-1])
    check(tf.tile([1.0, 2.0], [2]), [1.0, 2.0, 1.0, 2.0])
    check(tf.pad([1.0], [[1, 2]]), [0.0, 1.0, 0.0, 0.0])
    check(tf.pad([1], [[1, 0]], constant_values=9), [9, 1])
    check(tf.pad([1.0, 2.0, 3.0], [[1, 1]], "REFLECT"), [2.0, 1.0, 2.0, 3.0, 2.0])
    check(tf.pad([1.0, 2.0, 3.0], [[1, 1]], mode="SYMMETRIC"), [1.0, 1.0, 2.0, 3.0, 3.0])


def test_gathering(check, run):
    check(tf.gather(X, [1, 0]), [X[1], X[0]])
    check(tf.gather(X, [2], axis=1), [[3.0], [6.0]])
    check(tf.gather_nd(X, [[0, 2], [1, 0]]), [3.0, 4.0])
    check(tf.scatter_nd([[1], [3]], [5.0, 6.0], [4]), [0.0, 5.0, 0.0, 6.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 2 is not in \[0, 2\)"):
        run(tf.gather(X, [2]))


def test_choosing(run, check):
    check(tf.where([True, False], [1.0, 2.0], [3.0, 4.0]), [1.0, 4.0])
    check(tf.where([True, False], X, tf.zeros([2, 3])), [X[0], [0.0, 0.0, 0.0]])
    assert tf.where(tf.constant(True), 1.0, 2.0).dtype == tf.float32
    check(tf.select([True, False], [1, 2], [3, 4]), [1, 4])
    check(tf.where([[False, True], [True, False]]), [[0, 1], [1, 0]])
    check(tf.boolean_mask(X, [False, True]), [X[1]])
    with pytest.raises(ValueError, match="both be None"):
        tf.where([True], [1.0])
    values, positions = tf.unique([5, 7, 5])
    assert run(values).tolist() == [5, 7] and run(positions).tolist() == [0, 1, 0]
    assert run(tf.unique_with_counts([5, 7, 5]).count).tolist() == [2, 1]


def test_choices_broadcast_nothing(check, run):
    x, condition = tf.placeholder(tf.float32), tf.placeholder(tf.bool)
    y = tf.where(condition, x, -x)
    by = tf.gradients(tf.where(condition, x, 2.0 * x), x)[0]
    check([y, by], [[X[0], np.negative(X[1])], [[1.0] * 3, [2.0] * 3]], {x: X, condition: [True, False]})
    check(y, X, {x: X, condition: True})
    check(y, np.abs(X), {x: -np.abs(X), condition: np.zeros([2, 3], bool)})
    for wrong in ([True], [True, False, True], [[True, False, True]]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="chooses neither elements nor rows"):
            run(y, {x: X, condition: wrong})
        with pytest.raises(ValueError, match="chooses neither elements nor rows"):
            tf.where(wrong, X, X)
    for a, b in ((X, 0.0), (X, X[:1]), (0.0, X)):
        with pytest.raises(ValueError, match="shapes must be equal"):
            tf.where([True, False], a, b)
    half = tf.placeholder(tf.float32, [None, 3])
    assert tf.where(condition, half, X).shape.as_list() == [2, 3]
    check(tf.where_v2([True, False, True], X, 0.0), np.array(X) * [1, 0, 1])


def test_the_first_of_several_numbers_tells_the_dtype(check, run):
    check([tf.add(1.5, 2), tf.pow(2.0, -1), tf.multiply(2.0, [1, 2])[1]], [3.5, 0.5, 4.0])
    check(tf.stack([1, 2.5]), [1.0, 2.5])
    assert tf.stack([np.array([1, 2]), np.array([3, 4])]).dtype == tf.int64
    with pytest.raises(TypeError):
        tf.add(1, 2.5)


def test_tensors_of_nothing(run):
    assert run(tf.stack([])).shape == (0,)
    assert run(tf.zeros([0, 2], tf.string)).shape == (0, 2) and run(tf.zeros([2, 0], tf.string)).shape == (2, 0)


def test_parts_of_tensors_of_unknown_rank(check):
    x, sizes = tf.placeholder(tf.float32), tf.placeholder(tf.int32, [None])
    check(tf.reverse(x, [0, -1]), np.array(X)[::-1, ::-1], {x: X})
    check(tf.gradients(tf.reverse(x, [1]) * [1.0, 10.0, 100.0], x)[0], [[100, 10, 1]] * 2, {x: X})
    check(tf.split(x, 3, 1)[2], np.array(X)[:, 2:], {x: X})
    check(tf.split(x, [1, -1])[1], X[1:], {x: X})
    check(tf.unstack(x, 3, axis=-1)[1], np.array(X)[:, 1], {x: X})
    check(tf.split(X, sizes, 1, num=2)[1], np.array(X)[:, 2:], {sizes: [2, 1]})


def test_one_hot(run, check):
    check(tf.one_hot([0, 2, -1], 3), [[1, 0, 0], [0, 0, 1], [0, 0, 0]])
    check(tf.one_hot([1], 2, 5, 7, axis=0), [[7], [5]])
    assert tf.one_hot([1], 2).dtype == tf.float32 and tf.one_hot([1], 2, 5, 7).dtype == tf.int32
    assert tf.one_hot([1], 2, dtype=tf.int64).dtype == tf.int64
    assert run(tf.sequence_mask([1, 3])).tolist() == [[True, False, False], [True, True, True]]
    check(tf.sequence_mask([1], 2, tf.float32), [[1.0, 0.0]])


def test_blocks(run):
    x = tf.reshape(tf.range(16), [1, 4, 4, 1])
    blocks = tf.space_to_depth(x, 2)
    assert run(blocks)[0, 0, 0].tolist() == [0, 1, 4, 5]
    assert run(tf.depth_to_space(blocks, 2)).tolist() == run(x).tolist()
    assert run(tf.invert_permutation([2, 0, 1])).tolist() == [1, 2, 0]


def test_random_numbers_follow_from_their_seed(run):
    shapes = [
        tf.random_normal([1000], 5.0, 0.1, seed=1),
        tf.truncated_normal([1000], 5.0, 0.1, seed=1),
        tf.random_uniform([1000], 4.8, 5.2, seed=1),
    ]
    for values in run(shapes):
        assert abs(values.mean() - 5.0) < 0.02 and values.std() > 0.05
    assert abs(run(shapes[1]) - 5.0).max() <= 0.2
    ints = run(tf.random_uniform([100], 3, 6, tf.int32, seed=2))
    assert set(ints) == {3, 4, 5}
    assert run(tf.random_uniform([2], seed=3)).tolist() == run(tf.random_uniform([2], seed=3)).tolist()
    assert sorted(run(tf.random_shuffle(tf.range(5)))) == [0, 1, 2, 3, 4]
    assert set(run(tf.multinomial([[0.0, 0.0, -100.0]], 50, seed=1))[0]) == {0, 1}
    assert tf.random.categorical([[0.0]], 1, tf.int32).dtype == tf.int32
    tf.set_random_seed(1)
    assert run(tf.random_normal([1])).shape == (1,)
    with pytest.raises(ValueError, match="Must specify maxval"):
        tf.random_uniform([1], dtype=tf.int32)


def test_random_numbers_are_tensorflows(run):
    """As TensorFlow 1.15 and 2.21 give them on a CPU."""
    tf.set_random_seed(1234)
    found = run(tf.random_uniform([3], seed=42))
    np.testing.assert_allclose(found, [0.8156372308731079, 0.8275777101516724, 0.23373675346374512], rtol=1e-6)


def test_negative_sizes_of_identities_and_one_hot_rows(run):
    n = tf.placeholder(tf.int32, [])
    for rows, what in [(tf.eye(n), "the number of rows"), (tf.eye(1, n), "the number of columns")]:
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"{what} must not be negative: -1"):
            run(rows, {n: -1})
        assert run(rows, {n: 0}).size == 0
    with pytest.raises(tf.errors.InvalidArgumentError, match="depth must not be negative: -1"):
        run(tf.one_hot([0], n), {n: -1})
    with pytest.raises(ValueError, match="the number of rows cannot be -1"):
        tf.eye(-1)
    with pytest.raises(ValueError, match="depth cannot be -1"):
        tf.one_hot([0], -1)


def test_slices_between_tensors_are_one_operation(run):
    x = tf.placeholder(tf.float32, [None, 3])
    i = tf.placeholder(tf.int32, [])
    part = x[i : i + 2, 1]
    assert part.op.type == "StridedSlice" and part.op.inputs[0] is x and part.shape.as_list() == [None]
    values = np.arange(12.0).reshape(4, 3)
    for at in [0, 1, 3, -2]:
        np.testing.assert_array_equal(run(part, {x: values, i: at}), values[at : at + 2, 1])
    slope = tf.gradients(part, x)[0]
    assert run(slope, {x: values, i: 2})[:, 1].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_zeros_at_the_end_of_strings(run):
    strings = [b"a\x00", b"\x00\x00"]
    assert run(tf.constant(strings)).tolist() == strings and run(tf.constant(b"a\x00")) == b"a\x00"
    x = tf.placeholder(tf.string)
    assert run(tf.identity(x), {x: strings}).tolist() == strings and run(tf.identity(x), {x: b"\x00"}) == b"\x00"
    assert run(tf.py_func(lambda: b"b\x00", [], tf.string)) == b"b\x00"
