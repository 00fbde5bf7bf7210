"""Tensors as messages of protobuf, `TensorProto`, and as strings that are such."""

import math
import struct

import numpy as np

from .dtypes import as_dtype, string
from .errors import InvalidArgumentError
from .framework import convert_to_tensor
from .script_ops import py_func
from .string_ops import _texts, objects
from .tensor_shape import as_shape
from .wire import block, fields, integers, signed, varint

# By dtypes: the fields of elements, and their numbers.
_FIELDS = {
    "float16": "half_val",
    "float32": "float_val",
    "float64": "double_val",
    "int8": "int_val",
    "int16": "int_val",
    "int32": "int_val",
    "uint8": "int_val",
    "uint16": "int_val",
    "string": "string_val",
    "int64": "int64_val",
    "bool": "bool_val",
}
_NUMBERS = {
    "float_val": 5,
    "double_val": 6,
    "int_val": 7,
    "string_val": 8,
    "int64_val": 10,
    "bool_val": 11,
    "half_val": 13,
}
# How an element is encoded that is alone, if it is no integer.
_KINDS = {"float_val": 5, "double_val": 1, "string_val": 2}


class _Dim:
    """A dimension of a message: its size."""

    def __init__(self, size=0):
        self.size, self.name = size, ""


class TensorShapeProto:
    """A shape as a message: the dimensions `dim`, each with a `size`."""

    Dim = _Dim

    def __init__(self, dim=(), unknown_rank=False):
        self.dim, self.unknown_rank = list(dim), unknown_rank

    def SerializeToString(self):
        """The message as bytes."""
        size = lambda dim: b"\x08" + varint(dim.size) if dim.size else b""
        return b"".join(block(2, size(dim)) for dim in self.dim) + (b"\x18\x01" if self.unknown_rank else b"")

    @classmethod
    def FromString(cls, data):
        """The message that bytes are. Raises `ValueError` for such as are none."""
        found = cls()
        for number, kind, value in fields(data):
            if (number, kind) == (2, 2):
                sizes = [signed(size) for n, of, size in fields(value) if (n, of) == (1, 0)]
                found.dim.append(_Dim(sizes[-1] if sizes else 0))
            elif (number, kind) == (3, 0):
                found.unknown_rank = bool(value)
        return found


class TensorProto:
    """A tensor as a message: `dtype`, a number, `tensor_shape`, and the elements, as bytes in `tensor_content`, or in the
    list of their kind, such as `float_val`, of which the last stands for those that follow."""

    def __init__(self, dtype=0, tensor_shape=None, version_number=0, tensor_content=b"", **values):
        self.dtype, self.version_number, self.tensor_content = int(dtype), version_number, tensor_content
        self.tensor_shape = TensorShapeProto() if tensor_shape is None else tensor_shape
        for name in values:
            if name not in _NUMBERS:
                raise ValueError(f'Protocol message TensorProto has no "{name}" field.')
        for name in _NUMBERS:
            setattr(self, name, list(values.get(name, ())))

    def SerializeToString(self):
        """The message as bytes."""
        found = b"\x08" + varint(self.dtype) if self.dtype else b""
        found += block(2, self.tensor_shape.SerializeToString())
        found += b"\x18" + varint(self.version_number) if self.version_number else b""
        found += block(4, self.tensor_content) if self.tensor_content else b""
        for name, number in _NUMBERS.items():
            values = getattr(self, name)
            if name == "string_val":
                found += b"".join(block(number, value) for value in values)
            elif values:
                kind = {"float_val": "f", "double_val": "d"}.get(name)
                packed = struct.pack(f"<{len(values)}{kind}", *values) if kind else b"".join(map(varint, values))
                found += block(number, packed)
        return found

    @classmethod
    def FromString(cls, data):
        """The message that bytes are. Raises `ValueError` for such as are none."""
        found, names = cls(), {number: name for name, number in _NUMBERS.items()}
        for number, kind, value in fields(bytes(data)):
            if number in (1, 3) and kind == 0:
                setattr(found, "dtype" if number == 1 else "version_number", signed(value, 32))
            elif (number, kind) == (2, 2):
                found.tensor_shape = TensorShapeProto.FromString(value)
            elif (number, kind) == (4, 2):
                found.tensor_content = value
            elif number in names and kind in (2, _KINDS.get(names[number], 0)):
                getattr(found, names[number]).extend(_elements(names[number], value))
        return found

    def ParseFromString(self, data):
        """Becomes the message that bytes are."""
        self.__dict__.update(TensorProto.FromString(data).__dict__)
        return len(data)

    def __eq__(self, other):
        return isinstance(other, TensorProto) and self.SerializeToString() == other.SerializeToString()

    __hash__ = None

    def __repr__(self):
        sizes = [dim.size for dim in self.tensor_shape.dim]
        return f"TensorProto(dtype={self.dtype}, shape={sizes}, elements={make_ndarray(self).tolist()})"


def _elements(name, value):
    if name == "string_val":
        return [value]
    if name in ("float_val", "double_val"):
        return np.frombuffer(value, "<f4" if name == "float_val" else "<f8").tolist()
    # What is longer than a field can hold loses its upper bits, as everywhere in protobuf.
    return integers(value) if name == "int64_val" else [signed(number, 32) for number in integers(value)]


