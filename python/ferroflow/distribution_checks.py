"""What `validate_args` and `allow_nan_stats=False` make sure of: tables by the classes of distributions, for which what their
bases have holds too."""

from .array_ops import ones_like, shape
from .check_ops import (
    _check,
    assert_equal,
    assert_less,
    assert_less_equal,
    assert_non_negative,
    assert_positive,
)
from .default_graph import control_dependencies
from .dtype_checks import assert_near
from .math_ops import floor, identity, is_nan, logical_not
from .reductions import reduce_all, reduce_sum


def _positive(*names, message=None):
    return lambda d: [assert_positive(getattr(d, name), message=message) for name in names]


def _share(d):
    return _from_0_to_1(d.probs, "probs has components greater than 1.")


def _shares(d):
    total = reduce_sum(d.probs, -1)
    return [assert_non_negative(d.probs), assert_near(total, ones_like(total), message="probs does not sum to 1.")]


def _concentrations(d):
    classes, message = shape(d.concentration)[-1], "Concentration parameter must have event_size >= 2."
    return [*_concentration("concentration")(d), assert_less(1, classes, message=message)]


def _concentration(*names):
    return _positive(*names, message="Concentration parameter must be positive.")


def _from_0_to_1(x, message):
    return [assert_non_negative(x), assert_less_equal(x, ones_like(x), message=message)]


def _whole(x):
    if x.dtype.is_integer:
        return []
    return [assert_equal(x, floor(x), message=f"'{x}' cannot contain fractional components.")]


def _number(x):
    return [assert_non_negative(x, message=f"'{x}' must be non-negative."), *_whole(x)]


def _ordered(d):
    return [assert_less(d.low, d.high, message="uniform not defined when low >= high.")]


_OF_PARAMETERS = {
    "Bernoulli": _share,
    "Beta": _concentration("concentration1", "concentration0"),
    "Binomial": lambda d: [*_number(d.total_count), *_share(d)],
    "Categorical": _shares,
    "Cauchy": _positive("scale"),
    "Chi2": _positive("df"),
    "Dirichlet": _concentrations,
    "DirichletMultinomial": lambda d: [*_number(d.total_count), *_concentrations(d)],
    "Exponential": _positive("rate"),
    "Gamma": _positive("concentration", "rate"),
    "Geometric": _share,
    "HalfNormal": _positive("scale"),
    "InverseGamma": _positive("concentration", "rate"),
    "Kumaraswamy": _concentration("concentration1", "concentration0"),
    "Laplace": _positive("scale"),
    "Logistic": _positive("scale"),
    "Multinomial": lambda d: [*_number(d.total_count), *_shares(d)],
    "NegativeBinomial": lambda d: [assert_positive(d.total_count), *_share(d)],
    "Normal": _positive("scale"),
    "OneHotCategorical": _shares,
    "Poisson": _positive("rate"),
    "StudentT": _positive("df"),
    "Uniform": _ordered,
}


def _inside(_, x):
    less = assert_less(x, ones_like(x), message="sample must be less than `1`.")
    return [assert_positive(x, message="sample must be positive"), less]


def _on_simplex(_, x):
    total = reduce_sum(x, -1)
    near = assert_near(ones_like(total), total, message="sample last-dimension must sum to `1`.")
    return [assert_positive(x, message="samples must be positive"), near]


def _counts(d, x):
    equal = assert_equal(d.total_count, reduce_sum(x, -1), message="counts must sum to `self.total_count`")
    return [*_number(x), equal]


_OF_VALUES = {
    "Bernoulli": lambda _, x: [*_from_0_to_1(x, "Elements cannot exceed 1."), *_whole(x)],
    "Beta": _inside,
    "Binomial": lambda d, x: [*_number(x), assert_less_equal(x, d.total_count, message="counts exceed total_count")],
    "Categorical": lambda _, x: _whole(x),
    "Dirichlet": _on_simplex,
    "DirichletMultinomial": _counts,
    "Exponential": lambda _, x: [assert_positive(x)],
    "Gamma": lambda _, x: [assert_positive(x)],
    "Geometric": lambda _, x: _number(x),
    "InverseGamma": lambda _, x: [assert_positive(x)],
    "Kumaraswamy": _inside,
    "Multinomial": _counts,
    "NegativeBinomial": lambda _, x: _number(x),
    "Poisson": lambda _, x: _number(x),
}

_UNDEFINED = {
    "Beta mode": "Mode undefined for concentration1 or concentration0 <= 1.",
    "Dirichlet mode": "Mode undefined when any concentration <= 1",
    "Gamma mode": "mode not defined when any concentration <= 1",
    "InverseGamma mean": "mean undefined when any concentration <= 1",
    "InverseGamma variance": "variance undefined when any concentration <= 2",
    "StudentT mean": "mean not defined for components of df <= 1",
    "StudentT variance": "variance not defined for components of df <= 1",
}


def _found(table, distribution, more=""):
    return [table[c.__name__ + more] for c in type(distribution).__mro__ if c.__name__ + more in table]


def check_parameters(distribution):
    """Makes the tensors of a distribution fail in runs in which parameters are not what they must be."""
    checks = [check for of in _found(_OF_PARAMETERS, distribution) for check in of(distribution)]
    with control_dependencies(checks):
        for name, value in list(vars(distribution).items()) if checks else ():
            if hasattr(value, "_as_graph_element"):
                setattr(distribution, name, identity(value))


def checked_value(distribution, x):
    """`x`; a run fails in which it cannot be a sample."""
    checks = [check for of in _found(_OF_VALUES, distribution) for check in of(distribution, x)]
    with control_dependencies(checks):
        return identity(x) if checks else x


def defined(distribution, name, found):
    """`found`, the mean or the like; a run fails in which some of it is no number."""
    if not found.dtype.is_floating:
        return found
    messages = _found(_UNDEFINED, distribution, f" {name}")
    shown = [*messages, f"{name} is NaN, but allow_nan_stats is False:", found]
    with control_dependencies([_check(reduce_all(logical_not(is_nan(found))), shown, shown, 100)]):
        return identity(found)
