"""Networks from sequences to sequences whose steps are all part of the graph."""

import copy

import numpy as np
import pytest

import ferroflow as tf

seq2seq = tf.contrib.legacy_seq2seq
TENTHS = tf.constant_initializer(0.1)
MEMORY = np.array([[[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]], np.float32)


def test_a_decoder_that_attends(check):
    cell = tf.nn.rnn_cell.BasicRNNCell(2)
    inputs, state = [tf.constant([[1.0, 2.0]])], tf.zeros([1, 2])
    with tf.variable_scope("net", initializer=TENTHS):
        (output,), last = seq2seq.attention_decoder(inputs, state, tf.constant(MEMORY), cell)
    check(last, [[0.0599281] * 2])
    check(output, [[0.4387339] * 2])
    names = [v.op.name.replace("net/attention_decoder/", "") for v in tf.trainable_variables()]
    assert names == [
        *("AttnW_0", "AttnV_0", "kernel", "bias", "basic_rnn_cell/kernel", "basic_rnn_cell/bias"),
        *("Attention_0/kernel", "Attention_0/bias", "AttnOutputProjection/kernel", "AttnOutputProjection/bias"),
    ]
    with tf.variable_scope("more"):
        heads, _ = seq2seq.attention_decoder(
            inputs * 3, state, tf.constant(MEMORY), tf.nn.rnn_cell.BasicRNNCell(2), 5, 2, initial_state_attention=True
        )
    assert [h.shape.as_list() for h in heads] == [[1, 5]] * 3
    with pytest.raises(ValueError, match="at least 1 input"):
        seq2seq.attention_decoder([], state, tf.constant(MEMORY), cell)


SYMBOLS = np.array([[1, 2], [2, 0], [0, 1], [1, 1]])


def symbols(number):
    return [tf.constant(SYMBOLS[i % 4], tf.int32) for i in range(number)]


@pytest.mark.parametrize(
    "network, sizes",
    [
        (seq2seq.embedding_rnn_seq2seq, (4, 3, 5)),
        (seq2seq.embedding_attention_seq2seq, (4, 3, 5)),
        (seq2seq.embedding_tied_rnn_seq2seq, (3, 5)),
    ],
)
def test_networks_of_symbols(network, sizes):
    """What the decoder is given is what it chose if `feed_previous`, a bool or a tensor, says so."""
    fed = tf.placeholder(tf.bool, [])
    made = {}
    for name, feed in (("fed", True), ("given", False), ("either", fed)):
        with tf.variable_scope("net", reuse=tf.AUTO_REUSE, initializer=tf.random_uniform_initializer(-1, 1, seed=3)):
            made[name], state = network(symbols(3), symbols(4), tf.nn.rnn_cell.GRUCell(5), *sizes, feed_previous=feed)
    assert [o.shape[1].value for o in made["given"]] == [3] * 4 and state.shape[1].value == 5
    variables = tf.trainable_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        expected = session.run([made["fed"], made["given"]])
        for value, outputs in zip((True, False), expected):
            np.testing.assert_allclose(session.run(made["either"], {fed: value}), outputs, rtol=1e-6)
    assert not np.allclose(*expected)
    assert len({v.op.name for v in variables}) == len(variables) == len(tf.global_variables())


def test_a_projection_of_ones_own(run):
    projection = tf.ones([5, 3]), tf.zeros([3])
    given = symbols(2), symbols(2), tf.nn.rnn_cell.GRUCell(5), 4, 3, 5
    outputs, _ = seq2seq.embedding_attention_seq2seq(*given, output_projection=projection, feed_previous=True)
    assert run(outputs)[1].shape == (2, 5)
    decoded, _ = seq2seq.embedding_attention_decoder(
        symbols(2), tf.zeros([2, 5]), tf.zeros([2, 3, 5]), tf.nn.rnn_cell.GRUCell(5), 3, 5, scope="alone"
    )
    assert run(decoded)[1].shape == (2, 5)


def test_buckets():
    """Networks of several lengths share their variables, and are trained."""
    tf.set_random_seed(1)
    batch, cell = [None], tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(8) for _ in range(2)])
    sources, targets = ([tf.placeholder(tf.int32, batch) for _ in range(n)] for n in (4, 5))
    weights = [tf.placeholder(tf.float32, batch) for _ in range(4)]
    network = lambda x, y: tf.nn.seq2seq.embedding_attention_seq2seq(x, y, cell, 6, 6, 8)
    given = sources, targets[:4], targets[1:], weights, [(2, 2), (4, 4)], network
    outputs, losses = seq2seq.model_with_buckets(*given)
    assert [len(o) for o in outputs] == [2, 4]
    names = [v.op.name for v in tf.trainable_variables()]
    assert len(names) == len(set(names)) == 28
    step = tf.train.AdamOptimizer(0.02).minimize(losses[0] + losses[1])
    rng = np.random.RandomState(0)
    feed = {p: rng.randint(0, 6, [4]) for p in sources + targets}
    feed.update({w: np.ones(4) for w in weights})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(losses, feed)
        for _ in range(40):
            session.run(step, feed)
        after = session.run(losses, feed)
    assert after[0] < 0.7 * before[0] and after[1] < 0.7 * before[1]
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        _, (each, _) = seq2seq.model_with_buckets(*given, per_example_loss=True)
    assert each.shape.ndims == 1
    with pytest.raises(ValueError, match="Length of encoder_inputs .4. must be at least that of last bucket .9."):
        seq2seq.model_with_buckets(sources, targets, targets, weights, [(9, 2)], network)


def test_a_copy_of_a_cell_has_variables_of_its_own():
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.contrib.rnn.OutputProjectionWrapper(tf.nn.rnn_cell.GRUCell(2), 2)])
    tf.nn.static_rnn(cell, [tf.zeros([1, 2])], dtype=tf.float32)
    other = copy.deepcopy(cell)
    assert len(cell.variables) == 6 and other.variables == []
    with tf.variable_scope("other"):
        tf.nn.static_rnn(other, [tf.zeros([1, 2])], dtype=tf.float32)
    assert len(other.variables) == 6 and not set(other.variables) & set(cell.variables)
