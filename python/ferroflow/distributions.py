"""Distributions: what `tf.distributions` has that operations of the library compute.

Parameters are tensors that are broadcast together to a batch of distributions. Samples are `[sample_shape…, batch…]`.
"""

import math

from .later import later as _later
from . import nn
from .array_ops import zeros_like
from .selection import where
from .distribution import (  # noqa: F401
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    RegisterKL,
    ReparameterizationType,
    _floats,
    kl_divergence,
)
from .math_ops import cast, erfc, expm1, greater_equal, is_nan, less, log, log1p, logical_and, sign, square
from .random_ops import _positive, random_normal, random_uniform
from .tails import log_laplace, log_ndtr


class Normal(Distribution):
    """Normal, of mean `loc` and standard deviation `scale`."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Normal"):
        self.loc, self.scale, batch = _floats(loc, scale)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        return self.loc + self.scale * random_normal(sizes, dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        return -0.5 * square((x - self.loc) / self.scale) - 0.5 * math.log(2 * math.pi) - log(self.scale)

    def _cdf(self, x):
        return 0.5 * erfc((self.loc - x) / (self.scale * math.sqrt(2.0)))

    def _log_cdf(self, x):
        return log_ndtr((x - self.loc) / self.scale)

    def _survival_function(self, x):
        return 0.5 * erfc((x - self.loc) / (self.scale * math.sqrt(2.0)))

    def _log_survival_function(self, x):
        return log_ndtr((self.loc - x) / self.scale)

    def _entropy(self):
        return 0.5 * math.log(2 * math.pi * math.e) + log(self.scale) + self._batch

    def _quantile(self, p):
        from .inverse_errors import ndtri

        return self.loc + self.scale * ndtri(p)

    def _mean(self):
        return self.loc + self._batch

    _mode = _mean

    def _variance(self):
        return square(self.scale) + self._batch

    def _kl(self, other):
        ratio = square(self.scale / other.scale)
        return 0.5 * (square((self.loc - other.loc) / other.scale) + ratio - 1.0 - log(ratio))


class Laplace(Distribution):
    """Laplace's, of mean `loc` and mean distance `scale` from it."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Laplace"):
        self.loc, self.scale, batch = _floats(loc, scale)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        side = random_uniform(sizes, -1.0 + 1e-7, 1.0, self.dtype, seed)
        return self.loc - self.scale * sign(side) * log1p(-abs(side))

    def _log_prob(self, x):
        return -abs((x - self.loc) / self.scale) - math.log(2.0) - log(self.scale)

    def _cdf(self, x):
        z = (x - self.loc) / self.scale
        return 0.5 - 0.5 * sign(z) * expm1(-abs(z))

    def _log_cdf(self, x):
        return log_laplace((x - self.loc) / self.scale)

    def _log_survival_function(self, x):
        return log_laplace((self.loc - x) / self.scale)

    def _entropy(self):
        return math.log(2.0) + 1.0 + log(self.scale) + self._batch

    def _mean(self):
        return self.loc + self._batch

    _mode = _mean

    def _variance(self):
        return 2.0 * square(self.scale) + self._batch


class Uniform(Distribution):
    """Uniform from `low` up to but without `high`."""

    def __init__(self, low=0.0, high=1.0, validate_args=False, allow_nan_stats=True, name="Uniform"):
        self.low, self.high, batch = _floats(low, high)
        super().__init__(batch.dtype, batch, name)

    def range(self, name="range"):
        """`high - low`."""
        return self.high - self.low

    def _sample(self, sizes, seed):
        return self.low + self.range() * random_uniform(sizes, dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        x = x + self._batch
        inside = logical_and(greater_equal(x, self.low + self._batch), less(x, self.high + self._batch))
        return log(where(is_nan(x), x, cast(inside, self.dtype) / self.range()))

    def _cdf(self, x):
        return nn.relu(1.0 - nn.relu((self.high - x) / self.range()))

    def _entropy(self):
        return log(self.range()) + self._batch

    def _mean(self):
        return (self.low + self.high) / 2.0

    def _variance(self):
        return square(self.range()) / 12.0


class Exponential(Distribution):
    """Exponential, of mean `1 / rate`."""

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="Exponential"):
        self.rate, _ = _floats(rate)
        super().__init__(self.rate.dtype, zeros_like(self.rate), name)

    def _sample(self, sizes, seed):
        return -log(_positive(sizes, self.dtype, seed)) / self.rate

    def _log_prob(self, x):
        return log(self.rate) - self.rate * x

    def _cdf(self, x):
        return -expm1(-self.rate * x)

    def _entropy(self):
        return 1.0 - log(self.rate)

    def _mean(self):
        return 1.0 / self.rate

    def _variance(self):
        return 1.0 / square(self.rate)

    def _kl(self, other):
        return log(self.rate) - log(other.rate) + other.rate / self.rate - 1.0


__getattr__, __dir__ = _later(
    __name__,
    {
        "class_distributions": "Bernoulli Categorical",
        "counting_distributions": "DirichletMultinomial Multinomial",
        "gamma_distributions": "Beta Dirichlet Gamma StudentT",
    },
)
