"""Files that operations read and write, and what is in them."""

import io

import numpy as np
import pytest

import ferroflow as tf


def test_files_are_read_and_written(run, tmp_path):
    path = str(tmp_path / "folder" / "a.bin")
    assert run(tf.write_file(path, b"\x00bytes")) is None
    assert run(tf.read_file(path)) == b"\x00bytes"
    assert run(tf.matching_files(str(tmp_path / "folder" / "*.bin"))).tolist() == [path.encode()]
    assert run(tf.io.matching_files(str(tmp_path / "*.txt"))).tolist() == []
    with pytest.raises(tf.OpError, match="No such file"):
        run(tf.io.read_file(str(tmp_path / "none")))
    assert tf.io.write_file is tf.write_file and tf.io.gfile is tf.gfile


def test_numbers_in_strings(run):
    assert run(tf.decode_raw([b"\x01\x00\x02\x00"], tf.int16)).tolist() == [[1, 2]]
    assert run(tf.decode_raw(b"\x01\x00", tf.int16, little_endian=False)).tolist() == [256]
    assert run(tf.io.decode_raw(tf.constant(b"\x00\x00\x80\x3f"), tf.float32)).tolist() == [1.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="length 3 that is not a multiple of 2"):
        run(tf.decode_raw(b"abc", tf.int16))
    with pytest.raises(tf.errors.InvalidArgumentError, match="all be the same size"):
        run(tf.decode_raw([b"abc", b"a"], tf.uint8))


