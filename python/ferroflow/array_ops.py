"""Shapes and the movement of elements."""

import collections as _collections

from .creation import ones, range, zeros
from .dtypes import as_dtype, float32, int32
from .default_graph import _graph_of, name_scope
from .elements import IndexedSlices
from .framework import build, call, constant, convert_to_tensor, is_tensor
from .math_ops import _choose, cast


newaxis = None
Unique = _collections.namedtuple("Unique", ["y", "idx"])
UniqueWithCounts = _collections.namedtuple("UniqueWithCounts", ["y", "idx", "count"])


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros of the shape of `tensor`, and of its dtype unless one is named."""
    return _like(tensor, dtype, name, zeros, "zeros_like")


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones of the shape of `tensor`, and of its dtype unless one is named."""
    return _like(tensor, dtype, name, ones, "ones_like")


def _like(tensor, dtype, name, make, function):
    tensor = convert_to_tensor(tensor)
    if dtype is not None and as_dtype(dtype) != tensor.dtype:
        return make(shape(tensor), dtype, name or function)
    return call(function, name or function, tensor)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=float32, name=None):
    """A matrix with ones on its diagonal and zeros elsewhere; one for each place of `batch_shape`."""
    columns = num_rows if num_columns is None else num_columns
    matrix = call("eye", name or "eye", num_rows, columns, as_dtype(dtype).name)
    return matrix if batch_shape is None else broadcast_to(matrix, [*batch_shape, num_rows, columns])


def shape(input, name=None, out_type=int32):
    """The shape as a vector of integers."""
    if isinstance(input, IndexedSlices):
        return cast(input.dense_shape, out_type)
    return call("shape", name, convert_to_tensor(input), as_dtype(out_type).name)


def shape_n(input, out_type=int32, name=None):
    """The shape of each of several tensors."""
    return [shape(x, out_type=out_type) for x in input]


def size(input, name=None, out_type=int32):
    """The number of elements."""
    return cast(call("size", name, convert_to_tensor(input)), out_type)


def rank(input, name=None):
    """The number of dimensions, as a tensor."""
    return call("rank", name, convert_to_tensor(input))


def reshape(tensor, shape, name=None):
    """The same elements, in row-major order, under `shape`, of which one dimension may be -1.

    Raises `ValueError` if the number of elements differs.
    """
    return call("reshape", name, tensor, shape)


def expand_dims(input, axis=None, name=None, dim=None):
    """With a new dimension of size 1 before dimension `axis`, counted from the end if negative."""
    axis = _choose("axis", axis, dim, "dim")
    if is_tensor(axis):
        return call("expand_dims_by", name or "ExpandDims", input, axis)
    return call("expand_dims", name, input, _number(axis))


def squeeze(input, axis=None, name=None, squeeze_dims=None):
    """Without the dimensions `axis`, which have size 1; without all of size 1 if none are named."""
    axis = _choose("axis", axis, squeeze_dims, "squeeze_dims")
    axes = [] if axis is None else [axis] if isinstance(axis, int) else list(axis)
    return call("squeeze", name, input, axes)


def _static(value, what):
    """An integer, or several, that must be known when the graph is built."""
    if is_tensor(value):
        from ._ferroflow import constant_value

        value = constant_value(convert_to_tensor(value))
        if value is None:
            raise ValueError(f"{what} must be known when the graph is built")
    return _number(value)


def _number(value):
    """An integer, or several, that may be NumPy's."""
    if hasattr(value, "tolist"):
        value = value.item() if value.size == 1 else value.tolist()
    return value.__index__() if hasattr(value, "__index__") and not isinstance(value, bool) else value


def transpose(a, perm=None, name="transpose", conjugate=False):
    """Dimension `k` of the result is dimension `perm[k]` of `a`; the dimensions reversed if none are given."""
    if perm is None:
        return call("transpose", name, a, perm)
    with name_scope(name, "transpose", [a]) as scope:
        return call("transpose", scope, a, convert_to_tensor(perm, name="perm"))


def broadcast_to(input, shape, name=None):
    """Repeated along dimensions of size 1, and new ones at the front, to `shape`."""
    return call("broadcast_to", name, input, shape)


def broadcast_static_shape(shape_x, shape_y):
    """The shape to which both are broadcast. Raises `ValueError` if they cannot be."""
    import numpy as np

    from .tensor_shape import TensorShape

    return TensorShape(
        np.broadcast_shapes(tuple(TensorShape(shape_x).as_list()), tuple(TensorShape(shape_y).as_list()))
    )


