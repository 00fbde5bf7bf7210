"""Elements in order, moved around, looked up and counted."""

import collections

from .array_ops import expand_dims, ones_like, reshape, shape, stack, transpose, zeros_like
from .creation import range as range_of
from .selection import gather, where
from .batches import gather as gather_of_batches
from .dtypes import float64, int32
from .default_graph import control_dependencies, name_scope
from .framework import convert_to_tensor
from .math_ops import (
    Assert,
    cast,
    equal,
    floormod,
    identity,
    less,
    less_equal,
    logical_not,
    maximum,
    minimum,
    truncatediv,
    truncatemod,
    unsorted_segment_sum,
)
from .reductions import cumsum, reduce_all, reduce_any, reduce_prod, reduce_sum
from .nn import top_k

ListDiff = collections.namedtuple("ListDiff", ["out", "idx"])


def _ordered(values, axis, direction):
    """The values in order along the last dimension, their indices, and the permutation that puts `axis` back."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"Direction should be one of ASCENDING, DESCENDING: {direction}")
    values = convert_to_tensor(values)
    rank = values.shape.ndims
    order = [d for d in range(rank) if d != axis % rank] + [axis % rank]
    back = [order.index(d) for d in range(rank)]
    moved = transpose(values, order)
    length = shape(moved)[-1]
    if direction == "DESCENDING":
        return (*top_k(moved, length), back)
    # Of equal elements the first come first either way.
    indices = top_k(_negated(moved), length).indices
    batch = rank - 1
    sorted_ = gather_of_batches(moved, indices, batch, batch, None) if batch else gather(moved, indices)
    return sorted_, indices, back


def _negated(x):
    """A tensor in which the order is the reverse."""
    return x.dtype.max - x if x.dtype.is_integer and x.dtype.is_unsigned else (-1 - x if x.dtype.is_integer else -x)


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """The elements in order along `axis`."""
    with name_scope(name, "sort", [values]):
        sorted_, _, back = _ordered(values, axis, direction)
        return transpose(sorted_, back)


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The indices, `int32`, that put the elements along `axis` in order; of equal ones the first comes first."""
    with name_scope(name, "argsort", [values]):
        _, indices, back = _ordered(values, axis, direction)
        return transpose(indices, back)


def searchsorted(sorted_sequence, values, side="left", out_type=int32, name=None):
    """For each of `values`, `[…, m]`, how many elements of its row of `sorted_sequence`, `[…, n]`, come before it: are less,
    or of the side `right` not greater. Takes memory for `m · n` elements."""
    if side not in ("left", "right"):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    with name_scope(name, "searchsorted", [sorted_sequence, values]):
        sequence = convert_to_tensor(sorted_sequence)
        values = convert_to_tensor(values, sequence.dtype)
        before = less if side == "left" else less_equal
        return reduce_sum(cast(before(expand_dims(sequence, -2), expand_dims(values, -1)), out_type), -1)


def setdiff1d(x, y, index_dtype=int32, name=None):
    """The elements of the vector `x` that are not in `y`, in order, and their indices."""
    with name_scope(name, "ListDiff", [x, y]):
        x = convert_to_tensor(x)
        y = convert_to_tensor(y, x.dtype)
        kept = logical_not(reduce_any(equal(expand_dims(x, 1), expand_dims(y, 0)), 1))
        index = reshape(where(kept), [-1])
        return ListDiff(gather(x, index), cast(index, index_dtype))


listdiff = setdiff1d


def roll(input, shift, axis, name=None):
    """Elements moved `shift` places along `axis`, one or several; those that fall off the end come in at the beginning."""
    with name_scope(name, "Roll", [input]):
        result = convert_to_tensor(input)
        pairs = zip(shift, axis) if isinstance(axis, (list, tuple)) else [(shift, axis)]
        for by, along in pairs:
            length = shape(result)[along]
            result = gather(result, floormod(range_of(0, length, 1) - by, length), axis=along)
        return result


def repeat(input, repeats, axis=None, name=None):
    """Each slice along `axis`, or each element if it is `None`, as often as `repeats`, a number or one for each, says."""
    with name_scope(name, "Repeat", [input]):
        input = convert_to_tensor(input)
        input, axis = (reshape(input, [-1]), 0) if axis is None else (input, axis)
        length = shape(input)[axis]
        ends = cumsum(convert_to_tensor(repeats, "int32") + zeros_like(range_of(0, length, 1)))
        number = reduce_sum(ends[-1:])
        return gather(input, searchsorted(ends, range_of(0, number, 1), "right"), axis=axis)


def unravel_index(indices, dims, name=None):
    """The coordinates, `[rank, …]`, of places counted in row-major order within a tensor of shape `dims`."""
    with name_scope(name, "UnravelIndex", [indices]):
        indices = convert_to_tensor(indices)
        dims = convert_to_tensor(dims, indices.dtype)
        found, within = [], reduce_all(indices < reduce_prod(dims))
        message = "index is out of bound as with dims:"
        with control_dependencies([Assert(within, [message, indices, dims], 100)]):
            indices = identity(indices)
        for d in reversed(range(dims.shape.as_list()[0])):
            found.append(truncatemod(indices, dims[d]))
            indices = truncatediv(indices, dims[d])
        return stack(found[::-1])


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=int32, name=None):
    """For each value which of `nbins` equal parts of `value_range`, `[2]`, it is in; the first or last if it is beyond."""
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range]):
        values = convert_to_tensor(values)
        ends = convert_to_tensor(value_range, values.dtype)
        scaled = cast(values - ends[0], float64) / cast(ends[1] - ends[0], float64)
        # In these limits no number is beyond those of an integer.
        index = cast(minimum(maximum(scaled, 0.0), 1.0) * cast(nbins, float64), int32)
        return cast(minimum(index, nbins - 1), dtype)


def histogram_fixed_width(values, value_range, nbins=100, dtype=int32, name=None):
    """How many values are in each of `nbins` equal parts of `value_range`, `[2]`; the first and last count those beyond."""
    with name_scope(name, "histogram_fixed_width", [values, value_range]):
        bins = reshape(histogram_fixed_width_bins(values, value_range, nbins), [-1])
        return cast(unsorted_segment_sum(ones_like(bins), bins, nbins), dtype)
