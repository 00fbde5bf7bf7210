"""Tensors as messages and constants, under the names of `tf.contrib.util`."""

from ..later import absent as _absent
from ..special_math import get_static_value as constant_value
from ..tensor_proto import make_ndarray, make_tensor_proto

__all__ = ["constant_value", "make_ndarray", "make_tensor_proto"]

__getattr__ = _absent(__name__)
