"""What programs use of `tf.contrib`."""

from . import learn

__all__ = ["learn"]
