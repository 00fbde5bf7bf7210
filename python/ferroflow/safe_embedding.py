"""Vectors of several symbols where there may be none, and sums of rows that are taken by number."""

from .array_ops import concat, expand_dims, reshape, shape, zeros_like
from .selection import gather_nd, where
from .dtypes import int32
from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import cast, greater, greater_equal, logical_and, segment_sum, unsorted_segment_sum
from .reductions import reduce_prod
from .partition_ops import segment_mean
from .segments import unsorted_segment_mean, unsorted_segment_sqrt_n
from .sparse_ops import sparse_fill_empty_rows, sparse_reshape
from .sparse_tensor import SparseTensor, embedding_lookup_sparse, sparse_retain


def safe_embedding_lookup_sparse(
    embedding_weights,
    sparse_ids,
    sparse_weights=None,
    combiner="mean",
    default_id=None,
    name=None,
    partition_strategy="div",
    max_norm=None,
):
    """`embedding_lookup_sparse` without symbols that are negative, nor, unless `combiner` is `sum`, those whose
    weight is not positive. Where none is left is the vector of `default_id`, or zeros if it is `None`. `[…,
    symbols]` becomes `[…, size]`."""
    if embedding_weights is None or isinstance(embedding_weights, (list, tuple)) and not embedding_weights:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    with name_scope(name, "embedding_lookup", [sparse_ids.values]):
        sizes = sparse_ids.dense_shape
        flat = concat([expand_dims(reduce_prod(sizes[:-1]), 0), sizes[-1:]], 0)
        ids = sparse_reshape(sparse_ids, flat)
        weights = None if sparse_weights is None else SparseTensor(ids.indices, sparse_weights.values, flat)
        kept = greater_equal(ids.values, 0)
        if weights is not None and combiner != "sum":
            kept = logical_and(kept, greater(weights.values, 0))
        weights = None if weights is None else sparse_retain(weights, kept)
        ids, empty = sparse_fill_empty_rows(sparse_retain(ids, kept), default_id or 0)
        if weights is not None:
            weights = sparse_fill_empty_rows(weights, 1.0)[0]
        found = embedding_lookup_sparse(
            embedding_weights, ids, weights, partition_strategy, None, combiner or "mean", max_norm
        )
        if default_id is None:
            found = where(empty, zeros_like(found), found)
        return reshape(found, concat([cast(sizes[:-1], int32), shape(found)[1:]], 0))


def _numbers(ids):
    return convert_to_tensor(ids, preferred_dtype=int32)


def _taken(data, indices):
    # Not `gather`, whose gradient is `IndexedSlices`.
    return gather_nd(convert_to_tensor(data), expand_dims(_numbers(indices), 1))


def sparse_segment_sum(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of `data` that have one number in `segment_ids`, which ascend."""
    with name_scope(name, "SparseSegmentSum", [data, indices, segment_ids]):
        if num_segments is None:
            return segment_sum(_taken(data, indices), _numbers(segment_ids))
        return unsorted_segment_sum(_taken(data, indices), _numbers(segment_ids), num_segments)


def sparse_segment_mean(data, indices, segment_ids, name=None, num_segments=None):
    """The means of the rows `indices` of `data` that have one number in `segment_ids`, which ascend."""
    with name_scope(name, "SparseSegmentMean", [data, indices, segment_ids]):
        if num_segments is None:
            return segment_mean(_taken(data, indices), _numbers(segment_ids))
        return unsorted_segment_mean(_taken(data, indices), _numbers(segment_ids), num_segments)


def sparse_segment_sqrt_n(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of `data` that have one number in `segment_ids`, which ascend, each by the
    square root of how many there are."""
    with name_scope(name, "SparseSegmentSqrtN", [data, indices, segment_ids]):
        ids = _numbers(segment_ids)
        number = concat([[-1], ids], 0)[-1] + 1 if num_segments is None else num_segments
        return unsorted_segment_sqrt_n(_taken(data, indices), ids, number)
