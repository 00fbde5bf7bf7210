"""Operations on strings, which are bytes. They run on the host, and have no derivatives."""

import functools
import re

import numpy as np

from .dtypes import as_dtype, float32, int32, int64, string
from .framework import convert_to_tensor
from .script_ops import host_func
from .sparse_tensor import SparseTensor
from .tensor_shape import TensorShape


def _broadcast(*shapes):
    """The shape to which shapes are broadcast, as far as it is known."""
    if not all(shape.is_fully_defined() for shape in shapes):
        return TensorShape(None)
    return TensorShape(np.broadcast_shapes(*(tuple(shape.as_list()) for shape in shapes)))


def _texts(value, what="input"):
    """A tensor of strings. Raises `TypeError` for any other."""
    tensor = convert_to_tensor(value)
    if tensor.dtype != string:
        raise TypeError(f"Expected strings for '{what}', got a tensor of {tensor.dtype.name}")
    return tensor


def objects(value):
    """A scalar, which is given as `bytes`, as an array too: NumPy's own strings would lose zeros at the end."""
    return np.asarray(value, object) if isinstance(value, bytes) else value


def _each(function, tensors, dtype, name, shape=None):
    """What `function` gives of each element of the tensors, broadcast together."""
    dtype = as_dtype(dtype)
    kind = object if dtype == string else dtype.as_numpy_dtype

    def whole(*arrays):
        arrays = np.broadcast_arrays(*map(objects, arrays))
        found = np.empty(arrays[0].shape, kind)
        for at in np.ndindex(found.shape):
            found[at] = function(*(array[at] for array in arrays))
        return found

    made = host_func(whole, tensors, dtype, False, name)
    made.set_shape(_broadcast(*(t.shape for t in tensors)) if shape is None else shape)
    return made


def compared(x, y, op_type, name):
    """Whether strings are equal, or, of the type `NotEqual`, differ."""
    tensors = [_texts(x, "x"), _texts(y, "y")]
    return _each(
        (lambda a, b: a == b) if op_type == "Equal" else (lambda a, b: a != b), tensors, "bool", name or op_type
    )


def string_length(input, name=None, unit="BYTE"):
    """The numbers of bytes, or with the unit `UTF8_CHAR` of characters."""
    count = len if unit == "BYTE" else lambda text: len(text.decode("utf-8", "replace"))
    return _each(count, [_texts(input)], int32, name or "StringLength")


def string_lower(input, encoding="", name=None):
    """Letters as small ones: those of ASCII, or with the encoding `utf-8` all."""
    return _each(_cased(bytes.lower, str.lower, encoding), [_texts(input)], string, name or "StringLower")


def string_upper(input, encoding="", name=None):
    """Letters as capitals: those of ASCII, or with the encoding `utf-8` all."""
    return _each(_cased(bytes.upper, str.upper, encoding), [_texts(input)], string, name or "StringUpper")


def _cased(plain, full, encoding):
    if encoding not in ("", "utf-8"):
        raise ValueError(f"encoding must be '' or 'utf-8', not {encoding!r}")
    return plain if encoding == "" else lambda text: full(text.decode("utf-8", "replace")).encode("utf-8")


def string_strip(input, name=None):
    """Without white space at both ends."""
    return _each(bytes.strip, [_texts(input)], string, name or "StringStrip")


def string_join(inputs, separator="", name=None):
    """The elements of tensors of one shape, or scalars, one after the other with `separator` between them."""
    between = separator if isinstance(separator, bytes) else separator.encode()
    return _each(lambda *parts: between.join(parts), [_texts(x) for x in inputs], string, name or "StringJoin")


def substr(input, pos, len, name=None, unit="BYTE"):
    """The `len` bytes from `pos` on, from the end if negative, or as many as there are. A run in which `pos` is
    beyond the end raises `tf.errors.InvalidArgumentError`."""

    def cut(text, start, length):
        text = text if unit == "BYTE" else text.decode("utf-8")
        size = text.__len__()
        if not -size <= start <= size:
            raise ValueError(f"pos {start} out of range for string {text!r}")
        start = start + size if start < 0 else start
        part = text[start : start + max(length, 0)]
        return part if unit == "BYTE" else part.encode("utf-8")

    tensors = [_texts(input), convert_to_tensor(pos), convert_to_tensor(len)]
    return _each(cut, tensors, string, name or "Substr")


