"""Tensors of which only some elements are told, and labels without places."""

import numpy as np
import pytest

import ferroflow as tf


def test_a_sparse_tensor():
    x = tf.SparseTensor(indices=[[0, 1], [2, 0]], values=[5.0, 6.0], dense_shape=[3, 2])
    assert x.shape.as_list() == x.get_shape().as_list() == [3, 2] and x.dtype == tf.float32
    assert x.indices.dtype == x.dense_shape.dtype == tf.int64 and x.graph is tf.get_default_graph()
    assert x.op is x.values.op and str(x).startswith("SparseTensor(indices=Tensor(")
    with tf.Session() as session:
        found = session.run({"x": [x]})["x"][0]
        assert isinstance(found, tf.SparseTensorValue) and isinstance(x.eval(), tf.SparseTensorValue)
        assert found.indices.tolist() == [[0, 1], [2, 0]] and found.values.tolist() == [5.0, 6.0]
    again = tf.SparseTensor.from_value(found)
    assert tf.SparseTensor.from_value(again) is again
    with pytest.raises(ValueError):
        tf.SparseTensor([0, 1], [5.0, 6.0], [3])


def test_feeds():
    x = tf.sparse_placeholder(tf.float32, name="x")
    fixed = tf.sparse.placeholder(tf.float32, [2, 2])
    assert (x.values.name, x.shape.ndims, fixed.shape.as_list()) == ("x/values:0", None, [2, 2])
    dense, total = tf.sparse_tensor_to_dense(x), tf.sparse.reduce_sum(x, 1)
    value = tf.SparseTensorValue(np.array([[0, 0], [1, 1]]), np.array([1.0, 2.0]), np.array([2, 3]))
    with tf.Session() as session:
        assert session.run(dense, {x: value}).tolist() == [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
        assert session.run(total, {x: tuple(value)}).tolist() == [1.0, 2.0]
        assert session.run(tf.sparse.to_dense(fixed, -1.0), {fixed: (*value[:2], [2, 2])}).tolist() == [
            [1.0, -1.0],
            [-1.0, 2.0],
        ]
        assert session.run(x, {x: value}).values.tolist() == [1.0, 2.0]


def test_dense_tensors_of_sparse_ones(check, run):
    check(tf.sparse_to_dense([[0, 1], [2, 0]], [3, 2], [5, 6], -1), [[-1, 5], [-1, -1], [6, -1]])
    check(tf.sparse_to_dense([1, 3], [5], 1.0), [0.0, 1.0, 0.0, 1.0, 0.0])
    check(tf.sparse_to_dense(2, [3], 7), [0, 0, 7])
    x = tf.SparseTensor([[0, 0], [0, 1], [1, 1]], [1.0, 2.0, 3.0], [2, 2])
    check(tf.sparse_reduce_sum(x), 6.0)
    check(tf.sparse_reduce_sum(x, 0, keep_dims=True), [[1.0, 5.0]])
    kept = tf.sparse_retain(x, [True, False, True])
    check(tf.sparse_tensor_to_dense(kept), [[1.0, 0.0], [0.0, 3.0]])
    assert run(tf.sparse.retain(x, [False] * 3)).values.shape == (0,)


def test_products(check):
    values = tf.constant([1.0, 2.0, 3.0])
    a, b = tf.SparseTensor([[0, 0], [1, 2], [0, 2]], values, [2, 3]), tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    product = tf.sparse_tensor_dense_matmul(a, b)
    check(product, [[16.0, 20.0], [10.0, 12.0]])
    assert product.shape.as_list() == [2, 2]
    by_values, by_matrix = tf.gradients(product, [values, b])
    check(by_values, [3.0, 11.0, 11.0])
    check(tf.convert_to_tensor(by_matrix), [[1.0, 1.0], [0.0, 0.0], [5.0, 5.0]])
    check(tf.sparse.matmul(a, tf.constant([[1.0], [2.0]]), adjoint_a=True), [[1.0], [0.0], [7.0]])
    check(tf.sparse.sparse_dense_matmul(a, tf.transpose(b), adjoint_b=True), [[16.0, 20.0], [10.0, 12.0]])


def test_the_gradient_by_the_dense_operand_is_dense():
    """So that Momentum moves all rows in every step: TensorFlow's numbers."""
    s, w = tf.sparse_placeholder(tf.float32, [3, 4]), tf.Variable(tf.ones([4, 2]))
    loss = tf.reduce_sum(tf.square(tf.sparse_tensor_dense_matmul(s, w)))
    assert isinstance(tf.gradients(loss, w)[0], tf.Tensor)
    step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for indices, values in (([[0, 1], [2, 0]], [1.0, 2.0]), ([[0, 2]], [1.0]), ([[0, 3]], [1.0])):
            session.run(step, {s: tf.SparseTensorValue(indices, values, [3, 4])})
        np.testing.assert_allclose(session.run(w)[:, 0], [-1.168, 0.458, 0.62, 0.8], rtol=1e-5)


@pytest.mark.parametrize("validated", [tf.sparse_tensor_to_dense, tf.sparse.to_dense])
def test_indices_ascend_within_the_shape(validated, run):
    fed = tf.sparse_placeholder(tf.float32, [3, 2])
    for indices, message in (
        ([[0, 1], [0, 0]], r"out of order or repeated:\] \[1\] \[0 0\]"),
        ([[0, 0], [0, 1], [0, 1]], r"out of order or repeated:\] \[2\] \[0 1\]"),
        ([[0, 0], [3, 0]], r"out of bounds:\] \[1\] \[3 0\] \[in shape\] \[3 2\]"),
        ([[0, -1]], r"out of bounds:\] \[0\] \[0 -1\]"),
    ):
        values = np.arange(1.0, len(indices) + 1.0, dtype=np.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(validated(tf.SparseTensor(indices, values, [3, 2])))
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(validated(fed), {fed: (indices, values, [3, 2])})
    found = run(validated(fed), {fed: ([[0, 1], [2, 0]], [5.0, 6.0], [3, 2])})
    assert found.tolist() == [[0.0, 5.0], [0.0, 0.0], [6.0, 0.0]]
    assert run(validated(fed), {fed: (np.zeros([0, 2]), [], [3, 2])}).tolist() == [[0.0, 0.0]] * 3
    late = tf.SparseTensor([[2, 0], [0, 1]], [6.0, 5.0], [3, 2])
    assert run(validated(late, validate_indices=False)).tolist() == found.tolist()


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
def test_rows_without_symbols_are_zeros(combiner, run):
    vectors = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    ids = tf.SparseTensor([[0, 0], [2, 0]], [1, 0], [3, 2])
    found = tf.nn.embedding_lookup_sparse(vectors, ids, None, combiner=combiner)
    assert run(found).tolist() == [[3.0, 4.0], [0.0, 0.0], [1.0, 2.0]]
    weights = tf.SparseTensor(ids.indices, [2.0, 0.0], [3, 2])
    found = tf.nn.embedding_lookup_sparse(vectors, ids, weights, combiner=combiner)
    first = [6.0, 8.0] if combiner == "sum" else [3.0, 4.0]
    assert run(found).tolist() == [first, [0.0, 0.0], [0.0, 0.0]]
    by_vectors = tf.convert_to_tensor(tf.gradients(found[0], vectors)[0])
    assert run(by_vectors).tolist() == [[0.0, 0.0], [2.0, 2.0] if combiner == "sum" else [1.0, 1.0]]


@pytest.mark.parametrize(
    "combiner, expected",
    [
        ("sum", [[6.0, 8.0], [24.0, 27.0]]),
        (None, [[3.0, 4.0], [8.0, 9.0]]),
        ("sqrtn", [[4.2426407, 5.6568542], [13.8564065, 15.5884571]]),
    ],
)
def test_vectors_of_several_symbols(combiner, expected, check):
    vectors = np.arange(12, dtype=np.float32).reshape(6, 2)
    ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], [1, 2, 3, 4, 5], [2, 3])
    check(tf.nn.embedding_lookup_sparse(vectors, ids, None, combiner=combiner), expected)
    if combiner == "sum":
        weights = tf.SparseTensor(ids.indices, [1.0, 0.0, 0.0, 2.0, 0.0], [2, 3])
        check(tf.nn.embedding_lookup_sparse(vectors, ids, weights, combiner="sum"), [[2.0, 3.0], [16.0, 18.0]])
    with pytest.raises(ValueError, match="combiner must be one of"):
        tf.nn.embedding_lookup_sparse(vectors, ids, None, combiner="max")


