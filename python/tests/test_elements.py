"""Elements in order, in batches, in segments, and given new values; numbers of TensorFlow or known by hand."""

import numpy as np
import pytest

import ferroflow as tf

X = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
V = [[3.0, 1.0, 2.0], [1.0, 5.0, 1.0]]
ROWS = [[1.0, -2.0], [3.0, 4.0], [-5.0, 6.0], [7.0, 8.0]]


@pytest.mark.parametrize(
    "function, ascending, unordered",
    [
        ("max", [[3, 4], [0, 0], [7, 8]], [[-5, 6], [7, 8], [-np.inf, -np.inf]]),
        ("min", [[1, -2], [0, 0], [-5, 6]], [[-5, 6], [1, -2], [np.inf, np.inf]]),
        ("prod", [[3, -8], [1, 1], [-35, 48]], [[-5, 6], [7, -16], [1, 1]]),
    ],
)
def test_extremes_of_segments(check, run, function, ascending, unordered):
    check(getattr(tf, "segment_" + function)(ROWS, [0, 0, 2, 2]), ascending)
    found = run(getattr(tf, "unsorted_segment_" + function)(ROWS, [1, -1, 0, 1], 3))
    limit = np.finfo(np.float32).max
    np.testing.assert_array_equal(found, np.clip(unordered, -limit, limit))


def test_segments(check, run):
    check(tf.segment_max([3, 1, 2], [0, 0, 1]), [3, 2])
    check(tf.segment_min([3, 1, 2], [0, 0, 1]), [1, 2])
    check(tf.segment_prod([3, 1, 2], [0, 0, 1]), [3, 2])
    check(tf.unsorted_segment_max([[1, 5], [4, 2]], [[0, 1], [1, 0]], 2), [2, 5])
    check(tf.unsorted_segment_min([[1, 5], [4, 2]], [[0, 1], [1, 0]], 2), [1, 4])
    check(tf.unsorted_segment_prod([[1, 5], [4, 2]], [[0, 1], [1, 0]], 2), [2, 20])
    check(tf.unsorted_segment_mean(ROWS, [1, -1, 0, 1], 3), [[-5, 6], [4, 3], [0, 0]])
    check(tf.unsorted_segment_sqrt_n(ROWS, [1, -1, 0, 1], 3), [[-5, 6], [5.656854, 4.242641], [0, 0]])
    x = tf.constant([2.0, 3.0, 0.0])
    check(tf.gradients(tf.unsorted_segment_prod(x, [0, 0, 0], 1), x)[0], [0.0, 0.0, 6.0])
    check(tf.gradients(tf.unsorted_segment_max(x, [0, 0, 1], 2), x)[0], [0.0, 1.0, 1.0])
    empty = tf.placeholder_with_default(np.zeros([0, 2], np.float32), [None, 2])
    check(tf.unsorted_segment_prod(empty, tf.zeros([0], tf.int32), 1), [[1.0, 1.0]])


def test_indices_within_batches(check):
    check(tf.gather(X, [[0, 2], [1, 1]], batch_dims=1), np.stack([X[0, [0, 2]], X[1, [1, 1]]]))
    check(tf.gather(X, [[0, 2], [1, 1]], axis=2, batch_dims=1), np.stack([X[0][:, [0, 2]], X[1][:, [1, 1]]]))
    check(tf.gather_nd(X, [[[0, 3]], [[2, 1]]], batch_dims=1), [[3.0], [21.0]])
    check(tf.batch_gather(X, [[0, 2], [1, 1]]), np.stack([X[0, [0, 2]], X[1, [1, 1]]]))
    unknown = tf.placeholder_with_default(X, [None, 3, 4])
    assert tf.batch_gather(unknown, [[0], [1]]).shape.as_list() == [2, 1, 4]


def test_batches_of_all_dimensions_and_counted_from_the_end(check):
    check(tf.gather(X, [0, 1], batch_dims=1), [X[0, 0], X[1, 1]])
    check(tf.gather(X[:, :, 0], [2, 1], axis=1, batch_dims=1), [8.0, 16.0])
    check(tf.gather(X, [0, 3], axis=-1, batch_dims=1), [X[0, :, 0], X[1, :, 3]])
    check(tf.gather(X, [[0, 2], [1, 1]], axis=1, batch_dims=-1), np.stack([X[0, [0, 2]], X[1, [1, 1]]]))
    check(tf.gather(X, [1], axis=0, batch_dims=-1), X[[1]])
    assert tf.gather(X, [0, 1], batch_dims=1).shape.as_list() == [2, 4]


