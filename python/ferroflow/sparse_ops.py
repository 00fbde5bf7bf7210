"""Operations on tensors of which only some elements are told."""

from ._ferroflow import constant_value
from .array_ops import concat, expand_dims, ones_like, shape, stack, unique, zeros_like
from .creation import fill, range as range_of, zeros
from .selection import gather, gather_nd, scatter_nd, where
from .dtypes import as_dtype, int32, int64
from .default_graph import control_dependencies, name_scope
from .elements import IndexedSlices
from .framework import convert_to_tensor
from .math_ops import abs as absolute, Assert, cast, equal, exp, floordiv, floormod, greater, greater_equal, identity
from .reductions import cumprod, reduce_all, reduce_max, reduce_prod, reduce_sum
from .math_ops import less, logical_and, logical_not, logical_or, maximum, minimum
from .math_ops import unsorted_segment_sum
from .segments import unsorted_segment_max
from .sorting import argsort, setdiff1d
from .sparse_tensor import SparseTensor, dense_to_sparse, sparse_tensor_to_dense


def _strides(sizes):
    return cumprod(sizes, exclusive=True, reverse=True)


def _places(indices, sizes):
    """The row-major numbers of places within a tensor of the shape `sizes`."""
    return reduce_sum(indices * expand_dims(_strides(sizes), 0), 1)


def _coordinates(places, sizes):
    """The rows of indices of row-major numbers of places."""
    strides = expand_dims(_strides(sizes), 0)
    return floormod(floordiv(expand_dims(places, 1), strides), expand_dims(sizes, 0))


def _rank(sp):
    rank = sp.dense_shape.shape[0].value
    if rank is None:
        raise ValueError("The rank of a sparse tensor must be known")
    return rank


def _checked(fits, message, tensor):
    """`tensor`, which a run has only if `fits`."""
    with control_dependencies([Assert(fits, message, 100)]):
        return identity(tensor)


def _one_shape(own, other, known_own, known_other):
    """The shape `own`, which `other` must be: raises `ValueError` if it is known to differ, else a run fails."""
    if not known_own.is_compatible_with(known_other):
        raise ValueError(f"Shapes {known_own} and {known_other} are incompatible")
    if known_own.is_fully_defined() and known_other.is_fully_defined():
        return own
    # Of unlike ranks they would not even be compared.
    ranks = _checked(equal(shape(own)[0], shape(other)[0]), ["The ranks differ:", own, other], own)
    return _checked(reduce_all(equal(ranks, other)), ["The shapes differ:", own, other], own)


def _ordered(indices, values, sizes):
    order = argsort(_places(indices, sizes), stable=True)
    return SparseTensor(gather(indices, order), gather_nd(values, expand_dims(order, 1)), sizes)


def sparse_reorder(sp_input, name=None):
    """The same elements in row-major order."""
    with name_scope(name, "SparseReorder"):
        sp = SparseTensor.from_value(sp_input)
        return _ordered(sp.indices, sp.values, sp.dense_shape)


def sparse_transpose(sp_input, perm=None, name=None):
    """Dimension `k` of the result is dimension `perm[k]`; the dimensions reversed if none are given."""
    with name_scope(name, "SparseTranspose"):
        sp = SparseTensor.from_value(sp_input)
        perm = list(reversed(range(_rank(sp)))) if perm is None else perm
        return _ordered(gather(sp.indices, perm, axis=1), sp.values, gather(sp.dense_shape, perm))


