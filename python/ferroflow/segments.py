"""The greatest, least, and other numbers of the rows that segment ids put together."""

from .array_ops import concat, expand_dims, ones_like, reshape, shape, zeros_like
from .creation import fill, range as range_of
from .selection import gather, where
from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import cast, greater, less, maximum, sqrt, unsorted_segment_sum
from .reductions import cumsum, reduce_max, reduce_min, reduce_prod, reduce_sum
from .nn import top_k


def _counts(ids, number):
    """How many rows each segment has."""
    return unsorted_segment_sum(ones_like(ids), ids, number)


def _table(data, ids, number, filler):
    """The rows of each segment side by side, `[number, longest, …]`, filled up with `filler`; ids ascend."""
    counts = _counts(ids, number)
    first = cumsum(counts, exclusive=True) + reduce_sum(cast(less(ids, 0), ids.dtype))
    column = range_of(0, maximum(reduce_max(counts), 1), 1)
    size = cast(shape(data)[0], ids.dtype)
    index = expand_dims(first, 1) + column
    rows = where(less(column, expand_dims(counts, 1)), index, ones_like(index) * size)
    spare = fill(concat([[1], shape(data)[1:]], 0), convert_to_tensor(filler, data.dtype))
    return gather(concat([data, spare], 0), rows)


def _extreme(data, ids, number, reduction, filler):
    table = _table(data, ids, number, filler)
    result = reduction(table, 1)
    result.set_shape(result.shape[:1].concatenate(data.shape[1:]))
    return result


_FILLERS = {reduce_max: lambda dtype: dtype.min, reduce_min: lambda dtype: dtype.max, reduce_prod: lambda dtype: 1}


def _ascending(name, data, segment_ids, reduction):
    with name_scope(name, values=[data, segment_ids]):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        number = ids[-1] + 1
        found = _extreme(data, ids, number, reduction, _FILLERS[reduction](data.dtype))
        if reduction is reduce_prod:
            return found
        return where(greater(_counts(ids, number), 0), found, zeros_like(found))


def segment_max(data, segment_ids, name=None):
    """The greatest of the rows of one number in `segment_ids`, `[n]`, which ascend; 0 where there are none."""
    return _ascending(name or "SegmentMax", data, segment_ids, reduce_max)


def segment_min(data, segment_ids, name=None):
    """The least of the rows of one number in `segment_ids`, `[n]`, which ascend; 0 where there are none."""
    return _ascending(name or "SegmentMin", data, segment_ids, reduce_min)


def segment_prod(data, segment_ids, name=None):
    """The product of the rows of one number in `segment_ids`, `[n]`, which ascend; 1 where there are none."""
    return _ascending(name or "SegmentProd", data, segment_ids, reduce_prod)


def _unsorted(name, data, segment_ids, number, reduction):
    with name_scope(name, values=[data, segment_ids]):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        rows = reshape(data, concat([[-1], shape(data)[ids.shape.ndims :]], 0))
        rows.set_shape(rows.shape[:1].concatenate(data.shape[ids.shape.ndims :]))
        flat = reshape(ids, [-1])
        # The greatest of the negatives come first, and of equal ones the first: a stable sort.
        order = top_k(-flat, shape(flat)[0]).indices
        number = cast(convert_to_tensor(number), ids.dtype)
        return _extreme(gather(rows, order), gather(flat, order), number, reduction, _FILLERS[reduction](data.dtype))


def unsorted_segment_max(data, segment_ids, num_segments, name=None):
    """The greatest of the rows of each number in `segment_ids` from 0 to `num_segments`; the least number of the dtype
    where there are none. What has a negative id is left out."""
    return _unsorted(name or "UnsortedSegmentMax", data, segment_ids, num_segments, reduce_max)


def unsorted_segment_min(data, segment_ids, num_segments, name=None):
    """The least of the rows of each number in `segment_ids` from 0 to `num_segments`; the greatest number of the dtype
    where there are none. What has a negative id is left out."""
    return _unsorted(name or "UnsortedSegmentMin", data, segment_ids, num_segments, reduce_min)


def unsorted_segment_prod(data, segment_ids, num_segments, name=None):
    """The product of the rows of each number in `segment_ids` from 0 to `num_segments`; 1 where there are none. What has a
    negative id is left out."""
    return _unsorted(name or "UnsortedSegmentProd", data, segment_ids, num_segments, reduce_prod)


def _scaled(name, data, segment_ids, number, scale):
    with name_scope(name, values=[data, segment_ids]):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        sums = unsorted_segment_sum(data, ids, number)
        counts = scale(maximum(cast(_counts(ids, number), data.dtype), 1))
        return sums / reshape(counts, concat([[-1], ones_like(shape(sums)[1:])], 0))


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """The mean of the rows of each number in `segment_ids` from 0 to `num_segments`; 0 where there are none."""
    return _scaled(name or "UnsortedSegmentMean", data, segment_ids, num_segments, lambda n: n)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """The sums of the rows of each number in `segment_ids`, each by the square root of how many there are."""
    return _scaled(name or "UnsortedSegmentSqrtN", data, segment_ids, num_segments, sqrt)
