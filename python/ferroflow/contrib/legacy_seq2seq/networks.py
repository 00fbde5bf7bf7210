"""Networks from sequences to sequences whose steps are all part of the graph."""

import copy

from ...array_ops import concat, expand_dims
from ...control_flow import cond
from ...nest import flatten, pack
from ...rnn import static_rnn
from ...variable_scope import get_variable, get_variable_scope, variable_scope
from ... import nn
from ..cells import EmbeddingWrapper, OutputProjectionWrapper
from .decoders import _previous, embedding_attention_decoder, embedding_rnn_decoder, rnn_decoder

__all__ = [
    "basic_rnn_seq2seq",
    "embedding_attention_seq2seq",
    "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq",
    "tied_rnn_seq2seq",
]


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype="float32", scope=None):
    """`rnn_decoder` from the last state of a copy of `cell` that was given `encoder_inputs`."""
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


def _fed(feed_previous, decode):
    """`decode(feed_previous)`; of a tensor, what it chooses of both, which share their variables."""
    if isinstance(feed_previous, bool):
        return decode(feed_previous)
    forms = []

    def branch(feed, reuse):
        with variable_scope(get_variable_scope(), reuse=reuse):
            forms.append(decode(feed))
        return flatten(forms[-1])

    chosen = cond(feed_previous, lambda: branch(True, None), lambda: branch(False, True))
    return pack(forms[0], chosen)


def _encoded(cell, encoder_inputs, num_symbols, embedding_size, dtype):
    encoder = EmbeddingWrapper(copy.deepcopy(cell), num_symbols, embedding_size)
    return static_rnn(encoder, encoder_inputs, dtype=dtype)


def embedding_rnn_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_encoder_symbols,
    num_decoder_symbols,
    embedding_size,
    output_projection=None,
    feed_previous=False,
    dtype="float32",
    scope=None,
):
    """`embedding_rnn_decoder` from the last state of a copy of `cell` that was given the vectors of `encoder_inputs`. Its
    outputs are logits, or with `output_projection` what these are made of. `feed_previous` may be a tensor."""
    with variable_scope(scope or "embedding_rnn_seq2seq"):
        _, state = _encoded(cell, encoder_inputs, num_encoder_symbols, embedding_size, dtype)
        cell = OutputProjectionWrapper(cell, num_decoder_symbols) if output_projection is None else cell
        given = decoder_inputs, state, cell, num_decoder_symbols, embedding_size, output_projection
        return _fed(feed_previous, lambda feed: embedding_rnn_decoder(*given, feed_previous=feed))


def embedding_attention_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_encoder_symbols,
    num_decoder_symbols,
    embedding_size,
    num_heads=1,
    output_projection=None,
    feed_previous=False,
    dtype="float32",
    scope=None,
    initial_state_attention=False,
):
    """`embedding_rnn_seq2seq` whose decoder attends to the outputs of the encoder."""
    with variable_scope(scope or "embedding_attention_seq2seq"):
        outputs, state = _encoded(cell, encoder_inputs, num_encoder_symbols, embedding_size, dtype)
        attended = concat([expand_dims(output, 1) for output in outputs], 1)
        size = None
        if output_projection is None:
            cell, size = OutputProjectionWrapper(cell, num_decoder_symbols), num_decoder_symbols
        given = (
            decoder_inputs,
            state,
            attended,
            cell,
            num_decoder_symbols,
            embedding_size,
            num_heads,
            size,
            output_projection,
        )
        options = dict(initial_state_attention=initial_state_attention)
        return _fed(feed_previous, lambda feed: embedding_attention_decoder(*given, feed_previous=feed, **options))


def embedding_tied_rnn_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_symbols,
    embedding_size,
    num_decoder_symbols=None,
    output_projection=None,
    feed_previous=False,
    dtype="float32",
    scope=None,
):
    """`tied_rnn_seq2seq` of symbols, which one variable `embedding` gives vectors."""
    with variable_scope(scope or "embedding_tied_rnn_seq2seq"):
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        sources, targets = (
            [nn.embedding_lookup(embedding, symbols) for symbols in given] for given in (encoder_inputs, decoder_inputs)
        )
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols or num_symbols)
        previous = _previous(embedding, output_projection, True)
        return _fed(
            feed_previous,
            lambda feed: tied_rnn_seq2seq(sources, targets, cell, previous if feed else None, dtype),
        )