def concat(values=None, axis=None, name="concat", concat_dim=None):
    """Tensors joined along `axis`. Also in the old order: `concat(axis, values)`."""
    if concat_dim is not None:
        axis = concat_dim
    elif _is_axis(values) and not _is_axis(axis):
        values, axis = axis, values
    if not isinstance(values, (list, tuple)):
        values = [values]
    tensors = _alike(values)
    if len(tensors) == 1:
        return call("identity", name, tensors[0])
    return call("concat_by", name, tensors, axis) if is_tensor(axis) else call("concat", name, tensors, _number(axis))


def _is_axis(value):
    if isinstance(value, (list, tuple)) or value is None:
        return False
    shape = getattr(value, "shape", ())
    return (shape.ndims if hasattr(shape, "ndims") else len(shape)) == 0


def _alike(values):
    """Tensors of one dtype; numbers take that of the first tensor."""
    dtype = next((convert_to_tensor(v).dtype for v in values if hasattr(v, "_as_graph_element")), None)
    return [convert_to_tensor(v) if hasattr(v, "_as_graph_element") else convert_to_tensor(v, dtype) for v in values]


def stack(values, axis=0, name="stack"):
    """Tensors of one shape as the slices of a new dimension `axis`."""
    values = list(values) if isinstance(values, (list, tuple)) else unstack(values)
    if axis == 0 and _graph_of(values) is None and not any(hasattr(v, "dtype") for v in values):
        return constant(values, name=name)
    return call("stack", name, _alike(values), axis)


pack = stack


def parallel_stack(values, name="parallel_stack"):
    """`stack` along a new first dimension."""
    return stack(values, name=name)


def unstack(value, num=None, axis=0, name="unstack"):
    """The slices along `axis`, whose size must be known, or be `num`."""
    value = convert_to_tensor(value)
    if num is not None and (value.shape.ndims is None or value.shape[axis].value is None):
        if value.shape.ndims is None:
            with name_scope(name, values=[value]):
                return [squeeze(part, [axis]) for part in split(value, num, axis)]
        known = value.shape.as_list()
        known[axis] = num
        value = _with_shape(value, known, f"{name or 'unstack'}/value")
    parts = call("unstack", name, value, axis)
    if num is not None and len(parts) != num:
        raise ValueError(f"num is {num}, but there are {len(parts)} slices along axis {axis}")
    return parts


unpack = unstack


def _with_shape(tensor, shape, name=None):
    """The same value, of which `shape` is known."""
    tensor = call("identity", name, tensor)
    tensor.set_shape(shape)
    return tensor


def split(value=None, num_or_size_splits=None, axis=None, num=None, name="split", split_dim=None, num_split=None):
    """Parts along `axis`: as many of equal size as `num_or_size_splits` says, or of these sizes, one of which may be -1.

    The number of parts must be known; sizes that are not are checked when the program runs. Also in the old order:
    `split(axis, number, value)`.
    """
    if split_dim is not None or num_split is not None:
        axis, num_or_size_splits = split_dim, num_split
    elif _is_axis(value) and isinstance(num_or_size_splits, int) and not isinstance(axis, (int, type(None))):
        value, axis = axis, value
    axis, value = 0 if axis is None else axis, convert_to_tensor(value)
    if value.shape.ndims is None:
        axis = convert_to_tensor(axis)
    axis, by = (axis, "_by") if is_tensor(axis) else (_number(axis), "")
    if _is_axis(num_or_size_splits):
        return call("split" + by, name, value, _static(num_or_size_splits, "the number of parts"), axis)
    if num is not None and is_tensor(num_or_size_splits) and not num_or_size_splits.shape.is_fully_defined():
        num_or_size_splits = _with_shape(num_or_size_splits, [num])
    return call("split_sizes" + by, name, value, num_or_size_splits, axis)


split_v = split


def slice(input_, begin, size, name=None):
    """The block of `size`, as large as can be where -1, that starts at `begin`."""
    return call("slice", name, input_, begin, size)


def strided_slice(
    input_,
    begin,
    end,
    strides=None,
    begin_mask=0,
    end_mask=0,
    ellipsis_mask=0,
    new_axis_mask=0,
    shrink_axis_mask=0,
    var=None,
    name=None,
):
    """The part from `begin` up to but without `end` in steps of `strides` along the first dimensions; the masks are those
    of NumPy's basic indexing: bit `i` leaves out an end of dimension `i`, or makes it an ellipsis, a new axis or an index."""
    masks = [begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask]
    return call("strided_slice", name or "StridedSlice", input_, begin, end, strides, masks)


