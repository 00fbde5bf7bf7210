"""Attention in one direction, and decoders that are given their outputs, beside formulas in NumPy."""

import numpy as np
import pytest

import ferroflow as tf

seq2seq = tf.contrib.seq2seq
P = np.array([[0.2, 0.6, 0.1, 0.9], [0.5, 0.3, 0.8, 0.4]])
BEFORE = np.array([[0.3, 0.7, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])


def attended(p, before):
    """Step by step: what comes to a step, and what goes on from it."""
    found, reached = np.zeros_like(p), np.zeros(len(p))
    for k in range(p.shape[1]):
        reached = reached + before[:, k]
        found[:, k] = p[:, k] * reached
        reached = reached * (1 - p[:, k])
    return found


@pytest.mark.parametrize("mode", ["recursive", "parallel"])
def test_probabilities_to_stop(mode, check):
    p = tf.constant(P)
    made = seq2seq.monotonic_attention(p, tf.constant(BEFORE), mode)
    check(made, attended(P, BEFORE))
    weights = np.arange(8.0).reshape(2, 4)
    slopes = np.zeros_like(P)
    for at in np.ndindex(P.shape):
        moved = [P + sign * 1e-6 * (np.indices(P.shape).T == at).all(-1).T for sign in (1, -1)]
        slopes[at] = (weights * (attended(moved[0], BEFORE) - attended(moved[1], BEFORE))).sum() / 2e-6
    check(tf.gradients(made, p, tf.constant(weights))[0], slopes)


def test_steps_that_are_chosen(check):
    chosen = np.array([[1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    before = np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    check(seq2seq.monotonic_attention(chosen, before, "hard"), [[0, 0, 1, 0], [0, 0, 0, 0]])
    with pytest.raises(ValueError, match="mode must be 'recursive', 'parallel', or 'hard'"):
        seq2seq.monotonic_attention(P, BEFORE, "soft")


def test_products_of_probabilities(check, run):
    x = tf.constant([[0.5, 0.0, 0.25]])
    check(seq2seq.safe_cumprod(x, axis=1), [[0.5, 0, 0]])
    check(seq2seq.safe_cumprod(x, axis=1, exclusive=True), [[1, 0.5, 0]])
    assert np.isfinite(run(tf.gradients(seq2seq.safe_cumprod(x, axis=1), x)[0])).all()


@pytest.mark.parametrize("kind", ["bahdanau", "luong"])
@pytest.mark.parametrize("mode", ["parallel", "hard"])
def test_mechanisms(kind, mode, run):
    memory = ((np.arange(24) * 7 % 11 - 5) * 0.2).reshape(2, 4, 3).astype(np.float32)
    cls = {"bahdanau": seq2seq.BahdanauMonotonicAttention, "luong": seq2seq.LuongMonotonicAttention}[kind]
    options = dict(memory_sequence_length=[4, 2], score_bias_init=0.3, mode=mode)
    start = lambda shape, dtype=None, partition_info=None: tf.constant(
        ((np.arange(np.prod(shape)) * 5 % 13 - 6) * 0.1).reshape(shape), dtype
    )
    query = np.array([[0.5, -1.0], [1.0, 2.0]], np.float32)
    with tf.variable_scope("net", initializer=start):
        mechanism = cls(2, memory, **options)
        first = mechanism.initial_state(2, tf.float32)
        alignments, state = mechanism(tf.constant(query), first)
    assert first.shape.as_list() == [2, 4]
    names = {v.op.name.rpartition("/")[2]: v for v in tf.global_variables()}
    assert f"net/{kind}_monotonic_attention/attention_score_bias" in [v.op.name for v in tf.global_variables()]
    found, start_of, bias, keys, scores = run(
        [alignments, first, names["attention_score_bias"], mechanism.keys, _score(mechanism, query, kind)]
    )
    assert start_of.tolist() == [[1, 0, 0, 0]] * 2 and bias == np.float32(0.3)
    score = scores + bias
    p = (score > 0).astype(float) if mode == "hard" else 1 / (1 + np.exp(-score))
    p[1, 2:] = 0
    np.testing.assert_allclose(found, attended(p, start_of), rtol=1e-5, atol=1e-6)


def _score(mechanism, query, kind):
    names = {v.op.name.rpartition("attention/")[2]: v for v in tf.global_variables()}
    if kind == "luong":
        return tf.reduce_sum(mechanism.keys * query[:, None], 2)
    asked = tf.matmul(query, names["query_layer/kernel"])
    return tf.reduce_sum(names["attention_v"] * tf.tanh(mechanism.keys + asked[:, None]), 2)


def test_noise(run):
    memory = np.ones([50, 1, 1], np.float32)
    noisy = seq2seq.LuongMonotonicAttention(1, memory, sigmoid_noise=1.0, sigmoid_noise_seed=3)
    found = run(noisy(tf.zeros([50, 1]), noisy.initial_state(50, tf.float32))[0])
    assert len(set(found[:, 0].tolist())) == 50 and abs(found.mean() - 0.5) < 0.15


class Counter(tf.nn.rnn_cell.RNNCell):
    """Gives ten times its inputs' first two numbers; its state is the number of steps."""

    state_size = output_size = 2

    def call(self, inputs, state):
        return 10.0 * inputs[:, :2], state + 1.0


def decoded(helper, run):
    decoder = seq2seq.BasicDecoder(Counter(), helper, tf.zeros([2, 2]))
    return run(seq2seq.dynamic_decode(decoder))[0]


INPUTS = np.arange(12, dtype=np.float32).reshape(2, 3, 2)


def test_outputs_that_are_given_back(run):
    plain = decoded(seq2seq.ScheduledOutputTrainingHelper(INPUTS, [3, 3], 0.0), run)
    np.testing.assert_array_equal(plain.rnn_output, 10 * INPUTS)
    assert not plain.sample_id.any()
    always = decoded(seq2seq.ScheduledOutputTrainingHelper(INPUTS, [3, 3], 1.0, seed=1), run)
    np.testing.assert_array_equal(always.rnn_output, INPUTS[:, :1] * np.reshape([10, 100, 1000], [1, 3, 1]))
    assert always.sample_id.all()
    halved = seq2seq.ScheduledOutputTrainingHelper(INPUTS, [3, 3], [1.0, 0.0], next_inputs_fn=lambda x: x / 10)
    made = decoded(halved, run).rnn_output
    np.testing.assert_allclose(made[0], 10 * INPUTS[0, [0, 0, 0]])
    np.testing.assert_array_equal(made[1], 10 * INPUTS[1])
    with pytest.raises(ValueError, match="either a scalar or a vector"):
        seq2seq.ScheduledOutputTrainingHelper(INPUTS, [3, 3], [[0.5]])


@pytest.mark.parametrize("time_major", [True, False])
def test_inputs_that_follow_others(time_major, run):
    turned = (lambda x: np.swapaxes(x, 0, 1)) if time_major else (lambda x: x)
    helper = seq2seq.ScheduledOutputTrainingHelper(
        turned(INPUTS), [3, 3], 1.0, time_major, auxiliary_inputs=turned(100 + INPUTS)
    )

    class Told(Counter):
        def call(self, inputs, state):
            return inputs[:, :2] + inputs[:, 2:], state

    decoder = seq2seq.BasicDecoder(Told(), helper, tf.zeros([2, 2]))
    made = run(seq2seq.dynamic_decode(decoder))[0].rnn_output
    expected = np.cumsum(100 + INPUTS, 1) + INPUTS[:, :1]
    np.testing.assert_allclose(made, expected)
