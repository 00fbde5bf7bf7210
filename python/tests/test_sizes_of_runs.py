"""Sizes that only a run knows, and what it refuses; values of TensorFlow."""

import numpy as np
import pytest

import ferroflow as tf

X = np.arange(12, dtype=np.float32)
SQUARE = np.arange(1.0, 10.0).reshape(3, 3)
IMAGE = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
FILTER = np.ones([2, 2, 2, 1, 1], np.float32)
CUBE = np.ones([1, 2, 2, 2, 1], np.float32)

SIZES = {
    "frame length": (lambda k: tf.signal.frame(X, k, 5), 2, [[0, 1], [5, 6], [10, 11]]),
    "frame step": (lambda k: tf.signal.frame(X, 2, k), 5, [[0, 1], [5, 6], [10, 11]]),
    "frames at the end": (lambda k: tf.signal.frame(X[:5], 3, k, True), 3, [[0, 1, 2], [3, 4, 0]]),
    "lower band": (lambda k: tf.matrix_band_part(SQUARE, k, -1), 1, [[1, 2, 3], [4, 5, 6], [0, 8, 9]]),
    "upper band": (lambda k: tf.matrix_band_part(SQUARE, 1, k), 0, [[1, 0, 0], [4, 5, 0], [0, 8, 9]]),
    "both bands": (lambda k: tf.matrix_band_part(SQUARE, k, k), -1, SQUARE),
    "classes": (lambda k: tf.confusion_matrix([0, 1], [1, 1], num_classes=k), 3, [[0, 1, 0], [0, 1, 0], [0, 0, 0]]),
    "least length": (lambda k: tf.bincount([1, 2, 1], minlength=k), 5, [0, 2, 1, 0, 0]),
    "most length": (lambda k: tf.bincount([1, 2, 1], maxlength=k), 2, [0, 2]),
    "greatest": (lambda k: tf.nn.in_top_k([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], [1, 2], k), 2, [True, False]),
    "Hann's window": (tf.signal.hann_window, 4, [0, 0.5, 1, 0.5]),
    "one element": (tf.signal.hann_window, 1, [1]),
    "no element": (tf.signal.hamming_window, 0, []),
    "Hamming's window": (lambda k: tf.signal.hamming_window(k, False), 3, [0.08, 1, 0.08]),
    "blocks": (lambda k: tf.space_to_batch_nd(X[None, :4], [k], [[0, 0]]), 2, [[0, 2], [1, 3]]),
    "blocks joined": (lambda k: tf.batch_to_space_nd([[0, 2], [1, 3]], [k], [[0, 1]]), 2, [[0, 1, 2]]),
    "depth": (lambda k: tf.nn.conv3d_transpose(CUBE, FILTER, [1, k, 4, 4, 1], 2)[0, :, 0, 0, 0], 4, [1, 1, 1, 1]),
}


@pytest.mark.parametrize("what", SIZES)
def test_sizes(what, check):
    make, size, expected = SIZES[what]
    k = tf.placeholder(tf.int32, [])
    check(make(k), expected, {k: size})


def test_shapes_of_runs(check):
    shape, share = tf.placeholder(tf.int32, [5]), tf.placeholder(tf.float32, [])
    made = tf.shape(tf.nn.conv3d_transpose(CUBE, FILTER, shape, [1, 2, 2, 2, 1], "VALID"))
    check(made, [1, 5, 4, 4, 1], {shape: [1, 5, 4, 4, 1]})
    check(tf.image.central_crop(IMAGE[0], share)[:, :, 0], [[5, 6], [9, 10]], {share: 0.5})
    check(tf.matrix_band_part(SQUARE, tf.constant(0, tf.int64), tf.constant(-1))[1], [0, 5, 6])


@pytest.mark.parametrize(
    "make, parameter",
    [
        (lambda: tf.matrix_band_part(SQUARE, "a", 0), "num_lower"),
        (lambda: tf.bincount([1], minlength="a"), "minlength"),
        (lambda: tf.confusion_matrix([0], [0], num_classes=1.5), "num_classes"),
    ],
)
def test_parameters_are_named(make, parameter):
    with pytest.raises(TypeError, match=f"argument '{parameter}'"):
        make()