LOGITS = np.random.RandomState(0).randn(7, 4, 5).astype(np.float32)
LENGTHS = [7, 5, 4, 2]


def labels(values=(1, 1, 3, 0, 2, 0, 3)):
    indices = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 0], [3, 0]]
    return tf.SparseTensor(indices, tf.constant(values, tf.int32), [4, 3])


def test_the_loss_of_labels_without_places(check):
    """TensorFlow's numbers for the same logits."""
    logits = tf.constant(LOGITS)
    loss = tf.nn.ctc_loss(labels(), logits, LENGTHS)
    check(loss, [7.5435762, 5.1017132, 4.4488115, 3.5680742])
    gradient = tf.gradients(loss, logits)[0]
    check(tf.reduce_sum(gradient[:, 0], 0), [1.3263500, -1.5907197, 0.8212004, 0.3893511, -0.9461818])
    check(gradient[0, 0], [0.2256487, -0.4175598, 0.1028905, 0.3635148, -0.2744943])
    check(gradient[5:, 1:], np.zeros([2, 3, 5]))
    by_batch = tf.nn.ctc_loss(labels(), tf.transpose(logits, [1, 0, 2]), LENGTHS, time_major=False)
    check(by_batch, [7.5435762, 5.1017132, 4.4488115, 3.5680742])
    # One step of two classes, of which one is the blank.
    sure = tf.SparseTensor([[0, 0]], tf.constant([0]), [1, 1])
    check(tf.nn.ctc_loss(sure, [[[0.0, 0.0]]], [1]), [0.6931472])
    # No label at all: a blank in each step.
    check(
        tf.nn.ctc_loss(tf.SparseTensor(np.zeros([0, 2]), tf.zeros([0], tf.int32), [1, 1]), [[[0.0, 0.0]]] * 2, [2]),
        [1.3862944],
    )


