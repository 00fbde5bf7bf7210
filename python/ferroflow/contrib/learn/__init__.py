"""Data sets of `tf.contrib.learn`."""

from . import datasets

__all__ = ["datasets"]
