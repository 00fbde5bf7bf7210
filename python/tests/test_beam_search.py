"""The likeliest sequences: of decoders and of labels without places."""

import numpy as np
import pytest

import ferroflow as tf

seq2seq = tf.contrib.seq2seq
# Of the symbols 0, 1 and the end, 2: with which probability one follows another.
FOLLOWS = np.array([[0.5, 0.4, 0.1], [0.05, 0.05, 0.9], [0.3, 0.3, 0.4]], np.float32)


class Inputs(tf.nn.rnn_cell.RNNCell):
    """Gives its inputs; its state is their sums."""

    state_size = output_size = 3

    def call(self, inputs, state):
        return inputs, state + inputs


def decoder(starts=(0,), beam_width=2, **options):
    state = seq2seq.tile_batch(tf.zeros([len(starts), 3]), beam_width)
    return seq2seq.BeamSearchDecoder(Inputs(), np.log(FOLLOWS), list(starts), 2, state, beam_width, **options)


def test_the_likeliest_sequences(run):
    outputs, state, lengths = run(seq2seq.dynamic_decode(decoder(), maximum_iterations=3))
    assert isinstance(outputs, seq2seq.FinalBeamSearchDecoderOutput)
    assert isinstance(state, seq2seq.BeamSearchDecoderState)
    steps = outputs.beam_search_decoder_output
    assert isinstance(steps, seq2seq.BeamSearchDecoderOutput)
    # The greedy choice would begin with 0.
    assert outputs.predicted_ids[0].T.tolist() == [[1, 2, 2], [0, 0, 0]]
    np.testing.assert_allclose(np.exp(steps.scores[0]), [[0.5, 0.4], [0.36, 0.25], [0.36, 0.125]], rtol=1e-5)
    assert steps.parent_ids[0].tolist() == [[0, 0], [1, 0], [0, 1]]
    assert steps.predicted_ids[0].tolist() == [[0, 1], [2, 0], [2, 0]]
    assert state.lengths.tolist() == [[2, 3]] and state.finished.tolist() == [[True, False]]
    np.testing.assert_allclose(np.exp(state.log_probs), [[0.36, 0.125]], rtol=1e-5)
    np.testing.assert_allclose(state.cell_state[0, 1], 3 * np.log(FOLLOWS[0]), rtol=1e-5)


def test_several_sequences_and_all_have_ended(run):
    made = decoder([0, 1], output_layer=lambda x: 8.0 * x)
    assert run(made.batch_size) == 2 and made.tracks_own_finished
    assert made.output_size.scores.as_list() == [2] and made.output_dtype.predicted_ids == tf.int32
    outputs, state, _ = run(seq2seq.dynamic_decode(made, output_time_major=True, maximum_iterations=20))
    assert outputs.predicted_ids[:1, 1].tolist() == [[2, 0]] and state.lengths[1, 0] == 1
    one = seq2seq.BeamSearchDecoder(
        Inputs(), lambda ids: tf.gather(np.log(FOLLOWS), ids), [1], 2, tf.zeros([1, 3]), 1, length_penalty_weight=1.0
    )
    outputs, _, lengths = run(seq2seq.dynamic_decode(one))
    assert outputs.predicted_ids.tolist() == [[[2]]] and lengths.tolist() == [[1]]


def test_long_sequences_are_preferred(run):
    outputs, state, _ = run(seq2seq.dynamic_decode(decoder(length_penalty_weight=1.0), maximum_iterations=2))
    scores = outputs.beam_search_decoder_output.scores[0, 1]
    np.testing.assert_allclose(scores, [np.log(0.36), np.log(0.25) * 6 / 7], rtol=1e-5)
    np.testing.assert_allclose(np.exp(state.log_probs), [[0.36, 0.25]], rtol=1e-5)


def test_arguments_of_the_search():
    with pytest.raises(ValueError, match="start_tokens must be a vector"):
        seq2seq.BeamSearchDecoder(Inputs(), FOLLOWS, 0, 2, tf.zeros([2, 3]), 2)
    with pytest.raises(ValueError, match="end_token must be a scalar"):
        seq2seq.BeamSearchDecoder(Inputs(), FOLLOWS, [0], [2], tf.zeros([2, 3]), 2)
    with pytest.raises(TypeError, match="output_layer must be a Layer"):
        decoder(output_layer=3)
    with pytest.raises(tf.errors.UnimplementedError, match="coverage_penalty_weight"):
        decoder(coverage_penalty_weight=0.5)


