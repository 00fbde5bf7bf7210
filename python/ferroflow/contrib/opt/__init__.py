"""What programs use of `tf.contrib.opt`: optimizers."""

# ruff: noqa: F403

from ...later import absent as _absent
from . import adaptive, decoupled, layerwise, wrappers
from .adaptive import *
from .decoupled import *
from .layerwise import *
from .wrappers import *

__all__ = [*adaptive.__all__, *decoupled.__all__, *layerwise.__all__, *wrappers.__all__]

__getattr__ = _absent(__name__)
