"""Losses over few of many classes, and the samplers of these; numbers of TensorFlow or known by hand."""

import numpy as np
import pytest

import ferroflow as tf

WEIGHTS = np.arange(12.0, dtype=np.float32).reshape(6, 2) / 10
BIASES = np.arange(6.0, dtype=np.float32) / 10
INPUTS = np.array([[1.0, 2.0], [0.5, -1.0]], np.float32)
LABELS = np.array([[0], [3]])


def sampled():
    classes, true_counts, counts = [1, 3], [[0.5], [0.2]], [0.3, 0.25]
    return tf.constant(classes, tf.int64), tf.constant(true_counts), tf.constant(counts)


def test_losses(check):
    given = (WEIGHTS, BIASES, LABELS, INPUTS, 2, 6)
    check(tf.nn.nce_loss(*given, sampled_values=sampled()), [6.273249, 3.1202698])
    check(tf.nn.nce_loss(*given, sampled_values=sampled(), remove_accidental_hits=True), [6.273249, 1.5900156])
    check(tf.nn.sampled_softmax_loss(*given, sampled_values=sampled()), [3.0295825, 0.5108255])


def test_a_loss_is_learned(run):
    weights, biases = tf.Variable(tf.zeros([50, 2])), tf.Variable(tf.zeros([50]))
    loss = tf.reduce_mean(tf.nn.nce_loss(weights, biases, LABELS, INPUTS, 8, 50))
    step = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(50):
            session.run(step)
        assert session.run(loss) < before / 2


def test_accidental_hits(run):
    rows, places, weights = run(tf.nn.compute_accidental_hits([[0, 1], [3, 5]], [1, 3, 5], 2))
    assert rows.tolist() == [0, 1, 1] and places.tolist() == [0, 1, 2]
    assert (weights == np.finfo(np.float32).min).all()


@pytest.mark.parametrize("function", [tf.nn.uniform_candidate_sampler, tf.nn.log_uniform_candidate_sampler])
def test_different_classes(run, function):
    classes, _, counts = run(function(LABELS, 1, 6, True, 6, seed=1))
    assert sorted(classes.tolist()) == [0, 1, 2, 3, 4, 5] and (counts > 0.8).all()


def test_expected_counts(run):
    assert run(tf.nn.uniform_candidate_sampler(LABELS, 1, 3, False, 6, seed=1)[1]).ravel() == pytest.approx([0.5, 0.5])
    share = np.log([2, 5 / 4]) / np.log(7)
    assert run(tf.nn.log_uniform_candidate_sampler(LABELS, 1, 3, False, 6)[1]).ravel() == pytest.approx(3 * share)
    unigrams = [1.0, 2.0, 3.0, 4.0]
    fixed = tf.nn.fixed_unigram_candidate_sampler
    classes, of_labels, _ = run(fixed(LABELS + 1, 1, 5, False, 5, num_reserved_ids=1, unigrams=unigrams))
    assert of_labels.ravel() == pytest.approx([0.5, 2.0]) and classes.min() >= 1
    with pytest.raises(ValueError, match="unigrams"):
        fixed(LABELS, 1, 5, False, 5, vocab_file="words")
    assert run(tf.nn.all_candidate_sampler(LABELS, 1, 4, True)[0]).tolist() == [0, 1, 2, 3]


def test_classes_are_drawn_with_their_probabilities(run):
    classes = run(tf.nn.log_uniform_candidate_sampler(LABELS, 1, 20000, False, 6, seed=3)[0])
    shares = np.bincount(classes, minlength=6) / 20000
    np.testing.assert_allclose(shares, np.log1p(1 / (np.arange(6) + 1)) / np.log(7), atol=0.01)


def test_expected_counts_of_different_classes(run):
    assert run(tf.nn.uniform_candidate_sampler(LABELS, 1, 1, True, 50)[1]).ravel() == pytest.approx([0.02, 0.02])
    # After so many tries as there are classes, or more.
    possible = [0.08, *(1 - 0.98 ** np.arange(5, 30))]
    found = [run(tf.nn.uniform_candidate_sampler([[1]], 1, 4, True, 50, seed=seed)[1])[0, 0] for seed in range(20)]
    assert all(min(abs(x - possible)) < 1e-6 for x in found)
    # No try in vain: 49/50 · 48/50 · 47/50 of all.
    assert sum(abs(x - 0.08) < 1e-6 for x in found) >= 13