def test_sequences_of_their_ends(run):
    symbols = np.array([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]], np.int32)
    parents = np.array([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]]], np.int32)
    found = run(seq2seq.gather_tree(symbols, parents, [3], 10))
    assert found[:, 0].T.tolist() == [[2, 6, 7], [2, 5, 8], [2, 6, 9]]
    assert run(seq2seq.gather_tree(symbols, parents, [2], 10))[:, 0].T.tolist() == [[1, 4, 10], [2, 5, 10], [2, 6, 10]]
    assert run(seq2seq.gather_tree(symbols, parents, [3], 6))[:, 0].T.tolist() == [[2, 6, 6], [2, 5, 8], [2, 6, 6]]
    values = np.arange(9, dtype=np.float32).reshape(3, 3, 1)
    array = run(seq2seq.gather_tree_from_array(values, parents, [[3, 3, 3]]))
    assert array[:, :, 0].T.tolist() == [[1.0, 5.0, 6.0], [1.0, 4.0, 7.0], [1.0, 5.0, 8.0]]


def test_a_search_that_attends(run):
    memory = seq2seq.tile_batch(np.eye(3, dtype=np.float32)[None], 2)
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(3), seq2seq.LuongAttention(3, memory), alignment_history=True
    )
    state = cell.zero_state(2, tf.float32)
    made = seq2seq.BeamSearchDecoder(cell, np.eye(3, dtype=np.float32), [0], 2, state, 2, tf.layers.Dense(3))
    outputs, state, _ = seq2seq.dynamic_decode(made, maximum_iterations=4)
    ids, alignments = run([outputs.predicted_ids, state.cell_state.alignment_history])
    assert ids.shape[2] == 2 and alignments.shape == (ids.shape[1], 2, 3)
    np.testing.assert_allclose(alignments.sum(2), np.ones(alignments.shape[:2]), rtol=1e-5)


def test_the_likeliest_labels(run):
    logits = np.round(np.random.RandomState(1).randn(6, 2, 4) * 2, 1).astype(np.float32)
    labels, logs = run(tf.nn.ctc_beam_search_decoder(logits, [6, 4], beam_width=20, top_paths=3))
    # As TensorFlow decodes them.
    rows = lambda x: [x.values[x.indices[:, 0] == b].tolist() for b in (0, 1)]
    assert [rows(x) for x in labels] == [[[0, 2, 0], [2, 1]], [[0, 2, 0, 2], [0, 2, 1]], [[0, 2, 0, 1], [2, 1, 0]]]
    assert [x.dense_shape.tolist() for x in labels] == [[2, 3], [2, 4], [2, 4]]
    expected = [
        [-0.6744397878646851, -2.0899417400360107, -2.5350770950317383],
        [-0.51372230052948, -2.3336493968963623, -2.7879555225372314],
    ]
    np.testing.assert_allclose(logs, expected, rtol=1e-5)
    few = run(tf.nn.ctc_beam_search_decoder_v2(logits, [6, 4], beam_width=3)[1])
    np.testing.assert_allclose(few, [[-0.6885083317756653], [-0.539465069770813]], rtol=1e-5)


def test_equal_labels_in_a_row(run):
    logits = np.log(np.array([[[0.8, 0.1, 0.1]], [[0.1, 0.1, 0.8]], [[0.8, 0.1, 0.1]]], np.float32))
    one = run(tf.nn.ctc_beam_search_decoder(logits, [3], merge_repeated=True)[0][0])
    two = run(tf.nn.ctc_beam_search_decoder(logits, [3], merge_repeated=False)[0][0])
    assert one.values.tolist() == [0] and two.values.tolist() == [0, 0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="sequence_length"):
        run(tf.nn.ctc_beam_search_decoder(logits, [4])[1])
    with pytest.raises(ValueError, match="top_paths, 2, must not be more than beam_width, 1"):
        tf.nn.ctc_beam_search_decoder(logits, [3], beam_width=1, top_paths=2)
