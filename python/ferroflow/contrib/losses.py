"""`tf.contrib.losses`: the losses of `tf.losses` with predictions before labels."""

from ..later import absent as _absent
from .. import losses as _losses
from ..losses import add_loss, compute_weighted_loss, get_losses, get_regularization_losses, get_total_loss
from .arguments import add_arg_scope

__all__ = [
    "absolute_difference",
    "add_loss",
    "compute_weighted_loss",
    "cosine_distance",
    "get_losses",
    "get_regularization_losses",
    "get_total_loss",
    "hinge_loss",
    "log_loss",
    "mean_pairwise_squared_error",
    "mean_squared_error",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]


@add_arg_scope
def absolute_difference(predictions, labels=None, weights=1.0, scope=None):
    """`|p - z|`, weighted."""
    return _losses.absolute_difference(labels, predictions, weights, scope)


@add_arg_scope
def mean_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """`(p - z)²`, weighted."""
    return _losses.mean_squared_error(labels, predictions, weights, scope)


@add_arg_scope
def mean_pairwise_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """The squared differences of the differences of elements, weighted."""
    return _losses.mean_pairwise_squared_error(labels, predictions, weights, scope)


@add_arg_scope
def log_loss(predictions, labels=None, weights=1.0, epsilon=1e-7, scope=None):
    """The logarithmic loss of probabilities, weighted."""
    return _losses.log_loss(labels, predictions, weights, epsilon, scope)


@add_arg_scope
def hinge_loss(logits, labels=None, scope=None):
    """`max(0, 1 - (2z - 1)·x)`, each: neither weighted nor added to a collection."""
    from ..default_graph import name_scope
    from ..math_ops import cast
    from ..nn import relu

    with name_scope(scope, "hinge_loss", [logits, labels]):
        return relu(1.0 - (2.0 * cast(labels, "float32") - 1.0) * cast(logits, "float32"))


@add_arg_scope
def cosine_distance(predictions, labels=None, axis=None, weights=1.0, scope=None, dim=None):
    """`1 - Σ p·z` over `axis` of vectors of length 1, weighted."""
    return _losses.cosine_distance(labels, predictions, axis, weights, scope, dim=dim)


@add_arg_scope
def sigmoid_cross_entropy(logits, multi_class_labels, weights=1.0, label_smoothing=0, scope=None):
    """The sigmoid cross-entropy, weighted."""
    return _losses.sigmoid_cross_entropy(multi_class_labels, logits, weights, label_smoothing, scope)


@add_arg_scope
def softmax_cross_entropy(logits, onehot_labels, weights=1.0, label_smoothing=0, scope=None):
    """The softmax cross-entropy with rows that are distributions, weighted."""
    return _losses.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope)


@add_arg_scope
def sparse_softmax_cross_entropy(logits, labels, weights=1.0, scope=None):
    """The softmax cross-entropy with one class for each row, weighted."""
    return _losses.sparse_softmax_cross_entropy(labels, logits, weights, scope)


__getattr__ = _absent(__name__)
