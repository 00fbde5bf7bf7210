"""Distributions: what `tf.distributions` has that operations of the library compute.

Parameters are tensors that are broadcast together to a batch of distributions. Samples are `[sample_shape…, batch…]`.
"""

import math

from .later import later as _later
from . import nn
from .array_ops import concat, shape, zeros_like
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
from .framework import convert_to_tensor
from .math_ops import cast, erfc, expm1, greater, greater_equal, less, log, log1p, logical_and, sigmoid, sign, square
from .reductions import argmax, reduce_sum
from .random_ops import random_normal, random_uniform

_TINY = 1.1754944e-38


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
        inside = logical_and(greater_equal(x, self.low + self._batch), less(x, self.high + self._batch))
        return log(cast(inside, self.dtype) / self.range())

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
        return -log(random_uniform(sizes, _TINY, 1.0, self.dtype, seed)) / self.rate

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


def _one_of(logits, probs):
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")


class Bernoulli(Distribution):
    """1 with probability `probs`, of which `logits` are `ln(p / (1 - p))`, and 0 otherwise. Raises `ValueError` unless just
    one of both is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, logits=None, probs=None, dtype="int32", validate_args=False, allow_nan_stats=True, name="Bernoulli"
    ):
        _one_of(logits, probs)
        given, _ = _floats(probs if logits is None else logits)
        self.probs = given if logits is None else sigmoid(given)
        self.logits = log(given) - log1p(-given) if logits is None else given
        super().__init__(dtype, zeros_like(given), name)

    def _sample(self, sizes, seed):
        drawn = random_uniform(sizes, dtype=self.probs.dtype, seed=seed)
        return cast(less(drawn, self.probs + zeros_like(drawn)), self.dtype)

    def _log_prob(self, x):
        x = cast(x, self.logits.dtype)
        return -nn.sigmoid_cross_entropy_with_logits(labels=x + self._batch, logits=self.logits + zeros_like(x))

    def _entropy(self):
        return nn.sigmoid_cross_entropy_with_logits(labels=self.probs, logits=self.logits)

    def _mean(self):
        return self.probs

    def _variance(self):
        return self.probs * (1.0 - self.probs)

    def _mode(self):
        return cast(greater(self.probs, 0.5), self.dtype)

    def _kl(self, other):
        more = self.probs * (nn.softplus(-other.logits) - nn.softplus(-self.logits))
        return more + (1.0 - self.probs) * (nn.softplus(other.logits) - nn.softplus(self.logits))


class Categorical(Distribution):
    """Classes with probabilities `probs`, `[batch…, classes]`, or the softmax of `logits`. Raises `ValueError` unless just
    one of both is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, logits=None, probs=None, dtype="int32", validate_args=False, allow_nan_stats=True, name="Categorical"
    ):
        _one_of(logits, probs)
        given, _ = _floats(probs if logits is None else logits)
        self.probs = given if logits is None else nn.softmax(given)
        self.logits = log(given) if logits is None else given
        super().__init__(dtype, zeros_like(given[..., 0]), name)

    @property
    def event_size(self):
        """The number of classes, as a tensor."""
        return shape(self.logits)[-1]

    def _sample(self, sizes, seed):
        # The greatest of logits with Gumbel noise is a class drawn with its probability.
        drawn = random_uniform(concat([sizes, [self.event_size]], 0), _TINY, 1.0, self.logits.dtype, seed)
        return cast(argmax(self.logits - log(-log(drawn)), -1), self.dtype)

    def _log_prob(self, x):
        x = cast(x, "int32") + zeros_like(self._batch, "int32")
        logits = self.logits + zeros_like(x, self.logits.dtype)[..., None]
        return -nn.sparse_softmax_cross_entropy_with_logits(labels=x, logits=logits)

    def _value(self, value):
        return convert_to_tensor(value)

    def _entropy(self):
        logs = nn.log_softmax(self.logits)
        return -reduce_sum(where(greater(self.probs, 0), self.probs * logs, zeros_like(logs)), -1)

    def _mode(self):
        return cast(argmax(self.logits, -1), self.dtype)

    def _kl(self, other):
        return reduce_sum(self.probs * (nn.log_softmax(self.logits) - nn.log_softmax(other.logits)), -1)


__getattr__, __dir__ = _later(
    __name__,
    {
        "counting_distributions": "DirichletMultinomial Multinomial",
        "gamma_distributions": "Beta Dirichlet Gamma StudentT",
    },
)
