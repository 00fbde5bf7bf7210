"""Cells of `contrib.rnn` beside their formulas, written out in NumPy."""

import numpy as np
import pytest

import ferroflow as tf

rnn = tf.contrib.rnn
X, STATE = np.array([[0.5, -1.0, 2.0, 0.25]]), (np.array([[0.3, -0.6]]), np.array([[-0.2, 0.4]]))


def numbers(*shape):
    return ((np.arange(np.prod(shape)) * 7 % 11 - 5) * 0.1).reshape(shape)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def step(cell, state, x=X):
    """The output and the state of one step, and the variables by name, all of known numbers, in double precision."""
    state = tuple(state) if isinstance(state, tuple) else state
    start = lambda shape, dtype=None, partition_info=None: tf.constant(numbers(*shape), dtype)
    with tf.variable_scope("net", initializer=start):
        given = (
            tf.nn.rnn_cell.LSTMStateTuple(*map(tf.constant, state)) if isinstance(state, tuple) else tf.constant(state)
        )
        made = cell(tf.constant(x) if isinstance(x, np.ndarray) else x, given)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {v.op.name.partition("/")[2].partition("/")[2]: session.run(v) for v in tf.global_variables()}
        assert {v.op.name for v in cell.variables} == {v.op.name for v in tf.global_variables()}
        return (*session.run(made), values)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def lstm(gates, c, forget_bias=1.0, peepholes=(0.0, 0.0, 0.0), clip=np.inf, norm=lambda v, name: v):
    """The next `c` and `h` of the gates `i, j, f, o`."""
    i, j, f, o = (norm(g, name) for g, name in zip(np.split(gates, 4, 1), ("input", "transform", "forget", "output")))
    new = sigmoid(f + forget_bias + peepholes[0] * c) * c + sigmoid(i + peepholes[1] * c) * np.tanh(j)
    c = np.clip(norm(new, "state"), -clip, clip)
    return c, sigmoid(o + peepholes[2] * c) * np.tanh(c)


def test_one_gate():
    h = STATE[1]
    output, state, v = step(rnn.UGRNNCell(2, forget_bias=0.5), h)
    g, c = np.split(np.hstack([X, h]) @ v["kernel"], 2, 1)
    g = sigmoid(g + 0.5)
    close(output, g * h + (1 - g) * np.tanh(c))
    close(state, output)
    assert set(v) == {"kernel", "bias"} and not v["bias"].any()


@pytest.mark.parametrize("wide", [True, False])
def test_gates_in_time_and_depth(wide):
    h, x = STATE[1], X if wide else X[:, :2]
    output, state, v = step(rnn.IntersectionRNNCell(2, 2 if wide else None), h, x)
    seen = x @ v["in_projection/kernel"] + v["in_projection/bias"] if wide else x
    gh, new, gy, y = np.split(np.hstack([seen, h]) @ v["kernel"] + v["bias"], 4, 1)
    gh, gy = sigmoid(gh + 1), sigmoid(gy + 1)
    close(state, gh * h + (1 - gh) * np.tanh(new))
    close(output, gy * seen + (1 - gy) * np.maximum(y, 0))
    with pytest.raises(ValueError, match="Must have input size == output size"):
        rnn.IntersectionRNNCell(3)(tf.constant(X), tf.constant(h))


@pytest.mark.parametrize("projected", [True, False])
def test_the_cell_of_a_search(projected):
    c, h = STATE[0], numbers(1, 3) if projected else STATE[1]
    output, state, v = step(rnn.NASCell(2, 3 if projected else None, use_biases=projected), (c, h))
    a = np.split(X @ v["kernel"], 8, 1)
    b = np.split(h @ v["recurrent_kernel"], 8, 1)
    relu = lambda x: np.maximum(x, 0)
    m1 = np.tanh(np.tanh(sigmoid(a[0] + b[0]) * relu(a[1] + b[1])) + c)
    memory = m1 * np.tanh(sigmoid(a[2] + b[2]) + relu(a[3] * b[3]))
    right = np.tanh(
        np.tanh(np.tanh(a[4] + b[4]) * sigmoid(a[5] + b[5])) + sigmoid(np.tanh(a[6] + b[6]) + sigmoid(a[7] + b[7]))
    )
    expected = np.tanh(memory * right)
    close(state.c, memory)
    close(output, expected @ v["projection_weights"] if projected else expected)
    close(state.h, output)
    cell = rnn.NASCell(2, 3)
    assert (cell.state_size, cell.output_size) == ((2, 3), 3)
    assert ("bias" in v) == projected


