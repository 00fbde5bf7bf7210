"""Operations on strings. What they give is what TensorFlow does."""

import numpy as np
import pytest

import ferroflow as tf

SQUARE = [["a", "b"], ["c", "d"]]


def test_strings_joined(run):
    assert run(tf.string_join(["x", ["a", "b"]], "-")).tolist() == [b"x-a", b"x-b"]
    assert run(tf.strings.join([tf.constant(["a"]), ["b"]])).tolist() == [b"ab"]
    assert run(tf.reduce_join(SQUARE)) == b"abcd"
    assert run(tf.strings.reduce_join(SQUARE, 0)).tolist() == [b"ac", b"bd"]
    assert run(tf.reduce_join(SQUARE, [1, 0], separator="-")) == b"a-b-c-d"
    assert run(tf.reduce_join(SQUARE, [0, 1])) == b"acbd"
    kept = tf.reduce_join(SQUARE, -1, keep_dims=True, separator=".")
    assert kept.shape.as_list() == [2, 1] and run(kept).tolist() == [[b"a.b"], [b"c.d"]]
    with pytest.raises(TypeError, match="Expected strings for 'input'"):
        tf.string_join([1, "a"])


def test_strings_split(run):
    found = run(tf.string_split(["a b  c", "", " d"]))
    assert found.indices.tolist() == [[0, 0], [0, 1], [0, 2], [2, 0]] and found.dense_shape.tolist() == [3, 3]
    assert found.values.tolist() == [b"a", b"b", b"c", b"d"]
    assert run(tf.string_split(["a,b;c"], ",;")).values.tolist() == [b"a", b"b", b"c"]
    assert run(tf.string_split(["abc"], "")).values.tolist() == [b"a", b"b", b"c"]
    assert run(tf.string_split(["a  b"], skip_empty=False)).values.tolist() == [b"a", b"", b"b"]
    assert run(tf.strings.split(["a b  c", "", " d"])).values.tolist() == [b"a", b"b", b"c", b"d"]
    assert run(tf.strings.split(["a,,b"], sep=",")).values.tolist() == [b"a", b"", b"b"]
    assert run(tf.strings.split(["a,b,c"], sep=",", maxsplit=1)).values.tolist() == [b"a", b"b,c"]
    nothing = run(tf.string_split(tf.constant([], tf.string)))
    assert nothing.dense_shape.tolist() == [0, 0] and nothing.values.tolist() == []
    with pytest.raises(ValueError, match="the source must be a vector"):
        tf.string_split("a b")


def test_numbers_as_strings(run):
    assert run(tf.as_string([1.5, -2.0])).tolist() == [b"1.500000", b"-2.000000"]
    assert run(tf.as_string([1.5, -2.0], precision=2)).tolist() == [b"1.50", b"-2.00"]
    assert run(tf.strings.as_string(1.5, scientific=True)) == b"1.500000e+00"
    assert run(tf.as_string(1.5, shortest=True)) == b"1.5"
    assert run(tf.as_string([7], width=4, fill="0")).tolist() == [b"0007"]
    numbers = [np.nan, np.inf, -np.inf, 1.5]
    for fill, expected in (
        ("0", [b"    nan", b"    inf", b"   -inf", b"1.500000"]),
        ("+", [b"   +nan", b"   +inf", b"   -inf", b"+1.500000"]),
        ("-", [b"nan    ", b"inf    ", b"-inf   ", b"1.500000"]),
    ):
        assert run(tf.as_string(numbers, fill=fill, width=7)).tolist() == expected
    assert run(tf.as_string([True, False])).tolist() == [b"true", b"false"]
    with pytest.raises(ValueError, match="Cannot select both scientific and shortest"):
        tf.as_string(1.5, scientific=True, shortest=True)
    with pytest.raises(ValueError, match='Fill argument not supported: "x"'):
        tf.as_string(1, fill="x")


