"""Probabilities that are compared with thresholds."""

from .. import math_ops, reductions
from ..array_ops import expand_dims, ones_like, reshape, reverse
from ..selection import where
from ..framework import convert_to_tensor
from ..math_ops import cast, div_no_nan, identity, log, logical_and, logical_not, maximum, minimum
from ..reductions import reduce_sum
from ..variable_scope import variable_scope
from ..variables import assign_add
from .means import kept, pair, weights_of

_EPSILON = 1e-7
_KINDS = {"tp": "true_positives", "fn": "false_negatives", "tn": "true_negatives", "fp": "false_positives"}


def _counts(labels, predictions, thresholds, weights, kinds):
    """For each of `kinds` how often it is so at each threshold, `[thresholds]`, and the updates: two dictionaries."""
    predictions = cast(convert_to_tensor(predictions), "float32")
    labels = cast(convert_to_tensor(labels), "bool")
    if weights is not None:
        weights = reshape(weights_of(weights, predictions), [1, -1])
    labels, predictions = reshape(labels, [1, -1]), reshape(predictions, [1, -1])
    above = math_ops.greater(predictions, expand_dims(convert_to_tensor(list(thresholds), "float32"), 1))
    positive = logical_and(labels, ones_like(above))
    values, updates = {}, {}
    for kind in kinds:
        label = positive if kind in ("tp", "fn") else logical_not(positive)
        found = logical_and(label, above if kind in ("tp", "fp") else logical_not(above))
        found = cast(found, "float32")
        count = kept([len(thresholds)], _KINDS[kind])
        values[kind] = count.value()
        updates[kind] = assign_add(count, reduce_sum(found if weights is None else found * weights, 1))
    return values, updates


def _measured(name, default, labels, predictions, thresholds, weights, kinds, measure, collections):
    """`measure` of the counts of all batches, and of those with this batch."""
    with variable_scope(name, default, [labels, predictions]):
        values, updates = _counts(labels, predictions, thresholds, weights, kinds)
        return pair(identity(measure(**values), "value"), identity(measure(**updates), "update_op"), *collections)


def _counter(kind, doc):
    def function(
        labels, predictions, thresholds, weights=None, metrics_collections=None, updates_collections=None, name=None
    ):
        measure = lambda **counts: counts[kind]
        collections = metrics_collections, updates_collections
        return _measured(name, _KINDS[kind], labels, predictions, thresholds, weights, [kind], measure, collections)

    return math_ops._document(function, _KINDS[kind] + "_at_thresholds", doc)


true_positives_at_thresholds = _counter("tp", "How often what is true has a prediction above each of `thresholds`.")
false_negatives_at_thresholds = _counter("fn", "How often what is true has none above each of `thresholds`.")
true_negatives_at_thresholds = _counter("tn", "How often what is false has none above each of `thresholds`.")
false_positives_at_thresholds = _counter("fp", "How often what is false has one above each of `thresholds`.")


