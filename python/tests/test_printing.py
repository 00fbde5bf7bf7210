"""Tensors written out in a run, and nests."""

import logging
import sys

import numpy as np
import pytest

import ferroflow as tf

# What TensorFlow writes of them.
WRITTEN = [
    (
        [0.1, 1e-5, 1 / 3, np.nan, np.inf, 1e10, 100000.0, -np.inf],
        -1,
        "[0.1 1e-05 0.333333343 nan inf 1e+10 100000 -inf]",
    ),
    (np.array([0.1, 1 / 3, 1e300]), -1, "[0.1 0.33333333333333331 1e+300]"),
    ([True, False], 3, "[1 0]"),
    (np.array([1.5, 2.1], np.float16), 3, "[1.5 2.09960938]"),
    (['a\n"b', "c"], 3, '["a\\n\\"b" "c"]'),
    (np.arange(10), 3, "[0 1 2 ... 7 8 9]"),
    (
        np.arange(60).reshape(5, 4, 3),
        1,
        "[[[0 ... 2]\n  ...\n  [9 ... 11]]\n\n ...\n\n [[48 ... 50]\n  ...\n  [57 ... 59]]]",
    ),
    (np.arange(16).reshape(2, 8), 3, "[[0 1 2 ... 5 6 7]\n [8 9 10 ... 13 14 15]]"),
    (np.arange(6), 3, "[0 1 2 3 4 5]"),
    (np.arange(5), 0, "[ ...]"),
    ([[1, 2], [3, 4]], 0, "[\n ...]"),
    ([[[1]]], 0, "[\n\n ...]"),
    (np.zeros([0]), 0, "[]"),
    (5, 0, "..."),
    (["é", "\x01\n\x7f", "日本"], 3, '["é" "\\001\\n\\177" "日本"]'),
    (np.zeros([0, 3]), 3, "[]"),
    (np.zeros([3, 0]), 3, "[\n ...]"),
    (3, 3, "3"),
    ("x", 3, '"x"'),
]


@pytest.mark.parametrize("value, summarize, text", WRITTEN)
def test_tensors_in_text(run, value, summarize, text):
    assert run(tf.strings.format("a {} b", tf.constant(value), summarize=summarize)).decode() == f"a {text} b"


def test_templates(run):
    assert run(tf.strings.format("?-?", [1, 2], "?")) == b"1-2"
    with pytest.raises(ValueError, match="The template expects 2 tensors, but the inputs only has 1"):
        tf.strings.format("{} {}", tf.constant(1))
    with pytest.raises(TypeError, match="Expected int for argument 'summarize' not 'a'."):
        tf.strings.format("{}", 1, summarize="a")


PRINTED = [
    (lambda: ("hello", tf.constant("w"), 1, 2.5, None, True), 'hello "w" 1 2.5 None True\n'),
    (lambda: (tf.constant("alone"),), "alone\n"),
    (lambda: ({"b": tf.constant([1, 2]), "a": "x"},), "{'a': 'x', 'b': [1 2]}\n"),
    (lambda: ([tf.constant(1), ("y", tf.constant([2.0]))],), "[1, ('y', [2])]\n"),
    (lambda: (np.arange(3),), "array([0, 1, 2])\n"),
    (
        lambda: (tf.SparseTensor([[0, 1]], [2.0], [2, 3]),),
        "'SparseTensor(indices=[[0 1]], values=[2], shape=[2 3])'\n",
    ),
    (lambda: ("{}", tf.constant(5)), "{} 5\n"),
    (lambda: ({}, []), "{} []\n"),
    (lambda: ([{}, tf.constant(2)], ()), "[{}, 2] ()\n"),
    (lambda: ({"{}": tf.constant(1)},), "{'{}': 1}\n"),
    (lambda: ("é", tf.constant(["é"])), 'é ["é"]\n'),
    (lambda: (tf.constant(["q"]),), '["q"]\n'),
    (lambda: (), "\n"),
]


@pytest.mark.parametrize("values, text", PRINTED)
def test_printing(run, capsys, values, text):
    run(tf.print(*values()))
    assert capsys.readouterr().err == text


def test_marks_that_are_no_places(run, capsys):
    run(tf.print(tf.constant(1), end="{}\n"))
    run(tf.print("\0{}", tf.constant(1), {}, sep="{}"))
    assert capsys.readouterr().err == "1{}\n\0{}{}1{}{}\n"


