"""Tensors of which only some elements are told; the others are zero."""

import collections

from . import nn, session
from ._ferroflow import constant_value
from .array_ops import concat, expand_dims, ones_like, reshape, shape, transpose, zeros_like
from .creation import placeholder, range as range_of
from .selection import boolean_mask, gather, gather_nd, scatter_nd, where
from .dtypes import as_dtype, int32, int64, string
from .default_graph import control_dependencies, name_scope
from .defaults import _session_for
from .framework import convert_to_tensor
from .math_ops import (
    Assert,
    cast,
    div_no_nan,
    equal,
    greater,
    greater_equal,
    identity,
    less,
    logical_and,
    logical_or,
    minimum,
    not_equal,
    segment_sum,
    sqrt,
    square,
    unsorted_segment_sum,
)
from .reductions import argmin, cumprod, reduce_all, reduce_sum
from .tensor_shape import TensorShape

SparseTensorValue = collections.namedtuple("SparseTensorValue", ["indices", "values", "dense_shape"])
SparseTensorValue.__doc__ = "The value of a `SparseTensor`: arrays of NumPy's."

_UNORDERED = (
    "Indices must be in order, as tf.sparse_reorder puts them. Row of the indices that is out of order or repeated:"
)


class SparseTensor:
    """A tensor of the shape `dense_shape`, `[rank]`, of which the elements at `indices`, `[n, rank]`, are `values`, `[n]`; the
    others are zero. It is fetched as a `SparseTensorValue`, and fed with one, or with the three in a tuple."""

    __array_priority__ = 100

    def __init__(self, indices, values, dense_shape):
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, int64, name="indices")
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, int64, name="dense_shape")
        self._indices.shape.assert_has_rank(2)
        self._values.shape.assert_has_rank(1)
        self._dense_shape.shape.assert_has_rank(1)

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """The tensor of a value; itself if it is one."""
        return sparse_tensor_value if isinstance(sparse_tensor_value, cls) else cls(*sparse_tensor_value)

    @property
    def indices(self):
        """Where the elements are, `[n, rank]`."""
        return self._indices

    @property
    def values(self):
        """The elements, `[n]`."""
        return self._values

    @property
    def dense_shape(self):
        """The shape, as a tensor."""
        return self._dense_shape

    @property
    def dtype(self):
        """The element type."""
        return self._values.dtype

    @property
    def op(self):
        """The operation that gives the values."""
        return self._values.op

    @property
    def graph(self):
        """The graph."""
        return self._values.graph

    @property
    def shape(self):
        """The known part of the shape."""
        known = constant_value(self._dense_shape)
        rank = self._dense_shape.shape[0].value
        return TensorShape([None] * rank if known is None and rank is not None else known)

    def get_shape(self):
        """The known part of the shape."""
        return self.shape

    def eval(self, feed_dict=None, session=None):
        """Its value in `session`, or the default one."""
        return _session_for(session, self.graph, "Cannot evaluate tensor using `eval()`").run(self, feed_dict)

    def __mul__(self, dense):
        return SparseTensor(self._indices, self._values * self._at(dense), self._dense_shape)

    __rmul__ = __mul__

    def __truediv__(self, dense):
        return SparseTensor(self._indices, self._values / self._at(dense), self._dense_shape)

    def _at(self, dense):
        """The elements of a dense tensor, broadcast, where this one has some."""
        dense = convert_to_tensor(dense, self.dtype)
        rank, known = dense.shape.ndims, self.shape
        if rank is None or known.ndims is not None and rank > known.ndims:
            raise ValueError(f"A tensor of the shape {dense.shape} cannot be broadcast to {known}")
        sizes, here = shape(dense, out_type=int64), shape(self._dense_shape)[0]
        own = self._dense_shape[here - rank :]
        fits = reduce_all(logical_or(equal(sizes, own), equal(sizes, 1)))
        message = ["A dense tensor cannot be broadcast to the sparse one:", sizes, self._dense_shape]
        with control_dependencies([Assert(fits, message, 100)]):
            sizes = identity(sizes)
        return gather_nd(dense, minimum(self._indices[:, here - rank :], sizes - 1))

    def __str__(self):
        return f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"


