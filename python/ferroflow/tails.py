"""Logarithms of probabilities far from the middle of distributions, where the probabilities themselves are 0 or 1."""

import math

from .array_ops import ones_like, zeros_like
from .selection import where
from .framework import convert_to_tensor
from .math_ops import equal, erfc, exp, greater, is_inf, less_equal, log, log1p, logical_and, maximum, minimum, square


def log_ndtr(x):
    """The logarithm of the probability that a normal number is at most `x`: below the range where the probability is exact by
    its asymptotic series (Abramowitz and Stegun 1964, 26.2.12)."""
    x = convert_to_tensor(x)
    low, high = (-20.0, 8.0) if x.dtype.name == "float64" else (-10.0, 5.0)
    ndtr = lambda x: 0.5 * erfc(-x / math.sqrt(2.0))
    # Each part is computed in its own range alone: others' derivatives would be no numbers.
    far, near = minimum(x, low), minimum(maximum(x, low), high)
    inverse = 1.0 / square(far)
    series = log1p(-inverse * (1.0 - inverse * (3.0 - 15.0 * inverse)))
    below = series - 0.5 * square(far) - log(-far) - 0.5 * math.log(2 * math.pi)
    return where(greater(x, high), -ndtr(-maximum(x, high)), where(greater(x, low), log(ndtr(near)), below))


def log_laplace(z):
    """The logarithm of the probability that a number of Laplace's distribution is at most `z`."""
    below = less_equal(z, 0.0)
    nothing = zeros_like(z)
    above = log1p(-0.5 * exp(-where(below, nothing, z)))
    return where(below, z - math.log(2.0), above)


def times_log(n, x, function=log):
    """`n · function(x)`, of `log` or another function, and 0 where `n` is 0 and the function infinite."""
    n, x = n + zeros_like(x), x + zeros_like(n)
    never = logical_and(equal(n, 0.0), is_inf(function(x)))
    return n * function(where(never, 0.5 * ones_like(x), x))
