"""The loss of sequences."""

from ... import nn
from ...array_ops import reshape, shape
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...reductions import reduce_sum

__all__ = ["sequence_loss"]


def sequence_loss(
    logits,
    targets,
    weights,
    average_across_timesteps=True,
    average_across_batch=True,
    softmax_loss_function=None,
    name=None,
):
    """The cross-entropy of `logits`, `[batch, steps, symbols]`, with `targets`, `[batch, steps]`, times `weights` of the same
    shape; over the steps, the batch or both the mean by the sum of weights. Raises `ValueError` for other ranks."""
    logits, targets, weights = (convert_to_tensor(x) for x in (logits, targets, weights))
    for tensor, rank, what in ((logits, 3, "Logits"), (targets, 2, "Targets"), (weights, 2, "Weights")):
        if tensor.shape.ndims != rank:
            raise ValueError(f"{what} must be a {rank}-dimensional tensor, found {tensor.shape}")
    cross_entropy = softmax_loss_function or nn.sparse_softmax_cross_entropy_with_logits
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        rows = reshape(logits, [-1, shape(logits)[2]])
        losses = reshape(cross_entropy(labels=reshape(targets, [-1]), logits=rows), shape(targets)) * weights
        if average_across_timesteps and average_across_batch:
            return reduce_sum(losses) / (reduce_sum(weights) + 1e-12)
        for average, axis in ((average_across_timesteps, 1), (average_across_batch, 0)):
            if average:
                return reduce_sum(losses, axis) / (reduce_sum(weights, axis) + 1e-12)
        return losses