def _as_tensors(fetches, feed_dict):
    """Fetches and feeds in which tensors stand for what is sparse."""
    if isinstance(feed_dict, dict) and any(isinstance(key, SparseTensor) for key in feed_dict):
        feeds = {}
        for key, value in feed_dict.items():
            if isinstance(key, SparseTensor):
                feeds.update(zip((key.indices, key.values, key.dense_shape), value))
            else:
                feeds[key] = value
        feed_dict = feeds
    return _fetched(fetches) if _is_sparse(fetches) else fetches, feed_dict


def _is_sparse(fetches):
    """Whether a sparse tensor is among them."""
    if isinstance(fetches, (list, tuple, dict)):
        return any(map(_is_sparse, fetches.values() if isinstance(fetches, dict) else fetches))
    return isinstance(fetches, SparseTensor)


def _fetched(fetches):
    if isinstance(fetches, SparseTensor):
        return SparseTensorValue(fetches.indices, fetches.values, fetches.dense_shape)
    if isinstance(fetches, dict):
        return type(fetches)((key, _fetched(value)) for key, value in fetches.items())
    if isinstance(fetches, (list, tuple)):
        items = map(_fetched, fetches)
        return type(fetches)(*items) if hasattr(fetches, "_fields") else type(fetches)(items)
    return fetches


session.as_tensors = _as_tensors


def sparse_placeholder(dtype, shape=None, name=None):
    """A sparse tensor that each run is given by `feed_dict`."""
    shape = None if shape is None else TensorShape(shape)
    rank = None if shape is None else shape.ndims
    with name_scope(name, "sparse_placeholder"):
        values = placeholder(as_dtype(dtype), [None], name="values")
        indices = placeholder(int64, [None, rank], name="indices")
        if shape is not None and shape.is_fully_defined():
            return SparseTensor(indices, values, shape.as_list())
        return SparseTensor(indices, values, placeholder(int64, [rank], name="shape"))


def _known_to_ascend(indices, output_shape):
    """Whether it is known while the graph is built that a run would not fail."""
    rows, sizes = constant_value(indices), constant_value(output_shape)
    if rows is None or sizes is None or not ((rows >= 0) & (rows < sizes)).all():
        return False
    rows = rows.tolist()
    return all(a < b for a, b in zip(rows, rows[1:]))


def _ascending(indices, output_shape):
    """The indices, `[n, rank]`: a run fails unless they are within the shape, and each row comes after the one before."""
    rows, sizes = cast(indices, int64), cast(output_shape, int64)
    inside = reduce_all(logical_and(greater_equal(rows, 0), less(rows, sizes)), 1)
    places = reduce_sum(rows * cumprod(sizes, exclusive=True, reverse=True), 1)
    after = concat([ones_like(inside[:1]), greater(places[1:], places[:-1])], 0)

    def check(fit, what):
        # The first row that does not fit, or one of zeros after the last.
        row = argmin(cast(concat([fit, [False]], 0), int32), 0)
        return Assert(reduce_all(fit), [what, row, concat([rows, [zeros_like(sizes)]], 0)[row], "in shape", sizes], 100)

    with control_dependencies([check(inside, "Row of the indices that is out of bounds:")]):
        after = identity(after)
    with control_dependencies([check(after, _UNORDERED)]):
        # Zeros for what is out of bounds, which would fail while constants are folded.
        return indices * cast(expand_dims(inside, 1), indices.dtype)


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """The tensor of `output_shape` that has `sparse_values`, a vector or one for all, at `sparse_indices`, `[n, rank]`, `[n]` or
    a scalar, and `default_value` elsewhere. Where `validate_indices`, a run fails for indices out of bounds, out of order, or
    repeated; else it has the sum of elements told twice."""
    with name_scope(name, "SparseToDense", [sparse_indices, sparse_values]):
        indices, values = convert_to_tensor(sparse_indices), convert_to_tensor(sparse_values)
        indices = reshape(indices, [-1, 1]) if indices.shape.ndims in (0, 1) else indices
        output_shape = cast(convert_to_tensor(output_shape), indices.dtype)
        if values.shape.ndims == 0:
            values = values * ones_like(indices[:, 0], values.dtype)
        if validate_indices and not _known_to_ascend(indices, output_shape):
            indices = _ascending(indices, output_shape)
        if values.dtype == string:
            return _dense_strings(indices, values, output_shape, default_value)
        dense = scatter_nd(indices, values, output_shape)
        known = constant_value(output_shape)
        if known is not None:
            dense.set_shape(known)
        if isinstance(default_value, (int, float)) and default_value == 0:
            return dense
        told = greater(scatter_nd(indices, ones_like(values, int32), output_shape), 0)
        return where(told, dense, convert_to_tensor(default_value, values.dtype) * ones_like(dense))


