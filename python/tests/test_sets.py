"""Sets, compressed strings, and random numbers of seeds, beside what TensorFlow gives."""

import gzip
import zlib

import numpy as np
import pytest

import ferroflow as tf

A, B = [[1, 2, 3], [4, 4, 0]], [[2, 9], [0, 4]]


@pytest.fixture
def members(run):
    """The sets of a sparse tensor by row, and its shape."""

    def members(sparse):
        found = run(sparse)
        rows = [found.values[found.indices[:, 0] == row].tolist() for row in range(found.dense_shape[0])]
        return rows, found.dense_shape.tolist()

    return members


def test_sets(run, members):
    sets = tf.sets
    a, b = tf.constant(A), tf.constant(B)
    assert members(sets.intersection(a, b)) == ([[2], [0, 4]], [2, 2])
    assert members(sets.union(a, b)) == ([[1, 2, 3, 9], [0, 4]], [2, 4])
    assert members(sets.difference(a, b)) == ([[1, 3], []], [2, 2])
    assert members(sets.difference(a, b, aminusb=False)) == ([[9], []], [2, 1])
    assert run(sets.size(sets.union(a, b))).tolist() == [4, 2]
    assert members(sets.set_intersection(tf.constant([["a", "b"]]), tf.constant([["b", "c"]]))) == ([[b"b"]], [1, 1])
    deep = run(sets.set_intersection(tf.constant([[[1, 2]], [[3, 4]]]), tf.constant([[[2, 5]], [[3, 3]]])))
    assert deep.indices.tolist() == [[0, 0, 0], [1, 0, 0]] and deep.values.tolist() == [2, 3]
    assert sets.union(a, b).shape.ndims == 2
    none = run(sets.set_union(tf.zeros([0, 2], tf.int32), tf.zeros([0, 2], tf.int32)))
    assert none.dense_shape.tolist() == [0, 0] and none.indices.shape == (0, 2)


def test_sparse_sets(run, members):
    sets = tf.sets
    a = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([5, 3, 7]), [3, 2])
    b = tf.SparseTensor([[0, 0], [1, 0]], tf.constant([3, 9]), [3, 2])
    assert members(sets.intersection(a, b)) == ([[3], [], []], [3, 1])
    assert members(sets.set_difference(a, b)) == ([[5], [], [7]], [3, 1])
    assert members(sets.set_difference(a, b, False)) == ([[], [9], []], [3, 1])
    assert members(sets.union([[3, 1], [2, 2], [7, 0]], b)) == ([[1, 3], [2, 9], [0, 7]], [3, 2])
    assert run(sets.set_size(a)).tolist() == [2, 0, 1]
    wrong = tf.SparseTensor([[0, 1], [0, 0]], tf.constant([5, 3]), [1, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = \[0, 0\] is out of order"):
        run(sets.union(wrong, wrong))
    assert members(sets.union(wrong, wrong, validate_indices=False))[0] == [[3, 5]]


def test_what_are_no_sets():
    a = tf.constant(A)
    for error, one, other in (
        (ValueError, a, tf.constant([1])),
        (ValueError, a, tf.constant([[1]])),
        (ValueError, a, tf.constant([[[1]]])),
        (TypeError, a, tf.constant([[1.0], [2.0]])),
        (TypeError, a, tf.constant([["a"], ["b"]])),
    ):
        with pytest.raises(error):
            tf.sets.union(one, other)
    with pytest.raises(TypeError, match="Expected `SparseTensor`"):
        tf.sets.size(a)


def test_compressed_strings(run):
    decode = tf.decode_compressed
    texts = [zlib.compress(b"abc"), zlib.compress(b"abc")[:-3], b""]
    assert run(tf.io.decode_compressed(texts, "ZLIB")).tolist() == [b"abc", b"abc", b""]
    assert run(decode(gzip.compress(b"abc"), "GZIP")) == b"abc" and run(decode(["x"])).tolist() == [b"x"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="damaged"):
        run(decode("no such data", "ZLIB"))
    with pytest.raises(ValueError, match="Only ZLIB, GZIP or NONE are supported compressions"):
        decode("x", "ZIP")


SEED = [1, 2]


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda r: r.stateless_uniform([4], SEED), [0.844060421, 0.192045331, 0.996223211, 0.160387397]),
        (lambda r: r.stateless_uniform([2], SEED, dtype=tf.float64), [0.7524837538451801, 0.9697857725627486]),
        (lambda r: r.stateless_uniform([2], SEED, dtype=tf.float16), [0.54296875, 0.2353515625]),
        (lambda r: r.stateless_uniform([5], SEED, -3, 7, tf.int32), [-3, 6, 1, 6, 4]),
        (lambda r: r.stateless_uniform([2], SEED, -3, 2**40, tf.int64), [1036172738669, 635315242662]),
        (lambda r: r.stateless_uniform([2], [2**40, -5], 2.0, 3.0), [2.294541836, 2.321802378]),
        (lambda r: r.stateless_normal([5], SEED), [0.54411012, 0.20738031, 0.07356432, 0.04643455, -1.30158985]),
        (lambda r: r.stateless_normal([2], SEED, 1.0, 2.0, tf.float64), [0.7153763799621575, 2.4812144923170183]),
        (lambda r: r.stateless_normal([2], SEED, dtype=tf.float16), [0.5439453125, 0.2073974609375]),
        (lambda r: r.stateless_truncated_normal([6], SEED)[4:], [0.16820592, -1.68503332]),
        (lambda r: r.stateless_truncated_normal([40], [7, 8])[-2:], [0.20189698, -0.74202287]),
        (
            lambda r: r.stateless_truncated_normal([3], SEED, dtype=tf.float64)[1:],
            [0.7406072461585091, -0.552387756244845],
        ),
        (lambda r: r.stateless_categorical([[1.0, 2.0, 0.0], [0.0, 0.0, 5.0]], 4, SEED), [[1, 2, 0, 1], [2, 2, 2, 2]]),
        (lambda r: r.stateless_multinomial([[1.0, 2.0, 0.0]], 4, SEED, tf.int32), [[1, 2, 0, 1]]),
    ],
)
def test_numbers_of_seeds(run, make, expected):
    made = make(tf.random)
    np.testing.assert_allclose(run(made), expected, rtol=4e-6)
    assert made.shape.as_list() == list(np.shape(expected))


def test_numbers_of_no_seeds(run):
    random = tf.random
    assert run(random.stateless_uniform([0], SEED)).shape == (0,)
    assert run(random.stateless_truncated_normal([0, 2], SEED)).shape == (0, 2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 5"):
        run(random.stateless_uniform([2], SEED, 5, 5, tf.int32))
    for error, wrong in (
        (ValueError, lambda: random.stateless_uniform([2], [1, 2, 3])),
        (TypeError, lambda: random.stateless_uniform([2], [1.0, 2.0])),
        (ValueError, lambda: random.stateless_uniform([2], SEED, dtype=tf.int32)),
        (ValueError, lambda: random.stateless_normal([2], SEED, dtype=tf.int32)),
        (ValueError, lambda: random.stateless_categorical([1.0], 2, SEED)),
        (TypeError, lambda: random.stateless_categorical([[1.0]], 2, SEED, tf.float32)),
    ):
        with pytest.raises(error):
            wrong()
