"""Repeated labels, and the loss of labels in a matrix; TensorFlow's numbers."""

import numpy as np
import pytest

import ferroflow as tf

LOGITS = ((np.arange(30) * 7 % 11 - 5) * 0.1).reshape(5, 2, 3).astype(np.float32)


def labels():
    return tf.SparseTensor([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]], tf.constant([0, 0, 1, 1, 1]), [2, 3])


@pytest.mark.parametrize(
    "merge, collapse, expected, slopes",
    [
        (True, True, [1.9529262, 2.4926653], [[-0.2333914, 0.4614876, -0.2280962], [-0.2675979, 0.2495954, 0.0180026]]),
        (
            True,
            False,
            [3.5337331, 3.4060156],
            [[-0.4294489, 0.4614876, -0.0320388], [-0.1225098, 0.3162411, -0.1937312]],
        ),
        (False, True, [3.10562, 3.3326504], [[-0.0373323, 0.4614876, -0.4241554], [-0.0285015, 0.2162688, -0.1877675]]),
        (
            False,
            False,
            [2.977669, 3.0201979],
            [[-0.2489592, 0.4614876, -0.2125285], [-0.3110331, 0.3162411, -0.0052079]],
        ),
    ],
)
def test_repeated_labels(merge, collapse, expected, slopes, check):
    logits = tf.constant(LOGITS)
    loss = tf.nn.ctc_loss(labels(), logits, [5, 4], collapse, merge)
    check(loss, expected)
    check(tf.gradients(loss, logits)[0][:2, 0], slopes)


def test_labels_that_count_apart_need_no_blank(run):
    """Two equal labels in two steps: not merged, they fit."""
    short = tf.SparseTensor([[0, 0], [0, 1]], tf.constant([1, 1]), [1, 2])
    alone = run(tf.nn.ctc_loss(short, LOGITS[:, :1], [2], ctc_merge_repeated=False))
    logs = LOGITS[:2, 0] - np.log(np.exp(LOGITS[:2, 0]).sum(1, keepdims=True))
    np.testing.assert_allclose(alone, [-logs[:, 1].sum()], rtol=1e-5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Not enough time"):
        run(tf.nn.ctc_loss(short, LOGITS[:, :1], [2]))


def test_sequences_of_no_steps(check, run):
    """They have no labels, for certain."""
    logits = tf.constant(LOGITS)
    one = tf.SparseTensor([[0, 0]], tf.constant([1]), [2, 1])
    alone = run(tf.nn.ctc_loss(one, logits, [5, 1]))[0]
    dense = tf.nn.ctc_loss_v2(np.array([[1], [0]], np.int32), logits, [1, 0], [5, 0], blank_index=2)
    for loss in (tf.nn.ctc_loss(one, logits, [5, 0]), dense):
        check(loss, [alone, 0.0])
        check(tf.gradients(loss, logits)[0][:, 1], np.zeros([5, 3]))
    both = tf.SparseTensor([[0, 0], [1, 0]], tf.constant([1, 0]), [2, 1])
    check(tf.nn.ctc_loss(both, logits, [5, 0], ignore_longer_outputs_than_inputs=True), [alone, 0.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Not enough time"):
        run(tf.nn.ctc_loss(both, logits, [5, 0]))


def test_labels_in_a_matrix(check, run):
    dense, logits = np.array([[1, 1, 2], [2, 2, 0]], np.int32), tf.constant(LOGITS)
    loss = tf.nn.ctc_loss_v2(dense, logits, [3, 2], [5, 4], unique=tf.nn.ctc_unique_labels(dense))
    check(loss, [3.5128357, 2.6446862])
    check(tf.gradients(loss, logits)[0][0, 0], [0.1739047, -0.4832491, 0.3093444])
    other = np.array([[0, 0, 2], [2, 2, 0]], np.int32)
    check(tf.nn.ctc_loss_v2(other, logits, [3, 2], [5, 4], blank_index=1), [3.8430924, 3.275465])
    by_batch = np.transpose(LOGITS, [1, 0, 2])
    check(tf.nn.ctc_loss_v2(other, by_batch, [3, 2], [5, 4], False, None, -2), [3.8430924, 3.275465])
    check(tf.nn.ctc_loss_v2(labels(), logits, None, [5, 4], blank_index=-1), [3.5337331, 3.4060156])
    assert run(tf.nn.ctc_loss_v2([[1, 1, 1]], LOGITS[:, :1], [3], [4]))[0] > 700
    with pytest.raises(ValueError, match="blank_index must be given"):
        tf.nn.ctc_loss_v2(labels(), logits, None, [5, 4])
    with pytest.raises(ValueError, match=r"blank_index must be in \[-3, 3\)"):
        tf.nn.ctc_loss_v2(dense, logits, [3, 2], [5, 4], blank_index=3)


def test_labels_in_a_row(run):
    rows = np.array([[1, 1, 2, 2, 2, 1], [3, 3, 3, 0, 0, 1], [5, 5, 5, 5, 5, 5]])
    collapsed, lengths = run(tf.nn.collapse_repeated(rows, [6, 4, 0]))
    assert collapsed.tolist() == [[1, 2, 1], [3, 0, 0], [0, 0, 0]] and lengths.tolist() == [3, 2, 0]
    assert collapsed.dtype == np.int64 and lengths.dtype == np.int32
    unique, places = run(tf.nn.ctc_unique_labels(np.array([[1, 1, 2, 2], [3, 4, 5, 3]], np.int32)))
    assert unique.tolist() == [[1, 2, 0, 0], [3, 4, 5, 0]] and places.tolist() == [[0, 0, 1, 1], [0, 1, 2, 0]]
