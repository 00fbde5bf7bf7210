"""Distributions of numbers that are counts or known, and of classes."""

import math

from ... import nn
from ...array_ops import broadcast_to, concat, one_hot, shape, zeros_like
from ...class_distributions import Categorical, _odds
from ...counting_distributions import _outer
from ...distribution import NOT_REPARAMETERIZED, Distribution, _floats
from ...gamma_distributions import _another, _where
from ...incomplete import betainc, igammac
from ...linalg_ops import matrix_set_diag
from ...math_ops import abs as absolute, cast, equal, exp, expm1, floor, greater, greater_equal, identity
from ...math_ops import less_equal, lgamma, log, log1p, maximum, sigmoid
from ...reductions import reduce_all, reduce_sum
from ...random_ops import _positive, random_gamma, random_poisson
from ...tails import times_log

__all__ = [
    "Binomial",
    "Deterministic",
    "Geometric",
    "NegativeBinomial",
    "OneHotCategorical",
    "Poisson",
    "VectorDeterministic",
]


class Poisson(Distribution):
    """Poisson's, of mean `rate`, of which `log_rate` is the logarithm; of the parameters' dtype. With
    `interpolate_nondiscrete` its formulas apply to numbers between integers, which otherwise are impossible. Raises
    `ValueError` unless just one of `rate` and `log_rate` is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self,
        rate=None,
        log_rate=None,
        interpolate_nondiscrete=True,
        validate_args=False,
        allow_nan_stats=True,
        name="Poisson",
    ):
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        given, _ = _floats(rate if log_rate is None else log_rate)
        self.rate, self.log_rate = (given, log(given)) if log_rate is None else (exp(given), given)
        self.interpolate_nondiscrete = interpolate_nondiscrete
        super().__init__(given.dtype, zeros_like(given), name)

    def _sample(self, sizes, seed):
        return random_poisson(self.rate, sizes[: shape(sizes)[0] - shape(shape(self.rate))[0]], self.dtype, seed)

    def _possible(self, x):
        return maximum(x if self.interpolate_nondiscrete else floor(x), 0.0)

    def _log_prob(self, x):
        safe = self._possible(x)
        value = times_log(safe, self.log_rate, identity) - lgamma(1.0 + safe) - self.rate
        return _where(equal(x + zeros_like(value), safe + zeros_like(value)), value, -math.inf)

    def _cdf(self, x):
        found = igammac(1.0 + self._possible(x), self.rate)
        return _where(greater_equal(x + zeros_like(found), 0.0), found, 0.0)

    def _mean(self):
        return self.rate

    _variance = _mean

    def _mode(self):
        return floor(self.rate)


class Geometric(Distribution):
    """How many failures come before the first success, which has the probability `probs`, of which `logits` are `ln(p / (1 -
    p))`; of the parameters' dtype. Raises `ValueError` unless just one of both is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(self, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="Geometric"):
        self.logits, self.probs, batch = _odds(logits, probs)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        return floor(log(_positive(sizes, self.dtype, seed)) / log1p(-self.probs))

    def _log_prob(self, x):
        return times_log(x, -self.probs, log1p) + log(self.probs)

    def _cdf(self, x):
        x = floor(x) + self._batch
        return _where(greater_equal(x, 0.0), -expm1((1.0 + x) * log1p(-self.probs)), 0.0)

    def _entropy(self):
        return nn.softplus(self.logits) / self.probs - self.logits

    def _mean(self):
        return exp(-self.logits)

    def _variance(self):
        return self._mean() / self.probs

    def _mode(self):
        return zeros_like(self.probs)


