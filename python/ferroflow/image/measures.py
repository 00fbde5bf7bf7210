"""How images change from pixel to pixel, and how far two are apart."""

import math

from .. import math_ops
from ..array_ops import concat, pad, reshape, shape, zeros_like
from ..framework import constant, convert_to_tensor, name_scope
from ..math_ops import log
from ..nn import depthwise_conv2d
from .colors import convert_image_dtype
from .frames import image_of


def total_variation(images, name=None):
    """The sum of the absolute differences of neighbouring pixels, of each image."""
    with name_scope(name, "total_variation", [images]):
        images, _ = image_of(images)
        down = abs(images[..., 1:, :, :] - images[..., :-1, :, :])
        right = abs(images[..., :, 1:, :] - images[..., :, :-1, :])
        axes = [-3, -2, -1]
        return math_ops.reduce_sum(down, axes) + math_ops.reduce_sum(right, axes)


def image_gradients(image):
    """The differences of each pixel of a batch to the one below, and to the one on its right; 0 at the end."""
    image = convert_to_tensor(image)
    if image.shape.ndims != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}.")
    down = concat([image[:, 1:] - image[:, :-1], zeros_like(image[:, :1])], 1)
    return down, concat([image[:, :, 1:] - image[:, :, :-1], zeros_like(image[:, :, :1])], 2)


def sobel_edges(image):
    """Sobel's filters down and to the right of a batch of images: `[batch, height, width, channels, 2]`."""
    image = convert_to_tensor(image)
    channels = image.shape.as_list()[-1]
    down = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]
    filters = [[[[down[i][j], down[j][i]]] * channels for j in range(3)] for i in range(3)]
    framed = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    edges = depthwise_conv2d(framed, constant(filters, image.dtype), [1, 1, 1, 1], "VALID")
    return reshape(edges, concat([shape(image), [2]], 0))


def psnr(a, b, max_val, name=None):
    """`20·log₁₀ max - 10·log₁₀ MSE` of each pair of images whose greatest value is `max_val`."""
    with name_scope(name, "PSNR", [a, b]):
        limit = convert_image_dtype(math_ops.cast(max_val, convert_to_tensor(a).dtype), "float32")
        a, b = convert_image_dtype(a, "float32"), convert_image_dtype(b, "float32")
        error = math_ops.reduce_mean(math_ops.squared_difference(a, b), [-3, -2, -1])
        return (20.0 * log(limit) - 10.0 * log(error)) / math.log(10.0)
