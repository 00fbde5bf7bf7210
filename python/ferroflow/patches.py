"""Windows of images, each with all of its pixels."""

import collections
import itertools

from .array_ops import concat, pad, reshape, shape, stack
from .creation import range as range_of
from .default_graph import name_scope
from .framework import convert_to_tensor, is_tensor
from .math_ops import cast, maximum
from .reductions import argmax, reduce_max
from .nn import _window


def _taps(images, size, strides, rates, padding, filler):
    """For each pixel of a window of `size` those that are there in all windows: tensors `[batch, rows, columns, channels]`,
    in row-major order, and the padding above and to the left."""
    around, counts = [], []
    for axis, (window, stride, rate) in enumerate(zip(size, strides, rates), 1):
        length = _size(images, axis)
        reach = (window - 1) * rate + 1
        if padding.upper() == "SAME":
            count = -(-length // stride)
            missing = (count - 1) * stride + reach - length
            missing = maximum(missing, 0) if is_tensor(missing) else max(missing, 0)
            around.append([missing // 2, missing - missing // 2])
        else:
            count = (length - reach) // stride + 1
            around.append([0, 0])
        counts.append(count)
    if any(is_tensor(number) or number for numbers in around for number in numbers):
        images = pad(images, [[0, 0], *around, [0, 0]], constant_values=filler)
    taps = []
    for place in itertools.product(*map(range, size)):
        first = [at * rate for at, rate in zip(place, rates)]
        taps.append(
            images[(slice(None), *(slice(f, f + (n - 1) * s + 1, s) for f, n, s in zip(first, counts, strides)))]
        )
    return taps, around[0][0], around[1][0]


def _size(images, axis):
    """The size of a dimension, a tensor if only a run tells it."""
    known = images.shape[axis].value
    return shape(images)[axis] if known is None else known


def extract_image_patches(images, ksizes=None, strides=None, rates=None, padding=None, name=None, sizes=None):
    """Each window's pixels as channels: `[batch, rows, columns, height · width · channels]` for windows `[1, height, width,
    1]` of pixels `rates` apart, `strides` apart, with zeros beyond the image if `padding` is `SAME`."""
    sizes, strides, rates = (_window(v, "NHWC")[1:3] for v in (sizes or ksizes, strides, rates or [1, 1, 1, 1]))
    with name_scope(name, "ExtractImagePatches", [images]):
        images = convert_to_tensor(images)
        return concat(_taps(images, sizes, strides, rates, padding, 0)[0], 3)


def extract_patches(images, sizes, strides, rates, padding, name=None):
    """`extract_image_patches`."""
    return extract_image_patches(images, sizes, strides, rates, padding, name)


def extract_volume_patches(input, ksizes, strides, padding, name=None):
    """`extract_image_patches` of volumes `[batch, depth, rows, columns, channels]`, with windows `[1, depth, height, width,
    1]`. The size of volumes must be known."""
    for what, value in (("ksizes", ksizes), ("strides", strides)):
        if len(value) != 5 or value[0] != 1 or value[4] != 1 or min(value) < 1:
            raise ValueError(f"{what} must be five positive numbers, the first and the last 1, found {list(value)}")
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"Attr 'padding' of 'ExtractVolumePatches' Op passed string '{padding}' not in: SAME, VALID")
    with name_scope(name, "ExtractVolumePatches", [input]):
        volumes = convert_to_tensor(input)
        if volumes.shape.ndims != 5:
            raise ValueError(f"Shape must be rank 5 but is rank {volumes.shape.ndims}: {volumes.shape}")
        return concat(_taps(volumes, ksizes[1:4], strides[1:4], [1, 1, 1], padding, 0)[0], 4)


def _morphology(name, images, filters, strides, rates, padding):
    with name_scope(name, values=[images, filters]):
        images, filters = convert_to_tensor(images), convert_to_tensor(filters)
        size, strides, rates = filters.shape.as_list()[:2], _window(strides, "NHWC")[1:3], _window(rates, "NHWC")[1:3]
        taps, _, _ = _taps(images, size, strides, rates, padding, images.dtype.min)
        values = [tap + filters[i // size[1], i % size[1]] for i, tap in enumerate(taps)]
        return reduce_max(stack(values), 0)


def dilation2d(input, filter=None, strides=None, rates=None, padding=None, name=None, filters=None, dilations=None):
    """`max (x + f)` over each window of images, of each channel, with a filter `[height, width, channels]`: greyscale
    dilation."""
    filter, rates = filters if filter is None else filter, dilations if rates is None else rates
    return _morphology(name or "Dilation2D", input, filter, strides, rates, padding)


def erosion2d(value, kernel, strides, rates, padding, name=None):
    """`min (x - f)` over each window of images, of each channel, with a filter `[height, width, channels]` turned by half a
    circle: greyscale erosion."""
    turned = convert_to_tensor(kernel)[::-1, ::-1]
    with name_scope(name, "erosion2d", [value, kernel]):
        return -_morphology("Dilation2D", -convert_to_tensor(value), turned, strides, rates, padding)


MaxPoolWithArgmax = collections.namedtuple("MaxPoolWithArgmax", ["output", "argmax"])


def max_pool_with_argmax(
    input,
    ksize,
    strides,
    padding,
    data_format="NHWC",
    Targmax=None,
    name=None,
    output_dtype=None,
    include_batch_in_index=False,
):
    """The greatest element of each window, and its place in the flattened image, or in all of them."""
    size, strides = _window(ksize, "NHWC")[1:3], _window(strides, "NHWC")[1:3]
    with name_scope(name, "MaxPoolWithArgmax", [input]):
        images = convert_to_tensor(input)
        taps, above, left = _taps(images, size, strides, [1, 1], padding, images.dtype.min)
        wide = lambda number: cast(number, "int64") if is_tensor(number) else number
        height, width, channels = (wide(_size(images, axis)) for axis in (1, 2, 3))
        pixels = stack(taps)
        rows, columns = _size(taps[0], 1), _size(taps[0], 2)
        tap = argmax(pixels, 0)
        place = lambda number, stride, first: range_of(0, number, 1, "int64") * stride - wide(first)
        y = reshape(place(rows, strides[0], above), [-1, 1, 1]) + tap // size[1]
        x = reshape(place(columns, strides[1], left), [-1, 1]) + tap % size[1]
        index = (y * width + x) * channels + range_of(0, channels, 1, "int64")
        if include_batch_in_index:
            batch = reshape(range_of(0, cast(shape(images)[0], "int64"), 1, "int64"), [-1, 1, 1, 1])
            index += batch * (height * width * channels)
        return MaxPoolWithArgmax(reduce_max(pixels, 0), cast(index, output_dtype or Targmax or "int64"))
