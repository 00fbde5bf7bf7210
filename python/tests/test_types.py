"""Dtypes, shapes and error classes."""

import copy
import pickle

import numpy as np
import pytest

import ferroflow as tf


@pytest.mark.parametrize(
    "name, numpy_type, size",
    [
        ("float16", np.float16, 2),
        ("float32", np.float32, 4),
        ("float64", np.float64, 8),
        ("int8", np.int8, 1),
        ("int16", np.int16, 2),
        ("int32", np.int32, 4),
        ("int64", np.int64, 8),
        ("uint8", np.uint8, 1),
        ("uint16", np.uint16, 2),
        ("bool", np.bool_, 1),
        ("string", np.object_, 1),
        ("bfloat16", np.float32, 2),
    ],
)
def test_dtypes(name, numpy_type, size):
    dtype = getattr(tf, name)
    assert (dtype.name, dtype.as_numpy_dtype, dtype.size) == (name, numpy_type, size)
    assert repr(dtype) == f"tf.{name}" and str(dtype) == f"<dtype: '{name}'>"
    assert tf.as_dtype(name) is dtype and tf.as_dtype(dtype.as_datatype_enum) is dtype and dtype == name
    assert pickle.loads(pickle.dumps(dtype)) is dtype and dtype.base_dtype is dtype.real_dtype is dtype
    assert dtype.is_floating == ("float" in name) and dtype.is_integer == ("int" in name)
    assert dtype.is_unsigned == name.startswith("u") and dtype.is_bool == (name == "bool")
    assert not dtype.is_complex and not dtype.is_quantized and isinstance(dtype, tf.DType)


def test_what_names_a_dtype():
    assert tf.as_dtype(np.float64) is tf.float64 is tf.double and tf.as_dtype(np.dtype("int8")) is tf.int8
    assert tf.as_dtype(float) is tf.float32 and tf.as_dtype(int) is tf.int32 and tf.as_dtype(str) is tf.string
    assert tf.as_dtype("float32_ref") is tf.float32 and tf.half is tf.float16 and tf.float32 == np.float32
    assert tf.float32 != tf.float64 and tf.float32 != None and tf.float32.is_compatible_with("float32")  # noqa: E711
    assert tf.int32.max == 2**31 - 1 and tf.uint8.limits == (0, 255) and tf.float32.min < -1e38
    assert tf.float32.is_numpy_compatible and tf.dtypes.as_dtype is tf.as_dtype
    with pytest.raises(TypeError, match="Cannot convert value 'foo'"):
        tf.as_dtype("foo")
    with pytest.raises(TypeError, match="limits"):
        tf.string.max


def test_dimensions():
    three, unknown = tf.Dimension(3), tf.Dimension(None)
    assert three == 3 and int(three) == 3 and (three + 1).value == 4 and (2 * three).value == 6
    assert (unknown + 1).value is None and (three == unknown) is None and three < 4 and three.merge_with(unknown) == 3
    assert (
        (7 // three).value == 2
        and (7 % three).value == 1
        and repr(unknown) == "Dimension(None)"
        and str(unknown) == "?"
    )
    assert three.is_compatible_with(unknown)
    with pytest.raises(ValueError, match="not compatible"):
        three.assert_is_compatible_with(4)
    with pytest.raises(ValueError, match="must be >= 0"):
        tf.Dimension(-1)


def test_shapes():
    shape = tf.TensorShape([None, 3])
    assert (shape.ndims, shape.as_list(), str(shape)) == (2, [None, 3], "(?, 3)")
    assert repr(shape) == "TensorShape([Dimension(None), Dimension(3)])" and len(shape) == 2 and bool(shape)
    assert shape[1] == 3 and shape[1:] == [3] and [d.value for d in shape] == [None, 3] and shape.dims[1] == 3
    assert not shape.is_fully_defined() and tf.TensorShape([2, 3]).num_elements() == 6 and shape.num_elements() is None
    assert shape.merge_with([2, None]) == [2, 3] and shape.concatenate([4]) == [None, 3, 4] == shape + [4]
    assert shape.is_compatible_with([5, 3]) and not shape.is_compatible_with([3]) and shape.with_rank(2) == shape
    unknown = tf.TensorShape(None)
    assert unknown.ndims is None and str(unknown) == "<unknown>" and not unknown and unknown.merge_with([1]) == [1]
    assert unknown[0].value is None and unknown[1:].ndims is None and tf.TensorShape(4) == [4]
    assert copy.copy(shape) == shape and hash(shape) == hash(tf.TensorShape([None, 3]))
    for call, message in [
        (lambda: unknown.as_list(), "as_list"),
        (lambda: len(unknown), "unknown rank"),
        (lambda: iter(unknown), "unknown rank"),
        (lambda: shape.merge_with([1, 4]), "incompatible"),
        (lambda: shape.assert_is_fully_defined(), "not fully defined"),
        (lambda: shape.assert_has_rank(3), "must have rank 3"),
        (lambda: shape.with_rank_at_least(3), "at least 3"),
        (lambda: shape.with_rank_at_most(1), "at most 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


def test_error_classes():
    assert tf.errors.NotFoundError(None, None, "gone").error_code == tf.errors.NOT_FOUND == 5
    for code in range(1, 17):
        cls = tf.errors.exception_type_from_error_code(code)
        error = cls(None, None, "text")
        assert isinstance(error, tf.errors.OpError) and (error.message, str(error), error.op) == ("text", "text", None)
        assert tf.errors.error_code_from_exception_type(cls) == error.error_code == code and error.node_def is None
    assert tf.errors.OK == 0 and tf.errors.OpError is tf.OpError