def precision_at_thresholds(
    labels, predictions, thresholds, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """`tp / (tp + fp)` where what is above each threshold is predicted to be true, `[thresholds]`."""
    measure = lambda tp, fp: tp / (_EPSILON + tp + fp)
    collections, default = (metrics_collections, updates_collections), "precision_at_thresholds"
    return _measured(name, default, labels, predictions, thresholds, weights, ["tp", "fp"], measure, collections)


def recall_at_thresholds(
    labels, predictions, thresholds, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """`tp / (tp + fn)` where what is above each threshold is predicted to be true, `[thresholds]`."""
    measure = lambda tp, fn: tp / (_EPSILON + tp + fn)
    collections, default = (metrics_collections, updates_collections), "recall_at_thresholds"
    return _measured(name, default, labels, predictions, thresholds, weights, ["tp", "fn"], measure, collections)


def _spread(number):
    """Thresholds from just below 0 to just above 1."""
    if number < 2:
        raise ValueError(f"num_thresholds must be at least 2, found {number}")
    return [-_EPSILON, *((i + 1) / (number - 1) for i in range(number - 2)), 1 + _EPSILON]


def auc(
    labels,
    predictions,
    weights=None,
    num_thresholds=200,
    metrics_collections=None,
    updates_collections=None,
    curve="ROC",
    name=None,
    summation_method="trapezoidal",
    thresholds=None,
):
    """The area under the curve of true over false positives (`ROC`), or of precision over recall (`PR`), that predictions
    from 0 to 1 describe: at `num_thresholds`, or at `thresholds` with one more at either end.

    The `summation_method` is `trapezoidal`, `minoring` or `majoring`, or for `PR` `careful_interpolation` (Davis and
    Goadrich 2006). Raises `ValueError` for another one, or another curve.
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
    heights = {"trapezoidal": lambda a, b: (a + b) / 2, "minoring": minimum, "majoring": maximum}
    careful = summation_method == "careful_interpolation" and curve == "PR"
    if summation_method not in heights and not careful:
        raise ValueError(f"Invalid summation_method: {summation_method} of the curve {curve}")

    def measure(tp, fn, tn, fp):
        if careful:
            return _interpolated(tp, fn, fp)
        tiny = 1e-6
        rate = (tp + tiny) / (tp + fn + tiny)
        x, y = (fp / (fp + tn + tiny), rate) if curve == "ROC" else (rate, (tp + tiny) / (tp + fp + tiny))
        return reduce_sum((x[:-1] - x[1:]) * heights[summation_method](y[:-1], y[1:]))

    points = _spread(num_thresholds) if thresholds is None else [-_EPSILON, *sorted(thresholds), 1 + _EPSILON]
    collections = metrics_collections, updates_collections
    return _measured(name, "auc", labels, predictions, points, weights, _KINDS, measure, collections)


def _interpolated(tp, fn, fp):
    """The area under precision over recall, where true positives grow in a straight line with all positives."""
    p = tp + fp
    more = tp[:-1] - tp[1:]
    slope = div_no_nan(more, maximum(p[:-1] - p[1:], 0.0))
    start = tp[1:] - slope * p[1:]
    both = logical_and(math_ops.greater(p[:-1], 0.0), math_ops.greater(p[1:], 0.0))
    ratio = where(both, div_no_nan(p[:-1], maximum(p[1:], 0.0)), ones_like(p[1:]))
    return reduce_sum(div_no_nan(slope * (more + start * log(ratio)), maximum(tp[1:] + fn[1:], 0.0)))


def sensitivity_at_specificity(
    labels,
    predictions,
    specificity,
    weights=None,
    num_thresholds=200,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """`tp / (tp + fn)` at the threshold at which `tn / (tn + fp)` is closest to `specificity`, from 0 to 1."""
    collections, default = (metrics_collections, updates_collections), "sensitivity_at_specificity"
    return _at(specificity, False, labels, predictions, weights, num_thresholds, collections, name or default)


def specificity_at_sensitivity(
    labels,
    predictions,
    sensitivity,
    weights=None,
    num_thresholds=200,
    metrics_collections=None,
    updates_collections=None,
    name=None,
):
    """`tn / (tn + fp)` at the threshold at which `tp / (tp + fn)` is closest to `sensitivity`, from 0 to 1."""
    collections, default = (metrics_collections, updates_collections), "specificity_at_sensitivity"
    return _at(sensitivity, True, labels, predictions, weights, num_thresholds, collections, name or default)


def _at(wanted, by_sensitivity, labels, predictions, weights, number, collections, name):
    if not 0 <= wanted <= 1:
        what = "sensitivity" if by_sensitivity else "specificity"
        raise ValueError(f"`{what}` must be in the range [0, 1]: {wanted}")

    def measure(tp, fn, tn, fp):
        sensitivity, specificity = div_no_nan(tp, tp + fn + _EPSILON), div_no_nan(tn, tn + fp + _EPSILON)
        given, sought = (sensitivity, specificity) if by_sensitivity else (specificity, sensitivity)
        # Of thresholds that are as close the best one: specificity grows with them, sensitivity falls.
        given, sought = (reverse(given, [0]), reverse(sought, [0])) if by_sensitivity else (given, sought)
        return sought[reductions.argmin(abs(given - wanted), 0, output_type="int32")]

    return _measured(name, None, labels, predictions, _spread(number), weights, _KINDS, measure, collections)
