"""Distributions: probabilities, entropies and samples; numbers of TensorFlow or known by hand."""

import math

import numpy as np
import pytest

import ferroflow as tf

D = tf.distributions


def test_normal(check):
    normal = D.Normal([0.0, 1.0], 2.0)
    assert normal.batch_shape.as_list() == [2] and normal.event_shape.as_list() == [] and normal.dtype == tf.float32
    check(normal.batch_shape_tensor(), [2])
    check(normal.log_prob([0.0, 3.0]), [-1.6120857, -2.1120857])
    check(normal.prob(0.0), [0.1994711, 0.1760327])
    check(normal.cdf([0.0, 3.0]), [0.5, 0.8413447])
    check(normal.log_cdf(0.0)[0], math.log(0.5))
    check(normal.survival_function(0.0)[0], 0.5)
    check(normal.entropy(), [2.1120858] * 2)
    check([normal.mean(), normal.mode(), normal.variance(), normal.stddev()], [[0, 1], [0, 1], [4, 4], [2, 2]])
    check(normal.kl_divergence(D.Normal(0.0, 1.0)), [0.8068528, 1.3068528])
    check(normal.cross_entropy(D.Normal(0.0, 1.0)), [2.9189386, 3.4189386])
    loc = tf.constant(0.5)
    check(tf.gradients(D.Normal(loc, 2.0).log_prob(1.5), loc)[0], 0.25)


def test_laplace(check):
    laplace = D.Laplace(1.0, 2.0)
    check(laplace.log_prob([1.0, 3.0]), [-1.3862944, -2.3862944])
    check(laplace.cdf([1.0, 3.0]), [0.5, 0.8160603])
    check([laplace.entropy(), laplace.mean(), laplace.mode(), laplace.variance()], [2.3862944, 1, 1, 8])


def test_uniform(check):
    uniform = D.Uniform(1.0, [3.0, 5.0])
    check(uniform.prob([2.0, 6.0]), [0.5, 0.0])
    check(uniform.cdf([2.0, 6.0]), [0.5, 1.0])
    check([uniform.entropy(), uniform.mean(), uniform.variance()], [np.log([2, 4]), [2, 3], [1 / 3, 4 / 3]])
    check(uniform.range(), [2.0, 4.0])


def test_exponential(check):
    exponential = D.Exponential(2.0)
    check([exponential.log_prob(1.0), exponential.cdf(1.0)], [-1.3068528, 0.8646647])
    check([exponential.entropy(), exponential.mean(), exponential.variance()], [0.3068528, 0.5, 0.25])
    check(D.kl_divergence(exponential, D.Exponential(1.0)), 0.1931472)


def test_bernoulli(check, run):
    bernoulli = D.Bernoulli(probs=[0.25, 0.9])
    check(bernoulli.prob([1, 0]), [0.25, 0.1])
    check(D.Bernoulli(logits=0.0).log_prob(1), -0.6931472)
    check([bernoulli.mean(), bernoulli.variance(), bernoulli.mode()], [[0.25, 0.9], [0.1875, 0.09], [0, 1]])
    check(bernoulli.entropy(), [0.5623351, 0.3250830])
    check(D.kl_divergence(bernoulli, D.Bernoulli(probs=0.5)), [0.1308120, 0.3680642])
    assert set(run(bernoulli.sample(50, seed=1)).ravel().tolist()) == {0, 1}
    with pytest.raises(ValueError, match="probs or logits"):
        D.Bernoulli()


def test_categorical(check, run):
    categorical = D.Categorical(probs=[[0.25, 0.75], [1.0, 0.0]])
    check(categorical.prob([1, 0]), [0.75, 1.0])
    check(categorical.log_prob([[0, 0], [1, 0]]), [[math.log(0.25), 0.0], [math.log(0.75), 0.0]])
    check(categorical.entropy(), [0.5623351, 0.0])
    check([categorical.mode(), tf.stack([categorical.event_size] * 2)], [[1, 0], [2, 2]])
    check(D.kl_divergence(D.Categorical(logits=[0.0, 0.0]), D.Categorical(probs=[0.25, 0.75])), 0.1438410)
    drawn = categorical.sample([500], seed=2)
    assert drawn.shape.as_list() == [500, 2] and drawn.dtype == tf.int32
    shares = run(drawn).mean(0)
    assert shares[0] == pytest.approx(0.75, abs=0.06) and shares[1] == 0
    assert run(D.Categorical(logits=[0.0, 0.0]).sample()) in (0, 1)


