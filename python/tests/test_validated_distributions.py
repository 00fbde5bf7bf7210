"""Distributions that check their parameters, their samples, and that what they give is defined; their names and copies."""

import numpy as np
import pytest

import ferroflow as tf

D = tf.distributions
PARAMETERS = {
    "Condition x > 0 did not hold": [
        lambda **o: D.Normal(0.0, -1.0, **o),
        lambda **o: D.Laplace(0.0, -1.0, **o),
        lambda **o: D.Exponential(-1.0, **o),
        lambda **o: D.Gamma(1.0, -1.0, **o),
        lambda **o: D.StudentT(-1.0, 0.0, 1.0, **o),
        lambda **o: tf.contrib.distributions.Cauchy(0.0, -1.0, **o),
    ],
    "uniform not defined when low >= high": [lambda **o: D.Uniform(3.0, 1.0, **o)],
    "probs has components greater than 1": [lambda **o: D.Bernoulli(probs=1.5, **o)],
    "Condition x >= 0 did not hold": [lambda **o: D.Bernoulli(probs=-0.5, **o)],
    "probs does not sum to 1": [
        lambda **o: D.Categorical(probs=[0.2, 0.9], **o),
        lambda **o: D.Multinomial(2.0, probs=[0.5, 0.9], **o),
    ],
    "Concentration parameter must be positive": [
        lambda **o: D.Beta(-1.0, 1.0, **o),
        lambda **o: D.Dirichlet([1.0, -2.0], **o),
    ],
    "event_size >= 2": [lambda **o: D.Dirichlet([1.0], **o)],
    "must be non-negative": [lambda **o: D.Multinomial(-3.0, probs=[0.5, 0.5], **o)],
    "fractional components": [lambda **o: D.Multinomial(2.5, probs=[0.5, 0.5], **o)],
}
SAMPLES = [
    ("sample must be less than `1`", lambda: D.Beta(1.0, 1.0, validate_args=True), 1.5),
    ("sample must be positive", lambda: D.Beta(1.0, 1.0, validate_args=True), -0.5),
    ("Condition x > 0", lambda: D.Gamma(1.0, 1.0, validate_args=True), -1.0),
    ("Elements cannot exceed 1", lambda: D.Bernoulli(probs=0.5, validate_args=True), 2),
    ("must sum to `1`", lambda: D.Dirichlet([1.0, 2.0], validate_args=True), [0.5, 0.9]),
    ("counts must sum to", lambda: D.Multinomial(3.0, probs=[0.5, 0.5], validate_args=True), [1.0, 1.0]),
    ("fractional", lambda: D.Multinomial(3.0, probs=[0.5, 0.5], validate_args=True), [1.5, 1.5]),
]


@pytest.mark.parametrize("message", PARAMETERS)
def test_parameters(message, run):
    for make in PARAMETERS[message]:
        make()
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(make(validate_args=True).sample())


