"""Glimpses, boxes and files of images, beside what TensorFlow gives."""

import io

import numpy as np
import pytest

import ferroflow as tf

PIXELS = np.arange(50, dtype=np.float32).reshape(1, 5, 5, 2)


@pytest.mark.parametrize(
    "size, offset, options, expected",
    [
        ([3, 3], [0, 0], {}, [[12, 14, 16], [22, 24, 26], [32, 34, 36]]),
        ([2, 3], [0, 0], {}, [[12, 14, 16], [22, 24, 26]]),
        ([3, 3], [2, 2], dict(normalized=False, centered=False), [[0, 2, 4], [10, 12, 14], [20, 22, 24]]),
        ([3, 3], [1, -1], dict(normalized=False), [[10, 12, 14], [20, 22, 24], [30, 32, 34]]),
        ([3, 3], [0.5, 0.25], dict(centered=False), [[10, 12, 14], [20, 22, 24], [30, 32, 34]]),
        ([4, 2], [0.3, -0.2], {}, [[12, 14], [22, 24], [32, 34], [42, 44]]),
    ],
)
def test_glimpses(run, size, offset, options, expected):
    assert run(tf.image.extract_glimpse(PIXELS, size, [offset], **options))[0, ..., 0].tolist() == expected


def test_glimpses_beyond_the_image(run):
    beside = run(tf.image.extract_glimpse(PIXELS, [3, 3], [[-1.0, -1.0]]))[0]
    assert beside[1:, 1:, 0].tolist() == [[0, 2], [10, 12]] and 0 <= beside.min() and beside.max() <= 49
    normal = run(tf.image.extract_glimpse(PIXELS + 100, [40, 40], [[9.0, 9.0]], uniform_noise=False))
    assert abs(normal.mean() - 124.5) < 2 and abs(normal.std() - 14.4) < 2
    assert run(tf.image.extract_glimpse(PIXELS, [3, 0], [[0.0, 0.0]])).shape == (1, 3, 0, 2)
    assert tf.image.extract_glimpse(tf.zeros([2, 5, 5, 1]), [3, 4], tf.zeros([2, 2])).shape.as_list() == [2, 3, 4, 1]
    for size, offsets in (([3], [[0.0, 0.0]]), ([3, 3], [0.0, 0.0])):
        with pytest.raises(ValueError):
            tf.image.extract_glimpse(PIXELS, size, offsets)


def test_drawn_boxes(run):
    images = np.zeros([1, 6, 8, 3], np.float32)
    draw = lambda boxes, images=images, **options: run(tf.image.draw_bounding_boxes(images, [boxes], **options))[0]
    frame = ["01111100", "01000100", "01000100", "01111100", "00000000", "00000000"]
    text = lambda image: ["".join(str(int(n)) for n in row) for row in image]
    assert text(draw([[0.1, 0.2, 0.7, 0.8]])[..., 0]) == frame
    both = draw([[0.1, 0.2, 0.7, 0.8], [0, 0, 1, 1]]).sum(-1)
    assert text(both) == ["11111111", "12000201", "12000201", "12222201", "10000001", "11111111"]
    beyond = draw([[-0.5, 0.2, 0.7, 1.8], [2, 2, 3, 3], [0.5, 0.5, 0.2, 0.2], [np.nan] * 4]).sum(-1)
    assert text(beyond) == ["02000000"] * 3 + ["02222222"] + ["00000000"] * 2
    grey = draw([[-0.5, 0.2, 0.7, 1.8]], images[..., :1] + 9).sum(-1)
    assert text(grey) == ["91999999"] * 3 + ["91111111"] + ["99999999"] * 2
    colored = draw([[0.1, 0.2, 0.7, 0.8]], colors=[[0.1, 0.2, 0.3]])
    np.testing.assert_allclose(colored[0, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="Shape must be rank 4 but is rank 3"):
        tf.image.draw_bounding_boxes(images[0], [[[0, 0, 1, 1]]])
    with pytest.raises(ValueError, match="Channel depth should be either"):
        tf.image.draw_bounding_boxes(images[..., :2], [[[0, 0, 1, 1]]])


def test_parts_at_random(run):
    sample = tf.image.sample_distorted_bounding_box
    begin, size, box = sample([40, 60, 3], [[[0.1, 0.2, 0.6, 0.7]]], seed=3, seed2=5)
    with tf.Session() as session:
        drawn = [[part.tolist() for part in session.run([begin, size])] for _ in range(3)]
    # TensorFlow's.
    assert drawn == [[[0, 7, 0], [39, 38, -1]], [[1, 8, 0], [29, 33, -1]], [[7, 5, 0], [26, 33, -1]]]
    np.testing.assert_allclose(run(box), [[[0, 7 / 60, 39 / 40, 45 / 60]]], rtol=1e-6)
    options = dict(aspect_ratio_range=[0.5, 2.0], area_range=[0.2, 0.5], max_attempts=10)
    none = np.zeros([1, 0, 4], np.float32)
    made = sample([40, 60, 3], none, seed=3, seed2=0, use_image_if_no_bounding_boxes=True, **options)
    assert [t.shape.as_list() for t in made] == [[3], [3], [1, 1, 4]]
    with tf.Session() as session:
        assert [session.run(made[0]).tolist() for _ in range(2)] == [[0, 23, 0], [0, 11, 0]]
    # Of no area, so that no part has enough of it.
    assert run(sample([40, 60, 3], np.full([1, 1, 4], 0.5, np.float32))[1]).tolist() == [40, 60, -1]
    for boxes, message in ((none, "No bounding boxes provided"), ([[[0.0, 0, 1, 2]]], r"must be in \[0.0, 1.0\]: 2")):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(sample([40, 60, 3], boxes))
    for wrong in (dict(aspect_ratio_range=[1]), dict(area_range=[0.5, 2]), dict(max_attempts=0)):
        with pytest.raises(ValueError):
            sample([40, 60, 3], none, **wrong)


BOXES = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]],
    np.float32,
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], np.float32)


