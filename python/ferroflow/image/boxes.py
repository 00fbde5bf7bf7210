"""Boxes in images: `[y1, x1, y2, x2]`, any two opposite corners."""

from ..array_ops import concat, expand_dims, one_hot, pad, shape, unstack, zeros_like
from ..creation import fill
from ..selection import where
from ..control_flow import while_loop
from ..dtypes import bool as bool_, float32, int32
from ..default_graph import name_scope
from ..framework import constant, convert_to_tensor
from ..math_ops import div_no_nan, greater, less, logical_and, logical_not, logical_or, maximum, minimum
from ..reductions import argmax, reduce_any


def _overlaps(boxes, box):
    """The areas that boxes, `[n, 4]`, have in common with one, `[4]`, by the areas that both cover."""
    corners = lambda b: [(minimum(p, q), maximum(p, q)) for p, q in ((b[0], b[2]), (b[1], b[3]))]
    first, second = corners(unstack(boxes, 4, 1)), corners(unstack(box, 4))
    area = lambda sides: (sides[0][1] - sides[0][0]) * (sides[1][1] - sides[1][0])
    common = [maximum(minimum(a[1], b[1]) - maximum(a[0], b[0]), 0.0) for a, b in zip(first, second)]
    both = common[0] * common[1]
    return div_no_nan(both, area(first) + area(second) - both)


def _chosen(scores, most, overlaps, overlap_threshold, score_threshold):
    """The places of the best scores, without those whose `overlaps(place)` with a better one are above the
    threshold."""
    scores = convert_to_tensor(scores, float32)
    most = minimum(convert_to_tensor(most, int32), shape(scores)[0])
    places = fill([maximum(most, 0)], constant(0))
    places.set_shape([None])
    live = greater(scores, score_threshold)

    def step(count, live, places):
        masked = where(live, scores, zeros_like(scores) + float("-inf"))
        # With one more, for there may be none.
        best = argmax(concat([masked, [float("-inf")]], 0), 0, output_type=int32)
        near = greater(overlaps(best), overlap_threshold)
        itself = one_hot(best, shape(scores)[0], True, False, dtype=bool_)
        here = one_hot(count, most, 1, 0)
        return count + 1, logical_and(live, logical_not(logical_or(near, itself))), places + here * best

    go_on = lambda count, live, places: logical_and(less(count, most), reduce_any(live))
    count, _, places = while_loop(go_on, step, (constant(0), live, places))
    return places[:count]


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), name=None):
    """The places, at most `max_output_size`, of the boxes, `[n, 4]`, of the best `scores`, `[n]`, the best first,
    without those that have more than `iou_threshold` of their area in common with a better one, and those of at
    most `score_threshold`."""
    with name_scope(name, "non_max_suppression", [boxes, scores]):
        boxes = convert_to_tensor(boxes, float32)
        overlaps = lambda best: _overlaps(boxes, boxes[best])
        return _chosen(scores, max_output_size, overlaps, iou_threshold, score_threshold)


def non_max_suppression_overlaps(
    overlaps, scores, max_output_size, overlap_threshold=0.5, score_threshold=float("-inf"), name=None
):
    """`non_max_suppression` where `overlaps`, `[n, n]`, tells how much boxes have in common."""
    with name_scope(name, "non_max_suppression_overlaps", [overlaps, scores]):
        table = convert_to_tensor(overlaps, float32)
        return _chosen(scores, max_output_size, lambda best: table[best], overlap_threshold, score_threshold)


def non_max_suppression_padded(
    boxes,
    scores,
    max_output_size,
    iou_threshold=0.5,
    score_threshold=float("-inf"),
    pad_to_max_output_size=False,
    name=None,
):
    """`non_max_suppression`, filled up with zeros to `max_output_size` if `pad_to_max_output_size`, and how many
    places count."""
    with name_scope(name, "non_max_suppression_padded", [boxes, scores]):
        found = non_max_suppression(boxes, scores, max_output_size, iou_threshold, score_threshold)
        count = shape(found)[0]
        if pad_to_max_output_size:
            missing = convert_to_tensor(max_output_size, int32) - count
            found = pad(found, expand_dims([0, missing], 0))
        return found, count