def test_axes_of_batches_that_only_a_run_tells(check):
    axis, unknown = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32)
    along = tf.gather(X, [[0, 2], [1, 1]], axis=axis, batch_dims=1)
    assert along.shape.as_list() == [None] * 3
    last = np.stack([X[0][:, [0, 2]], X[1][:, [1, 1]]])
    check(along, last, {axis: 2})
    check(along, last, {axis: -1})
    check(tf.gather(unknown, [[0, 2], [1, 1]], axis=-1, batch_dims=1), last, {unknown: X})
    by = tf.gradients(tf.gather(unknown, [[2], [1]], axis=axis, batch_dims=1) * [[1.0], [10.0], [100.0]], unknown)[0]
    expected = np.zeros_like(X)
    expected[0, :, 2] = expected[1, :, 1] = [1, 10, 100]
    check(by, expected, {axis: 2, unknown: X})


def test_indices_within_batches_are_checked(run):
    for message, axis, batch_dims in [
        (r"batch_dims in the range \[-2, 2\], but got 3", 2, 3),
        (r"batch_dims in the range \[-2, 2\], but got -3", 2, -3),
        (r"axis in the range \[-3, 3\), but got 3", 3, 1),
        (r"axis in the range \[-3, 3\), but got -4", -4, 1),
        (r"batch_dims \(1\) must be less than or equal to axis \(0\)", 0, 1),
    ]:
        with pytest.raises(ValueError, match=message):
            tf.gather(X, [[0], [1]], axis=axis, batch_dims=batch_dims)
    with pytest.raises(ValueError, match="axis 3 is out of range"):
        tf.gather(X, [0], axis=3)
    with pytest.raises(ValueError):
        tf.gather(X, [[0], [1], [2]], batch_dims=1)
    at = tf.placeholder(tf.int32, [2, 1])
    rows = tf.gather(X, at, batch_dims=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0,0\] = 3 is not in \[0, 3\)"):
        run(rows, {at: [[3], [0]]})


def test_blocks_of_space_and_batches(check):
    image = np.arange(8.0).reshape(1, 2, 4, 1)
    blocks = tf.space_to_batch_nd(image, [1, 2], [[0, 0], [0, 0]])
    check(blocks[:, :, :, 0], [[[0, 2], [4, 6]], [[1, 3], [5, 7]]])
    check(tf.batch_to_space_nd(blocks, [1, 2], [[0, 0], [1, 0]]), image[:, :, 1:])
    assert tf.space_to_batch(image, [[0, 0], [1, 1]], 2).shape.as_list() == [4, 1, 3, 1]
    check(tf.batch_to_space(tf.space_to_batch(image, [[0, 0], [1, 1]], 2), [[0, 0], [1, 1]], 2), image)
    check(tf.nn.batch_to_space(tf.nn.space_to_batch(image, [[0, 0], [0, 0]], 2), [[0, 0], [0, 0]], 2), image)
    with pytest.raises(ValueError, match="must be known"):
        tf.space_to_batch_nd(image, tf.placeholder(tf.int32), [[0, 0], [0, 0]])


def test_blocks_that_only_a_run_tells(check, run):
    image = np.arange(8.0, dtype=np.float32).reshape(1, 2, 4, 1)
    block, around = tf.placeholder(tf.int32, [2]), tf.placeholder(tf.int32, [2, 2])
    x = tf.constant(image)
    blocks = tf.space_to_batch_nd(x, block, around)
    feed = {block: [1, 2], around: [[0, 0], [2, 0]]}
    check(blocks[:, :, :, 0], [[[0, 0, 2], [0, 4, 6]], [[0, 1, 3], [0, 5, 7]]], feed)
    check(tf.batch_to_space_nd(blocks, block, around), image, feed)
    check(tf.gradients(blocks**2.0, x)[0], 2 * image, feed)
    unknown = tf.placeholder_with_default(image, None)
    pixels = [[[0, 2]], [[1, 3]], [[4, 6]], [[5, 7]]]
    check(tf.space_to_batch(unknown, around, 2)[:, :, :, 0], pixels, {around: [[0, 0]] * 2})
    size = tf.constant([2, 2])
    assert tf.space_to_batch_nd(x, size, [[0, 0], [0, 0]]).shape.as_list() == [4, 1, 2, 1]
    assert run(tf.space_to_batch_nd(x, size, [[0, 0], [0, 0]]), {size: [1, 4]}).shape == (4, 2, 1, 1)