def test_boxes_by_scores(run):
    best = lambda **options: run(tf.image.non_max_suppression_with_scores(BOXES, SCORES, 6, **options))
    places, scores = best()
    assert places.tolist() == [3, 0, 5] and scores.tolist() == SCORES[[3, 0, 5]].tolist()
    places, scores = best(soft_nms_sigma=0.5)
    assert places.tolist() == [3, 0, 1, 5, 4, 2]
    np.testing.assert_allclose(scores, [0.95, 0.9, 0.38400355, 0.3, 0.2560026, 0.19697244], rtol=1e-6)
    assert best(soft_nms_sigma=0.5, score_threshold=0.4)[0].tolist() == [3, 0]
    assert best(iou_threshold=1.0)[0].tolist() == [3, 0, 1, 2, 4, 5]
    empty = tf.image.non_max_suppression_with_scores(np.zeros([0, 4], np.float32), np.zeros([0], np.float32), 3)
    assert run(empty[0]).shape == (0,)
    with pytest.raises(ValueError, match="rank 2 but is rank 3"):
        tf.image.non_max_suppression_with_scores([BOXES], SCORES, 6)
    with pytest.raises(tf.errors.InvalidArgumentError, match="incompatible shape"):
        run(tf.image.non_max_suppression_with_scores(BOXES, SCORES[1:], 6))


def test_boxes_of_images_and_classes(run):
    boxes, scores = BOXES.reshape(1, 6, 1, 4) / 100, np.stack([SCORES, SCORES[::-1]], -1).reshape(1, 6, 2)
    combined = tf.image.combined_non_max_suppression
    found = run(combined(boxes, scores, 3, 4, score_threshold=0.2))
    np.testing.assert_allclose(
        found.nmsed_boxes[0],
        [[0, 0.1, 0.01, 0.11], [0, 0, 0.01, 0.009], [0, 0, 0.01, 0.01], [0, 1, 0.01, 1]],
        atol=1e-6,
    )
    assert found.nmsed_scores[0].tolist() == SCORES[[3, 3, 0, 0]].tolist()
    assert found.nmsed_classes.tolist() == [[0, 1, 0, 1]] and found.valid_detections.tolist() == [4]
    found = run(combined(boxes, scores, 2, 10, pad_per_class=True))
    assert found.nmsed_scores.shape == (1, 4)
    found = combined(boxes, scores, 1, 10, clip_boxes=False)
    assert found.nmsed_boxes.shape.as_list() == [1, 10, 4]
    found = run(found)
    assert found.valid_detections.tolist() == [2] and found.nmsed_boxes[0, 1, 1] < 0
    with pytest.raises(ValueError, match="rank 4 but is rank 3"):
        combined(boxes[0], scores, 3, 4)


