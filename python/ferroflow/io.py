"""Files and what is in them, under the names of `tf.io`."""

# ruff: noqa: F401

from . import gfile
from .file_ops import (
    decode_base64,
    decode_compressed,
    decode_csv,
    decode_raw,
    encode_base64,
    matching_files,
    read_file,
    write_file,
)
from .image.jpegs import decode_and_crop_jpeg, decode_bmp, decode_gif, extract_jpeg_shape
from .image.files import decode_image, decode_jpeg, decode_png, encode_jpeg, encode_png, is_jpeg
from .later import absent as _absent
from .parsing_ops import FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, parse_example, parse_single_example
from .python_io import *
from .sequence_parsing import parse_sequence_example, parse_single_sequence_example
from .tensor_proto import parse_tensor, serialize_tensor

__getattr__ = _absent(__name__)
