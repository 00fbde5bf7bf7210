"""Images changed at random, and brought to one scale."""

from .. import math_ops, reductions
from ..array_ops import shape
from ..selection import where
from ..default_graph import name_scope
from ..math_ops import cast, maximum, rsqrt
from ..random_ops import random_uniform
from .colors import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from .frames import flip_left_right, flip_up_down, image_of


def per_image_standardization(image):
    """Each image as floats of mean 0 and variance 1; by at least the variance of one element that is 1 and others 0."""
    with name_scope(None, "per_image_standardization", [image]):
        image = cast(image_of(image)[0], "float32")
        axes = [-3, -2, -1]
        number = cast(reductions.reduce_prod(shape(image)[-3:]), "float32")
        mean = reductions.reduce_mean(image, axes, True)
        deviation = reductions.reduce_std(image, axes, True)
        return (image - mean) / maximum(deviation, rsqrt(number))


per_image_whitening = per_image_standardization


def _flipped(image, flip, seed, name):
    with name_scope(None, name, [image]):
        image, first = image_of(image)
        flipped = flip(image)
        if not first:
            return where(math_ops.less(random_uniform([], seed=seed), 0.5), image, flipped)
        kept = math_ops.less(random_uniform([shape(image)[0]], seed=seed), 0.5)
        return where(kept, image, flipped)


def random_flip_left_right(image, seed=None):
    """Mirrored with probability 1/2, each image of a batch."""
    return _flipped(image, flip_left_right, seed, "random_flip_left_right")


def random_flip_up_down(image, seed=None):
    """Upside down with probability 1/2, each image of a batch."""
    return _flipped(image, flip_up_down, seed, "random_flip_up_down")


def random_brightness(image, max_delta, seed=None):
    """`adjust_brightness` by a number from `-max_delta` to `max_delta`. Raises `ValueError` if that is negative."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def random_contrast(image, lower, upper, seed=None):
    """`adjust_contrast` by a factor from `lower` to `upper`. Raises `ValueError` unless `0 ≤ lower < upper`."""
    return adjust_contrast(image, _factor(lower, upper, seed))


def random_saturation(image, lower, upper, seed=None):
    """`adjust_saturation` by a factor from `lower` to `upper`. Raises `ValueError` unless `0 ≤ lower < upper`."""
    return adjust_saturation(image, _factor(lower, upper, seed))


def _factor(lower, upper, seed):
    if not 0 <= lower < upper:
        raise ValueError("lower must be non-negative, and upper must be > lower.")
    return random_uniform([], lower, upper, seed=seed)


def random_hue(image, max_delta, seed=None):
    """`adjust_hue` by a number from `-max_delta` to `max_delta`. Raises `ValueError` unless that is from 0 to 1/2."""
    if not 0 <= max_delta <= 0.5:
        raise ValueError("max_delta must be in [0, 0.5].")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))
