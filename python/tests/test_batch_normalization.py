"""Batch renormalisation, parts of batches and adjustments, beside their formulas."""

import numpy as np
import pytest

import ferroflow as tf

X = ((np.arange(24) * 7 % 11 - 5) * 0.3).reshape(8, 3).astype(np.float32)
BOUNDS = dict(rmin=0.9, rmax=1.2, dmax=0.1)


def renormalised(steps, momentum=0.9, epsilon=1e-3, bounds=BOUNDS):
    """What each step gives, and then the averages: Ioffe's formulas, with averages freed of their zeros."""
    mean, variance = X.mean(0), X.var(0)
    stddev = np.sqrt(variance + epsilon)
    slow, weight, moving, outputs = np.zeros([2, 3]), 0.0, np.array([np.zeros(3), np.ones(3)]), []
    for _ in range(steps):
        mixed_mean, mixed_stddev = slow[0] + (1 - weight) * mean, slow[1] + (1 - weight) * stddev
        r = np.clip(stddev / mixed_stddev, bounds["rmin"], bounds["rmax"])
        d = np.clip((mean - mixed_mean) / mixed_stddev, -bounds["dmax"], bounds["dmax"])
        outputs.append((X - mean) / stddev * r + d)
        slow = slow * momentum + (1 - momentum) * np.array([mean, stddev])
        weight = weight * momentum + (1 - momentum)
        new = np.array([slow[0] / weight, (slow[1] / weight) ** 2 - epsilon])
        moving = moving * 0.99 + 0.01 * new
    return outputs, slow, weight, moving


@pytest.mark.parametrize("always", [True, False])
def test_renormalisation(always):
    training = True if always else tf.placeholder_with_default(True, [])
    y = tf.layers.batch_normalization(X, renorm=True, renorm_clipping=BOUNDS, renorm_momentum=0.9, training=training)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    kept = {v.op.name.rpartition("/")[2]: v for v in tf.global_variables()}
    moving, slow = ["moving_mean", "moving_variance"], ["renorm_mean", "renorm_stddev"]
    assert list(kept) == ["gamma", "beta", *moving, slow[0], "renorm_mean_weight", slow[1], "renorm_stddev_weight"]
    assert [v.op.name for v in tf.trainable_variables()] == ["batch_normalization/gamma", "batch_normalization/beta"]
    outputs, expected_slow, weight, expected = renormalised(3)
    close = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for output in outputs:
            close(session.run([y, *updates])[0], output)
        close(session.run([kept[n] for n in slow]), expected_slow)
        close(session.run([kept["renorm_mean_weight"], kept["renorm_stddev_weight"]]), [weight] * 2)
        close(session.run([kept[n] for n in moving]), expected)
        if not always:
            before = session.run(tf.global_variables())
            other = session.run([y, *updates], {training: False})[0]
            close(other, (X - expected[0]) / np.sqrt(expected[1] + 1e-3))
            for a, b in zip(session.run(tf.global_variables()), before):
                np.testing.assert_array_equal(a, b)


def test_renormalisation_bounds_and_derivatives(run):
    """Other averages than the batch's: the factor and the shift are bounded, and have no derivatives."""
    x, start = tf.constant(X), tf.constant_initializer
    options = dict(scale=False, center=False, renorm=True, training=True)
    layer = tf.layers.BatchNormalization(
        renorm=True, scale=False, center=False, renorm_clipping=dict(rmax=0.5, dmax=0.25)
    )
    y = layer(x, training=True)
    plain = tf.layers.batch_normalization(x, scale=False, center=False, training=True)
    force = [layer.renorm_mean.assign(start(9.0)([3])), layer.renorm_mean_weight.assign(1.0)]
    force += [layer.renorm_stddev.assign(start(0.1)([3])), layer.renorm_stddev_weight.assign(1.0)]
    slopes = [tf.gradients(tf.reduce_sum(v**3), x)[0] for v in (y, plain)]
    by_hand = tf.gradients(tf.reduce_sum((0.5 * plain - 0.25) ** 3), x)[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(force)
        found, expected, slope, other, wanted = session.run([y, plain, *slopes, by_hand])
    np.testing.assert_allclose(found, 0.5 * expected - 0.25, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(slope, wanted, rtol=1e-4, atol=1e-5)
    assert np.abs(slope - other).max() > 0.01
    assert run(tf.layers.batch_normalization(x, name="other", **options)).shape == (8, 3)


def test_parts_of_batches(run):
    training = tf.placeholder_with_default(True, [])
    y = tf.layers.batch_normalization(X, momentum=0.5, virtual_batch_size=4, training=training)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    # Parts take every other example: the virtual dimension is the second.
    parts = X.reshape(4, 2, 3)
    expected = (parts - parts.mean(0)) / np.sqrt(parts.var(0) + 1e-3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run([y, *updates])[0]
        np.testing.assert_allclose(found, expected.reshape(8, 3), rtol=1e-4, atol=1e-5)
        moving = session.run(tf.global_variables()[2:])
        np.testing.assert_allclose(moving[0], 0.5 * parts.mean(0).mean(0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(moving[1], 0.5 + 0.5 * parts.var(0).mean(0), rtol=1e-5)
        outside = session.run(y, {training: False})
        np.testing.assert_allclose(outside, (X - moving[0]) / np.sqrt(moving[1] + 1e-3), rtol=1e-4, atol=1e-5)
    assert y.shape == [8, 3]


def test_adjustment(run, check):
    twice = lambda shape: (tf.fill([shape[0], 1], 2.0), tf.fill([shape[0], 1], 1.0))
    adjusted = tf.layers.batch_normalization(X, adjustment=twice, training=True)
    plain = run(tf.layers.batch_normalization(X, training=True))
    check(adjusted, 2.0 * plain + 1.0)
    check(tf.layers.batch_normalization(X, adjustment=twice), X / np.sqrt(1.001))


def test_settings_that_exclude_one_another():
    layer = tf.layers.BatchNormalization
    with pytest.raises(ValueError, match="contains keys not in"):
        layer(renorm=True, renorm_clipping=dict(most=1.0))
    with pytest.raises(ValueError, match="virtual_batch_size"):
        layer(virtual_batch_size=2, adjustment=lambda shape: (1.0, 0.0))
    with pytest.raises(ValueError, match="fused=True"):
        layer(fused=True, renorm=True)
    with pytest.raises(ValueError, match="Invalid axis: 2"):
        layer(2)(X)
