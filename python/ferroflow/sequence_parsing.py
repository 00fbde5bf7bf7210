"""Operations that take features out of encoded sequences, `tf.train.SequenceExample`, on the host."""

import math

import numpy as np

from .array_ops import reshape
from .dtypes import int64
from .examples_proto import Example, Features, SequenceExample
from .parsing_ops import (
    _HOW,
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
    _array,
    _dtypes,
    _filler,
    _first,
    _tensor,
    _values,
    _wanted,
)
from .script_ops import host_func
from .sparse_tensor import SparseTensor
from .string_ops import _texts
from .tensor_shape import as_shape


def _steps(sequence, key, dtype, row):
    """The values of each step of a sequence, or `None` if there is no such list."""
    found = sequence.feature_lists.feature_list.get(key)
    if found is None:
        return None
    steps = []
    for feature in found.feature:
        whole = Features()
        whole.feature[key] = feature
        steps.append(_values(Example(features=whole), key, dtype, row) or [])
    return steps


def _dense(sequences, key, feature):
    """The values of all steps, filled up to the longest sequence, and the numbers of steps."""
    sizes = as_shape(feature.shape).as_list()
    rows = []
    for row, sequence in enumerate(sequences):
        steps = _steps(sequence, key, feature.dtype, row)
        if steps is None and not feature.allow_missing:
            raise ValueError(
                f"Name: <unknown>, Feature list '{key}' is required but could not be found.  Did you mean to include it "
                "with allow_missing=True?"
            )
        for step, values in enumerate(steps or ()):
            if len(values) != math.prod(sizes):
                raise ValueError(
                    f"Name: <unknown>, Key: {key}, Index: {step}.  Number of values != expected.  values size: "
                    f"{len(values)} but output shape: {sizes}"
                )
        rows.append(steps or [])
    longest, filler = max(map(len, rows), default=0), [_filler(feature)] * math.prod(sizes)
    flat = [v for steps in rows for step in steps + [filler] * (longest - len(steps)) for v in step]
    counts = np.array([len(steps) for steps in rows], np.int64)
    return [_array(flat, feature.dtype, [len(rows), longest, *sizes]), counts]


def _sparse(sequences, key, feature):
    rows = [_steps(sequence, key, feature.dtype, row) or [] for row, sequence in enumerate(sequences)]
    places = [[i, j, k] for i, row in enumerate(rows) for j, step in enumerate(row) for k in range(len(step))]
    flat = [value for row in rows for step in row for value in step]
    widest = max((len(step) for row in rows for step in row), default=0)
    sizes = np.array([len(rows), max(map(len, rows), default=0), widest], np.int64)
    return [np.array(places, np.int64).reshape(len(places), 3), _array(flat, feature.dtype, [-1]), sizes]


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """The features of encoded sequences, `[batch]`: a dictionary of those of the whole, as `tf.parse_example` has them, of
    `FixedLenFeature` and `VarLenFeature`; one of those of the steps, dense, `[batch, steps, …]`, filled up to the longest,
    for a `FixedLenSequenceFeature`, sparse, `[batch, steps, values]`, for a `VarLenFeature`; and one of the numbers of steps,
    `[batch]`, of the dense ones.

    Raises `ValueError` for other features and without any; a run in which one is missing or does not fit raises
    `tf.errors.InvalidArgumentError`.
    """
    if not context_features and not sequence_features:
        raise ValueError(
            "Both `context_features` and `sequence_features` argument are None, but at least one should have values."
        )
    refused = lambda key, feature: f"Unsupported {type(feature).__name__} {feature} for key '{key}'"
    context = _wanted(context_features, (FixedLenFeature, VarLenFeature), refused)
    steps = _wanted(sequence_features, (FixedLenSequenceFeature, VarLenFeature), refused)
    dtypes = [dtype for feature in context.values() for dtype in _dtypes(feature)]
    dtypes += [dtype for feature in steps.values() for dtype in _dtypes(feature, int64)]

    def parsed(texts):
        sequences = [SequenceExample.FromString(text) for text in texts]
        examples, found = [Example(features=sequence.context) for sequence in sequences], []
        for key, feature in context.items():
            found += _HOW[type(feature)](examples, key, feature)
        for key, feature in steps.items():
            found += (_sparse if isinstance(feature, VarLenFeature) else _dense)(sequences, key, feature)
        return found

    texts = _texts(serialized, "serialized")
    made = iter(host_func(parsed, [texts], dtypes, False, name or "ParseSequenceExample"))
    batch = texts.shape[0].value if texts.shape.ndims == 1 else None
    of_whole = {key: _tensor(feature, made) for key, feature in context.items()}
    for key, feature in context.items():
        if isinstance(feature, FixedLenFeature):
            of_whole[key].set_shape([batch, *as_shape(feature.shape).as_list()])
    of_steps, lengths = {}, {}
    for key, feature in steps.items():
        parts = [next(made) for _ in range(3 if isinstance(feature, VarLenFeature) else 2)]
        if isinstance(feature, VarLenFeature):
            for part, shape in zip(parts, ([None, 3], [None], [3])):
                part.set_shape(shape)
            of_steps[key] = SparseTensor(*parts)
        else:
            parts[0].set_shape([batch, None, *as_shape(feature.shape).as_list()])
            parts[1].set_shape([batch])
            of_steps[key], lengths[key] = parts
    return of_whole, of_steps, lengths


def parse_single_sequence_example(
    serialized, context_features=None, sequence_features=None, example_name=None, name=None
):
    """`parse_sequence_example` of one encoded sequence, a scalar: the two dictionaries, of tensors without the dimension of
    the batch."""
    if not context_features and not sequence_features:
        raise ValueError("Both context_features and sequence_features are None, but at least one should have values.")
    texts = reshape(_texts(serialized, "serialized"), [1])
    found = parse_sequence_example(
        texts, context_features, sequence_features, None, name or "ParseSingleSequenceExample"
    )
    return tuple({key: _first(value) for key, value in part.items()} for part in found[:2])
