"""Rows dealt out, put together, turned around and counted; and what writes while it runs."""

import operator

from .dtypes import as_dtype, int32
from .framework import call, convert_to_tensor, is_tensor


def meshgrid(*args, **kwargs):
    """The coordinates of a grid: for each vector a tensor of the grid's shape in which it lies along its own dimension, the
    first along rows and the second down columns unless `indexing="ij"`."""
    indexing = kwargs.pop("indexing", "xy")
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    return call("meshgrid", name or "meshgrid", [convert_to_tensor(x) for x in args], indexing == "xy")


def dynamic_partition(data, partitions, num_partitions, name=None):
    """The slices of `data` that `partitions`, of the first dimensions' shape, gives each of `num_partitions` parts."""
    return call("dynamic_partition", name or "DynamicPartition", data, partitions, num_partitions)


def dynamic_stitch(indices, data, name=None):
    """The tensor whose slices are those of the tensors in `data`, each where its tensor in `indices` says."""
    indices = [convert_to_tensor(x, int32) for x in indices]
    return call("dynamic_stitch", name, indices, [convert_to_tensor(x) for x in data])


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """The first `seq_lengths[b]` elements along `seq_axis` reversed, for each place `b` along `batch_axis`."""
    seq_axis = seq_dim if seq_axis is None else seq_axis
    batch_axis = (batch_dim or 0) if batch_axis is None else batch_axis
    if seq_axis is None:
        raise ValueError("seq_axis must be given")
    return call("reverse_sequence", name or "ReverseSequence", input, seq_lengths, seq_axis, batch_axis)


def segment_mean(data, segment_ids, name=None):
    """The means of the rows of one number in `segment_ids`, which rise."""
    return call("segment_mean", name or "SegmentMean", data, segment_ids)


def _integer(value, what):
    if value is None or is_tensor(value):
        return value
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"Expected int for argument '{what}' not {value!r}.") from None


def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=int32):
    """How often each integer from 0 occurs in `arr`, or the sum of `weights` where it does."""
    from .math_ops import cast

    sizes = _integer(minlength, "minlength"), _integer(maxlength, "maxlength")
    counts = call("bincount", "bincount", arr, weights, *sizes)
    return counts if weights is not None else cast(counts, dtype)


def confusion_matrix(labels, predictions, num_classes=None, dtype=int32, name=None, weights=None):
    """How often each class is predicted as each other: element `[l, p]` counts the places at which the label is `l` and the
    prediction `p`, or sums `weights` there. A run in which one is out of range raises `tf.errors.InvalidArgumentError`."""
    kind, number = as_dtype(dtype).name, _integer(num_classes, "num_classes")
    return call("confusion_matrix", name or "confusion_matrix", labels, predictions, number, weights, kind)


def random_crop(value, size, seed=None, name=None):
    """A block of `size` at a random place of `value`."""
    return call("random_crop", name or "random_crop", value, size, seed)


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):
    """`input_`; when it is computed, `message` and the first `summarize` (3) elements of each of `data` are written to
    standard error, the first `first_n` times, or always."""
    data = [convert_to_tensor(x) for x in data]
    first = -1 if first_n is None else first_n
    return call(
        "print", name, convert_to_tensor(input_), data, message or "", first, 3 if summarize is None else summarize
    )


__all__ = [
    "meshgrid",
    "dynamic_partition",
    "dynamic_stitch",
    "reverse_sequence",
    "segment_mean",
    "bincount",
    "confusion_matrix",
    "random_crop",
    "Print",
]
