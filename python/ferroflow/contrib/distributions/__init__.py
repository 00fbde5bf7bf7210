"""What programs use of `tf.contrib.distributions`: those of `tf.distributions`, and others."""

# ruff: noqa: F401, F403

from ...counting_distributions import DirichletMultinomial, Multinomial
from ...distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    RegisterKL,
    ReparameterizationType,
    kl_divergence,
)
from ...distributions import Bernoulli, Categorical, Exponential, Laplace, Normal, Uniform
from ...gamma_distributions import Beta, Dirichlet, Gamma, StudentT
from ...later import absent as _absent
from . import continuous, discrete, mixtures, multivariate, softplus
from .continuous import *
from .discrete import *
from .mixtures import *
from .multivariate import *
from .softplus import *

__all__ = [
    "Bernoulli",
    "Beta",
    "Categorical",
    "Dirichlet",
    "DirichletMultinomial",
    "Distribution",
    "Exponential",
    "FULLY_REPARAMETERIZED",
    "Gamma",
    "Laplace",
    "Multinomial",
    "NOT_REPARAMETERIZED",
    "Normal",
    "RegisterKL",
    "ReparameterizationType",
    "StudentT",
    "Uniform",
    "kl_divergence",
    *continuous.__all__,
    *discrete.__all__,
    *mixtures.__all__,
    *multivariate.__all__,
    *softplus.__all__,
]

__getattr__ = _absent(__name__)
