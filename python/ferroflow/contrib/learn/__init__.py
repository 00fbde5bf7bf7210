"""Data sets of `tf.contrib.learn`."""

from ...later import absent as _absent
from . import datasets

__all__ = ["datasets"]

__getattr__ = _absent(__name__)
