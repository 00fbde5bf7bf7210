"""What programs use of `tf.contrib.layers`."""

# ruff: noqa: F403

from ...later import later as _later
from . import connected, encoders, normalization, optimization, pooling, regularizers, stacks
from .connected import *
from .encoders import *
from .normalization import *
from .optimization import *
from .pooling import *
from .regularizers import *
from .stacks import *

__all__ = [
    *connected.__all__,
    *encoders.__all__,
    *normalization.__all__,
    *optimization.__all__,
    *pooling.__all__,
    *regularizers.__all__,
    *stacks.__all__,
]

__getattr__, __dir__ = _later(__name__, {"safe_embedding": "safe_embedding_lookup_sparse"})
