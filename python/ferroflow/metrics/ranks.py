"""Labels among the predictions that rank highest."""

from .. import math_ops, reductions
from ..array_ops import expand_dims, ones_like
from ..framework import convert_to_tensor
from ..math_ops import cast, div_no_nan, logical_and
from ..reductions import reduce_any, reduce_sum
from ..nn import top_k
from ..variable_scope import variable_scope
from ..variables import assign_add
from .means import kept, mean_of, pair, weights_of


def _hits(labels, ranked, class_id):
    """Of each of the classes `ranked`, `[…, k]`, whether it is among `labels`, `[…, n]`, and how many of these count."""
    ranked = cast(convert_to_tensor(ranked), "int64")
    labels = cast(convert_to_tensor(labels), "int64")
    if labels.shape.ndims == ranked.shape.ndims - 1:
        labels = expand_dims(labels, -1)
    among = lambda x, others: reduce_any(math_ops.equal(expand_dims(x, -1), expand_dims(others, -2)), -1)
    hit, counted = among(ranked, labels), math_ops.greater_equal(labels, 0)
    chosen = ones_like(hit)
    if class_id is not None:
        wanted = convert_to_tensor(class_id, "int64")
        chosen, counted = math_ops.equal(ranked, wanted), math_ops.equal(labels, wanted)
    return logical_and(hit, chosen), chosen, counted


def _shares(labels, ranked, k, class_id, weights, collections, name, of_labels):
    """Hits among the labels, or among what is ranked."""
    of = ("" if k is None else f"_at_{k}") + ("" if class_id is None else f"_class{class_id}")
    with variable_scope(name, values=[labels, ranked]):
        hit, chosen, counted = _hits(labels, ranked, class_id)
        hits, all_ = (reduce_sum(cast(x, "float64"), -1) for x in (hit, counted if of_labels else chosen))
        if weights is not None:
            weights = weights_of(weights, hits, "float64")
            hits, all_ = hits * weights, all_ * weights
        right = kept([], "true_positive" + of, "float64")
        wrong = kept([], ("false_negative" if of_labels else "false_positive") + of, "float64")
        share = lambda right, wrong, name: div_no_nan(right, right + wrong, name)
        value = share(right.value(), wrong.value(), "value")
        update = assign_add(right, reduce_sum(hits)), assign_add(wrong, reduce_sum(all_ - hits))
        return pair(value, share(*update, "update_op"), *collections)


def precision_at_k(
    labels,
    predictions,
    k,
    class_id=None,
    weights=None,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """The share of labels among the `k` classes that `predictions`, `[…, classes]`, ranks highest. `labels` are classes,
    `[…, n]`, negative ones are none, or `[…]`; with `class_id` only that class counts."""
    ranked, collections = top_k(predictions, k).indices, (metrics_collections, updates_collections)
    return _shares(labels, ranked, k, class_id, weights, collections, name or f"precision_at_{k}", False)


def precision_at_top_k(
    labels,
    predictions_idx,
    k=None,
    class_id=None,
    weights=None,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """`precision_at_k` of the classes `predictions_idx`, `[…, k]`, that rank highest."""
    collections = metrics_collections, updates_collections
    return _shares(labels, predictions_idx, k, class_id, weights, collections, name or "precision_at_top_k", False)


def recall_at_k(
    labels,
    predictions,
    k,
    class_id=None,
    weights=None,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """The share of labels that are among the `k` classes that `predictions` ranks highest. See `precision_at_k`."""
    ranked, collections = top_k(predictions, k).indices, (metrics_collections, updates_collections)
    return _shares(labels, ranked, k, class_id, weights, collections, name or f"recall_at_{k}", True)


def recall_at_top_k(
    labels,
    predictions_idx,
    k=None,
    class_id=None,
    weights=None,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """`recall_at_k` of the classes `predictions_idx`, `[…, k]`, that rank highest."""
    collections = metrics_collections, updates_collections
    return _shares(labels, predictions_idx, k, class_id, weights, collections, name or "recall_at_top_k", True)


def average_precision_at_k(
    labels, predictions, k, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The mean over examples of the precisions at each rank at which there is a label, by the number of labels or `k`, the
    lesser one."""
    ranked = top_k(predictions, k).indices
    hit, _, counted = _hits(labels, ranked, None)
    hit = cast(hit, "float64")
    precisions = reductions.cumsum(hit, -1) / reductions.cumsum(ones_like(hit), -1)
    number = math_ops.minimum(reduce_sum(cast(counted, "float64"), -1), float(k))
    average = div_no_nan(reduce_sum(precisions * hit, -1), number)
    collections = metrics_collections, updates_collections
    return mean_of(average, weights, collections, name, f"average_precision_at_{k}", dtype="float64")


sparse_precision_at_k, sparse_average_precision_at_k = precision_at_k, average_precision_at_k
