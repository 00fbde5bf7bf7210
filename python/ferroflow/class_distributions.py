"""Distributions of classes, of two or of many."""

from . import nn
from .array_ops import concat, shape, zeros_like
from .distribution import NOT_REPARAMETERIZED, Distribution, _floats
from .framework import convert_to_tensor
from .math_ops import cast, greater, identity, less, log, log1p, sigmoid
from .random_ops import _positive, random_uniform
from .reductions import argmax, reduce_sum
from .selection import where
from .tails import times_log


def _one_of(logits, probs):
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")


def _odds(logits, probs):
    """`ln(p / (1 - p))` and `p`, of one of both, and zeros of the batch. Raises `ValueError` unless just one is given."""
    _one_of(logits, probs)
    given, batch = _floats(probs if logits is None else logits)
    return (log(given) - log1p(-given), given, batch) if logits is None else (given, sigmoid(given), batch)


def _of_classes(logits, probs):
    """Logits and probabilities, of one of both. Raises `ValueError` unless just one is given."""
    _one_of(logits, probs)
    given, _ = _floats(probs if logits is None else logits)
    return (log(given), given) if logits is None else (given, nn.softmax(given))


class Bernoulli(Distribution):
    """1 with probability `probs`, of which `logits` are `ln(p / (1 - p))`, and 0 otherwise. Raises `ValueError` unless just
    one of both is given."""

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, logits=None, probs=None, dtype="int32", validate_args=False, allow_nan_stats=True, name="Bernoulli"
    ):
        self.logits, self.probs, _ = _odds(logits, probs)
        super().__init__(dtype, zeros_like(self.probs if logits is None else self.logits), name)

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
        self.logits, self.probs = _of_classes(logits, probs)
        super().__init__(dtype, zeros_like((self.probs if logits is None else self.logits)[..., 0]), name)

    @property
    def event_size(self):
        """The number of classes, as a tensor."""
        return shape(self.logits)[-1]

    def _sample(self, sizes, seed):
        # The greatest of logits with Gumbel noise is a class drawn with its probability.
        drawn = _positive(concat([sizes, [self.event_size]], 0), self.logits.dtype, seed)
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
        own, theirs = (nn.log_softmax(d.logits) for d in (self, other))
        return reduce_sum(times_log(self.probs, own, identity) - times_log(self.probs, theirs, identity), -1)
