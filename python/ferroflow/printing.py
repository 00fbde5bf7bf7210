"""Tensors in text, written out in a run."""

import builtins
import pprint
import sys

import numpy as np

from .dtypes import string
from .elements import Tensor
from .framework import convert_to_tensor
from .nest import flatten, pack
from .script_ops import py_func
from .sparse_tensor import SparseTensor
from .string_ops import objects

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}
_STREAMS = "sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error"


def _element(value):
    """A number in as few digits as tell it apart, text in quotes."""
    if isinstance(value, bytes):
        escape = lambda c: _ESCAPES.get(c) or (f"\\{ord(c):03o}" if ord(c) < 32 or ord(c) == 127 else c)
        return '"' + "".join(map(escape, value.decode("utf-8", "surrogateescape"))) + '"'
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (np.integer, int)):
        return str(int(value))
    if not np.isfinite(value):
        return "nan" if np.isnan(value) else "inf" if value > 0 else "-inf"
    few, many = (15, 17) if isinstance(value, np.float64) else (6, 9)
    short = f"{float(value):.{few}g}"
    kind = type(value) if isinstance(value, np.float64) else np.float32
    return short if kind(short) == kind(value) else f"{float(value):.{many}g}"


def _written(array, most, rank=None):
    """The array as TensorFlow writes it: of each dimension the first and the last `most`."""
    array = objects(array)
    array = np.asarray(array)
    if array.ndim == 0:
        return _element(array[()]) if most else "..."
    rank = array.ndim if rank is None else rank
    if rank == array.ndim and not (array.size and most):
        return "[]" if not array.shape[0] else "[" + "\n" * (rank - 1) + " ...]"
    parts = [_written(row, most, rank) for row in array[:most]]
    if len(array) > 2 * most:
        parts.append("...")
    parts += [_written(row, most, rank) for row in array[max(most, len(array) - most) :]]
    between = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (rank - array.ndim + 1)
    return "[" + between.join(parts) + "]"


def string_format(template, inputs, placeholder="{}", summarize=3, name=None):
    """The string `template` in which each `placeholder` is replaced by a tensor of `inputs`, a list or one: of every
    dimension the first and the last `summarize` elements, or all for -1. A scalar of strings.

    Raises `ValueError` unless there are as many tensors as placeholders, `TypeError` for a `summarize` that is no int.
    """
    if isinstance(summarize, bool) or not isinstance(summarize, int):
        raise TypeError(f"Expected int for argument 'summarize' not {summarize!r}.")
    inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    pieces = template.split(placeholder)
    if len(pieces) - 1 != len(inputs):
        raise ValueError(
            f"The template expects {len(pieces) - 1} tensors, but the inputs only has {len(inputs)}. Please ensure the "
            "number of placeholders in template matches inputs length."
        )
    most = sys.maxsize // 4 if summarize == -1 else max(summarize, 0)

    def written(*arrays):
        text = pieces[0] + "".join(_written(a, most) + piece for a, piece in zip(arrays, pieces[1:]))
        return text.encode("utf-8", "surrogateescape")

    made = py_func(written, [convert_to_tensor(x) for x in inputs], string, False, name or "StringFormat")
    made.set_shape([])
    return made


class _Place:
    """Where a tensor stands in the text of a nest."""

    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


def _writer(stream):
    """The function that writes text to where `tf.print` is told to."""
    from . import logging

    if stream is sys.stdout or stream is sys.stderr:
        # What they are when it is written: tests and notebooks exchange them.
        which = "stdout" if stream is sys.stdout else "stderr"
        return lambda text: builtins.print(text, end="", file=getattr(sys, which), flush=True)
    for log in (logging.info, logging.warning, logging.warn, logging.error):
        if stream is log:
            return lambda text: log("%s", text.rstrip("\n"))
    if isinstance(stream, str) and stream.startswith("file://"):

        def append(text):
            with open(stream[len("file://") :], "a", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)

        return append
    raise ValueError(
        f"Unsupported output stream, logging level, or file.{stream}. Supported streams are {_STREAMS}. File needs to be "
        "in the form of 'file://<filepath>'."
    )


def print_v2(*inputs, **kwargs):
    """The operation that writes `inputs`, values and nests of them, tensors among them with the values of the run.

    Keywords are `output_stream`, `sys.stderr` by default, `sys.stdout`, a function of `tf.logging` such as
    `tf.logging.info`, or `"file://"` with a path, to whose end it is written; `summarize`, how many elements of each
    dimension are shown at either end, 3, or all for -1; `sep`, what is between, a space; `end`, what follows, a new line;
    and `name`. It is run if something is made within its `tf.control_dependencies`, or if it is run itself.

    Raises `ValueError` for other keywords and streams.
    """
    output_stream = kwargs.pop("output_stream", sys.stderr)
    name, summarize = kwargs.pop("name", None), kwargs.pop("summarize", 3)
    sep, end = kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    write = _writer(output_stream)
    tensor = lambda x: isinstance(x, Tensor) or hasattr(x, "_ref_tensor")
    if len(inputs) == 1 and tensor(inputs[0]) and inputs[0].dtype == string and inputs[0].shape.ndims == 0:
        write_text = lambda text: write(text.decode("utf-8", "surrogateescape") + end)
        return py_func(write_text, [convert_to_tensor(inputs[0])], [], True, name or "PrintV2")
    tensors = []
    for leaf in flatten(list(inputs)):
        if isinstance(leaf, SparseTensor):
            tensors += [leaf.indices, leaf.values, leaf.dense_shape]
        elif tensor(leaf):
            tensors.append(leaf)

    def template(mark):
        """The text, with `mark` in place of tensors."""
        texts = []
        for value in inputs:
            leaves = []
            for leaf in flatten(value):
                if isinstance(leaf, SparseTensor):
                    leaf = _Place(f"'SparseTensor(indices={mark}, values={mark}, shape={mark})'")
                leaves.append(_Place(mark) if tensor(leaf) else leaf)
            nest = pack(value, leaves)
            texts.append(nest if isinstance(nest, str) else pprint.pformat(nest))
        return sep.join(texts) + end

    mark = "{}"
    while template(mark).count(mark) != len(tensors):
        mark = f"\0{mark}"
    formatted = string_format(template(mark), tensors, mark, summarize)
    write_text = lambda text: write(text.decode("utf-8", "surrogateescape"))
    return py_func(write_text, [formatted], [], True, name or "PrintV2")


print = print_v2
