"""Tensors of which only some elements are told, under the names of `tf.sparse`."""

from .later import absent as _absent
from .sparse_tensor import SparseTensor, sparse_placeholder as placeholder, sparse_reduce_sum as reduce_sum  # noqa: F401
from .sparse_tensor import sparse_retain as retain, sparse_tensor_dense_matmul as sparse_dense_matmul  # noqa: F401
from .sparse_tensor import sparse_tensor_dense_matmul as matmul, sparse_tensor_to_dense as to_dense  # noqa: F401

__getattr__ = _absent(__name__)
