"""Operations that take features out of encoded examples, on the host."""

import collections
import math

import numpy as np

from .array_ops import reshape
from .dtypes import as_dtype, int64, string
from .examples_proto import Example
from .script_ops import host_func
from .sparse_tensor import SparseTensor
from .string_ops import _texts
from .tensor_shape import as_shape

_LIST = {"string": "bytes_list", "float32": "float_list", "int64": "int64_list"}

VarLenFeature = collections.namedtuple("VarLenFeature", ["dtype"])
VarLenFeature.__doc__ = "A feature of any number of values, which becomes a sparse tensor."
FixedLenFeature = collections.namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None])
FixedLenFeature.__doc__ = (
    "A feature of the values of a tensor of `shape`; `default_value`, if there is one, where it is missing."
)
FixedLenSequenceFeature = collections.namedtuple(
    "FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"], defaults=[False, None]
)
FixedLenSequenceFeature.__doc__ = """A feature of any number of tensors of `shape`, filled up with `default_value`, or
zeros, to the longest of the batch."""


def _example(text):
    try:
        return Example.FromString(text)
    except ValueError as error:
        shown = text.decode("utf-8", "backslashreplace")
        raise ValueError(f"Could not parse example input, value: '{shown}'") from error


def _values(example, key, dtype, row):
    """The values of a feature, or `None` if the example does not have it."""
    feature = example.features.feature.get(key)
    kind = None if feature is None else feature.WhichOneof("kind")
    if kind is None:
        return None
    if kind != _LIST[dtype.name]:
        raise ValueError(
            f"Key: {key}, Index: {row}.  Data types don't match. Expected type: {dtype.name}, found {kind}"
        )
    return list(getattr(feature, kind).value)


def _array(values, dtype, shape):
    found = np.empty(len(values), object if dtype == string else dtype.as_numpy_dtype)
    found[:] = values
    return found.reshape(shape)


def _filler(feature):
    value = feature.default_value
    given = (b"" if feature.dtype == string else 0) if value is None else value
    return given.encode() if isinstance(given, str) else given


def _fixed(examples, key, feature):
    sizes = as_shape(feature.shape).as_list()
    size, rows = math.prod(sizes), []
    for row, example in enumerate(examples):
        values = _values(example, key, feature.dtype, row)
        if values is None:
            if feature.default_value is None:
                what = f"Feature: {key} (data type: {feature.dtype.name})"
                raise ValueError(f"Key: {key}, Index: {row}.  {what} is required but could not be found.")
            default = np.ravel(np.asarray(feature.default_value, object))
            default = [v.encode() if isinstance(v, str) else v for v in default]
            values = default * size if len(default) == 1 else default
        if len(values) != size:
            what = f"Values size: {len(values)} but output shape: {sizes}"
            raise ValueError(f"Key: {key}, Index: {row}.  Number of {feature.dtype.name} values != expected.  {what}")
        rows += values
    return [_array(rows, feature.dtype, [len(examples), *sizes])]


def _any_number(examples, key, feature):
    rows = [_values(example, key, feature.dtype, row) or [] for row, example in enumerate(examples)]
    places = [[i, j] for i, values in enumerate(rows) for j in range(len(values))]
    flat = [value for values in rows for value in values]
    sizes = [len(rows), max(map(len, rows), default=0)]
    return [
        np.reshape(np.array(places, np.int64), [-1, 2]),
        _array(flat, feature.dtype, [-1]),
        np.array(sizes, np.int64),
    ]


def _sequence(examples, key, feature):
    sizes = as_shape(feature.shape).as_list()
    size = max(math.prod(sizes), 1)
    rows = [_values(example, key, feature.dtype, row) or [] for row, example in enumerate(examples)]
    for row, values in enumerate(rows):
        if len(values) % size:
            raise ValueError(f"Key: {key}, Index: {row}.  Number of values, {len(values)}, is no multiple of {size}")
    longest = max(map(len, rows), default=0)
    flat = [v for values in rows for v in values + [_filler(feature)] * (longest - len(values))]
    return [_array(flat, feature.dtype, [len(rows), longest // size, *sizes])]


def _wanted(features, kinds, refused):
    """The features in order, of which the kinds and dtypes are checked; `refused` says what is wrong with one of another
    kind."""
    found = {}
    for key in sorted(features or {}):
        feature = features[key]
        if not isinstance(feature, kinds):
            raise ValueError(refused(key, feature))
        found[key] = feature = feature._replace(dtype=as_dtype(feature.dtype))
        if feature.dtype.name not in _LIST:
            raise TypeError(f"The feature {key} must be of int64, float32 or string, not {feature.dtype.name}")
    return found


def _dtypes(feature, *more):
    """The dtypes of the outputs for a feature: places, values and sizes, or the values and `more`."""
    return [int64, feature.dtype, int64] if isinstance(feature, VarLenFeature) else [feature.dtype, *more]


def parse_example(serialized, features, name=None, example_names=None):
    """The features of encoded examples, `[batch]`: a dictionary of tensors, `[batch, …]`, dense for a
    `FixedLenFeature` or a `FixedLenSequenceFeature`, sparse for a `VarLenFeature`. A run in which one is missing
    or does not fit raises `tf.errors.InvalidArgumentError`."""
    if not features:
        raise ValueError("Missing: features was None or empty.")
    wanted = _wanted(features, tuple(_HOW), lambda key, feature: f"Invalid feature {key}:{feature}.")
    dtypes = [dtype for feature in wanted.values() for dtype in _dtypes(feature)]

    def parsed(texts):
        examples = [_example(text) for text in texts]
        found = []
        for key, feature in wanted.items():
            found += _HOW[type(feature)](examples, key, feature)
        return found

    made = iter(host_func(parsed, [_texts(serialized, "serialized")], dtypes, False, name or "ParseExample"))
    return {key: _tensor(feature, made) for key, feature in wanted.items()}


_HOW = {FixedLenFeature: _fixed, VarLenFeature: _any_number, FixedLenSequenceFeature: _sequence}


def _tensor(feature, made):
    """The tensor of a feature, of the next outputs."""
    first = next(made)
    if not isinstance(feature, VarLenFeature):
        more = [None] if isinstance(feature, FixedLenSequenceFeature) else []
        first.set_shape([None, *more, *as_shape(feature.shape).as_list()])
        return first
    values, sizes = next(made), next(made)
    first.set_shape([None, 2])
    values.set_shape([None])
    sizes.set_shape([2])
    return SparseTensor(first, values, sizes)


def parse_single_example(serialized, features, name=None, example_names=None):
    """`parse_example` of one encoded example, a scalar: tensors without the dimension of the batch."""
    found = parse_example(reshape(_texts(serialized, "serialized"), [1]), features, name or "ParseSingleExample")
    return {key: _first(value) for key, value in found.items()}


def _first(value):
    if isinstance(value, SparseTensor):
        return SparseTensor(value.indices[:, 1:], value.values, value.dense_shape[1:])
    made = reshape(value, [-1 if n is None else n for n in value.shape.as_list()[1:]])
    made.set_shape(value.shape[1:])
    return made
