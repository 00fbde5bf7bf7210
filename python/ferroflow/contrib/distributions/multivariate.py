"""Distributions of vectors, and of batches taken for one event."""

import math

from ...array_ops import concat, expand_dims, shape, zeros_like
from ...decompositions import matrix_triangular_solve
from ...distribution import Distribution, _floats, kl_divergence
from ...framework import convert_to_tensor
from ...linalg_ops import matrix_band_part, matrix_diag, matrix_diag_part
from ...math_ops import abs as absolute, log, matmul, square
from ...reductions import reduce_sum
from ...random_ops import random_normal

__all__ = ["Independent", "MultivariateNormalDiag", "MultivariateNormalTriL"]


class MultivariateNormalDiag(Distribution):
    """Normal vectors, `[batch…, event]`, of mean `loc`, 0 if none is given, whose elements are independent: their standard deviations
    are `scale_diag`, to each of which `scale_identity_multiplier`, `[batch…]`, is added, or either alone, or 1. Raises
    `ValueError` where the size of vectors is not told."""

    def __init__(
        self,
        loc=None,
        scale_diag=None,
        scale_identity_multiplier=None,
        validate_args=False,
        allow_nan_stats=True,
        name="MultivariateNormalDiag",
    ):
        if loc is None and scale_diag is None:
            raise ValueError("loc or scale_diag must be given: they tell the size of vectors")
        given = [v for v in (loc, scale_diag) if v is not None]
        *given, whole = _floats(*given)
        named = dict(zip([n for n, v in (("loc", loc), ("scale", scale_diag)) if v is not None], given))
        scale = named.get("scale")
        if scale_identity_multiplier is not None:
            more, _ = _floats(scale_identity_multiplier)
            scale = expand_dims(more, -1) + (zeros_like(whole) if scale is None else scale)
        scale = 1.0 + zeros_like(whole) if scale is None else scale
        self._whole = zeros_like(whole) + zeros_like(scale)
        self.loc = named["loc"] if "loc" in named else zeros_like(self._whole)
        self._scale = scale
        super().__init__(self._whole.dtype, self._whole[..., 0], name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[event]`."""
        return self._whole.shape[-1:]

    def _sample(self, sizes, seed):
        drawn = random_normal(concat([sizes, shape(self._whole)[-1:]], 0), dtype=self.dtype, seed=seed)
        return self.loc + self._scale * drawn

    def _log_prob(self, x):
        z = (x - self.loc) / self._scale
        return reduce_sum(-0.5 * square(z) - 0.5 * math.log(2 * math.pi) - log(absolute(self._scale)), -1)

    def _entropy(self):
        return reduce_sum(0.5 * math.log(2 * math.pi * math.e) + log(absolute(self._scale)) + self._whole, -1)

    def _mean(self):
        return self.loc + self._whole

    _mode = _mean

    def _variance(self):
        return square(self._scale) + self._whole

    def _covariance(self):
        return matrix_diag(self._variance())

    def _kl(self, other):
        ratio = square(self._scale / other._scale)
        apart = square((self.loc - other.loc) / other._scale)
        return 0.5 * reduce_sum(apart + ratio - 1.0 - log(ratio), -1)


class MultivariateNormalTriL(Distribution):
    """Normal vectors, `[batch…, event]`, of mean `loc`, 0 if none is given, and covariance `L · Lᵀ`, where L is the lower triangle
    of `scale_tril`, `[batch…, event, event]`."""

    def __init__(
        self, loc=None, scale_tril=None, validate_args=False, allow_nan_stats=True, name="MultivariateNormalTriL"
    ):
        if scale_tril is None:
            raise ValueError("scale_tril must be given")
        tril, _ = _floats(scale_tril)
        self._scale = matrix_band_part(tril, -1, 0)
        self.loc = zeros_like(tril[..., 0]) if loc is None else convert_to_tensor(loc, tril.dtype)
        self._whole = zeros_like(self.loc) + zeros_like(tril[..., 0])
        self._logs = log(absolute(matrix_diag_part(self._scale)))
        super().__init__(tril.dtype, self._whole[..., 0], name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[event]`."""
        return self._whole.shape[-1:]

    def _sample(self, sizes, seed):
        drawn = random_normal(concat([sizes, shape(self._whole)[-1:]], 0), dtype=self.dtype, seed=seed)
        return self.loc + reduce_sum(self._scale * expand_dims(drawn, -2), -1)

    def _solved(self, columns):
        return matrix_triangular_solve(
            self._scale + zeros_like(columns[..., :1]), columns + zeros_like(self._scale[..., :1])
        )

    def _log_prob(self, x):
        z = self._solved(expand_dims(x - self.loc, -1))[..., 0]
        return reduce_sum(-0.5 * square(z) - 0.5 * math.log(2 * math.pi) - self._logs, -1)

    def _entropy(self):
        return reduce_sum(0.5 * math.log(2 * math.pi * math.e) + self._logs + self._whole, -1)

    def _mean(self):
        return self.loc + self._whole

    _mode = _mean

    def _variance(self):
        return reduce_sum(square(self._scale), -1) + self._whole

    def _covariance(self):
        return matmul(self._scale, self._scale, transpose_b=True) + expand_dims(self._whole, -1)

    def _kl(self, other):
        apart = other._solved(expand_dims(self.loc - other.loc, -1))[..., 0]
        spread = reduce_sum(square(other._solved(self._scale)), -1)
        return reduce_sum(0.5 * (square(apart) + spread - 1.0) + other._logs - self._logs, -1)


class Independent(Distribution):
    """The distribution whose events are the last `reinterpreted_batch_ndims` dimensions of another's batch, by default all but the
    first, with its own: probabilities are products over them. Raises `ValueError` for more dimensions than there are."""

    def __init__(self, distribution, reinterpreted_batch_ndims=None, validate_args=False, name=None):
        batch = distribution._batch
        rank = batch.shape.ndims
        count = reinterpreted_batch_ndims
        self._count = max(rank - 1, 0) if count is None else int(count)
        if not 0 <= self._count <= rank:
            raise ValueError(f"reinterpreted_batch_ndims({self._count}) cannot exceed distribution.batch_ndims({rank})")
        self.distribution = distribution
        self.reparameterization_type = distribution.reparameterization_type
        outer = batch[(Ellipsis, *[0] * self._count)] if self._count else batch
        super().__init__(distribution.dtype, outer, name)

    def _default_name(self):
        given = self._parameters
        return given["name"] or "Independent" + given["distribution"].name.rstrip("/")

    @property
    def reinterpreted_batch_ndims(self):
        """How many dimensions of the batch are of the event."""
        return self._count

    @property
    def event_shape(self):
        """The shape of one sample of one distribution."""
        batch = self.distribution.batch_shape
        return batch[batch.ndims - self._count :].concatenate(self.distribution.event_shape)

    def _sample(self, sizes, seed):
        inner = self.distribution.batch_shape_tensor()
        return self.distribution._sample(concat([sizes, inner[shape(inner)[0] - self._count :]], 0), seed)

    def _value(self, value):
        return self.distribution._value(value)

    def _summed(self, values):
        return reduce_sum(values, list(range(-self._count, 0))) if self._count else values

    def _log_prob(self, x):
        return self._summed(self.distribution.log_prob(x))

    def _entropy(self):
        return self._summed(self.distribution.entropy())

    def _mean(self):
        return self.distribution.mean()

    def _variance(self):
        return self.distribution.variance()

    def _mode(self):
        return self.distribution.mode()

    def _kl(self, other):
        if self._count != other._count:
            raise ValueError("Event shapes do not match.")
        return self._summed(kl_divergence(self.distribution, other.distribution))