def test_order(check, run):
    check(tf.sort(V), [[1, 2, 3], [1, 1, 5]])
    check(tf.sort(V, 0, "DESCENDING"), [[3, 5, 2], [1, 1, 1]])
    check(tf.sort(np.array([3, -(2**31), 2**31 - 1], np.int32)), [-(2**31), 3, 2**31 - 1])
    assert run(tf.argsort(V, stable=True)).tolist() == [[1, 2, 0], [0, 2, 1]]
    assert run(tf.argsort(V, direction="DESCENDING")).tolist() == [[0, 2, 1], [1, 0, 2]]
    assert run(tf.searchsorted([1, 3, 5], [3, 6])).tolist() == [1, 3]
    assert run(tf.searchsorted([[1, 3, 5]], [[3, 0]], side="right")).tolist() == [[2, 0]]
    with pytest.raises(ValueError, match="ASCENDING, DESCENDING"):
        tf.sort(V, direction="UP")
    with pytest.raises(ValueError, match="side"):
        tf.searchsorted([1], [1], "middle")


def test_elements_moved_and_counted(check, run):
    left, index = run(tf.setdiff1d([1, 2, 3, 4], [2, 4]))
    assert left.tolist() == [1, 3] and index.tolist() == [0, 2]
    assert run(tf.listdiff([5, 7], [5]).out).tolist() == [7]
    check(tf.roll(X[0], [1, -1], [0, 1]), np.roll(X[0], [1, -1], [0, 1]))
    check(tf.manip.roll([1, 2, 3], 4, 0), [3, 1, 2])
    check(tf.repeat([1, 2, 3], [2, 0, 1]), [1, 1, 3])
    check(tf.repeat(V, 2, 1), np.repeat(V, 2, 1))
    check(tf.unravel_index([5, 11], [3, 4]), [[1, 2], [1, 3]])
    values = [-1.0, 0.0, 1.5, 2.0, 5.0, 15.0]
    check(tf.histogram_fixed_width(values, [0.0, 5.0], 5), [2, 1, 1, 0, 2])
    check(tf.histogram_fixed_width_bins(values, [0.0, 5.0], 5), [0, 0, 1, 2, 4, 4])


def test_places_of_tensors_given_new_values(check):
    check(tf.tensor_scatter_nd_add([1.0, 2.0, 3.0], [[0], [0], [2]], [10.0, 20.0, 30.0]), [31, 2, 33])
    check(tf.tensor_scatter_add([1.0, 2.0], [[0]], [3.0]), [4, 2])
    check(tf.tensor_scatter_nd_sub([1.0, 2.0], [[0]], [10.0]), [-9, 2])
    check(tf.tensor_scatter_sub([1.0, 2.0], [[1]], [1.0]), [1, 1])
    check(tf.tensor_scatter_nd_update(V, [[1]], [[7.0, 8.0, 9.0]]), [V[0], [7, 8, 9]])
    check(tf.tensor_scatter_update([1, 2], [[0]], [5]), [5, 2])


@pytest.mark.parametrize(
    "function, indices, updates, expected",
    [
        (tf.scatter_nd_add, [[0], [2]], [1.0, 2.0], [2, 8, 5]),
        (tf.scatter_nd_sub, [[0], [2]], [1.0, 2.0], [0, 8, 1]),
        (tf.scatter_nd_update, [[0], [2]], [1.5, 2.0], [1.5, 8, 2]),
        (tf.scatter_div, [1, 1], [2.0, 4.0], [1, 1, 3]),
        (tf.scatter_max, [0, 2], [5.0, 1.0], [5, 8, 3]),
        (tf.scatter_min, [1], 2.0, [1, 2, 3]),
    ],
)
def test_places_of_variables_given_new_values(check, function, indices, updates, expected):
    check(function(tf.Variable([1.0, 8.0, 3.0]), indices, updates), expected)


