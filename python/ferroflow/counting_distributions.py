"""Distributions of how often each class is drawn."""

from . import nn
from .array_ops import concat, expand_dims, one_hot, reshape, shape, stack, zeros_like
from .class_distributions import _of_classes
from .creation import range as range_of
from .distribution import NOT_REPARAMETERIZED, Distribution, _floats
from .linalg_ops import matrix_set_diag
from .math_ops import cast, identity, less, lgamma, log, matmul, sqrt
from .reductions import argmax, reduce_max, reduce_prod, reduce_sum
from .random_ops import _positive, random_gamma
from .special_math import lbeta
from .tails import times_log


def _log_combinations(total, counts):
    """The logarithm of the number of orders in which such counts come about."""
    return lgamma(total + 1.0) - reduce_sum(lgamma(counts + 1.0), -1)


def _outer(column, row):
    return matmul(expand_dims(column, -1), expand_dims(row, -2))


class _Counted(Distribution):
    """What distributions of counts have in common: `[batch…, classes]`, of which each row has the sum `total_count`."""

    reparameterization_type = NOT_REPARAMETERIZED

    def _drawn(self, logits, number, seed):
        """Counts of draws by rows of logits, `[rows, classes]`: of each `number` times as many, `[number, rows, classes]`, of
        the total counts `[rows]`."""
        rows, classes = shape(logits)[0], shape(logits)[1]
        totals = cast(reshape(self.total_count + self._batch, [-1]), "int32")
        most = reduce_max(totals)
        noise = _positive(stack([number, rows, most, classes]), self.dtype, seed)
        # The greatest of logits with Gumbel noise is a class drawn with its probability.
        drawn = argmax(expand_dims(logits, 1) - log(-log(noise)), -1)
        counted = cast(less(range_of(most), expand_dims(totals, 1)), self.dtype)
        return reduce_sum(one_hot(drawn, classes, dtype=self.dtype) * expand_dims(counted, -1), 2)


class Multinomial(_Counted):
    """How often each class is drawn in `total_count` draws with the probabilities `probs`, `[batch…, classes]`, or the softmax of
    `logits`: samples are `[batch…, classes]`, of the parameters' dtype. Raises `ValueError` unless just one of `logits` and
    `probs` is given."""

    def __init__(
        self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="Multinomial"
    ):
        self.logits, self.probs = _of_classes(logits, probs)
        self.total_count, _, batch = _floats(total_count, self.logits[..., 0])
        super().__init__(batch.dtype, batch, name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[classes]`."""
        return self.logits.shape[-1:]

    def _sample(self, sizes, seed):
        classes = shape(self.logits)[-1:]
        rows = reshape(self.logits + expand_dims(self._batch, -1), concat([[-1], classes], 0))
        whole, batch = concat([sizes, classes], 0), reduce_prod(self.batch_shape_tensor())
        return reshape(self._drawn(rows, reduce_prod(sizes) // batch, seed), whole)

    def _log_prob(self, counts):
        logs = times_log(counts, nn.log_softmax(self.logits), identity)
        return _log_combinations(self.total_count, counts) + reduce_sum(logs, -1)

    def _mean(self):
        return expand_dims(self.total_count + self._batch, -1) * self.probs

    def _variance(self):
        return self._mean() * (1.0 - self.probs)

    def _covariance(self):
        probs = self.probs + expand_dims(self._batch, -1)
        return matrix_set_diag(-_outer(self._mean(), probs), self._variance())


class DirichletMultinomial(_Counted):
    """How often each class is drawn in `total_count` draws with probabilities that are drawn by Dirichlet's distribution of the
    parameters `concentration`, `[batch…, classes]`: samples are `[batch…, classes]`, of the parameters' dtype."""

    def __init__(
        self, total_count, concentration, validate_args=False, allow_nan_stats=True, name="DirichletMultinomial"
    ):
        self.concentration, _ = _floats(concentration)
        self.total_concentration = reduce_sum(self.concentration, -1)
        self.total_count, _, batch = _floats(total_count, self.total_concentration)
        super().__init__(batch.dtype, batch, name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: `[classes]`."""
        return self.concentration.shape[-1:]

    def _sample(self, sizes, seed):
        classes = shape(self.concentration)[-1:]
        whole = concat([sizes, classes], 0)
        every = self.concentration + expand_dims(self._batch, -1)
        number = reduce_prod(sizes) // reduce_prod(self.batch_shape_tensor())
        drawn = random_gamma(reshape(number, [1]), every, dtype=self.dtype, seed=seed)
        rows = reshape(log(drawn), concat([[-1], classes], 0))
        # Every sample has probabilities of its own.
        apart = Multinomial(reshape((self.total_count + self._batch) + zeros_like(drawn[..., 0]), [-1]), rows)
        return reshape(apart._drawn(rows, 1, None if seed is None else seed + 1), whole)

    def _log_prob(self, counts):
        combined = lbeta(self.concentration + counts) - lbeta(self.concentration)
        return combined + _log_combinations(self.total_count, counts)

    def _mean(self):
        return expand_dims(self.total_count, -1) * self.concentration / expand_dims(self.total_concentration, -1)

    def _spread(self):
        """The mean by which variances are greater than those of a multinomial distribution, its root."""
        total = expand_dims(self.total_concentration, -1)
        return sqrt((1.0 + total / expand_dims(self.total_count, -1)) / (1.0 + total))

    def _variance(self):
        scaled = self._spread() * self._mean()
        return scaled * (expand_dims(self.total_count, -1) * self._spread() - scaled)

    def _covariance(self):
        scaled = self._spread() * self._mean()
        return matrix_set_diag(-_outer(scaled, scaled), self._variance())
