"""What distributions have in common, and how far they are from one another."""

import functools
import inspect

from .array_ops import concat, reshape, shape, zeros_like
from .dtypes import as_dtype
from .default_graph import control_dependencies, name_scope
from .framework import convert_to_tensor
from .math_ops import Assert, equal, exp, identity, is_nan, log, log1p, logical_not, sqrt
from .reductions import reduce_any
from .tensor_shape import TensorShape


class ReparameterizationType:
    """Whether samples have derivatives by the parameters of their distribution. Each is equal to itself alone."""

    def __init__(self, rep_type):
        self._rep_type = rep_type

    def __repr__(self):
        return f"<Reparameterization Type: {self._rep_type}>"


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def _recording(init):
    """The constructor that also keeps its arguments as `parameters`, in a name scope of the distribution's own."""
    signature = inspect.signature(init)

    @functools.wraps(init)
    def made(self, *arguments, **options):
        if hasattr(self, "_parameters"):
            # That of a base.
            return init(self, *arguments, **options)
        given = signature.bind(self, *arguments, **options)
        given.apply_defaults()
        self._parameters = dict(list(given.arguments.items())[1:])
        tensors = [v for v in self._parameters.values() if hasattr(v, "_as_graph_element")]
        with name_scope(self._default_name(), values=tensors) as scope:
            init(self, *arguments, **options)
            self._name = scope
            if self.validate_args:
                from .distribution_checks import check_parameters

                check_parameters(self)

    return made


