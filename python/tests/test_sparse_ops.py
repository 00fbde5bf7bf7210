"""Operations on tensors of which only some elements are told."""

import numpy as np
import pytest

import ferroflow as tf


def small():
    """[[1, 0, 2], [0, 3, 0]]."""
    return tf.SparseTensor([[0, 0], [0, 2], [1, 1]], [1.0, 2.0, 3.0], [2, 3])


@pytest.fixture
def dense(run):
    """The value of a sparse tensor, whose elements must be in order, as lists."""
    return lambda x: run(tf.sparse_tensor_to_dense(x)).tolist()


def test_elements_in_another_order(dense, run):
    mixed = tf.SparseTensor([[1, 1], [0, 2], [0, 0]], [3.0, 2.0, 1.0], [2, 3])
    assert run(tf.sparse_reorder(mixed)).values.tolist() == [1.0, 2.0, 3.0]
    assert run(tf.sparse.reorder(mixed)).indices.tolist() == [[0, 0], [0, 2], [1, 1]]
    assert dense(tf.sparse_transpose(small())) == [[1.0, 0.0], [0.0, 3.0], [2.0, 0.0]]
    assert dense(tf.sparse.transpose(small(), [0, 1])) == [[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]


def test_other_shapes(dense, run):
    assert dense(tf.sparse_reshape(small(), [3, -1])) == [[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="requested shape"):
        run(tf.sparse.reshape(small(), [4, 2]))
    assert dense(tf.sparse_reset_shape(small(), [3, 4]))[1:] == [[0.0, 3.0, 0.0, 0.0], [0.0] * 4]
    trimmed = tf.sparse.reset_shape(tf.SparseTensor([[0, 1]], [5], [4, 4]))
    assert run(trimmed).dense_shape.tolist() == [1, 2]
    with pytest.raises(tf.errors.InvalidArgumentError, match="is smaller than"):
        run(tf.sparse_reset_shape(small(), [2, 2]))
    with pytest.raises(ValueError, match="new_shape has 3 dimensions, the sparse tensor has 2"):
        tf.sparse_reset_shape(small(), [2, 2, 2])
    assert run(tf.sparse.expand_dims(small(), 1)).indices.tolist() == [[0, 0, 0], [0, 0, 2], [1, 0, 1]]


def test_joined_and_cut(dense, run):
    assert dense(tf.sparse_concat(1, [small(), small()]))[0] == [1.0, 0.0, 2.0, 1.0, 0.0, 2.0]
    assert dense(tf.sparse.concat(-2, [small(), small()]))[2] == [1.0, 0.0, 2.0]
    wide = tf.SparseTensor([[0, 3]], [9.0], [1, 4])
    assert dense(tf.sparse_concat(0, [small(), wide], expand_nonconcat_dim=True))[2] == [0.0, 0.0, 0.0, 9.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="differ"):
        run(tf.sparse_concat(0, [small(), wide]))
    with pytest.raises(ValueError, match="axis must be in the range"):
        tf.sparse_concat(2, [small(), small()])
    assert dense(tf.sparse_slice(small(), [0, 1], [2, 9])) == [[0.0, 2.0], [3.0, 0.0]]
    assert dense(tf.sparse.slice(small(), [1, 0], [1, 2])) == [[0.0, 3.0]]
    first, second = tf.sparse_split(sp_input=small(), num_split=2, axis=1)
    assert dense(first) == [[1.0, 0.0], [0.0, 3.0]] and dense(second) == [[2.0], [0.0]]
    assert len(tf.sparse.split(sp_input=small(), num_split=1, axis=0)) == 1


def test_rows_without_elements(dense, run):
    x = tf.SparseTensor([[1, 1], [3, 0]], [5, 6], [5, 2])
    filled, empty = tf.sparse_fill_empty_rows(x, -1)
    assert dense(filled) == [[-1, 0], [0, 5], [-1, 0], [6, 0], [-1, 0]]
    assert run(empty).tolist() == [True, False, True, False, True]
    assert dense(tf.sparse.fill_empty_rows(small(), 0.0)[0]) == [[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]


def test_sums(dense, run, check):
    other = tf.SparseTensor([[0, 1], [1, 1]], [4.0, -3.0], [2, 3])
    assert dense(tf.sparse_add(small(), other)) == [[1.0, 4.0, 2.0], [0.0, 0.0, 0.0]]
    assert run(tf.sparse_add(small(), other, 1.5)).indices.tolist() == [[0, 1], [0, 2]]
    assert run(tf.sparse.add(small(), other, threshold=0.0)).values.tolist() == [1.0, 4.0, 2.0, 0.0]
    check(tf.sparse_add(small(), np.ones([2, 3], np.float32)), [[2.0, 1.0, 3.0], [1.0, 4.0, 1.0]])
    with pytest.raises(TypeError, match="At least one input should be SparseTensor"):
        tf.sparse_add([1.0], [2.0])
    assert dense(tf.sparse_reduce_sum_sparse(small(), 1)) == [3.0, 3.0]
    assert run(tf.sparse.reduce_sum_sparse(small(), 0, keepdims=True)).dense_shape.tolist() == [1, 3]


def test_extremes(dense, check):
    check(tf.sparse_reduce_max(small(), 1), [2.0, 3.0])
    check(tf.sparse.reduce_max(small()), 3.0)
    assert dense(tf.sparse_reduce_max_sparse(small(), 0)) == [1.0, 3.0, 2.0]
    assert dense(tf.sparse.reduce_max_sparse(small(), -1)) == [2.0, 3.0]
    other = tf.SparseTensor([[0, 1], [1, 1]], [-4.0, 7.0], [2, 3])
    assert dense(tf.sparse_maximum(small(), other)) == [[1.0, 0.0, 2.0], [0.0, 7.0, 0.0]]
    assert dense(tf.sparse.minimum(small(), other)) == [[0.0, -4.0, 0.0], [0.0, 3.0, 0.0]]
    assert dense(tf.sparse_minimum(small(), small())) == [[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]
    assert dense(tf.sparse.maximum(small(), small())) == [[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]


def test_probabilities_of_what_is_told(run, check):
    x = tf.SparseTensor([[0, 0, 0], [0, 0, 1], [1, 1, 0]], [0.0, np.log(3.0), 8.0], [2, 2, 2])
    np.testing.assert_allclose(run(tf.sparse_softmax(x)).values, [0.25, 0.75, 1.0], rtol=1e-6)
    values = tf.constant([0.0, np.log(3.0)], tf.float32)
    one = tf.sparse.softmax(tf.SparseTensor([[0, 0], [0, 1]], values, [1, 2]))
    check(tf.gradients(one.values[0], values)[0], [0.1875, -0.1875])


def test_numbers_as_places(dense, run):
    ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [2, 0, 1], [2, 2])
    assert run(tf.sparse_to_indicator(ids, 3)).tolist() == [[True, False, True], [False, True, False]]
    weights = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [5.0, 6.0, 7.0], [2, 2])
    assert dense(tf.sparse_merge(ids, weights, 3)) == [[6.0, 0.0, 5.0], [0.0, 7.0, 0.0]]
    assert run(tf.sparse.merge([ids, ids], weights, [3, 3])).indices.tolist() == [[0, 0, 0], [0, 2, 2], [1, 1, 1]]
    assert run(tf.sparse.to_indicator(ids, 3)).shape == (2, 3)
    with pytest.raises(TypeError, match="must be of integers"):
        tf.sparse_to_indicator(weights, 3)


def test_rows_left_out(run):
    slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0]]), tf.constant([4, 7, 9]))
    for mask in (tf.sparse_mask, tf.sparse.mask):
        kept = mask(slices, [7])
        assert run(kept.values).tolist() == [[1.0], [3.0]] and run(kept.indices).tolist() == [4, 9]


