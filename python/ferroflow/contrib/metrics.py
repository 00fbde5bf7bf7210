"""`tf.contrib.metrics`: the metrics of `tf.metrics` with predictions before labels."""

from ..later import absent as _absent
from .. import metrics as _metrics
from ..math_ops import _document
from ..metrics.means import alike
from ..partition_ops import confusion_matrix

__all__ = ["accuracy", "aggregate_metric_map", "aggregate_metrics", "confusion_matrix"]


def accuracy(predictions, labels, weights=None, name=None):
    """The share of predictions that equal their labels, in one batch."""
    from ..default_graph import name_scope
    from ..math_ops import cast, div_no_nan, equal
    from ..reductions import reduce_mean, reduce_sum

    with name_scope(name, "accuracy", [predictions, labels]):
        labels, predictions, weights = alike(labels, predictions, weights)
        right = cast(equal(predictions, labels), "float32")
        return reduce_mean(right) if weights is None else div_no_nan(reduce_sum(right * weights), reduce_sum(weights))


def aggregate_metrics(*value_update_tuples):
    """The values of pairs of value and update as a list, and the updates as another."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples):
    """The values of a dictionary of pairs of value and update as a dictionary, and the updates as another."""
    values = {name: value for name, (value, _) in names_to_tuples.items()}
    return values, {name: update for name, (_, update) in names_to_tuples.items()}


def _streaming(name):
    measure = getattr(_metrics, name)

    def function(predictions, labels, *arguments, **options):
        return measure(labels, predictions, *arguments, **options)

    return _document(function, "streaming_" + name, f"`tf.metrics.{name}` with predictions before labels.")


def _alike(name):
    measure = getattr(_metrics, name)

    def function(*arguments, **options):
        return measure(*arguments, **options)

    return _document(function, "streaming_" + name, f"`tf.metrics.{name}`.")


for _name in (
    "accuracy auc false_negatives false_positives mean_absolute_error mean_cosine_distance mean_iou mean_relative_error "
    "mean_squared_error precision precision_at_thresholds recall recall_at_thresholds root_mean_squared_error "
    "sensitivity_at_specificity specificity_at_sensitivity true_negatives true_positives"
).split():
    globals()["streaming_" + _name] = _streaming(_name)
    __all__.append("streaming_" + _name)
for _name in "mean mean_tensor percentage_below".split():
    globals()["streaming_" + _name] = _alike(_name)
    __all__.append("streaming_" + _name)


__getattr__ = _absent(__name__)
