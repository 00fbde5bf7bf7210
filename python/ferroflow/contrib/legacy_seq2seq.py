"""What programs use of `tf.contrib.legacy_seq2seq`: networks whose steps are all part of the graph, and their losses."""

from ..later import absent as _absent
from .. import nn
from ..array_ops import reshape
from ..framework import name_scope
from ..math_ops import add_n, argmax, cast, reduce_sum, stop_gradient
from ..rnn import static_rnn
from ..variable_scope import get_variable, get_variable_scope, variable_scope

__all__ = [
    "basic_rnn_seq2seq",
    "embedding_rnn_decoder",
    "rnn_decoder",
    "sequence_loss",
    "sequence_loss_by_example",
    "tied_rnn_seq2seq",
]


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """What `cell` gives for each of `decoder_inputs`, a list of `[batch, size]`, from `initial_state` on, and its last
    state. After the first the inputs are `loop_function(output, step)` of the step before, if that is given."""
    with variable_scope(scope or "rnn_decoder"):
        state, outputs = initial_state, []
        for i, given in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], i)
            if i > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
    return outputs, state


def embedding_rnn_decoder(
    decoder_inputs,
    initial_state,
    cell,
    num_symbols,
    embedding_size,
    output_projection=None,
    feed_previous=False,
    update_embedding_for_previous=True,
    scope=None,
):
    """`rnn_decoder` of symbols, a list of `[batch]`, which a variable `embedding` gives vectors. With `feed_previous` the
    likeliest symbol of each step, of the logits that `output_projection`, weights and biases, makes of the output, is what
    the next step is given."""
    with variable_scope(scope or "embedding_rnn_decoder"):
        embedding = get_variable("embedding", [num_symbols, embedding_size])

        def previous(output, _):
            logits = output if output_projection is None else nn.xw_plus_b(output, *output_projection)
            found = nn.embedding_lookup(embedding, argmax(logits, 1))
            return found if update_embedding_for_previous else stop_gradient(found)

        inputs = [nn.embedding_lookup(embedding, symbols) for symbols in decoder_inputs]
        return rnn_decoder(inputs, initial_state, cell, previous if feed_previous else None)


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype="float32", scope=None):
    """`rnn_decoder` from the last state of a copy of `cell` that was given `encoder_inputs`."""
    import copy

    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, loop_function=None, dtype="float32", scope=None):
    """`rnn_decoder` from the last state of `cell` itself that was given `encoder_inputs`."""
    with variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function, scope)


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
    from ..array_ops import shape

    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        losses = sequence_loss_by_example(logits, targets, weights, average_across_timesteps, softmax_loss_function)
        cost = reduce_sum(losses)
        return cost / cast(shape(targets[0])[0], cost.dtype) if average_across_batch else cost


__getattr__ = _absent(__name__)
