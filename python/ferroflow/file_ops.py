"""Files, and what is in them, read and written by operations, on the host."""

import base64
import glob
import os
import re

import numpy as np

from .dtypes import as_dtype, string
from .framework import convert_to_tensor
from .script_ops import host_func
from .string_ops import _each, _texts, objects
from .tensor_shape import TensorShape


def read_file(filename, name=None):
    """The bytes of a file. A run in which there is none raises `tf.errors.NotFoundError`."""

    def read(path):
        with open(path, "rb") as file:
            return file.read()

    return _each(read, [_texts(filename, "filename")], string, name or "ReadFile")


def write_file(filename, contents, name=None):
    """The operation that writes a file, and makes its folders."""

    def write(path, data):
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    tensors = [_texts(filename, "filename"), _texts(contents, "contents")]
    return host_func(write, tensors, [], True, name or "WriteFile")


def matching_files(pattern, name=None):
    """The paths of the files that a pattern, or several, match, in order."""

    def found(patterns):
        paths = {path for one in objects(patterns).ravel() for path in glob.glob(one)}
        return np.array(sorted(paths) or [b""], object)[: len(paths)]

    made = host_func(found, [_texts(pattern, "pattern")], string, True, name or "MatchingFiles")
    made.set_shape([None])
    return made


def decode_raw(input_bytes=None, out_type=None, little_endian=True, name=None, bytes=None):
    """The numbers that strings of equal length hold, as one more dimension. A run in which the lengths differ, or
    are no whole numbers of elements, raises `tf.errors.InvalidArgumentError`."""
    tensor = _texts(input_bytes if bytes is None else bytes, "bytes")
    dtype = as_dtype(out_type)
    kind = np.dtype(dtype.as_numpy_dtype)

    def decoded(texts):
        texts = objects(texts)
        rows = list(texts.ravel())
        lengths = {len(row) for row in rows}
        if len(lengths) > 1:
            raise ValueError(f"DecodeRaw requires input strings to all be the same size, found sizes {sorted(lengths)}")
        length = lengths.pop() if lengths else 0
        if length % kind.itemsize:
            size = kind.itemsize
            raise ValueError(
                f"Input to DecodeRaw has length {length} that is not a multiple of {size}, the size of {dtype.name}"
            )
        given = kind.newbyteorder("<" if little_endian else ">") if kind.itemsize > 1 else kind
        found = np.frombuffer(b"".join(rows), given).astype(kind)
        return found.reshape([*np.shape(texts), length // kind.itemsize])

    made = host_func(decoded, [tensor], dtype, False, name or "DecodeRaw")
    made.set_shape(tensor.shape.concatenate([None]) if tensor.shape.ndims is not None else TensorShape(None))
    return made


def decode_csv(
    records, record_defaults, field_delim=",", use_quote_delim=True, name=None, na_value="", select_cols=None
):
    """The fields of lines, each a tensor of the shape of `records` and the dtype of what stands in
    `record_defaults` for those that are empty, `[value]`, or `[]` if they must not be."""
    defaults = [convert_to_tensor(default) for default in record_defaults]
    lines = _texts(records, "records")
    dtypes = [default.dtype for default in defaults]
    if select_cols is not None:
        _check_columns(list(select_cols), len(defaults))

    def decoded(texts, *given):
        texts, given = objects(texts), [objects(value) for value in given]
        columns = [np.empty(np.shape(texts), object if d == string else d.as_numpy_dtype) for d in dtypes]
        for row, at in enumerate(np.ndindex(np.shape(texts))):
            line = texts[at].decode("utf-8", "surrogateescape").lstrip("\r\n")
            fields = _fields(line, field_delim) if use_quote_delim or not line else line.split(field_delim)
            fields = fields if select_cols is None else [fields[i] for i in select_cols if i < len(fields)]
            if len(fields) != len(columns):
                raise ValueError(f"Expect {len(columns)} fields but have {len(fields)} in record {row}")
            for i, field in enumerate(fields):
                columns[i][at] = _field(field, i, row, dtypes[i], given[i], na_value)
        return columns

    made = host_func(decoded, [lines, *defaults], dtypes, False, name or "DecodeCSV")
    for column in made:
        column.set_shape(lines.shape)
    return made


def _check_columns(columns, number):
    if len(columns) != number:
        raise ValueError("Length of select_cols and record_defaults do not match.")
    if min(columns, default=0) < 0:
        raise ValueError("select_cols contains negative values.")
    if any(a >= b for a, b in zip(columns, columns[1:])):
        raise ValueError("select_cols is not strictly increasing.")


def _fields(line, delimiter):
    """The fields of a line, some of which are in quotes."""
    pattern = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"\r\n{re.escape(delimiter)}]*))({re.escape(delimiter)}|\Z)')
    fields, at, more = [], 0, bool(line)
    while more:
        match = pattern.match(line, at)
        if match is None:
            raise ValueError(f"A quote or the end of a line is out of place in the record: {line}")
        quoted, plain, end = match.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        at, more = match.end(), bool(end)
    return fields


def _number(text, dtype):
    """The number of that dtype that is written out, or `None`."""
    try:
        found = int(text) if dtype.is_integer else float(text)
    except ValueError:
        return None
    return None if "_" in text or dtype.is_integer and not dtype.min <= found <= dtype.max else found


def _field(text, column, row, dtype, default, missing):
    """A field as a number or bytes, or what stands for one that is missing."""
    if text in ("", missing):
        if not default.size:
            raise ValueError(f"Field {column} is required but missing in record {row}!")
        return default.ravel()[0]
    if dtype == string:
        return text.encode("utf-8", "surrogateescape")
    found = _number(text, dtype)
    if found is None:
        raise ValueError(f"Field {column} in record {row} is not a valid {dtype.name}: {text}")
    return found


def encode_base64(input, pad=False, name=None):
    """Strings in base 64, with the letters for the web; filled up with `=` if `pad`."""
    encode = lambda text: base64.urlsafe_b64encode(text) if pad else base64.urlsafe_b64encode(text).rstrip(b"=")
    return _each(encode, [_texts(input)], string, name or "EncodeBase64")


def decode_base64(input, name=None):
    """What strings in base 64, with the letters for the web, hold."""
    decode = lambda text: base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", True)
    return _each(decode, [_texts(input)], string, name or "DecodeBase64")


def decode_compressed(bytes, compression_type="", name=None):
    """Strings without the compression `ZLIB` or `GZIP`, or as they are for an empty one; of those that are cut off what
    there is. Raises `ValueError` for another name; a run in which a string is damaged raises
    `tf.errors.InvalidArgumentError`."""
    if compression_type not in ("", "ZLIB", "GZIP"):
        raise ValueError(f"Only ZLIB, GZIP or NONE are supported compressions, found '{compression_type}'")

    def decoded(text):
        import zlib

        if not compression_type:
            return text
        try:
            return zlib.decompressobj(31 if compression_type == "GZIP" else 15).decompress(text)
        except zlib.error as error:
            raise ValueError(f"The data are damaged: {error}") from error

    return _each(decoded, [_texts(bytes, "bytes")], string, name or "DecodeCompressed")