def sparse_reshape(sp_input, shape, name=None):
    """The same elements, in row-major order, under `shape`, of which one dimension may be -1. A run in which the
    number of elements differs raises `tf.errors.InvalidArgumentError`."""
    with name_scope(name, "SparseReshape"):
        sp = SparseTensor.from_value(sp_input)
        wanted, number = cast(convert_to_tensor(shape), int64), reduce_prod(sp.dense_shape)
        static = constant_value(wanted)
        if static is not None and (static < 0).sum() > 1:
            raise ValueError(f"At most one dimension can be inferred (-1). Found: {static}")
        unknown = less(wanted, 0)
        known = reduce_prod(where(unknown, ones_like(wanted), wanted))
        inferred = reduce_sum(cast(unknown, int32))
        sizes = where(unknown, ones_like(wanted) * floordiv(number, maximum(known, 1)), wanted)
        possible = less(inferred, where(equal(known, 0), 1, 2))
        message = [
            "Input to reshape is a sparse tensor of the shape",
            sp.dense_shape,
            "but the requested shape is",
            wanted,
        ]
        sizes = _checked(logical_and(possible, equal(reduce_prod(sizes), number)), message, sizes)
        return SparseTensor(_coordinates(_places(sp.indices, sp.dense_shape), sizes), sp.values, sizes)


def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None, expand_nonconcat_dims=None):
    """Sparse tensors joined along `axis`; the other dimensions must be equal, or with `expand_nonconcat_dims`
    become the greatest."""
    axis = axis if concat_dim is None else concat_dim
    expanded = expand_nonconcat_dim if expand_nonconcat_dims is None else expand_nonconcat_dims
    with name_scope(name, "SparseConcat"):
        inputs = [SparseTensor.from_value(sp) for sp in sp_inputs]
        rank = _rank(inputs[0])
        if not -rank <= axis < rank:
            raise ValueError(f"axis must be in the range [{-rank}, {rank}), got {axis}")
        axis %= rank
        shapes = stack([sp.dense_shape for sp in inputs])
        others = [d != axis for d in range(rank)]
        if not expanded:
            same = reduce_all(
                logical_or(equal(shapes, shapes[:1]), logical_not(expand_dims(convert_to_tensor(others), 0)))
            )
            shapes = _checked(same, ["The sizes of all but the concatenated dimension differ:", shapes], shapes)
        sizes = where(others, reduce_max(shapes, 0), reduce_sum(shapes, 0))
        sizes.set_shape([rank])
        along = expand_dims(convert_to_tensor([0 if other else 1 for other in others], int64), 0)
        starts = [reduce_sum(shapes[:i, axis]) for i in range(len(inputs))]
        indices = concat([sp.indices + along * start for sp, start in zip(inputs, starts)], 0)
        return _ordered(indices, concat([sp.values for sp in inputs], 0), sizes)


def _kept(sp, kept, indices=None, sizes=None):
    """The elements for which `kept`, `[n]`, is true, at other indices and of another shape if they are given."""
    rows = where(kept)
    at = gather_nd(sp.indices if indices is None else indices, rows)
    return SparseTensor(at, gather_nd(sp.values, rows), sp.dense_shape if sizes is None else sizes)


def sparse_slice(sp_input, start, size, name=None):
    """The block of `size`, or what there is of it, that begins at `start`."""
    with name_scope(name, "SparseSlice"):
        sp = SparseTensor.from_value(sp_input)
        start, size = (convert_to_tensor(x, int64) for x in (start, size))
        within = where(less(start + size, sp.dense_shape), size, sp.dense_shape - start)
        within = where(less(within, 0), zeros_like(within), within)
        at = sp.indices - expand_dims(start, 0)
        inside = reduce_all(logical_and(greater_equal(at, 0), less(at, expand_dims(within, 0))), 1)
        return _kept(sp, inside, at, within)


