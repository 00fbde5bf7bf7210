"""Text in other encodings, and runs of words."""

import codecs

import numpy as np

from .dtypes import string
from .errors import InvalidArgumentError
from .script_ops import host_func
from .string_ops import _each, _texts, objects

_OUTPUTS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}


def unicode_transcode(
    input,
    input_encoding,
    output_encoding,
    errors="replace",
    replacement_char=65533,
    replace_control_characters=False,
    name=None,
):
    """Text in another encoding: `UTF-8`, `UTF-16-BE` or `UTF-32-BE`. Where the bytes are none in `input_encoding`, any that
    Python knows, there is `replacement_char`, a number, or nothing if `errors` is `ignore`, or the run raises
    `tf.errors.InvalidArgumentError` if it is `strict`; `replace_control_characters` does so with those below 32 too.

    Raises `ValueError` for other names; a run raises `tf.errors.InvalidArgumentError` for an unknown `input_encoding`.
    """
    tensor = _texts(input)
    for what, value, known in (
        ("output_encoding", output_encoding, _OUTPUTS),
        ("errors", errors, ("strict", "replace", "ignore")),
    ):
        if value not in known:
            names = ", ".join(f'"{n}"' for n in known)
            raise ValueError(f"Attr '{what}' of 'UnicodeTranscode' Op passed string '{value}' not in: {names}.")
    replacement = chr(replacement_char) if errors != "ignore" else ""

    def replaced(error):
        return replacement, error.end

    handler = f"ferroflow.{errors}.{replacement_char}"
    codecs.register_error(handler, replaced)

    def transcoded(text):
        try:
            found = text.decode(input_encoding, "strict" if errors == "strict" else handler)
        except LookupError as error:
            message = f"Could not create converter for input encoding: {input_encoding}"
            raise InvalidArgumentError(None, None, message) from error
        except UnicodeError as error:
            raise InvalidArgumentError(None, None, "Invalid formatting on input string") from error
        if replace_control_characters:
            if errors == "strict" and any(c < " " for c in found):
                raise InvalidArgumentError(None, None, "Invalid formatting on input string")
            found = "".join(replacement if c < " " else c for c in found)
        return found.encode(_OUTPUTS[output_encoding], "replace")

    return _each(transcoded, [tensor], string, name or "UnicodeTranscode")


def ngrams(
    data,
    ngram_width,
    separator=" ",
    pad_values=None,
    padding_width=None,
    preserve_short_sequences=False,
    name=None,
):
    """The runs of `ngram_width` strings, one number or several, of the last dimension, each one string with `separator`
    between the parts.

    With `pad_values`, one string or a pair for the left and the right, each end is first filled up by one less than the
    width, at most `padding_width`. Rows of which there is no run become one of all that they have if
    `preserve_short_sequences`. Raises `ValueError` and `TypeError` for other widths and values.
    """
    tensor = _texts(data, "data")
    widths = [ngram_width] if isinstance(ngram_width, int) else list(ngram_width)
    if any(width < 1 for width in widths):
        raise ValueError(f"All ngram_widths must be greater than 0. Received: ngram_width={ngram_width}")
    if padding_width is not None and padding_width < 1:
        raise ValueError("padding_width must be greater than 0.")
    if padding_width is not None and pad_values is None:
        raise ValueError("pad_values must be provided if padding_width is set.")
    pads = (pad_values, pad_values) if pad_values is None or isinstance(pad_values, (str, bytes)) else tuple(pad_values)
    if pad_values is not None and (len(pads) != 2 or not all(isinstance(pad, (str, bytes)) for pad in pads)):
        raise TypeError("pad_values must be a string, a pair of strings, or None.")
    if tensor.shape.ndims == 0:
        raise ValueError("Data must have rank>0. Received: data of rank 0")
    coded = lambda text: text.encode() if isinstance(text, str) else text
    between, pads = coded(separator), [coded(pad) for pad in pads]

    def padded(row, width):
        count = 0 if pad_values is None else width - 1 if padding_width is None else min(padding_width, width - 1)
        return [pads[0]] * count + row + [pads[1]] * count

    def runs(row):
        found = []
        for width in widths:
            whole = padded(row, width)
            found += [between.join(whole[i : i + width]) for i in range(len(whole) - width + 1)]
        if preserve_short_sequences and row and not found:
            found = [between.join(padded(row, (padding_width or 0) + 1))]
        return found

    def made(texts):
        texts = objects(texts)
        rows = [runs(row) for row in texts.reshape(-1, texts.shape[-1]).tolist()] if texts.size else []
        length = len(rows[0]) if rows else len(runs([b""] * texts.shape[-1]))
        found = np.empty([len(rows), length], object)
        for at, row in enumerate(rows):
            found[at] = row
        return (
            np.full([*texts.shape[:-1], length], b"", object)
            if not texts.size
            else found.reshape(*texts.shape[:-1], length)
        )

    grams = host_func(made, [tensor], string, False, name or "StringNGrams")
    if tensor.shape.ndims is not None:
        size = tensor.shape[-1].value
        grams.set_shape([*tensor.shape.as_list()[:-1], None if size is None else len(runs([b""] * size))])
    return grams
