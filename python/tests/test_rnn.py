"""Recurrent networks: variables, outputs, states and derivatives as TensorFlow has them for the same weights."""

import numpy as np
import pytest

import ferroflow as tf
from ferroflow import cell

rnn_cell = tf.nn.rnn_cell


def numbers(shape, salt=0):
    """Numbers without pattern, of order one."""
    n = int(np.prod(shape))
    return (((np.arange(n) + salt) * 7919 % 211) / 105.0 - 1.0).reshape(shape).astype(np.float32)


def read(text):
    return np.array(text.split(), np.float32)


def load(session, variables):
    for i, v in enumerate(variables):
        v.load(numbers(v.shape.as_list(), 10 * i) * 0.5, session)


X = numbers([2, 3, 2], 5)
CELLS = {
    "basic_rnn": lambda: rnn_cell.BasicRNNCell(2),
    "gru": lambda: rnn_cell.GRUCell(2),
    "basic_lstm": lambda: rnn_cell.BasicLSTMCell(2),
    "lstm_full": lambda: rnn_cell.LSTMCell(3, True, cell_clip=0.5, num_proj=2, proj_clip=0.4, forget_bias=0.5),
    "multi": lambda: rnn_cell.MultiRNNCell([rnn_cell.BasicLSTMCell(2), rnn_cell.GRUCell(2)]),
}
NAMES = {
    "basic_rnn": [("rnn/basic_rnn_cell/kernel", [4, 2]), ("rnn/basic_rnn_cell/bias", [2])],
    "gru": [
        ("rnn/gru_cell/gates/kernel", [4, 4]),
        ("rnn/gru_cell/gates/bias", [4]),
        ("rnn/gru_cell/candidate/kernel", [4, 2]),
        ("rnn/gru_cell/candidate/bias", [2]),
    ],
    "basic_lstm": [("rnn/basic_lstm_cell/kernel", [4, 8]), ("rnn/basic_lstm_cell/bias", [8])],
    "lstm_full": [
        ("rnn/lstm_cell/kernel", [4, 12]),
        ("rnn/lstm_cell/bias", [12]),
        ("rnn/lstm_cell/w_f_diag", [3]),
        ("rnn/lstm_cell/w_i_diag", [3]),
        ("rnn/lstm_cell/w_o_diag", [3]),
        ("rnn/lstm_cell/projection/kernel", [3, 2]),
    ],
    "multi": [
        ("rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel", [4, 8]),
        ("rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias", [8]),
        ("rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel", [4, 4]),
        ("rnn/multi_rnn_cell/cell_1/gru_cell/gates/bias", [4]),
        ("rnn/multi_rnn_cell/cell_1/gru_cell/candidate/kernel", [4, 2]),
        ("rnn/multi_rnn_cell/cell_1/gru_cell/candidate/bias", [2]),
    ],
}
CASES = [
    (
        "basic_rnn",
        None,
        "-0.07212 0.28532 -0.24580 0.34570 -0.31016 0.34733 -0.39750 0.32857 -0.45465 0.35106 -0.53152 0.36142",
        ["-0.31016 0.34733 -0.53152 0.36142"],
        "0.14099 -0.23780 1.20882",
    ),
    (
        "gru",
        None,
        "0.17499 0.01235 0.29217 -0.02029 0.36763 -0.07177 0.25386 -0.08230 0.38647 -0.16177 0.45458 -0.23581",
        ["0.36763 -0.07177 0.45458 -0.23581"],
        "-0.27034 0.05609 0.02939 0.36219 1.70112",
    ),
    (
        "basic_lstm",
        None,
        "-0.03188 0.03875 -0.06491 0.08454 -0.09542 0.13639 -0.06235 0.08031 -0.10589 0.16389 -0.13534 0.24340",
        ["-0.20716 0.38243 -0.31887 0.62803", "-0.09542 0.13639 -0.13534 0.24340"],
        "-0.18103 -1.16491 -1.90682",
    ),
    (
        "lstm_full",
        None,
        "0.01918 -0.03717 0.02844 -0.05747 0.02732 -0.05895 0.01254 -0.02872 0.01824 -0.04329 0.02001 -0.04908",
        ["0.17704 -0.23294 0.50000 0.28564 -0.39913 0.45371", "0.02732 -0.05895 0.02001 -0.04908"],
        "0.06890 -1.22093 -1.47663 0.02858 0.04271 -0.00397 0.34663",
    ),
    (
        "multi",
        None,
        "0.01642 -0.19810 0.02805 -0.31293 0.03562 -0.37642 0.01620 -0.19561 0.02590 -0.30529 0.03025 -0.36210",
        ["-0.20716 0.38243 -0.31887 0.62803", "-0.09542 0.13639 -0.13534 0.24340", "0.03562 -0.37642 0.03025 -0.36210"],
        "-0.31481 -1.11280 -2.34197 0.00312 0.26814 -0.06473 2.52423",
    ),
    (
        "basic_rnn",
        [2, 3],
        "-0.07212 0.28532 -0.24580 0.34570 0.00000 0.00000 -0.39750 0.32857 -0.45465 0.35106 -0.53152 0.36142",
        ["-0.24580 0.34570 -0.53152 0.36142"],
        "0.08545 -0.24368 0.65225",
    ),
    (
        "gru",
        [2, 3],
        "0.17499 0.01235 0.29217 -0.02029 0.00000 0.00000 0.25386 -0.08230 0.38647 -0.16177 0.45458 -0.23581",
        ["0.29217 -0.02029 0.45458 -0.23581"],
        "-0.18469 0.05251 0.01632 0.30351 1.31386",
    ),
    (
        "basic_lstm",
        [2, 3],
        "-0.03188 0.03875 -0.06491 0.08454 0.00000 0.00000 -0.06235 0.08031 -0.10589 0.16389 -0.13534 0.24340",
        ["-0.13735 0.24461 -0.31887 0.62803", "-0.06491 0.08454 -0.13534 0.24340"],
        "-0.12235 -1.05790 -1.59906",
    ),
    (
        "lstm_full",
        [2, 3],
        "0.01918 -0.03717 0.02844 -0.05747 0.00000 0.00000 0.01254 -0.02872 0.01824 -0.04329 0.02001 -0.04908",
        ["0.11983 -0.16755 0.48483 0.28564 -0.39913 0.45371", "0.02844 -0.05747 0.02001 -0.04908"],
        "0.26354 -1.29097 -1.45701 0.03060 0.04886 -0.00346 0.27767",
    ),
    (
        "multi",
        [2, 3],
        "0.01642 -0.19810 0.02805 -0.31293 0.00000 0.00000 0.01620 -0.19561 0.02590 -0.30529 0.03025 -0.36210",
        ["-0.13735 0.24461 -0.31887 0.62803", "-0.06491 0.08454 -0.13534 0.24340", "0.02805 -0.31293 0.03025 -0.36210"],
        "-0.21201 -1.02635 -1.90162 0.00148 0.24595 -0.03009 1.99086",
    ),
]


