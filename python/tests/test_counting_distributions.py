"""Counts of classes, and registered divergences; TensorFlow's numbers."""

import numpy as np
import pytest

import ferroflow as tf

D = tf.distributions


def test_multinomial(check, run):
    d = D.Multinomial([4.0, 5.0], probs=[[0.2, 0.3, 0.5], [0.1, 0.4, 0.5]])
    check(d.log_prob([[1.0, 1.0, 2.0], [0.0, 2.0, 3.0]]), [-1.714798, -1.609438])
    check([d.mean(), d.variance()], [[[0.8, 1.2, 2.0], [0.5, 2.0, 2.5]], [[0.64, 0.84, 1.0], [0.45, 1.2, 1.25]]])
    check(d.covariance()[0], [[0.64, -0.24, -0.4], [-0.24, 0.84, -0.6], [-0.4, -0.6, 1.0]])
    assert d.batch_shape.as_list() == [2] and d.event_shape.as_list() == [3]
    drawn = run(d.sample(8000, seed=1))
    assert drawn.shape == (8000, 2, 3) and (drawn.sum(-1) == [4, 5]).all() and drawn.dtype == np.float32
    np.testing.assert_allclose(drawn.mean(0), [[0.8, 1.2, 2.0], [0.5, 2.0, 2.5]], atol=0.06)
    np.testing.assert_allclose(np.cov(drawn[:, 0].T), run(d.covariance())[0], atol=0.06)
    other = D.Multinomial(4.0, logits=[[0.2, 0.3, 0.5], [0.1, 0.4, 0.5]])
    check(other.log_prob([1.0, 1.0, 2.0]), [-1.774417, -1.798736])
    check(other.covariance()[1, 0], [0.770181, -0.365852, -0.404329])
    assert d.reparameterization_type is D.NOT_REPARAMETERIZED and run(other.sample([2, 3])).shape == (2, 3, 2, 3)
    with pytest.raises(ValueError, match="not both"):
        D.Multinomial(4.0)
    with pytest.raises(NotImplementedError, match="entropy is not implemented: Multinomial"):
        d.entropy()


def test_dirichlet_multinomial(check, run):
    d = D.DirichletMultinomial(4.0, [1.0, 2.0, 3.0])
    check(d.log_prob([1.0, 1.0, 2.0]), -2.3513746)
    check([d.mean(), d.variance()], [[2 / 3, 4 / 3, 2.0], [0.7936508, 1.2698413, 1.4285714]])
    covariance = [[0.793651, -0.31746, -0.47619], [-0.31746, 1.269841, -0.952381], [-0.47619, -0.952381, 1.428571]]
    check(d.covariance(), covariance)
    drawn = run(d.sample(8000, seed=1))
    assert drawn.shape == (8000, 3) and (drawn.sum(-1) == 4).all()
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.08)
    several = D.DirichletMultinomial([4.0, 6.0], [[1.0, 2.0, 3.0], [2.0, 0.5, 1.0]])
    assert run(several.sample([3], seed=2)).sum(-1).tolist() == [[4, 6]] * 3
    check(several.mean()[1], [3.4285714, 0.8571429, 1.7142857])


def test_registered_divergences(check, run):
    class Mine(D.Normal):
        """A class of a program's own."""

    class Other(D.Laplace):
        """Another."""

    @D.RegisterKL(Mine, D.Laplace)
    def divergence(a, b, name=None):
        return a.loc - b.loc

    check(D.kl_divergence(Mine(3.0, 1.0), Other(1.0, 1.0)), 2.0)
    check(Mine(3.0, 1.0).kl_divergence(D.Normal(3.0, 1.0)), 0.0)
    check(Mine(3.0, 1.0).cross_entropy(Other(1.0, 1.0)), 3.4189385)
    with pytest.raises(ValueError, match="has already been registered"):
        D.RegisterKL(Mine, D.Laplace)(divergence)
    with pytest.raises(TypeError, match="must be callable"):
        D.RegisterKL(Other, Mine)(1)
    with pytest.raises(NotImplementedError, match="No KL"):
        D.kl_divergence(Other(0.0, 1.0), Mine(0.0, 1.0))
    infinite = D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(float("nan"), 1.0), allow_nan_stats=False)
    with pytest.raises(tf.errors.InvalidArgumentError, match="NaN"):
        run(infinite)


def test_kinds_of_samples(run):
    assert repr(D.FULLY_REPARAMETERIZED) == "<Reparameterization Type: FULLY_REPARAMETERIZED>"
    assert D.ReparameterizationType("mine") != D.ReparameterizationType("mine")
    assert D.Normal(0.0, 1.0).reparameterization_type is D.FULLY_REPARAMETERIZED
    assert D.Bernoulli(0.0).reparameterization_type is D.Categorical([0.0]).reparameterization_type
    normal = D.Normal([0.0, 1.0], 1.0)
    assert run([normal.is_scalar_event(), normal.is_scalar_batch(), D.Normal(0.0, 1.0).is_scalar_batch()]) == [
        True,
        False,
        True,
    ]
    with pytest.raises(NotImplementedError, match="covariance is not implemented"):
        normal.covariance()
