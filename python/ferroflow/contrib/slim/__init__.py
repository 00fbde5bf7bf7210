"""`tf.contrib.slim`: layers, scopes of arguments, losses and training in one module."""

# ruff: noqa: F403

from ...later import absent as _absent
from .. import framework, layers, losses, metrics
from ..framework import *
from ..layers import *
from . import learning

__all__ = [*framework.__all__, *layers.__all__, "learning", "losses", "metrics"]
__all__.remove("nest")

__getattr__ = _absent(__name__)
