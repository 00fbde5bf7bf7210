"""Tensors of which only some elements are told, under the names of `tf.sparse`."""

# ruff: noqa: F401

from .later import absent as _absent
from .safe_embedding import sparse_segment_mean as segment_mean, sparse_segment_sqrt_n as segment_sqrt_n
from .safe_embedding import sparse_segment_sum as segment_sum
from .sparse_ops import sparse_add as add, sparse_concat as concat, sparse_expand_dims as expand_dims, sparse_eye as eye
from .sparse_ops import sparse_fill_empty_rows as fill_empty_rows
from .sparse_ops import sparse_from_dense as from_dense
from .sparse_ops import sparse_mask as mask
from .sparse_ops import sparse_maximum as maximum
from .sparse_ops import sparse_merge as merge
from .sparse_ops import sparse_minimum as minimum
from .sparse_ops import sparse_reduce_max as reduce_max
from .sparse_ops import sparse_reduce_max_sparse as reduce_max_sparse
from .sparse_ops import sparse_reduce_sum_sparse as reduce_sum_sparse
from .sparse_ops import sparse_reorder as reorder
from .sparse_ops import sparse_reset_shape as reset_shape
from .sparse_ops import sparse_reshape as reshape
from .sparse_ops import sparse_slice as slice
from .sparse_ops import sparse_softmax as softmax
from .sparse_ops import sparse_split as split
from .sparse_ops import sparse_to_indicator as to_indicator
from .sparse_ops import sparse_transpose as transpose
from .sparse_tensor import sparse_placeholder as placeholder, sparse_reduce_sum as reduce_sum, SparseTensor
from .sparse_tensor import sparse_retain as retain
from .sparse_tensor import sparse_tensor_dense_matmul as matmul
from .sparse_tensor import sparse_tensor_dense_matmul as sparse_dense_matmul
from .sparse_tensor import sparse_tensor_to_dense as to_dense

__getattr__ = _absent(__name__)