@pytest.mark.parametrize(
    "made, mean, deviation",
    [
        (lambda: D.Normal(1.0, 2.0), 1.0, 2.0),
        (lambda: D.Laplace(1.0, 2.0), 1.0, 8**0.5),
        (lambda: D.Uniform(1.0, 3.0), 2.0, 3**-0.5),
        (lambda: D.Exponential(0.5), 2.0, 2.0),
    ],
)
def test_samples(run, made, mean, deviation):
    drawn = run(made().sample([20000], seed=1))
    assert drawn.mean() == pytest.approx(mean, abs=0.06) and drawn.std() == pytest.approx(deviation, rel=0.03)


def test_what_there_is_not():
    with pytest.raises(NotImplementedError, match="mode is not implemented"):
        D.Uniform().mode()
    with pytest.raises(NotImplementedError, match="No KL"):
        D.kl_divergence(D.Normal(0.0, 1.0), D.Uniform())
    assert isinstance(D.Uniform(name="u"), D.Distribution) and D.Uniform(name="u").name == "u_1/"


# Numbers of TensorFlow: logarithms of probabilities, mean, variance, mode and entropy.
FAMILY = [
    (
        lambda: D.Gamma([2.0, 3.5], [1.0, 2.0]),
        [0.5, 3.0],
        [-1.1931471824645996, -2.0284276008605957],
        [2.0, 1.75],
        [2.0, 0.875],
        [1.0, 1.25],
        [1.5772157907485962, 1.249934196472168],
        [0.09020400792360306, 0.899441123008728],
    ),
    (
        lambda: D.Beta([2.0, 3.5], [3.0, 2.0]),
        [0.5, 0.25],
        [0.40546512603759766, -0.9965777397155762],
        [0.4, 0.6363636255264282],
        [0.04, 0.03560076281428337],
        [0.3333333432674408, 0.7142857313156128],
        [-0.23490667343139648, -0.2986903190612793],
        [0.6875, 0.0283203087747097],
    ),
    (
        lambda: D.StudentT([3.0, 5.0], [0.0, 1.0], [1.0, 2.0]),
        [0.5, -1.0],
        [-1.1609742641448975, -2.208731174468994],
        [0.0, 1.0],
        [3.0, 6.666666507720947],
        [0.0, 1.0],
        [1.77347731590271, 2.3206489086151123],
        [0.6742759943008423, 0.18160873651504517],
    ),
]


@pytest.mark.parametrize("make, at, log_prob, mean, variance, mode, entropy, cdf", FAMILY, ids=["gamma", "beta", "t"])
def test_the_gamma_family(make, at, log_prob, mean, variance, mode, entropy, cdf, check):
    one = make()
    check(one.log_prob(at), log_prob)
    check([one.mean(), one.variance(), one.mode(), one.entropy()], [mean, variance, mode, entropy])
    check(one.cdf(at), cdf)
    assert one.sample([5, 4]).shape.as_list() == [5, 4, 2]


def test_dirichlet(check, run):
    one = D.Dirichlet([[2.0, 3.0, 4.0]])
    assert one.event_shape.as_list() == [3] and one.batch_shape.as_list() == [1]
    check(one.log_prob([[0.2, 0.3, 0.5]]), [2.0228705406188965])
    check(one.mean(), [[2 / 9, 3 / 9, 4 / 9]])
    check(one.variance(), [[0.017283951863646507, 0.02222222089767456, 0.02469135820865631]])
    check([one.mode()[0], one.entropy()[0] * [1.0, 1.0, 1.0]], [[1 / 6, 1 / 3, 0.5], [-1.3125519752502441] * 3])
    np.testing.assert_allclose(run(one.sample(7)).sum(-1), np.ones([7, 1]), rtol=1e-5)


def test_relative_entropies_of_the_gamma_family(check):
    check(D.kl_divergence(D.Gamma(2.0, 1.0), D.Gamma(3.0, 2.0)), 0.19092143)
    check(D.kl_divergence(D.Beta(2.0, 1.5), D.Beta(3.0, 2.0)), 0.05055523)
    check(D.kl_divergence(D.Dirichlet([2.0, 1.5]), D.Dirichlet([3.0, 2.0])), 0.05055523)


def test_samples_of_the_gamma_family_are_tensorflows(check):
    tf.set_random_seed(3)
    gamma = D.Gamma([2.0, 3.5], [1.0, 2.0]).sample(2, seed=5)
    check(gamma, [[5.2388715744018555, 2.6411619186401367], [0.7967322468757629, 2.6422765254974365]])
    beta = D.Beta([2.0, 3.5], [3.0, 2.0]).sample(2, seed=5)
    check(beta, [[0.7644508481025696, 0.7153111696243286], [0.14402389526367188, 0.5824651718139648]])
    check(D.Dirichlet([2.0, 3.0, 4.0]).sample(seed=5), [0.413629949092865, 0.1193370670080185, 0.4670329988002777])
    student = D.StudentT([3.0, 5.0], [0.0, 1.0], [1.0, 2.0]).sample(2, seed=5)
    check(student, [[-1.1406124830245972, 2.2219128608703613], [-1.6984045505523682, -3.209517478942871]])