def _float(text):
    """The number that a text writes out, which may be hexadecimal, as C has it."""
    if "x" not in text and "X" not in text:
        return float(text)
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("-inf" if text.strip().startswith("-") else "inf")


def string_to_number(string_tensor=None, out_type=float32, name=None, input=None):
    """The numbers that strings write out. A run in which one writes none raises `tf.errors.InvalidArgumentError`."""
    value, out_type = string_tensor if input is None else input, as_dtype(out_type)
    if out_type.name not in ("float32", "float64", "int32", "int64"):
        raise TypeError(f"out_type must be float32, float64, int32 or int64, not {out_type.name}")
    written = int if out_type.is_integer else _float

    def number(text):
        try:
            found = written(text.decode()) if b"_" not in text else None
        except ValueError:
            found = None
        limited = found is not None and (not out_type.is_integer or out_type.min <= found <= out_type.max)
        if not limited:
            raise ValueError(f"StringToNumberOp could not correctly convert string: {text.decode('utf-8', 'replace')}")
        return found

    return _each(number, [_texts(value)], out_type, name or "StringToNumber")


def as_string(input, precision=-1, scientific=False, shortest=False, width=-1, fill="", name=None):
    """Numbers written out: with `precision` digits after the point, as powers of ten if `scientific`, either as
    is shorter if `shortest`, at least `width` characters, filled up with `fill`."""
    tensor = convert_to_tensor(input)
    if scientific and shortest:
        raise ValueError("Cannot select both scientific and shortest notation")
    if len(fill) > 1:
        raise ValueError("Fill string must be one or fewer characters")
    if fill not in ("", "0", " ", "+", "-"):
        raise ValueError(f'Fill argument not supported: "{fill}"')
    if tensor.dtype.is_integer and precision > -1:
        raise ValueError(f"precision not supported for datatype {tensor.dtype.name}")
    if tensor.dtype == string:
        return tensor
    if tensor.dtype.name == "bool":
        return _each(lambda x: b"true" if x else b"false", [tensor], string, name or "AsString")
    pattern = "%" + fill + (str(width) if width > -1 else "") + (f".{precision}" if precision > -1 else "")
    pattern += "d" if tensor.dtype.is_integer else "e" if scientific else "g" if shortest else "f"
    number = int if tensor.dtype.is_integer else float
    # C fills up what is no number with spaces.
    unfilled = pattern.replace("%0", "%", 1)
    write = lambda x: ((pattern if fill != "0" or np.isfinite(x) else unfilled) % number(x)).encode()
    return _each(write, [tensor], string, name or "AsString")


def _searched(search):
    """What `search()` gives. Raises `ValueError` for a pattern that is none."""
    try:
        return search()
    except re.error as error:
        raise ValueError(f"Invalid pattern: {error}") from error


def _rewritten(rewrite, match):
    def part(escape):
        code = escape[1]
        if code == b"\\":
            return code
        if not code.isdigit() or int(code) > match.re.groups:
            raise ValueError(f"Invalid rewrite pattern: {rewrite.decode('utf-8', 'replace')}")
        return match[int(code)] or b""

    return re.sub(rb"(?s)\\(.?)", part, rewrite)


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    r"""Every match of `pattern` in place of which is `rewrite`, or the first one unless `replace_global`; `\1` to
    `\9` are groups, `\0` is the match, `\\` is a backslash. Patterns are those of Python's `re`, not TensorFlow's RE2.
    A run in which one is invalid raises `tf.errors.InvalidArgumentError`."""
    tensors = [_texts(input), _texts(pattern, "pattern"), _texts(rewrite, "rewrite")]

    def replaced(text, pattern, rewrite):
        template = functools.partial(_rewritten, rewrite)
        return _searched(lambda: re.sub(pattern, template, text, count=0 if replace_global else 1))

    return _each(replaced, tensors, string, name or "RegexReplace", tensors[0].shape)


