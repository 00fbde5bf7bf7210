"""What does not fit is refused when and as TensorFlow does: while building by shapes, by values often only in a run."""

import numpy as np
import pytest

import ferroflow as tf

X = np.arange(6.0, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda x: tf.reshape(x, [-1, -1]), "only one dimension can be -1"),
        (lambda x: tf.tile(x, [-1, 1]), "cannot be -1"),
        (lambda x: tf.slice(x, [0, 0], [3, 1]), "do not lie within dimension 0"),
        (lambda x: tf.slice(x, [-1, 0], [1, 1]), "do not lie within dimension 0"),
        (lambda x: tf.gather(x, [5]), r"indices.0. = 5 is not in"),
        (lambda x: tf.gather(x, [-1]), r"indices.0. = -1 is not in"),
        (lambda x: tf.gather_nd(x, [[5, 0]]), "index 5 is not in"),
        (lambda x: tf.transpose(x, [0, 0]), "is no permutation of 2 dimensions"),
        (lambda x: tf.reduce_sum(x, [0, 0]), "name one of 2 dimensions twice"),
        (lambda x: tf.argmax(tf.zeros([0, 2]), 0), "no element is an extreme of none"),
        (lambda x: tf.cumsum(x, 2), "axis 2 is out of range for rank 2"),
        (lambda x: tf.segment_sum(x, [1, 0]), "segment ids must ascend"),
        (lambda x: tf.segment_sum(x, [-1, 0]), "segment ids must not be negative"),
        (lambda x: tf.bincount(tf.constant([-1])), "non-negative"),
        (lambda x: tf.confusion_matrix([5], [0], num_classes=2), "out of bound"),
        (lambda x: tf.dynamic_partition(x, [0, 5], 2)[0], "partitions.1. = 5"),
        (lambda x: tf.dynamic_stitch([[-1]], [[1.0]]), "indices must not be negative"),
        (lambda x: tf.reverse_sequence(x, [5, 1], seq_axis=1, batch_axis=0), "seq_lengths.0. = 5"),
        (lambda x: tf.pad(x, [[2, 0], [0, 0]], "REFLECT"), "a padding = 2 is not in .0, 2."),
        (lambda x: tf.pad(x, [[3, 0], [0, 0]], "SYMMETRIC"), "a padding = 3 is not in .0, 3."),
        (lambda x: tf.fill([100000, 100000, 100000], 1.0), None),
    ],
)
def test_by_a_run(run, function, message):
    y = function(tf.constant(X))
    error = tf.errors.InvalidArgumentError if message else tf.errors.ResourceExhaustedError
    with pytest.raises(error, match=message):
        run(y)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tf.fill([-1, 2], 1.0),
        lambda x: tf.reshape(x, [4]),
        lambda x: tf.pad(x, [[-1, 0], [0, 0]]),
        lambda x: tf.pad(x, [[-1, 0], [0, 0]], "REFLECT"),
        lambda x: tf.slice(x, [0, 0], [-2, 1]),
        lambda x: tf.transpose(x, [0, 2]),
        lambda x: tf.reverse(x, [0, -2]),
        lambda x: tf.concat([x, x], tf.constant([0])),
        lambda x: tf.range(5, 0, 1),
        lambda x: tf.sequence_mask([1], -1),
        lambda x: tf.one_hot([0], -1),
        lambda x: x[tf.constant(5)],
        lambda x: x[:: tf.constant(0)],
    ],
)
def test_while_building(function):
    with pytest.raises(ValueError):
        function(tf.constant(X))


@pytest.mark.parametrize("dtype", [tf.float32, tf.int8, tf.uint8])
def test_indices_are_integers(dtype):
    x, index = tf.constant(X), tf.cast(tf.constant(1), dtype)
    for item in (index, slice(index, None), slice(None, None, index)):
        with pytest.raises(TypeError, match="is no index: expected an integer"):
            x[item]
    for item in (True, 1.0, slice(1.0, None), [1, 2]):
        with pytest.raises(TypeError):
            x[item]
    vector = tf.constant([1])
    for item in (vector, slice(vector, None), slice(None, None, vector)):
        with pytest.raises(TypeError, match="scalar tensors are valid indices"):
            x[item]


def test_short_indices(run):
    x, one = tf.constant(X), tf.constant(1, tf.int16)
    assert run(x[one]).tolist() == X[1].tolist() and run(x[one:]).tolist() == X[1:].tolist()


def test_other_values_that_are_fed_fit(run):
    x, c = tf.constant(X), tf.constant([5])
    taken = tf.gather(x, c)
    assert taken.shape.as_list() == [1, 3]
    assert run(taken, {c: [1]}).tolist() == X[1:].tolist()


def test_mirrored_rows_have_a_dense_gradient(check):
    x = tf.constant(X)
    mirrored = tf.pad(x, [[1, 0], [0, 0]], "REFLECT")
    check(tf.gradients(mirrored, x)[0], [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])


def test_what_is_not_of_floats_is_not_optimized():
    whole, real = tf.Variable(1), tf.Variable(1.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    words = r"Invalid type tf.int32 for {}:0, expected: \[tf.float32, tf.float64, tf.float16, tf.bfloat16\]"
    with pytest.raises(ValueError, match=words.format("Variable")):
        optimizer.minimize(whole)
    with pytest.raises(ValueError, match=words.format("Cast")):
        optimizer.minimize(tf.cast(real, tf.int32), name="cast")
    assert optimizer.compute_gradients(real * tf.cast(whole, tf.float32))[0][0] is None
