"""Parts of images: at random, and glimpses; and boxes drawn into them."""

import itertools

import numpy as np

from ..array_ops import concat, shape
from ..dtypes import float32, int32, int64
from ..errors import InvalidArgumentError
from ..default_graph import name_scope
from ..framework import convert_to_tensor
from ..philox import reserved
from ..random_ops import random_normal, random_uniform
from ..script_ops import hosted

_numbers = itertools.count()
# Yellow, blue, red, lime, purple, olive, maroon, navy, aqua and fuchsia.
_COLORS = [
    [1, 1, 0, 1],
    [0, 0, 1, 1],
    [1, 0, 0, 1],
    [0, 1, 0, 1],
    [0.5, 0, 0.5, 1],
    [0.5, 0.5, 0, 1],
    [0.5, 0, 0, 1],
    [0, 0, 0.5, 1],
    [0, 1, 1, 1],
    [1, 0, 1, 1],
]


def _ranked(value, rank, dtype=None):
    tensor = convert_to_tensor(value, dtype)
    if tensor.shape.ndims not in (None, rank):
        raise ValueError(f"Shape must be rank {rank} but is rank {tensor.shape.ndims}: {tensor.shape}")
    return tensor


# No image has so many rows.
_FAR = 2.0**53


def extract_glimpse(input, size, offsets, centered=True, normalized=True, uniform_noise=True, name=None):
    """Parts of `size`, `[height, width]`, of images of `float32`, around `offsets`, `[batch, 2]`, rows before columns.

    Offsets are from the middle if `centered`, where they count by half, else from the upper left corner; if `normalized` in
    parts of the image, so from -1 to 1 where they are from the middle, else in pixels. What lies outside is noise between
    the least and the greatest number of the image, or, unless `uniform_noise`, normal noise of its mean and deviation. There
    is no derivative.
    """
    with name_scope(name, "ExtractGlimpse", [input, offsets]):
        images, offsets = _ranked(input, 4, float32), _ranked(offsets, 2, float32)
        size = _ranked(size, 1, int32)
        if size.shape[0].value not in (None, 2) or offsets.shape[1].value not in (None, 2):
            raise ValueError(f"size and offsets must be of 2 numbers, found shapes {size.shape} and {offsets.shape}")
        whole = concat([shape(images)[:1], size, shape(images)[3:]], 0)
        noise = random_uniform(whole) if uniform_noise else random_normal(whole)

        def found(images, size, offsets, noise):
            if len(offsets) != len(images):
                raise InvalidArgumentError(None, None, "offsets should have as many rows as there are images")
            if len(noise) and images.size:
                over = dict(axis=(1, 2, 3), keepdims=True)
                if uniform_noise:
                    least = images.min(**over)
                    noise = least + noise * (images.max(**over) - least)
                else:
                    noise = images.mean(**over) + noise * images.std(**over)
            made = noise.astype(np.float32)
            sizes = np.array(images.shape[1:3], np.float32)
            for image, offset, glimpse in zip(images, offsets, made):
                start = offset * sizes if normalized else offset
                start = start / 2 + sizes / 2 if centered else start
                corner = np.trunc(start - size.astype(np.float32) / 2)
                if not (np.abs(corner) < _FAR).all():
                    continue
                y, x = corner.astype(np.int64).tolist()
                rows, columns = (slice(max(a, 0), min(a + n, m)) for a, n, m in zip((y, x), size.tolist(), image.shape))
                if rows.start < rows.stop and columns.start < columns.stop:
                    part = image[rows, columns]
                    glimpse[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x] = part
            return [made]

        shapes = noise.shape
        return hosted(found, [images, size, offsets, noise], [float32], [shapes], "ExtractGlimpse")[0]


