"""Images: framed, turned, coloured, resized; numbers of TensorFlow or known by hand."""

import numpy as np
import pytest

import ferroflow as tf

GREY = np.arange(6.0, dtype=np.float32).reshape(2, 3, 1)
RGB = np.array([[[0.2, 0.4, 0.6], [1.0, 0.5, 0.0]]], np.float32)
I = tf.image


def rows(image):
    return image[..., 0]


def test_frames(check):
    check(rows(I.flip_left_right(GREY)), [[2, 1, 0], [5, 4, 3]])
    check(rows(I.flip_up_down([GREY]))[0], [[3, 4, 5], [0, 1, 2]])
    check(rows(I.transpose_image(GREY)), [[0, 3], [1, 4], [2, 5]])
    check(rows(I.transpose(GREY)), [[0, 3], [1, 4], [2, 5]])
    for k in range(-1, 4):
        check(rows(I.rot90(GREY, k)), np.rot90(GREY[..., 0], k))
    check(rows(I.rot90(np.ones([2, 2, 1]), tf.constant(3))), np.ones([2, 2]))
    check(rows(I.crop_to_bounding_box(GREY, 0, 1, 2, 2)), [[1, 2], [4, 5]])
    check(rows(I.pad_to_bounding_box(GREY, 1, 0, 3, 4)), [[0, 0, 0, 0], [0, 1, 2, 0], [3, 4, 5, 0]])
    check(rows(I.resize_image_with_crop_or_pad(GREY, 4, 1)), [[0], [1], [4], [0]])
    check(rows(I.resize_with_crop_or_pad([GREY], 2, 1))[0], [[1], [4]])
    check(rows(I.central_crop(np.arange(16.0).reshape(4, 4, 1), 0.5)), [[5, 6], [9, 10]])
    unknown = tf.placeholder_with_default(GREY, [None, None, 1])
    assert I.resize_image_with_crop_or_pad(unknown, 4, 1).shape.as_list() == [4, 1, 1]
    check(rows(I.resize_image_with_crop_or_pad(unknown, 4, 1)), [[0], [1], [4], [0]])
    check(rows(I.central_crop(unknown, 0.3)), [[1], [4]])
    with pytest.raises(ValueError, match="3 or 4 dimensions"):
        I.flip_left_right([1.0])
    with pytest.raises(ValueError, match="has none from 1 to 3"):
        I.crop_to_bounding_box(GREY, 1, 0, 2, 2)
    with pytest.raises(ValueError, match="does not fit"):
        I.pad_to_bounding_box(GREY, 1, 0, 2, 3)


def test_dtypes(check):
    check(I.convert_image_dtype(np.array([0, 51, 255], np.uint8), tf.float32), [0.0, 0.2, 1.0])
    check(I.convert_image_dtype([0.0, 0.2, 1.0], tf.uint8), [0, 51, 255])
    check(I.convert_image_dtype([1.5, -1.0], tf.uint8, saturate=True), [255, 0])
    check(I.convert_image_dtype(np.array([1, 255], np.uint8), tf.int16), [128, 32640])
    check(I.convert_image_dtype(np.array([128, 32767], np.int16), tf.uint8), [1, 255])


def test_colours(check):
    check(I.rgb_to_grayscale(RGB), [[[0.36298], [0.5924]]])
    check(I.grayscale_to_rgb([[[0.5]]]), [[[0.5, 0.5, 0.5]]])
    check(I.rgb_to_hsv(RGB), [[[0.5833333, 0.6666667, 0.6], [0.0833333, 1.0, 1.0]]])
    check(I.hsv_to_rgb(I.rgb_to_hsv(RGB)), RGB)
    check(I.rgb_to_yiq(RGB), [[[0.363, -0.1834489, 0.0199248], [0.5925, 0.4586223, -0.0498681]]])
    np.testing.assert_allclose(run_of(I.yiq_to_rgb(I.rgb_to_yiq(RGB))), RGB, atol=1e-4)
    check(I.rgb_to_yuv(RGB), [[[0.363, 0.1166302, -0.1429971], [0.5925, -0.2915758, 0.3574928]]])
    np.testing.assert_allclose(run_of(I.yuv_to_rgb(I.rgb_to_yuv(RGB))), RGB, atol=1e-4)
    check(I.adjust_brightness(RGB, 0.1), RGB + 0.1)
    check(I.adjust_brightness(np.array([[[250, 10, 0]]], np.uint8), 0.1), [[[255, 35, 25]]])
    check(I.adjust_contrast(RGB, 2.0), [[[-0.2, 0.35, 0.9], [1.4, 0.55, -0.3]]])
    check(I.adjust_gamma([[[0.5]]], 2, 3), [[[0.75]]])
    check(I.adjust_hue(RGB, 0.5), [[[0.6, 0.4, 0.2], [0.0, 0.5, 1.0]]])
    check(I.adjust_saturation(RGB, 0.5), [[[0.4, 0.5, 0.6], [1.0, 0.75, 0.5]]])
    with pytest.raises(ValueError, match="non-negative"):
        I.adjust_gamma(RGB, -1)


