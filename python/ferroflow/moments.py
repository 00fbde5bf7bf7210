"""Means and variances of weighted elements, and from sums."""

from .array_ops import ones_like, shape, squeeze
from .default_graph import name_scope
from .framework import constant, convert_to_tensor
from .math_ops import cast, _choose, div_no_nan, square
from .reductions import reduce_prod, reduce_sum


def sufficient_statistics(x, axes, shift=None, keep_dims=None, name=None, keepdims=None):
    """What `normalize_moments` needs: the number of elements over `axes`, the sum of `x - shift` and that of its squares,
    and `shift`."""
    keep = bool(_choose("keepdims", keepdims, keep_dims, "keep_dims"))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x)
        sizes = [x.shape[axis].value for axis in axes] if x.shape.ndims is not None else [None]
        if None in sizes:
            count = cast(reduce_prod([shape(x)[axis] for axis in axes]), x.dtype)
        else:
            number = 1
            for size in sizes:
                number *= size
            count = constant(float(number), x.dtype)
        moved = x if shift is None else x - shift
        return count, reduce_sum(moved, axes, keep), reduce_sum(square(moved), axes, keep), shift


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """The mean and the variance from `sufficient_statistics`."""
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        counts = convert_to_tensor(counts)
        moved = mean_ss / counts
        mean = moved if shift is None else moved + shift
        return mean, variance_ss / counts - square(moved)


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=None, keepdims=None):
    """The mean and the variance over `axes` of elements that count as often as `frequency_weights`, which are broadcast to
    them, says."""
    keep = bool(_choose("keepdims", keepdims, keep_dims, "keep_dims"))
    with name_scope(name, "weighted_moments", [x, frequency_weights]):
        x = convert_to_tensor(x)
        weights = cast(frequency_weights, x.dtype) * ones_like(x)
        whole = reduce_sum(weights, axes, True)
        mean = div_no_nan(reduce_sum(weights * x, axes, True), whole)
        variance = div_no_nan(reduce_sum(weights * square(x - mean), axes, True), whole)
        if keep:
            return mean, variance
        axes = [axes] if isinstance(axes, int) else list(axes)
        return squeeze(mean, axes), squeeze(variance, axes)