def sparse_split(keyword_required=None, sp_input=None, num_split=None, axis=None, name=None, split_dim=None):
    """A list of `num_split` parts along `axis`; the first are longer by one where they cannot be equal."""
    axis = axis if split_dim is None else split_dim
    with name_scope(name, "SparseSplit"):
        sp = SparseTensor.from_value(sp_input)
        rank = _rank(sp)
        if num_split < 1:
            raise ValueError(f"num_split must be at least 1, got {num_split}")
        if not -rank <= axis < rank:
            raise ValueError(f"axis must be in the range [{-rank}, {rank}), got {axis}")
        along = convert_to_tensor([int(d == axis % rank) for d in range(rank)], int64)
        length = sp.dense_shape[axis % rank]
        enough = greater_equal(length, cast(num_split, int64))
        length = _checked(enough, [f"num_split is {num_split}, but the dimension has the size", length], length)
        share, longer = floordiv(length, num_split), floormod(length, num_split)
        parts, start = [], convert_to_tensor(0, int64)
        for i in range(num_split):
            size = share + cast(less(convert_to_tensor(i, int64), longer), int64)
            parts.append(sparse_slice(sp, along * start, where(greater(along, 0), along * size, sp.dense_shape)))
            start = start + size
        return parts


def sparse_reset_shape(sp_input, new_shape=None):
    """The same elements in a tensor of `new_shape`, which must not be smaller, or of the smallest shape that has
    them. A run in which the shape is too small raises `tf.errors.InvalidArgumentError`."""
    with name_scope(None, "SparseResetShape"):
        sp = SparseTensor.from_value(sp_input)
        if new_shape is None:
            nothing = zeros_like(expand_dims(sp.dense_shape, 0)) - 1
            return SparseTensor(sp.indices, sp.values, reduce_max(concat([sp.indices, nothing], 0), 0) + 1)
        sizes = cast(convert_to_tensor(new_shape), int64)
        rank = _rank(sp)
        if sizes.shape.ndims == 1 and sizes.shape[0].value not in (None, rank):
            raise ValueError(f"new_shape has {sizes.shape[0].value} dimensions, the sparse tensor has {rank}")
        message = ["The new shape", sizes, "is smaller than that of the sparse tensor:", sp.dense_shape]
        with control_dependencies([Assert(reduce_all(greater_equal(sizes, sp.dense_shape)), message, 100)]):
            return SparseTensor(sp.indices, sp.values, identity(sizes))


def sparse_fill_empty_rows(sp_input, default_value, name=None):
    """The elements with `default_value` in the first column of each row that had none, and which rows those are,
    `[rows]`."""
    with name_scope(name, "SparseFillEmptyRows"):
        sp = SparseTensor.from_value(sp_input)
        default = convert_to_tensor(default_value, sp.values.dtype)
        number = cast(sp.dense_shape[0], int32)
        empty = equal(unsorted_segment_sum(ones_like(sp.indices[:, 0]), sp.indices[:, 0], number), 0)
        rows = where(empty)
        more = concat([rows, zeros(stack([shape(rows)[0], _rank(sp) - 1]), int64)], 1)
        values = concat([sp.values, fill(shape(rows)[:1], default)], 0)
        return _ordered(concat([sp.indices, more], 0), values, sp.dense_shape), empty


def sparse_add(a, b, threshold=None, thresh=None):
    """The sum of two sparse tensors, sparse, without elements whose absolute value is below `threshold`; of a
    sparse and a dense one the sum, dense."""
    threshold = thresh if threshold is None else threshold
    dense = [x for x in (a, b) if not _is_sparse(x)]
    if len(dense) == 2:
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if dense:
        other, sp = convert_to_tensor(dense[0]), SparseTensor.from_value(a if _is_sparse(a) else b)
        sizes = _one_shape(sp.dense_shape, shape(other, out_type=int64), sp.shape, other.shape)
        return other + sparse_tensor_to_dense(SparseTensor(sp.indices, sp.values, sizes), validate_indices=False)
    with name_scope(None, "SparseAdd"):
        a, b = SparseTensor.from_value(a), SparseTensor.from_value(b)
        sizes = _one_shape(a.dense_shape, b.dense_shape, a.shape, b.shape)
        together = _summed(concat([a.indices, b.indices], 0), concat([a.values, b.values], 0), sizes)
        kept = greater_equal(absolute(together.values), convert_to_tensor(threshold or 0, together.values.dtype))
        return _kept(together, kept)


