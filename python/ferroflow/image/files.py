"""Images in files: PNG and JPEG."""

from ..dtypes import as_dtype, uint8
from ..errors import UnimplementedError
from ..framework import call, convert_to_tensor
from ..string_ops import _each, _texts


def _decoded(contents, channels, dtype, name, default):
    if as_dtype(dtype) != uint8:
        raise UnimplementedError(None, None, f"{default}: images are decoded to uint8 only, not {as_dtype(dtype).name}")
    return call("decode_image", name or default, _texts(contents, "contents"), channels or 0)


def decode_png(contents, channels=0, dtype=uint8, name=None):
    """The image, `[height, width, channels]` of `uint8`, in a PNG file, a string, or a JPEG file: with 1, 3 or 4
    channels, or those of the file for 0. A run in which it is no such file raises
    `tf.errors.InvalidArgumentError`."""
    return _decoded(contents, channels, dtype, name, "DecodePng")


def decode_jpeg(
    contents,
    channels=0,
    ratio=1,
    fancy_upscaling=True,
    try_recover_truncated=False,
    acceptable_fraction=1,
    dct_method="",
    name=None,
):
    """`decode_png` under the name for JPEG files. Pixels may differ by little from those of other decoders. A
    part of the size, `ratio`, is not supported."""
    if ratio != 1:
        raise UnimplementedError(None, None, f"decode_jpeg: ratio={ratio} is not supported")
    return _decoded(contents, channels, uint8, name, "DecodeJpeg")


def decode_image(contents, channels=None, dtype=uint8, name=None, expand_animations=True):
    """`decode_png`: of either kind of file, or a BMP file."""
    return _decoded(contents, channels, dtype, name, "DecodeImage")


def encode_png(image, compression=-1, name=None):
    """An image, `[height, width, channels]` of `uint8` with 1, 3 or 4 channels, as a PNG file, a string."""
    return call("encode_png", name or "EncodePng", convert_to_tensor(image))


def encode_jpeg(
    image,
    format="",
    quality=95,
    progressive=False,
    optimize_size=False,
    chroma_downsampling=True,
    density_unit="in",
    x_density=300,
    y_density=300,
    xmp_metadata="",
    name=None,
):
    """An image, `[height, width, channels]` of `uint8` with 1 or 3 channels, as a JPEG file, a string, of a
    `quality` from 1 to 100. Other settings change nothing."""
    return call("encode_jpeg", name or "EncodeJpeg", convert_to_tensor(image), quality)


def is_jpeg(contents, name=None):
    """Whether a string is a JPEG file, by its first bytes."""
    return _each(lambda file: file[:3] == b"\xff\xd8\xff", [_texts(contents, "contents")], "bool", name or "is_jpeg")
