"""Operators and indexing."""

import numpy as np
import pytest

import ferroflow as tf

X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], np.float32)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + 1,
        lambda x: 1 + x,
        lambda x: x - 1.5,
        lambda x: 1.5 - x,
        lambda x: x * [1, 2, 3],
        lambda x: 2 * x,
        lambda x: x / 2,
        lambda x: 2 / x,
        lambda x: x // 2,
        lambda x: 7 // x,
        lambda x: x % 4,
        lambda x: 4 % x,
        lambda x: x**2,
        lambda x: 2.0**x,
        lambda x: -x,
        lambda x: abs(x),
        lambda x: x < 1,
        lambda x: x <= 1,
        lambda x: x > 1,
        lambda x: x >= 1,
        lambda x: 1 < x,
        lambda x: ~(x < 1),
        lambda x: (x < 1) & (x > -3),
        lambda x: (x < 1) | (x > 4),
        lambda x: (x < 1) ^ (x > -3),
        lambda x: x * np.array([1.0, 2.0, 3.0]),
        lambda x: np.array([1.0, 2.0, 3.0]) * x,
        lambda x: np.float64(2.0) * x,
    ],
)
@pytest.mark.parametrize("make", [tf.constant, tf.Variable])
def test_operators_are_numpys(run, function, make):
    np.testing.assert_allclose(run(function(make(X))), function(X), rtol=1e-6)


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        (0, 1),
        slice(1, None),
        (slice(None), 1),
        (slice(None), slice(None, None, 2)),
        (slice(None), slice(None, None, -1)),
        Ellipsis,
        (Ellipsis, 0),
        (Ellipsis, None),
        (None, 1, slice(-2, None)),
        (slice(None, -1), slice(5)),
    ],
)
def test_indices_are_numpys(run, key):
    assert run(tf.constant(X)[key]).tolist() == X[key].tolist()
    assert run(tf.Variable(X)[key]).tolist() == X[key].tolist()


def test_indices_may_be_tensors(run):
    x = tf.constant(X)
    assert run(x[tf.constant(1), tf.newaxis]).tolist() == [X[1].tolist()]
    i, j = tf.placeholder(tf.int32, []), tf.placeholder(tf.int64, [])
    feeds = {i: 1, j: -1}
    assert run(x[i], feeds).tolist() == X[1].tolist()
    assert run(x[..., j], feeds).tolist() == X[..., -1].tolist()
    assert run(x[i, j], feeds) == X[1, -1]
    assert run(x[:i, 1:j], feeds).tolist() == X[:1, 1:-1].tolist()
    assert run(x[j:, tf.newaxis, i], feeds).tolist() == X[-1:, np.newaxis, 1].tolist()
    assert run(tf.Variable(X)[0, i:], feeds).tolist() == X[0, 1:].tolist()
    with pytest.raises(TypeError, match="is no index"):
        x[tf.constant(1.0)]
    with pytest.raises(TypeError, match="is no index"):
        x["a"]
    with pytest.raises(ValueError):
        x[5]


def test_products(check):
    x = tf.constant(X)
    check(x @ [[1.0], [2.0], [3.0]], X @ [[1.0], [2.0], [3.0]])
    check([[1.0, 2.0]] @ x, [[1.0, 2.0]] @ X)


def test_whole_numbers_divide_into_fractions(run):
    three, two = tf.constant(3), tf.constant(2)
    assert (three / two).dtype == tf.float64 and run(three / two) == 1.5
    assert (tf.constant(3, tf.int8) / tf.constant(2, tf.int8)).dtype == tf.float32
    assert run(tf.div(three, two)) == 1 and run(tf.div(-3, two)) == -2 and run(tf.div(3.0, 2.0)) == 1.5
    assert run(tf.truediv(3, 2)) == 1.5 and run(tf.divide(three, 2)) == 1.5 and run(tf.realdiv(3.0, 2.0)) == 1.5


def test_names_are_tensorflows():
    x = tf.constant(X)
    made = [x + 1, 1 + x, x - 1, x * 2, x / 2, x // 2, x % 2, x**2, -x, abs(x), x < 1, x[0], x @ tf.transpose(x)]
    names = "add add_1 sub mul truediv floordiv mod pow Neg Abs Less strided_slice matmul"
    assert [t.op.name for t in made] == names.split()


def test_dtypes_do_not_mix():
    with pytest.raises(TypeError, match="expected inputs of one dtype"):
        tf.constant(1.0) + tf.constant(1)
    with pytest.raises(TypeError, match="1.5"):
        tf.constant(1) + 1.5
    with pytest.raises(ValueError, match="cannot be broadcast"):
        tf.constant([1.0, 2.0]) + tf.constant([1.0, 2.0, 3.0])


def test_a_float_is_no_integer(run):
    i = tf.constant([1, 2])
    for function in (
        lambda: i + 1.0,
        lambda: 1.0 - i,
        lambda: i < 1.0,
        lambda: i**2.0,
        lambda: i // 2.0,
        lambda: i + [1.0, 2.0],
        lambda: tf.maximum(i, 1.0),
        lambda: tf.equal(i, 1.0),
        lambda: tf.clip_by_value(i, 0.0, 2.0),
        lambda: tf.scalar_mul(2.0, i),
    ):
        with pytest.raises(TypeError, match="Expected int32, got .* of type 'float' instead"):
            function()
    # As in TensorFlow, NumPy's are cast.
    assert run(i + np.float32(1.5)).tolist() == [2, 3]
    assert run(tf.maximum(np.array([1.5, 3.5]), i)).tolist() == [1, 3]


def test_tensors_of_other_graphs_are_named():
    a = tf.constant(1.0)
    with tf.Graph().as_default():
        b = tf.constant(1.0, name="b")
    for function in (lambda: a + b, lambda: tf.matmul(a, b), lambda: tf.stack([a, b])):
        with pytest.raises(ValueError, match=r'Tensor\("b:0".*must be from the same graph as Tensor\("Const:0"'):
            function()


def test_arguments_of_wrong_types_are_named():
    x = tf.zeros([1, 2, 2, 1])
    for function, message in (
        (lambda: tf.nn.conv2d(x, x, [1, 1, 1, 1], 3), "Expected string for argument 'padding' not 3."),
        (lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 1, 1, 1], ["SAME"]), r"for argument 'padding' not \['SAME'\]."),
        (lambda: tf.nn.bias_add(x, [1.0], data_format=3), "Expected string for argument 'data_format' not 3."),
        (lambda: tf.one_hot([1], 2, axis="a"), "Expected int for argument 'axis' not 'a'."),
        (lambda: tf.nn.lrn(x, depth_radius="a"), "Expected int for argument 'depth_radius' not 'a'."),
        (lambda: tf.add(1, 2, name=3), "Expected string for argument 'name' not 3."),
        (lambda: tf.constant(1, name=[3]), r"Expected string for argument 'name' not \[3\]."),
        (lambda: tf.name_scope(3).__enter__(), "Expected string for argument 'name' not 3."),
    ):
        with pytest.raises(TypeError, match=message):
            function()
