"""What becomes of the elements along axes: sums, means, extremes and their places."""

from .default_graph import name_scope
from .dtypes import as_dtype, int32, int64
from .framework import call, constant, convert_to_tensor
from .math_ops import _choose, _document, cast, sqrt


def _reduction(function, doc):
    def reduce(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
        axis = _choose("axis", axis, reduction_indices, "reduction_indices")
        keep = _choose("keepdims", keepdims, keep_dims, "keep_dims")
        if axis is None:
            input_tensor = convert_to_tensor(input_tensor)
            axis = _every_axis(input_tensor)
        return call(function, name, input_tensor, axis, bool(keep))

    more = (
        "\n\n    Over `axis`, one or several, counted from the end if negative, or all if `None`. With `keepdims` they stay"
        "\n    as dimensions of size 1. Older names: `reduction_indices`, `keep_dims`."
    )
    return _document(reduce, function, doc + more)


def _every_axis(tensor):
    """All axes, as the constant beside the operation that TensorFlow makes of them; `None` if it is not known how many."""
    rank = tensor.shape.ndims
    return None if rank is None else constant(list(range(rank)), int32)


reduce_sum = _reduction("reduce_sum", "The sum.")
reduce_mean = _reduction("reduce_mean", "The mean; NaN of nothing.")
reduce_prod = _reduction("reduce_prod", "The product.")
reduce_max = _reduction("reduce_max", "The greatest element.")
reduce_min = _reduction("reduce_min", "The least element.")
reduce_all = _reduction("reduce_all", "Whether all are true.")
reduce_any = _reduction("reduce_any", "Whether one is true.")


def reduce_logsumexp(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
    """`ln Σ eˣ`, computed stably, over `axis` as in `reduce_sum`."""
    axis = _choose("axis", axis, reduction_indices, "reduction_indices")
    keep = bool(_choose("keepdims", keepdims, keep_dims, "keep_dims"))
    return call("reduce_logsumexp", name or "ReduceLogSumExp", input_tensor, axis, keep)


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """`√Σ x²` over `axis` as in `reduce_sum`."""
    return call("reduce_euclidean_norm", name or "EuclideanNorm", input_tensor, axis, keepdims)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """The mean squared distance from the mean, over `axis` as in `reduce_sum`."""
    return call("moments", name or "reduce_variance", input_tensor, axis, keepdims)[1]


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    """The root of the variance, over `axis` as in `reduce_sum`."""
    with name_scope(name, "reduce_std", [input_tensor]):
        return sqrt(reduce_variance(input_tensor, axis, keepdims))


def count_nonzero(
    input_tensor=None,
    axis=None,
    keepdims=None,
    dtype=int64,
    name=None,
    reduction_indices=None,
    keep_dims=None,
    input=None,
):
    """The number of elements that are not zero, over `axis` as in `reduce_sum`."""
    axis = _choose("axis", axis, reduction_indices, "reduction_indices")
    keep = bool(_choose("keepdims", keepdims, keep_dims, "keep_dims"))
    value = _choose("input", input, input_tensor, "input_tensor")
    return cast(call("count_nonzero", name or "count_nonzero", value, axis, keep), dtype)


def argmax(input, axis=None, name=None, dimension=None, output_type=int64):
    """The index of the greatest element along `axis`, 0 if none is named; of equal ones the first."""
    return call("argmax", name, input, _axis(axis, dimension), as_dtype(output_type).name)


def argmin(input, axis=None, name=None, dimension=None, output_type=int64):
    """The index of the least element along `axis`, 0 if none is named; of equal ones the first."""
    return call("argmin", name, input, _axis(axis, dimension), as_dtype(output_type).name)


def arg_max(input, dimension, output_type=int64, name=None):
    """`argmax` along `dimension`."""
    return argmax(input, dimension, name, None, output_type)


def arg_min(input, dimension, output_type=int64, name=None):
    """`argmin` along `dimension`."""
    return argmin(input, dimension, name, None, output_type)


def _axis(axis, dimension):
    axis = _choose("axis", axis, dimension, "dimension")
    return 0 if axis is None else axis


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """The sums of the elements along `axis` up to each; without it if `exclusive`, from the end if `reverse`."""
    return call("cumsum", name, x, axis, exclusive, reverse)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """The products of the elements along `axis` up to each; without it if `exclusive`, from the end if `reverse`."""
    return call("cumprod", name, x, axis, exclusive, reverse)


__all__ = [n for n, v in globals().items() if getattr(v, "__module__", "") == __name__ and not n.startswith("_")]
