"""Recurrent networks: variables, outputs, states and derivatives as TensorFlow has them for the same weights."""

import numpy as np
import pytest

import ferroflow as tf

rnn_cell = tf.nn.rnn_cell


def numbers(shape, salt=0):
    """Numbers without pattern, of order one."""
    n = int(np.prod(shape))
    return (((np.arange(n) + salt) * 7919 % 211) / 105.0 - 1.0).reshape(shape).astype(np.float32)


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
    "gru": [("rnn/gru_cell/gates/kernel", [4, 4]), ("rnn/gru_cell/gates/bias", [4]), ("rnn/gru_cell/candidate/kernel", [4, 2]), ("rnn/gru_cell/candidate/bias", [2])],
    "basic_lstm": [("rnn/basic_lstm_cell/kernel", [4, 8]), ("rnn/basic_lstm_cell/bias", [8])],
    "lstm_full": [("rnn/lstm_cell/kernel", [4, 12]), ("rnn/lstm_cell/bias", [12]), ("rnn/lstm_cell/w_f_diag", [3]), ("rnn/lstm_cell/w_i_diag", [3]), ("rnn/lstm_cell/w_o_diag", [3]), ("rnn/lstm_cell/projection/kernel", [3, 2])],
    "multi": [("rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel", [4, 8]), ("rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias", [8]), ("rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel", [4, 4]), ("rnn/multi_rnn_cell/cell_1/gru_cell/gates/bias", [4]), ("rnn/multi_rnn_cell/cell_1/gru_cell/candidate/kernel", [4, 2]), ("rnn/multi_rnn_cell/cell_1/gru_cell/candidate/bias", [2])],
}
CASES = [
    (
        "basic_rnn",
        None,
        [-0.072119, 0.285325, -0.245795, 0.345702, -0.310157, 0.347332, -0.397503, 0.32857, -0.454655, 0.351059, -0.531523, 0.361416],
        [[-0.310157, 0.347332, -0.531523, 0.361416]],
        [0.140986, -0.237803, 1.208817],
    ),
    (
        "gru",
        None,
        [0.174992, 0.01235, 0.292172, -0.020288, 0.367629, -0.071774, 0.253856, -0.082298, 0.38647, -0.161767, 0.454579, -0.235814],
        [[0.367629, -0.071774, 0.454579, -0.235814]],
        [-0.270339, 0.056089, 0.029387, 0.362191, 1.701123],
    ),
    (
        "basic_lstm",
        None,
        [-0.031885, 0.038752, -0.064905, 0.084541, -0.095421, 0.136394, -0.062347, 0.080305, -0.105892, 0.163889, -0.135335, 0.243397],
        [[-0.207162, 0.382431, -0.318866, 0.628027], [-0.095421, 0.136394, -0.135335, 0.243397]],
        [-0.181026, -1.164912, -1.906817],
    ),
    (
        "lstm_full",
        None,
        [0.019181, -0.037169, 0.028444, -0.057469, 0.027319, -0.058948, 0.012536, -0.028723, 0.018242, -0.043292, 0.020007, -0.049075],
        [[0.177039, -0.232937, 0.5, 0.285636, -0.399125, 0.453708], [0.027319, -0.058948, 0.020007, -0.049075]],
        [0.068902, -1.220932, -1.476632, 0.028577, 0.042708, -0.003971, 0.346631],
    ),
    (
        "multi",
        None,
        [0.01642, -0.198103, 0.028054, -0.31293, 0.035618, -0.376422, 0.016202, -0.195611, 0.0259, -0.305293, 0.030253, -0.362097],
        [[-0.207162, 0.382431, -0.318866, 0.628027], [-0.095421, 0.136394, -0.135335, 0.243397], [0.035618, -0.376422, 0.030253, -0.362097]],
        [-0.31481, -1.112796, -2.341969, 0.003123, 0.26814, -0.064734, 2.524232],
    ),
    (
        "basic_rnn",
        [2, 3],
        [-0.072119, 0.285325, -0.245795, 0.345702, 0.0, 0.0, -0.397503, 0.32857, -0.454655, 0.351059, -0.531523, 0.361416],
        [[-0.245795, 0.345702, -0.531523, 0.361416]],
        [0.085453, -0.243684, 0.652254],
    ),
    (
        "gru",
        [2, 3],
        [0.174992, 0.01235, 0.292172, -0.020288, 0.0, 0.0, 0.253856, -0.082298, 0.38647, -0.161767, 0.454579, -0.235814],
        [[0.292172, -0.020288, 0.454579, -0.235814]],
        [-0.184691, 0.052508, 0.016316, 0.303507, 1.313861],
    ),
    (
        "basic_lstm",
        [2, 3],
        [-0.031885, 0.038752, -0.064905, 0.084541, 0.0, 0.0, -0.062347, 0.080305, -0.105892, 0.163889, -0.135335, 0.243397],
        [[-0.137348, 0.244614, -0.318866, 0.628027], [-0.064905, 0.084541, -0.135335, 0.243397]],
        [-0.122351, -1.057899, -1.599058],
    ),
    (
        "lstm_full",
        [2, 3],
        [0.019181, -0.037169, 0.028444, -0.057469, 0.0, 0.0, 0.012536, -0.028723, 0.018242, -0.043292, 0.020007, -0.049075],
        [[0.119828, -0.167554, 0.484831, 0.285636, -0.399125, 0.453708], [0.028444, -0.057469, 0.020007, -0.049075]],
        [0.263537, -1.290972, -1.457011, 0.030596, 0.048864, -0.003463, 0.277667],
    ),
    (
        "multi",
        [2, 3],
        [0.01642, -0.198103, 0.028054, -0.31293, 0.0, 0.0, 0.016202, -0.195611, 0.0259, -0.305293, 0.030253, -0.362097],
        [[-0.137348, 0.244614, -0.318866, 0.628027], [-0.064905, 0.084541, -0.135335, 0.243397], [0.028054, -0.31293, 0.030253, -0.362097]],
        [-0.212012, -1.026346, -1.901625, 0.001481, 0.245951, -0.030093, 1.990858],
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
    np.testing.assert_allclose(out.ravel(), outputs, atol=2e-6)
    for found, expected in zip(state, states):
        np.testing.assert_allclose(found.ravel(), expected, atol=2e-6)
    np.testing.assert_allclose([np.sum(g * numbers(g.shape, 1)) for g in grads], gradients, atol=2e-5)


def test_time_major_and_steps_that_only_a_run_knows():
    x = tf.placeholder(tf.float32, [None, None, 2])
    cell = rnn_cell.BasicLSTMCell(2)
    out, state = tf.nn.dynamic_rnn(cell, x, initial_state=cell.zero_state(tf.shape(x)[1], tf.float32), time_major=True)
    assert isinstance(state, rnn_cell.LSTMStateTuple) and state.dtype == tf.float32
    with tf.Session() as session:
        load(session, tf.trainable_variables())
        expected = next(c[2] for c in CASES if c[0] == "basic_lstm")
        found = session.run(out, {x: X.transpose(1, 0, 2)})
        np.testing.assert_allclose(found.transpose(1, 0, 2).ravel(), expected, atol=2e-6)
        found, (c, h) = session.run([out, state], {x: np.zeros([0, 2, 2])})
        assert found.shape == (0, 2, 2) and c.tolist() == h.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_static_rnn_equals_dynamic_rnn():
    steps = tf.unstack(tf.constant(X), axis=1)
    outputs, _ = tf.nn.static_rnn(CELLS["basic_lstm"](), steps, dtype=tf.float32, sequence_length=[2, 3])
    assert [v.op.name for v in tf.trainable_variables()] == [n for n, _ in NAMES["basic_lstm"]]
    with tf.Session() as session:
        load(session, tf.trainable_variables())
        found = session.run(tf.stack(outputs, 1))
    expected = next(c[2] for c in CASES if c[0] == "basic_lstm" and c[1])
    np.testing.assert_allclose(found.ravel(), expected, atol=2e-6)


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
        [0.174992, 0.01235, 0.292172, -0.020288, 0.0, 0.0, 0.253856, -0.082298, 0.38647, -0.161767, 0.454579, -0.235814],
        [-0.335943, 0.155671, -0.183664, 0.101179, 0.0, 0.0, -0.150352, 0.102764, -0.067188, 0.074433, -0.009339, 0.041151],
        [0.292172, -0.020288, 0.454579, -0.235814],
        [-0.335943, 0.155671, -0.150352, 0.102764],
    ]
    with tf.Session() as session:
        load(session, tf.trainable_variables()[:8])
        load(session, tf.trainable_variables()[8:])
        found = [a.ravel() for pair in session.run(both) for a in pair]
        for f, e in zip(found, expected):
            np.testing.assert_allclose(f, e, atol=2e-6)
        static = session.run(tf.stack(static, 1))
        np.testing.assert_allclose(static[..., 2:].ravel(), expected[1], atol=2e-6)


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
    assert side_by_side.state_size == 4
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