def reverse(tensor, axis=None, name=None, dims=None):
    """In reverse order along `axis`, one or several; or along dimension `i` where `axis[i]` is `True`, as in old
    programs."""
    axis = dims if axis is None else axis
    tensor = convert_to_tensor(tensor)
    if tensor.shape.ndims is None or _graph_of([axis]) is not None:
        return _reverse_by(tensor, convert_to_tensor(axis), name or "ReverseV2")
    axis = _number(axis)
    axis = [_number(a) for a in axis] if isinstance(axis, (list, tuple)) else [axis]
    if axis and all(isinstance(a, bool) for a in axis):
        axis = [i for i, reversed_ in enumerate(axis) if reversed_]
    return call("reverse", name or "ReverseV2", tensor, axis)


def _reverse_by(tensor, axes, name):
    if axes.dtype.name == "bool":
        axes = cast(call("where_true", None, axes), int32)
    return call("reverse_by", name, tensor, axes)


reverse_v2 = reverse


def tile(input, multiples, name=None):
    """Repeated `multiples[d]` times along dimension `d`."""
    return call("tile", name, input, multiples)


def pad(tensor, paddings, mode="CONSTANT", name=None, constant_values=0):
    """With `paddings[d] = [before, after]` more elements along dimension `d`: `constant_values`, or the tensor mirrored in
    the modes `REFLECT` and `SYMMETRIC`."""
    if mode.upper() == "CONSTANT":
        tensor = convert_to_tensor(tensor)
        with name_scope(name, "Pad", [tensor]) as scope:
            filler = convert_to_tensor(constant_values, tensor.dtype, "constant_values")
            return call("pad", scope, tensor, paddings, filler)
    if _graph_of([paddings]) is not None:
        return call("mirror_pad_by", name or "MirrorPad", tensor, convert_to_tensor(paddings), mode.upper())
    return call("mirror_pad", name or "MirrorPad", tensor, [[int(n) for n in pair] for pair in paddings], mode.upper())


def unique(x, out_idx=int32, name=None):
    """The distinct elements of a vector in the order of their first occurrence, and for each of its elements which of them
    it is."""
    return Unique(*call("unique", name, x, as_dtype(out_idx).name)[:2])


def unique_with_counts(x, out_idx=int32, name=None):
    """As `unique`, and how often each occurs."""
    return UniqueWithCounts(*call("unique", name, x, as_dtype(out_idx).name))


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """`on_value`, 1, at the place along a new `axis` of size `depth` that each index names, `off_value`, 0, elsewhere."""
    indices = convert_to_tensor(indices)
    if not indices.dtype.is_integer:
        raise TypeError(f"Value passed to parameter 'indices' has DataType {indices.dtype.name}, which is no integer's")
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value]) as scope:
        for value in (on_value, off_value):
            if dtype is None and value is not None:
                dtype = convert_to_tensor(value).dtype
        dtype = as_dtype(float32 if dtype is None else dtype)
        on, off = (True, False) if dtype.name == "bool" else (1, 0)
        on = convert_to_tensor(on if on_value is None else on_value, dtype, "on_value")
        off = convert_to_tensor(off if off_value is None else off_value, dtype, "off_value")
        axis = -1 if axis is None else axis
        if dtype.name == "string":
            from .selection import gather

            return gather(
                stack([off, on]), call("one_hot", None, indices, depth, *map(constant, (1, 0)), axis), name=scope
            )
        return call("one_hot", scope, indices, depth, on, off, axis)


def sequence_mask(lengths, maxlen=None, dtype=None, name=None):
    """For each length `n` a row of `maxlen`, or the greatest length, in which the first `n` are true."""
    from . import math_ops, reductions

    with name_scope(name, "SequenceMask", [lengths]):
        lengths = convert_to_tensor(lengths)
        maxlen = reductions.reduce_max(lengths) if maxlen is None else maxlen
        row = range(0, cast(maxlen, lengths.dtype), 1)
        mask = math_ops.less(row, expand_dims(lengths, -1))
        return mask if dtype is None else cast(mask, dtype)


def space_to_depth(input, block_size, name=None, data_format="NHWC"):
    """The pixels of each block of an image as channels of one."""
    return call("space_to_depth", name, input, block_size)


def depth_to_space(input, block_size, name=None, data_format="NHWC"):
    """The channels of each pixel as a block of an image."""
    return call("depth_to_space", name, input, block_size)


def invert_permutation(x, name=None):
    """The permutation that undoes `x`: `y[x[i]] = i`."""
    return build("InvertPermutation", name, x)


def diag(diagonal, name=None):
    """A matrix with the vector `diagonal` on its diagonal and zeros elsewhere."""
    with name_scope(name, "Diag", [diagonal]):
        diagonal = convert_to_tensor(diagonal)
        n = diagonal.shape.as_list()[0]
        return eye(n, dtype=diagonal.dtype) * diagonal


__all__ = ["newaxis"] + [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", "") == __name__ and not name.startswith("Unique") and not name.startswith("_")
]
