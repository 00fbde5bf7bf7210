"""`TensorArray`: written, read, of parts of different lengths, carried by loops."""

import numpy as np
import pytest

import ferroflow as tf


def test_arrays_of_tensors(run):
    ta = tf.TensorArray(tf.float32, size=3).write(0, [1.0, 2.0]).write(2, [5.0, 6.0])
    assert (ta.dtype, ta.element_shape.as_list(), ta.dynamic_size) == (tf.float32, [2], False)
    assert run(ta.stack()).tolist() == [[1.0, 2.0], [0.0, 0.0], [5.0, 6.0]]
    assert run([ta.read(2), ta.gather([2, 0]), ta.concat(), ta.size()])[3] == 3
    assert run(ta.concat()).tolist() == [1.0, 2.0, 0.0, 0.0, 5.0, 6.0]
    assert run(ta.gather([2, 0])).tolist() == [[5.0, 6.0], [1.0, 2.0]]
    assert run(ta.identity().read(0)).tolist() == [1.0, 2.0]
    assert run(ta.scatter([1], [[3.0, 4.0]]).flow)[1].tolist() == [3.0, 4.0]
    run(ta.close())

    x = tf.placeholder(tf.float32, [None, 2])
    inputs = tf.TensorArray(tf.float32, size=tf.shape(x)[0]).unstack(x)
    n = inputs.size()

    def body(i, outputs):
        return i + 1, outputs.write(i, inputs.read(i) * 2.0)

    for options in ({"size": n}, {"size": n, "element_shape": [2]}, {"size": 0, "dynamic_size": True}):
        _, outputs = tf.while_loop(lambda i, _: i < n, body, (0, tf.TensorArray(tf.float32, **options)))
        y = outputs.stack()
        values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)
        assert run(y, {x: values}).tolist() == (2.0 * values).tolist()
        (g,) = tf.gradients(tf.reduce_sum(y * y), x)
        assert run(g, {x: values}).tolist() == (8.0 * values).tolist()


def test_an_element_is_written_once(run):
    array = tf.TensorArray(tf.float32, 2).write(0, 1.0)
    for twice in (array.write(1, 1.0).write(0, 2.0), tf.TensorArray(tf.float32, 2).unstack([1.0, 2.0]).write(0, 2.0)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="index because it has already been written"):
            run(twice.stack())
    for options in ({"size": 3}, {"size": 0, "dynamic_size": True}):
        at = tf.placeholder(tf.int32, [3])
        body = lambda i, array: (i + 1, array.write(at[i], tf.cast(i, tf.float32)))
        _, written = tf.while_loop(lambda i, _: i < 3, body, (0, tf.TensorArray(tf.float32, **options)))
        assert run(written.stack(), {at: [2, 0, 1]}).tolist() == [1.0, 2.0, 0.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="index because it has already been written"):
            run(written.stack(), {at: [2, 0, 2]})


def ragged(x):
    array = tf.TensorArray(tf.float32, 3, infer_shape=False)
    return array.write(0, x[:1]).write(2, x[3:] * 2.0).write(1, x[1:3])


def test_elements_of_different_lengths(check, run):
    x = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    array = ragged(x)
    check(array.concat(), [1, 2, 3, 8, 10, 12])
    check(tf.gradients(array.concat() ** 2.0, x)[0], [2, 4, 6, 32, 40, 48])
    check(array.read(1), [2, 3])
    check(array.gather([0]), [[1]])
    check(tf.TensorArray(tf.int32, 2, infer_shape=False).write(0, [1, 2]).write(1, [3, 4]).stack(), [[1, 2], [3, 4]])
    pairs = tf.TensorArray(tf.int32, 0, dynamic_size=True, infer_shape=False).write(0, [[1, 2]])
    check(pairs.write(1, [[3, 4], [5, 6]]).concat(), [[1, 2], [3, 4], [5, 6]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="TensorArray has inconsistent shapes"):
        run(array.stack())
    with pytest.raises(ValueError):
        tf.TensorArray(tf.float32, 2).write(0, [1.0]).write(1, [1.0, 2.0])


def test_loops_write_elements_of_different_lengths(check):
    x = tf.constant([1.0, 2.0, 3.0])
    body = lambda i, array: (i + 1, array.write(i, x[: i + 1] * tf.cast(i + 1, tf.float32)))
    _, array = tf.while_loop(lambda i, _: i < 3, body, [0, tf.TensorArray(tf.float32, 3, infer_shape=False)])
    check(array.concat(), [1, 2, 4, 3, 6, 9])
    check(tf.gradients(array.concat(), x)[0], [6, 5, 3])
    scalars = tf.TensorArray(tf.float32, 3, infer_shape=False)
    body = lambda i, array: (i + 1, array.write(i, x[i]))
    _, scalars = tf.while_loop(lambda i, _: i < 3, body, [0, scalars])
    check([scalars.read(2), scalars.stack()[1]], [3, 2])


def test_an_array_of_parts(check, run):
    x, lengths = tf.constant(np.arange(8.0, dtype=np.float32).reshape(4, 2)), tf.placeholder(tf.int32, [None])
    array = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, lengths)
    feed = {lengths: [1, 3]}
    check(array.read(0), [[0, 1]], feed)
    check(array.concat(), np.arange(8.0).reshape(4, 2), feed)
    check(tf.gradients(array.read(1), x)[0], [[0, 0], [1, 1], [1, 1], [1, 1]], feed)
    check(tf.TensorArray(tf.float32, 2).split(x, [2, 2]).stack(), np.arange(8.0).reshape(2, 2, 2))
    alike = tf.TensorArray(tf.float32, 2).split(x, lengths)
    for made, fed in ((array, [1, 2]), (array, [1, 1, 2]), (alike, [1, 3])):
        with pytest.raises(tf.errors.InvalidArgumentError, match="lengths are not those of the parts"):
            run(made.stack(), {lengths: fed})