def test_units_apart():
    c, h = STATE
    output, state, v = step(rnn.IndRNNCell(2), h)
    close(output, np.tanh(X @ v["kernel_w"] + h * v["kernel_u"] + v["bias"]))
    close(state, output)
    assert np.abs(v["kernel_u"]).max() <= 1.0
    tf.reset_default_graph()
    output, state, v = step(rnn.IndyGRUCell(2), h)
    r, u = np.split(sigmoid(X @ v["gates/kernel_w"] + np.tile(h, [1, 2]) * v["gates/kernel_u"] + v["gates/bias"]), 2, 1)
    new = np.tanh(X @ v["candidate/kernel"] + r * h * v["candidate/kernel_u"] + v["candidate/bias"])
    close(output, u * h + (1 - u) * new)
    assert (v["gates/bias"] == 1).all() and not v["candidate/bias"].any()
    tf.reset_default_graph()
    ones = tf.ones_initializer(dtype=tf.float64)
    output, state, v = step(rnn.IndyLSTMCell(2, 0.5, bias_initializer=ones, name="indy"), (c, h))
    expected = lstm(X @ v["kernel_w"] + np.tile(h, [1, 4]) * v["kernel_u"] + 1.0, c, 0.5)
    close(state, expected)
    close(output, expected[1])
    assert rnn.IndyLSTMCell(2).state_size == (2, 2) and rnn.IndRNNCell(2).state_size == 2


def test_simple_units():
    c = STATE[0]
    output, state, v = step(rnn.SRUCell(2), c)
    x, f, r, y = np.split(X @ v["kernel"], 4, 1)
    f, r = sigmoid(f), sigmoid(r)
    close(state, f * c + (1 - f) * x)
    close(output, r * np.tanh(state) + (1 - r) * y)


def normalised(v, gamma=None, beta=0.0):
    found = (v - v.mean(1, keepdims=True)) / np.sqrt(v.var(1, keepdims=True) + 1e-12)
    return found * (1.0 if gamma is None else gamma) + beta


@pytest.mark.parametrize("norm", [True, False])
def test_layers_normalised(norm):
    c, h = STATE[0], numbers(1, 3)
    cell = rnn.LayerNormLSTMCell(
        2, True, 0.7, num_proj=3, proj_clip=0.05, layer_norm=norm, norm_gain=1.5, norm_shift=0.1
    )
    output, state, v = step(cell, (c, h))
    gates, peepholes = np.hstack([X, h]) @ v["kernel"], [v[f"w_{g}_diag"] for g in "fio"]
    by = (lambda g, name: normalised(g, 1.5, 0.1)) if norm else lambda g, name: g
    memory, out = lstm(gates, c, 1.0, peepholes, 0.7, by)
    close(state.c, memory)
    close(output, np.clip(out @ v["projection/kernel"], -0.05, 0.05))
    assert norm == ("state/gamma" in v) and "bias" in v
    assert cell.state_size == (2, 3) and cell.output_size == 3


def test_weights_normalised():
    c, h = STATE[0], numbers(1, 3)
    cell = rnn.WeightNormLSTMCell(2, use_peepholes=True, num_proj=3, cell_clip=0.9, proj_clip=0.05)
    output, state, v = step(cell, (c, h))
    prefix = "wn_lstm_cell/"
    assert cell.variables[0].op.name == "net/wn_lstm_cell/wn_lstm_cell/kernel"
    unit = lambda w: w / np.sqrt((w**2).sum(0))
    kernel = v[prefix + "kernel"]
    kernel = np.vstack([unit(kernel[:4]) * v[prefix + "norm_0"], unit(kernel[4:]) * v[prefix + "norm_1"]])
    peepholes = [v[f"{prefix}w_{g}_diag"] for g in "fio"]
    memory, out = lstm(np.hstack([X, h]) @ kernel, c, 1.0, peepholes, 0.9)
    close(state.c, memory)
    projection = unit(v[prefix + "projection/kernel"]) * v[prefix + "projection/norm_0"]
    close(output, np.clip(out @ projection, -0.05, 0.05))
    tf.reset_default_graph()
    output, state, v = step(rnn.WeightNormLSTMCell(2, norm=False), STATE)
    close(state, lstm(np.hstack([X, STATE[1]]) @ v[prefix + "kernel"], c))
    assert set(v) == {prefix + "kernel", prefix + "bias"}


