"""Decoders, what they are given, and what they attend to."""

import numpy as np
import pytest

import ferroflow as tf

seq2seq = tf.contrib.seq2seq
MEMORY = np.array([[[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]], np.float32)
TENTHS = tf.constant_initializer(0.1)


class Counter(tf.nn.rnn_cell.RNNCell):
    """Gives its inputs; its state is the number of steps."""

    state_size = output_size = 4

    def call(self, inputs, state):
        return inputs, state + 1.0


def test_a_decoder_in_training(run):
    inputs = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    helper = seq2seq.TrainingHelper(inputs, [3, 1])
    decoder = seq2seq.BasicDecoder(Counter(), helper, tf.zeros([2, 4]), lambda x: -x)
    (outputs, symbols), state, lengths = run(seq2seq.dynamic_decode(decoder))
    assert outputs[:, 0].tolist() == (-inputs[:, 0]).tolist() and symbols.tolist() == [[0] * 3] * 2
    assert (
        outputs[0].tolist() == (-inputs[0]).tolist() and lengths.tolist() == [3, 1] and state[:, 0].tolist() == [3, 3]
    )
    assert run(decoder.batch_size) == 2 and decoder.output_dtype.sample_id == tf.int32
    imputed, state, _ = run(seq2seq.dynamic_decode(decoder, output_time_major=True, impute_finished=True))
    assert imputed.rnn_output[:, 1].tolist() == [(-inputs[1, 0]).tolist(), [0.0] * 4, [0.0] * 4]
    assert state[:, 0].tolist() == [3, 1]
    few, _, lengths = run(seq2seq.dynamic_decode(decoder, maximum_iterations=2))
    assert few.rnn_output.shape == (2, 2, 4) and lengths.tolist() == [2, 1]
    plain = seq2seq.BasicDecoder(Counter(), seq2seq.TrainingHelper(inputs, [3, 1]), tf.zeros([2, 4]))
    assert plain.output_size == seq2seq.BasicDecoderOutput(tf.TensorShape([4]), tf.TensorShape([]))
    with pytest.raises(TypeError, match="Expected decoder to be type Decoder"):
        seq2seq.dynamic_decode(helper)
    with pytest.raises(ValueError, match="Expected sequence_length to be a vector"):
        seq2seq.TrainingHelper(inputs, 3)


def test_a_decoder_that_is_given_what_it_chose(run):
    # Symbol i is followed by i + 1; 3 ends.
    embedding = np.roll(np.eye(4, dtype=np.float32), 1, axis=1)
    for helper in (
        seq2seq.GreedyEmbeddingHelper(embedding, [0, 1], 3),
        seq2seq.GreedyEmbeddingHelper(lambda ids: tf.gather(embedding, ids), [0, 1], 3),
        seq2seq.SampleEmbeddingHelper(embedding * 100.0, [0, 1], 3, softmax_temperature=0.5),
    ):
        decoder = seq2seq.BasicDecoder(Counter(), helper, tf.zeros([2, 4]))
        outputs, _, lengths = run(seq2seq.dynamic_decode(decoder, impute_finished=True, maximum_iterations=9))
        assert outputs.sample_id.tolist() == [[1, 2, 3], [2, 3, 0]] and lengths.tolist() == [3, 2]
    with pytest.raises(ValueError, match="start_tokens must be a vector"):
        seq2seq.GreedyEmbeddingHelper(embedding, 0, 3)


@pytest.mark.parametrize("probability, expected", [(0.0, [-1, -1, -1]), (1.0, [1, 2, 3])])
def test_a_decoder_that_is_given_now_this_now_that(probability, expected, run):
    embedding = np.roll(np.eye(4, dtype=np.float32), 1, axis=1) * 100.0
    inputs = np.repeat(embedding[:1], 3, 0)[None]
    helper = seq2seq.ScheduledEmbeddingTrainingHelper(inputs, [3], embedding, probability)
    decoder = seq2seq.BasicDecoder(Counter(), helper, tf.zeros([1, 4]))
    outputs, *_ = run(seq2seq.dynamic_decode(decoder))
    assert outputs.sample_id[0].tolist() == expected
    assert outputs.rnn_output[0].argmax(1).tolist() == ([1, 1, 1] if probability == 0.0 else [1, 2, 3])


def test_helpers_of_ones_own(run):
    embedding = np.roll(np.eye(4, dtype=np.float32), 1, axis=1)
    look = lambda ids: tf.gather(embedding, ids)
    custom = seq2seq.CustomHelper(
        lambda: (tf.constant([False]), look([0])),
        lambda time, outputs, state: tf.argmax(outputs, 1, output_type=tf.int32),
        lambda time, outputs, state, sample_ids: (sample_ids >= 2, look(sample_ids), state),
    )
    drawn = seq2seq.InferenceHelper(
        lambda outputs: outputs * 2.0, [4], tf.float32, look([0]), lambda sample: tf.reduce_any(sample > 7.0, 1)
    )
    decoder = seq2seq.BasicDecoder(Counter(), custom, tf.zeros([1, 4]))
    assert run(seq2seq.dynamic_decode(decoder))[0].sample_id.tolist() == [[1, 2]]
    decoder = seq2seq.BasicDecoder(Counter(), drawn, tf.zeros([1, 4]))
    found = run(seq2seq.dynamic_decode(decoder)[0].sample_id)
    assert found[0, :, 1].tolist() == [2.0, 4.0, 8.0] and run(custom.batch_size) == 1
    for function in ("initialize", "next_inputs"):
        with pytest.raises(NotImplementedError):
            getattr(seq2seq.Helper(), function)(*[None] * (4 if function == "next_inputs" else 0))


ALIGNED = [[0.7310586, 0.2689414, 0.0]]


def attended(mechanism, query):
    with tf.variable_scope("m", initializer=TENTHS):
        return mechanism(tf.constant([query]), mechanism.initial_state(1, tf.float32))


def test_luongs_mechanism(check):
    with tf.variable_scope("m", initializer=tf.constant_initializer(np.eye(2))):
        mechanism = seq2seq.LuongAttention(2, MEMORY, [2])
    with tf.variable_scope("n", initializer=tf.constant_initializer(np.eye(2))):
        scaled = seq2seq.LuongAttention(2, MEMORY, [2], scale=True, score_mask_value=-50.0)
    alignments, state = attended(mechanism, [0.5, -0.5])
    check(alignments, ALIGNED)
    check(attended(scaled, [0.5, -0.5])[0], ALIGNED)
    check(mechanism.keys - mechanism.values, np.zeros([1, 3, 2]))
    check(mechanism.values[0, 2], [0.0, 0.0])
    check(mechanism.initial_alignments(2, tf.float32), np.zeros([2, 3]))
    assert state is alignments and mechanism.alignments_size == mechanism.state_size == 3
    names = [v.op.name for v in tf.global_variables()]
    assert names == ["m/memory_layer/kernel", "n/memory_layer/kernel", "m/luong_attention/attention_g"]
    with pytest.raises(ValueError, match="Query has units: 3. Keys have units: 2"):
        attended(mechanism, [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "normalize, expected", [(False, [0.3224610, 0.3224610, 0.3550779]), (True, [0.2763237, 0.2763237, 0.4473526])]
)
def test_bahdanaus_mechanism(normalize, expected, check):
    with tf.variable_scope("m", initializer=TENTHS):
        mechanism = seq2seq.BahdanauAttention(2, MEMORY, normalize=normalize)
    check(attended(mechanism, [1.0, 2.0])[0], [expected])
    names = [v.op.name for v in tf.trainable_variables()]
    more = ["m/bahdanau_attention/attention_g", "m/bahdanau_attention/attention_b"] * normalize
    assert names == [
        "m/memory_layer/kernel",
        "m/bahdanau_attention/query_layer/kernel",
        "m/bahdanau_attention/attention_v",
        *more,
    ]


class Half(tf.nn.rnn_cell.RNNCell):
    """Gives the first two of its inputs."""

    state_size = output_size = 2

    def call(self, inputs, state):
        return inputs[:, :2], state


def wrapped(**options):
    with tf.variable_scope(None, "w", initializer=tf.constant_initializer(np.eye(2))):
        mechanism = seq2seq.LuongAttention(2, MEMORY, [2])
    cell = seq2seq.AttentionWrapper(Half(), mechanism, **options)
    with tf.variable_scope("net", initializer=tf.ones_initializer(), reuse=tf.AUTO_REUSE):
        return cell, cell(tf.constant([[0.5, -0.5]]), cell.zero_state(1, tf.float32))


def test_a_cell_that_attends(check):
    cell, (output, state) = wrapped(alignment_history=True)
    check(output, [[0.7310586, 0.2689414]])
    check(state.attention, [[0.7310586, 0.2689414]])
    check([state.alignments, state.alignment_history.stack()[0]], [ALIGNED, ALIGNED])
    check(state.time, 1)
    assert isinstance(state, seq2seq.AttentionWrapperState)
    sizes = cell.state_size
    assert cell.output_size == 2 and (sizes.cell_state, sizes.attention, sizes.alignments) == (2, 2, 3)
    cell, (output, _) = wrapped(attention_layer_size=1)
    check(output, [[1.0]])
    assert [v.op.name for v in cell.trainable_variables] == ["net/attention_wrapper/attention_layer/kernel"]
    cell, (output, _) = wrapped(
        attention_layer=lambda x: 2.0 * x, output_attention=False, initial_cell_state=tf.ones([1, 2])
    )
    check(output, [[0.5, -0.5]])
    check(cell.zero_state(1, tf.float32).clone(time=tf.constant(7)).time, 7)
    _, (output, _) = wrapped(cell_input_fn=lambda inputs, attention: inputs + attention + 1.0)
    check(output, [[0.7310586, 0.2689414]])
    with pytest.raises(ValueError, match="Only one of attention_layer_size and attention_layer"):
        wrapped(attention_layer_size=1, attention_layer=tf.identity)
    with pytest.raises(TypeError, match="Expected state to be instance of AttentionWrapperState"):
        cell(tf.constant([[0.5, -0.5]]), tf.zeros([1, 2]))


def test_several_mechanisms(check):
    both = []
    for length in (2, 1):
        with tf.variable_scope(f"w{length}", initializer=tf.constant_initializer(np.eye(2))):
            both.append(seq2seq.LuongAttention(2, MEMORY, [length]))
    cell = seq2seq.AttentionWrapper(Half(), both)
    output, state = cell(tf.constant([[0.5, -0.5]]), cell.zero_state(1, tf.float32))
    check(output, [[0.7310586, 0.2689414, 1.0, 0.0]])
    assert len(state.alignments) == 2 and cell.output_size == 4


def test_attention_is_learned():
    """The first symbol of the source is given back."""
    tf.set_random_seed(1)
    source, size = tf.placeholder(tf.int32, [None, 3]), 16
    embedding = tf.get_variable("embedding", [5, size])
    encoded, state = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.GRUCell(size), tf.nn.embedding_lookup(embedding, source), dtype=tf.float32
    )
    batch = tf.shape(source)[0]
    cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(size), seq2seq.BahdanauAttention(size, encoded), size)
    helper = seq2seq.TrainingHelper(tf.zeros([batch, 2, 1]), tf.fill([batch], 2))
    start = cell.zero_state(batch, tf.float32).clone(cell_state=state)
    outputs, *_ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, start, tf.layers.Dense(5)))
    targets = tf.tile(source[:, :1], [1, 2])
    loss = seq2seq.sequence_loss(outputs.rnn_output, targets, tf.ones(tf.shape(targets)))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    rng = np.random.RandomState(0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step], {source: rng.randint(0, 5, [16, 3])})[0] for _ in range(60)]
    assert losses[-1] < 0.5 * losses[0]


def test_rows_several_times(check):
    check(
        seq2seq.tile_batch(tf.constant([[1.0, 2.0], [3.0, 4.0]]), 2), [[1.0, 2.0], [1.0, 2.0], [3.0, 4.0], [3.0, 4.0]]
    )
    assert seq2seq.tile_batch({"a": tf.zeros([2, 5])}, 3)["a"].shape.as_list() == [6, 5]
    check(seq2seq.hardmax([[1.0, 3.0, 2.0]]), [[0.0, 1.0, 0.0]])


def test_what_a_decoder_defines():
    decoder = seq2seq.Decoder()
    assert not decoder.tracks_own_finished
    for what in ("batch_size", "output_size", "output_dtype"):
        with pytest.raises(NotImplementedError):
            getattr(decoder, what)
    with pytest.raises(NotImplementedError):
        seq2seq.AttentionMechanism(MEMORY, None, None, None, None, None, "mine", None)(tf.zeros([1, 2]), None)