def test_numbers(check, run):
    check(tf.log_sigmoid([-100.0, 0.0]), [-100.0, -0.6931472])
    check(tf.nn.log_sigmoid([0.0]), [-0.6931472])
    check(tf.lbeta([[1.0, 2.0], [3.0, 4.0]]), [-0.6931472, -4.0943446])
    check(tf.math.xlogy([0.0, 2.0], [0.0, 3.0]), [0.0, 2.1972246])
    check(tf.math.xlog1py([0.0, 2.0], [-1.0, 3.0]), [0.0, 2.7725887])
    check(tf.math.xdivy([0.0, 2.0], [0.0, 4.0]), [0.0, 0.5])
    check(tf.math.multiply_no_nan([np.inf, 2.0], [0.0, 3.0]), [0.0, 6.0])
    check(tf.math.reciprocal_no_nan([0.0, 4.0]), [0.0, 0.25])
    check(tf.math.polyval([2.0, 3.0, 1.0], [2.0, 0.0]), [15.0, 1.0])
    check(tf.math.cumulative_logsumexp([1.0, 2.0, 3.0]), [1.0, 2.3132617, 3.407606])
    check(tf.math.cumulative_logsumexp([[1.0, 2.0]], 1, True, True), [[2.0, -np.inf]])
    check(tf.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), [0.0, 0.0, 1.0])
    check(tf.clip_by_average_norm([3.0, 4.0], 1.0), [1.2, 1.6])
    check(tf.broadcast_dynamic_shape([2, 1], [5, 1, 3]), [5, 2, 3])
    check(tf.conj([1.0]) + tf.real([2.0]), [3.0])
    assert run(tf.identity_n([1.0, 2])) == [1.0, 2] and run(tf.guarantee_const(3)) == 3
    check(tf.diag_part([[1.0, 2.0], [3.0, 4.0]]), [1.0, 4.0])
    x = tf.constant([0.0, 2.0])
    check(tf.gradients(tf.math.xlogy(x, x), x)[0], [0.0, 1.6931472])
    with pytest.raises(ValueError, match="must be list"):
        tf.math.polyval(3.0, 1.0)


def test_products_and_norms(check):
    check(tf.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]), [3.0, 7.0])
    check(tf.linalg.adjoint([[1.0, 2.0]]), [[1.0], [2.0]])
    unit, length = tf.linalg.normalize([3.0, 4.0])
    check(unit, [0.6, 0.8])
    check(length, [5.0])


def test_old_argument_names(check):
    check(tf.arg_max([[1.0, 5.0], [7.0, 2.0]], 1), [1, 0])
    check(tf.arg_min([[1.0, 5.0], [7.0, 2.0]], dimension=0, output_type=tf.int32), [0, 1])
    check(tf.atan2(y=1.0, x=-1.0), 2.3561945)
    check(tf.nn.relu(features=[-1.0, 1.0]), [0.0, 1.0])
    check(tf.parallel_stack([1, 2]), [1, 2])
    check(
        tf.nn.conv1d(np.ones([1, 4, 1], np.float32), np.ones([2, 1, 1], np.float32), 1, "VALID", dilations=2),
        [[[2.0]] * 2],
    )


def test_known_shapes(run):
    x = tf.placeholder(tf.float32)
    assert tf.ensure_shape(x, [2, None]).shape.as_list() == [2, None]
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(tf.ensure_shape(x, [3]), {x: [1.0]})
    with pytest.raises(ValueError, match="must be equal"):
        tf.ensure_shape([1.0], [2])
    assert tf.compat.dimension_value(tf.Dimension(3)) == tf.compat.dimension_value(3) == 3
    assert tf.compat.dimension_at_index(tf.TensorShape([2, 5]), 1) == tf.Dimension(5)
    assert tf.compat.forward_compatible(2019, 1, 1)


def test_checks_of_dtypes_and_shapes(run):
    for module in (tf, tf.debugging):
        run([module.assert_near([1.0, 2.0], [1.0, 2.0000001]), module.assert_near([1.0], [1.1], atol=0.2)])
        with pytest.raises(tf.errors.InvalidArgumentError, match="not equal to tolerance"):
            run(module.assert_near([1.0], [1.1]))
        run([module.assert_integer([1]), module.assert_scalar(1), module.assert_rank_in(1.0, [0, 1])])
        with pytest.raises(TypeError, match="integer type"):
            module.assert_integer([1.0])
        with pytest.raises(ValueError, match="scalar shape"):
            module.assert_scalar([1])
        with pytest.raises(ValueError, match="must have rank in"):
            module.assert_rank_in([1.0], (0, 2))
        unknown = tf.placeholder_with_default([1.0], None)
        run(module.assert_rank_in(unknown, [0, 1]))
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(module.assert_rank_in(unknown, [0, 2]))
        assert module.assert_same_float_dtype([tf.constant(1.0), tf.constant(2.0)]) == tf.float32
        with pytest.raises(ValueError, match="expected"):
            module.assert_same_float_dtype([tf.constant(1.0)], tf.float64)
        module.assert_proper_iterable([1])
        for value in ("text", tf.constant([1]), 3):
            with pytest.raises(TypeError, match="iterable"):
                module.assert_proper_iterable(value)
    run(tf.debugging.assert_shapes({tf.zeros([2, 3]): ("n", 3), tf.zeros([2]): ("n",)}.items()))
    with pytest.raises(ValueError, match="has shape"):
        tf.debugging.assert_shapes([(tf.zeros([2, 3]), ("n", "n"))])
    run(tf.debugging.assert_all_finite([1.0], "finite"))
