"""Continuous distributions of numbers."""

import math

from ... import nn
from ...array_ops import ones_like, zeros_like
from ...distribution import Distribution, _floats
from ...gamma_distributions import Gamma, _OfGamma, _where
from ...incomplete import igammac
from ...math_ops import atan, digamma, erf, exp, expm1, greater, greater_equal, lgamma, log, log1p, sigmoid
from ...math_ops import abs as absolute, pow as power, square, tan
from ...random_ops import _positive, random_normal, random_uniform
from ...tails import times_log

__all__ = ["Cauchy", "Chi2", "HalfNormal", "InverseGamma", "Kumaraswamy", "Logistic"]

_EULER = 0.5772156649015329


class _Located(Distribution):
    """A distribution around `loc`, stretched by `scale`."""

    def __init__(self, loc, scale, name):
        self.loc, self.scale, batch = _floats(loc, scale)
        super().__init__(batch.dtype, batch, name)

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _mode(self):
        return self.loc + self._batch


class Cauchy(_Located):
    """Cauchy's, around `loc`, stretched by `scale`. It has neither mean nor variance: with `allow_nan_stats` these are no
    numbers, otherwise they raise `ValueError`."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Cauchy"):
        super().__init__(loc, scale, name)

    def _sample(self, sizes, seed):
        return self._quantile(random_uniform(sizes, dtype=self.dtype, seed=seed))

    def _log_prob(self, x):
        return -math.log(math.pi) - log(self.scale) - log1p(square(self._z(x)))

    def _cdf(self, x):
        return atan(self._z(x)) / math.pi + 0.5

    def _entropy(self):
        return math.log(4 * math.pi) + log(self.scale) + self._batch

    def _quantile(self, p):
        return self.loc + self.scale * tan(math.pi * (p - 0.5))

    def _undefined(self, what):
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return self._batch + math.nan

    def _mean(self):
        return self._undefined("mean")

    def _variance(self):
        return self._undefined("variance")


class Logistic(_Located):
    """The logistic distribution, of mean `loc`, stretched by `scale`."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Logistic"):
        super().__init__(loc, scale, name)

    def _sample(self, sizes, seed):
        drawn = _positive(sizes, self.dtype, seed)
        return self.loc + self.scale * (log(drawn) - log1p(-drawn))

    def _log_prob(self, x):
        # It is symmetric.
        z = absolute(self._z(x))
        return -z - 2.0 * nn.softplus(-z) - log(self.scale)

    def _cdf(self, x):
        return sigmoid(self._z(x))

    def _log_cdf(self, x):
        return -nn.softplus(-self._z(x))

    def _survival_function(self, x):
        return sigmoid(-self._z(x))

    def _log_survival_function(self, x):
        return -nn.softplus(self._z(x))

    def _entropy(self):
        return 2.0 + log(self.scale) + self._batch

    def _mean(self):
        return self.loc + self._batch

    def _variance(self):
        return square(self.scale * (math.pi / math.sqrt(3.0))) + self._batch


class HalfNormal(Distribution):
    """How far from 0 a normal number of standard deviation `scale` is."""

    def __init__(self, scale, validate_args=False, allow_nan_stats=True, name="HalfNormal"):
        self.scale, batch = _floats(scale)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        return absolute(self.scale * random_normal(sizes, dtype=self.dtype, seed=seed))

    def _log_prob(self, x):
        inside = 0.5 * math.log(2 / math.pi) - log(self.scale) - 0.5 * square(x / self.scale)
        return _where(greater_equal(x + self._batch, 0.0), inside, -math.inf)

    def _cdf(self, x):
        return erf(nn.relu(x / self.scale) / math.sqrt(2.0))

    def _entropy(self):
        return 0.5 * log(math.pi * square(self.scale) / 2.0) + 0.5

    def _mean(self):
        return self.scale * math.sqrt(2 / math.pi)

    def _variance(self):
        return square(self.scale) * (1 - 2 / math.pi)

    def _mode(self):
        return zeros_like(self.scale)


class InverseGamma(_OfGamma):
    """The inverse of a number of gamma's distribution, of the shape `concentration` and the scale `rate`. Its mean and variance
    are no numbers where concentrations are not above 1 and 2."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name="InverseGamma"):
        self.concentration, self.rate, batch = _floats(concentration, rate)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        return 1.0 / self._draw(sizes, self.concentration, self.rate, seed)

    def _log_prob(self, x):
        c = self.concentration
        return c * log(self.rate) - lgamma(c) - (1.0 + c) * log(x) - self.rate / x

    def _cdf(self, x):
        return igammac(self.concentration, self.rate / x)

    def _entropy(self):
        c = self.concentration
        return c + log(self.rate) + lgamma(c) - (1.0 + c) * digamma(c)

    def _mean(self):
        c = self.concentration + self._batch
        return _where(greater(c, 1.0), self.rate / (c - 1.0), math.nan)

    def _variance(self):
        c = self.concentration + self._batch
        return _where(greater(c, 2.0), square(self.rate) / (square(c - 1.0) * (c - 2.0)), math.nan)

    def _mode(self):
        return self.rate / (1.0 + self.concentration)


class Chi2(Gamma):
    """The sum of the squares of `df` normal numbers."""

    def __init__(self, df, validate_args=False, allow_nan_stats=True, name="Chi2"):
        self.df, _ = _floats(df)
        super().__init__(0.5 * self.df, 0.5 * ones_like(self.df), name=name)


class Kumaraswamy(Distribution):
    """Kumaraswamy's between 0 and 1: what is at most `x` has the probability `1 - (1 - x ** concentration1) **
    concentration0`."""

    def __init__(
        self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name="Kumaraswamy"
    ):
        self.concentration1, self.concentration0, batch = _floats(concentration1, concentration0)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        drawn = random_uniform(sizes, dtype=self.dtype, seed=seed)
        return power(-expm1(log1p(-drawn) / self.concentration0), 1.0 / self.concentration1)

    def _log_prob(self, x):
        a, b = self.concentration1, self.concentration0
        return log(a) + log(b) + times_log(a - 1.0, x) + times_log(b - 1.0, -power(x, a), log1p)

    def _cdf(self, x):
        return -expm1(self.concentration0 * log1p(-power(x, self.concentration1)))

    def _moment(self, n):
        b, ratio = self.concentration0, 1.0 + n / self.concentration1
        return exp(log(b) + lgamma(ratio) + lgamma(b) - lgamma(ratio + b))

    def _entropy(self):
        a, b = self.concentration1, self.concentration0
        return (1.0 - 1.0 / b) + (1.0 - 1.0 / a) * (digamma(b + 1.0) + _EULER) - log(a) - log(b)

    def _mean(self):
        return self._moment(1)

    def _variance(self):
        return self._moment(2) - square(self._moment(1))

    def _mode(self):
        a, b = self.concentration1 + self._batch, self.concentration0 + self._batch
        value = power((a - 1.0) / (a * b - 1.0), 1.0 / a)
        return _where(greater(a, 1.0), _where(greater(b, 1.0), value, math.nan), math.nan)