def test_sparse_tensors_of_dense_ones(dense):
    assert dense(tf.sparse.from_dense([[0, 5], [6, 0]])) == [[0, 5], [6, 0]]
    assert dense(tf.sparse.eye(2, 3)) == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_derivatives_by_the_elements(check):
    values = tf.constant([1.0, 2.0, 3.0])
    x = tf.SparseTensor([[0, 0], [0, 2], [1, 1]], values, [2, 3])
    moved = tf.sparse_concat(0, [tf.sparse_transpose(x), tf.sparse_reshape(x, [3, 2])])
    total = tf.reduce_sum(moved.values * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    check(tf.gradients(total, values)[0], [1.0 + 4.0, 3.0 + 5.0, 2.0 + 6.0])


def test_vectors_where_there_may_be_no_symbol(check):
    table = np.arange(8.0, dtype=np.float32).reshape(4, 2)
    ids = tf.SparseTensor([[0, 0], [0, 1], [2, 0], [3, 0]], tf.constant([1, 3, -1, 2], tf.int64), [5, 2])
    lookup = tf.nn.safe_embedding_lookup_sparse
    # As TensorFlow gives them.
    check(lookup(table, ids), [[4, 5], [0, 0], [0, 0], [4, 5], [0, 0]])
    check(lookup(table, ids, default_id=3, combiner="sum"), [[8, 10], [6, 7], [6, 7], [4, 5], [6, 7]])
    weights = tf.SparseTensor(ids.indices, [1.0, 0.0, 1.0, 2.0], ids.dense_shape)
    check(lookup(table, ids, weights), [[2, 3], [0, 0], [0, 0], [4, 5], [0, 0]])
    deep = tf.SparseTensor([[0, 0, 0], [1, 1, 0]], tf.constant([1, 2], tf.int64), [2, 2, 1])
    check(lookup(table, deep), [[[2, 3], [0, 0]], [[0, 0], [4, 5]]])
    with pytest.raises(ValueError, match="Missing embedding_weights"):
        lookup([], ids)


def test_sums_of_rows_by_number(check):
    table = np.arange(8.0, dtype=np.float32).reshape(4, 2)
    given = table, [0, 1, 3], [0, 0, 1]
    check(tf.sparse_segment_sum(*given), [[2, 4], [6, 7]])
    check(tf.sparse_segment_mean(*given), [[1, 2], [6, 7]])
    check(tf.sparse_segment_sqrt_n(*given), [[2**0.5, 8**0.5], [6, 7]])
    check(tf.sparse.segment_sum(*given, num_segments=3), [[2, 4], [6, 7], [0, 0]])
    check(tf.sparse.segment_mean(*given, num_segments=3), [[1, 2], [6, 7], [0, 0]])
    check(tf.sparse.segment_sqrt_n(*given, num_segments=3)[2], [0, 0])


def empty(*sizes):
    return tf.SparseTensor(np.zeros([0, len(sizes)]), tf.zeros([0]), sizes)


@pytest.mark.parametrize("function", [tf.sparse_add, tf.sparse_maximum, tf.sparse_minimum])
def test_shapes_must_be_one(function, run):
    with pytest.raises(ValueError, match=r"Shapes \(2, 3\) and \(3, 3\) are incompatible"):
        function(small(), empty(3, 3))
    fed = tf.sparse_placeholder(tf.float32)
    for sizes in [3, 3], [6]:
        with pytest.raises(tf.errors.InvalidArgumentError, match="differ"):
            run(function(small(), fed), {fed: (np.zeros([0, len(sizes)]), [], sizes)})


def test_a_dense_tensor_is_not_broadcast_in_a_sum():
    with pytest.raises(ValueError, match="incompatible"):
        tf.sparse_add(small(), tf.ones([3]))


def test_shapes_that_cannot_be(run):
    for sizes, wanted in ([0, 3], [-1, 0]), ([2, 3], [-1, 0]), ([2, 3], [-1, 4]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="requested shape"):
            run(tf.sparse_reshape(empty(*sizes), wanted))
    assert run(tf.sparse_reshape(empty(0, 3), [-1, 2])).dense_shape.tolist() == [0, 2]
    with pytest.raises(ValueError, match="At most one dimension can be inferred"):
        tf.sparse_reshape(small(), [-1, -1])


def test_parts_that_cannot_be(run):
    with pytest.raises(ValueError, match="num_split must be at least 1"):
        tf.sparse_split(sp_input=small(), num_split=0, axis=0)
    with pytest.raises(ValueError, match="axis must be in the range"):
        tf.sparse_split(sp_input=small(), num_split=2, axis=2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_split is 5"):
        run(tf.sparse_split(sp_input=small(), num_split=5, axis=0))


def test_sizes_that_are_tensors(run):
    assert run(tf.sparse.eye(tf.constant(3))).dense_shape.tolist() == [3, 3]
    assert run(tf.sparse.eye(2, tf.constant(3))).indices.tolist() == [[0, 0], [1, 1]]


def test_no_segments(run):
    for function in tf.sparse_segment_sqrt_n, tf.sparse_segment_sum, tf.sparse_segment_mean:
        assert run(function(tf.ones([3, 2]), [], [])).shape == (0, 2)


def test_products_with_dense_tensors(dense, run):
    assert dense(small() * tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) == [[1.0, 0.0, 6.0], [0.0, 15.0, 0.0]]
    assert dense(tf.constant([10.0, 20.0, 30.0]) * small()) == [[10.0, 0.0, 60.0], [0.0, 60.0, 0.0]]
    assert dense(small() * [[2.0], [3.0]]) == [[2.0, 0.0, 4.0], [0.0, 9.0, 0.0]]
    assert dense(np.float32([1.0, 2.0, 3.0]) * small()) == [[1.0, 0.0, 6.0], [0.0, 6.0, 0.0]]
    assert dense(small() / 2.0) == [[0.5, 0.0, 1.0], [0.0, 1.5, 0.0]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot be broadcast"):
        run(small() * [1.0, 2.0])
    with pytest.raises(ValueError, match="cannot be broadcast"):
        small() * tf.ones([1, 2, 3])