def run_of(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def test_random_changes(run):
    flipped = [run(I.random_flip_left_right(GREY, seed=s)).ravel().tolist() for s in range(8)]
    assert sorted(map(tuple, flipped))[0][0] == 0 and max(f[0] for f in flipped) == 2
    tops = run(rows(I.random_flip_up_down(np.stack([GREY] * 32), seed=1)))[:, 0, 0]
    assert set(tops.tolist()) == {0.0, 3.0}
    assert abs(run(I.random_brightness(RGB, 0.2, seed=1)) - RGB).max() <= 0.2
    assert run(I.random_contrast(RGB, 0.5, 0.6, seed=1)).shape == RGB.shape
    assert run(I.random_hue(RGB, 0.1, seed=1)).max() == pytest.approx(1.0)
    assert run(I.random_saturation(RGB, 0.1, 0.2, seed=1)).min() > 0.4
    assert run(I.random_crop(RGB, [1, 1, 3])).shape == (1, 1, 3)
    for wrong in (
        lambda: I.random_brightness(RGB, -1),
        lambda: I.random_hue(RGB, 1),
        lambda: I.random_contrast(RGB, 2, 1),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_standardization(check):
    expected = (GREY - 2.5) / 1.7078251
    check(I.per_image_standardization(GREY), expected)
    check(I.per_image_whitening([GREY])[0], expected)
    check(I.per_image_standardization(np.full([2, 2, 1], 7, np.uint8)), np.zeros([2, 2, 1]))


LINE = np.array([0.0, 10.0, 20.0, 40.0]).reshape(1, 1, 4, 1)


@pytest.mark.parametrize(
    "function, width, corners, expected",
    [
        (I.resize_bilinear, 8, False, [0, 5, 10, 15, 20, 30, 40, 40]),
        (I.resize_bilinear, 3, True, [0, 15, 40]),
        (I.resize_nearest_neighbor, 8, False, [0, 0, 10, 10, 20, 20, 40, 40]),
        (I.resize_nearest_neighbor, 3, True, [0, 20, 40]),
        (I.resize_area, 2, False, [5, 30]),
        (I.resize_area, 3, False, [2.5, 15, 35]),
        (I.resize_bicubic, 8, False, [0, 4.0625, 10, 14.0625, 20, 30.9375, 40, 41.875]),
    ],
)
def test_sizes(check, function, width, corners, expected):
    check(function(LINE, [1, width], corners)[0, 0, :, 0], expected)


def test_sizes_of_images(check, run):
    check(I.resize_bilinear(LINE, [1, 8], half_pixel_centers=True)[0, 0, :, 0], [0, 2.5, 7.5, 12.5, 17.5, 25, 35, 40])
    check(rows(I.resize_images(GREY, [2, 6])), [[0, 0.5, 1, 1.5, 2, 2], [3, 3.5, 4, 4.5, 5, 5]])
    check(rows(I.resize_images(GREY, tf.constant([1, 3]), I.ResizeMethod.NEAREST_NEIGHBOR)), [[0, 1, 2]])
    assert run(I.resize_images(GREY, [4, 4], preserve_aspect_ratio=True)).shape == (3, 4, 1)
    assert run(I.resize(GREY, [2, 3])).tolist() == GREY.tolist()
    check(rows(I.resize_image_with_pad(GREY, 4, 3)), [[0, 0, 0], [0, 1, 2], [3, 4, 5], [0, 0, 0]])
    check(I.crop_and_resize([GREY], [[0.0, 0.0, 1.0, 1.0]], [0], [1, 2])[0, 0, :, 0], [1.5, 3.5])
    check(I.crop_and_resize([GREY], [[0.0, -0.5, 0.0, 0.5]], [0], [1, 3], "nearest", 9)[0, 0, :, 0], [9, 0, 1])
    x = tf.constant(LINE, tf.float32)
    check(tf.gradients(I.resize_bilinear(x, [1, 8]), x)[0][0, 0, :, 0], [1.5, 2, 2, 2.5])
    with pytest.raises(ValueError, match="not implemented"):
        I.resize_images(GREY, [1, 1], method=7)


def test_sizes_that_only_a_run_tells(check):
    size, fed = tf.placeholder(tf.int32, [2]), tf.constant([1, 3])
    x = tf.constant(LINE, tf.float32)
    for of, expected in ((I.resize_bilinear, [0, 15, 40]), (I.resize_nearest_neighbor, [0, 20, 40])):
        check(of(x, size, True)[0, 0, :, 0], expected, {size: [1, 3]})
        assert of(x, fed, True).shape.as_list() == [1, 1, 3, 1]
    check(I.resize_area(x, fed)[0, 0, :, 0], [5, 30], {fed: [1, 2]})
    check(rows(I.resize_images(GREY, fed, 1)), [[0, 1, 2], [3, 4, 5]], {fed: [2, 3]})
    boxes, grey = [[0.0, 0.0, 1.0, 1.0]], tf.constant(GREY, tf.float32)[None]
    cropped = I.crop_and_resize(grey, boxes, [0], size)
    check(cropped[0, 0, :, 0], [1.5, 3.5], {size: [1, 2]})
    check(tf.gradients(cropped, grey)[0][0, :, :, 0], [[0.5, 0, 0.5]] * 2, {size: [1, 2]})


def test_measures(check):
    check(I.total_variation(GREY), 4.0 + 9.0)
    down, right = I.image_gradients([GREY])
    check(rows(down[0]), [[3, 3, 3], [0, 0, 0]])
    check(rows(right[0]), [[1, 1, 0], [1, 1, 0]])
    check(I.sobel_edges(np.arange(9.0, dtype=np.float32).reshape(1, 3, 3, 1))[0, 1, 1, 0], [24, 8])
    check(I.psnr(np.zeros([1, 1, 1]), np.full([1, 1, 1], 0.1), 1.0), 20.0)


def test_patches(check):
    image = np.arange(9.0).reshape(1, 3, 3, 1)
    for function in (tf.extract_image_patches, I.extract_image_patches, I.extract_patches):
        found = function(image, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
        check(found[0], [[[0, 1, 3, 4], [1, 2, 4, 5]], [[3, 4, 6, 7], [4, 5, 7, 8]]])
    same = tf.extract_image_patches(image, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "SAME")
    check(same[0, 1, 1], [8, 0, 0, 0])


def test_similarity_of_structure(check):
    image = np.arange(144, dtype=np.float32).reshape(1, 12, 12, 1) / 144
    check(tf.image.ssim(image, image, 1.0), [1.0])
    check(tf.image.ssim(image, image * 0.9, 1.0), [0.98915])
    bytes_ = np.arange(144, dtype=np.uint8).reshape(12, 12, 1)
    check(tf.image.ssim(bytes_, bytes_, 255), 1.0)
    scales = tf.image.ssim_multiscale(image, image * 0.9, 1.0, (0.5, 0.5), filter_size=5)
    check(scales, [0.99189])
    odd = np.concatenate([image[0], image[0]], 1)[:, :23]
    check(tf.image.ssim_multiscale(odd, odd, 1.0, (0.5, 0.5), filter_size=5), 1.0)
    with pytest.raises(ValueError, match="at least three-dimensional"):
        tf.image.ssim([1.0], [1.0], 1.0)


def test_boxes_without_those_that_are_much_the_same(run):
    rows = [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [1, 1, 0, -0.1], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]]
    scores = [0.9, 0.75, 0.6, 0.95, 0.5, 0.3]
    # What TensorFlow chooses.
    assert run(tf.image.non_max_suppression(rows, scores, 3)).tolist() == [3, 0, 5]
    assert run(tf.image.non_max_suppression(rows, scores, 10)).tolist() == [3, 0, 5]
    assert run(tf.image.non_max_suppression(rows, scores, 10, 0.95, 0.5)).tolist() == [3, 0, 1, 2]
    padded = tf.image.non_max_suppression_padded(rows, scores, 5, pad_to_max_output_size=True)
    places, count = run(padded)
    assert places.tolist() == [3, 0, 5, 0, 0] and count == 3
    overlaps = [[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert run(tf.image.non_max_suppression_overlaps(overlaps, [0.5, 0.9, 0.4], 3)).tolist() == [1, 2]
    assert run(tf.image.non_max_suppression(np.zeros([0, 4]), np.zeros([0]), 3)).tolist() == []


def test_boxes_of_the_least_score_and_of_any_number(run):
    rows, scores = [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3]], [0.9, 0.95, -3.4028235e38]
    assert run(tf.image.non_max_suppression(rows, scores, 2**31 - 1)).tolist() == [1, 2]


def test_the_derivative_of_parts_of_images(run):
    images = tf.constant(np.ones([2, 2, 2, 1], np.float32))
    found = tf.gradients(I.crop_and_resize(images, [[0.0, 0.0, 1.0, 0.0]], [1], [2, 2]), images)[0]
    assert isinstance(found, tf.Tensor)
    assert run(found)[..., 0].tolist() == [[[0.0, 0.0], [0.0, 0.0]], [[2.0, 0.0], [2.0, 0.0]]]


def test_windows_of_images_whose_size_only_a_run_tells(check, run):
    image = np.arange(24.0, dtype=np.float32).reshape(1, 4, 3, 2)
    x = tf.placeholder(tf.float32, [None, None, None, 2])
    for padding in ("SAME", "VALID"):
        of = lambda images: [
            tf.extract_image_patches(images, [1, 2, 2, 1], [1, 2, 1, 1], [1, 1, 1, 1], padding),
            *tf.nn.max_pool_with_argmax(images, [1, 2, 2, 1], [1, 1, 2, 1], padding, include_batch_in_index=True),
        ]
        for found, expected in zip(run(of(x), {x: image}), run(of(image))):
            assert found.tolist() == expected.tolist()