def test_strings_as_numbers(run):
    assert run(tf.string_to_number(["1.5", " 2 ", "-3e2"])).tolist() == [1.5, 2.0, -300.0]
    hexadecimal = ["0x1p3", " -0X1.8P1 ", "0x.8", "0x1e2", "+0x1p-1", "0x1p2000", "-0x1p2000", "infinity", "1e400"]
    expected = [8.0, -3.0, 0.5, 482.0, 0.5, np.inf, -np.inf, np.inf, np.inf]
    for dtype in (tf.float32, tf.float64):
        assert run(tf.string_to_number(hexadecimal, dtype)).tolist() == expected
    for text, dtype in (("0x", tf.float32), ("0x1p", tf.float64), ("0x10", tf.int32), ("0x1p3", tf.int64)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="could not correctly convert string: 0x"):
            run(tf.string_to_number(text, dtype))
    found = run(tf.strings.to_number(["7", "-8"], tf.int64))
    assert found.tolist() == [7, -8] and found.dtype == "int64"
    for wrong in ("x", "1_0", ""):
        with pytest.raises(tf.errors.InvalidArgumentError, match="could not correctly convert string"):
            run(tf.string_to_number([wrong]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="could not correctly convert string: 3000000000"):
        run(tf.string_to_number("3000000000", tf.int32))
    with pytest.raises(TypeError, match="out_type must be"):
        tf.string_to_number("1", tf.bool)


def test_parts_of_strings(run):
    assert run(tf.substr(["hello", "world"], [-3, 1], [2, 9])).tolist() == [b"ll", b"orld"]
    assert run(tf.strings.substr("añb", 1, 1, unit="UTF8_CHAR")) == "ñ".encode()
    with pytest.raises(tf.errors.InvalidArgumentError, match="pos 4 out of range"):
        run(tf.substr(["abc"], 4, 1))
    assert run(tf.string_strip([" a b ", "c\n"])).tolist() == [b"a b", b"c"]
    assert run(tf.strings.strip(" a")) == b"a"
    assert run(tf.strings.length(["abc", "ñ", ""])).tolist() == [3, 2, 0]
    assert run(tf.strings.length("ñ", unit="UTF8_CHAR")) == 1
    assert run(tf.strings.lower("AbÑ")) == "abÑ".encode() and run(tf.strings.lower("Ñ", "utf-8")) == "ñ".encode()
    assert run(tf.strings.upper("Ab")) == b"AB"
    with pytest.raises(ValueError, match="encoding must be"):
        tf.strings.upper("a", "latin1")


def test_patterns(run):
    assert run(tf.regex_replace(["abc", "aac"], "a(.)", r"\1x")).tolist() == [b"bxc", b"axc"]
    assert run(tf.strings.regex_replace("aaa", "a", "b", replace_global=False)) == b"baa"
    assert run(tf.regex_replace("ab", "a", r"[\0]")) == b"[a]b"
    assert run(tf.strings.regex_full_match(["ab", "abc"], "a.")).tolist() == [True, False]


def test_strings_that_are_fed(run):
    x = tf.placeholder(tf.string, [None])
    assert run(tf.string_join([x, "!"]), {x: ["a", "b"]}).tolist() == [b"a!", b"b!"]


@pytest.mark.parametrize("fed", [False, True])
def test_strings_are_moved(fed, run):
    words = tf.placeholder(tf.string, [None]) if fed else tf.constant(["a", "b", "c"])
    given = {words: ["a", "b", "c"]} if fed else None
    lists = lambda x: [v.tolist() if hasattr(v, "tolist") else v for v in run(x, given)]
    found = lists(
        [words[1], words[1:], tf.gather(words, [2, 0]), tf.concat([words, ["d"]], 0), tf.tile(words[:1], [2])]
    )
    assert found == [b"b", [b"b", b"c"], [b"c", b"a"], [b"a", b"b", b"c", b"d"], [b"a", b"a"]]
    found = lists([tf.reshape(words, [3, 1]), tf.expand_dims(words, 0), tf.stack([words, words], 1)[0]])
    assert found == [[[b"a"], [b"b"], [b"c"]], [[b"a", b"b", b"c"]], [b"a", b"a"]]
    found = lists([tf.transpose(tf.reshape(words, [3, 1])), tf.boolean_mask(words, [True, False, True])])
    assert found == [[[b"a", b"b", b"c"]], [b"a", b"c"]]
    found = lists([tf.gather_nd(words, [[1]]), tf.fill([2], words[0]), tf.reverse(words, [0])])
    assert found == [[b"b"], [b"a", b"a"], [b"c", b"b", b"a"]]
    parts = tf.string_split([tf.string_join([words[0], "x"], " ")]).values
    assert run([parts[0], tf.squeeze(tf.string_join([words[:1], "!"]))], given) == [b"a", b"a!"]


def test_dense_tensors_of_strings(run):
    found = run(tf.sparse_tensor_to_dense(tf.string_split(["a b", "c"]), default_value="-"))
    assert found.tolist() == [[b"a", b"b"], [b"c", b"-"]]
    assert run(tf.sparse_tensor_to_dense(tf.string_split(["a b", "c"]), "")).tolist() == [[b"a", b"b"], [b"c", b""]]
    shorter = tf.sparse.reset_shape(tf.sparse.reorder(tf.string_split(["b a", "c"])))
    assert run(shorter).values.tolist() == [b"b", b"a", b"c"]


def test_strings_compared_and_chosen(run):
    words, others = tf.constant(["a", "b"]), tf.constant(["a", "c"])
    assert run(tf.equal(words, others)).tolist() == [True, False]
    assert run(tf.not_equal(words, "b")).tolist() == [True, False]
    assert run(tf.where([False, True], words, tf.constant(["x", "y"]))).tolist() == [b"x", b"b"]
    assert run(tf.where(tf.equal(words, "b"))).tolist() == [[1]]


def test_scalars(run):
    assert run(tf.reduce_join("a")) == b"a"
    assert run(tf.strings.split("a b")).values.tolist() == [b"a", b"b"]


def test_joined_along_axes(run):
    words = tf.placeholder(tf.string, [None, None])
    assert run(tf.reduce_join(words, 1), {words: np.zeros([0, 2], object)}).tolist() == []
    assert run(tf.reduce_join(words, 1), {words: np.zeros([2, 0], object)}).tolist() == [b"", b""]
    with pytest.raises(ValueError, match="Invalid reduction dimension 5 for input with 2 dimensions"):
        tf.reduce_join(SQUARE, 5)


def test_sums_and_equality(run):
    assert run(tf.constant("a") + "b") == b"ab" and run("b" + tf.constant("a")) == b"ba"
    assert run(tf.add(["a", "b"], "c")).tolist() == [b"ac", b"bc"]
    assert run(tf.equal("a", ["a", "b"])).tolist() == [True, False]
    assert run(tf.not_equal(["a"], tf.constant("b"))).tolist() == [True]


def test_backslashes_and_mistakes_in_patterns(run):
    assert run(tf.regex_replace("aXb", "X", r"\\1")) == rb"a\1b"
    assert run(tf.regex_replace("aXb", "(X)", r"\\\1")) == rb"a\Xb"
    assert run(tf.regex_replace("aXb", "X", r"\0\0")) == b"aXXb"
    for rewrite in r"\n", r"\1", "\\":
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid rewrite pattern"):
            run(tf.regex_replace("aXb", "X", rewrite))
    for made in tf.regex_replace("a", "(", "b"), tf.strings.regex_full_match("a", "("):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid pattern"):
            run(made)


def test_texts_and_bytes_of_one_list(run):
    assert run(tf.constant(["é", b"\xff"])).tolist() == ["é".encode(), b"\xff"]
    assert run(tf.constant([[b"a\0", "b"], ("", b"\xfe")])).tolist() == [[b"a\0", b"b"], [b"", b"\xfe"]]
    for mixed in (["a", 1], ["a", None], [["a"], ["b", "c"]]):
        with pytest.raises((TypeError, ValueError)):
            tf.constant(mixed)
