"""JPEG, BMP and GIF files: their sizes, parts and qualities."""

import numpy as np

from .. import _ferroflow
from ..dtypes import as_dtype, int32, uint8
from ..errors import InvalidArgumentError
from ..default_graph import name_scope
from ..framework import convert_to_tensor
from ..random_ops import random_uniform
from ..script_ops import hosted
from ..string_ops import _texts
from .colors import convert_image_dtype

# Markers of frames, which tell the size.
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def _contents(value):
    tensor = _texts(value, "contents")
    if tensor.shape.ndims not in (None, 0):
        raise ValueError(f"contents must be scalar, found shape {tensor.shape}")
    return tensor


def _pixels(image):
    height, width, channels, data = image
    return np.frombuffer(data, np.uint8).reshape(height, width, channels)


def decode_bmp(contents, channels=0, name=None):
    """The image, `[height, width, channels]` of `uint8`, in a BMP file, a string: with 1, 3 or 4 channels, or those of the
    file for 0. A run in which it is no such file raises `tf.errors.InvalidArgumentError`."""
    if channels not in (0, 1, 3, 4):
        raise ValueError(f"channels must be 0, 1, 3 or 4, got {channels}")

    def decoded(text):
        if text[:2] != b"BM":
            raise InvalidArgumentError(None, None, f"Incomplete bmp content or no BMP file: {text[:2]!r}")
        return [_pixels(_ferroflow.decode_image(text, channels))]

    return hosted(decoded, [_contents(contents)], [uint8], [[None, None, channels or None]], name or "DecodeBmp")[0]


def decode_gif(contents, name=None):
    """The images, `[n, height, width, 3]` of `uint8`, in a GIF file, a string. A run in which it is no such file raises
    `tf.errors.InvalidArgumentError`."""
    decoded = lambda text: [np.stack([_pixels(frame) for frame in _ferroflow.decode_frames(text)])]
    return hosted(decoded, [_contents(contents)], [uint8], [[None, None, None, 3]], name or "DecodeGif")[0]


def _size(text):
    """Height, width and channels of a JPEG file."""
    at = 2
    while text[:2] == b"\xff\xd8" and at + 9 < len(text):
        if text[at] != 0xFF:
            break
        kind = text[at + 1]
        if kind in _FRAMES:
            number = lambda place: int.from_bytes(text[at + place : at + place + 2], "big")
            return number(5), number(7), text[at + 9]
        at += (
            1
            if kind == 0xFF
            else 2
            if kind == 1 or 0xD0 <= kind <= 0xD7
            else 2 + int.from_bytes(text[at + 2 : at + 4], "big")
        )
    raise InvalidArgumentError(None, None, f"Invalid JPEG data, size {len(text)}")


def extract_jpeg_shape(contents, output_type=int32, name=None):
    """`[height, width, channels]` of a JPEG file, a string, which is not decoded, of `int32` or `int64`."""
    dtype = as_dtype(output_type)
    if dtype.name not in ("int32", "int64"):
        raise TypeError(f"output_type must be int32 or int64, not {dtype.name}")
    sizes = lambda text: [np.array(_size(text), dtype.as_numpy_dtype)]
    return hosted(sizes, [_contents(contents)], [dtype], [[3]], name or "ExtractJpegShape")[0]


def decode_and_crop_jpeg(
    contents,
    crop_window,
    channels=0,
    ratio=1,
    fancy_upscaling=True,
    try_recover_truncated=False,
    acceptable_fraction=1,
    dct_method="",
    name=None,
):
    """The part of `tf.image.decode_jpeg` that `crop_window` tells, `[top, left, height, width]`. A run in which it is not
    within the image raises `tf.errors.InvalidArgumentError`."""
    from ..errors import UnimplementedError

    if ratio != 1:
        raise UnimplementedError(None, None, f"decode_and_crop_jpeg: ratio={ratio} is not supported")
    window = convert_to_tensor(crop_window, int32)

    def decoded(text, window):
        height, width, _ = _size(text)
        top, left, rows, columns = window.tolist()
        if min(top, left) < 0 or min(rows, columns) <= 0 or top + rows > height or left + columns > width:
            raise InvalidArgumentError(None, None, f"Invalid JPEG data or crop window, data size {len(text)}")
        whole = _pixels(_ferroflow.decode_image(text, channels))
        return [np.ascontiguousarray(whole[top : top + rows, left : left + columns])]

    made = [[None, None, channels or None]]
    return hosted(decoded, [_contents(contents), window], [uint8], made, name or "DecodeAndCropJpeg")[0]


def adjust_jpeg_quality(image, jpeg_quality, name=None):
    """An image of 1 or 3 channels as it is after it was a JPEG file of that quality, 0 to 100, a number or a tensor, of the
    same dtype; of floating-point numbers from 0 to 1."""
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image, name="image")
        bytes_of = image if image.dtype == uint8 else convert_image_dtype(image, uint8, True)
        quality = convert_to_tensor(jpeg_quality, int32)

        def changed(pixels, quality):
            if not 0 <= quality <= 100:
                raise InvalidArgumentError(None, None, f"quality must be in [0,100], got {quality}")
            file = _ferroflow.encode_jpeg(pixels.shape, pixels.tobytes(), max(int(quality), 1))
            return [_pixels(_ferroflow.decode_image(file, pixels.shape[-1]))]

        made = hosted(changed, [bytes_of, quality], [uint8], [image.shape], "JpegQuality")[0]
        return made if image.dtype == uint8 else convert_image_dtype(made, image.dtype, True)


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """`adjust_jpeg_quality` of a quality at random, from `min_jpeg_quality` on below `max_jpeg_quality`. Raises `ValueError`
    for a range that is none or not within 0 to 100."""
    if min_jpeg_quality < 0 or max_jpeg_quality < 0 or min_jpeg_quality > 100 or max_jpeg_quality > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    return adjust_jpeg_quality(image, random_uniform([], min_jpeg_quality, max_jpeg_quality, int32, seed))
