"""What programs use of `tf.contrib.tensorboard`."""

from ...later import absent as _absent
from . import plugins  # noqa: F401

__all__ = ["plugins"]

__getattr__ = _absent(__name__)
