"""Strings dealt out among buckets by their hashes, the same as TensorFlow's."""

import numpy as np

from . import _ferroflow
from .dtypes import int64
from .framework import convert_to_tensor
from .script_ops import host_func
from .string_ops import _texts, objects


def hashes(kind, texts, key=(0, 0)):
    """The hashes of an array of strings as `uint64`."""
    texts = objects(texts)
    found = _ferroflow.hashes(kind, np.ravel(texts).tolist(), key)
    return np.array(found, np.uint64).reshape(np.shape(texts))


def _buckets(kind, input, num_buckets, name, op_type, key=(0, 0)):
    tensor = _texts(input)
    if isinstance(num_buckets, bool) or not isinstance(num_buckets, (int, np.integer)):
        raise TypeError(f"Expected int for argument 'num_buckets' not {num_buckets!r}.")
    if num_buckets < 1:
        raise ValueError(f"Attr 'num_buckets' of '{op_type}' Op passed {num_buckets} less than minimum 1.")
    count = np.uint64(num_buckets)
    dealt = lambda texts: np.asarray(hashes(kind, texts, key) % count).astype(np.int64)
    made = host_func(dealt, [tensor], int64, False, name or op_type)
    made.set_shape(tensor.shape)
    return made


def string_to_hash_bucket_fast(input, num_buckets, name=None):
    """The number of a bucket, `int64` below `num_buckets`, for each string: its fingerprint by FarmHash modulo
    `num_buckets`. Who chooses the strings may choose them to fall into one bucket."""
    return _buckets("fast", input, num_buckets, name, "StringToHashBucketFast")


def string_to_hash_bucket_strong(input, num_buckets, key, name=None):
    """`string_to_hash_bucket_fast` by the hash SipHash with a secret `key`, two integers: who does not know it cannot
    choose strings that fall into one bucket."""
    words = [int(word) for word in key]
    if len(words) != 2:
        raise ValueError(f"Key must have 2 elements, found {len(words)}")
    key = [word % 2**64 for word in words]
    return _buckets("strong", input, num_buckets, name, "StringToHashBucketStrong", key)


def string_to_hash_bucket(string_tensor=None, num_buckets=None, name=None, input=None):
    """`string_to_hash_bucket_fast` by the hash that TensorFlow had first."""
    return _buckets("old", string_tensor if input is None else input, num_buckets, name, "StringToHashBucket")


def unsorted_segment_join(inputs, segment_ids, num_segments, separator="", name=None):
    """The strings of each segment one after the other with `separator` between them: of the leading dimensions, those of
    `segment_ids`, there is one left, `num_segments`. A run in which a number is negative or no less than that raises
    `tf.errors.InvalidArgumentError`."""
    from .errors import InvalidArgumentError

    tensor, ids = _texts(inputs, "inputs"), convert_to_tensor(segment_ids)
    if None not in (tensor.shape.ndims, ids.shape.ndims) and not tensor.shape[: ids.shape.ndims].is_compatible_with(
        ids.shape
    ):
        raise ValueError(f"Dimensions must be equal: segment_ids {ids.shape}, inputs {tensor.shape}")
    between = separator if isinstance(separator, bytes) else separator.encode()

    def joined(texts, ids, count):
        texts, ids, count = objects(texts), np.asarray(ids), int(count)
        rest = texts.shape[ids.ndim :]
        if texts.shape[: ids.ndim] != ids.shape:
            raise InvalidArgumentError(None, None, "segment_ids' shape must be a prefix of inputs' shape")
        if ids.size and not (0 <= ids.min() and ids.max() < count):
            message = "segment_ids are not allowed to exceed num_segments or to have negative values."
            raise InvalidArgumentError(None, None, message)
        parts = {}
        for id, row in zip(ids.ravel().tolist(), texts.reshape(ids.size, int(np.prod(rest)))):
            parts.setdefault(id, []).append(row)
        found = np.full([count, int(np.prod(rest))], b"", object)
        for id, rows in parts.items():
            found[id] = [between.join(column) for column in zip(*rows)]
        return found.reshape([count, *rest])

    number = convert_to_tensor(num_segments)
    made = host_func(joined, [tensor, ids, number], tensor.dtype, False, name or "UnsortedSegmentJoin")
    if None not in (tensor.shape.ndims, ids.shape.ndims):
        count = _ferroflow.constant_value(number)
        made.set_shape([None if count is None else int(count), *tensor.shape.as_list()[ids.shape.ndims :]])
    return made
