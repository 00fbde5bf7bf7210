"""How variables would be dealt out among machines. There is one, and every variable is kept whole: what TensorFlow
saved in parts is restored to the whole, and what is saved here to its parts."""

import math

from .dtypes import as_dtype, float32
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


def create_partitioned_variables(
    shape, slicing, initializer, dtype=float32, trainable=True, collections=None, name=None, reuse=None
):
    """The list of variables, `part_0` and so on in the scope `name`, that together have `shape`, cut into as many parts as
    `slicing` says, which may be more than one in one dimension. `initializer` gives the values of each, or is a tensor of
    `shape`, which is cut.

    Raises `ValueError` for a `slicing` that does not fit.
    """
    from .array_ops import slice as slice_of
    from .framework import convert_to_tensor
    from .variable_scope import get_variable, variable_scope

    shape, slicing = [int(n) for n in shape], [int(n) for n in slicing]
    if len(shape) != len(slicing):
        raise ValueError(f"Length of shape and slicing must be equal: shape: {shape}, slicing: {slicing}")
    if any(n < 1 for n in slicing):
        raise ValueError(f"Partitions must be positive: {slicing}")
    cut = [axis for axis, n in enumerate(slicing) if n > 1]
    if len(cut) > 1:
        raise ValueError(f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {slicing}")
    axis = cut[0] if cut else 0
    count = slicing[axis] if slicing else 1
    if slicing and count > shape[axis]:
        raise ValueError(f"Requested {count} parts of {shape[axis]} along axis {axis}")
    more = shape[axis] % count if shape else 0
    made, start = [], 0
    with variable_scope(name, "PartitionedVariable", reuse=reuse):
        for part in range(count):
            sizes, begin = list(shape), [0] * len(shape)
            if sizes:
                sizes[axis], begin[axis] = shape[axis] // count + (part < more), start
                start += sizes[axis]
            options = dict(trainable=trainable, collections=collections)
            if callable(initializer):
                variable = get_variable(f"part_{part}", sizes, dtype, initializer, **options)
            else:
                values = slice_of(convert_to_tensor(initializer, dtype), begin, sizes)
                variable = get_variable(f"part_{part}", None, dtype, values, **options)
            made.append(variable)
    return made
