"""What programs use of `tf.contrib.legacy_seq2seq`: networks whose steps are all part of the graph, and their losses."""

# ruff: noqa: F403

import sys as _sys

from ...later import absent as _absent
from . import decoders, losses, networks
from .decoders import *
from .losses import *
from .networks import *

__all__ = [*decoders.__all__, *losses.__all__, *networks.__all__]

# Its name in `tf.nn` before TensorFlow 1.0.
seq2seq = _sys.modules[__name__]

__getattr__ = _absent(__name__)
