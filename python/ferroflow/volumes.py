"""Convolutions and pooling of volumes `[batch, depth, height, width, channels]`, put together of those of images."""

from . import nn
from .array_ops import concat, ones_like, pad, reshape, shape, stack, transpose
from .default_graph import name_scope
from .framework import convert_to_tensor, is_tensor
from .math_ops import add_n, maximum
from .reductions import reduce_max, reduce_mean


def _depth(x):
    """A number if it is known, else a tensor."""
    known = x.shape[1].value
    return shape(x)[1] if known is None else known


def _depths(x, size, stride, rate, padding, filler):
    """For each of `size` slices of a window along the depth those that are there in all windows."""
    length = _depth(x)
    reach = (size - 1) * rate + 1
    if padding.upper() == "SAME":
        count = -(-length // stride)
        missing = (count - 1) * stride + reach - length
        missing = maximum(missing, 0) if is_tensor(missing) else max(missing, 0)
        x = pad(x, [[0, 0], [missing // 2, missing - missing // 2], [0, 0], [0, 0], [0, 0]], constant_values=filler)
    else:
        count = (length - reach) // stride + 1
    return [x[:, k * rate : k * rate + (count - 1) * stride + 1 : stride] for k in range(size)]


def _by_images(function, volume):
    """What `function` gives for all images of volumes."""
    depth = _depth(volume)
    images = function(reshape(volume, concat([[-1], shape(volume)[2:]], 0)))
    return reshape(images, concat([[-1, depth], shape(images)[1:]], 0))


def _last(data_format, x, *windows):
    """Volumes with their channels last, the windows' three sizes, and what puts channels back where they were."""
    x = convert_to_tensor(x)
    first = data_format == "NCDHW"
    threes = [[w] * 3 if isinstance(w, int) else list(w)[2:] if first else list(w)[1:4] for w in windows]
    back = (lambda y: transpose(y, [0, 4, 1, 2, 3])) if first else (lambda y: y)
    x = transpose(x, [0, 2, 3, 4, 1]) if first else x
    return (x, *threes, back)


def conv3d(
    input,
    filter=None,
    strides=None,
    padding=None,
    data_format="NDHWC",
    dilations=(1, 1, 1, 1, 1),
    name=None,
    filters=None,
):
    """The convolution of volumes with filters `[depth, height, width, in, out]`."""
    filter = convert_to_tensor(filters if filter is None else filter)
    with name_scope(name, "Conv3D", [input, filter]):
        x, strides, rates, back = _last(data_format, input, strides, dilations)
        parts = []
        for k, part in enumerate(_depths(x, filter.shape.as_list()[0], strides[0], rates[0], padding, 0)):
            planar = lambda images, k=k: nn.conv2d(images, filter[k], strides[1:], padding, dilations=rates[1:])
            parts.append(_by_images(planar, part))
        return back(add_n(parts))


def max_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """The greatest element of each window, `[1, depth, height, width, 1]`, of volumes."""
    with name_scope(name, "MaxPool3D", [input]):
        x, size, strides, back = _last(data_format, input, ksize, strides)
        x = _by_images(lambda images: nn.max_pool(images, size[1:], strides[1:], padding), x)
        return back(reduce_max(stack(_depths(x, size[0], strides[0], 1, padding, x.dtype.min)), 0))


def avg_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """The mean of each window, `[1, depth, height, width, 1]`, of volumes; padding does not count."""
    with name_scope(name, "AvgPool3D", [input]):
        x, size, strides, back = _last(data_format, input, ksize, strides)
        x = _by_images(lambda images: nn.avg_pool(images, size[1:], strides[1:], padding), x)
        depths = lambda x: reduce_mean(stack(_depths(x, size[0], strides[0], 1, padding, 0)), 0)
        return back(depths(x) / depths(ones_like(x)))
