"""What programs use of `tf.contrib.layers`."""

# ruff: noqa: F403

from ...later import absent as _absent
from . import connected, normalization, optimization, regularizers
from .connected import *
from .normalization import *
from .optimization import *
from .regularizers import *

__all__ = [*connected.__all__, *normalization.__all__, *optimization.__all__, *regularizers.__all__]

__getattr__ = _absent(__name__)