def _message(array, dtype, content):
    """An array as a message, with its elements as bytes if `content`, unless they are strings."""
    made = TensorProto(dtype.as_datatype_enum, TensorShapeProto(_Dim(size) for size in array.shape))
    if dtype.name not in _FIELDS:
        raise TypeError(f"Tensors of {dtype.name} cannot be messages")
    if content and dtype != string:
        made.tensor_content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    else:
        flat = array.view(np.uint16) if dtype.name == "float16" else array
        setattr(made, _FIELDS[dtype.name], flat.ravel().tolist())
    return made


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """A `TensorProto` of a number, a string, nested lists of these or an array, of `dtype` if one is named, and of `shape`:
    the last element stands for those that are missing, and `verify_shape` says that it must be the value's own.

    Raises `TypeError` or `ValueError` for what cannot be one.
    """
    if isinstance(values, TensorProto):
        return values
    dtype = None if dtype is None else as_dtype(dtype)
    if values is None:
        raise ValueError("None values not supported.")
    array = np.asarray(objects(values), None if dtype is None or dtype == string else dtype.as_numpy_dtype)
    if dtype is not None and dtype.is_integer and np.asarray(objects(values)).dtype.kind == "f":
        raise TypeError(f"Expected {dtype.name}, but got {values!r} of type 'float'.")
    if array.dtype.kind in "SU" or array.dtype == object:
        flat = [
            text.encode() if isinstance(text, str) else text for text in np.asarray(values, object).ravel().tolist()
        ]
        if not all(isinstance(text, bytes) for text in flat):
            raise TypeError(f"Failed to convert {values!r} to a TensorProto")
        whole = np.empty(len(flat), object)
        whole[:] = flat
        array = whole.reshape(np.shape(np.asarray(values, object)))
    elif dtype is None and not hasattr(values, "dtype"):
        # Python's own numbers are of the shorter dtypes.
        short = {"f": np.float32, "i": np.int32}.get(array.dtype.kind)
        fits = array.dtype.kind == "f" or not array.size or np.abs(array).max() < 2**31
        array = array.astype(short) if short and fits else array
    found = as_dtype(array.dtype)
    if dtype is not None and found != dtype:
        raise TypeError(f"Incompatible types: {dtype} vs. {found}. Value is {values!r}")
    sizes = list(array.shape) if shape is None else [int(size) for size in as_shape(shape).as_list()]
    count = int(np.prod(sizes))
    if verify_shape and list(array.shape) != sizes:
        raise TypeError(f"Expected Tensor's shape: {tuple(sizes)}, but got {array.shape}.")
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}.")
    made = _message(array, found, array.size == count > 1 and found.name not in ("bool", "uint16"))
    made.tensor_shape = TensorShapeProto(_Dim(size) for size in sizes)
    return made


def make_ndarray(tensor):
    """The array that a `TensorProto` is. Raises `TypeError` for one of another dtype, `ValueError` for one whose elements are
    not as many as its shape says."""
    sizes = [dim.size for dim in tensor.tensor_shape.dim]
    count, dtype = math.prod(sizes), as_dtype(tensor.dtype)
    if dtype.name not in _FIELDS:
        raise TypeError(f"Unsupported tensor type: {tensor.dtype}")
    kind = object if dtype == string else np.dtype(dtype.as_numpy_dtype)
    if tensor.tensor_content and dtype != string:
        return np.frombuffer(tensor.tensor_content, kind.newbyteorder("<")).astype(kind).reshape(sizes)
    values = getattr(tensor, _FIELDS[dtype.name])
    if dtype.name == "float16":
        flat = np.array(values, np.int64).astype(np.uint16).view(np.float16)
    elif dtype.is_integer:
        flat = np.array(values, np.int64).astype(kind)
    else:
        flat = np.empty(len(values), kind)
        flat[:] = values
    if len(flat) < count:
        filler = flat[-1:] if len(flat) else np.array([b"" if kind is object else 0], kind)
        flat = np.concatenate([flat, np.repeat(filler, count - len(flat))])
    return flat.reshape(sizes)


def serialize_tensor(tensor, name=None):
    """A tensor as a string, the bytes of a `TensorProto`, the same as TensorFlow's."""
    tensor = convert_to_tensor(tensor)
    if tensor.dtype.name not in _FIELDS:
        raise TypeError(f"Tensors of {tensor.dtype.name} cannot be messages")
    write = lambda array: _message(np.asarray(objects(array)), tensor.dtype, True).SerializeToString()
    made = py_func(write, [tensor], string, False, name or "SerializeTensor")
    made.set_shape([])
    return made


def parse_tensor(serialized, out_type, name=None):
    """The tensor of the dtype `out_type` that a string, the bytes of a `TensorProto`, is. A run in which it is none, or one
    of another dtype, raises `tf.errors.InvalidArgumentError`."""
    text, dtype = _texts(serialized, "serialized"), as_dtype(out_type)

    def parsed(data):
        refuse = lambda why: InvalidArgumentError(None, None, why)
        try:
            message = TensorProto.FromString(data)
        except ValueError as error:
            raise refuse("Could not parse `serialized` as TensorProto") from error
        if message.dtype != dtype.as_datatype_enum:
            raise refuse(f"Type mismatch between parsed tensor (dtype {message.dtype}) and dtype ({dtype.name})")
        try:
            if any(dim.size < 0 for dim in message.tensor_shape.dim):
                raise ValueError("a dimension is negative")
            return make_ndarray(message)
        except (ValueError, MemoryError) as error:
            raise refuse("Could not parse `serialized` as a valid tensor") from error

    return py_func(parsed, [text], dtype, False, name or "ParseTensor")
