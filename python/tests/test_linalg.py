"""Matrices and sums of products; rows dealt out and counted."""

import numpy as np
import pytest

import ferroflow as tf

X = np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3)


def test_matrices(check):
    check(tf.matrix_band_part(X, 0, -1), np.triu(X))
    check(tf.matrix_band_part(X, -1, 0), np.tril(X))
    check(tf.matrix_diag([1.0, 2.0]), np.diag([1.0, 2.0]))
    check(tf.matrix_diag_part(X), [1.0, 5.0])
    check(tf.matrix_set_diag(X, [8.0, 9.0]), [[8.0, 2.0, 3.0], [4.0, 9.0, 6.0]])
    check(tf.trace(X), 6.0)
    check(tf.linalg.trace(np.stack([X, X])), [6.0, 6.0])
    assert tf.linalg.band_part is tf.matrix_band_part and tf.trace(X, name="sum").op.name == "sum"


def test_sums_of_products(check, run):
    check(tf.einsum("ij,kj->ik", X, X), X @ X.T)
    check(tf.einsum("ij->j", X), X.sum(0))
    check(tf.tensordot(X, X.T, 1), X @ X.T)
    check(tf.tensordot(X, X, [[0, 1], [0, 1]]), np.tensordot(X, X, 2))
    check(tf.tensordot(X, X, axes=[0, 0]), X.T @ X)
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.einsum("bi,ij->bj", x, tf.ones([3, 4]))
    assert y.shape.as_list() == [None, 4]
    assert run(y, {x: X}).tolist() == (X @ np.ones([3, 4])).tolist()
    both_unknown = tf.placeholder(tf.float32, [None, None, 3])
    z = tf.einsum("abi,ij->abj", both_unknown, tf.ones([3, 2]))
    assert run(z, {both_unknown: X[:, np.newaxis]}).tolist() == (X[:, np.newaxis] @ np.ones([3, 2])).tolist()
    assert tf.einsum("ij->ji", X, name="turned").op.name == "turned"
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2"):
        tf.einsum("ij,jk->ik", X, X)


def test_grids(check):
    x, y = tf.meshgrid([1.0, 2.0, 3.0], [4.0, 5.0])
    check([x, y], np.meshgrid([1.0, 2.0, 3.0], [4.0, 5.0]))
    check(tf.meshgrid([1, 2], [3], indexing="ij"), np.meshgrid([1, 2], [3], indexing="ij"))
    with pytest.raises(ValueError, match="indexing"):
        tf.meshgrid([1.0], indexing="yx")
    with pytest.raises(TypeError, match="invalid keyword"):
        tf.meshgrid([1.0], copy=False)


def test_rows_dealt_out_and_put_together(run):
    x = tf.constant([10.0, 20.0, 30.0, 40.0])
    which = tf.placeholder(tf.int32, [4])
    parts = tf.dynamic_partition(x, which, 3)
    places = tf.dynamic_partition(tf.range(4), which, 3)
    whole = tf.dynamic_stitch(places, [p * 2.0 for p in parts])
    gradient = tf.gradients(whole, x)[0]
    feeds = {which: [1, 0, 1, 0]}
    assert [p.tolist() for p in run(parts, feeds)] == [[20.0, 40.0], [10.0, 30.0], []]
    assert run(whole, feeds).tolist() == [20.0, 40.0, 60.0, 80.0]
    assert run(gradient, feeds).tolist() == [2.0] * 4


def test_sequences_turned_around(check):
    check(tf.reverse_sequence(X, [2, 3], seq_axis=1), [[2.0, 1.0, 3.0], [6.0, 5.0, 4.0]])
    check(tf.reverse_sequence(X, [2, 1, 1], seq_dim=0, batch_dim=1), [[4.0, 2.0, 3.0], [1.0, 5.0, 6.0]])
    with pytest.raises(ValueError, match="seq_axis"):
        tf.reverse_sequence(X, [1, 1])


def test_counts(check, run):
    check(tf.bincount([1, 3, 1, 0]), [1, 2, 0, 1])
    check(tf.bincount([1, 3], minlength=6), [0, 1, 0, 1, 0, 0])
    check(tf.bincount([1, 3, 1], maxlength=2), [0, 2])
    check(tf.bincount([1, 1], weights=[0.5, 0.25]), [0.0, 0.75])
    assert run(tf.bincount([1], dtype=tf.int64)).dtype == np.int64
    expected = np.zeros([5, 5])
    expected[[1, 2, 4], [2, 2, 4]] = 1
    check(tf.confusion_matrix([1, 2, 4], [2, 2, 4]), expected)
    check(
        tf.confusion_matrix([0, 1, 1], [0, 1, 0], weights=[1.0, 2.0, 4.0], dtype=tf.float32), [[1.0, 0.0], [4.0, 2.0]]
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match="`predictions` out of bound"):
        run(tf.confusion_matrix([0, 1], [0, 2], num_classes=2))
    check(tf.segment_mean([[1.0], [3.0], [5.0]], [0, 0, 1]), [[2.0], [5.0]])


