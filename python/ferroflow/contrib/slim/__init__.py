"""`tf.contrib.slim`: layers, scopes of arguments, losses and training in one module."""

# ruff: noqa: F403, F405

from ...later import later as _later
from .. import framework, layers, losses, metrics
from ..framework import *
from ..layers import *
from . import learning

__all__ = [*framework.__all__, *layers.__all__, "learning", "losses", "metrics", "nets", "utils"]
__all__.remove("nest")

__getattr__, __dir__ = _later(__name__, {"contrib.layers.utils": "utils", "contrib.slim.nets": "nets"})
