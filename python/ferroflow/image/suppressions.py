"""Boxes chosen by their scores, without those that have too much in common with better ones, on the host."""

import collections
import heapq

import numpy as np

from ..dtypes import float32, int32
from ..framework import convert_to_tensor
from ..script_ops import hosted

CombinedNonMaxSuppression = collections.namedtuple(
    "CombinedNonMaxSuppression", ["nmsed_boxes", "nmsed_scores", "nmsed_classes", "valid_detections"]
)
CombinedNonMaxSuppression.__doc__ = "The boxes of each image, their scores and classes, and how many there are."


def _overlaps(boxes, box):
    """The areas that boxes, `[n, 4]`, have in common with one, by the areas that both cover."""
    low = np.minimum(boxes[:, :2], boxes[:, 2:]), np.minimum(box[:2], box[2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:]), np.maximum(box[:2], box[2:])
    areas = [np.prod(end - start, -1) for start, end in zip(low, high)]
    common = np.prod(np.maximum(np.minimum(*high) - np.maximum(*low), 0), -1)
    both = areas[0] + areas[1] - common
    none = (areas[0] <= 0) | (areas[1] <= 0)
    return np.where(none, 0, common / np.where(none, 1, both)).astype(np.float32)


def _chosen(boxes, scores, most, overlap, least, sigma=0.0):
    """The places and scores of the best, at most `most`. With a `sigma` scores become less by what boxes have in common."""
    queue = [(-score, place, 0) for place, score in enumerate(scores.tolist()) if score > least]
    heapq.heapify(queue)
    places, found = [], []
    while queue and len(places) < most:
        score, place, seen = heapq.heappop(queue)
        score = first = np.float32(-score)
        near = _overlaps(boxes[places[seen:]], boxes[place]) if seen < len(places) else np.zeros(0, np.float32)
        if sigma > 0:
            for share in near[::-1]:
                score *= np.exp(np.float32(-0.5 / sigma) * share * share)
                if score <= least:
                    break
        elif (near > overlap).any():
            continue
        if score == first:
            places.append(place)
            found.append(score)
        elif score > least:
            heapq.heappush(queue, (-float(score), place, len(places)))
    return np.array(places, np.int32), np.array(found, np.float32)


def non_max_suppression_with_scores(
    boxes,
    scores,
    max_output_size,
    iou_threshold=0.5,
    score_threshold=float("-inf"),
    soft_nms_sigma=0.0,
    name=None,
):
    """`tf.image.non_max_suppression`, and the scores. With a `soft_nms_sigma` above 0 nothing is left out for what it has in
    common with better boxes, but its score is made less, by `exp(-common² / (2 sigma))` (Bodla et al. 2017,
    https://arxiv.org/abs/1704.04503)."""
    tensors = [convert_to_tensor(value, float32) for value in (boxes, scores)]
    tensors.append(convert_to_tensor(max_output_size, int32))
    tensors += [convert_to_tensor(value, float32) for value in (iou_threshold, score_threshold, soft_nms_sigma)]
    for tensor, rank in zip(tensors, (2, 1, 0, 0, 0, 0)):
        if tensor.shape.ndims not in (None, rank):
            raise ValueError(f"Shape must be rank {rank} but is rank {tensor.shape.ndims}")

    def found(boxes, scores, most, overlap, least, sigma):
        if len(boxes) != len(scores):
            raise ValueError("scores has incompatible shape")
        if not 0 <= overlap <= 1:
            raise ValueError("iou_threshold must be in [0, 1]")
        return list(_chosen(boxes, scores, int(most), overlap, least, float(sigma)))

    return tuple(hosted(found, tensors, [int32, float32], [[None], [None]], name or "NonMaxSuppressionV5"))


def combined_non_max_suppression(
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold=0.5,
    score_threshold=float("-inf"),
    pad_per_class=False,
    clip_boxes=True,
    name=None,
):
    """The best boxes of each image and class: of `boxes`, `[batch, n, classes or 1, 4]`, with `scores`,
    `[batch, n, classes]`, at most `max_output_size_per_class` of a class, chosen as by `tf.image.non_max_suppression`, and
    `max_total_size` of an image, those of the highest scores.

    Gives boxes, `[batch, k, 4]`, cut to the image if `clip_boxes`, scores and classes, `[batch, k]`, filled up with zeros to
    `max_total_size`, or the less of it and what all classes may give if `pad_per_class`; and how many count, `[batch]`.
    """
    tensors = [convert_to_tensor(value, float32) for value in (boxes, scores)]
    for tensor, rank in zip(tensors, (4, 3)):
        if tensor.shape.ndims not in (None, rank):
            raise ValueError(f"Shape must be rank {rank} but is rank {tensor.shape.ndims}")
    per_class, total = int(max_output_size_per_class), int(max_total_size)
    if per_class <= 0 or total <= 0:
        raise ValueError("max_output_size_per_class and max_total_size must be greater than 0")

    def found(boxes, scores):
        batch, _, classes = scores.shape
        if boxes.shape[2] not in (1, classes) or boxes.shape[:2] != scores.shape[:2]:
            raise ValueError(f"boxes of shape {boxes.shape} do not fit scores of shape {scores.shape}")
        size = min(total, per_class * classes) if pad_per_class else total
        made = [np.zeros([batch, size, *rest], np.float32) for rest in ([4], [], [])]
        counts = np.zeros([batch], np.int32)
        for image in range(batch):
            rows = []
            for kind in range(classes):
                own = boxes[image, :, kind if boxes.shape[2] > 1 else 0]
                places, best = _chosen(own, scores[image, :, kind], per_class, iou_threshold, score_threshold)
                rows += [(score, kind, own[place]) for place, score in zip(places, best)]
            rows = sorted(rows, key=lambda row: -row[0])[:size]
            counts[image] = len(rows)
            for at, (score, kind, box) in enumerate(rows):
                made[0][image, at], made[1][image, at], made[2][image, at] = box, score, kind
        if clip_boxes:
            made[0] = np.clip(made[0], 0, 1)
        return [*made, counts]

    batch, classes = tensors[1].shape[0].value, tensors[1].shape[2].value
    size = total if not pad_per_class else None if classes is None else min(total, per_class * classes)
    shapes = [[batch, size, 4], [batch, size], [batch, size], [batch]]
    dtypes = [float32, float32, float32, int32]
    return CombinedNonMaxSuppression(*hosted(found, tensors, dtypes, shapes, name or "CombinedNonMaxSuppression"))