def test_blocks_at_random(run):
    block = tf.random_crop(np.arange(20).reshape(4, 5), [2, 3], seed=1)
    assert block.shape.as_list() == [2, 3]
    with tf.Session() as session:
        found = {int(session.run(block)[0, 0]) for _ in range(40)}
    assert len(found) > 3 and found <= {5 * i + j for i in range(3) for j in range(3)}
    with pytest.raises(tf.errors.InvalidArgumentError, match="value.shape >= size"):
        run(tf.random_crop([1, 2], [3]))


def test_what_is_printed(run, capfd):
    x = tf.constant([1.0, 2.5, 3.0, 4.0])
    printed = tf.Print(x, [x, tf.shape(x)], message="x: ")
    assert run(printed * 2.0).tolist() == [2.0, 5.0, 6.0, 8.0]
    assert "x: [1 2.5 3...][4]" in capfd.readouterr().err
    assert run(tf.gradients(printed, x)[0]).tolist() == [1.0] * 4
    once = tf.Print(x, ["a"], first_n=1, summarize=-1)
    with tf.Session() as session:
        capfd.readouterr()
        for _ in range(3):
            session.run(once)
    assert capfd.readouterr().err == "[a]\n"


@pytest.mark.parametrize(
    "make, fed, message",
    [
        (
            lambda x: tf.dynamic_partition([1.0, 2.0], x, 2)[0],
            [0, 2],
            r"partitions.1. = 2 is not(.|\n)*DynamicPartition",
        ),
        (lambda x: tf.bincount(x), [1, -2], r"Input arr must be non-negative! arr.1. = -2(.|\n)*bincount"),
        (lambda x: tf.bincount(x), [1, 2**32], "arr.1. = 4294967296 is not in"),
        (lambda x: tf.confusion_matrix(x, x), [0, 2**32], r"labels.1. = 4294967296(.|\n)*confusion_matrix"),
        (lambda x: tf.confusion_matrix(x, [0, 1], num_classes=2), [0, 2], "`labels` out of bound"),
        (lambda x: tf.confusion_matrix(x, [0, 1]), [0], "confusion_matrix"),
        (lambda x: tf.reverse_sequence([[1.0], [2.0]], x, 1), [1], "ReverseSequence"),
        (
            lambda x: tf.reverse_sequence([[1.0], [2.0]], x, 1),
            [1, 2],
            r"seq_lengths.1. = 2 is not(.|\n)*ReverseSequence",
        ),
        (lambda x: tf.reverse_sequence([[1.0], [2.0]], x, 1), [1, -1], "seq_lengths.1. = -1"),
        (lambda x: tf.reverse_sequence([[1.0], [2.0]], x, 1), [1, 2**32], "seq_lengths.1. = 4294967296"),
        (lambda x: tf.matrix_set_diag(tf.cast([[1, 2], [3, 4]], tf.int64), x), [1], "MatrixSetDiag"),
        (lambda x: tf.TensorArray(tf.float32, 2).write(x[0], 1.0).stack(), [2], "TensorArray index = 2 is not"),
        (lambda x: tf.TensorArray(tf.float32, 2).write(x[0], 1.0).stack(), [-1], "TensorArray index = -1"),
        (
            lambda x: tf.TensorArray(tf.float32, 0, dynamic_size=True).write(x[0], 1.0).stack(),
            [2**31 - 1],
            "TensorArray index = 2147483647",
        ),
    ],
)
def test_values_that_do_not_fit_are_named(make, fed, message):
    x = tf.placeholder(tf.int64, [None])
    y = make(x)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(y, {x: fed})
    # By its shape, or else in a run by its values.
    with tf.Session() as session, pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        session.run(make(tf.constant(fed, tf.int64)))


def test_axes_of_products_are_checked():
    for axes in (-1, 3):
        with pytest.raises(ValueError, match="'axes' of tensordot"):
            tf.tensordot([[1.0]], [[1.0]], axes)


def test_diagonals_keep_the_sign_of_zero(run):
    assert np.signbit(run(tf.matrix_diag_part([[-0.0, 1.0], [1.0, 0.0]]))).tolist() == [True, False]


def test_dots_and_diagonals_in_equations(check, run):
    a, b = np.arange(12.0, dtype=np.float32).reshape(2, 2, 3), np.arange(6.0, dtype=np.float32).reshape(3, 2)
    check(tf.einsum("...ij,jk->...ik", a, b), a @ b)
    check(tf.einsum("...ij,jk", a, b), a @ b)
    check(tf.einsum("...ij,...jk->...ik", a[:1], np.stack([b, b])), a[:1] @ np.stack([b, b]))
    check(tf.einsum("i...->...", b), [6.0, 9.0])
    square = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    check(tf.einsum("ii->i", square), [1.0, 4.0])
    check(tf.einsum("ii", square), 5.0)
    check(tf.einsum("iij->ij", a[:, :, :1]), [[0.0], [9.0]])
    assert run(tf.gradients(tf.einsum("ii->i", square), square)[0]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match="The dimensions 'i' of .* differ"):
        tf.einsum("ii->i", b)
    with pytest.raises(ValueError, match="does not fit"):
        tf.einsum("...ij->...ji", [1.0])
