"""Buckets, encodings and runs of words, beside what TensorFlow gives."""

import zlib

import numpy as np
import pytest

import ferroflow as tf

# Of many lengths, and the sums of TensorFlow's buckets of them.
TEXTS = [bytes((7 * i * i + 13 * i + n) % 256 for i in range(n)) for n in [*range(140), 191, 192, 193, 1000]]
MANY = 2**62 + 12345


@pytest.mark.parametrize(
    "function, total, some",
    [
        (
            tf.string_to_hash_bucket_fast,
            2289012609,
            [1936946117179596765, 3690833813667262569, 1874561416643173040, 885508780609750663, 3065508442828985612],
        ),
        (
            lambda texts, count: tf.string_to_hash_bucket_strong(texts, count, [1, 2**63 - 1]),
            3126793596,
            [1480594782684721575, 3707627022604842765, 73805026988739229, 2132979538487014024, 3970394389029775747],
        ),
        (
            tf.string_to_hash_bucket,
            1169534854,
            [105434511174483401, 4509879170343191655, 4094990785332986452, 1693212785401327060, 3743619066647882794],
        ),
    ],
)
def test_buckets(run, function, total, some):
    found = run(function(tf.constant(np.array(TEXTS, object)), MANY))
    assert found[[0, 3, 20, 50, 100]].tolist() == some and zlib.crc32(found.astype("<i8").tobytes()) == total


def test_names_of_buckets(run, check):
    check(tf.strings.to_hash_bucket_fast([["a"], ["b"]], 10), [[9], [2]])
    check(tf.strings.to_hash_bucket_strong(tf.zeros([0], tf.string), 10, [1, 2]), [])
    assert run(tf.strings.to_hash_bucket("a", 1)) == 0
    assert tf.strings.to_hash_bucket_fast(tf.placeholder(tf.string, [None, 2]), 3).shape.as_list() == [None, 2]
    with pytest.raises(ValueError, match="passed 0 less than minimum 1"):
        tf.strings.to_hash_bucket_fast("a", 0)
    with pytest.raises(TypeError, match="Expected int for argument 'num_buckets' not 2.5"):
        tf.strings.to_hash_bucket_fast("a", 2.5)
    with pytest.raises(ValueError, match="Key must have 2 elements"):
        tf.strings.to_hash_bucket_strong("a", 2, [1])
    with pytest.raises(TypeError, match="Expected strings"):
        tf.strings.to_hash_bucket_fast([1], 2)


def test_joined_segments(run):
    join = tf.strings.unsorted_segment_join
    made = join([["a", "b"], ["c", "d"], ["e", "f"]], [1, 0, 1], 3, ":")
    assert made.shape.as_list() == [3, 2] and run(made).tolist() == [[b"c", b"d"], [b"a:e", b"b:f"], [b"", b""]]
    assert run(join([["a", "b"]], [[1, 0]], 2)).tolist() == [b"b", b"a"]
    assert run(join(tf.zeros([0], tf.string), np.zeros([0], np.int32), 1)).tolist() == [b""]
    for ids in ([1, -1], [1, 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not allowed to exceed num_segments or to have neg"):
            run(join(["a", "b"], ids, 2))
    with pytest.raises(ValueError, match="Dimensions must be equal"):
        join(["a"], [1, 2], 2)


def test_encodings(run):
    transcode = tf.strings.unicode_transcode
    text = np.array(["a☃é".encode(), b"\xff\xfeA"], object)
    assert run(transcode(text, "UTF-8", "UTF-16-BE")).tolist() == [b"\x00a&\x03\x00\xe9", b"\xff\xfd\xff\xfd\x00A"]
    assert run(transcode(b"\xe9", "ISO-8859-1", "UTF-8")) == b"\xc3\xa9"
    assert run(transcode("x", "US-ASCII", "UTF-32-BE")) == b"\0\0\0x"
    for options, made in (({}, b"a\xef\xbf\xbdb"), ({"errors": "ignore"}, b"ab"), ({"replacement_char": 65}, b"aAb")):
        assert run(transcode(b"a\xffb", "UTF-8", "UTF-8", **options)) == made
    options = {"replace_control_characters": True}
    assert run(transcode(b"a\nb\x7f", "UTF-8", "UTF-8", **options)) == b"a\xef\xbf\xbdb\x7f"
    assert run(transcode(b"a\x01\xffb", "UTF-8", "UTF-8", "ignore", **options)) == b"ab"
    assert run(transcode(b"\x80\xe2\x98", "UTF-8", "UTF-8")) == b"\xef\xbf\xbd" * 2
    for wrong, options in ((b"a\xff", {}), (b"a\x01", options)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid formatting on input string"):
            run(transcode(wrong, "UTF-8", "UTF-8", "strict", **options))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not create converter for input encoding: foo"):
        run(transcode("x", "foo", "UTF-8"))
    with pytest.raises(ValueError, match="Attr 'output_encoding' of 'UnicodeTranscode' Op passed string 'latin'"):
        transcode("x", "UTF-8", "latin")
    with pytest.raises(ValueError, match="Attr 'errors'"):
        transcode("x", "UTF-8", "UTF-8", "other")


@pytest.mark.parametrize(
    "data, arguments, expected",
    [
        (["a", "b", "c"], (2,), [b"a b", b"b c"]),
        (
            ["a", "b", "c"],
            ([1, 2], "-", ("L", "R")),
            [b"a", b"b", b"c", b"L-a", b"a-b", b"b-c", b"c-R"],
        ),
        ([["a", "b"], ["d", "e"]], (2, " ", "P", 1), [[b"P a", b"a b", b"b P"], [b"P d", b"d e", b"e P"]]),
        (["a"], (3, " ", None, None, True), [b"a"]),
        (["a"], ([3, 2], "-", ("L", "R"), 1), [b"L-a-R", b"L-a", b"a-R"]),
        (["a"], (4, "-", ("L", "R"), 1, True), [b"L-a-R"]),
        (["a"], (2,), []),
        ([["a"], ["b"]], (2,), [[], []]),
    ],
)
def test_runs_of_words(run, data, arguments, expected):
    made = tf.strings.ngrams(data, *arguments)
    assert run(made).tolist() == expected and made.shape.as_list() == list(np.shape(expected))


def test_runs_of_no_words(run):
    assert run(tf.strings.ngrams(tf.zeros([0, 3], tf.string), 2)).shape == (0, 2)
    for wrong, message in (
        (("a", 2), "Data must have rank>0"),
        ((["a"], 0), "All ngram_widths must be greater than 0"),
        ((["a"], 2, " ", "P", 0), "padding_width must be greater than 0"),
        ((["a"], 2, " ", None, 1), "pad_values must be provided"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.strings.ngrams(*wrong)
    with pytest.raises(TypeError, match="pad_values must be"):
        tf.strings.ngrams(["a"], 2, " ", ("a",))


def test_numbers_in_text(run):
    text = lambda *arguments, **options: run(tf.as_string(*arguments, **options)).tolist()
    assert text([1, -2], width=5) == [b"    1", b"   -2"] and text([1, -2], width=5, fill="0") == [b"00001", b"-0002"]
    assert text([1, -2], fill="+") == [b"+1", b"-2"] and text([1, 2], width=4, fill="-") == [b"1   ", b"2   "]
    assert text([1.5, np.nan, -np.inf]) == [b"1.500000", b"nan", b"-inf"]
    for options, message in (
        ({"precision": 2}, "precision not supported for datatype int32"),
        ({"fill": "x"}, 'Fill argument not supported: "x"'),
        ({"fill": "00"}, "one or fewer characters"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.as_string([1], **options)