def leaves(state):
    return [leaf for part in state for leaf in leaves(part)] if isinstance(state, tuple) else [state]


@pytest.mark.parametrize("name, lengths, outputs, states, gradients", CASES)
def test_dynamic_rnn(name, lengths, outputs, states, gradients):
    x = tf.constant(X)
    out, state = tf.nn.dynamic_rnn(CELLS[name](), x, sequence_length=lengths, dtype=tf.float32)
    variables = tf.trainable_variables()
    assert [(v.op.name, v.shape.as_list()) for v in variables] == NAMES[name]
    assert out.shape.as_list() == [2, 3, 2]
    loss = tf.reduce_sum(out * numbers([2, 3, 2], 3)) + sum(tf.reduce_sum(s * s) for s in leaves(state))
    grads = tf.gradients(loss, [x] + variables)
    with tf.Session() as session:
        load(session, variables)
        out, state, grads = session.run([out, leaves(state), grads])
    np.testing.assert_allclose(out.ravel(), read(outputs), atol=1e-5)
    for found, expected in zip(state, states):
        np.testing.assert_allclose(found.ravel(), read(expected), atol=1e-5)
    np.testing.assert_allclose([np.sum(g * numbers(g.shape, 1)) for g in grads], read(gradients), atol=3e-5)


