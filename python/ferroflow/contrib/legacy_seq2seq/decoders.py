"""Decoders whose steps are all part of the graph."""

from ... import nn
from ...array_ops import concat, expand_dims, reshape, shape
from ...creation import zeros
from ...initializers import Zeros
from ...math_ops import matmul, stop_gradient, tanh
from ...reductions import argmax, reduce_sum
from ...nest import flatten
from ...variable_scope import get_variable, get_variable_scope, variable_scope

__all__ = ["attention_decoder", "embedding_attention_decoder", "embedding_rnn_decoder", "rnn_decoder"]


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


def _linear(inputs, size):
    """`[inputs] · kernel + bias`, variables of the scope."""
    depth = sum(i.shape[1].value for i in inputs)
    kernel = get_variable("kernel", [depth, size], inputs[0].dtype)
    bias = get_variable("bias", [size], inputs[0].dtype, Zeros())
    return nn.bias_add(matmul(concat(inputs, 1), kernel), bias)


def attention_decoder(
    decoder_inputs,
    initial_state,
    attention_states,
    cell,
    output_size=None,
    num_heads=1,
    loop_function=None,
    dtype=None,
    scope=None,
    initial_state_attention=False,
):
    """`rnn_decoder` whose inputs and outputs are joined with what `num_heads` heads attend to among `attention_states`,
    `[batch, length, size]`, after Vinyals et al. (https://arxiv.org/abs/1412.7449): outputs of `output_size`, and the last
    state. With `initial_state_attention` they attend before the first step too."""
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    size = attention_states.shape[2].value
    if size is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    output_size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype):
        batch, length = shape(decoder_inputs[0])[0], shape(attention_states)[1]
        hidden, heads = expand_dims(attention_states, 2), []
        for head in range(num_heads):
            w = get_variable(f"AttnW_{head}", [1, 1, size, size])
            heads.append((nn.conv2d(hidden, w, [1, 1, 1, 1], "SAME"), get_variable(f"AttnV_{head}", [size])))

        def attend(state):
            found, query = [], concat(flatten(state), 1)
            for head, (features, v) in enumerate(heads):
                with variable_scope(f"Attention_{head}"):
                    asked = reshape(_linear([query], size), [-1, 1, 1, size])
                weights = nn.softmax(reduce_sum(v * tanh(features + asked), [2, 3]))
                found.append(reduce_sum(reshape(weights, [-1, length, 1]) * attention_states, 1))
                found[-1].set_shape([None, size])
            return found

        attentions = [zeros([batch, size], attention_states.dtype) for _ in heads]
        for attention in attentions:
            attention.set_shape([None, size])
        if initial_state_attention:
            attentions = attend(initial_state)
        state, outputs = initial_state, []
        for i, given in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], i)
            if i > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(_linear([given, *attentions], given.shape[1].value), state)
            with variable_scope(get_variable_scope(), reuse=True if initial_state_attention else None):
                attentions = attend(state)
            with variable_scope("AttnOutputProjection"):
                outputs.append(_linear([output, *attentions], output_size))
    return outputs, state


def _previous(embedding, output_projection, update):
    """The function from the outputs of a step to the vectors of the likeliest symbols."""

    def previous(output, _):
        logits = output if output_projection is None else nn.xw_plus_b(output, *output_projection)
        found = nn.embedding_lookup(embedding, argmax(logits, 1))
        return found if update else stop_gradient(found)

    return previous


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

        previous = _previous(embedding, output_projection, update_embedding_for_previous)
        inputs = [nn.embedding_lookup(embedding, symbols) for symbols in decoder_inputs]
        return rnn_decoder(inputs, initial_state, cell, previous if feed_previous else None)


def embedding_attention_decoder(
    decoder_inputs,
    initial_state,
    attention_states,
    cell,
    num_symbols,
    embedding_size,
    num_heads=1,
    output_size=None,
    output_projection=None,
    feed_previous=False,
    update_embedding_for_previous=True,
    dtype=None,
    scope=None,
    initial_state_attention=False,
):
    """`attention_decoder` of symbols, as `embedding_rnn_decoder` has them."""
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        previous = _previous(embedding, output_projection, update_embedding_for_previous)
        inputs = [nn.embedding_lookup(embedding, symbols) for symbols in decoder_inputs]
        output_size = cell.output_size if output_size is None else output_size
        given = inputs, initial_state, attention_states, cell, output_size, num_heads
        return attention_decoder(
            *given, previous if feed_previous else None, initial_state_attention=initial_state_attention
        )
