"""What is right and what is wrong, counted over all batches."""

from .. import math_ops, reductions
from ..array_ops import ones_like, reshape
from ..linalg_ops import matrix_diag_part
from ..math_ops import cast, div_no_nan, logical_and, logical_not
from ..reductions import reduce_sum
from ..partition_ops import confusion_matrix
from ..variable_scope import variable_scope
from ..variables import assign_add
from .means import alike, kept, mean, pair, weights_of


def accuracy(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of predictions that equal their labels."""
    labels, predictions, weights = alike(labels, predictions, weights)
    right = math_ops.equal(predictions, cast(labels, predictions.dtype))
    return mean(cast(right, "float32"), weights, metrics_collections, updates_collections, name or "accuracy")


def _count(name, default, labels, predictions, weights, label, prediction):
    """The sum of weights, and its update, where labels and predictions, as bools, are those asked for."""
    with variable_scope(name, default, [labels, predictions]):
        labels, predictions, weights = alike(labels, predictions, weights)
        of = lambda x, wanted: cast(x, "bool") if wanted else logical_not(cast(x, "bool"))
        found = cast(logical_and(of(labels, label), of(predictions, prediction)), "float32")
        count = kept([], "count")
        return count.value(), assign_add(count, reduce_sum(found if weights is None else found * weights))


def _counter(default, label, prediction, doc):
    def function(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
        found = _count(name, default, labels, predictions, weights, label, prediction)
        return pair(*found, metrics_collections, updates_collections)

    return math_ops._document(function, default, doc + " Labels and predictions are true unless they are 0.")


true_positives = _counter("true_positives", True, True, "How often what is true is predicted to be.")
true_negatives = _counter("true_negatives", False, False, "How often what is false is predicted to be.")
false_positives = _counter("false_positives", False, True, "How often what is false is predicted to be true.")
false_negatives = _counter("false_negatives", True, False, "How often what is true is predicted to be false.")


def _share(default, other, labels, predictions, weights, collections, name):
    """True positives among these and `other`, which counts the ones with that label and prediction."""
    with variable_scope(name, default, [labels, predictions]):
        hits, more_hits = _count(None, "true_positives", labels, predictions, weights, True, True)
        misses, more_misses = _count(None, other[0], labels, predictions, weights, *other[1:])
        value = div_no_nan(hits, hits + misses, "value")
        return pair(value, div_no_nan(more_hits, more_hits + more_misses, "update_op"), *collections)


def precision(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of what is true among what is predicted to be, `tp / (tp + fp)`; 0 of nothing."""
    other, collections = ("false_positives", False, True), (metrics_collections, updates_collections)
    return _share("precision", other, labels, predictions, weights, collections, name)


def recall(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of what is predicted to be true among what is, `tp / (tp + fn)`; 0 of nothing."""
    other, collections = ("false_negatives", True, False), (metrics_collections, updates_collections)
    return _share("recall", other, labels, predictions, weights, collections, name)


def mean_iou(
    labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """For each class the pixels of it that are predicted to be, among those that are of it or are predicted to be; the mean
    over the classes of which there are any. The update gives the counts, `[label, prediction]`."""
    with variable_scope(name, "mean_iou", [labels, predictions]):
        labels, predictions, weights = (None if x is None else reshape(x, [-1]) for x in (labels, predictions, weights))
        totals = kept([num_classes, num_classes], "total_confusion_matrix", "float64")
        batch = confusion_matrix(labels, predictions, num_classes, totals.dtype, weights=_doubles(weights))
        update = assign_add(totals, batch, name="update_op")
        counts = cast(totals.value(), "float32")
        hits = matrix_diag_part(counts)
        either = reduce_sum(counts, 0) + reduce_sum(counts, 1) - hits
        classes = reduce_sum(cast(math_ops.not_equal(either, 0), "float32"))
        value = div_no_nan(reduce_sum(div_no_nan(hits, either)), classes, "mean_iou")
        return pair(value, update, metrics_collections, updates_collections)


def _doubles(weights):
    return None if weights is None else cast(weights, "float64")


def mean_per_class_accuracy(
    labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The share of right predictions for each class; its mean over all classes. The update gives the shares."""
    with variable_scope(name, "mean_accuracy", [labels, predictions]):
        labels, predictions = (reshape(x, [-1]) for x in (labels, predictions))
        weights = ones_like(labels, "float32") if weights is None else weights_of(reshape(weights, [-1]), labels)
        right = cast(math_ops.equal(cast(predictions, labels.dtype), labels), "float32")
        count, total = kept([num_classes], "count"), kept([num_classes], "total")
        by_class = lambda x: math_ops.unsorted_segment_sum(x, labels, num_classes)
        hits, all_ = assign_add(count, by_class(right * weights)), assign_add(total, by_class(weights))
        value = reductions.reduce_mean(div_no_nan(count.value(), total.value()), name="mean_accuracy")
        return pair(value, div_no_nan(hits, all_, "update_op"), metrics_collections, updates_collections)