def test_windows_of_volumes(run):
    volumes = np.arange(128, dtype=np.float32).reshape(2, 4, 4, 4, 1)
    made = tf.extract_volume_patches(volumes, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], "VALID")
    assert run(made)[1, 1, 1].tolist() == [
        [104, 105, 108, 109, 120, 121, 124, 125],
        [106, 107, 110, 111, 122, 123, 126, 127],
    ]
    made = tf.extract_volume_patches(volumes, [1, 3, 3, 3, 1], [1, 2, 2, 2, 1], "SAME")
    assert made.shape.as_list() == [2, 2, 2, 2, 27] and run(made)[0, 1, 1, 1].tolist()[:5] == [42, 43, 0, 46, 47]
    for ksizes, padding in (([1, 2, 2, 2, 2], "SAME"), ([1, 2, 2, 1], "SAME"), ([1, 2, 2, 2, 1], "same")):
        with pytest.raises(ValueError):
            tf.extract_volume_patches(volumes, ksizes, [1, 1, 1, 1, 1], padding)


def file_of(image, kind, **options):
    from PIL import Image

    made = io.BytesIO()
    Image.fromarray(image).save(made, kind, **options)
    return made.getvalue()


COLORS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[9, 8, 7], [0, 0, 0], [255, 255, 255]]], np.uint8)


def test_bitmaps_and_animations(run):
    from PIL import Image

    bitmap = file_of(COLORS, "BMP")
    for decode in (tf.image.decode_bmp, tf.io.decode_bmp, tf.image.decode_image):
        assert run(decode(bitmap)).tolist() == COLORS.tolist()
    assert run(tf.image.decode_bmp(file_of(COLORS[..., 0], "BMP"), 1))[..., 0].tolist() == COLORS[..., 0].tolist()
    frames = [Image.fromarray(image) for image in (COLORS, 255 - COLORS)]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:])
    found = run(tf.image.decode_gif(made.getvalue()))
    assert found.shape == (2, 2, 3, 3) and np.abs(found.astype(int) - [COLORS, 255 - COLORS]).max() <= 3
    assert tf.io.decode_gif(made.getvalue()).shape.as_list() == [None, None, None, 3]
    for wrong in (tf.image.decode_bmp, tf.image.decode_gif):
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(wrong(b"neither"))
    large = made.getvalue()[:6] + b"\xff\xff\xff\xff" + made.getvalue()[10:]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Memory limit exceeded"):
        run(tf.image.decode_gif(large))
    with pytest.raises(tf.errors.InvalidArgumentError, match="a GIF holds several images"):
        run(tf.image.decode_image(made.getvalue()))
    with pytest.raises(ValueError, match="contents must be scalar"):
        tf.image.decode_gif(["a"])


def test_parts_of_jpegs(run):
    image = np.linspace(0, 255, 20 * 30 * 3).reshape(20, 30, 3).astype(np.uint8)
    for options in ({}, {"progressive": True}):
        file = file_of(image, "JPEG", **options)
        assert run(tf.image.extract_jpeg_shape(file)).tolist() == [20, 30, 3]
        part = run(tf.io.decode_and_crop_jpeg(file, [2, 3, 10, 12]))
        assert part.tolist() == run(tf.image.decode_jpeg(file))[2:12, 3:15].tolist()
    assert run(tf.io.extract_jpeg_shape(file_of(image[..., 0], "JPEG"), tf.int64)).tolist() == [20, 30, 1]
    assert tf.image.decode_and_crop_jpeg(file, [0, 0, 2, 2], 3).shape.as_list() == [None, None, 3]
    for window in ([0, 0, 21, 2], [-1, 0, 2, 2], [0, 0, 0, 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid JPEG data or crop window"):
            run(tf.image.decode_and_crop_jpeg(file, window))
    for wrong in (b"", b"no JPEG at all", file[:10]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid JPEG data"):
            run(tf.image.extract_jpeg_shape(wrong))


def test_qualities(run):
    image = np.linspace(0, 255, 20 * 30 * 3).reshape(20, 30, 3).astype(np.uint8)
    off = lambda quality: np.abs(run(tf.image.adjust_jpeg_quality(image, quality)).astype(int) - image).mean()
    assert off(100) < off(20) < off(0)
    found = run(tf.image.adjust_jpeg_quality(image / np.float32(255), 90))
    assert found.dtype == np.float32 and np.abs(found - image / 255).max() < 0.1
    assert run(tf.image.random_jpeg_quality(image, 20, 90, seed=1)).shape == image.shape
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"quality must be in \[0,100\], got 101"):
        off(101)
    for least, most in ((-1, 5), (5, 101), (5, 5)):
        with pytest.raises(ValueError):
            tf.image.random_jpeg_quality(image, least, most)
