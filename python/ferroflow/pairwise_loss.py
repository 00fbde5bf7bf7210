"""A loss of the differences between the elements of an example."""

from .array_ops import ones_like, reshape, shape, zeros_like
from .selection import where
from .default_graph import add_to_collection, name_scope
from .graph import GraphKeys
from .math_ops import cast, div_no_nan, equal, maximum, square
from .reductions import reduce_sum


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES):
    """The mean over all pairs of elements of an example of `((pᵢ - pⱼ) - (zᵢ - zⱼ))²`, weighted, and summed over the
    examples, `[batch, …]`; it is added to `loss_collection`. `weights` is a scalar, or one for each example."""
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels]):
        labels, predictions = cast(labels, "float32"), cast(predictions, "float32")
        predictions.shape.assert_is_compatible_with(labels.shape)
        weights = cast(weights, "float32")
        difference = predictions - labels
        rows = reshape(difference, [shape(difference)[0], -1]) if difference.shape.ndims != 1 else difference[:, None]
        scale = reshape(weights, [-1, 1]) if weights.shape.ndims else weights
        present = where(equal(scale * ones_like(rows), 0), zeros_like(rows), ones_like(rows))
        number = reduce_sum(present, 1, True)
        pairs = maximum(number - 1, 0)
        squares = 2.0 * div_no_nan(reduce_sum(square(rows), 1, True), pairs)
        mean = 2.0 * div_no_nan(square(reduce_sum(rows, 1, True)), number * pairs)
        loss = reduce_sum(where(equal(present[:, :1], 0), zeros_like(squares), (squares - mean) * scale))
        if loss_collection is not None:
            add_to_collection(loss_collection, loss)
        return loss
