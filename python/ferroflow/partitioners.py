"""How variables would be dealt out among machines. There is one, and every variable is kept whole: what TensorFlow
saved in parts is restored to the whole, and what is saved here to its parts."""

import math

from .dtypes import as_dtype
from .tensor_shape import as_shape


def fixed_size_partitioner(num_shards, axis=0):
    """A function of a shape and a dtype that tells the number of parts along each dimension: `num_shards` along
    `axis`."""

    def partitioner(shape, **_):
        dims = as_shape(shape).as_list()
        return [min(num_shards, size) if d == axis % len(dims) else 1 for d, size in enumerate(dims)]

    return partitioner


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16, max_shards=None):
    """A function of a shape and a dtype that tells the number of parts along each dimension: along `axis` as few
    as make none larger than `max_shard_bytes`, and at most `max_shards`. Variables are kept whole all the
    same."""
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("max_shard_bytes and bytes_per_string_element must be positive")
    if max_shards is not None and max_shards < 1:
        raise ValueError("max_shards must be positive")

    def partitioner(shape, dtype, **_):
        dims = as_shape(shape).as_list()
        slice_bytes = _bytes(dims, dtype, bytes_per_string_element) // max(dims[axis], 1)
        rows = max(1, math.floor(max_shard_bytes / max(slice_bytes, 1)))
        parts = math.ceil(dims[axis] / rows)
        parts = min([parts, *([] if max_shards is None else [max_shards])])
        return [parts if d == axis % len(dims) else 1 for d in range(len(dims))]

    return partitioner


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10, bytes_per_string_element=16):
    """A function of a shape and a dtype that tells the number of parts along each dimension: along `axis` as many
    as leave each `min_slice_size` bytes, and at most `max_partitions`. Variables are kept whole all the same."""

    def partitioner(shape, dtype, **_):
        dims = as_shape(shape).as_list()
        parts = math.ceil(_bytes(dims, dtype, bytes_per_string_element) / min_slice_size)
        parts = max(1, min(dims[axis], max_partitions, parts))
        return [parts if d == axis % len(dims) else 1 for d in range(len(dims))]

    return partitioner


def _bytes(dims, dtype, of_string):
    dtype = as_dtype(dtype)
    return math.prod(dims) * (of_string if dtype.name == "string" else dtype.size)
