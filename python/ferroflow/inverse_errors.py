"""The inverses of the error function and of the normal distribution's, Bessel functions, and neighbouring numbers."""

import math

import numpy as np

from .array_ops import ones_like, zeros_like
from .selection import where
from .custom_gradients import custom_gradient
from .dtypes import float64
from .default_graph import name_scope
from .framework import convert_to_tensor
from .incomplete import spread
from .math_ops import abs, cast, equal, erf, erfc, exp, less, less_equal, log, maximum, minimum, sign, sqrt, square
from .script_ops import hosted

_ROOT_PI, _INFINITY = math.sqrt(math.pi), float("inf")


def _floating(x):
    tensor = convert_to_tensor(x)
    if not tensor.dtype.is_floating:
        raise TypeError(
            f"Value passed to parameter 'x' has DataType {tensor.dtype.name} not in list of allowed values: bfloat16, "
            "float16, float32, float64"
        )
    return tensor


def _middle(x):
    """`z` with `erf(z) = x` of at most one half, by Newton's method."""
    x = maximum(minimum(x, 0.5), -0.5)
    z = 0.5 * _ROOT_PI * x * (1 + math.pi / 12 * x * x)
    for _ in range(4):
        z -= 0.5 * _ROOT_PI * (erf(z) - x) * exp(z * z)
    return z


def _end(rest):
    """`z` with `erfc(z) = rest` of at most one half, by Newton's method for the logarithm, which is concave: it nears the
    root from one side."""
    logarithm = log(maximum(minimum(rest, 0.5), 1e-307))
    z = sqrt(-logarithm - 0.5 * log(maximum(-math.pi * logarithm, 1.0)))
    for _ in range(6):
        value = erfc(z)
        z += 0.5 * _ROOT_PI * value * exp(z * z) * (log(value) - logarithm)
    return where(equal(rest, 0), zeros_like(z) + _INFINITY, z)


def _outside(x, least, most, z):
    """`z`, or NaN where x is not within the bounds."""
    within = where(less(x, least), zeros_like(z) + float("nan"), z)
    return where(less_equal(x, most), within, zeros_like(z) + float("nan"))


def _inverse(name, doc, function, derivative):
    @custom_gradient
    def computed(x):
        made = cast(function(cast(x, float64)), x.dtype)
        return made, lambda by: by * derivative(made)

    def inverse(x, name=None):
        with name_scope(name, default, [x]):
            return computed(_floating(x))

    default = name
    inverse.__name__ = inverse.__qualname__ = name
    inverse.__doc__ = doc
    return inverse


def _erfinv(x):
    size = abs(x)
    z = sign(x) * where(less_equal(size, 0.5), _middle(size), _end(1 - size))
    return _outside(x, -1.0, 1.0, z)


def _erfcinv(x):
    z = where(less(x, 0.5), _end(x), where(less(1.5, x), -_end(2 - x), _middle(1 - x)))
    return _outside(x, 0.0, 2.0, z)


erfinv = _inverse(
    "erfinv",
    "`z` with `erf(z) = x`, elementwise: infinite at -1 and 1, NaN beyond.",
    _erfinv,
    lambda z: 0.5 * _ROOT_PI * exp(square(z)),
)
erfcinv = _inverse(
    "erfcinv",
    "`z` with `erfc(z) = x`, elementwise: infinite at 0 and 2, NaN beyond.",
    _erfcinv,
    lambda z: -0.5 * _ROOT_PI * exp(square(z)),
)
ndtri = _inverse(
    "ndtri",
    "The quantiles of the standard normal distribution: `z` to whose left there is the probability `x`, elementwise. "
    "Infinite at 0 and 1, NaN beyond.",
    lambda x: -math.sqrt(2) * _erfcinv(2 * x),
    lambda z: math.sqrt(2 * math.pi) * exp(0.5 * square(z)),
)


def _scaled(x, order):
    """The modified Bessel function of that order, 0 or 1, times `exp(-|x|)`: its power series, and Hankel's expansion
    beyond 30."""
    size = np.abs(x.astype(np.float64))
    quarter, near = np.square(np.minimum(size, 30)) / 4, 1.0
    for k in range(80, 0, -1):
        near = 1 + quarter / (k * (k + order)) * near
    if order:
        near = near * np.minimum(size, 30) / 2
    far, large = 1.0, np.maximum(size, 30)
    for k in range(30, 0, -1):
        far = 1 - (4 * order - (2 * k - 1) ** 2) / (8 * k * large) * far
    found = np.where(size <= 30, near * np.exp(-np.minimum(size, 30)), far / np.sqrt(2 * np.pi * large))
    found = np.where(np.isnan(x), np.nan, found)
    return np.sign(x) * found if order else found


def _bessel(name, order, scaled, doc, derivative):
    def computed(array):
        found = _scaled(array, order)
        with np.errstate(over="ignore", invalid="ignore"):
            found = found if scaled else found * np.exp(np.abs(array.astype(np.float64)))
            return [np.asarray(found, array.dtype)]

    def gradient(operation, by):
        return [by * derivative(operation.inputs[0], operation.outputs[0])]

    def bessel(x, name=None):
        tensor = _floating(x)
        return hosted(computed, [tensor], [tensor.dtype], [tensor.shape], name or default, gradient)[0]

    default = name
    bessel.__name__ = bessel.__qualname__ = name
    bessel.__doc__ = doc
    return bessel


def _quotient(y, x):
    """`y / x`, and one half at 0, where it tends to."""
    zero = equal(x, 0)
    return where(zero, zeros_like(x) + 0.5, y / where(zero, ones_like(x), x))


bessel_i0 = _bessel(
    "bessel_i0",
    0,
    False,
    "The modified Bessel function of the first kind of order 0, elementwise.",
    lambda x, y: bessel_i1(x),
)
bessel_i0e = _bessel(
    "bessel_i0e",
    0,
    True,
    "`exp(-|x|) · bessel_i0(x)`, elementwise, which stays finite.",
    lambda x, y: bessel_i1e(x) - sign(x) * y,
)
bessel_i1 = _bessel(
    "bessel_i1",
    1,
    False,
    "The modified Bessel function of the first kind of order 1, elementwise.",
    lambda x, y: bessel_i0(x) - _quotient(y, x),
)
bessel_i1e = _bessel(
    "bessel_i1e",
    1,
    True,
    "`exp(-|x|) · bessel_i1(x)`, elementwise, which stays finite.",
    lambda x, y: bessel_i0e(x) - sign(x) * y - _quotient(y, x),
)


def nextafter(x1, x2, name=None):
    """The number next to `x1` towards `x2`, of `float32` or `float64`, which are broadcast together. The derivative by `x1`
    is 1, by `x2` it is 0."""
    with name_scope(name, "nextafter", [x1, x2]):
        first, second = spread(x1, x2)
        if first.dtype.name not in ("float32", "float64"):
            raise TypeError(
                f"Value passed to parameter 'x1' has DataType {first.dtype.name} not in list of allowed values: float64, "
                "float32"
            )
        found = lambda a, b: [np.asarray(np.nextafter(a, b))]
        gradient = lambda operation, by: [by, zeros_like(by)]
        return hosted(found, [first, second], [first.dtype], [first.shape], "NextAfter", gradient)[0]
