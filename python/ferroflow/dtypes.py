"""Element types."""

import numpy as np

from .later import later


class DType:
    """An element type of tensors, such as `tf.float32`."""

    __slots__ = ("name", "as_numpy_dtype", "as_datatype_enum")

    def __init__(self, name, numpy_type, enum):
        self.name = name
        self.as_numpy_dtype = numpy_type
        self.as_datatype_enum = enum

    @property
    def base_dtype(self):
        """The dtype itself: there are no reference types."""
        return self

    @property
    def real_dtype(self):
        """The dtype itself: there are no complex types."""
        return self

    @property
    def is_floating(self):
        """Whether numbers have fractions."""
        return "float" in self.name

    @property
    def is_integer(self):
        """Whether numbers are whole; bool is none of them."""
        return "int" in self.name

    @property
    def is_unsigned(self):
        """Whether there are no numbers below zero."""
        return self.name.startswith("uint")

    @property
    def is_bool(self):
        """Whether this is `tf.bool`."""
        return self.name == "bool"

    @property
    def is_complex(self):
        """Whether numbers are complex: never."""
        return False

    @property
    def is_quantized(self):
        """Whether numbers stand for others by a scale: never."""
        return False

    @property
    def is_numpy_compatible(self):
        """Whether NumPy has this type."""
        return self.name != "bfloat16"

    @property
    def size(self):
        """Bytes of one element; 1 for strings."""
        if self.name == "bfloat16":
            return 2
        return 1 if self.name == "string" else np.dtype(self.as_numpy_dtype).itemsize

    @property
    def min(self):
        """The least number."""
        return self._limits().min

    @property
    def max(self):
        """The greatest number."""
        return self._limits().max

    @property
    def limits(self):
        """The least and the greatest number."""
        return self.min, self.max

    def _tiny(self):
        """The least number above zero of full precision."""
        return float(np.finfo(self.as_numpy_dtype).tiny)

    def _limits(self):
        if self.is_integer:
            return np.iinfo(self.as_numpy_dtype)
        if self.is_floating and self.is_numpy_compatible:
            return np.finfo(self.as_numpy_dtype)
        raise TypeError(f"Cannot find the limits of {self!r}")

    def is_compatible_with(self, other):
        """Whether a tensor of `other` can be used as one of this dtype."""
        return self == other

    def __eq__(self, other):
        if isinstance(other, DType):
            return self.name == other.name
        try:
            return other is not None and self.name == as_dtype(other).name
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return "tf." + self.name

    def __str__(self):
        return f"<dtype: {self.name!r}>"

    def __reduce__(self):
        return as_dtype, (self.name,)


float16 = half = DType("float16", np.float16, 19)
float32 = DType("float32", np.float32, 1)
float64 = double = DType("float64", np.float64, 2)
bfloat16 = DType("bfloat16", np.float32, 14)
int8 = DType("int8", np.int8, 6)
int16 = DType("int16", np.int16, 5)
int32 = DType("int32", np.int32, 3)
int64 = DType("int64", np.int64, 9)
uint8 = DType("uint8", np.uint8, 4)
uint16 = DType("uint16", np.uint16, 17)
bool = DType("bool", np.bool_, 10)
string = DType("string", np.object_, 7)

_ALL = (float16, float32, float64, bfloat16, int8, int16, int32, int64, uint8, uint16, bool, string)
_BY_NAME = {d.name: d for d in _ALL}
_BY_NAME.update(float=float32, double=float64, half=float16, object=string, str=string)
_BY_TYPE = {"float": float32, "int": int32, "bool": bool, "str": string, "bytes": string}


def as_dtype(type_value):
    """The dtype that `type_value` names: a `DType`, a name, a NumPy or a Python type.

    Raises `TypeError` for what names none.
    """
    value = type_value
    if isinstance(value, DType):
        return value
    if isinstance(value, int):
        found = next((d for d in _ALL if d.as_datatype_enum == value % 100), None)
    elif isinstance(value, str):
        found = _BY_NAME.get(value[:-4] if value.endswith("_ref") else value)
    elif isinstance(value, type) and value.__module__ == "builtins":
        found = _BY_TYPE.get(value.__name__)
    else:
        found = None
    if found is None:
        try:
            numpy_type = np.dtype(value)
        except TypeError:
            numpy_type = None
        if numpy_type is not None and value is not None:
            found = string if numpy_type.kind in "SUO" else _BY_NAME.get(numpy_type.name)
    if found is None:
        raise TypeError(f"Cannot convert value {value!r} to a TensorFlow DType")
    return found


__getattr__, __dir__ = later(__name__, {"math_ops": "cast saturate_cast"})