def regex_full_match(input, pattern, name=None):
    """Whether `pattern`, one of Python's `re`, matches the whole string."""
    tensors = [_texts(input), _texts(pattern, "pattern")]
    match = lambda text, pattern: _searched(lambda: re.fullmatch(pattern, text)) is not None
    return _each(match, tensors, "bool", name or "RegexFullMatch", tensors[0].shape)


def reduce_join(inputs=None, axis=None, keep_dims=None, separator="", name=None, reduction_indices=None, keepdims=None):
    """The strings along `axis`, one or several in order, or all if it is `None`, one after the other with
    `separator` between them; with `keepdims` the dimensions stay with the size 1."""
    axis, keep = reduction_indices if axis is None else axis, bool(keepdims or keep_dims)
    tensor = _texts(inputs)
    between = separator if isinstance(separator, bytes) else separator.encode()
    rank = tensor.shape.ndims
    axes = axis if axis is None or isinstance(axis, (list, tuple)) else [axis]
    for a in () if axes is None or rank is None else axes:
        if not -rank <= a < rank:
            raise ValueError(f"Invalid reduction dimension {a} for input with {rank} dimensions.")

    def joined(array):
        array = objects(array)
        chosen = list(range(array.ndim)) if axes is None else [a % array.ndim for a in reversed(axes)]
        others = [d for d in range(array.ndim) if d not in chosen]
        sizes = [array.shape[d] for d in others]
        length = int(np.prod([array.shape[d] for d in chosen]))
        rows = np.transpose(array, others + chosen).reshape([*sizes, length])
        found = np.empty(sizes, object)
        for at in np.ndindex(*sizes):
            found[at] = between.join(rows[at])
        return found.reshape([1 if d in chosen else n for d, n in enumerate(array.shape)]) if keep else found

    made = host_func(joined, [tensor], string, False, name or "ReduceJoin")
    if rank is not None:
        chosen = set(range(rank)) if axes is None else {a % rank for a in axes}
        sizes = tensor.shape.as_list()
        made.set_shape([1 if d in chosen else sizes[d] for d in range(rank) if keep or d not in chosen])
    return made


def _sparse(found, name):
    """The sparse tensor of what a function of an array gives: lists of strings, one a row."""

    def whole(array):
        rows = found(np.atleast_1d(objects(array)))
        places = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
        values = np.array([text for row in rows for text in row] or [b""], object)[: len(places)]
        longest = max(map(len, rows), default=0)
        return np.reshape(np.array(places, np.int64), [-1, 2]), values, np.array([len(rows), longest], np.int64)

    def of(tensor):
        places, values, sizes = host_func(whole, [tensor], [int64, string, int64], False, name)
        places.set_shape([None, 2])
        values.set_shape([None])
        sizes.set_shape([2])
        return SparseTensor(places, values, sizes)

    return of


def string_split(
    source=None, sep=None, skip_empty=True, delimiter=" ", result_type="SparseTensor", name=None, input=None
):
    """The parts of each string of a vector between the characters of `delimiter`, or single ones if it is empty,
    as a sparse tensor `[n, most]`; without empty ones if `skip_empty`."""
    tensor = _texts(source if input is None else input, "source")
    if tensor.shape.ndims not in (1, None):
        raise ValueError(f"string_split: the source must be a vector, found shape {tensor.shape}")
    delimiter = delimiter if sep is None else sep
    characters = delimiter if isinstance(delimiter, bytes) else delimiter.encode()

    def parts(text):
        if not characters:
            return [text[i : i + 1] for i in range(len(text))]
        found = re.split(b"[" + re.escape(characters) + b"]", text)
        return [part for part in found if part or not skip_empty]

    return _sparse(lambda array: [parts(text) for text in array], name or "StringSplit")(tensor)


def string_split_v2(input=None, sep=None, maxsplit=-1, result_type="SparseTensor", source=None, name=None):
    """The parts of each string of a vector, or of one, between occurrences of `sep`, or white space if there is none,
    at most `maxsplit` times, as a sparse tensor `[n, most]`."""
    tensor = _texts(source if input is None else input, "input")
    separator = (sep if isinstance(sep, bytes) else sep.encode()) if sep else None
    return _sparse(lambda array: [text.split(separator, maxsplit) for text in array], name or "StringSplitV2")(tensor)
