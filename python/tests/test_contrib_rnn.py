"""Cells of `contrib.rnn`, and recurrent networks whose inputs a function decides."""

import numpy as np
import pytest

import ferroflow as tf

rnn = tf.contrib.rnn
LAYER_NORM = [[-0.0178511, 0.60955044, -0.16787131], [-0.1061206, 0.58075203, -0.15905899]]
TENTHS = tf.constant_initializer(0.1)


def steps(cell, inputs, dtype=tf.float32):
    """What `cell` gives for each step of one sequence, all its weights 0.1."""
    with tf.variable_scope("net", initializer=TENTHS):
        outputs, state = tf.nn.dynamic_rnn(cell, np.array([inputs]), dtype=dtype)
    return outputs[0], state


def test_products_before_and_after(check):
    inputs = np.array([[1.0, 2.0]], np.float32)
    after, before = (
        rnn.OutputProjectionWrapper(rnn.BasicRNNCell(2), 3),
        rnn.InputProjectionWrapper(rnn.BasicRNNCell(2), 3),
    )
    check(steps(after, inputs)[0], [[0.0582625] * 3])
    check(steps(before, inputs)[0], [[0.0897578] * 2])
    assert [v.op.name for v in after.variables] == [
        "net/rnn/output_projection_wrapper/kernel",
        "net/rnn/output_projection_wrapper/bias",
        "net/rnn/output_projection_wrapper/basic_rnn_cell/kernel",
        "net/rnn/output_projection_wrapper/basic_rnn_cell/bias",
    ]
    assert (after.output_size, after.state_size, before.output_size) == (3, 2, 2)
    doubled = rnn.OutputProjectionWrapper(rnn.BasicRNNCell(2), 1, activation=lambda x: 2.0 * x)
    with tf.variable_scope("other"):
        check(steps(doubled, inputs)[0], [[0.116525]])
    with pytest.raises(ValueError, match="output_size must be > 0"):
        rnn.OutputProjectionWrapper(rnn.BasicRNNCell(2), 0)


def test_symbols(check):
    cell = rnn.EmbeddingWrapper(rnn.BasicRNNCell(1), 2, 2, tf.constant_initializer([[1.0, 2.0], [3.0, 4.0]]))
    check(steps(cell, np.array([1], np.int32))[0], [[0.6043678]])
    assert cell.variables[0].op.name == "net/rnn/embedding_wrapper/embedding"


@pytest.mark.parametrize("tuples", [True, False])
def test_attention_to_the_last_outputs(tuples, check):
    cell = rnn.AttentionCellWrapper(rnn.BasicRNNCell(2), 2, state_is_tuple=tuples)
    outputs, state = steps(cell, np.array([[1.0, 2.0], [3.0, -1.0]], np.float32))
    check(outputs, [[0.01198562] * 2, [0.01158662] * 2])
    attention = state[1] if tuples else state[:, 2:4]
    check(attention, [[0.00599425] * 2])
    assert cell.state_size == ((2, 2, 4) if tuples else 8) and cell.output_size == 2
    names = {v.op.name.replace("net/rnn/attention_cell_wrapper/", "") for v in cell.trainable_variables}
    assert names == {
        *("kernel", "bias", "attention/attn_w", "attention/attn_v", "attention/kernel", "attention/bias"),
        *(
            "attn_output_projection/kernel",
            "attn_output_projection/bias",
            "basic_rnn_cell/kernel",
            "basic_rnn_cell/bias",
        ),
    }


def test_normalised_layers(check):
    kernel = (np.arange(60) * 7 % 11 - 5).reshape(5, 12) * 0.1
    cell = rnn.LayerNormBasicLSTMCell(3)
    with tf.variable_scope("net", initializer=tf.constant_initializer(kernel)):
        outputs, state = tf.nn.dynamic_rnn(cell, np.array([[[1.0, -2.0]] * 2], np.float32), dtype=tf.float32)
    check(outputs[0], LAYER_NORM)
    check(state.h[0], LAYER_NORM[1])
    assert cell.variables[1].op.name == "net/rnn/layer_norm_basic_lstm_cell/input/gamma" and len(cell.variables) == 11
    plain = rnn.LayerNormBasicLSTMCell(3, layer_norm=False, dropout_keep_prob=0.5, dropout_prob_seed=1)
    with tf.variable_scope("plain"):
        dropped, _ = tf.nn.dynamic_rnn(plain, np.ones([20, 1, 2], np.float32), dtype=tf.float32)
    assert [v.op.name for v in plain.variables][1] == "plain/rnn/layer_norm_basic_lstm_cell/bias"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert 10 < np.count_nonzero(session.run(dropped) == 0.0) < 50