@pytest.mark.parametrize("norm, tuples", [(True, True), (False, False)])
def test_what_is_forgotten_makes_room(norm, tuples):
    c, h = STATE[0], numbers(1, 3)
    options = dict(num_proj=3, proj_clip=0.05, num_unit_shards=2, num_proj_shards=1, layer_norm=norm)
    cell = rnn.CoupledInputForgetGateLSTMCell(2, True, state_is_tuple=tuples, **options)
    output, state, v = step(cell, (c, h) if tuples else np.hstack([c, h]))
    by = normalised if norm else lambda g: g
    j, f, o = (by(g) for g in np.split(np.hstack([X, h]) @ np.vstack([v["W_0"], v["W_1"]]) + v["B"], 3, 1))
    f = sigmoid(f + 1 + v["W_F_diag"] * c)
    memory = by(f * c + (1 - f) * np.tanh(j))
    out = sigmoid(o + v["W_O_diag"] * memory) * np.tanh(memory)
    close(output, np.clip(out @ v["W_P_0"], -0.05, 0.05))
    close(state.c if tuples else state[:, :2], memory)
    assert cell.state_size == ((2, 3) if tuples else 5) and v["W_0"].shape == (4, 6)
    with pytest.raises(ValueError, match="Too many shards"):
        rnn.CoupledInputForgetGateLSTMCell(2, num_unit_shards=9)(tf.constant(X), tuple(map(tf.constant, STATE)))


def test_groups():
    c, h = numbers(1, 4), numbers(1, 2)
    output, state, v = step(rnn.GLSTMCell(4, num_proj=2, number_of_groups=2), (c, h))
    halves = [
        np.split(np.hstack([X[:, 2 * k : 2 * k + 2], h[:, k : k + 1]]) @ v[f"group{k}/kernel"], 4, 1) for k in (0, 1)
    ]
    memory, out = lstm(np.hstack([np.hstack(pair) for pair in zip(*halves)]), c)
    close(state.c, memory)
    close(output, out @ v["projection/kernel"])
    assert {"bias_i", "bias_j", "bias_f", "bias_o"} < set(v)
    for given, message in (((5, None, None, 2), "num_units must"), ((4, None, 3, 2), "num_proj must")):
        with pytest.raises(ValueError, match=message):
            rnn.GLSTMCell(*given)
    with pytest.raises(ValueError, match="depth of inputs, 3, must"):
        rnn.GLSTMCell(4, number_of_groups=2)(tf.ones([1, 3]), (tf.ones([1, 4]), tf.ones([1, 4])))