def test_sequences_too_short_for_their_labels(run):
    short = tf.nn.ctc_loss(labels(), LOGITS, [3, 5, 4, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Not enough time for target transition sequence"):
        run(short)
    losses = run(tf.nn.ctc_loss(labels(), LOGITS, [3, 5, 4, 2], ignore_longer_outputs_than_inputs=True))
    assert losses[0] == 0.0 and losses[1] == pytest.approx(5.1017132)
    with pytest.raises(TypeError, match="to be a SparseTensor"):
        tf.nn.ctc_loss([[1]], LOGITS, LENGTHS)


def test_the_likeliest_labels(run):
    (found,), score = run(tf.nn.ctc_greedy_decoder(LOGITS, LENGTHS))
    assert found.indices.tolist() == [
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 0],
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 0],
        [2, 1],
        [3, 0],
    ]
    assert found.values.tolist() == [3, 3, 0, 3, 1, 3, 2, 0, 1, 2, 1] and found.dense_shape.tolist() == [4, 4]
    np.testing.assert_allclose(score, [[-11.3366385], [-5.6190295], [-3.3587391], [-2.7243698]], rtol=1e-5)
    (every,), _ = run(tf.nn.ctc_greedy_decoder(LOGITS, LENGTHS, merge_repeated=False))
    assert every.values.tolist() == [3, 3, 0, 3, 1, 3, 2, 2, 0, 1, 1, 1, 2, 1, 1] and every.dense_shape.tolist() == [
        4,
        5,
    ]
    (none,), _ = run(tf.nn.ctc_greedy_decoder([[[0.0, 1.0]]], [1]))
    assert none.values.size == 0 and none.dense_shape.tolist() == [1, 0]


def test_distances_of_sequences(check):
    a = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], [1, 2, 3, 4, 5], [3, 3])
    b = tf.SparseTensor([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0]], [1, 3, 2, 4, 7], [3, 3])
    check(tf.edit_distance(a, b), [0.3333333, 2.0, 1.0])
    check(tf.edit_distance(a, b, normalize=False), [1.0, 2.0, 1.0])
    empty = tf.SparseTensor(np.zeros([0, 2]), tf.zeros([0], tf.int32), [3, 3])
    check(tf.edit_distance(a, empty), [np.inf, np.inf, 0.0])
    with pytest.raises(TypeError, match="must be SparseTensors"):
        tf.edit_distance(a, [1])
