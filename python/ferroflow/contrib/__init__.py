"""What programs use of `tf.contrib`."""

from . import layers, learn

__all__ = ["layers", "learn"]
