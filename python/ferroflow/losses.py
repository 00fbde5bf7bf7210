"""Losses: weighted, put together, and added to a collection."""

from .default_graph import (
    add_to_collection as _add_to_collection,
    get_collection as _get_collection,
    name_scope as _name_scope,
)
from .framework import call as _call, convert_to_tensor as _convert_to_tensor
from .graph import GraphKeys
from .later import later as _later
from .math_ops import add_n as _add_n, cast as _cast
from .nn import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits_v2
from .nn import sparse_softmax_cross_entropy_with_logits


class Reduction:
    """What becomes of the weighted losses."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = SUM_OVER_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"

    @classmethod
    def all(cls):
        """Every way."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key):
        """Raises `ValueError` for what is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def compute_weighted_loss(
    losses, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES, reduction=Reduction.SUM_BY_NONZERO_WEIGHTS
):
    """The losses times `weights`, which are broadcast to them, put together as `reduction` says, and added to
    `loss_collection` unless that is `None`. Raises `ValueError` for weights that do not fit."""
    Reduction.validate(reduction)
    losses, weights = _convert_to_tensor(losses), _convert_to_tensor(weights)
    loss = _call("weighted_loss", scope or "weighted_loss", losses, weights, reduction)
    if loss_collection is not None:
        _add_to_collection(loss_collection, loss)
    return loss


def _floats(labels, predictions):
    if labels is None or predictions is None:
        raise ValueError("labels and predictions must not be None.")
    predictions, labels = _cast(predictions, "float32"), _cast(labels, "float32")
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions


def _difference(function, name, labels, predictions, weights, scope, loss_collection, reduction, *settings):
    """What `function` gives for labels and predictions as floats, weighted."""
    with _name_scope(scope, name, [labels, predictions]) as scope:
        labels, predictions = _floats(labels, predictions)
        losses = _call(function, None, labels, predictions, *settings)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def absolute_difference(
    labels,
    predictions,
    weights=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """`|p - z|`, weighted."""
    name = "absolute_difference"
    return _difference(name, name, labels, predictions, weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels,
    predictions,
    weights=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """`(p - z)²`, weighted."""
    name = "mean_squared_error"
    return _difference("squared_difference", name, labels, predictions, weights, scope, loss_collection, reduction)


def huber_loss(
    labels,
    predictions,
    weights=1.0,
    delta=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """`d²/2` of a difference `d` up to `delta`, `delta·(|d| - delta/2)` beyond, weighted (Huber 1964)."""
    name = "huber_loss"
    return _difference(name, name, labels, predictions, weights, scope, loss_collection, reduction, delta)


def log_loss(
    labels,
    predictions,
    weights=1.0,
    epsilon=1e-7,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """`-z·ln(p + epsilon) - (1 - z)·ln(1 - p + epsilon)` for probabilities `p`, weighted."""
    name = "log_loss"
    return _difference(name, name, labels, predictions, weights, scope, loss_collection, reduction, epsilon)


def hinge_loss(
    labels,
    logits,
    weights=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """`max(0, 1 - (2z - 1)·x)` for `logits` `x` and `labels` `z`, 0 or 1, weighted."""
    with _name_scope(scope, "hinge_loss", [labels, logits]) as scope:
        labels, logits = _floats(labels, logits)
        return compute_weighted_loss(
            _call("hinge_loss", None, labels, logits), weights, scope, loss_collection, reduction
        )


def cosine_distance(
    labels,
    predictions,
    axis=None,
    weights=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
    dim=None,
):
    """`1 - Σ p·z` over `axis` of vectors of length 1, weighted. Raises `ValueError` if no axis is named."""
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with _name_scope(scope, "cosine_distance_loss", [labels, predictions]) as scope:
        labels, predictions = _floats(labels, predictions)
        losses = _call("cosine_distance", None, labels, predictions, axis)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels,
    logits,
    weights=1.0,
    label_smoothing=0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """The sigmoid cross-entropy, weighted; labels are drawn to 1/2 by `label_smoothing`."""
    with _name_scope(scope, "sigmoid_cross_entropy_loss", [multi_class_labels, logits]) as scope:
        logits = _convert_to_tensor(logits)
        labels = _cast(multi_class_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = _call("smooth_labels", None, labels, label_smoothing, 2)
        losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels,
    logits,
    weights=1.0,
    label_smoothing=0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """The softmax cross-entropy with rows that are distributions, weighted; they are drawn to the uniform one by
    `label_smoothing`. No derivative passes to the labels."""
    from .math_ops import stop_gradient

    with _name_scope(scope, "softmax_cross_entropy_loss", [onehot_labels, logits]) as scope:
        logits = _convert_to_tensor(logits)
        labels = _cast(onehot_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = _call("smooth_labels", None, labels, label_smoothing, None)
        losses = softmax_cross_entropy_with_logits_v2(stop_gradient(labels), logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels,
    logits,
    weights=1.0,
    scope=None,
    loss_collection=GraphKeys.LOSSES,
    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS,
):
    """The softmax cross-entropy with one class for each row, weighted."""
    with _name_scope(scope, "sparse_softmax_cross_entropy_loss", [labels, logits]) as scope:
        labels, logits = _convert_to_tensor(labels), _convert_to_tensor(logits)
        if None not in (labels.shape.ndims, logits.shape.ndims) and labels.shape.ndims == logits.shape.ndims:
            from .array_ops import squeeze

            labels = squeeze(labels, [-1])
        losses = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def add_loss(loss, loss_collection=GraphKeys.LOSSES):
    """Adds a loss of one's own to the collection."""
    if loss_collection:
        _add_to_collection(loss_collection, loss)


def get_losses(scope=None, loss_collection=GraphKeys.LOSSES):
    """The losses collected so far."""
    return _get_collection(loss_collection, scope)


def get_regularization_losses(scope=None):
    """The losses that regularizers gave."""
    return _get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope=None, name="total_regularization_loss"):
    """The sum of the losses that regularizers gave; 0 of none."""
    from .framework import constant

    losses = get_regularization_losses(scope)
    return _add_n(losses, name=name) if losses else constant(0.0, name=name)


def get_total_loss(add_regularization_losses=True, name="total_loss", scope=None):
    """The sum of the losses collected so far."""
    losses = get_losses(scope)
    return _add_n([*losses, *(get_regularization_losses(scope) if add_regularization_losses else ())], name=name)


__getattr__, __dir__ = _later(__name__, {"pairwise_loss": "mean_pairwise_squared_error"})
