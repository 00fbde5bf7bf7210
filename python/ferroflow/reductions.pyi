"""What becomes of the elements along axes: sums, means, extremes and their places."""

from typing import Any
from .elements import Tensor


def reduce_sum(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The sum."""


def reduce_mean(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The mean; NaN of nothing."""


def reduce_prod(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The product."""


def reduce_max(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The greatest element."""


def reduce_min(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """The least element."""


def reduce_all(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """Whether all are true."""


def reduce_any(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """Whether one is true."""


def reduce_logsumexp(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ...) -> Tensor:
    """`ln Σ eˣ`, computed stably, over `axis` as in `reduce_sum`."""


def reduce_euclidean_norm(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ...) -> Tensor:
    """`√Σ x²` over `axis` as in `reduce_sum`."""


def reduce_variance(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ...) -> Tensor:
    """The mean squared distance from the mean, over `axis` as in `reduce_sum`."""


def reduce_std(input_tensor: Any, axis: Any = ..., keepdims: Any = ..., name: Any = ...) -> Tensor:
    """The root of the variance, over `axis` as in `reduce_sum`."""


def count_nonzero(input_tensor: Any = ..., axis: Any = ..., keepdims: Any = ..., dtype: Any = ..., name: Any = ..., reduction_indices: Any = ..., keep_dims: Any = ..., input: Any = ...) -> Tensor:
    """The number of elements that are not zero, over `axis` as in `reduce_sum`."""


def argmax(input: Any, axis: Any = ..., name: Any = ..., dimension: Any = ..., output_type: Any = ...) -> Tensor:
    """The index of the greatest element along `axis`, 0 if none is named; of equal ones the first."""


def argmin(input: Any, axis: Any = ..., name: Any = ..., dimension: Any = ..., output_type: Any = ...) -> Tensor:
    """The index of the least element along `axis`, 0 if none is named; of equal ones the first."""


def arg_max(input: Any, dimension: Any, output_type: Any = ..., name: Any = ...) -> Tensor:
    """`argmax` along `dimension`."""


def arg_min(input: Any, dimension: Any, output_type: Any = ..., name: Any = ...) -> Tensor:
    """`argmin` along `dimension`."""


def cumsum(x: Any, axis: Any = ..., exclusive: Any = ..., reverse: Any = ..., name: Any = ...) -> Tensor:
    """The sums of the elements along `axis` up to each; without it if `exclusive`, from the end if `reverse`."""


def cumprod(x: Any, axis: Any = ..., exclusive: Any = ..., reverse: Any = ..., name: Any = ...) -> Tensor:
    """The products of the elements along `axis` up to each; without it if `exclusive`, from the end if `reverse`."""
