"""The colours of images: red, green and blue in the last dimension, from 0 to 1 where they are floats."""

from .. import math_ops, reductions
from ..array_ops import stack, tile, unstack, zeros_like
from ..selection import where
from ..dtypes import as_dtype
from ..default_graph import name_scope
from ..framework import constant, convert_to_tensor
from ..math_ops import cast, div_no_nan, maximum, minimum, saturate_cast


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """An image of another dtype: floats from 0 to 1 stand for integers from 0 to the greatest one. With `saturate` what is
    beyond the limits is brought to them."""
    image, dtype = convert_to_tensor(image), as_dtype(dtype)
    if image.dtype == dtype:
        return math_ops.identity(image)
    with name_scope(name, "convert_image", [image]):
        if image.dtype.is_integer and dtype.is_integer:
            more, less = image.dtype.max, dtype.max
            if more > less:
                scaled = image // ((more + 1) // (less + 1))
                return saturate_cast(scaled, dtype) if saturate else cast(scaled, dtype)
            scaled = saturate_cast(image, dtype) if saturate else cast(image, dtype)
            return scaled * ((less + 1) // (more + 1))
        if image.dtype.is_floating and dtype.is_floating:
            return cast(image, dtype)
        if image.dtype.is_integer:
            return cast(image, dtype) * (1.0 / image.dtype.max)
        scaled = image * (dtype.max + 0.5)
        return saturate_cast(scaled, dtype) if saturate else cast(scaled, dtype)


def _as_floats(image, change, name, default):
    """The image as `change` gives it of floats, in its own dtype."""
    with name_scope(name, default, [image]):
        image = convert_to_tensor(image)
        floats = convert_image_dtype(image, "float32") if not image.dtype.is_floating else image
        return convert_image_dtype(change(floats), image.dtype, saturate=True)


def adjust_brightness(image, delta):
    """`delta` added to each pixel, of images as floats."""
    return _as_floats(image, lambda x: x + cast(delta, x.dtype), None, "adjust_brightness")


def adjust_contrast(images, contrast_factor):
    """`(x - mean) · contrast_factor + mean`, with the mean of each channel of each image."""

    def change(x):
        mean = reductions.reduce_mean(x, [-3, -2], True)
        return (x - mean) * cast(contrast_factor, x.dtype) + mean

    return _as_floats(images, change, None, "adjust_contrast")


def adjust_gamma(image, gamma=1, gain=1):
    """`gain · x ^ gamma`, of images as floats. Raises `ValueError` for a `gamma` below 0."""
    if isinstance(gamma, (int, float)) and gamma < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    return _as_floats(image, lambda x: gain * math_ops.pow(x, gamma), None, "adjust_gamma")


def adjust_hue(image, delta, name=None):
    """The hue turned by `delta`, of which 1 is the whole circle."""

    def change(x):
        hue, saturation, value = unstack(rgb_to_hsv(x), 3, -1)
        return hsv_to_rgb(stack([math_ops.floormod(hue + delta, 1.0), saturation, value], -1))

    return _as_floats(image, change, name, "adjust_hue")


def adjust_saturation(image, saturation_factor, name=None):
    """The saturation times `saturation_factor`, 1 at most."""

    def change(x):
        hue, saturation, value = unstack(rgb_to_hsv(x), 3, -1)
        more = minimum(maximum(saturation * saturation_factor, 0.0), 1.0)
        return hsv_to_rgb(stack([hue, more, value], -1))

    return _as_floats(image, change, name, "adjust_saturation")


def grayscale_to_rgb(images, name=None):
    """Three equal channels of one."""
    with name_scope(name, "grayscale_to_rgb", [images]):
        images = convert_to_tensor(images)
        return tile(images, [1] * (images.shape.ndims - 1) + [3])


def rgb_to_grayscale(images, name=None):
    """One channel of three: `0.2989·r + 0.5870·g + 0.1140·b`."""
    with name_scope(name, "rgb_to_grayscale", [images]):
        images = convert_to_tensor(images)
        floats = convert_image_dtype(images, "float32") if not images.dtype.is_floating else images
        gray = reductions.reduce_sum(floats * constant([0.2989, 0.587, 0.114], floats.dtype), -1, True)
        return convert_image_dtype(gray, images.dtype)


def rgb_to_hsv(images, name=None):
    """Hue, saturation and value, each from 0 to 1 (Smith 1978)."""
    with name_scope(name, "RGBToHSV", [images]):
        images = convert_to_tensor(images)
        red, green, blue = unstack(images, 3, -1)
        value = reductions.reduce_max(images, -1)
        spread = value - reductions.reduce_min(images, -1)
        of = lambda a, b, start: div_no_nan(a - b, 6.0 * spread) + start / 6.0
        hue = where(
            math_ops.equal(red, value),
            of(green, blue, 0.0),
            where(math_ops.equal(green, value), of(blue, red, 2.0), of(red, green, 4.0)),
        )
        hue = where(math_ops.greater(spread, 0), hue, zeros_like(hue))
        hue = where(math_ops.less(hue, 0), hue + 1.0, hue)
        return stack([hue, div_no_nan(spread, value), value], -1)


def hsv_to_rgb(images, name=None):
    """Red, green and blue of hue, saturation and value (Smith 1978)."""
    with name_scope(name, "HSVToRGB", [images]):
        hue, saturation, value = unstack(convert_to_tensor(images), 3, -1)
        turn = 6.0 * hue
        ramps = abs(turn - 3.0) - 1.0, 2.0 - abs(turn - 2.0), 2.0 - abs(turn - 4.0)
        return stack([value * (1.0 - saturation + saturation * minimum(maximum(r, 0.0), 1.0)) for r in ramps], -1)


# Of FCC's standard of 1953, and of BT.601.
_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_FROM_YIQ = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_FROM_YUV = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def _mixed(images, matrix):
    images = convert_to_tensor(images)
    channels = unstack(images, 3, -1)
    mix = lambda k: sum(c * float(matrix[i][k]) for i, c in enumerate(channels))
    return stack([mix(k) for k in range(3)], -1)


def rgb_to_yiq(images):
    """Luma and the two colour differences of American television."""
    return _mixed(images, _TO_YIQ)


def yiq_to_rgb(images):
    """What undoes `rgb_to_yiq`."""
    return _mixed(images, _FROM_YIQ)


def rgb_to_yuv(images):
    """Luma and the two colour differences of European television."""
    return _mixed(images, _TO_YUV)


def yuv_to_rgb(images):
    """What undoes `rgb_to_yuv`."""
    return _mixed(images, _FROM_YUV)