def _is_sparse(x):
    return isinstance(x, SparseTensor) or hasattr(x, "dense_shape")


def _summed(indices, values, sizes):
    """The sums of the elements of each place, in row-major order."""
    places, segments = unique(_places(indices, sizes))
    sums = unsorted_segment_sum(values, segments, shape(places)[0])
    return _ordered(_coordinates(places, sizes), sums, sizes)


def _reduced(sp_input, axis, keep, reduce, name):
    """The sparse tensor that `reduce(values, segments, number)` makes of the elements along `axis`."""
    with name_scope(name, "SparseReduce"):
        sp = SparseTensor.from_value(sp_input)
        rank = _rank(sp)
        axes = range(rank) if axis is None else [axis] if isinstance(axis, int) else axis
        axes = {a % rank for a in axes}
        kept = convert_to_tensor([d for d in range(rank) if keep or d not in axes], int32)
        one = convert_to_tensor([0 if d in axes else 1 for d in range(rank)], int64)
        indices = sp.indices * expand_dims(one, 0)
        sizes = where(greater(one, 0), sp.dense_shape, ones_like(sp.dense_shape))
        places, segments = unique(_places(indices, sizes))
        found = _ordered(_coordinates(places, sizes), reduce(sp.values, segments, shape(places)[0]), sizes)
        return SparseTensor(gather(found.indices, kept, axis=1), found.values, gather(sizes, kept))


def _of(reduction_axes, axis):
    return reduction_axes if axis is None else axis


def sparse_reduce_sum_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The sum over the dimensions `axis`, or all, sparse."""
    return _reduced(sp_input, _of(reduction_axes, axis), bool(keepdims or keep_dims), unsorted_segment_sum, None)


def sparse_reduce_max_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The greatest element that is told along the dimensions `axis`, or all, sparse."""
    return _reduced(sp_input, _of(reduction_axes, axis), bool(keepdims or keep_dims), unsorted_segment_max, None)


def sparse_reduce_max(
    sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None, output_is_sparse=False, name=None
):
    """The greatest element that is told along the dimensions `axis`, or all, dense; 0 where none is."""
    found = _reduced(sp_input, _of(reduction_axes, axis), bool(keepdims or keep_dims), unsorted_segment_max, name)
    if output_is_sparse:
        return found
    if found.dense_shape.shape[0].value == 0:
        return reduce_sum(found.values)
    return sparse_tensor_to_dense(found)


def sparse_softmax(sp_input, name=None):
    """The softmax of the elements that are told of each row, the last dimension."""
    with name_scope(name, "SparseSoftmax"):
        sp = SparseTensor.from_value(sp_input)
        rows = _places(sp.indices[:, :-1], sp.dense_shape[:-1])
        _, segments = unique(rows)
        number = reduce_max(concat([segments, [-1]], 0)) + 1
        own = lambda sums: gather_nd(sums, expand_dims(segments, 1))
        raised = exp(sp.values - own(unsorted_segment_max(sp.values, segments, number)))
        return SparseTensor(sp.indices, raised / own(unsorted_segment_sum(raised, segments, number)), sp.dense_shape)


def _extreme(sp_a, sp_b, choose, name):
    """Elementwise of the elements of both, zeros where one has none."""
    with name_scope(name, "SparseSparse"):
        a, b = SparseTensor.from_value(sp_a), SparseTensor.from_value(sp_b)
        indices = concat([a.indices, b.indices], 0)
        whole = lambda x, before, after: concat([zeros_like(before), x, zeros_like(after)], 0)
        sizes = _one_shape(a.dense_shape, b.dense_shape, a.shape, b.shape)
        mine = _summed(indices, whole(a.values, a.values[:0], b.values), sizes)
        other = _summed(indices, whole(b.values, a.values, b.values[:0]), sizes)
        return SparseTensor(mine.indices, choose(mine.values, other.values), sizes)


