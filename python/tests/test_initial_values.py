"""Variables that start from others, that have no fixed shape, or that hold text."""

import numpy as np
import pytest

import ferroflow as tf


def test_variables_that_start_from_others_are_initialised_in_any_order():
    a = tf.Variable(tf.random_normal([2], seed=1), name="a")
    b = tf.Variable(a + 1.0, name="b")
    c = tf.Variable(b * 2.0 + a, name="c")
    with tf.Session() as session:
        session.run(tf.variables_initializer([c, b, a]))
        x, y, z = session.run([a, b, c])
    np.testing.assert_allclose([y, z], [x + 1.0, (x + 1.0) * 2.0 + x], rtol=1e-6)


def test_what_has_a_value_is_started_from_that():
    a = tf.Variable(1.0, name="a")
    b, c = tf.Variable(a + 1.0, name="b"), tf.Variable(a.initialized_value() * 3.0, name="c")
    with tf.Session() as session:
        session.run([b.initializer, c.initializer])
        assert session.run([b, c]) == [2.0, 3.0]
        with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value a"):
            session.run(b.initial_value)
        session.run(a.initializer)
        session.run(a.assign(5.0))
        session.run([b.initializer, c.initializer])
        assert session.run([b, c, b.initial_value]) == [6.0, 15.0, 6.0]


def test_shapes_that_assignments_change():
    start = tf.placeholder(tf.float32)
    with pytest.raises(ValueError, match="initial_value must have a shape specified"):
        tf.Variable(start)
    v = tf.Variable(start, validate_shape=False, name="v")
    shared = tf.get_variable("shared", initializer=start, validate_shape=False)
    assert v.shape.ndims is None and shared.shape.ndims is None
    assert tf.Variable([1.0, 2.0], validate_shape=False).shape.ndims is None
    total = tf.reduce_sum(v)
    with tf.Session() as session:
        session.run([v.initializer, shared.initializer], {start: [[1.0, 2.0]]})
        assert session.run([v, total])[1] == 3.0
        assert session.run(tf.assign(v, [3.0, 4.0, 5.0], validate_shape=False)).tolist() == [3.0, 4.0, 5.0]
        assert session.run(total) == 12.0 and session.run(v.assign(7.0)) == 7.0 and session.run(total) == 7.0


def test_shapes_that_stay():
    v = tf.Variable([1.0, 2.0], name="v")
    assert tf.assign(v, [3.0, 4.0], validate_shape=False).shape.as_list() == [2]
    with pytest.raises(ValueError, match=r"Shapes are \[2\] and \[3\]."):
        tf.assign(v, [1.0, 2.0, 3.0])
    with pytest.raises(tf.errors.UnimplementedError, match="make it with validate_shape=False"):
        tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False)
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'assign'"):
        tf.assign(tf.constant(1.0), 2.0)


def test_text(tmp_path):
    v, w = tf.Variable("abc", name="v"), tf.Variable(["x", "y"], name="w")
    fed = tf.placeholder(tf.string, [])
    assert (v.dtype, v.shape.as_list(), w.shape.as_list()) == (tf.string, [], [2])
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value v"):
            session.run(v)
        session.run(tf.global_variables_initializer())
        assert session.run(v) == b"abc" and session.run(w).tolist() == [b"x", b"y"]
        assert session.run(v.assign("def")) == b"def" and session.run(tf.identity(v)) == b"def"
        assert session.run(v.assign(fed), {fed: "q"}) == b"q" and session.run(v) == b"q"
        with tf.control_dependencies([v.assign("late")]):
            late = v.read_value()
        assert session.run([v, late]) == [b"q", b"late"]
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
        v.load("new", session)
        assert session.run(v) == b"new"
        tf.train.Saver().restore(session, path)
        assert session.run(v) == b"late" and session.run(w).tolist() == [b"x", b"y"]
    with pytest.raises(TypeError):
        v.assign(1.0)


@pytest.mark.parametrize("shape", [[6, 4], [3, 8], [2, 2, 3, 5]])
def test_orthogonal_values(shape, run):
    value = run(tf.orthogonal_initializer(2.0, seed=1)(shape)).reshape(-1, shape[-1])
    rows, columns = value.shape
    products = value.T @ value if rows >= columns else value @ value.T
    np.testing.assert_allclose(products, 4.0 * np.eye(min(rows, columns)), atol=1e-5)


def test_orthogonal_values_are_tensorflows(check):
    value = tf.get_variable("v", [6, 4], initializer=tf.initializers.orthogonal(2.0, seed=1))
    check(value[0], [-0.53300714, 1.7766595, -0.41735372, 0.5829247])
    assert tf.initializers.Orthogonal is tf.initializers.orthogonal
    with pytest.raises(ValueError, match="at least two-dimensional"):
        tf.orthogonal_initializer()([3])


def test_variables_that_start_from_a_checkpoint(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.variable_scope("old"):
            tf.get_variable("w", initializer=[1.0, 2.0]), tf.get_variable("b", initializer=3.0)
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    with tf.variable_scope("new"):
        w, b = tf.get_variable("w", [2]), tf.get_variable("b", [])
    with tf.variable_scope("old"):
        same = tf.get_variable("w", [2])
    other, plain = tf.get_variable("other", []), tf.get_variable("plain", initializer=5.0)
    tf.train.init_from_checkpoint(path, {"old/": "new/"})
    tf.train.init_from_checkpoint(str(tmp_path), {"old/b": other, "old/w": "old/w"})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run([w, b, same, other, plain])
        session.run(w.assign([0.0, 0.0]))
        session.run(w.initializer)
        assert session.run(w).tolist() == [1.0, 2.0]
    assert [np.array(v).tolist() for v in values] == [[1.0, 2.0], 3.0, [1.0, 2.0], 3.0, 5.0]
    for mapping, message in (
        ({"old/x": other}, "Tensor old/x is not found"),
        ({"old/w": other}, "doesn't match with shape of tensor old/w"),
        ({"old/": "other"}, "should map to scope only"),
        ({"old/": "nowhere/"}, "No variables in the scope nowhere/"),
        ({"old/b": "nothing"}, "Variable nothing is not in the graph"),
        ({"/": "/"}, "Tensor new/w is not found"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.train.init_from_checkpoint(path, mapping)


def test_text_starts_empty(run):
    assert run(tf.get_variable("text", [2], tf.string)).tolist() == [b"", b""]
