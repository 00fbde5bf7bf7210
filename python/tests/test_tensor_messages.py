"""Tensors as messages, to the bytes of TensorFlow's."""

import importlib

import numpy as np
import pytest

import ferroflow as tf

# Values, and TensorFlow's bytes of the string and of the message.
CASES = [
    (
        np.arange(6, dtype=np.float32).reshape(2, 3),
        b'\x08\x01\x12\x08\x12\x02\x08\x02\x12\x02\x08\x03"\x18\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x00\x00\x80@\x00\x00\xa0@',
        b'\x08\x01\x12\x08\x12\x02\x08\x02\x12\x02\x08\x03"\x18\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x00\x00\x80@\x00\x00\xa0@',
    ),
    (
        np.float64(3.5),
        b'\x08\x02\x12\x00"\x08\x00\x00\x00\x00\x00\x00\x0c@',
        b"\x08\x02\x12\x002\x08\x00\x00\x00\x00\x00\x00\x0c@",
    ),
    (
        np.array([1, -2]),
        b'\x08\t\x12\x04\x12\x02\x08\x02"\x10\x01\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xff',
        b'\x08\t\x12\x04\x12\x02\x08\x02"\x10\x01\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xff',
    ),
    (
        np.array(-5, np.int32),
        b'\x08\x03\x12\x00"\x04\xfb\xff\xff\xff',
        b"\x08\x03\x12\x00:\n\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ),
    (
        np.zeros([0, 3], np.int32),
        b"\x08\x03\x12\x06\x12\x00\x12\x02\x08\x03",
        b"\x08\x03\x12\x06\x12\x00\x12\x02\x08\x03",
    ),
    (
        ["a", "bc", ""],
        b"\x08\x07\x12\x04\x12\x02\x08\x03B\x01aB\x02bcB\x00",
        b"\x08\x07\x12\x04\x12\x02\x08\x03B\x01aB\x02bcB\x00",
    ),
    (np.array(True), b'\x08\n\x12\x00"\x01\x01', b"\x08\n\x12\x00Z\x01\x01"),
    (
        np.array([True, False]),
        b'\x08\n\x12\x04\x12\x02\x08\x02"\x02\x01\x00',
        b"\x08\n\x12\x04\x12\x02\x08\x02Z\x02\x01\x00",
    ),
    (
        np.array([1.5, 2], np.float16),
        b'\x08\x13\x12\x04\x12\x02\x08\x02"\x04\x00>\x00@',
        b'\x08\x13\x12\x04\x12\x02\x08\x02"\x04\x00>\x00@',
    ),
    (
        np.array([-1, 3], np.int8),
        b'\x08\x06\x12\x04\x12\x02\x08\x02"\x02\xff\x03',
        b'\x08\x06\x12\x04\x12\x02\x08\x02"\x02\xff\x03',
    ),
    (
        np.array([1, 65535], np.uint16),
        b'\x08\x11\x12\x04\x12\x02\x08\x02"\x04\x01\x00\xff\xff',
        b"\x08\x11\x12\x04\x12\x02\x08\x02:\x04\x01\xff\xff\x03",
    ),
    (np.float16(1.5), b'\x08\x13\x12\x00"\x02\x00>', b"\x08\x13\x12\x00j\x02\x80|"),
]


@pytest.mark.parametrize("value, text, message", CASES)
def test_messages(run, value, text, message):
    value = np.array(value, object) if isinstance(value, list) else value
    dtype = tf.string if np.asarray(value).dtype == object else tf.as_dtype(np.asarray(value).dtype)
    made = tf.io.serialize_tensor(tf.constant(value, dtype))
    assert run(made) == text and made.shape.ndims == 0
    proto = tf.make_tensor_proto(value)
    assert proto.SerializeToString() == message and type(proto).FromString(message) == proto
    expected = np.char.encode(value.astype(str)).tolist() if dtype == tf.string else np.asarray(value).tolist()
    assert tf.make_ndarray(proto).tolist() == expected
    assert np.asarray(run(tf.parse_tensor(made, dtype))).tolist() == expected


def test_numbers_of_pythons():
    text = lambda *arguments, **options: tf.make_tensor_proto(*arguments, **options).SerializeToString()
    assert text(1.5) == b"\x08\x01\x12\x00*\x04\x00\x00\xc0?" and text("x") == b"\x08\x07\x12\x00B\x01x"
    assert text([1, 2]) == b'\x08\x03\x12\x04\x12\x02\x08\x02"\x08\x01\x00\x00\x00\x02\x00\x00\x00'
    assert text([1, 2], shape=[3]) == b"\x08\x03\x12\x04\x12\x02\x08\x03:\x02\x01\x02"
    filled = tf.make_tensor_proto(3, tf.float64, [2, 2])
    assert tf.make_ndarray(filled).tolist() == [[3.0, 3.0], [3.0, 3.0]] and [
        d.size for d in filled.tensor_shape.dim
    ] == [2, 2]
    assert tf.make_ndarray(tf.make_tensor_proto([1, 2], shape=[2, 1])).tolist() == [[1], [2]]
    assert tf.make_tensor_proto(2**40).dtype == 9 and tf.make_tensor_proto(filled) is filled
    assert "dtype=2, shape=[2, 2]" in repr(filled)
    for error, message, wrong in (
        (ValueError, "Too many elements provided. Takes at most 1, but got 2.", lambda: text([1, 2], shape=[1])),
        (TypeError, "Expected Tensor's shape", lambda: text(3, shape=[2], verify_shape=True)),
        (ValueError, "None values not supported.", lambda: text(None)),
        (TypeError, "Expected int32, but got 1.5", lambda: text(1.5, tf.int32)),
    ):
        with pytest.raises(error, match=message):
            wrong()


# `float32`, of one dimension of size -1.
DAMAGED = b"\x08\x01\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
ONE = b"\x12\x04\x12\x02\x08\x01"


@pytest.mark.parametrize(
    "text, dtype, expected",
    [
        (b"\x08\x03" + ONE + b"8\x80\x80\x80\x80\x80 ", tf.int32, [0]),
        (b"\x08\x03" + ONE + b"8\xff\xff\xff\xff\x0f", tf.int32, [-1]),
        (b"\x08\x04" + ONE + b"8\xac\x02", tf.uint8, [44]),
        (b"\x08\x13" + ONE + b"h\x80\x80@", tf.float16, [0.0]),
        (b"\x08\x13" + ONE + b"h\x80\xf8\x04", tf.float16, [1.0]),
        (b"\x08\n" + ONE + b"X\x05", tf.bool, [True]),
        (b"\x08\x01" + ONE + b"-\x00\x00@@", tf.float32, [3.0]),
        # Fields of other kinds than theirs are as if they were not there.
        (b"\x08\x01" + ONE + b"(\x03", tf.float32, [0.0]),
        (b"\x08\x01\x10\x05-\x00\x00@@", tf.float32, 3.0),
        (b"\x08\x01" + ONE + b" \x05", tf.float32, [0.0]),
    ],
)
def test_fields_that_do_not_fit(run, text, dtype, expected):
    """What TensorFlow gives of the same bytes."""
    assert np.asarray(run(tf.io.parse_tensor(text, dtype))).tolist() == expected


def test_strings_that_are_no_tensors(run):
    for text, dtype, message in (
        ("garbage\xff", tf.float32, "Could not parse `serialized` as TensorProto"),
        (b"\x08", tf.float32, "Could not parse `serialized` as TensorProto"),
        (b"\x08\x01\x12\x00*\x04\x00\x00\xc0?", tf.int32, "Type mismatch between parsed tensor"),
        (b'\x08\x03\x12\x04\x12\x02\x08\x02"\x04\x01\x00\x00\x00', tf.int32, "as a valid tensor"),
        ("", tf.float32, "Type mismatch"),
        (b"\x08\xe7\x07\x12\x00", tf.float32, r"Type mismatch between parsed tensor \(dtype 999\)"),
        (b"\n\x02ab\x12\x00", tf.float32, "Type mismatch"),
        (DAMAGED + b'"\x08\x00\x00\x80?\x00\x00\x00@', tf.float32, "as a valid tensor"),
        (DAMAGED, tf.float32, "as a valid tensor"),
        (b"\x08\x01\x12\x00*\x03abc", tf.float32, "Could not parse `serialized` as TensorProto"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(tf.io.parse_tensor(text, dtype))


def test_modules_of_messages():
    module = importlib.import_module("ferroflow.tensor_proto")
    proto = module.TensorProto(dtype=3, int_val=[7])
    again = module.TensorProto()
    again.ParseFromString(proto.SerializeToString())
    assert again.int_val == [7] and tf.make_ndarray(again) == 7
    shape = module.TensorShapeProto()
    shape.dim.append(shape.Dim(size=3))
    assert [d.size for d in type(shape).FromString(shape.SerializeToString()).dim] == [3]
    with pytest.raises(ValueError, match='has no "other" field'):
        module.TensorProto(other=[1])


def test_names_of_contrib():
    util = tf.contrib.util
    assert util.make_ndarray(util.make_tensor_proto([1, 2])).tolist() == [1, 2]
    assert util.constant_value(tf.constant(3)) == 3
