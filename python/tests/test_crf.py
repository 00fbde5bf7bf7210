"""Conditional random fields."""

import numpy as np

import ferroflow as tf

crf = tf.contrib.crf
SCORES = np.array([[[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]] * 4, np.float32)
TRANSITIONS = np.array([[0.5, -0.5], [0.0, 1.0]], np.float32)
TAGS, LENGTHS = np.array([[0, 1, 1]] * 4), np.array([3, 2, 1, 0])


def test_scores_of_tags(check):
    given = TAGS, LENGTHS
    check(crf.crf_unary_score(*given, SCORES), [4.0, 3.0, 1.0, 0.0])
    check(crf.crf_binary_score(*given, TRANSITIONS), [0.5, -0.5, 0.0, 0.0])
    check(crf.crf_sequence_score(SCORES, *given, TRANSITIONS), [4.5, 2.5, 1.0, 0.0])


def test_all_sequences_of_tags(check):
    """As written out: the logarithm of the sum over all."""
    norms = [5.8854063, 3.6309781, 1.3132617, 0.0]
    check(crf.crf_log_norm(SCORES, LENGTHS, TRANSITIONS), norms)
    likelihood, transitions = crf.crf_log_likelihood(SCORES, TAGS, LENGTHS, TRANSITIONS)
    check(likelihood, np.array([4.5, 2.5, 1.0, 0.0]) - norms)
    assert transitions is TRANSITIONS


def test_the_best_tags(check):
    tags, best = crf.crf_decode(SCORES, TRANSITIONS, LENGTHS)
    check(tags, [[1, 1, 1], [1, 1, 0], [0, 0, 0], [0, 0, 0]])
    check(best, [5.0, 3.0, 1.0, 0.0])
    assert tags.shape.as_list() == [4, 3]
    assert crf.viterbi_decode(SCORES[0], TRANSITIONS) == ([1, 1, 1], 5.0)
    assert crf.viterbi_decode(SCORES[0, :1], TRANSITIONS) == ([0], 1.0)


def test_training():
    tf.set_random_seed(1)
    scores = tf.placeholder(tf.float32, [None, None, 2])
    tags, lengths = tf.placeholder(tf.int32, [None, None]), tf.placeholder(tf.int32, [None])
    likelihood, transitions = crf.crf_log_likelihood(scores, tags, lengths)
    loss = -tf.reduce_mean(likelihood)
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    given = {scores: SCORES, tags: TAGS, lengths: LENGTHS}
    assert transitions.op.name == "transitions"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss, given)
        for _ in range(20):
            session.run(step, given)
        assert session.run(loss, given) < before - 0.1
