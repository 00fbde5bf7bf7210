"""Mixtures: of which a class says by which of several distributions a sample is drawn."""

from ... import nn
from ...array_ops import concat, expand_dims, one_hot, shape, stack, zeros_like
from ...distribution import NOT_REPARAMETERIZED, Distribution
from ...distributions import Categorical
from ...gamma_distributions import _another
from ...math_ops import exp, square
from ...reductions import reduce_logsumexp, reduce_sum

__all__ = ["Mixture", "MixtureSameFamily"]


class _Mixed(Distribution):
    """What mixtures have in common: `_logs()` are the logarithms of the components' probabilities, `[batch…, components]`, and
    `_of_components(function)` what each gives, stacked before the event's dimensions."""

    reparameterization_type = NOT_REPARAMETERIZED

    def _events(self):
        return self.event_shape.ndims

    def _weights(self):
        """The components' probabilities, with dimensions for those of the event."""
        probs = exp(self._logs())
        for _ in range(self._events()):
            probs = expand_dims(probs, -1)
        return probs

    def _over(self, values):
        return reduce_sum(values, -1 - self._events())

    def _mean(self):
        return self._over(self._weights() * self._of_components(lambda d: d.mean()))

    def _variance(self):
        # The mean of the variances, and the variance of the means.
        means = self._of_components(lambda d: d.mean())
        within = self._over(self._weights() * self._of_components(lambda d: d.variance()))
        apart = means - expand_dims(self._over(self._weights() * means), -1 - self._events())
        return within + self._over(self._weights() * square(apart))

    def _log_prob(self, x):
        return reduce_logsumexp(self._logs() + self._at(x, lambda d, value: d.log_prob(value)), -1)

    def _cdf(self, x):
        return reduce_sum(exp(self._logs()) * self._at(x, lambda d, value: d.cdf(value)), -1)

    def _chosen(self, sizes, values, seed):
        """Of samples of all components, stacked before the event's dimensions, those of classes that are drawn."""
        number = shape(self._logs())[-1]
        chosen = one_hot(self._classes._sample(sizes, seed), number, dtype=values.dtype)
        for _ in range(self._events()):
            chosen = expand_dims(chosen, -1)
        return self._over(chosen * values)


class Mixture(_Mixed):
    """A mixture of `components`, a list of distributions of one shape and dtype, by the classes of `cat`, a `Categorical` of their
    batch. Raises `TypeError` for another `cat` and for components that are no distributions, `ValueError` for none, for
    another number of classes, and for dtypes or events that differ."""

    def __init__(
        self, cat, components, validate_args=False, allow_nan_stats=True, use_static_graph=False, name="Mixture"
    ):
        if not isinstance(cat, Categorical):
            raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
        if not components:
            raise ValueError("components must be a non-empty list or tuple")
        if not isinstance(components, (list, tuple)) or not all(isinstance(c, Distribution) for c in components):
            raise TypeError(f"all entries in components must be Distribution instances but saw: {components}")
        if any(c.dtype != components[0].dtype for c in components):
            raise TypeError(f"All components must have the same dtype, but saw: {[c.dtype for c in components]}")
        if any(not c.event_shape.is_compatible_with(components[0].event_shape) for c in components):
            raise ValueError(
                f"All components must have the same event shape, found {[c.event_shape for c in components]}"
            )
        if cat.logits.shape[-1].value not in (None, len(components)):
            raise ValueError(f"cat.num_classes != len(components): {cat.logits.shape[-1]} vs. {len(components)}")
        self.cat, self.components, self._classes = cat, list(components), cat
        super().__init__(components[0].dtype, components[0]._batch, name)

    @property
    def num_components(self):
        """How many components there are."""
        return len(self.components)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution."""
        return self.components[0].event_shape

    def _logs(self):
        return nn.log_softmax(self.cat.logits)

    def _of_components(self, function):
        return stack([function(c) for c in self.components], -1 - self._events())

    def _value(self, value):
        return self.components[0]._value(value)

    def _at(self, x, function):
        return stack([function(c, x) for c in self.components], -1)

    def _sample(self, sizes, seed):
        seeds = [_another(seed, f"mixture_{k}") for k in range(len(self.components))]
        drawn = [c._sample(sizes, s) for c, s in zip(self.components, seeds)]
        return self._chosen(sizes, stack(drawn, -1 - self._events()), seed)

    def entropy_lower_bound(self, name="entropy_lower_bound"):
        """The mean of the components' entropies: the mixture's is no less."""
        return reduce_sum(exp(self._logs()) * stack([c.entropy() for c in self.components], -1), -1)


class MixtureSameFamily(_Mixed):
    """A mixture of the distributions of the last dimension of the batch of `components_distribution`, by the classes of
    `mixture_distribution`, a `Categorical`. Raises `ValueError` for another number of classes, and for classes that are no
    integers."""

    def __init__(
        self,
        mixture_distribution,
        components_distribution,
        validate_args=False,
        allow_nan_stats=True,
        name="MixtureSameFamily",
    ):
        self.mixture_distribution, self.components_distribution = mixture_distribution, components_distribution
        self._classes = mixture_distribution
        if not mixture_distribution.dtype.is_integer:
            raise ValueError(f"`mixture_distribution.dtype` ({mixture_distribution.dtype}) is not over integers")
        batch = components_distribution.batch_shape
        if batch.ndims == 0:
            raise ValueError("`components_distribution` must have a batch of components")
        if not batch[-1:].is_compatible_with(mixture_distribution.logits.shape[-1:]):
            raise ValueError(
                f"`mixture_distribution components` ({mixture_distribution.logits.shape[-1]}) does not equal "
                f"`components_distribution.batch_shape[-1]` ({batch[-1]})"
            )
        super().__init__(components_distribution.dtype, components_distribution._batch[..., 0], name)

    @property
    def event_shape(self):
        """The shape of one sample of one distribution."""
        return self.components_distribution.event_shape

    def _logs(self):
        return nn.log_softmax(self.mixture_distribution.logits)

    def _of_components(self, function):
        return function(self.components_distribution)

    def _value(self, value):
        return self.components_distribution._value(value)

    def _at(self, x, function):
        return function(self.components_distribution, expand_dims(x, -1 - self._events()))

    def _sample(self, sizes, seed):
        number = shape(self._logs())[-1:]
        drawn = self.components_distribution._sample(concat([sizes, number], 0), _another(seed, "mixture"))
        classes = self._classes
        if classes.batch_shape.ndims == 0:
            classes = Categorical(classes.logits + zeros_like(expand_dims(self._batch, -1), classes.logits.dtype))
        self._classes = classes
        return self._chosen(sizes, drawn, seed)
