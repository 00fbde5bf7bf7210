"""What fails in functions of the host, and where; words of TensorFlow."""

import warnings

import numpy as np
import pytest

import ferroflow as tf

NAN = np.full([2, 2], np.nan, np.float32)
FAILING = [
    ("StringToNumberOp could not correctly convert string: abc", "S", lambda: tf.string_to_number("abc", name="S")),
    ("pos 5 out of range for string b'abc'", "Substr", lambda: tf.substr("abc", 5, 1)),
    ("Input to DecodeRaw has length 3 that", "DecodeRaw", lambda: tf.decode_raw("abc", tf.int32)),
    ("Self-adjoint eigen decomposition was not", "self_adjoint_eig", lambda: tf.self_adjoint_eig(NAN)),
    ("Field 0 in record 0 is not a valid int32: a", "DecodeCSV", lambda: tf.decode_csv("a,b", [[1], [2]])),
    (
        "Could not parse example input, value: 'garbage'",
        "ParseSingleExample",
        lambda: tf.parse_single_example("garbage", {"a": tf.FixedLenFeature([], tf.int64)}),
    ),
    ("ValueError: invalid literal", "PyFunc", lambda: tf.py_func(lambda: int("a"), [], tf.int32)),
]


@pytest.mark.parametrize("message, node, make", FAILING)
def test_errors_name_their_operations(message, node, make, run):
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        run(make())
    text = raised.value.message
    assert text.startswith(message) and f"\n\t [[node {node}" in text and raised.value.op.name in text


def test_files_that_cannot_be_read(run, tmp_path):
    path = tf.placeholder(tf.string, [])
    with pytest.raises(tf.errors.NotFoundError) as raised:
        run(tf.read_file(path), {path: "/nonexist"})
    assert raised.value.message.startswith("/nonexist; No such file or directory\n\t [[node ReadFile (defined at ")
    with pytest.raises(tf.errors.FailedPreconditionError, match="; Is a directory"):
        run(tf.read_file(str(tmp_path)))
    (tmp_path / "file").write_text("a")
    with pytest.raises(tf.errors.FailedPreconditionError, match="; Not a directory"):
        run(tf.write_file(str(tmp_path / "file" / "below" / "a"), "b"))
    with pytest.raises(tf.errors.UnknownError, match="FileNotFoundError"):
        run(tf.py_func(lambda: open("/nonexist"), [], tf.int32))


def test_strings_by_place(run):
    assert run(tf.one_hot([0, 1], 2, "y", "n")).tolist() == [[b"y", b"n"], [b"n", b"y"]]
    assert run(tf.one_hot([0, 5], 3, "y", "n", 0)).tolist() == [[b"y", b"n"], [b"n", b"n"], [b"n", b"n"]]
    with pytest.raises(TypeError, match="Expected string"):
        tf.one_hot([0, 1], 2, "y")


def test_glimpses_far_away(run):
    images, offsets = np.ones([2, 4, 4, 1], np.float32), np.array([[np.nan, 1e30], [-np.inf, 0]], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(tf.image.extract_glimpse(images, [2, 2], offsets)).shape == (2, 2, 2, 1)


def test_projections_of_embedded_symbols(run):
    rnn = tf.contrib.rnn
    cell = rnn.OutputProjectionWrapper(rnn.EmbeddingWrapper(rnn.GRUCell(4), 10, 5), 10)
    made, _ = cell(tf.constant([1, 2]), cell.zero_state(2, tf.float32))
    assert made.dtype == tf.float32 and run(made).shape == (2, 10)
