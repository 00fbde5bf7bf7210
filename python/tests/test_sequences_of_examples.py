"""Encoded sequences, beside what TensorFlow takes out of them."""

import pytest

import ferroflow as tf

train = tf.train


def integers(*values):
    return train.Feature(int64_list=train.Int64List(value=values))


def floats(*values):
    return train.Feature(float_list=train.FloatList(value=values))


def encoded(context, lists):
    lists = {key: train.FeatureList(feature=steps) for key, steps in lists.items()}
    context, lists = train.Features(feature=context), train.FeatureLists(feature_list=lists)
    return train.SequenceExample(context=context, feature_lists=lists).SerializeToString()


NAMES = train.Feature(bytes_list=train.BytesList(value=[b"x", b"y"]))
STEPS = {"f": [floats(1, 2), floats(3, 4)], "v": [integers(1), integers(), integers(2, 3)]}
LONG, SHORT = encoded({"len": integers(2), "n": NAMES}, STEPS), encoded({"len": integers(1)}, {"f": [floats(5, 6)]})
CONTEXT = {"len": tf.FixedLenFeature([], tf.int64), "n": tf.VarLenFeature(tf.string)}
OPTIONAL = tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)
SEQUENCE = {"f": tf.FixedLenSequenceFeature([2], tf.float32), "v": tf.VarLenFeature(tf.int64), "g": OPTIONAL}


def parts(sparse):
    return [part.tolist() for part in sparse]


def test_one_sequence(run):
    context, steps = tf.parse_single_sequence_example(LONG, CONTEXT, SEQUENCE)
    assert context["len"].shape.as_list() == [] and steps["f"].shape.as_list() == [None, 2]
    context, steps = run([context, steps])
    assert context["len"] == 2 and parts(context["n"]) == [[[0], [1]], [b"x", b"y"], [2]]
    assert steps["f"].tolist() == [[1, 2], [3, 4]] and steps["g"].tolist() == []
    assert parts(steps["v"]) == [[[0, 0], [2, 0], [2, 1]], [1, 2, 3], [3, 2]]
    context = dict(CONTEXT, m=tf.FixedLenFeature([2], tf.int64, [3, 4]))
    context, steps = run(tf.io.parse_single_sequence_example(SHORT, context, SEQUENCE))
    assert context["m"].tolist() == [3, 4] and parts(steps["v"]) == [[], [], [0, 0]]
    assert run(tf.io.parse_single_sequence_example(LONG, None, SEQUENCE))[0] == {}


def test_several_sequences(run):
    made = tf.io.parse_sequence_example([LONG, SHORT], CONTEXT, SEQUENCE)
    assert made[1]["f"].shape.as_list() == [2, None, 2] and made[2]["g"].shape.as_list() == [2]
    context, steps, lengths = run(made)
    assert context["len"].tolist() == [2, 1] and parts(context["n"]) == [[[0, 0], [0, 1]], [b"x", b"y"], [2, 2]]
    assert steps["f"].tolist() == [[[1, 2], [3, 4]], [[5, 6], [0, 0]]] and steps["g"].shape == (2, 0)
    assert parts(steps["v"]) == [[[0, 0, 0], [0, 2, 0], [0, 2, 1]], [1, 2, 3], [2, 3, 2]]
    assert {key: value.tolist() for key, value in lengths.items()} == {"f": [2, 1], "g": [0, 0]}
    none = tf.io.parse_sequence_example(tf.zeros([0], tf.string), CONTEXT, SEQUENCE)
    assert run(none[1]["f"]).shape == (0, 0, 2)


@pytest.mark.parametrize(
    "context, sequence, message",
    [
        ({}, {"g": tf.FixedLenSequenceFeature([], tf.int64)}, "Feature list 'g' is required but could not be found"),
        ({"m": tf.FixedLenFeature([], tf.int64)}, {}, "is required but could not be found"),
        ({"len": tf.FixedLenFeature([], tf.float32)}, {}, "Data types don't match"),
        ({}, {"f": tf.VarLenFeature(tf.int64)}, "Data types don't match"),
        ({}, {"f": tf.FixedLenSequenceFeature([3], tf.float32)}, "values size: 2 but output shape: \\[3\\]"),
        ({}, {"v": tf.FixedLenSequenceFeature([], tf.int64)}, "Key: v, Index: 1.  Number of values != expected"),
    ],
)
def test_sequences_that_do_not_fit(run, context, sequence, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(tf.parse_single_sequence_example(LONG, context, sequence))


def test_features_that_sequences_do_not_have(run):
    for function in (tf.parse_single_sequence_example, tf.io.parse_sequence_example):
        with pytest.raises(ValueError, match="at least one should have values"):
            function("")
    with pytest.raises(ValueError, match="Unsupported FixedLenFeature .* for key 'f'"):
        tf.parse_single_sequence_example(LONG, CONTEXT, {"f": CONTEXT["len"]})
    with pytest.raises(TypeError, match="must be of int64, float32 or string, not int32"):
        tf.parse_single_sequence_example(LONG, CONTEXT, {"f": tf.VarLenFeature(tf.int32)})
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(tf.parse_single_sequence_example("none\xff", CONTEXT, SEQUENCE))