def sparse_maximum(sp_a, sp_b, name=None):
    """The greater elements of two sparse tensors of one shape."""
    return _extreme(sp_a, sp_b, maximum, name)


def sparse_minimum(sp_a, sp_b, name=None):
    """The lesser elements of two sparse tensors of one shape."""
    return _extreme(sp_a, sp_b, minimum, name)


def sparse_to_indicator(sp_input, vocab_size, name=None):
    """`[…, vocab_size]`, true at the numbers, integers, that the elements of each row, the last dimension, are."""
    with name_scope(name, "SparseToIndicator"):
        sp = SparseTensor.from_value(sp_input)
        if not sp.dtype.is_integer:
            raise TypeError(f"sp_input must be of integers, found {sp.dtype.name}")
        size = cast(convert_to_tensor(vocab_size), int64)
        indices = concat([sp.indices[:, :-1], expand_dims(cast(sp.values, int64), 1)], 1)
        counts = scatter_nd(indices, ones_like(sp.values, int32), concat([sp.dense_shape[:-1], [size]], 0))
        return greater(counts, 0)


def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """The sparse tensor `[…, vocab_size]` that has the elements of `sp_values` at the numbers that those of
    `sp_ids` are."""
    with name_scope(name, "SparseMerge"):
        several = isinstance(sp_ids, (list, tuple)) and not hasattr(sp_ids, "dense_shape")
        numbers = [SparseTensor.from_value(sp) for sp in (sp_ids if several else [sp_ids])]
        sizes = [cast(convert_to_tensor(n), int64) for n in (vocab_size if several else [vocab_size])]
        values = SparseTensor.from_value(sp_values)
        columns = [expand_dims(cast(sp.values, int64), 1) for sp in numbers]
        indices = concat([numbers[0].indices[:, :-1], *columns], 1)
        merged = SparseTensor(indices, values.values, concat([numbers[0].dense_shape[:-1], stack(sizes)], 0))
        return merged if already_sorted else sparse_reorder(merged)


def sparse_mask(a, mask_indices, name=None):
    """The `IndexedSlices` without the rows that `mask_indices` names."""
    with name_scope(name, "sparse_mask", [a, mask_indices]):
        found, places = setdiff1d(a.indices, mask_indices)
        return IndexedSlices(gather(a.values, places), found, a.dense_shape)


def sparse_expand_dims(sp_input, axis=None, name=None):
    """With a new dimension of size 1 before dimension `axis`, by default at the end."""
    with name_scope(name, "expand_dims"):
        sp = SparseTensor.from_value(sp_input)
        rank = _rank(sp)
        at = -1 if axis is None else axis
        if not -rank - 1 <= at <= rank:
            raise ValueError(f"axis must be in the range [{-rank - 1}, {rank}], got {axis}")
        at %= rank + 1
        indices = concat([sp.indices[:, :at], zeros_like(sp.indices[:, :1]), sp.indices[:, at:]], 1)
        return SparseTensor(indices, sp.values, concat([sp.dense_shape[:at], [1], sp.dense_shape[at:]], 0))


def sparse_eye(num_rows, num_columns=None, dtype="float32", name=None):
    """The identity matrix, sparse."""
    with name_scope(name, "eye"):
        columns = num_rows if num_columns is None else num_columns
        least = min(num_rows, columns) if isinstance(num_rows, int) and isinstance(columns, int) else None
        if least is None:
            least = minimum(num_rows, columns)
        places = cast(range_of(least), int64)
        sizes = stack([cast(convert_to_tensor(n), int64) for n in (num_rows, columns)])
        return SparseTensor(stack([places, places], 1), ones_like(places, as_dtype(dtype)), sizes)


def sparse_from_dense(tensor, name=None):
    """The sparse tensor of the elements that are not zero."""
    return dense_to_sparse(tensor, 0, scope=name)
