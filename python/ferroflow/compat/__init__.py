"""Text and bytes; and the library under the name `compat.v1`."""

import numbers as _numbers

import numpy as _np

from ..later import absent as _absent
from . import v1

integral_types = (_numbers.Integral, _np.integer)
real_types = (_numbers.Real, _np.integer, _np.floating)
complex_types = (_numbers.Complex, _np.number)
bytes_or_text_types = (bytes, str)


def as_bytes(bytes_or_text, encoding="utf-8"):
    """As bytes. Raises `TypeError` for what is neither text nor bytes."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text, encoding="utf-8"):
    """As text. Raises `TypeError` for what is neither text nor bytes."""
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text).decode(encoding)
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def path_to_str(path):
    """A path that is an `os.PathLike` as text; what is none stays as it is."""
    return as_str_any(path.__fspath__()) if hasattr(path, "__fspath__") else path


def dimension_value(dimension):
    """The size of a dimension, or `None`: of a `tf.Dimension` or a number."""
    return getattr(dimension, "value", dimension)


def dimension_at_index(shape, index):
    """Dimension `index` of a `tf.TensorShape`, unknown if its rank is."""
    from ..tensor_shape import Dimension

    return Dimension(None) if shape.ndims is None else shape.dims[index]


def forward_compatible(year, month, day):
    """Whether graphs need not be read by the library of that day: always."""
    return True


def as_str_any(value, encoding="utf-8"):
    """As text, whatever it is."""
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


__getattr__ = _absent(__name__)