@pytest.mark.parametrize("message, make, value", SAMPLES)
def test_samples(message, make, value, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(make().log_prob(value))


def test_parameters_of_a_run(run):
    scale = tf.placeholder(tf.float32, [])
    normal = D.Normal(0.0, scale, validate_args=True)
    assert run(normal.log_prob(0.0), {scale: 1.0}) == np.float32(-0.9189385)
    for made in (normal.sample(), normal.mean(), normal.scale):
        with pytest.raises(tf.errors.InvalidArgumentError, match="x > 0"):
            run(made, {scale: -1.0})


@pytest.mark.parametrize(
    "message, make",
    [
        ("mean not defined for components of df <= 1", lambda **o: D.StudentT([1.0, 3.0], 0.0, 1.0, **o).mean()),
        ("variance not defined for components of df <= 1", lambda **o: D.StudentT(1.0, 0.0, 1.0, **o).variance()),
        ("mode not defined when any concentration <= 1", lambda **o: D.Gamma(1.0, 1.0, **o).mode()),
        ("Mode undefined", lambda **o: D.Beta(1.0, 2.0, **o).mode()),
        ("Mode undefined when any concentration <= 1", lambda **o: D.Dirichlet([1.0, 2.0], **o).mode()),
    ],
)
def test_what_is_not_defined(message, make, run):
    assert np.isnan(run(make())).any()
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(make(allow_nan_stats=False))


def test_what_is_defined(check):
    check(D.StudentT(3.0, 0.5, 1.0, validate_args=True, allow_nan_stats=False).variance(), 3.0)
    check(D.Categorical(probs=[0.25, 0.75], validate_args=True).prob(1), 0.75)


def test_quantiles_of_normal_numbers(check):
    check(D.Normal([0.0, 1.0], 2.0).quantile([0.25, 0.975]), [-1.3489796, 4.9199286])
    check(D.Normal(0.0, 2.0).quantile([0.0, 1.0, 0.5]), [-np.inf, np.inf, 0.0])


def test_names():
    first, second = D.Normal(0.0, 1.0), D.Normal([0.0, 1.0], 1.0)
    assert (first.name, second.name) == ("Normal/", "Normal_1/")
    assert repr(first) == "<tf.distributions.Normal 'Normal/' batch_shape=() event_shape=() dtype=float32>"
    assert str(second) == 'tf.distributions.Normal("Normal_1/", batch_shape=(2,), event_shape=(), dtype=float32)'
    assert first.mean().op.name.startswith("Normal/mean/") and first.scale.op.name.startswith("Normal/")
    with pytest.raises(ValueError, match="'n/"):
        D.Normal([0.0, 1.0], [1.0, 2.0, 3.0], name="n")


def test_copies(check):
    normal = D.Normal(1.0, 2.0, allow_nan_stats=False)
    assert normal.parameters == {
        "loc": 1.0,
        "scale": 2.0,
        "validate_args": False,
        "allow_nan_stats": False,
        "name": "Normal",
    }
    copy = normal.copy(loc=3.0)
    check([copy.mean(), copy.stddev()], [3, 2])
    assert not copy.allow_nan_stats and not copy.validate_args
    check(D.Bernoulli(probs=0.5).copy(probs=0.25).mean(), 0.25)
    check(tf.contrib.distributions.Chi2(3.0).copy(df=4.0).mean(), 4)


def test_normal_vectors_by_triangles(check, run):
    triangle = tf.contrib.distributions.MultivariateNormalTriL
    lower, loc = np.array([[2.0, 9.0], [1.0, 3.0]], np.float32), np.array([1.0, -1.0], np.float32)
    d = triangle(loc, lower)
    # Of the covariance [[4, 2], [2, 10]], whose determinant is 36.
    check(d.covariance(), [[4, 2], [2, 10]])
    check([d.mean(), d.variance(), d.mode()], [loc, [4, 10], loc])
    # (x - loc)ᵀ · inverse · (x - loc) is 1/36 · (10 · 4 - 2 · 2 · 2 + 4) for x - loc of [2, 1].
    check(d.log_prob([[3.0, 0.0], loc]), [-0.5 - np.log(2 * np.pi * 6), -np.log(2 * np.pi * 6)])
    check(d.entropy(), np.log(2 * np.pi * np.e * 6))
    standard = triangle(None, np.eye(2, dtype=np.float32))
    check(d.kl_divergence(standard), 0.5 * (14 + 2 - 2) - np.log(6))
    check(tf.distributions.kl_divergence(d, d), 0)
    drawn = run(d.sample(4000, seed=1))
    assert drawn.shape == (4000, 2) and np.allclose(np.cov(drawn.T), [[4, 2], [2, 10]], atol=0.6)
    batch = triangle(np.zeros([3, 2], np.float32), np.stack([np.eye(2, dtype=np.float32)] * 3))
    assert (batch.batch_shape.as_list(), batch.event_shape.as_list()) == ([3], [2])
    assert run([batch.sample(5), batch.log_prob(batch.sample([4, 5]))])[1].shape == (4, 5, 3)
    with pytest.raises(ValueError, match="scale_tril"):
        triangle(loc)
