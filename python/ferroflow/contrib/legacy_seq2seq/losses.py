"""The losses of lists of logits."""

from ... import nn
from ...array_ops import reshape, shape
from ...default_graph import name_scope
from ...math_ops import add_n, cast
from ...reductions import reduce_sum
from ...variable_scope import get_variable_scope, variable_scope

__all__ = ["model_with_buckets", "sequence_loss", "sequence_loss_by_example"]


def sequence_loss_by_example(
    logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None, name=None
):
    """The cross-entropy of lists of logits, `[batch, symbols]`, targets, `[batch]`, and weights, `[batch]`, summed over the
    steps, by the sum of the weights if `average_across_timesteps`: `[batch]`. Raises `ValueError` for lists of different
    lengths."""
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            f"Lengths of logits, weights, and targets must be the same {len(logits)}, {len(weights)}, {len(targets)}."
        )
    cross_entropy = softmax_loss_function or nn.sparse_softmax_cross_entropy_with_logits
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            target = target if softmax_loss_function else reshape(target, [-1])
            losses.append(cross_entropy(labels=target, logits=logit) * weight)
        total = add_n(losses)
        return total / (add_n(list(weights)) + 1e-12) if average_across_timesteps else total


def sequence_loss(
    logits,
    targets,
    weights,
    average_across_timesteps=True,
    average_across_batch=True,
    softmax_loss_function=None,
    name=None,
):
    """The sum of `sequence_loss_by_example`, by the number of examples if `average_across_batch`: a scalar."""
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        losses = sequence_loss_by_example(logits, targets, weights, average_across_timesteps, softmax_loss_function)
        cost = reduce_sum(losses)
        return cost / cast(shape(targets[0])[0], cost.dtype) if average_across_batch else cost


def model_with_buckets(
    encoder_inputs,
    decoder_inputs,
    targets,
    weights,
    buckets,
    seq2seq,
    softmax_loss_function=None,
    per_example_loss=False,
    name=None,
):
    """For each pair of lengths in `buckets` what `seq2seq` gives for so many of the inputs, with the same variables: a list of
    lists of outputs, and a list of losses. Raises `ValueError` for lists shorter than the last bucket."""
    for what, given, needed in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]),
        ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):
        if len(given) < needed:
            raise ValueError(f"Length of {what} ({len(given)}) must be at least that of last bucket ({needed}).")
    loss = sequence_loss_by_example if per_example_loss else sequence_loss
    losses, outputs = [], []
    with name_scope(name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]):
        for sources, steps in buckets:
            with variable_scope(get_variable_scope(), reuse=True if outputs else None):
                made, _ = seq2seq(encoder_inputs[:sources], decoder_inputs[:steps])
                outputs.append(made)
                options = dict(softmax_loss_function=softmax_loss_function)
                losses.append(loss(made, targets[:steps], weights[:steps], **options))
    return outputs, losses