def _loss(lengths):
    labels = tf.SparseTensor([[0, 0]], [0], [1, 1])
    return tf.nn.ctc_loss(labels, np.zeros([2, 1, 3], np.float32), lengths)


def _unstacked():
    return tf.unstack(tf.placeholder_with_default(np.ones([3, 2], np.float32), [3, None]), 3, 1)


REFUSED = {
    "sequence_length must not be greater than the number of steps:. .9. .2": lambda: _loss([9]),
    "index is out of bound as with dims": lambda: tf.unravel_index(tf.constant([1, 7]), [2, 2]),
    "at least one element that is not finite": lambda: tf.image.crop_and_resize(
        IMAGE, [[np.nan, -1e30, 1e30, np.inf]], [0], [2, 2]
    ),
    "crop dimensions must be positive": lambda: tf.image.crop_and_resize(IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0], [0, 2]),
    "output dimensions must be positive": lambda: tf.image.resize_bilinear(
        IMAGE, tf.placeholder_with_default([0, 2], [2])
    ),
    "num_classes = 50000": lambda: tf.confusion_matrix([0], [0], tf.placeholder_with_default(50000, [])),
    "`labels` out of bound: labels.1. = 1": lambda: tf.confusion_matrix(
        [0, 1], [0, 0], tf.placeholder_with_default(1, [])
    ),
    "5 is not between 0 and 2": lambda: tf.invert_permutation([5, 0]),
    "-1 is not between 0 and 2": lambda: tf.invert_permutation([-1, 0]),
    "0 is duplicated in the input": lambda: tf.invert_permutation([0, 0]),
    "declared to give .3,3.\n\t ..node unstack/value": _unstacked,
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_runs_refuse(message, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(REFUSED[message]())


@pytest.mark.parametrize("given", [[6, 6], [2, 2], [8, -2]])
def test_sizes_of_parts(given, run):
    sizes = tf.placeholder(tf.int32, [2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"Got sizes:. .{given[0]} {given[1]}. .of. .6."):
        run(tf.split(np.ones(6, np.float32), sizes, 0), {sizes: given})


@pytest.mark.parametrize("method", ["nearest_neighbor", "bicubic", "area"])
def test_images_without_pixels(method, run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="output dimensions must be positive"):
        run(getattr(tf.image, f"resize_{method}")(IMAGE, [0, 2]))


def test_places_of_negative_numbers(check):
    check(tf.unravel_index(tf.constant([1, 3, -1]), [2, 2]), [[0, 1, 0], [1, 1, -1]])


def test_branches_by_number(check):
    number = tf.placeholder(tf.int32, [])
    of = lambda n: lambda: tf.constant(n)
    for branches, default, expected in (
        ([of(10), of(20)], None, {0: 10, 1: 20, 5: 20, -1: 20}),
        ({4: of(40), 2: of(20)}, of(0), {4: 40, 2: 20, 3: 0}),
        ([(1, of(10)), (0, of(5))], None, {0: 5, 1: 10}),
    ):
        made = tf.switch_case(number, branches, default)
        for n, value in expected.items():
            check(made, value, {number: n})
    with pytest.raises(ValueError, match="unique"):
        tf.switch_case(number, [(1, of(1)), (1, of(2))])
    with pytest.raises(TypeError, match="Each entry in branch_fns"):
        tf.switch_case(number, [1, of(2)])


def test_embeddings_of_none_in_layers(check):
    ids = tf.SparseTensor([[0, 0], [0, 1]], tf.constant([0, 1], tf.int64), [2, 2])
    made = tf.contrib.layers.safe_embedding_lookup_sparse(tf.constant([[1.0, 2.0], [3.0, 4.0]]), ids)
    check(made, [[2, 3], [0, 0]])


def test_indices_out_of_order(run):
    sparse = tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match="sparse_reorder"):
        run(tf.sparse_tensor_to_dense(sparse))