def test_cells_under_other_names(run):
    inputs = np.array([[1.0, 2.0]], np.float32)
    made = []
    for scope, cell in (
        ("a", rnn.BasicLSTMCell(2)),
        ("b", rnn.LSTMBlockCell(2)),
        ("c", rnn.CompiledWrapper(rnn.BasicLSTMCell(2))),
        ("d", rnn.GRUCell(2)),
        ("e", rnn.GRUBlockCell(2)),
        ("f", rnn.GRUBlockCellV2(2)),
    ):
        with tf.variable_scope(scope):
            made.append(steps(cell, inputs)[0])
    lstm, block, compiled, gru, *others = (value.tolist() for value in run(made))
    assert lstm == block == compiled and others == [gru, gru] and lstm != gru
    names = [v.op.name for v in tf.global_variables()]
    assert "b/net/rnn/lstm_cell/kernel" in names and "e/net/rnn/gru_cell/gates/kernel" in names


def test_both_directions_upon_one_another(check):
    inputs = np.array([[[1.0], [2.0]]], np.float32)
    cells = lambda: [rnn.BasicRNNCell(1), rnn.BasicRNNCell(1)]
    with tf.variable_scope("dynamic", initializer=TENTHS):
        outputs, forward, backward = rnn.stack_bidirectional_dynamic_rnn(cells(), cells(), inputs, dtype=tf.float32)
    with tf.variable_scope("static", initializer=TENTHS):
        listed, *_ = rnn.stack_bidirectional_rnn(cells(), cells(), [inputs[:, 0], inputs[:, 1]], dtype=tf.float32)
    first = np.tanh([0.1, 0.2 + 0.1 * np.tanh(0.1)]), np.tanh([0.1 + 0.1 * np.tanh(0.2), 0.2])
    sums = 0.1 * (first[0] + first[1])
    second = np.tanh([sums[0], sums[1] + 0.1 * np.tanh(sums[0])]), np.tanh([sums[0] + 0.1 * np.tanh(sums[1]), sums[1]])
    check(outputs[0], np.transpose(second))
    check(tf.concat(listed, 0), np.transpose(second))
    check([forward[0][0, 0], backward[1][0, 0]], [first[0][1], second[1][0]])
    assert "dynamic/stack_bidirectional_rnn/cell_1/bidirectional_rnn/bw/basic_rnn_cell/bias" in [
        v.op.name for v in tf.global_variables()
    ]
    with pytest.raises(ValueError, match="same depth"):
        rnn.stack_bidirectional_rnn(cells(), cells()[:1], [inputs[:, 0]], dtype=tf.float32)


def test_inputs_that_a_function_decides(run):
    """As `dynamic_rnn` does it."""
    inputs = tf.constant(np.arange(30, dtype=np.float32).reshape(5, 2, 3) / 10)
    lengths, cell = tf.constant([5, 3]), tf.nn.rnn_cell.BasicRNNCell(3)
    steps = tf.TensorArray(tf.float32, 5).unstack(inputs)

    def decide(time, output, state, seen):
        finished = time >= lengths
        state = cell.zero_state(2, tf.float32) if output is None else state
        seen = tf.constant(0.0) if output is None else seen + tf.reduce_sum(output)
        given = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([2, 3]), lambda: steps.read(tf.minimum(time, 4)))
        return finished, given, state, output, seen

    with tf.variable_scope("net"):
        emitted, last, seen = tf.nn.raw_rnn(cell, decide)
    with tf.variable_scope("net", reuse=True):
        wanted, wanted_last = tf.nn.dynamic_rnn(cell, inputs, lengths, dtype=tf.float32, time_major=True)
    outputs = emitted.stack()
    by = cell.variables
    found = run([outputs, last, *tf.gradients(outputs, by)])
    expected = run([wanted, wanted_last, *tf.gradients(wanted, by)])
    assert found[0].shape == (5, 2, 3) and not found[0][3:, 1].any()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        ours, theirs, total = session.run([outputs, wanted, seen])
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
        assert total != 0.0
    assert [v.shape for v in found] == [v.shape for v in expected]


def test_what_is_emitted_may_be_another_thing(check):
    cell = tf.nn.rnn_cell.BasicRNNCell(1)

    def count(time, output, state, loop_state):
        emit = tf.constant(0) if output is None else tf.stack([time, time + 10])
        state = cell.zero_state(2, tf.float32) if output is None else state
        return time >= tf.constant([3, 2]), tf.ones([2, 1]), state, emit, None

    emitted, _, loop_state = tf.nn.raw_rnn(cell, count)
    assert loop_state is None
    check(emitted.stack(), [[1, 11], [2, 12], [3, 0]])