def _dense_strings(indices, values, sizes, default):
    """The tensor of strings that has `values` at `indices`, and `default` elsewhere, which is empty if it is 0."""
    numbers = range_of(1, shape(values)[0] + 1)
    places = scatter_nd(indices, numbers, sizes)
    return gather(concat([["" if default == 0 else default], values], 0), places)


def sparse_tensor_to_dense(sp_input, default_value=0, validate_indices=True, name=None):
    """`sparse_to_dense` of a sparse tensor."""
    sp = SparseTensor.from_value(sp_input)
    return sparse_to_dense(sp.indices, sp.dense_shape, sp.values, default_value, validate_indices, name)


def sparse_tensor_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The product of a sparse matrix and a dense one, either transposed first."""
    with name_scope(name, "SparseTensorDenseMatMul", [b]):
        sp, b = SparseTensor.from_value(sp_a), convert_to_tensor(b)
        row, column = (1, 0) if adjoint_a else (0, 1)
        # Not `gather`, whose gradient is `IndexedSlices`.
        rows = gather_nd(transpose(b) if adjoint_b else b, sp.indices[:, column : column + 1])
        products = rows * expand_dims(sp.values, 1)
        known = sp.shape[row].value if sp.shape.ndims == 2 else None
        number = cast(sp.dense_shape[row], int32) if known is None else known
        return unsorted_segment_sum(products, sp.indices[:, row], number)


def sparse_reduce_sum(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The sum over the dimensions `axis`, or all, dense."""
    axis = reduction_axes if axis is None else axis
    return reduce_sum(sparse_tensor_to_dense(sp_input, validate_indices=False), axis, bool(keepdims or keep_dims))


def sparse_retain(sp_input, to_retain):
    """The sparse tensor of those elements for which `to_retain`, `[n]`, is true."""
    sp = SparseTensor.from_value(sp_input)
    return SparseTensor(boolean_mask(sp.indices, to_retain), boolean_mask(sp.values, to_retain), sp.dense_shape)


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """`value` as `tf.convert_to_tensor` has it; a `SparseTensorValue` as a sparse tensor; a sparse tensor as it is. Raises
    `RuntimeError` for a sparse tensor of another dtype."""
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        return convert_to_tensor(value, dtype, name)
    if dtype is not None and as_dtype(dtype) != value.dtype:
        raise RuntimeError(f"Sparse dtype mismatch. Requested: {as_dtype(dtype).name},  Actual: {value.dtype.name}")
    return value


def dense_to_sparse(tensor, eos_token=0, outputs_collections=None, scope=None):
    """The sparse tensor of the elements that are not `eos_token`."""
    with name_scope(scope, "dense_to_sparse", [tensor]):
        tensor = convert_to_tensor(tensor)
        indices = where(not_equal(tensor, eos_token))
        return SparseTensor(indices, gather_nd(tensor, indices), shape(tensor, out_type=int64))


def embedding_lookup_sparse(
    params, sp_ids, sp_weights, partition_strategy="mod", name=None, combiner=None, max_norm=None
):
    """For each row of `sp_ids` the rows of `params` that its elements name, added, by the weights `sp_weights` if there are any:
    the `sum`, the `mean`, by the sum of the weights, which is the default, or by the root of the sum of their squares,
    `sqrtn`, as `combiner` says; zeros for rows without elements before the last that has some."""
    combiner = combiner or "mean"
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    with name_scope(name, "embedding_lookup_sparse", [sp_ids.values]):
        rows = cast(sp_ids.indices[:, 0], int32)
        found = nn.embedding_lookup(params, sp_ids.values, partition_strategy, max_norm=max_norm)
        weights = (
            ones_like(found[:, :1]) if sp_weights is None else expand_dims(cast(sp_weights.values, found.dtype), 1)
        )
        total = segment_sum(found * weights, rows)
        if combiner == "sum":
            return total
        if combiner == "mean":
            divisor = segment_sum(weights, rows)
        else:
            divisor = sqrt(segment_sum(square(weights), rows))
        return div_no_nan(total, divisor)
