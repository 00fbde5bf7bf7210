"""Losses: weighted, put together, and added to a collection."""

from typing import Any
from .elements import Tensor
from .pairwise_loss import mean_pairwise_squared_error as mean_pairwise_squared_error


class Reduction:
    """What becomes of the weighted losses."""
    NONE: str
    SUM: str
    SUM_OVER_BATCH_SIZE: str
    MEAN: str
    SUM_BY_NONZERO_WEIGHTS: str
    SUM_OVER_NONZERO_WEIGHTS: str
    @classmethod
    def all(cls) -> Any: ...
    @classmethod
    def validate(cls, key: Any) -> Any: ...


def compute_weighted_loss(losses: Any, weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """The losses times `weights`, which are broadcast to them, put together as `reduction` says, and added to"""


def absolute_difference(labels: Any, predictions: Any, weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """`|p - z|`, weighted."""


def mean_squared_error(labels: Any, predictions: Any, weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """`(p - z)²`, weighted."""


def huber_loss(labels: Any, predictions: Any, weights: Any = ..., delta: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """`d²/2` of a difference `d` up to `delta`, `delta·(|d| - delta/2)` beyond, weighted (Huber 1964)."""


def log_loss(labels: Any, predictions: Any, weights: Any = ..., epsilon: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """`-z·ln(p + epsilon) - (1 - z)·ln(1 - p + epsilon)` for probabilities `p`, weighted."""


def hinge_loss(labels: Any, logits: Any, weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """`max(0, 1 - (2z - 1)·x)` for `logits` `x` and `labels` `z`, 0 or 1, weighted."""


def cosine_distance(labels: Any, predictions: Any, axis: Any = ..., weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ..., dim: Any = ...) -> Tensor:
    """`1 - Σ p·z` over `axis` of vectors of length 1, weighted. Raises `ValueError` if no axis is named."""


def sigmoid_cross_entropy(multi_class_labels: Any, logits: Any, weights: Any = ..., label_smoothing: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """The sigmoid cross-entropy, weighted; labels are drawn to 1/2 by `label_smoothing`."""


def softmax_cross_entropy(onehot_labels: Any, logits: Any, weights: Any = ..., label_smoothing: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """The softmax cross-entropy with rows that are distributions, weighted; they are drawn to the uniform one by"""


def sparse_softmax_cross_entropy(labels: Any, logits: Any, weights: Any = ..., scope: Any = ..., loss_collection: Any = ..., reduction: Any = ...) -> Tensor:
    """The softmax cross-entropy with one class for each row, weighted."""


def add_loss(loss: Any, loss_collection: Any = ...) -> None:
    """Adds a loss of one's own to the collection."""


def get_losses(scope: Any = ..., loss_collection: Any = ...) -> list[Tensor]:
    """The losses collected so far."""


def get_regularization_losses(scope: Any = ...) -> list[Tensor]:
    """The losses that regularizers gave."""


def get_regularization_loss(scope: Any = ..., name: Any = ...) -> Tensor:
    """The sum of the losses that regularizers gave; 0 of none."""


def get_total_loss(add_regularization_losses: Any = ..., name: Any = ..., scope: Any = ...) -> Tensor:
    """The sum of the losses collected so far."""