def test_bytes_that_are_no_text(run):
    assert run(tf.strings.format("{}", tf.constant([b"\xff\xe9a"]))) == b'["\xff\xe9a"]'


def test_where_it_is_printed(run, capsys, caplog, tmp_path):
    path = tmp_path / "out.txt"
    for _ in range(2):
        run(tf.print("a", "b", tf.range(9), sep="|", end="!", summarize=2, output_stream=f"file://{path}"))
    assert path.read_text() == "a|b|[0 1 ... 7 8]!" * 2
    x = tf.constant(1.5)
    with tf.control_dependencies([tf.print("x:", x, output_stream=sys.stdout)]):
        y = x + 1
    assert run(y) == 2.5 and capsys.readouterr().out == "x: 1.5\n"
    logger = logging.getLogger("tensorflow")
    logger.addHandler(caplog.handler)
    run(tf.print("said", x, output_stream=tf.logging.error))
    logger.removeHandler(caplog.handler)
    assert caplog.messages == ["said 1.5"]
    with pytest.raises(ValueError, match="Unrecognized keyword arguments for tf.print: {'to': 1}"):
        tf.print(1, to=1)
    for stream in (3, "x"):
        with pytest.raises(ValueError, match="Unsupported output stream, logging level, or file."):
            tf.print(1, output_stream=stream)


def test_nests():
    nest = tf.nest
    assert nest is tf.contrib.framework.nest
    assert nest.is_nested([]) and nest.is_nested({}) and not nest.is_nested("a") and not nest.is_nested(np.zeros(2))
    assert nest.is_sequence(()) and nest.flatten({"b": 1, "a": [2, None]}) == [2, None, 1]
    assert nest.map_structure(lambda x, y: x + y, {"a": (1, [2])}, {"a": (3, [4])}) == {"a": (4, [6])}
    assert nest.map_structure(lambda x, y: x + y, [1], (3,), check_types=False) == [4]
    assert nest.pack_sequence_as({"b": 0, "a": [0]}, [1, 2]) == {"b": 2, "a": [1]}
    assert nest.flatten_dict_items({(1, 2): ("a", "b"), 3: "c"}) == {1: "a", 2: "b", 3: "c"}
    nest.assert_same_structure([1, {"a": 2}], [3, {"a": 4}])
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    parts = nest.flatten([sparse, 1], expand_composites=True)
    assert parts == [sparse.indices, sparse.values, sparse.dense_shape, 1]
    back = nest.pack_sequence_as([sparse, 1], parts, expand_composites=True)
    assert back[0].values is sparse.values and back[1] == 1


@pytest.mark.parametrize(
    "error, message, wrong",
    [
        (TypeError, "func must be callable, got: 3", lambda n: n.map_structure(3, [1])),
        (ValueError, "the same number of elements", lambda n: n.map_structure(max, [1, 2], [3])),
        (TypeError, "the same sequence type", lambda n: n.map_structure(max, [1], (3,))),
        (ValueError, "the same set of keys", lambda n: n.assert_same_structure({"a": 1}, {"b": 1})),
        (ValueError, 'Substructure "\\[1\\]" is a sequence, while', lambda n: n.assert_same_structure(1, [1])),
        (ValueError, "Must provide at least one structure", lambda n: n.map_structure(max)),
        (ValueError, "Only valid keyword arguments are", lambda n: n.map_structure(max, [1], foo=1)),
        (ValueError, "2 elements, but flat_sequence had 1", lambda n: n.pack_sequence_as([1, [2]], [1])),
        (ValueError, "Structure is a scalar", lambda n: n.pack_sequence_as(1, [1, 2])),
        (TypeError, "flat_sequence must be a sequence", lambda n: n.pack_sequence_as([1], 1)),
        (ValueError, "key 1 is not unique", lambda n: n.flatten_dict_items({(1, 2): (3, 4), 1: 5})),
        (ValueError, "Could not flatten dictionary", lambda n: n.flatten_dict_items({(1, 2): (3,)})),
        (TypeError, "must be a dictionary", lambda n: n.flatten_dict_items([])),
    ],
)
def test_wrong_nests(error, message, wrong):
    with pytest.raises(error, match=message):
        wrong(tf.nest)