class Distribution:
    """What distributions have in common. A class of its own defines `_sample(shape, seed)`, `_log_prob(value)` and
    `_mean()`, and what else it has of `_cdf`, `_entropy`, `_variance`, `_covariance`, `_quantile` and `_mode`."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(self, dtype, batch, name):
        self._dtype, self._batch, self._name = as_dtype(dtype), batch, name

    def __init_subclass__(cls):
        super().__init_subclass__()
        if "__init__" in vars(cls):
            cls.__init__ = _recording(cls.__init__)

    def _default_name(self):
        return self._parameters.get("name") or type(self).__name__

    @property
    def name(self):
        """The name scope of what it computes, with a slash at the end."""
        return self._name

    @property
    def parameters(self):
        """What the constructor was given."""
        return dict(self._parameters)

    @property
    def validate_args(self):
        """Whether runs fail in which parameters, or values of which a probability is asked, are not what
        `distribution_checks` says of the class; of a class that it does not name nothing is checked."""
        return bool(self._parameters.get("validate_args", False))

    @property
    def allow_nan_stats(self):
        """Whether a mean or the like may be no number where it is not defined; else a run fails."""
        return bool(self._parameters.get("allow_nan_stats", True))

    def copy(self, **override_parameters_kwargs):
        """A distribution of the same parameters but for those given."""
        return type(self)(**{**self._parameters, **override_parameters_kwargs})

    def _facts(self):
        return f"batch_shape={self.batch_shape}", f"event_shape={self.event_shape}", f"dtype={self.dtype.name}"

    def __str__(self):
        return f'tf.distributions.{type(self).__name__}("{self.name}", {", ".join(self._facts())})'

    def __repr__(self):
        return f"<tf.distributions.{type(self).__name__} '{self.name}' {' '.join(self._facts())}>"

    @property
    def dtype(self):
        """The dtype of samples."""
        return self._dtype

    @property
    def batch_shape(self):
        """The known part of the shape of the batch."""
        return self._batch.shape

    @property
    def event_shape(self):
        """The shape of one sample of one distribution: a scalar's."""
        return TensorShape([])

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The shape of the batch."""
        return shape(self._batch, name)

    def event_shape_tensor(self, name="event_shape_tensor"):
        """The shape of one sample of one distribution, as a tensor. That must be known."""
        return convert_to_tensor(self.event_shape.as_list(), "int32", name=name)

    def is_scalar_event(self, name="is_scalar_event"):
        """Whether one sample of one distribution is a scalar, a tensor."""
        return convert_to_tensor(self.event_shape.ndims == 0, name=name)

    def is_scalar_batch(self, name="is_scalar_batch"):
        """Whether there is but one distribution, a tensor."""
        return equal(shape(self.batch_shape_tensor())[0], 0, name=name)

    def _computed(self, function, name, *arguments):
        if not hasattr(self, function):
            raise NotImplementedError(f"{name} is not implemented: {type(self).__name__}")
        with name_scope(self._name), name_scope(name):
            if function == "_log_prob" and self.validate_args:
                from .distribution_checks import checked_value

                arguments = [checked_value(self, *arguments)]
            found = getattr(self, function)(*arguments)
            if arguments or self.allow_nan_stats:
                return found
            from .distribution_checks import defined

            return defined(self, function[1:], found)

    def sample(self, sample_shape=(), seed=None, name="sample"):
        """Samples, `[sample_shape…, batch…, event…]`."""
        given = reshape(convert_to_tensor(sample_shape, "int32"), [-1])
        made = self._computed("_sample", name, concat([given, self.batch_shape_tensor()], 0), seed)
        known = [sample_shape] if isinstance(sample_shape, int) else sample_shape
        if isinstance(known, (list, tuple)) and all(isinstance(n, int) for n in known):
            made.set_shape(TensorShape(list(known)).concatenate(self.batch_shape).concatenate(self.event_shape))
        return made

    def _value(self, value):
        return convert_to_tensor(value, None if hasattr(value, "_as_graph_element") else self._batch.dtype)

    def log_prob(self, value, name="log_prob"):
        """The logarithm of the probability, or its density, of `value`."""
        return self._computed("_log_prob", name, self._value(value))

    def prob(self, value, name="prob"):
        """The probability, or its density, of `value`."""
        return exp(self.log_prob(value, name))

    def cdf(self, value, name="cdf"):
        """The probability of what is at most `value`."""
        return self._computed("_cdf", name, self._value(value))

    def log_cdf(self, value, name="log_cdf"):
        """The logarithm of `cdf`."""
        if hasattr(self, "_log_cdf"):
            return self._computed("_log_cdf", name, self._value(value))
        return log(self.cdf(value, name))

    def survival_function(self, value, name="survival_function"):
        """`1 - cdf`."""
        if hasattr(self, "_survival_function"):
            return self._computed("_survival_function", name, self._value(value))
        return 1.0 - self.cdf(value, name)

    def log_survival_function(self, value, name="log_survival_function"):
        """The logarithm of `survival_function`."""
        if hasattr(self, "_log_survival_function"):
            return self._computed("_log_survival_function", name, self._value(value))
        if hasattr(self, "_survival_function"):
            return log(self.survival_function(value, name))
        return log1p(-self.cdf(value, name))

    def quantile(self, value, name="quantile"):
        """What is greater than a sample with the probability `value`."""
        return self._computed("_quantile", name, self._value(value))

    def entropy(self, name="entropy"):
        """The entropy, in nats."""
        return self._computed("_entropy", name)

    def mean(self, name="mean"):
        """The mean."""
        return self._computed("_mean", name)

    def variance(self, name="variance"):
        """The variance."""
        return self._computed("_variance", name)

    def stddev(self, name="stddev"):
        """The standard deviation."""
        return sqrt(self.variance(name))

    def covariance(self, name="covariance"):
        """The covariances of the elements of an event, `[batch…, event, event]`."""
        return self._computed("_covariance", name)

    def mode(self, name="mode"):
        """The likeliest value."""
        return self._computed("_mode", name)

    def kl_divergence(self, other, name="kl_divergence"):
        """The relative entropy to another distribution."""
        return kl_divergence(self, other, name=name)

    def cross_entropy(self, other, name="cross_entropy"):
        """`entropy` and `kl_divergence` together."""
        return self.entropy(name) + kl_divergence(self, other)


def _floats(*parameters):
    """Parameters as tensors of one dtype, that of the first tensor or array of floats among them, and what they are like
    broadcast together."""
    typed = lambda p: hasattr(p, "_as_graph_element") or getattr(getattr(p, "dtype", None), "kind", "") == "f"
    dtype = next((p.dtype for p in parameters if typed(p)), None)
    tensors = [convert_to_tensor(p, dtype, preferred_dtype="float32") for p in parameters]
    return (*tensors, sum(map(zeros_like, tensors)))


_registered = {}


class RegisterKL:
    """A decorator that registers a function `(a, b, name=None)` as what `kl_divergence` gives for distributions of two classes,
    or of classes made of them. Raises `TypeError` for what is no function, `ValueError` for classes that have one already."""

    def __init__(self, dist_cls_a, dist_cls_b):
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn):
        """Registers `kl_fn`, and gives it."""
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _registered:
            names = [cls.__name__ for cls in self._key]
            raise ValueError(f"KL({names[0]} || {names[1]}) has already been registered to: {_registered[self._key]}")
        _registered[self._key] = kl_fn
        return kl_fn


def _registered_for(a, b):
    """The function for the classes nearest to those of two distributions, or `None`."""
    pairs = [(i + j, one, two) for i, one in enumerate(type(a).__mro__) for j, two in enumerate(type(b).__mro__)]
    found = [(distance, _registered[one, two]) for distance, one, two in pairs if (one, two) in _registered]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _own(a, b):
    """The nearest class of both that has a formula for two of its kind, or `None`."""
    common = [cls for cls in type(a).__mro__ if isinstance(b, cls) and "_kl" in vars(cls)]
    return common[0] if common else None


def kl_divergence(distribution_a, distribution_b, allow_nan_stats=True, name=None):
    """The relative entropy of two distributions, `E ln(pₐ / p_b)`, where there is a formula for their classes, or `RegisterKL`
    registered a function. With `allow_nan_stats` false a run fails for results that are no numbers. Raises
    `NotImplementedError` for other classes."""
    registered, own = _registered_for(distribution_a, distribution_b), _own(distribution_a, distribution_b)
    if registered is None and own is None:
        kinds = [type(d).__name__ for d in (distribution_a, distribution_b)]
        raise NotImplementedError(f"No KL(distribution_a || distribution_b) of {kinds[0]} and {kinds[1]}")
    with name_scope(name, "KullbackLeibler"):
        if registered is not None:
            found = registered(distribution_a, distribution_b, name=name)
        else:
            found = own._kl(distribution_a, distribution_b)
        if allow_nan_stats:
            return found
        found = convert_to_tensor(found)
        message = "KL calculation between two distributions returned NaN values; allow_nan_stats is False:"
        with control_dependencies([Assert(logical_not(reduce_any(is_nan(found))), [message, found])]):
            return identity(found)
