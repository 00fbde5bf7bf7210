"""Measures over batches: what they are before, with one batch, and with two; numbers of TensorFlow."""

import numpy as np
import pytest

import ferroflow as tf

M = tf.metrics
LABELS = [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
GUESSES = [[0.9, 0.2, 0.4], [0.6, 0.7, 0.3]]
ROUNDED = [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]
WEIGHTS = [[1.0], [0.5]]


def measured(pair):
    """The measure before any batch, the update of the first, and the measure after two."""
    value, update = pair
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        return [np.asarray(session.run(fetch)) for fetch in (value, update, update, value)]


def check(pair, expected, before=0.0):
    start, first, second, end = measured(pair)
    np.testing.assert_allclose(start, before, atol=1e-6)
    for found in (first, second, end):
        np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_means():
    check(M.mean([1.0, 2.0, 6.0]), 3.0)
    check(M.mean([1.0, 2.0, 6.0], [1.0, 1.0, 0.0]), 1.5)
    check(M.mean(GUESSES, WEIGHTS), 0.5111111)
    check(M.mean_tensor([1.0, 2.0]), [1.0, 2.0], [0.0, 0.0])
    check(M.percentage_below([1.0, 2.0, 6.0], 3.0), 2 / 3)
    assert [v.op.name for v in tf.local_variables()][:2] == ["mean/total", "mean/count"]
    assert tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) == tf.local_variables() and not tf.global_variables()


def test_errors():
    check(M.mean_absolute_error(LABELS, GUESSES), 0.4166667)
    check(M.mean_squared_error(LABELS, GUESSES, WEIGHTS), 0.1955556)
    check(M.root_mean_squared_error(LABELS, GUESSES, WEIGHTS), 0.4422166)
    check(M.mean_relative_error([2.0, 4.0], [1.0, 5.0], [2.0, 0.0]), 0.25)
    check(M.mean_cosine_distance([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.6, 0.8]], 1), 0.1, 1.0)


def test_right_and_wrong():
    check(M.accuracy([1, 2, 3, 4], [1, 2, 3, 5]), 0.75)
    check(M.accuracy([[1], [2]], [1, 3], weights=[3.0, 1.0]), 0.75)
    check(M.precision(LABELS, ROUNDED), 2 / 3)
    check(M.recall(LABELS, ROUNDED), 0.5)
    check(M.precision(LABELS, ROUNDED, WEIGHTS), 0.75)
    for kind, expected in (
        ("true_positives", 2),
        ("true_negatives", 1),
        ("false_positives", 1),
        ("false_negatives", 2),
    ):
        start, first, second, end = measured(getattr(M, kind)(LABELS, ROUNDED))
        assert (start, first, second, end) == (0, expected, 2 * expected, 2 * expected)
    assert float(measured(M.true_positives(LABELS, ROUNDED, WEIGHTS))[1]) == 1.5
    assert float(measured(M.true_negatives(LABELS, ROUNDED))[1]) == 1.0
    assert float(measured(M.false_positives(LABELS, ROUNDED))[1]) == 1.0
    assert float(measured(M.false_negatives(LABELS, ROUNDED))[1]) == 2.0


def test_classes():
    value, update = M.mean_iou([0, 1, 2, 2], [0, 2, 2, 2], 4)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(update).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
        assert session.run(value) == pytest.approx(0.5555556)
    start, first, _, end = measured(M.mean_per_class_accuracy([0, 1, 2, 2], [0, 2, 1, 2], 3, [1.0, 2.0, 3.0, 4.0]))
    assert start == 0 and first.tolist() == pytest.approx([1.0, 0.0, 0.5714286]) and end == pytest.approx(0.5238095)


def test_thresholds():
    counts = {
        "true_positives": [2.5, 1.5],
        "false_negatives": [0.5, 1.5],
        "true_negatives": [1.0, 1.0],
        "false_positives": [0.5, 0.5],
    }
    for kind, expected in counts.items():
        found = measured(getattr(M, kind + "_at_thresholds")(LABELS, GUESSES, [0.3, 0.5], WEIGHTS))
        assert found[1].tolist() == expected and found[3].tolist() == [2 * n for n in expected]
    assert measured(M.true_positives_at_thresholds(LABELS, GUESSES, [0.8]))[1].tolist() == [1.0]
    assert measured(M.false_negatives_at_thresholds(LABELS, GUESSES, [0.8]))[1].tolist() == [3.0]
    assert measured(M.true_negatives_at_thresholds(LABELS, GUESSES, [0.8]))[1].tolist() == [2.0]
    assert measured(M.false_positives_at_thresholds(LABELS, GUESSES, [0.8]))[1].tolist() == [0.0]
    check(M.precision_at_thresholds(LABELS, GUESSES, [0.3, 0.5], WEIGHTS), [0.8333333, 0.75], [0.0, 0.0])
    check(M.recall_at_thresholds(LABELS, GUESSES, [0.3, 0.5], WEIGHTS), [0.8333333, 0.5], [0.0, 0.0])
    check(M.sensitivity_at_specificity(LABELS, GUESSES, 0.5), 1.0)
    check(M.specificity_at_sensitivity(LABELS, GUESSES, 0.6), 1.0)
    with pytest.raises(ValueError, match=r"range \[0, 1\]"):
        M.sensitivity_at_specificity(LABELS, GUESSES, 1.5)