def sloped(function, at, dtype=np.float32):
    """What a function gives at some places, and its slopes there."""
    places = tf.constant(np.array(at, dtype))
    found = function(places)
    with tf.Session() as session:
        return session.run([found, tf.gradients(found, places)[0]])


def test_tails_of_normal():
    """TensorFlow's numbers."""
    normal = D.Normal(0.0, 1.0)
    found, slopes = sloped(normal.log_cdf, [-40, -15, -5, 0, 3, 6])
    expected = [-804.608459, -116.131386, -15.0649986, -0.693147182, -1.35080996e-3, -9.86587645e-10]
    np.testing.assert_allclose(found, expected, rtol=3e-5)
    np.testing.assert_allclose(
        slopes, [40.0249688, 15.0660868, 5.18650397, 0.797884561, 4.43783904e-3, 6.07588e-9], 2e-6
    )
    found, slopes = sloped(normal.log_survival_function, [40, 5, 0, -8])
    np.testing.assert_allclose(found, [-804.608459, -15.0649986, -0.693147182, -6.2209673e-16], rtol=3e-6)
    np.testing.assert_allclose(slopes, [-40.0249688, -5.18650397, -0.797884561, -5.0522809e-15], rtol=2e-6)
    exact = D.Normal(tf.constant(0.0, tf.float64), tf.constant(1.0, tf.float64))
    found, slopes = sloped(exact.log_cdf, [-40, -21, -5, 8.5], np.float64)
    np.testing.assert_allclose(found, [-804.608442, -224.465716, -15.0649984, -9.47953482e-18], rtol=1e-8)
    np.testing.assert_allclose(slopes, [40.0249688, 21.0474055, 5.18650397, 8.16623563e-17], rtol=1e-8)


def test_tails_of_laplace():
    laplace = D.Laplace(0.0, 1.0)
    expected = [-800.693147, -1.69314718, -0.693147182, -0.203267054, -1.0305768e-9]
    for function, sign in ((laplace.log_cdf, 1), (laplace.log_survival_function, -1)):
        found, slopes = sloped(function, [-800 * sign, -sign, 0, sign, 20 * sign])
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        np.testing.assert_allclose(slopes, sign * np.array([1, 1, 1, 0.225399673, 1.0305768e-9]), rtol=1e-6)


def test_what_is_no_number_is_of_no_probability(run):
    uniform = D.Uniform(0.0, [2.0])
    assert np.isnan(run([uniform.prob(math.nan), uniform.log_prob(math.nan), uniform.cdf(math.nan)])).all()


def test_at_the_ends_of_what_is_possible(check, run):
    """What comes to `0 · ln 0` is 0; derivatives by parameters are what they are elsewhere."""
    check(D.Gamma(1.0, 2.0).log_prob([0.0, 1.0]), [0.6931472, -1.3068528])
    check(D.Beta(1.0, 1.0).log_prob([0.0, 1.0, 0.5]), [0.0] * 3)
    check(D.Dirichlet([1.0, 1.0, 1.0]).log_prob([0.0, 0.5, 0.5]), 0.6931472)
    check(D.Multinomial(3.0, probs=[0.0, 1.0]).log_prob([0.0, 3.0]), 0.0)
    check(D.Multinomial(3.0, logits=[-math.inf, 1.0]).log_prob([0.0, 3.0]), 0.0)
    check(D.Categorical(probs=[0.0, 1.0]).kl_divergence(D.Categorical(probs=[0.5, 0.5])), 0.6931472)
    assert run(D.Gamma([0.5, 2.0], 2.0).log_prob(0.0)).tolist() == [math.inf, -math.inf]
    assert run(D.Multinomial(3.0, probs=[0.0, 1.0]).log_prob([1.0, 2.0])) == -math.inf
    shape = tf.constant(1.0)
    at = tf.constant([0.0, 3.0])
    found = D.Gamma(shape, 2.0).log_prob(at)
    check(tf.gradients(found, at)[0], [-2.0, -2.0])
    # ln 3 + ln 2 - digamma(1).
    check(tf.gradients(found[1], shape)[0], 1.0986123 + 0.6931472 + 0.5772157)