def test_fields_of_lines(run):
    numbers, words, shares = run(tf.decode_csv(["1,a,2.5", ',"x,y",'], [[7], [""], [0.5]]))
    assert numbers.tolist() == [1, 7] and words.tolist() == [b"a", b"x,y"] and shares.tolist() == [2.5, 0.5]
    assert run(tf.io.decode_csv("3|NA", [[0], [9]], field_delim="|", na_value="NA")) == [3, 9]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expect 2 fields but have 1 in record 0"):
        run(tf.decode_csv("1", [[0], [0]]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Field 1 is required but missing in record 0!"):
        run(tf.decode_csv("1,", [[0], tf.constant([], tf.float32)]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Field 0 in record 0 is not a valid int32: x"):
        run(tf.decode_csv("x", [[0]]))


def test_base_64(run):
    assert run(tf.encode_base64([b"a", b"\xfb\xff"])).tolist() == [b"YQ", b"-_8"]
    assert run(tf.io.encode_base64("a", pad=True)) == b"YQ=="
    assert run(tf.decode_base64(["YQ", "-_8="])).tolist() == [b"a", b"\xfb\xff"]
    assert run(tf.io.decode_base64("")) == b""


def test_images_in_files(run):
    from PIL import Image

    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
    file = run(tf.image.encode_png(pixels))
    assert np.asarray(Image.open(io.BytesIO(file))).tolist() == pixels.tolist()
    found = tf.image.decode_png(file)
    assert found.shape.as_list() == [None, None, None] and run(found).tolist() == pixels.tolist()
    assert tf.image.decode_image(file, channels=3).shape.as_list() == [None, None, 3]
    assert run(tf.io.decode_image(file, channels=4))[0, 0].tolist() == [0, 10, 20, 255]
    gray = run(tf.image.decode_png(file, channels=1))
    assert gray.shape == (2, 4, 1) and gray[0, 0, 0] == 8
    smooth = np.tile(np.arange(0, 160, 10, dtype=np.uint8)[:, None, None], [1, 16, 1])
    jpeg = run(tf.image.encode_jpeg(smooth, quality=95))
    assert run(tf.image.is_jpeg([jpeg, file])).tolist() == [True, False]
    assert np.abs(run(tf.image.decode_jpeg(jpeg)).astype(int) - smooth).max() <= 4
    written = io.BytesIO()
    Image.fromarray(smooth[:, :, 0]).save(written, "JPEG", quality=95)
    assert np.abs(run(tf.io.decode_jpeg(written.getvalue(), channels=3)).astype(int) - smooth).max() <= 4
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid image data"):
        run(tf.image.decode_png("no image"))
    with pytest.raises(ValueError, match="channels must be 0, 1, 3, or 4, got 2"):
        tf.image.decode_png(file, channels=2)
    with pytest.raises(tf.errors.UnimplementedError, match="ratio=2 is not supported"):
        tf.image.decode_jpeg(file, ratio=2)
    with pytest.raises(tf.errors.UnimplementedError, match="uint8 only, not uint16"):
        tf.image.decode_png(file, dtype=tf.uint16)


def test_a_picture_is_read_scaled_and_written(run, tmp_path):
    path, copy = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    run(tf.write_file(path, tf.image.encode_png(np.full([2, 2, 1], 100, np.uint8))))
    image = tf.image.convert_image_dtype(tf.io.decode_png(tf.read_file(path), channels=1), tf.float32)
    larger = tf.image.resize_images(tf.reshape(image, [1, 2, 2, 1]), [4, 4])
    run(tf.io.write_file(copy, tf.io.encode_png(tf.cast(larger[0] * 255.0 + 0.5, tf.uint8))))
    assert run(tf.image.decode_png(tf.read_file(copy))).tolist() == [[[100]] * 4] * 4
    assert run(tf.io.is_jpeg(tf.io.encode_jpeg(np.zeros([1, 1, 3], np.uint8))))


def test_fields_in_quotes(run):
    found = run(tf.decode_csv(['"a""b","c,d",'], [[""], [""], ["z"]]))
    assert [x.tolist() for x in found] == [[b'a"b'], [b"c,d"], [b"z"]]
    assert run(tf.decode_csv('\n"a\nb"', [[""]])) == [b"a\nb"]
    for line in '"a', 'a"b', '"a"b', "a\n":
        with pytest.raises(tf.errors.InvalidArgumentError, match="A quote or the end of a line is out of place"):
            run(tf.decode_csv(line, [[""]]))
    assert run(tf.decode_csv('a"b', [[""]], use_quote_delim=False)) == [b'a"b']


@pytest.mark.parametrize("text, default", [("99999999999", 0), ("1_000", 0), ("1_0.5", 0.0)])
def test_fields_that_are_no_numbers(text, default, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Field 0 in record 0 is not a valid"):
        run(tf.decode_csv([text], [[default]]))


def test_columns(run):
    assert run(tf.decode_csv("1,2,3", [[0], [0]], select_cols=[0, 2])) == [1, 3]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expect 1 fields but have 0"):
        run(tf.decode_csv("", [[4]]))
    wrong = ([1, 0], "strictly increasing"), ([-1, 0], "negative"), ([0], "do not match")
    for columns, message in wrong:
        with pytest.raises(ValueError, match=message):
            tf.decode_csv("1,2", [[0], [0]], select_cols=columns)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expect 1 fields but have 0"):
        run(tf.decode_csv("1,2", [[0]], select_cols=[5]))


def test_truth_values_of_any_byte(run):
    odd = np.array([2, 0], np.uint8).view(bool)
    assert run(tf.decode_raw([b"\x02\x00"], tf.bool)).tolist() == [[True, False]]
    for made in tf.py_func(lambda: odd, [], tf.bool), tf.constant(odd):
        assert run(tf.cast(made, tf.int32)).tolist() == [1, 0]
    for value, dtype in (tf.constant([2], tf.uint8), tf.bool), (tf.constant([True]), tf.uint8):
        with pytest.raises(TypeError, match="The bits of bool"):
            tf.bitcast(value, dtype)


@pytest.mark.parametrize("text", [b"\x0a\xff", b"\x08\x01", b"\x0a\x02\x08\x01"])
def test_examples_that_are_none(text, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example input, value: "):
        run(tf.parse_example([text], {"a": tf.FixedLenFeature([], tf.int64)}))
    with pytest.raises(ValueError, match="Error parsing message"):
        tf.train.Example.FromString(text)


def test_lists_that_are_none():
    with pytest.raises(ValueError, match="a part of a float"):
        tf.train.FloatList.FromString(b"\x0a\x03abc")
    with pytest.raises(ValueError, match="a number in place of bytes"):
        tf.train.BytesList.FromString(b"\x08\x01")
