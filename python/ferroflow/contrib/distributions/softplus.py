"""Distributions whose positive parameters are softplus functions of what is given, and the inverse of that function."""

import numpy as np

from ... import nn
from ...selection import where
from ...distribution import _floats
from ...distributions import Exponential, Laplace, Normal
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...gamma_distributions import Beta, Gamma, StudentT
from ...math_ops import abs as absolute, expm1, floor, greater, less, log, logical_or
from .continuous import InverseGamma
from .multivariate import MultivariateNormalDiag

__all__ = [
    "BetaWithSoftplusConcentration",
    "ExponentialWithSoftplusRate",
    "GammaWithSoftplusConcentrationRate",
    "InverseGammaWithSoftplusConcentrationRate",
    "LaplaceWithSoftplusScale",
    "MultivariateNormalDiagWithSoftplusScale",
    "NormalWithSoftplusScale",
    "StudentTWithAbsDfSoftplusScale",
    "softplus_inverse",
]


def softplus_inverse(x, name=None):
    """`ln(eˣ - 1)`, whose `softplus` is `x`; for great `x`, and for those near 0, as exact."""
    with name_scope(name, "softplus_inverse", [x]):
        x = convert_to_tensor(x, name="x")
        threshold = float(np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.0)
        small, great = less(x, float(np.exp(threshold))), greater(x, -threshold)
        # What is not taken is kept where its derivative is a number.
        between = where(logical_or(small, great), 1.0 + 0.0 * x, x)
        return where(small, log(where(small, x, 1.0 + 0.0 * x)), where(great, x, x + log(-expm1(-between))))


class BetaWithSoftplusConcentration(Beta):
    """`Beta` of the softplus functions of its concentrations."""

    def __init__(
        self,
        concentration1,
        concentration0,
        validate_args=False,
        allow_nan_stats=True,
        name="BetaWithSoftplusConcentration",
    ):
        one, other, _ = _floats(concentration1, concentration0)
        super().__init__(nn.softplus(one), nn.softplus(other), name=name)


class ExponentialWithSoftplusRate(Exponential):
    """`Exponential` of the softplus function of its rate."""

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="ExponentialWithSoftplusRate"):
        super().__init__(nn.softplus(_floats(rate)[0]), name=name)


class GammaWithSoftplusConcentrationRate(Gamma):
    """`Gamma` of the softplus functions of its concentration and rate."""

    def __init__(
        self,
        concentration,
        rate,
        validate_args=False,
        allow_nan_stats=True,
        name="GammaWithSoftplusConcentrationRate",
    ):
        concentration, rate, _ = _floats(concentration, rate)
        super().__init__(nn.softplus(concentration), nn.softplus(rate), name=name)


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """`InverseGamma` of the softplus functions of its concentration and rate."""

    def __init__(
        self,
        concentration,
        rate,
        validate_args=False,
        allow_nan_stats=True,
        name="InverseGammaWithSoftplusConcentrationRate",
    ):
        concentration, rate, _ = _floats(concentration, rate)
        super().__init__(nn.softplus(concentration), nn.softplus(rate), name=name)


class LaplaceWithSoftplusScale(Laplace):
    """`Laplace` of the softplus function of its scale."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="LaplaceWithSoftplusScale"):
        loc, scale, _ = _floats(loc, scale)
        super().__init__(loc, nn.softplus(scale), name=name)


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """`MultivariateNormalDiag` of the softplus functions of its scales."""

    def __init__(
        self, loc, scale_diag, validate_args=False, allow_nan_stats=True, name="MultivariateNormalDiagWithSoftplusScale"
    ):
        super().__init__(loc, nn.softplus(_floats(scale_diag)[0]), name=name)


class NormalWithSoftplusScale(Normal):
    """`Normal` of the softplus function of its scale."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="NormalWithSoftplusScale"):
        loc, scale, _ = _floats(loc, scale)
        super().__init__(loc, nn.softplus(scale), name=name)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """`StudentT` of the whole part of `|df|` degrees of freedom, and of the softplus function of its scale."""

    def __init__(
        self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentTWithAbsDfSoftplusScale"
    ):
        df, loc, scale, _ = _floats(df, loc, scale)
        super().__init__(floor(absolute(df)), loc, nn.softplus(scale), name=name)