class Binomial(Distribution):
    """How many of `total_count` trials succeed, each with the probability `probs`, of which `logits` are `ln(p / (1 - p))`; of
    the parameters' dtype. It is not sampled. Raises `ValueError` unless just one of both is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="Binomial"
    ):
        self.logits, self.probs, _ = _odds(logits, probs)
        self.total_count, _, batch = _floats(total_count, self.logits)
        super().__init__(batch.dtype, batch, name)

    def _log_prob(self, x):
        rest = self.total_count - x
        orders = lgamma(1.0 + self.total_count) - lgamma(1.0 + x) - lgamma(1.0 + rest)
        return times_log(x, self.probs) + times_log(rest, -self.probs, log1p) + orders

    def _mean(self):
        return self.total_count * self.probs

    def _variance(self):
        return self._mean() * (1.0 - self.probs)

    def _mode(self):
        return floor((1.0 + self.total_count) * self.probs)


class NegativeBinomial(Distribution):
    """How many successes, each of the probability `probs`, come before the `total_count`-th failure; of the parameters' dtype.
    Raises `ValueError` unless just one of `logits` and `probs` is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="NegativeBinomial"
    ):
        self.logits, self.probs, _ = _odds(logits, probs)
        self.total_count, _, batch = _floats(total_count, self.logits)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        before = sizes[: shape(sizes)[0] - shape(shape(self._batch))[0]]
        rates = random_gamma(before, self.total_count + self._batch, exp(-self.logits), self.dtype, seed)
        return random_poisson(rates, [], self.dtype, _another(seed, "negative_binom"))

    def _log_prob(self, x):
        n = self.total_count
        orders = lgamma(n + x) - lgamma(1.0 + x) - lgamma(n)
        return -n * nn.softplus(self.logits) - times_log(x, nn.softplus(-self.logits), identity) + orders

    def _cdf(self, x):
        return betainc(self.total_count, 1.0 + x, sigmoid(-self.logits))

    def _mean(self):
        return self.total_count * exp(self.logits)

    def _variance(self):
        return self._mean() / sigmoid(-self.logits)

    def _mode(self):
        n = self.total_count + self._batch
        return _where(greater(n, 1.0), floor((n - 1.0) * exp(self.logits)), 0.0)


class OneHotCategorical(Distribution):
    """`Categorical` whose classes are vectors with a 1 at their place, `[batch…, classes]`. Raises `ValueError` unless just one of
    `logits` and `probs` is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self,
        logits=None,
        probs=None,
        dtype="int32",
        validate_args=False,
        allow_nan_stats=True,
        name="OneHotCategorical",
    ):
        self._classes = Categorical(logits, probs, "int32")
        self.logits, self.probs = self._classes.logits, self._classes.probs
        super().__init__(dtype, self._classes._batch, name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[classes]`."""
        return self.logits.shape[-1:]

    @property
    def event_size(self):
        """The number of classes, as a tensor."""
        return self._classes.event_size

    def _vectors(self, classes):
        return one_hot(classes, self.event_size, dtype=self.dtype)

    def _sample(self, sizes, seed):
        return self._vectors(self._classes._sample(sizes, seed))

    def _log_prob(self, x):
        return reduce_sum(times_log(cast(x, self.logits.dtype), nn.log_softmax(self.logits), identity), -1)

    def _entropy(self):
        return self._classes._entropy()

    def _mean(self):
        return self.probs

    def _variance(self):
        return self.probs * (1.0 - self.probs)

    def _covariance(self):
        return matrix_set_diag(-_outer(self.probs, self.probs), self._variance())

    def _mode(self):
        return self._vectors(self._classes._mode())

    def _kl(self, other):
        return self._classes._kl(other._classes)


class _Known(Distribution):
    def __init__(self, loc, atol, rtol, events, name):
        self.loc, _ = _floats(loc)
        given = [_floats(0.0 if v is None else v, self.loc)[0] for v in (atol, rtol)]
        self._slack = given[0] + given[1] * absolute(self.loc) if (atol, rtol) != (None, None) else zeros_like(self.loc)
        super().__init__(self.loc.dtype, zeros_like(self.loc[..., 0] if events else self.loc), name)

    def _near(self, x):
        return less_equal(absolute(x - self.loc), self._slack + zeros_like(x))

    def _entropy(self):
        return zeros_like(self._batch)

    def _mean(self):
        return self.loc

    _mode = _mean

    def _variance(self):
        return zeros_like(self.loc)


class Deterministic(_Known):
    """What is always `loc`: numbers no further from it than `atol + rtol · |loc|` have the probability 1."""

    def __init__(self, loc, atol=None, rtol=None, validate_args=False, allow_nan_stats=True, name="Deterministic"):
        super().__init__(loc, atol, rtol, False, name)

    def _sample(self, sizes, seed):
        return broadcast_to(self.loc, sizes)

    def _log_prob(self, x):
        return log(cast(self._near(x), self.dtype))

    def _cdf(self, x):
        return cast(greater_equal(x + self._batch, self.loc - self._slack), self.dtype)


class VectorDeterministic(_Known):
    """Vectors that are always `loc`, `[batch…, event]`: those whose elements are all no further from it than `atol + rtol · |loc|`
    have the probability 1."""

    def __init__(
        self, loc, atol=None, rtol=None, validate_args=False, allow_nan_stats=True, name="VectorDeterministic"
    ):
        super().__init__(loc, atol, rtol, True, name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[event]`."""
        return self.loc.shape[-1:]

    def _sample(self, sizes, seed):
        return broadcast_to(self.loc, concat([sizes, shape(self.loc)[-1:]], 0))

    def _log_prob(self, x):
        return log(cast(reduce_all(self._near(x), -1), self.dtype))
