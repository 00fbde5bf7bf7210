"""Recurrent networks over all steps at once, beside `dynamic_rnn` and `static_rnn`."""

import numpy as np
import pytest

import ferroflow as tf

rnn = tf.contrib.rnn
STEPS = ((np.arange(24) * 7 % 11 - 5) * 0.1).reshape(4, 2, 3).astype(np.float32)
LENGTHS = [4, 2]


def numbers(shape, dtype=None, partition_info=None):
    return tf.constant(((np.arange(np.prod(shape)) * 5 % 13 - 6) * 0.1).reshape(shape), dtype)


def reference(**options):
    with tf.variable_scope("reference", initializer=numbers):
        return tf.nn.dynamic_rnn(rnn.LSTMCell(2, **options), STEPS, LENGTHS, dtype=tf.float32, time_major=True)


@pytest.mark.parametrize("peephole", [True, False])
def test_an_lstm_over_all_steps(peephole, run):
    options = dict(use_peepholes=peephole, cell_clip=0.3, forget_bias=0.5)
    with tf.variable_scope("net", initializer=numbers):
        cell = rnn.LSTMBlockFusedCell(2, 0.5, 0.3, peephole)
        outputs, state = cell(STEPS, dtype=tf.float32, sequence_length=LENGTHS)
        listed, _ = cell(list(STEPS), initial_state=(tf.zeros([2, 2]), tf.zeros([2, 2])), sequence_length=LENGTHS)
    names = [v.op.name for v in cell.variables]
    diagonals = [f"w_{gate}_diag" for gate in "ifo"] if peephole else []
    assert names == ["net/lstm_fused_cell/" + n for n in ("kernel", "bias", *diagonals)]
    assert cell.num_units == 2 and isinstance(listed, list) and len(listed) == 4
    expected = reference(**options)
    slopes = (
        tf.gradients(tf.reduce_sum(outputs**2), cell.variables[:1]),
        tf.gradients(tf.reduce_sum(expected[0] ** 2), tf.global_variables("reference")[:1]),
    )
    found = run([(outputs, state), expected, listed, slopes])
    for a, b in zip(found[0][1], found[1][1]):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6)
    np.testing.assert_allclose(found[2], found[1][0], rtol=1e-6)
    np.testing.assert_allclose(*found[3], rtol=1e-5)
    assert not found[0][0][2:, 1].any()


def test_what_an_lstm_over_all_steps_refuses():
    cell = rnn.LSTMBlockFusedCell(2)
    with pytest.raises(ValueError, match="rank 3"):
        cell(STEPS[0], dtype=tf.float32)
    with pytest.raises(ValueError, match="Either initial_state or dtype"):
        cell(STEPS)
    with pytest.raises(ValueError, match="length 2 or None"):
        cell(STEPS, initial_state=(tf.zeros([2, 2]),))
    with pytest.raises(NotImplementedError):
        rnn.LSTMBlockWrapper().num_units
    with pytest.raises(NotImplementedError):
        rnn.FusedRNNCell()(STEPS)


@pytest.mark.parametrize("dynamic", [True, False])
@pytest.mark.parametrize("listed", [True, False])
def test_cells_over_all_steps(dynamic, listed, run):
    inputs = [tf.constant(step) for step in STEPS] if listed else tf.constant(STEPS)
    with tf.variable_scope("net", initializer=numbers):
        cell = rnn.FusedRNNCellAdaptor(rnn.LSTMCell(2), use_dynamic_rnn=dynamic)
        outputs, state = cell(inputs, dtype=tf.float32, sequence_length=LENGTHS)
    assert isinstance(outputs, list) == listed
    found, expected = run([[outputs, state], list(reference())])
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("lengths", [LENGTHS, None])
@pytest.mark.parametrize("listed", [True, False])
def test_steps_turned(lengths, listed, run):
    inputs = [tf.constant(step) for step in STEPS] if listed else tf.constant(STEPS)
    turned = np.array(STEPS[::-1])
    if lengths:
        turned[:2, 1], turned[2:, 1] = STEPS[1::-1, 1], STEPS[2:, 1]
    cell = rnn.FusedRNNCellAdaptor(rnn.BasicRNNCell(2), use_dynamic_rnn=True)
    with tf.variable_scope("net", initializer=numbers):
        outputs, state = rnn.TimeReversedFusedRNN(cell)(inputs, dtype=tf.float32, sequence_length=lengths)
    with tf.variable_scope("net", reuse=True):
        plain, last = tf.nn.dynamic_rnn(rnn.BasicRNNCell(2), turned, lengths, dtype=tf.float32, time_major=True)
    found, state, plain, last = run([outputs, state, plain, last])
    expected = np.array(plain[::-1])
    if lengths:
        expected[:2, 1], expected[2:, 1] = plain[1::-1, 1], 0.0
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(state, last, rtol=1e-6)
