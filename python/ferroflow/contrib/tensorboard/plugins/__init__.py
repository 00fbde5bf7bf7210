"""Parts of TensorBoard."""

from ....later import absent as _absent
from . import projector  # noqa: F401

__all__ = ["projector"]

__getattr__ = _absent(__name__)