def test_time_major_and_steps_that_only_a_run_knows():
    x = tf.placeholder(tf.float32, [None, None, 2])
    cell = rnn_cell.BasicLSTMCell(2)
    out, state = tf.nn.dynamic_rnn(cell, x, initial_state=cell.zero_state(tf.shape(x)[1], tf.float32), time_major=True)
    assert isinstance(state, rnn_cell.LSTMStateTuple) and state.dtype == tf.float32
    with tf.Session() as session:
        load(session, tf.trainable_variables())
        expected = next(c[2] for c in CASES if c[0] == "basic_lstm")
        found = session.run(out, {x: X.transpose(1, 0, 2)})
        np.testing.assert_allclose(found.transpose(1, 0, 2).ravel(), read(expected), atol=1e-5)
        found, (c, h) = session.run([out, state], {x: np.zeros([0, 2, 2])})
        assert found.shape == (0, 2, 2) and c.tolist() == h.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_static_rnn_equals_dynamic_rnn():
    steps = tf.unstack(tf.constant(X), axis=1)
    assert tf.nn.rnn is tf.nn.static_rnn and tf.nn.bidirectional_rnn is tf.nn.static_bidirectional_rnn
    outputs, _ = tf.nn.static_rnn(
        rnn_cell.BasicLSTMCell(2, input_size=2), steps, dtype=tf.float32, sequence_length=[2, 3]
    )
    assert [v.op.name for v in tf.trainable_variables()] == [n for n, _ in NAMES["basic_lstm"]]
    with tf.Session() as session:
        load(session, tf.trainable_variables())
        found = session.run(tf.stack(outputs, 1))
    expected = next(c[2] for c in CASES if c[0] == "basic_lstm" and c[1])
    np.testing.assert_allclose(found.ravel(), read(expected), atol=1e-5)


def test_both_directions():
    cells = rnn_cell.GRUCell(2), rnn_cell.GRUCell(2)
    both = tf.nn.bidirectional_dynamic_rnn(*cells, tf.constant(X), sequence_length=[2, 3], dtype=tf.float32)
    names = [v.op.name for v in tf.trainable_variables()]
    assert names[0] == "bidirectional_rnn/fw/gru_cell/gates/kernel"
    assert names[7] == "bidirectional_rnn/bw/gru_cell/candidate/bias"
    with tf.variable_scope("static"):
        steps = tf.unstack(tf.constant(X), axis=1)
        cells = rnn_cell.GRUCell(2), rnn_cell.GRUCell(2)
        static, _, _ = tf.nn.static_bidirectional_rnn(*cells, steps, dtype=tf.float32, sequence_length=[2, 3])
    expected = [
        "0.17499 0.01235 0.29217 -0.02029 0.00000 0.00000 0.25386 -0.08230 0.38647 -0.16177 0.45458 -0.23581",
        "-0.33594 0.15567 -0.18366 0.10118 0.00000 0.00000 -0.15035 0.10276 -0.06719 0.07443 -0.00934 0.04115",
        "0.29217 -0.02029 0.45458 -0.23581",
        "-0.33594 0.15567 -0.15035 0.10276",
    ]
    with tf.Session() as session:
        load(session, tf.trainable_variables()[:8])
        load(session, tf.trainable_variables()[8:])
        found = [a.ravel() for pair in session.run(both) for a in pair]
        for f, e in zip(found, expected):
            np.testing.assert_allclose(f, read(e), atol=1e-5)
        static = session.run(tf.stack(static, 1))
        np.testing.assert_allclose(static[..., 2:].ravel(), read(expected[1]), atol=1e-5)


