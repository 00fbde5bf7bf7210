"""`IndexedSlices`, the derivative by gathered rows, stand wherever a tensor does."""

import ferroflow as tf
import numpy as np
import pytest

DENSE = [[0.0, 0.0], [4.0, 4.0], [0.0, 0.0], [2.0, 2.0]]


def table_and_rows():
    table = tf.Variable(tf.ones([4, 2]), name="table")
    rows = tf.gradients(tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, [1, 3, 1]))), table)[0]
    assert isinstance(rows, tf.IndexedSlices)
    return table, rows


@pytest.mark.parametrize(
    "use, expected",
    [
        (lambda g, v: tf.convert_to_tensor(g), DENSE),
        (lambda g, v: tf.identity(g), DENSE),
        (lambda g, v: tf.square(g), np.square(DENSE)),
        (lambda g, v: g * 2, np.multiply(DENSE, 2)),
        (lambda g, v: v - 0.5 * g, 1 - np.multiply(DENSE, 0.5)),
        (lambda g, v: tf.reduce_sum(g, 1), [0.0, 8.0, 0.0, 4.0]),
        (lambda g, v: tf.norm(g), 40**0.5),
        (lambda g, v: tf.nn.l2_loss(g), 20.0),
        (lambda g, v: tf.matmul(g, v, transpose_b=True)[1], [8.0] * 4),
        (lambda g, v: tf.stack([g, v])[0], DENSE),
        (lambda g, v: tf.concat([g, v], 1)[:, :2], DENSE),
        (lambda g, v: tf.add_n([g, v, g]), 1 + np.multiply(DENSE, 2)),
        (lambda g, v: tf.where(tf.is_nan(g), tf.zeros_like(g), g), DENSE),
        (lambda g, v: tf.cond(tf.constant(True), lambda: g, lambda: v), DENSE),
        (lambda g, v: v.assign(g), DENSE),
        (lambda g, v: tf.assign_sub(v, g), 1 - np.array(DENSE)),
        (lambda g, v: tf.Variable(g).initial_value, DENSE),
        (lambda g, v: tf.gradients(v * 1.0, v, grad_ys=g)[0], DENSE),
    ],
)
def test_a_function_of_tensors_takes_them_whole(check, use, expected):
    table, rows = table_and_rows()
    check(use(rows, table), expected)


def test_functions_that_keep_the_rows_apart(run):
    rows = table_and_rows()[1]
    kept = [
        -rows,
        tf.clip_by_value(rows, -1.0, 1.0),
        tf.clip_by_norm(rows, 6**0.5),
        tf.clip_by_global_norm([rows], 6**0.5)[0][0],
        tf.tuple([rows])[0],
        tf.cast(rows, tf.float64),
        tf.scalar_mul(0.5, rows),
        rows,
    ]
    assert all(isinstance(g, tf.IndexedSlices) for g in kept)
    # Three rows of two elements, each 2.
    for found, each in zip(run(kept), [-2.0, 1.0, 1.0, 1.0, 2.0, 2.0, 1.0, 2.0]):
        np.testing.assert_allclose(found.values, np.full([3, 2], each), rtol=1e-6)
        assert found.indices.tolist() == [1, 3, 1] and found.dense_shape.tolist() == [4, 2]
    np.testing.assert_allclose(run(tf.global_norm([rows])), 24**0.5, rtol=1e-6)


def test_they_are_run_fetched_and_recorded(run):
    table, rows = table_and_rows()
    assert run(tf.group(rows)) is None
    with tf.control_dependencies([rows]):
        after = tf.no_op()
    assert after.control_inputs == [rows.op]
    assert tf.Summary.FromString(run(tf.summary.histogram("g", rows))).value[0].histo.max == 4.0
    step = tf.train.GradientDescentOptimizer(1.0).apply_gradients([(tf.clip_by_value(rows, -1.0, 1.0), table)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(table).tolist() == [[1, 1], [-1, -1], [1, 1], [0, 0]]


def test_rows_of_a_tensor_of_unknown_shape_are_no_tensor():
    rows = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([0]))
    for use in (tf.square, tf.convert_to_tensor, lambda g: g + 1.0):
        with pytest.raises(ValueError, match="Tensor conversion requested for IndexedSlices without dense_shape"):
            use(rows)
    with pytest.raises(ValueError, match="requested dtype int32 for IndexedSlices"):
        tf.convert_to_tensor(table_and_rows()[1], tf.int32)
