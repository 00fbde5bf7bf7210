"""Rows, elements and slices of variables changed."""

import functools

import pytest

import ferroflow as tf


def test_slices_are_assigned():
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="v")
    i = tf.placeholder(tf.int32, [])
    first = v[0].assign([9.0, 9.0])
    assert first.name == "strided_slice/_assign:0" and first.shape.as_list() == [3, 2]
    with tf.Session() as session:
        session.run(v.initializer)
        for assigned, expected in [
            (first, [[9, 9], [3, 4], [5, 6]]),
            (v[1:3].assign([[0, 0], [1, 1]]), [[9, 9], [0, 0], [1, 1]]),
            (v[:, 1].assign([7.0, 8.0, 9.0]), [[9, 7], [0, 8], [1, 9]]),
            (v[2, 0].assign(-1.0), [[9, 7], [0, 8], [-1, 9]]),
            (v[::2, ::-1].assign([[1, 2], [3, 4]]), [[2, 1], [0, 8], [4, 3]]),
            (v[..., 0].assign(5.0), [[5, 1], [5, 8], [5, 3]]),
        ]:
            assert session.run(assigned).tolist() == session.run(v).tolist() == expected
        assert session.run(v[i].assign([4.0, 4.0]), {i: 1}).tolist() == [[5, 1], [4, 4], [5, 3]]
    with pytest.raises(ValueError):
        v[0].assign([1.0, 2.0, 3.0])
    with pytest.raises(AttributeError):
        (v + 1.0)[0].assign(1.0)


@pytest.mark.parametrize(
    "function, expected",
    [
        (tf.scatter_update, [1, 10, 3, 2]),
        (tf.scatter_add, [1, 12, 3, 6]),
        (tf.scatter_sub, [1, -8, 3, 2]),
        (tf.scatter_mul, [1, 20, 3, 8]),
        (tf.scatter_div, [1, 0.2, 3, 2]),
        (tf.scatter_min, [1, 2, 3, 2]),
        (tf.scatter_max, [1, 10, 3, 4]),
    ],
)
def test_rows_are_changed(function, expected):
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    with tf.Session() as session:
        session.run(v.initializer)
        found = session.run(function(v, [1, 3], [10.0, 2.0]))
        assert found.tolist() == pytest.approx(expected) and session.run(v).tolist() == found.tolist()
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 9 is not in \[0, 4\)"):
            session.run(function(v, tf.placeholder_with_default([0, 9], [2]), [1.0, 2.0]))
    with pytest.raises(ValueError, match=r"Shapes are \[2\] and \[1\]"):
        function(v, [0], [1.0, 2.0])


@pytest.mark.parametrize(
    "function, expected",
    [
        (tf.scatter_nd_update, [1, 10, 3, 2]),
        (tf.scatter_nd_add, [1, 12, 3, 6]),
        (tf.scatter_nd_sub, [1, -8, 3, 2]),
    ],
)
def test_elements_are_changed(function, expected):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.Session() as session:
        for change in (functools.partial(function, v), getattr(v, function.__name__)):
            session.run(v.initializer)
            assert session.run(change([[0, 1], [1, 1]], [10.0, 2.0])).ravel().tolist() == expected
        session.run(v.initializer)
        assert session.run(tf.scatter_nd_add(v, [[1]], [[1.0, 1.0]])).tolist() == [[1, 2], [4, 5]]