def test_wrappers():
    x = tf.constant(X)
    dropped = tf.contrib.rnn.DropoutWrapper(rnn_cell.GRUCell(2), 0.5, 0.5, 0.5)
    out, _ = tf.nn.dynamic_rnn(dropped, x, dtype=tf.float32, scope="dropped")
    same = rnn_cell.DropoutWrapper(
        rnn_cell.BasicLSTMCell(2), output_keep_prob=0.5, variational_recurrent=True, dtype=tf.float32
    )
    kept, _ = tf.nn.dynamic_rnn(same, tf.ones([1, 20, 2]), dtype=tf.float32, scope="same")
    whole = rnn_cell.DropoutWrapper(rnn_cell.BasicLSTMCell(2), state_keep_prob=1.0)
    assert whole.wrapped_cell.output_size == whole.output_size == 2 and whole.state_size == (2, 2)
    added, _ = tf.nn.static_rnn(rnn_cell.ResidualWrapper(rnn_cell.GRUCell(2)), [x[:, 0]], dtype=tf.float32)
    plain = rnn_cell.DeviceWrapper(rnn_cell.GRUCell(2), "/cpu:0")
    plain, _ = tf.nn.static_rnn(plain, [x[:, 0]], dtype=tf.float32, scope="plain")
    assert "dropped/gru_cell/gates/kernel" in [v.op.name for v in tf.trainable_variables()]
    with tf.Session() as session:
        load(session, tf.trainable_variables())
        load(session, [v for v in tf.trainable_variables() if v.op.name.startswith("rnn/")])
        load(session, [v for v in tf.trainable_variables() if v.op.name.startswith("plain/")])
        out, kept, added, plain = session.run([out, kept, added[0], plain[0]])
    assert 0 < np.sum(out == 0.0) < 12
    zeros = kept[0] == 0.0
    assert (zeros == zeros[0]).all()
    np.testing.assert_allclose(added - X[:, 0], plain, atol=2e-6)
    with pytest.raises(ValueError, match="input_keep_prob must be between 0 and 1"):
        rnn_cell.DropoutWrapper(rnn_cell.GRUCell(2), 1.5)


def test_cells_of_ones_own():
    class Adding(rnn_cell.RNNCell):
        state_size = output_size = 2

        def call(self, inputs, state):
            return inputs + state, inputs + state

    out, state = tf.nn.dynamic_rnn(Adding(), tf.constant(X), dtype=tf.float32)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(out), np.cumsum(X, 1), rtol=1e-6)
        np.testing.assert_allclose(session.run(state), X.sum(1), rtol=1e-6)
    side_by_side = rnn_cell.BasicLSTMCell(2, state_is_tuple=False)
    assert side_by_side.state_size == 4 == cell.zeros((4,), 1, tf.float32)[0].shape[1]
    assert cell.with_batch(tf.TensorShape([2, 3]), None) == [None, 2, 3]
    assert side_by_side.zero_state(3, tf.float32).shape.as_list() == [3, 4]
    with pytest.raises(ValueError, match="no initial_state, you must give a dtype"):
        tf.nn.dynamic_rnn(Adding(), tf.constant(X))


def test_training_lowers_the_loss():
    tf.set_random_seed(1)
    x, y = tf.placeholder(tf.float32, [None, 5, 1]), tf.placeholder(tf.float32, [None])
    out, _ = tf.nn.dynamic_rnn(rnn_cell.GRUCell(8), x, dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(out[:, -1], 1)[:, 0] - y))
    step = tf.train.AdamOptimizer(0.02).minimize(loss)
    values = numbers([64, 5, 1])
    feed = {x: values, y: values.sum((1, 2))}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first = session.run(loss, feed)
        for _ in range(60):
            session.run(step, feed)
        assert session.run(loss, feed) < 0.2 * first


def test_lengths_that_are_not_as_many_as_rows():
    cell, x = rnn_cell.BasicRNNCell(2), tf.placeholder(tf.float32, [None, 3, 2])
    with pytest.raises(ValueError, match="2 lengths for a batch of 4"):
        tf.nn.dynamic_rnn(cell, tf.zeros([4, 3, 2]), sequence_length=[1, 2], dtype=tf.float32)
    lengths = tf.placeholder(tf.int32, [None])
    out, _ = tf.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(out, {x: np.zeros([4, 3, 2]), lengths: [1]})
