"""How images change from pixel to pixel, and how far two are apart."""

import math

from .. import math_ops, reductions
from ..array_ops import concat, pad, reshape, shape, stack, tile, zeros_like
from ..default_graph import name_scope
from ..framework import constant, convert_to_tensor
from ..math_ops import log
from ..nn import avg_pool, depthwise_conv2d, relu, softmax
from .colors import convert_image_dtype
from .frames import image_of


def total_variation(images, name=None):
    """The sum of the absolute differences of neighbouring pixels, of each image."""
    with name_scope(name, "total_variation", [images]):
        images, _ = image_of(images)
        down = abs(images[..., 1:, :, :] - images[..., :-1, :, :])
        right = abs(images[..., :, 1:, :] - images[..., :, :-1, :])
        axes = [-3, -2, -1]
        return reductions.reduce_sum(down, axes) + reductions.reduce_sum(right, axes)


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
        error = reductions.reduce_mean(math_ops.squared_difference(a, b), [-3, -2, -1])
        return (20.0 * log(limit) - 10.0 * log(error)) / math.log(10.0)


def _blur(size, sigma, channels, dtype):
    """Filters of a normal distribution, one for each channel: `[size, size, channels, 1]`."""
    places = [i - (size - 1) / 2 for i in range(size)]
    exponents = [-0.5 * (x * x + y * y) / sigma**2 for x in places for y in places]
    return tile(reshape(softmax(constant([exponents], dtype)), [size, size, 1, 1]), [1, 1, channels, 1])


def _similar(x, y, limit, size, sigma, k1, k2):
    """The similarity of structure of each channel, `[batch, channels]`, and its part that contrast and structure have."""
    filters = _blur(size, sigma, x.shape.as_list()[-1], x.dtype)
    blurred = lambda images: depthwise_conv2d(images, filters, [1, 1, 1, 1], "VALID")
    c1, c2 = (k1 * limit) ** 2, (k2 * limit) ** 2
    mean_x, mean_y = blurred(x), blurred(y)
    product, squares = 2.0 * mean_x * mean_y, math_ops.square(mean_x) + math_ops.square(mean_y)
    covered, spread = 2.0 * blurred(x * y) - product, blurred(math_ops.square(x) + math_ops.square(y)) - squares
    contrast = (covered + c2) / (spread + c2)
    whole = (product + c1) / (squares + c1) * contrast
    return reductions.reduce_mean(whole, [-3, -2]), reductions.reduce_mean(contrast, [-3, -2])


def _images(img1, img2, max_val):
    """Both as `float32`, `[batch, height, width, channels]`, their greatest value, and the shape before the last three."""
    img1, img2 = convert_to_tensor(img1), convert_to_tensor(img2)
    if img1.shape.ndims is None or img1.shape.ndims < 3:
        raise ValueError(f"Images must be at least three-dimensional: {img1.shape}")
    limit = convert_image_dtype(math_ops.cast(max_val, img1.dtype), "float32")
    flat = lambda x: reshape(convert_image_dtype(x, "float32"), concat([[-1], shape(x)[-3:]], 0))
    x, y = flat(img1), flat(img2)
    for images in (x, y):
        images.set_shape([None, *img1.shape.as_list()[-3:]])
    return x, y, limit, shape(img1)[:-3]


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """The structural similarity of each pair of images whose greatest value is `max_val` (Wang et al. 2004): the mean over
    windows of `filter_size` and channels."""
    with name_scope(None, "SSIM", [img1, img2]):
        x, y, limit, batch = _images(img1, img2, max_val)
        whole, _ = _similar(x, y, limit, filter_size, filter_sigma, k1, k2)
        return reshape(reductions.reduce_mean(whole, [-1]), batch)


def ssim_multiscale(
    img1,
    img2,
    max_val,
    power_factors=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size=11,
    filter_sigma=1.5,
    k1=0.01,
    k2=0.03,
):
    """The similarity of images at scales halved once a power (Wang et al. 2003): the product over the scales, to these
    powers, of contrast and structure, and of the whole at the last one."""
    with name_scope(None, "MS-SSIM", [img1, img2]):
        x, y, limit, batch = _images(img1, img2, max_val)
        parts = []
        for i in range(len(power_factors)):
            if i:
                x, y = _halved(x), _halved(y)
            whole, contrast = _similar(x, y, limit, filter_size, filter_sigma, k1, k2)
            parts.append(relu(contrast if i < len(power_factors) - 1 else whole))
        product = reductions.reduce_prod(math_ops.pow(stack(parts, -1), list(power_factors)), -1)
        return reshape(reductions.reduce_mean(product, [-1]), batch)


def _halved(images):
    """The means of four pixels; an odd last row or column counts twice."""
    odd = [[0, size % 2] for size in images.shape.as_list()[1:3]]
    images = pad(images, [[0, 0], *odd, [0, 0]], "SYMMETRIC") if odd != [[0, 0], [0, 0]] else images
    return avg_pool(images, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
