"""Examples: messages of named features, and operations that take them apart."""

import numpy as np
import pytest

import ferroflow as tf

Feature, Features, Example = tf.train.Feature, tf.train.Features, tf.train.Example


def first():
    numbers, shares = tf.train.Int64List(value=[1, -2, 300]), tf.train.FloatList(value=[0.5])
    return Example(features=Features(feature={"a": Feature(int64_list=numbers), "b": Feature(float_list=shares)}))


def second():
    example = Example()
    example.features.feature["b"].float_list.value.append(1.5)
    example.features.feature["s"].bytes_list.value.extend([b"x", b"yz"])
    return example


# What TensorFlow makes of the first.
ENCODED = (
    b"\n'\n\x16\n\x01a\x12\x11\x1a\x0f\n\r\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\xac\x02"
    b"\n\r\n\x01b\x12\x08\x12\x06\n\x04\x00\x00\x00?"
)


def test_messages():
    assert first().SerializeToString() == ENCODED
    found = Example.FromString(ENCODED)
    assert found == first() and found.features.feature["a"].int64_list.value == [1, -2, 300]
    assert found.features.feature["b"].WhichOneof("kind") == "float_list" and sorted(found.features.feature) == [
        "a",
        "b",
    ]
    again = Example()
    again.ParseFromString(second().SerializeToString())
    assert again.features.feature["s"].bytes_list.value == [b"x", b"yz"]
    assert again.features.feature.get_or_create("new").WhichOneof("kind") is None
    # Numbers that are not packed.
    assert tf.train.Int64List.FromString(b"\x08\x05\x08\x06").value == [5, 6]
    assert tf.train.FloatList.FromString(b"\x0d\x00\x00\x00\x3f").value == [0.5]
    with pytest.raises(ValueError, match="cut off"):
        Example.FromString(ENCODED[:-1])
    with pytest.raises(TypeError, match="expected one of: bytes"):
        tf.train.BytesList(value=["text"]).SerializeToString()


def test_sequences_of_features():
    steps = tf.train.FeatureList(feature=[Feature(int64_list=tf.train.Int64List(value=[n])) for n in (1, 2)])
    lists = tf.train.FeatureLists(feature_list={"steps": steps})
    example = tf.train.SequenceExample(context=first().features, feature_lists=lists)
    found = tf.train.SequenceExample.FromString(example.SerializeToString())
    assert [step.int64_list.value for step in found.feature_lists.feature_list["steps"].feature] == [[1], [2]]
    assert found.context == first().features


def test_a_batch_is_taken_apart(run):
    batch = [first().SerializeToString(), second().SerializeToString()]
    features = {
        "a": tf.VarLenFeature(tf.int64),
        "b": tf.FixedLenFeature([], tf.float32),
        "s": tf.FixedLenFeature([2], tf.string, default_value=["p", "q"]),
    }
    tensors = tf.parse_example(batch, features)
    assert tensors["s"].shape.as_list() == [None, 2]
    found = run(tensors)
    assert found["a"].values.tolist() == [1, -2, 300] and found["a"].dense_shape.tolist() == [2, 3]
    assert found["b"].tolist() == [0.5, 1.5] and found["s"].tolist() == [[b"p", b"q"], [b"x", b"yz"]]
    one = run(tf.parse_single_example(batch[0], features))
    assert one["a"].indices.tolist() == [[0], [1], [2]] and one["b"] == 0.5 and one["s"].tolist() == [b"p", b"q"]
    padded = {"a": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}
    assert run(tf.io.parse_example(batch, padded))["a"].tolist() == [[1, -2, 300], [0, 0, 0]]
    pairs = {"s": tf.io.FixedLenSequenceFeature([2], tf.string, True, "-")}
    assert run(tf.io.parse_example(batch, pairs))["s"].tolist() == [[[b"-", b"-"]], [[b"x", b"yz"]]]


@pytest.mark.parametrize(
    "feature, message",
    [
        (
            {"x": tf.FixedLenFeature([], tf.int64)},
            r"Feature: x \(data type: int64\) is required but could not be found",
        ),
        ({"a": tf.FixedLenFeature([], tf.int64)}, "Values size: 3 but output shape: "),
        ({"a": tf.io.FixedLenFeature([3], tf.float32)}, "Data types don't match"),
        ({"a": tf.FixedLenSequenceFeature([2], tf.int64)}, "3, is no multiple of 2"),
    ],
)
def test_what_does_not_fit_is_named(feature, message, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(tf.io.parse_single_example(first().SerializeToString(), feature))


def test_features_are_checked():
    with pytest.raises(ValueError, match="features was None or empty"):
        tf.parse_example(["x"], {})
    with pytest.raises(ValueError, match="Invalid feature x"):
        tf.parse_example(["x"], {"x": tf.int64})
    with pytest.raises(TypeError, match="must be of int64, float32 or string, not int32"):
        tf.parse_example(["x"], {"x": tf.io.VarLenFeature(tf.int32)})


def test_a_file_of_examples(run, tmp_path):
    path = str(tmp_path / "examples")
    with tf.python_io.TFRecordWriter(path) as writer:
        for example in (first(), second()):
            writer.write(example.SerializeToString())
    shares = [
        Example.FromString(r).features.feature["b"].float_list.value[0] for r in tf.python_io.tf_record_iterator(path)
    ]
    np.testing.assert_array_equal(shares, [0.5, 1.5])