def test_areas_under_curves():
    check(M.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.75)
    check(M.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], curve="PR", summation_method="careful_interpolation"), 0.7972973)
    check(M.auc(LABELS, GUESSES, WEIGHTS, 10, thresholds=[0.5]), 0.5833333)
    with pytest.raises(ValueError, match="ROC or PR"):
        M.auc([0], [0.5], curve="X")
    with pytest.raises(ValueError, match="summation_method"):
        M.auc([0], [0.5], summation_method="careful_interpolation")


def test_ranks():
    scores = tf.constant([[0.1, 0.5, 0.3, 0.1], [0.3, 0.2, 0.1, 0.4]])
    labels = tf.constant([[1, 2], [2, 0]], tf.int64)
    check(M.precision_at_k(labels, scores, 2), 0.75)
    check(M.precision_at_k(labels, scores, 2, weights=[1.0, 0.5]), 0.8333333)
    check(M.precision_at_k(labels, scores, 2, class_id=0), 1.0)
    check(M.recall_at_k(labels, scores, 1), 0.25)
    check(M.recall_at_k(labels, scores, 2, class_id=2), 0.5)
    check(M.average_precision_at_k(labels, scores, 2), 0.625)
    check(M.precision_at_top_k(labels, [[1, 2], [3, 0]]), 0.75)
    check(M.recall_at_top_k(labels, [[1, 2], [3, 0]]), 0.75)
    check(M.sparse_precision_at_k([1, 0], scores, 1), 0.5)
    check(M.sparse_average_precision_at_k(labels, scores, 1), 0.5)
    value, _ = M.recall_at_k(labels, scores, 2, class_id=1)
    assert value.dtype == tf.float64
    assert [v.op.name for v in tf.local_variables()[-2:]] == [
        f"recall_at_2_1/{of}_at_2_class1" for of in ("true_positive", "false_negative")
    ]


def test_collections():
    value, update = M.mean([1.0], metrics_collections="values", updates_collections=["updates"], name="m")
    assert (tf.get_collection("values"), tf.get_collection("updates")) == ([value], [update])
    assert value.name == "m/value:0" and update.name == "m/update_op:0"


def test_predictions_before_labels(run):
    streaming = tf.contrib.metrics
    check(streaming.streaming_accuracy([1, 2], [1, 3]), 0.5)
    check(streaming.streaming_mean([1.0, 3.0]), 2.0)
    check(streaming.streaming_mean_tensor([1.0]), [1.0], [0.0])
    check(streaming.streaming_percentage_below([1.0, 3.0], 2.0), 0.5)
    check(streaming.streaming_precision(ROUNDED, LABELS), 2 / 3)
    check(streaming.streaming_recall(ROUNDED, LABELS), 0.5)
    check(streaming.streaming_auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 0.75)
    check(streaming.streaming_mean_absolute_error([1.0, 3.0], [2.0, 2.0]), 1.0)
    check(streaming.streaming_mean_squared_error([1.0, 3.0], [1.0, 1.0]), 2.0)
    check(streaming.streaming_root_mean_squared_error([1.0, 5.0], [1.0, 1.0]), 8**0.5)
    check(streaming.streaming_mean_relative_error([1.0], [2.0], [2.0]), 0.5)
    check(streaming.streaming_mean_cosine_distance([[0.6, 0.8]], [[0.0, 1.0]], 1), 0.2, 1.0)
    check(streaming.streaming_precision_at_thresholds(GUESSES, LABELS, [0.5]), [2 / 3], [0.0])
    check(streaming.streaming_recall_at_thresholds(GUESSES, LABELS, [0.5]), [0.5], [0.0])
    check(streaming.streaming_sensitivity_at_specificity(GUESSES, LABELS, 0.5), 1.0)
    check(streaming.streaming_specificity_at_sensitivity(GUESSES, LABELS, 0.6), 1.0)
    counts = (streaming.streaming_true_positives, streaming.streaming_true_negatives)
    counts += (streaming.streaming_false_positives, streaming.streaming_false_negatives)
    assert [float(measured(count(ROUNDED, LABELS))[1]) for count in counts] == [2.0, 1.0, 1.0, 2.0]
    assert float(measured(streaming.streaming_mean_iou([0, 1], [0, 1], 2))[3]) == 1.0
    assert run(streaming.accuracy([1, 2], [1, 3])) == 0.5
    assert run(streaming.accuracy([1, 2], [1, 3], [3.0, 1.0])) == 0.75
    names, updates = streaming.aggregate_metric_map({"a": M.mean([1.0]), "b": M.mean([2.0])})
    assert list(names) == list(updates) == ["a", "b"]
    assert [len(x) for x in streaming.aggregate_metrics(M.mean([1.0]), M.mean([2.0]))] == [2, 2]
