"""Means over all batches."""

from .. import math_ops
from ..array_ops import expand_dims, ones_like, squeeze
from ..creation import zeros
from ..default_graph import add_to_collections
from ..framework import convert_to_tensor
from ..graph import GraphKeys
from ..math_ops import cast, div_no_nan, identity, sqrt
from ..reductions import reduce_sum
from ..variable_scope import variable_scope
from ..variables import Variable, assign_add


def kept(shape, name, dtype="float32"):
    """A local variable, zeros at first, in which a metric sums."""
    keys = [GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES]
    return Variable(lambda: zeros(shape, dtype), trainable=False, collections=keys, name=name)


def pair(value, update, metrics_collections, updates_collections):
    """The two tensors of a metric, added to collections."""
    for collections, tensor in ((metrics_collections, value), (updates_collections, update)):
        if collections:
            add_to_collections(collections, tensor)
    return value, update


def weights_of(weights, values, dtype="float32"):
    """`weights` as floats in the shape of `values`; a last dimension of 1 is added or taken away as need be."""
    weights = cast(convert_to_tensor(weights), dtype)
    ranks = weights.shape.ndims, values.shape.ndims
    if None not in ranks and ranks[0]:
        weights = squeeze(weights, [-1]) if ranks[0] == ranks[1] + 1 else weights
        weights = expand_dims(weights, -1) if ranks[0] == ranks[1] - 1 else weights
    return weights * ones_like(values, dtype)


def alike(labels, predictions, weights=None):
    """Labels and predictions as tensors of one shape: a last dimension of 1 that only one has is taken away."""
    labels, predictions = convert_to_tensor(labels), convert_to_tensor(predictions)
    if None not in (labels.shape.ndims, predictions.shape.ndims):
        more = labels.shape.ndims - predictions.shape.ndims
        labels = squeeze(labels, [-1]) if more == 1 else labels
        predictions = squeeze(predictions, [-1]) if more == -1 else predictions
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions, None if weights is None else weights_of(weights, predictions)


def mean_of(values, weights, collections, name, default, shape=(), finish=lambda mean: mean, dtype="float32"):
    """The weighted sum of `values`, over all but `shape`, by that of the weights, after `finish`."""
    with variable_scope(name, default, [values]):
        values = cast(values, dtype)
        total, count = (kept(shape, name if shape == () else name + "_tensor", dtype) for name in ("total", "count"))
        weights = ones_like(values) if weights is None else weights_of(weights, values, dtype)
        over = (lambda x: reduce_sum(x)) if shape == () else (lambda x: x)
        added = assign_add(total, over(values * weights)), assign_add(count, over(weights))
        value = finish(div_no_nan(total.value(), count.value()))
        return pair(identity(value, "value"), identity(finish(div_no_nan(*added)), "update_op"), *collections)


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The mean of the values, `float32`; 0 of none."""
    values = convert_to_tensor(values)
    return mean_of(values, weights, (metrics_collections, updates_collections), name, "mean")


def mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The mean of each element of tensors of one shape, which must be known."""
    values = convert_to_tensor(values)
    shape = values.shape.as_list()
    return mean_of(values, weights, (metrics_collections, updates_collections), name, "mean", shape)


def mean_absolute_error(
    labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The mean of `|p - z|`."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    collections = metrics_collections, updates_collections
    return mean_of(abs(predictions - labels), weights, collections, name, "mean_absolute_error")


def mean_squared_error(
    labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The mean of `(p - z)²`."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    errors = math_ops.squared_difference(labels, predictions)
    return mean_of(errors, weights, (metrics_collections, updates_collections), name, "mean_squared_error")


def root_mean_squared_error(
    labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The square root of the mean of `(p - z)²`."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    errors = math_ops.squared_difference(labels, predictions)
    collections = metrics_collections, updates_collections
    return mean_of(errors, weights, collections, name, "root_mean_squared_error", finish=sqrt)


def mean_relative_error(
    labels, predictions, normalizer, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """The mean of `|p - z| / normalizer`, and of 0 where that is 0."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    _, normalizer, _ = _floats(labels, normalizer, None)
    errors = div_no_nan(abs(labels - predictions), normalizer)
    return mean_of(errors, weights, (metrics_collections, updates_collections), name, "mean_relative_error")


def mean_cosine_distance(
    labels, predictions, dim, weights=None, metrics_collections=None, updates_collections=None, name=None
):
    """`1 - Σ p·z` over `dim`, of vectors of length 1, in the mean."""
    labels, predictions, _ = _floats(labels, predictions, None)
    products = reduce_sum(predictions * labels, [dim], True)
    collections = metrics_collections, updates_collections
    return mean_of(products, weights, collections, name, "mean_cosine_distance", finish=lambda mean: 1.0 - mean)


def percentage_below(values, threshold, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of values less than `threshold`, from 0 to 1."""
    below = math_ops.less(values, threshold)
    return mean_of(below, weights, (metrics_collections, updates_collections), name, "percentage_below_threshold")


def _floats(labels, predictions, weights):
    labels, predictions, weights = alike(labels, predictions, weights)
    return cast(labels, "float32"), cast(predictions, "float32"), weights
