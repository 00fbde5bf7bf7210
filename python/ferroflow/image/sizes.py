"""Images of other sizes, between whose pixels is interpolated."""

from .. import array_ops, creation, math_ops, reductions, selection
from ..array_ops import concat, expand_dims, reshape, shape, squeeze
from ..selection import gather
from ..default_graph import control_dependencies, name_scope
from ..framework import convert_to_tensor, is_tensor
from ..math_ops import cast, floor, maximum, minimum
from .frames import image_of, pad_to_bounding_box, sizes as sizes_of


_EMPTY = "output dimensions must be positive:"


class ResizeMethod:
    """How `resize_images` finds pixels between pixels."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def _places(number, size, align_corners, half_pixel_centers, nearest=False):
    """Where in `size` pixels each of `number` pixels lies, as floats."""
    index = cast(creation.range(0, number, 1), "float32")
    number, size = cast(number, "float32"), cast(size, "float32")
    if align_corners:
        scale = math_ops.div_no_nan(size - 1.0, number - 1.0)
    else:
        scale = size / number
    if half_pixel_centers:
        return (index + 0.5) * scale - (0.0 if nearest else 0.5)
    return index * scale


def _interpolate(images, axis, number, taps, align_corners, half_pixel_centers):
    """Along `axis`, the sum of pixels that `taps(places)`, pairs of index and weight, names; indices stop at the edges."""
    size = shape(images)[axis]
    places = _places(number, size, align_corners, half_pixel_centers)
    row = [1] * 4
    row[axis] = -1
    total = None
    for index, weight in taps(places, size):
        index = minimum(maximum(cast(index, "int32"), 0), size - 1)
        part = gather(images, index, axis=axis) * reshape(weight, row)
        total = part if total is None else total + part
    return total


def _resized(images, size, taps, align_corners, half_pixel_centers, name, default):
    with name_scope(name, default, [images]):
        images = cast(_batch(images), "float32")
        height, width = _two(size)
        images = _for_positive(images, (height, width), _EMPTY)
        for axis, number in ((2, width), (1, height)):
            images = _interpolate(images, axis, number, taps, align_corners, half_pixel_centers)
        return images


def _for_positive(images, sizes, message):
    """The images. A run in which a size is not positive fails."""
    if all(isinstance(n, int) and n > 0 for n in sizes):
        return images
    sizes = array_ops.stack(sizes)
    with control_dependencies([math_ops.Assert(reductions.reduce_all(sizes > 0), [message, sizes])]):
        return math_ops.identity(images)


def _two(size):
    """Height and width. Those of a tensor are tensors, even if they are known: a run may give it another value."""
    if is_tensor(size):
        return [size[0], size[1]]
    return [n if is_tensor(n) else int(n) for n in size]


def _batch(images):
    images = convert_to_tensor(images)
    if images.shape.ndims != 4:
        raise ValueError(f"Images must have 4 dimensions, found shape {images.shape}")
    return images


def _linear(places, _):
    low = floor(places)
    return [(low, 1.0 - (places - low)), (low + 1.0, places - low)]


def resize_bilinear(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images of `size`, `[height, width]`, as `float32`, interpolated between the 4 nearest pixels."""
    return _resized(images, size, _linear, align_corners, half_pixel_centers, name, "ResizeBilinear")


def _cubic(a, edges):
    """Keys's kernel (Keys 1981) of 4 pixels. Without `edges` those beyond the image do not count."""

    def near(t):
        return ((a + 2.0) * t - (a + 3.0)) * t * t + 1.0

    def far(t):
        return ((a * t - 5.0 * a) * t + 8.0 * a) * t - 4.0 * a

    def taps(places, size):
        low = floor(places)
        # TensorFlow has the weights in a table of so many steps.
        t = math_ops.round((places - low) * 1024.0) / 1024.0
        found = [(low - 1.0, far(t + 1.0)), (low, near(t)), (low + 1.0, near(1.0 - t)), (low + 2.0, far(2.0 - t))]
        if edges:
            return found
        last = cast(size, "float32") - 1.0
        inside = [(i, w * cast(math_ops.logical_and(i >= 0.0, i <= last), "float32")) for i, w in found]
        whole = math_ops.add_n([w for _, w in inside])
        return [(i, w / whole) for i, w in inside]

    return taps