@pytest.mark.parametrize("peepholes", [True, False])
def test_clocks(peepholes, run):
    """Every unit at three times of its period: opening, closing, closed."""
    cell = rnn.PhasedLSTMCell(2, peepholes, leak=0.01, ratio_on=0.4, period_init_min=2.0, period_init_max=2.0)
    c, h = (np.repeat(s, 3, 0).astype(np.float32) for s in STATE)
    x = np.repeat(X, 3, 0).astype(np.float32)
    times = np.array([[0.2], [0.6], [1.5]])
    start = lambda shape, dtype=None, partition_info=None: tf.constant(numbers(*shape), dtype)
    with tf.variable_scope("net", initializer=start):
        time = tf.constant(times)
        output, state = cell((time, tf.constant(x)), tf.nn.rnn_cell.LSTMStateTuple(c, h))
    slope = tf.gradients(output, time)[0]
    names = {v.op.name.partition("phased_lstm_cell/")[2]: v for v in tf.global_variables()}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        phase = session.run(names["phase"])
        assert (0 <= phase).all() and (phase <= 2).all()
        session.run(names["phase"].assign([0.0, 0.0]))
        v = session.run(names)
        output, state, slope = session.run([output, state, slope])
    seen = lambda memory: np.hstack([x, h, memory] if peepholes else [x, h])
    i, f = np.split(sigmoid(seen(c) @ v["mask_gates/kernel"]), 2, 1)
    memory = f * c + i * np.tanh(np.hstack([x, h]) @ v["new_input/kernel"])
    out = np.tanh(memory) * sigmoid(seen(memory) @ v["output_gate/kernel"])
    k = np.array([[2 * 0.1 / 0.4], [2 - 2 * 0.3 / 0.4], [0.01 * 0.75]])
    np.testing.assert_allclose(v["period"], [2.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(state.c, k * memory + (1 - k) * c, rtol=1e-5)
    np.testing.assert_allclose(output, k * out + (1 - k) * h, rtol=1e-5)
    per_ratio = np.array([[2 / 0.4], [-2 / 0.4], [0.01]])
    np.testing.assert_allclose(slope, (per_ratio / 2 * (out - h)).sum(1, keepdims=True), rtol=1e-5)
    assert len(cell.variables) == 9 and len(tf.trainable_variables()) == 9
    assert len(rnn.PhasedLSTMCell(2, trainable_ratio_on=False).trainable_variables) == 0


def test_convolutions_in_place_of_products():
    shape = [4, 3, 2]
    x, c, h = numbers(1, *shape), numbers(1, 4, 3, 1) * 0.5, numbers(1, 4, 3, 1)
    output, state, v = step(rnn.Conv2DLSTMCell(input_shape=shape, output_channels=1, kernel_shape=[3, 3]), (c, h), x)
    assert v["kernel"].shape == (3, 3, 3, 4) and not v["biases"].any()
    seen = np.pad(np.concatenate([x, h], -1), [[0, 0], [1, 1], [1, 1], [0, 0]])
    parts = [seen[:, a : a + 4, b : b + 3] @ v["kernel"][a, b] for a in range(3) for b in range(3)]
    i, j, f, o = np.split(sum(parts), 4, 3)
    memory = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(j)
    close(state.c, memory)
    close(output, np.tanh(memory) * sigmoid(o))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions_of_sequences(rank, run):
    sizes = [3, 2, 2][:rank] + [2]
    cls = [rnn.Conv1DLSTMCell, rnn.Conv2DLSTMCell, rnn.Conv3DLSTMCell][rank - 1]
    cell = cls(input_shape=sizes, output_channels=3, kernel_shape=[2] * rank, skip_connection=True, use_bias=False)
    outputs, state = tf.nn.dynamic_rnn(cell, np.ones([2, 4, *sizes], np.float32), dtype=tf.float32)
    assert outputs.shape == [2, 4, *sizes[:-1], 5] and state.h.shape == [2, *sizes[:-1], 3]
    assert [v.op.name for v in cell.variables] == [f"rnn/conv_{rank}d_lstm_cell/kernel"]
    found, last = run([outputs, state.h])
    assert (found[..., 3:] == 1).all()
    np.testing.assert_array_equal(found[:, -1, ..., :3], last)
    with pytest.raises(ValueError, match="Invalid input_shape"):
        rnn.ConvLSTMCell(rank + 1, sizes, 3, [2])


@pytest.mark.parametrize("coupled", [True, False])
def test_highways(coupled):
    h, x = STATE[1], X[:, :2]
    cell = rnn.HighwayWrapper(rnn.BasicRNNCell(2, dtype=tf.float64), coupled, 0.5)
    output, state, _ = step(cell, h, x)
    values = {v.op.name.rpartition("net/")[2]: v for v in tf.global_variables()}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        v = session.run(values)
    plain = np.tanh(np.hstack([x, h]) @ v["basic_rnn_cell/kernel"])
    carry = sigmoid(x @ v["carry_w"] + 0.5)
    transform = 1 - carry if coupled else sigmoid(x @ v["transform_w"] - 0.5)
    close(output, x * carry + plain * transform)
    close(state, plain)
    with pytest.raises(ValueError, match="are incompatible"):
        rnn.HighwayWrapper(rnn.BasicRNNCell(3))(tf.ones([1, 2]), tf.ones([1, 3]))


def test_depths_that_are_not_known():
    unknown = tf.placeholder(tf.float32, [1, None])
    for cls in (rnn.UGRNNCell, rnn.IntersectionRNNCell, rnn.IndRNNCell, rnn.IndyGRUCell, rnn.SRUCell):
        with pytest.raises(ValueError, match="to be known"):
            cls(2)(unknown, tf.ones([1, 2]))
    for cls in (rnn.NASCell, rnn.IndyLSTMCell, rnn.LayerNormLSTMCell, rnn.GLSTMCell, rnn.WeightNormLSTMCell):
        with pytest.raises(ValueError, match="to be known"):
            cls(2)(unknown, (tf.ones([1, 2]), tf.ones([1, 2])))
