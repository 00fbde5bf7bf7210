"""Distributions of `contrib.distributions`: their formulas beside sums and integrals of their densities, and SciPy's numbers."""

import math

import numpy as np
import pytest

import ferroflow as tf

D = tf.contrib.distributions
F = np.float64


def close(found, expected, tolerance=1e-5):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


CONTINUOUS = {
    "Logistic": (lambda: D.Logistic(F(1.0), F(0.5)), -30, 32, 1.5, -0.9333762),
    "HalfNormal": (lambda: D.HalfNormal(F(2.0)), 0, 40, 1.5, -1.2001885),
    "InverseGamma": (lambda: D.InverseGamma(F(5.0), F(2.0)), 1e-3, 60, 0.6, 0.0193025),
    "Kumaraswamy": (lambda: D.Kumaraswamy(F(2.0), F(3.0)), 1e-7, 1 - 1e-7, 0.3, 0.3991653),
    "Chi2": (lambda: D.Chi2(F(5.0)), 1e-6, 150, 3.0, -1.8696324),
    "Cauchy": (lambda: D.Cauchy(F(1.0), F(0.5)), -9, 9, 1.5, -1.1447299),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(name, run):
    make, low, high, point, log_density = CONTINUOUS[name]
    d, grid = make(), np.linspace(low, high, 200001)
    logs, cdf, at = run([d.log_prob(grid), d.cdf(grid), d.log_prob(F(point))])
    close(at, log_density)
    density, step = np.exp(logs), grid[1] - grid[0]
    total = lambda values: float((values[:-1] + values[1:]).sum() * step / 2)
    close(total(density), cdf[-1] - cdf[0], 1e-4)
    close(np.gradient(cdf, step)[1000:-1000:997], density[1000:-1000:997], 1e-4)
    close(run(d.entropy()), {"Cauchy": math.log(2 * math.pi)}.get(name, total(-density * logs)), 1e-3)
    drawn = run(d.sample([2000], seed=1))
    assert drawn.shape == (2000,) and drawn.dtype == F
    close(np.sort(drawn)[1000], grid[np.searchsorted(cdf, 0.5)], 0.2)
    if name == "Cauchy":
        assert np.isnan(run([d.mean(), d.variance()])).all()
        close(run(d.quantile([F(0.75)])), [1.5])
        with pytest.raises(ValueError, match="`mean` is undefined"):
            D.Cauchy(0.0, 1.0, allow_nan_stats=False).mean()
    else:
        mean = total(grid * density)
        close(run([d.mean(), d.variance()]), [mean, total((grid - mean) ** 2 * density)], 1e-3)
    close(run(d.mode()), grid[density.argmax()], 1e-3)
    assert d.reparameterization_type is D.FULLY_REPARAMETERIZED and d.name == name + "/"


def test_tails(check):
    logistic = D.Logistic([0.0], 1.0)
    check(logistic.log_cdf(-100.0), [-100.0])
    check(logistic.survival_function(1.0), [1 / (1 + math.e)])
    check(logistic.log_survival_function(1.0), [-math.log(1 + math.e)])
    check(logistic.log_survival_function(200.0), [-200.0])
    run = tf.Session().run
    for far in (-math.inf, math.inf):
        assert run([logistic.log_prob(far), logistic.prob(far)])[0].tolist() == [-math.inf]
        assert run(logistic.prob(far)).tolist() == [0.0]
    check(D.HalfNormal(1.0).prob(-1.0), 0.0)
    check(D.HalfNormal(1.0).cdf(-1.0), 0.0)
    few = D.InverseGamma([0.5, 1.5, 3.0], 1.0)
    np.testing.assert_array_equal(np.isnan(tf.Session().run([few.mean(), few.variance()])), [[1, 0, 0], [1, 1, 0]])
    assert np.isnan(tf.Session().run(D.Kumaraswamy(0.5, 2.0).mode()))


def test_at_the_ends_of_what_is_possible(check):
    """What comes to `0 · ln 0` is 0."""
    check(D.Binomial(3.0, probs=[0.0, 1.0]).prob([0.0, 3.0]), [1.0, 1.0])
    check(D.Binomial(3.0, probs=[0.0, 1.0]).prob([1.0, 2.0]), [0.0, 0.0])
    check(D.Poisson(0.0).prob([0.0, 1.0]), [1.0, 0.0])
    check(D.Geometric(probs=1.0).prob([0.0, 1.0]), [1.0, 0.0])
    check(D.NegativeBinomial(2.0, probs=0.0).prob([0.0, 1.0]), [1.0, 0.0])
    check(D.Kumaraswamy(1.0, 1.0).prob([0.0, 0.5, 1.0]), [1.0, 1.0, 1.0])
    check(D.OneHotCategorical(probs=[0.0, 1.0]).prob([0, 1]), 1.0)
    check(D.OneHotCategorical(probs=[0.0, 1.0]).prob([1, 0]), 0.0)


DISCRETE = {
    "Poisson": (lambda: D.Poisson(F(2.5)), 3, -1.5428872),
    "Geometric": (lambda: D.Geometric(probs=F(0.3)), 4, -2.6306726),
    "Binomial": (lambda: D.Binomial(F(9.0), probs=F(0.4)), 3, -1.3830091),
    "NegativeBinomial": (lambda: D.NegativeBinomial(F(3.0), probs=F(0.4)), 2, -1.5732989),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_discrete(name, run):
    make, point, log_probability = DISCRETE[name]
    d, counts = make(), np.arange(10.0 if name == "Binomial" else 120.0)
    logs, at = run([d.log_prob(counts), d.log_prob(F(point))])
    close(at, log_probability)
    probabilities = np.exp(logs)
    close(probabilities.sum(), 1.0)
    mean = (counts * probabilities).sum()
    close(run([d.mean(), d.variance()]), [mean, ((counts - mean) ** 2 * probabilities).sum()])
    assert run(d.mode()) == counts[probabilities.argmax()]
    if name == "Binomial":
        with pytest.raises(NotImplementedError, match="sample is not implemented"):
            d.sample()
    else:
        close(run(d.cdf(counts)), probabilities.cumsum())
        drawn = run(d.sample([4000], seed=2))
        assert (drawn == np.floor(drawn)).all() and abs(drawn.mean() - mean) < 0.2 and drawn.dtype == F
    if name == "Geometric":
        close(run(d.entropy()), -(probabilities * logs).sum())
    assert d.reparameterization_type is D.NOT_REPARAMETERIZED


def test_batches_of_discrete(run, check):
    poisson = D.Poisson(log_rate=[[0.0, 1.0]])
    assert run(poisson.sample([3, 2])).shape == (3, 2, 1, 2) and poisson.batch_shape.as_list() == [1, 2]
    assert run(D.NegativeBinomial([[1.0], [2.0]], [0.1, 0.2, 0.3]).sample(4, seed=1)).shape == (4, 2, 3)
    check(D.Poisson(2.0, interpolate_nondiscrete=False).prob([1.5, 2.0]), [0.0, 2 * math.exp(-2)])
    check(D.Poisson(2.0, interpolate_nondiscrete=False).cdf([-1.0, 1.5]), [0.0, 3 * math.exp(-2)])
    check(D.Poisson(2.0).prob(-1.0), 0.0)
    check(D.Geometric(0.0).probs, 0.5)
    check(D.Geometric(probs=0.25).cdf([-1.0, 0.5]), [0.0, 0.25])
    check(D.NegativeBinomial([0.5, 4.0], probs=0.5).mode(), [0.0, 3.0])
    for cls in (D.Poisson, D.Geometric, D.OneHotCategorical):
        with pytest.raises(ValueError, match="not both|exactly one"):
            cls()


def test_what_is_known(check, run):
    known = D.Deterministic([1.0, 2.0], atol=0.1, rtol=0.05)
    check(known.prob([1.12, 2.25]), [1.0, 0.0])
    check(known.cdf([0.9, 1.7]), [1.0, 0.0])
    check([known.mean(), known.mode(), known.variance(), known.entropy()], [[1, 2], [1, 2], [0, 0], [0, 0]])
    assert run(known.sample(3)).tolist() == [[1, 2]] * 3
    vector = D.VectorDeterministic([[1.0, 2.0], [3.0, 4.0]])
    check(vector.prob([[1.0, 2.0], [3.0, 5.0]]), [1.0, 0.0])
    assert vector.event_shape.as_list() == vector.batch_shape.as_list() == [2]
    assert run(vector.sample(3)).shape == (3, 2, 2) and run(vector.entropy()).tolist() == [0, 0]


def test_vectors_of_classes(check, run):
    d = D.OneHotCategorical(probs=[0.2, 0.3, 0.5])
    check(d.prob([[0, 1, 0], [0, 0, 1]]), [0.3, 0.5])
    check([d.mean(), d.variance(), d.mode()], [[0.2, 0.3, 0.5], [0.16, 0.21, 0.25], [0, 0, 1]])
    check(d.covariance(), [[0.16, -0.06, -0.1], [-0.06, 0.21, -0.15], [-0.1, -0.15, 0.25]])
    check(d.entropy(), D.Categorical(probs=[0.2, 0.3, 0.5]).entropy().eval(session=tf.Session()))
    check(D.kl_divergence(d, D.OneHotCategorical(probs=[1 / 3] * 3)), math.log(3) - 1.0296530)
    drawn = run(d.sample(500, seed=1))
    assert drawn.shape == (500, 3) and (drawn.sum(1) == 1).all() and run(d.event_size) == 3


def test_normal_vectors(check, run):
    d = D.MultivariateNormalDiag([1.0, -1.0], [0.5, 2.0])
    plain = D.Normal([1.0, -1.0], [0.5, 2.0])
    x = np.array([[0.0, 0.0], [1.0, 2.0]], np.float32)
    together = D.Independent(plain)
    assert together.name == "IndependentNormal/" and together.reinterpreted_batch_ndims == 0
    together = D.Independent(plain, 1)
    for made in (d, together):
        check(made.log_prob(x), run(tf.reduce_sum(plain.log_prob(x), 1)))
        check(made.entropy(), run(tf.reduce_sum(plain.entropy())))
        check([made.mean(), made.mode(), made.variance()], [[1, -1], [1, -1], [0.25, 4]])
        assert made.event_shape.as_list() == [2] and made.batch_shape.as_list() == []
        drawn = run(made.sample(4000, seed=1))
        close(drawn.mean(0), [1, -1], 0.1)
        close(drawn.std(0), [0.5, 2.0], 0.1)
    check(d.covariance(), [[0.25, 0], [0, 4]])
    other = D.MultivariateNormalDiag(scale_diag=[1.0, 1.0])
    check(d.kl_divergence(other), 0.5 * (2 + 4.25 - 2 - math.log(0.25 * 4)))
    check(
        together.kl_divergence(D.Independent(D.Normal([0.0, 0.0], 1.0), 1)), 0.5 * (2 + 4.25 - 2 - math.log(0.25 * 4))
    )
    check(D.MultivariateNormalDiag([0.0, 0.0], scale_identity_multiplier=[2.0, 3.0]).stddev(), [[2, 2], [3, 3]])
    check(D.MultivariateNormalDiag([0.0, 0.0], [1.0, 2.0], 3.0).stddev(), [4, 5])
    check(D.MultivariateNormalDiag([0.0, 0.0]).stddev(), [1, 1])
    batch = D.MultivariateNormalDiag([[0.0, 0.0], [1.0, 1.0]], [1.0, 2.0])
    assert run(batch.sample([3, 4])).shape == (3, 4, 2, 2) and run(batch.entropy()).shape == (2,)
    assert run(batch.event_shape_tensor()).tolist() == [2] and not run(batch.is_scalar_event())
    with pytest.raises(ValueError, match="loc or scale_diag"):
        D.MultivariateNormalDiag()
    with pytest.raises(ValueError, match="cannot exceed"):
        D.Independent(plain, 2)
    with pytest.raises(ValueError, match="Event shapes do not match"):
        together.kl_divergence(D.Independent(plain, 0))


def test_mixtures(run):
    weights, locs, scales = np.array([0.3, 0.7]), np.array([-2.0, 1.0]), np.array([0.5, 1.5])
    listed = D.Mixture(D.Categorical(probs=weights), [D.Normal(a, b) for a, b in zip(locs, scales)])
    family = D.MixtureSameFamily(D.Categorical(probs=weights), D.Normal(locs, scales))
    grid = np.linspace(-15, 15, 20001)
    step = grid[1] - grid[0]
    for d in (listed, family):
        density, cdf, mean, variance = run([d.prob(grid), d.cdf(grid), d.mean(), d.variance()])
        close(density.sum() * step, 1.0)
        close(cdf[:-1:500], (np.cumsum(density) * step)[:-1:500], 1e-3)
        close(mean, weights @ locs)
        close(variance, (density * (grid - mean) ** 2).sum() * step)
        drawn = run(d.sample(5000, seed=3))
        close(
            [drawn.mean(), drawn.std(), (drawn < -1).mean()], [mean, variance**0.5, cdf[np.searchsorted(grid, -1)]], 0.1
        )
    assert listed.num_components == 2
    close(run(listed.entropy_lower_bound()), weights @ (0.5 * np.log(2 * np.pi * np.e) + np.log(scales)))


def test_mixtures_of_vectors(run):
    locs = np.array([[[0.0, 1.0], [4.0, 5.0]], [[1.0, 0.0], [-2.0, 3.0]]])
    probs = np.array([[0.25, 0.75], [0.5, 0.5]])
    family = D.MixtureSameFamily(D.Categorical(probs=probs), D.MultivariateNormalDiag(locs, [F(1), F(2)]))
    parts = [D.MultivariateNormalDiag(locs[:, k], [F(1), F(2)]) for k in (0, 1)]
    listed = D.Mixture(D.Categorical(probs=probs), parts)
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    pairs = run([[d.log_prob(x), d.mean(), d.variance()] for d in (family, listed)])
    for a, b in zip(*pairs):
        close(a, b)
    close(pairs[0][1], (probs[..., None] * locs).sum(1))
    for d in (family, listed):
        assert d.batch_shape.as_list() == d.event_shape.as_list() == [2]
        close(run(d.sample(6000, seed=1)).mean(0), pairs[0][1], 0.15)
    shared = D.MixtureSameFamily(
        D.Categorical(probs=np.array([0.5, 0.5])), D.MultivariateNormalDiag(locs, [F(1), F(2)])
    )
    assert run(shared.sample([3])).shape == (3, 2, 2)


def test_mixtures_that_do_not_fit():
    cat, normal = D.Categorical(probs=[0.5, 0.5]), D.Normal(0.0, 1.0)
    for given, error, message in (
        ((normal, [normal]), TypeError, "cat must be a Categorical"),
        ((cat, []), ValueError, "non-empty list"),
        ((cat, [normal, 1.0]), TypeError, "must be Distribution instances"),
        ((cat, [normal, D.Normal(F(0), F(1))]), TypeError, "same dtype"),
        ((cat, [normal] * 3), ValueError, "num_classes"),
        ((cat, [normal, D.MultivariateNormalDiag([0.0])]), ValueError, "same event shape"),
    ):
        with pytest.raises(error, match=message):
            D.Mixture(*given)
    with pytest.raises(ValueError, match="does not equal"):
        D.MixtureSameFamily(cat, D.Normal([0.0] * 3, 1.0))
    with pytest.raises(ValueError, match="must have a batch"):
        D.MixtureSameFamily(cat, normal)
    with pytest.raises(ValueError, match="not over integers"):
        D.MixtureSameFamily(D.Categorical(probs=[0.5, 0.5], dtype="float32"), D.Normal([0.0, 0.0], 1.0))


def test_softplus_of_parameters(check):
    soft = lambda x: np.log1p(np.exp(x))
    check(D.NormalWithSoftplusScale(1.0, -1.0).stddev(), soft(-1.0))
    check(D.LaplaceWithSoftplusScale(1.0, -1.0).scale, soft(-1.0))
    check(D.ExponentialWithSoftplusRate(0.5).rate, soft(0.5))
    check(D.GammaWithSoftplusConcentrationRate(0.5, 1.0).mean(), soft(0.5) / soft(1.0))
    check(D.InverseGammaWithSoftplusConcentrationRate(2.0, 1.0).mode(), soft(1.0) / (1 + soft(2.0)))
    beta = D.BetaWithSoftplusConcentration(0.5, 1.0)
    check([beta.concentration1, beta.concentration0], [soft(0.5), soft(1.0)])
    check(D.MultivariateNormalDiagWithSoftplusScale([0.0], [1.0]).stddev(), [soft(1.0)])
    student = D.StudentTWithAbsDfSoftplusScale(-3.7, 0.0, 1.0)
    check([student.df, student.scale], [3.0, soft(1.0)])
    check(D.kl_divergence(D.NormalWithSoftplusScale(0.0, 0.0), D.Normal(0.0, np.float32(soft(0.0)))), 0.0)


def test_the_inverse_of_softplus(run):
    x = tf.constant([1e-30, 1e-6, 0.5, 3.0, 20.0, 500.0])
    made = D.softplus_inverse(x)
    found, back, slope = run([made, tf.nn.softplus(made), tf.gradients(made, x)[0]])
    np.testing.assert_allclose(back, [1e-30, 1e-6, 0.5, 3.0, 20.0, 500.0], rtol=1e-4)
    np.testing.assert_allclose(slope[2:], 1 / -np.expm1(-np.array([0.5, 3, 20, 500])), rtol=1e-4)
    assert np.isfinite(found).all() and np.isfinite(slope[1:]).all()