def draw_bounding_boxes(images, boxes, name=None, colors=None):
    """Images `[batch, height, width, channels]` of 1, 3 or 4 channels with `boxes`, `[batch, n, 4]` in parts of the image,
    drawn into them, in turn in the colours `colors`, `[n, channels]`, or TensorFlow's ten; images of one channel get ones."""
    images, boxes = _ranked(images, 4), _ranked(boxes, 3, float32)
    if images.dtype.name not in ("float32", "float16"):
        raise TypeError(
            f"Value passed to parameter 'images' has DataType {images.dtype.name} not in list: float32, float16"
        )
    if images.shape.ndims and images.shape[3].value not in (None, 1, 3, 4):
        raise ValueError("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if boxes.shape.ndims and boxes.shape[2].value not in (None, 4):
        raise ValueError(f"The last dimension of boxes must be 4, found {boxes.shape}")
    given = [] if colors is None else [_ranked(colors, 2, float32)]

    def drawn(images, boxes, colors=None):
        height, width, depth = images.shape[1:]
        if len(boxes) != len(images):
            raise InvalidArgumentError(None, None, "The batch sizes should be the same")
        if colors is None or not len(colors):
            colors = np.array(_COLORS, np.float32)[:, :depth] if depth > 1 else np.ones([1, 1], np.float32)
        if colors.shape[1] < depth:
            raise InvalidArgumentError(None, None, "colors must have as many channels as the images")
        for image, ones in zip(images, boxes):
            for at, box in enumerate(ones):
                scaled = np.trunc(box * np.array([height - 1, width - 1] * 2, np.float32))
                if not np.isfinite(scaled).all():
                    continue
                top, left, bottom, right = scaled.astype(np.int64).tolist()
                if top > bottom or left > right or top >= height or bottom < 0 or left >= width or right < 0:
                    continue
                color = colors[at % len(colors), :depth]
                rows = slice(max(top, 0), min(bottom, height - 1) + 1)
                columns = slice(max(left, 0), min(right, width - 1) + 1)
                for row in (top, bottom):
                    if 0 <= row < height:
                        image[row, columns] = color
                for column in (left, right):
                    if 0 <= column < width:
                        image[rows, column] = color
        return [images]

    return hosted(drawn, [images, boxes, *given], [images.dtype], [images.shape], name or "DrawBoundingBoxes")[0]


def _cut(height, width, areas, aspect, stream):
    """The corner and the size of a part of that aspect, or `None`; roundings are TensorFlow's."""
    single = np.float32
    aspect, whole = single(aspect), [single(a) * single(width) * single(height) for a in areas]
    rounded = lambda x: int(np.rint(single(x)))
    if areas[1] <= 0 or aspect <= 0 or width <= 0 or height <= 0 or areas[0] > areas[1]:
        return None
    rows, most = (rounded(np.sqrt(area / aspect)) for area in whole)
    if rounded(most * aspect) > width:
        most = int((width + 0.5 - 1e-7) / float(aspect))
        most -= rounded(most * aspect) > width
    most = min(most, height)
    rows = min(rows, most)
    if rows < most:
        rows += stream.below(most - rows + 1)
    columns = rounded(rows * aspect)
    for wrong, step in ((lambda: rows * columns < whole[0], 1), (lambda: rows * columns > whole[1], -1)):
        if wrong():
            rows += step
            columns = rounded(rows * aspect)
    if not whole[0] <= rows * columns <= whole[1] or not 0 < columns <= width or not 0 < rows <= height:
        return None
    y = stream.below(height - rows) if rows < height else 0
    x = stream.below(width - columns) if columns < width else 0
    return y, x, rows, columns


def _covers(cut, boxes, least):
    """Whether a part has at least that share of one of the boxes, in pixels."""
    y, x, rows, columns = cut
    for top, left, bottom, right in boxes:
        area = max(bottom - top, 0) * max(right - left, 0)
        common = max(min(bottom, y + rows) - max(top, y), 0) * max(min(right, x + columns) - max(left, x), 0)
        if area > 0 and np.float32(common) / np.float32(area) >= np.float32(least):
            return True
    return False


def sample_distorted_bounding_box(
    image_size,
    bounding_boxes,
    seed=None,
    seed2=None,
    min_object_covered=0.1,
    aspect_ratio_range=None,
    area_range=None,
    max_attempts=None,
    use_image_if_no_bounding_boxes=None,
    name=None,
):
    """A part of an image of `image_size`, `[height, width, channels]`, at random: where it begins and its size, for
    `tf.slice`, and as a box `[1, 1, 4]`, for `draw_bounding_boxes`.

    It has `min_object_covered` of one of `bounding_boxes`, `[batch, n, 4]` in parts of the image, an aspect of columns by
    rows within `aspect_ratio_range`, 0.75 to 1.33, and a share of the image within `area_range`, 0.05 to 1. Where there is
    none after `max_attempts`, 100, it is the whole image. Without boxes the whole image is one if
    `use_image_if_no_bounding_boxes`. Equal seeds give TensorFlow's parts.

    Raises `ValueError` for ranges that are none; a run raises `tf.errors.InvalidArgumentError` for boxes that are none, or
    without any.
    """
    aspects, areas = list(aspect_ratio_range or [0.75, 1.33]), list(area_range or [0.05, 1])
    attempts = 100 if max_attempts is None else max_attempts
    for what, pair in (("Aspect ratio", aspects), ("Area", areas)):
        if len(pair) != 2 or pair[0] <= 0 or pair[1] <= 0:
            raise ValueError(f"{what} range must be two positive numbers, found {pair}")
    if areas[0] > 1 or areas[1] > 1:
        raise ValueError(f"Area range must be at most 1, found {areas}")
    if attempts <= 0:
        raise ValueError(f"Max attempts must be non-negative: {attempts}")
    sizes = _ranked(image_size, 1)
    if sizes.dtype not in (int32, int64) and sizes.dtype.name not in ("uint8", "int8", "int16"):
        raise TypeError(f"Value passed to parameter 'image_size' has DataType {sizes.dtype.name}, which is no integer")
    boxes = _ranked(bounding_boxes, 3, float32)
    covered = convert_to_tensor(min_object_covered, float32)
    owner = next(_numbers)

    def drawn(sizes, boxes, least):
        refuse = lambda why: InvalidArgumentError(None, None, why)
        height, width = (int(n) for n in sizes[:2])
        if len(sizes) != 3 or height <= 0 or width <= 0:
            raise refuse(f"image_size must be 1-dimensional with 3 positive elements, got {sizes.tolist()}")
        if least < 0:
            raise refuse(f"Min object covered must be non-negative: {least}")
        if boxes.size and boxes.shape[-1] != 4:
            raise refuse(f"bounding boxes must have shape [4], got {list(boxes.shape)}")
        flat = boxes.reshape(-1, 4) if boxes.size else np.zeros([0, 4], np.float32)
        if not len(flat):
            if not use_image_if_no_bounding_boxes:
                raise refuse(
                    "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to not "
                    "provide any bounding boxes."
                )
            flat = np.array([[0, 0, 1, 1]], np.float32)
        outside = flat[(flat < 0) | (flat > 1) | np.isnan(flat)]
        if outside.size:
            raise refuse(f"All bounding box coordinates must be in [0.0, 1.0]: {outside[0]}")
        pixels = np.trunc(flat * np.array([height, width] * 2, np.float32)).astype(np.int64).tolist()
        stream, cut = reserved(owner, seed or 0, seed2 or 0, 4 * attempts), None
        least_aspect, most_aspect = map(np.float32, aspects)
        for _ in range(attempts):
            aspect = stream.number() * (most_aspect - least_aspect) + least_aspect
            found = _cut(height, width, areas, aspect, stream)
            if found is not None and _covers(found, pixels, least):
                cut = found
                break
        y, x, rows, columns = cut or (0, 0, height, width)
        box = np.array([[[y / height, x / width, (y + rows) / height, (x + columns) / width]]], np.float32)
        kind = sizes.dtype
        return [np.array([y, x, 0], kind), np.array([rows, columns, -1], kind), box]

    dtypes, shapes = [sizes.dtype, sizes.dtype, float32], [[3], [3], [1, 1, 4]]
    return tuple(hosted(drawn, [sizes, boxes, covered], dtypes, shapes, name or "SampleDistortedBoundingBox"))
