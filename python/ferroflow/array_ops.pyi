"""Shapes and the movement of elements."""

from typing import Any
from .elements import Tensor
from .tensor_shape import TensorShape
newaxis: Any


class Unique(tuple):
    """Unique(y, idx)"""
    def __repr__(self) -> str: ...
    def __getnewargs__(self) -> Any: ...
    y: Any
    idx: Any


class UniqueWithCounts(tuple):
    """UniqueWithCounts(y, idx, count)"""
    def __repr__(self) -> str: ...
    def __getnewargs__(self) -> Any: ...
    y: Any
    idx: Any
    count: Any


def zeros_like(tensor: Any, dtype: Any = ..., name: Any = ..., optimize: Any = ...) -> Tensor:
    """Zeros of the shape of `tensor`, and of its dtype unless one is named."""


def ones_like(tensor: Any, dtype: Any = ..., name: Any = ..., optimize: Any = ...) -> Tensor:
    """Ones of the shape of `tensor`, and of its dtype unless one is named."""


def eye(num_rows: Any, num_columns: Any = ..., batch_shape: Any = ..., dtype: Any = ..., name: Any = ...) -> Tensor:
    """A matrix with ones on its diagonal and zeros elsewhere; one for each place of `batch_shape`."""


def shape(input: Any, name: Any = ..., out_type: Any = ...) -> TensorShape:
    """The shape as a vector of integers."""


def shape_n(input: Any, out_type: Any = ..., name: Any = ...) -> list[Tensor]:
    """The shape of each of several tensors."""


def size(input: Any, name: Any = ..., out_type: Any = ...) -> Tensor:
    """The number of elements."""


def rank(input: Any, name: Any = ...) -> Tensor:
    """The number of dimensions, as a tensor."""


def reshape(tensor: Any, shape: Any, name: Any = ...) -> Tensor:
    """The same elements, in row-major order, under `shape`, of which one dimension may be -1."""


def expand_dims(input: Any, axis: Any = ..., name: Any = ..., dim: Any = ...) -> Tensor:
    """With a new dimension of size 1 before dimension `axis`, counted from the end if negative."""


def squeeze(input: Any, axis: Any = ..., name: Any = ..., squeeze_dims: Any = ...) -> Tensor:
    """Without the dimensions `axis`, which have size 1; without all of size 1 if none are named."""


def transpose(a: Any, perm: Any = ..., name: Any = ..., conjugate: Any = ...) -> Tensor:
    """Dimension `k` of the result is dimension `perm[k]` of `a`; the dimensions reversed if none are given."""


def broadcast_to(input: Any, shape: Any, name: Any = ...) -> Tensor:
    """Repeated along dimensions of size 1, and new ones at the front, to `shape`."""


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape to which both are broadcast. Raises `ValueError` if they cannot be."""


def concat(values: Any = ..., axis: Any = ..., name: Any = ..., concat_dim: Any = ...) -> Tensor:
    """Tensors joined along `axis`. Also in the old order: `concat(axis, values)`."""


def stack(values: Any, axis: Any = ..., name: Any = ...) -> Tensor:
    """Tensors of one shape as the slices of a new dimension `axis`."""


def pack(values: Any, axis: Any = ..., name: Any = ...) -> Tensor:
    """Tensors of one shape as the slices of a new dimension `axis`."""


def parallel_stack(values: Any, name: Any = ...) -> Tensor:
    """`stack` along a new first dimension."""


def unstack(value: Any, num: Any = ..., axis: Any = ..., name: Any = ...) -> list[Tensor]:
    """The slices along `axis`, whose size must be known, or be `num`."""


def unpack(value: Any, num: Any = ..., axis: Any = ..., name: Any = ...) -> Tensor:
    """The slices along `axis`, whose size must be known, or be `num`."""


def split(value: Any = ..., num_or_size_splits: Any = ..., axis: Any = ..., num: Any = ..., name: Any = ..., split_dim: Any = ..., num_split: Any = ...) -> list[Tensor]:
    """Parts along `axis`: as many of equal size as `num_or_size_splits` says, or of these sizes, one of which may be -1."""


def split_v(value: Any = ..., num_or_size_splits: Any = ..., axis: Any = ..., num: Any = ..., name: Any = ..., split_dim: Any = ..., num_split: Any = ...) -> Tensor:
    """Parts along `axis`: as many of equal size as `num_or_size_splits` says, or of these sizes, one of which may be -1."""


def slice(input_: Any, begin: Any, size: Any, name: Any = ...) -> Tensor:
    """The block of `size`, as large as can be where -1, that starts at `begin`."""


def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = ..., begin_mask: Any = ..., end_mask: Any = ..., ellipsis_mask: Any = ..., new_axis_mask: Any = ..., shrink_axis_mask: Any = ..., var: Any = ..., name: Any = ...) -> Tensor:
    """The part from `begin` up to but without `end` in steps of `strides` along the first dimensions; the masks are those"""


def reverse(tensor: Any, axis: Any = ..., name: Any = ..., dims: Any = ...) -> Tensor:
    """In reverse order along `axis`, one or several; or along dimension `i` where `axis[i]` is `True`, as in old"""


def reverse_v2(tensor: Any, axis: Any = ..., name: Any = ..., dims: Any = ...) -> Tensor:
    """In reverse order along `axis`, one or several; or along dimension `i` where `axis[i]` is `True`, as in old"""


def tile(input: Any, multiples: Any, name: Any = ...) -> Tensor:
    """Repeated `multiples[d]` times along dimension `d`."""


def pad(tensor: Any, paddings: Any, mode: Any = ..., name: Any = ..., constant_values: Any = ...) -> Tensor:
    """With `paddings[d] = [before, after]` more elements along dimension `d`: `constant_values`, or the tensor mirrored in"""


def unique(x: Any, out_idx: Any = ..., name: Any = ...) -> Unique:
    """The distinct elements of a vector in the order of their first occurrence, and for each of its elements which of them"""


def unique_with_counts(x: Any, out_idx: Any = ..., name: Any = ...) -> UniqueWithCounts:
    """As `unique`, and how often each occurs."""


def one_hot(indices: Any, depth: Any, on_value: Any = ..., off_value: Any = ..., axis: Any = ..., dtype: Any = ..., name: Any = ...) -> Tensor:
    """`on_value`, 1, at the place along a new `axis` of size `depth` that each index names, `off_value`, 0, elsewhere."""


def sequence_mask(lengths: Any, maxlen: Any = ..., dtype: Any = ..., name: Any = ...) -> Tensor:
    """For each length `n` a row of `maxlen`, or the greatest length, in which the first `n` are true."""


def space_to_depth(input: Any, block_size: Any, name: Any = ..., data_format: Any = ...) -> Tensor:
    """The pixels of each block of an image as channels of one."""


def depth_to_space(input: Any, block_size: Any, name: Any = ..., data_format: Any = ...) -> Tensor:
    """The channels of each pixel as a block of an image."""


def invert_permutation(x: Any, name: Any = ...) -> Tensor:
    """The permutation that undoes `x`: `y[x[i]] = i`."""


def diag(diagonal: Any, name: Any = ...) -> Tensor:
    """A matrix with the vector `diagonal` on its diagonal and zeros elsewhere."""