def resize_bicubic(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images of `size`, `[height, width]`, as `float32`, interpolated between the 16 nearest pixels."""
    taps = _cubic(-0.5, False) if half_pixel_centers else _cubic(-0.75, True)
    return _resized(images, size, taps, align_corners, half_pixel_centers, name, "ResizeBicubic")


def resize_nearest_neighbor(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images of `size`, `[height, width]`, of the same dtype, each pixel the nearest one."""
    with name_scope(name, "ResizeNearestNeighbor", [images]):
        height, width = _two(size)
        images = _for_positive(_batch(images), (height, width), _EMPTY)
        for axis, number in ((1, height), (2, width)):
            length = shape(images)[axis]
            places = _places(number, length, align_corners, half_pixel_centers, nearest=True)
            index = floor(places + 0.5) if align_corners else floor(places)
            images = gather(images, minimum(maximum(cast(index, "int32"), 0), length - 1), axis=axis)
        return images


def resize_area(images, size, align_corners=False, name=None):
    """A batch of images of `size`, `[height, width]`, as `float32`, each pixel the mean of the area that it covers."""
    with name_scope(name, "ResizeArea", [images]):
        images = cast(_batch(images), "float32")
        height, width = _two(size)
        images = _for_positive(images, (height, width), _EMPTY)
        for axis, number in ((1, height), (2, width)):
            length = shape(images)[axis]
            starts = expand_dims(_places(number, length, align_corners, False), 1)
            scale = cast(length, "float32") / cast(number, "float32")
            if align_corners:
                scale = math_ops.div_no_nan(cast(length, "float32") - 1.0, cast(number, "float32") - 1.0)
            pixels = cast(creation.range(0, length, 1), "float32")
            covered = maximum(minimum(starts + scale, pixels + 1.0) - maximum(starts, pixels), 0.0)
            weights = covered / reductions.reduce_sum(covered, 1, True)
            order = [0, axis, *(d for d in (1, 2) if d != axis), 3]
            weights = reshape(weights, concat([[1], shape(weights), [1, 1]], 0))
            mixed = reductions.reduce_sum(weights * expand_dims(array_ops.transpose(images, order), 1), 2)
            images = array_ops.transpose(mixed, order)
        return images


_METHODS = {
    ResizeMethod.BILINEAR: resize_bilinear,
    ResizeMethod.NEAREST_NEIGHBOR: resize_nearest_neighbor,
    ResizeMethod.BICUBIC: resize_bicubic,
    ResizeMethod.AREA: resize_area,
}


def resize_images(
    images, size, method=ResizeMethod.BILINEAR, align_corners=False, preserve_aspect_ratio=False, name=None
):
    """An image, or a batch, of `size`, `[height, width]`, by `method`; as it is if it has that size. With
    `preserve_aspect_ratio` the largest one within `size` of the same form. Raises `ValueError` for an unknown method."""
    if method not in _METHODS:
        raise ValueError("Resize method is not implemented.")
    with name_scope(name, "resize", [images]):
        images, first = image_of(images)
        found = sizes_of(images)
        if preserve_aspect_ratio:
            scale = minimum(*(cast(n, "float32") / cast(m, "float32") for n, m in zip(_two(size), found)))
            size = _rounded(found, _two(size), scale)
        if not is_tensor(size) and list(size) == found:
            return math_ops.identity(images)
        made = _METHODS[method](images if first else expand_dims(images, 0), size, align_corners)
        return made if first else squeeze(made, [0])


resize = resize_images


def _rounded(found, size, scale):
    if all(isinstance(n, int) for n in (*found, *size)):
        scale = min(size[0] / found[0], size[1] / found[1])
        return [int(round(n * scale)) for n in found]
    return [cast(math_ops.round(cast(n, "float32") * scale), "int32") for n in found]


def resize_image_with_pad(image, target_height, target_width, method=ResizeMethod.BILINEAR, align_corners=False):
    """The largest image of the same form within the sizes, in the middle, framed by zeros. The image's own sizes must be
    known."""
    image, _ = image_of(image)
    height, width = sizes_of(image)
    ratio = max(height / target_height, width / target_width)
    height, width = int(height / ratio), int(width / ratio)
    made = resize_images(image, [height, width], method, align_corners)
    above, left = (target_height - height) // 2, (target_width - width) // 2
    return pad_to_bounding_box(made, above, left, target_height, target_width)


def crop_and_resize(
    image, boxes, box_ind=None, crop_size=None, method="bilinear", extrapolation_value=0, name=None, box_indices=None
):
    """Parts of images at one size: the one in `boxes[i]`, `[y₁, x₁, y₂, x₂]` as shares of height and width, of image
    `box_ind[i]`, interpolated by `method`, `bilinear` or `nearest`; `extrapolation_value` beyond the image."""
    which = expand_dims(convert_to_tensor(box_ind if box_indices is None else box_indices), 1)
    if method not in ("bilinear", "nearest"):
        raise ValueError(f"method must be bilinear or nearest, found {method!r}")
    with name_scope(name, "CropAndResize", [image, boxes]):
        height, width = _two(crop_size)
        images = _for_positive(cast(_batch(image), "float32"), (height, width), "crop dimensions must be positive:")
        boxes = convert_to_tensor(boxes)
        finite = reductions.reduce_all(math_ops.is_finite(boxes))
        message = "Boxes contains at least one element that is not finite:"
        with control_dependencies([math_ops.Assert(finite, [message, boxes], 100)]):
            boxes = math_ops.identity(boxes)
        # Not `gather`, whose gradient is `IndexedSlices`.
        parts, inside = selection.gather_nd(images, which), []
        for axis, number, low, high in ((1, height, boxes[:, 0], boxes[:, 2]), (2, width, boxes[:, 1], boxes[:, 3])):
            size = shape(images)[axis]
            last = cast(size, "float32") - 1.0
            low, high = expand_dims(low * last, 1), expand_dims(high * last, 1)
            # Of a single pixel the middle.
            first = math_ops.div_no_nan(cast(creation.range(0, number, 1), "float32"), cast(number, "float32") - 1.0)
            share = selection.where(math_ops.equal(number, 1), first + 0.5, first)
            places = low + (high - low) * share
            inside.append(math_ops.logical_and(places >= 0.0, places <= last))
            taps = _linear(places, size) if method == "bilinear" else [(floor(places + 0.5), None)]
            total = None
            for index, weight in taps:
                index = minimum(maximum(cast(index, "int32"), 0), size - 1)
                part = gather(parts, index, axis=axis, batch_dims=1)
                if weight is not None:
                    part *= expand_dims(expand_dims(weight, 3 - axis), 3)
                total = part if total is None else total + part
            parts = total
        within = math_ops.logical_and(expand_dims(inside[0], 2), expand_dims(inside[1], 1))
        within = cast(expand_dims(within, 3), "float32")
        return parts * within + (1.0 - within) * float(extrapolation_value)
