"""The distributions of the gamma family: gamma's, beta's, Dirichlet's and Student's."""

import hashlib
import math

from .array_ops import expand_dims, ones_like, rank, reshape, shape, stack, zeros_like
from .selection import where
from .distribution import Distribution, _floats
from .framework import convert_to_tensor
from .incomplete import betainc, igamma
from .math_ops import abs as absolute, digamma, greater, less, lgamma, log, log1p, rsqrt, square
from .reductions import reduce_sum
from .random_ops import random_gamma, random_normal
from .special_math import lbeta
from .tails import times_log


def _another(seed, salt):
    """A seed for a second draw: TensorFlow's."""
    if seed is None:
        return None
    return int(hashlib.md5(f"{seed}{salt}".encode()).hexdigest()[:8], 16) & 0x7FFFFFFF


def _where(condition, value, other):
    """`value`, or a number where it is not defined."""
    return where(condition, value, other * ones_like(value))


class _OfGamma(Distribution):
    def _draw(self, sizes, concentration, rate, seed):
        """Numbers of gamma's distribution for `sizes`, those of the samples before those of the batch."""
        before = sizes[: shape(sizes)[0] - rank(self._batch)]
        return random_gamma(before, concentration + self._batch, rate, self.dtype, seed)


class Gamma(_OfGamma):
    """Gamma's, of the shape `concentration` and the mean `concentration / rate`."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name="Gamma"):
        self.concentration, self.rate, batch = _floats(concentration, rate)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        return self._draw(sizes, self.concentration, self.rate, seed)

    def _log_prob(self, x):
        c = self.concentration
        return times_log(c - 1.0, x) - self.rate * x - lgamma(c) + c * log(self.rate)

    def _cdf(self, x):
        return igamma(self.concentration, self.rate * x)

    def _entropy(self):
        c = self.concentration
        return c - log(self.rate) + lgamma(c) + (1.0 - c) * digamma(c)

    def _mean(self):
        return self.concentration / self.rate

    def _variance(self):
        return self.concentration / square(self.rate)

    def _mode(self):
        c = self.concentration + self._batch
        return _where(greater(c, 1.0), (c - 1.0) / self.rate, math.nan)

    def _kl(self, other):
        c, d = self.concentration, other.concentration
        rates = d * (log(self.rate) - log(other.rate)) + c * (other.rate / self.rate - 1.0)
        return (c - d) * digamma(c) + lgamma(d) - lgamma(c) + rates


class Beta(_OfGamma):
    """Beta's between 0 and 1, whose density is that of `x ** (concentration1 - 1) · (1 - x) ** (concentration0 -
    1)`."""

    def __init__(
        self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name="Beta"
    ):
        self.concentration1, self.concentration0, batch = _floats(concentration1, concentration0)
        self.total_concentration = self.concentration1 + self.concentration0
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        one = self._draw(sizes, self.concentration1, 1.0, seed)
        other = self._draw(sizes, self.concentration0, 1.0, _another(seed, "beta"))
        return one / (one + other)

    def _log_norm(self):
        return lgamma(self.concentration1) + lgamma(self.concentration0) - lgamma(self.total_concentration)

    def _log_prob(self, x):
        a, b = self._both()
        return times_log(a - 1.0, x) + times_log(b - 1.0, -x, log1p) - self._log_norm()

    def _cdf(self, x):
        return betainc(self.concentration1, self.concentration0, x)

    def _entropy(self):
        a, b, total = self.concentration1, self.concentration0, self.total_concentration
        return self._log_norm() - (a - 1.0) * digamma(a) - (b - 1.0) * digamma(b) + (total - 2.0) * digamma(total)

    def _mean(self):
        return self.concentration1 / self.total_concentration

    def _variance(self):
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _mode(self):
        value = (self.concentration1 - 1.0) / (self.total_concentration - 2.0)
        inside = [_where(greater(c + self._batch, 1.0), value, math.nan) for c in self._both()]
        return inside[0] + inside[1] - value

    def _both(self):
        return self.concentration1, self.concentration0

    def _kl(self, other):
        own, theirs, total = self._both(), other._both(), self.total_concentration
        parts = sum((a - b) * (digamma(a) - digamma(total)) for a, b in zip(own, theirs))
        return other._log_norm() - self._log_norm() + parts


class StudentT(_OfGamma):
    """Student's t with `df` degrees of freedom, around `loc`, stretched by `scale`."""

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentT"):
        self.df, self.loc, self.scale, batch = _floats(df, loc, scale)
        super().__init__(batch.dtype, batch, name)

    def _sample(self, sizes, seed):
        normal = random_normal(sizes, dtype=self.dtype, seed=seed)
        gamma = self._draw(sizes, 0.5 * self.df, 0.5, _another(seed, "student_t"))
        return self.loc + self.scale * normal * rsqrt(gamma / self.df)

    def _log_norm(self):
        half = 0.5 * self.df
        return log(absolute(self.scale)) + 0.5 * log(math.pi * self.df) + lgamma(half) - lgamma(half + 0.5)

    def _log_prob(self, x):
        y = (x - self.loc) / self.scale
        return -0.5 * (self.df + 1.0) * log1p(square(y) / self.df) - self._log_norm()

    def _cdf(self, x):
        y = (x - self.loc) / absolute(self.scale) + self._batch
        below = 0.5 * betainc(0.5 * self.df, 0.5, self.df / (square(y) + self.df))
        return where(less(y, 0.0), below, 1.0 - below)

    def _entropy(self):
        half = 0.5 * self.df
        norm = 0.5 * log(self.df) + lbeta(stack([half, 0.5 * ones_like(half)], -1))
        spread = 0.5 * (self.df + 1.0) * (digamma(half + 0.5) - digamma(half))
        return log(absolute(self.scale)) + norm + spread + self._batch

    def _mean(self):
        return _where(greater(self.df + self._batch, 1.0), self.loc + self._batch, math.nan)

    def _variance(self):
        df = self.df + self._batch
        finite = where(greater(df, 2.0), df, 3.0 * ones_like(df))
        value = square(self.scale) * finite / (finite - 2.0)
        return _where(greater(df, 1.0), _where(greater(df, 2.0), value, math.inf), math.nan)

    def _mode(self):
        return self.loc + self._batch


class Dirichlet(_OfGamma):
    """Dirichlet's, of vectors of probabilities, of the parameters `concentration`, `[batch…, classes]`."""

    def __init__(self, concentration, validate_args=False, allow_nan_stats=True, name="Dirichlet"):
        self.concentration, _ = _floats(concentration)
        self.total_concentration = reduce_sum(self.concentration, -1)
        super().__init__(self.concentration.dtype, zeros_like(self.total_concentration), name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[classes]`."""
        return self.concentration.shape[-1:]

    def sample(self, sample_shape=(), seed=None, name="sample"):
        """Samples, `[sample_shape…, batch…, classes]`."""
        before = reshape(convert_to_tensor(sample_shape, "int32"), [-1])
        drawn = random_gamma(before, self.concentration, dtype=self.dtype, seed=seed, name=self.name + name)
        return drawn / reduce_sum(drawn, -1, True)

    def _log_prob(self, x):
        return reduce_sum(times_log(self.concentration - 1.0, x), -1) - lbeta(self.concentration)

    def _entropy(self):
        c, total = self.concentration, self.total_concentration
        size = reduce_sum(ones_like(c), -1)
        return lbeta(c) + (total - size) * digamma(total) - reduce_sum((c - 1.0) * digamma(c), -1)

    def _mean(self):
        return self.concentration / expand_dims(self.total_concentration, -1)

    def _variance(self):
        return self._mean() * (1.0 - self._mean()) / (1.0 + expand_dims(self.total_concentration, -1))

    def _mode(self):
        c = self.concentration
        size = reduce_sum(ones_like(c), -1, True)
        return _where(greater(c, 1.0), (c - 1.0) / (expand_dims(self.total_concentration, -1) - size), math.nan)

    def _kl(self, other):
        c, total = self.concentration, expand_dims(self.total_concentration, -1)
        parts = reduce_sum((c - other.concentration) * (digamma(c) - digamma(total)), -1)
        return lbeta(other.concentration) - lbeta(c) + parts
