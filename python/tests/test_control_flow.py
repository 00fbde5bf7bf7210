"""Choices and loops, functions over slices, and functions of Python's."""

import collections
import gc
import weakref

import numpy as np
import pytest

import ferroflow as tf


def test_a_choice_runs_the_branch_that_it_chooses():
    pred, unfed = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [])
    v = tf.Variable(1.0)
    y = tf.cond(pred, lambda: v.assign_add(2.0), lambda: unfed * 2.0)
    assert y.name == "cond/Merge:0"
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(y, {pred: True}) == 3.0
        assert session.run(y, {pred: False, unfed: 4.0}) == 8.0
        assert session.run(v) == 3.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
            session.run(y, {pred: False})


def test_what_has_effects_outside_of_the_branches_runs_whichever_is_chosen():
    pred, v, calls = tf.placeholder(tf.bool, []), tf.Variable(1.0), []
    added = v.assign_add(1.0)
    called = tf.py_func(lambda x: calls.append(float(x)) or x, [tf.constant(3.0)], tf.float32)
    y = tf.cond(pred, lambda: added * 2.0, lambda: called + 0.0)
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([y, y], {pred: False}) == [3.0, 3.0]
        assert (session.run(v), calls) == (2.0, [3.0])
        assert session.run(y, {pred: True}) == 6.0
        assert (session.run(v), calls) == (3.0, [3.0, 3.0])


def test_second_derivatives_of_loops_are_refused():
    x = tf.constant(2.0)
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))
    (g,) = tf.gradients(y, x)
    with pytest.raises(TypeError, match="Second-order gradient for while loops not supported."):
        tf.gradients(g, x)
    (g,) = tf.gradients(tf.scan(lambda a, e: a * e * x, tf.constant([1.0, 2.0])), x)
    with pytest.raises(TypeError, match="Second-order gradient for while loops not supported."):
        tf.gradients(g, x)


def test_branches_give_nests_and_operations(run):
    x = tf.constant(2.0)
    Pair = collections.namedtuple("Pair", "a b")
    less = tf.less(x, 3.0)
    found = tf.cond(less, lambda: {"p": Pair(x, [x + 1.0]), "q": 1}, lambda: {"p": Pair(x, [x]), "q": 2})
    assert run(found) == {"p": Pair(2.0, [3.0]), "q": 1}
    assert run(tf.cond(less, lambda: [x], lambda: [x])) == 2.0
    assert run(tf.cond(less, lambda: [x], lambda: [x], strict=True)) == [2.0]
    assert run(tf.cond(tf.constant(True), fn1=lambda: x, fn2=lambda: -x)) == 2.0
    with pytest.raises(TypeError, match="pred must not be a Python bool"):
        tf.cond(True, lambda: x, lambda: -x)
    v = tf.Variable(0, name="v")
    ran = tf.cond(less, lambda: v.assign(5).op, lambda: tf.no_op())
    assert ran.dtype == tf.bool
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(ran)
        assert session.run(v) == 5


def test_branches_that_do_not_fit():
    pred, one = tf.placeholder(tf.bool, []), tf.constant(1)
    with pytest.raises(TypeError, match="'true_fn' must be callable"):
        tf.cond(pred, one, lambda: one)
    with pytest.raises(TypeError, match="'false_fn' must be callable"):
        tf.cond(pred, lambda: one, one)
    with pytest.raises(ValueError, match="'true_fn' must have a return value"):
        tf.cond(pred, lambda: None, lambda: None)
    with pytest.raises(ValueError, match=r"same type\(s\). Received int32 from 'true_fn' and float32 from 'false_fn'"):
        tf.cond(pred, lambda: one, lambda: tf.constant(1.0))
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        tf.cond(pred, lambda: (one, one), lambda: one)
    with pytest.raises(TypeError, match="pred must be bool"):
        tf.cond(tf.constant(1.0), lambda: one, lambda: one)
    with pytest.raises(ValueError, match="rank 0"):
        tf.cond(tf.constant([True]), lambda: one, lambda: one)


def test_derivatives_of_a_choice(run):
    x = tf.placeholder(tf.float32, [])
    y = tf.cond(x > 0.0, lambda: x * x, lambda: tf.exp(x))
    (g,) = tf.gradients(y, x)
    assert run(g, {x: 3.0}) == 6.0
    np.testing.assert_allclose(run(g, {x: -1.0}), 0.367879, rtol=1e-5)


def test_case(run):
    x = tf.placeholder(tf.int32, [])
    pairs = [(tf.equal(x, 1), lambda: tf.constant(10)), (tf.less(x, 3), lambda: tf.constant(20))]
    y = tf.case(pairs, default=lambda: tf.constant(30))
    assert [run(y, {x: i}) for i in (1, 2, 3)] == [10, 20, 30]
    assert run(tf.case(dict(pairs), default=lambda: tf.constant(30)), {x: 2}) == 20
    with pytest.raises(tf.errors.InvalidArgumentError, match="None of the conditions"):
        run(tf.case(pairs), {x: 5})
    with pytest.raises(tf.errors.InvalidArgumentError, match="More than one condition"):
        run(tf.case(pairs, exclusive=True), {x: 1})
    with pytest.raises(TypeError, match="pred must be a Tensor, got: 1"):
        tf.case([(1, lambda: x)])


def test_while_loops(run):
    i, x = tf.while_loop(lambda i, x: i < 10, lambda i, x: (i + 1, x * 2.0), (tf.constant(0), tf.constant(1.0)))
    assert run([i, x]) == [10, 1024.0]
    assert x.shape == []
    assert run(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])) == 3
    assert run(tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [0], return_same_structure=True)) == [3]
    nested = tf.while_loop(
        lambda i, d: i < 2, lambda i, d: (i + 1, {"a": d["a"] + 1, "b": (d["b"][0] * 2,)}), (0, {"a": 1, "b": (3,)})
    )
    assert run(nested) == (2, {"a": 3, "b": (12,)})
    assert run(tf.while_loop(lambda i: i < 100, lambda i: i + 1, [0], maximum_iterations=7)) == 7
    grown = tf.while_loop(
        lambda x: tf.size(x) < 8, lambda x: tf.concat([x, x], 0), [tf.constant([1.0])], [tf.TensorShape([None])]
    )
    assert run(grown).tolist() == [1.0] * 8
    assert tf.gradients(
        tf.while_loop(lambda x: x < 9.0, lambda x: x * x, [tf.constant(2.0)], back_prop=False), grown
    ) == [None]


def test_loops_that_do_not_fit():
    one = tf.constant([1.0])
    with pytest.raises(TypeError, match="'cond' must be callable"):
        tf.while_loop(1, lambda x: x, [one])
    with pytest.raises(TypeError, match="'body' must be callable"):
        tf.while_loop(lambda x: True, 1, [one])
    with pytest.raises(ValueError, match="'loop_vars' must be provided"):
        tf.while_loop(lambda: True, lambda: 1, [])
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        tf.while_loop(lambda x, y: True, lambda x, y: x, [one, one])
    with pytest.raises(
        ValueError, match=r"not an invariant of the loop: it enters with shape \[1\], but has shape \[2\]"
    ):
        tf.while_loop(lambda x: True, lambda x: tf.concat([x, x], 0), [one])
    with pytest.raises(ValueError, match="The shape invariant specified for Const:0 is not compatible"):
        tf.while_loop(lambda x: True, lambda x: x, [one], [tf.TensorShape([2])])
    with pytest.raises(TypeError, match="enters the loop as float32, but is int32"):
        tf.while_loop(lambda x: True, lambda x: tf.cast(x, tf.int32), [one])
    with pytest.raises(TypeError, match="Expected int32, got 1.0 of type 'float' instead"):
        tf.while_loop(lambda i: i < 3, lambda i: i + 1.0, [tf.constant(0)])
    with pytest.raises(TypeError, match="the condition must be a scalar bool"):
        tf.while_loop(lambda x: x, lambda x: x, [one])


def test_derivatives_of_loops(run):
    x, w = tf.constant(3.0), tf.constant(2.0)
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * w), (0, x))
    assert run(tf.gradients(y, [x, w])) == [8.0, 36.0]
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(2.0))
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * v), (0, x))
    assert run(tf.gradients(y, v)) == [36.0]


def test_variables_change_and_numbers_are_drawn_in_each_iteration():
    v = tf.Variable(1.0)
    _, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + v.assign(v.read_value() * 2.0)), (0, 0.0))
    _, drawn = tf.while_loop(
        lambda i, t: i < 3,
        lambda i, t: (i + 1, tf.concat([t, tf.random_uniform([1])], 0)),
        (0, tf.zeros([0])),
        (tf.TensorShape([]), tf.TensorShape([None])),
    )
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([total, v]) == [14.0, 1.0] or session.run(v) == 8.0
        assert len(set(session.run(drawn).tolist())) == 3


def test_functions_over_slices(run):
    x = tf.constant([1.0, 2.0, 3.0])
    assert run(tf.map_fn(lambda e: e * 2.0, x)).tolist() == [2.0, 4.0, 6.0]
    doubled, whole = run(tf.map_fn(lambda e: (e * 2.0, tf.cast(e, tf.int32)), x, dtype=(tf.float32, tf.int32)))
    assert doubled.tolist() == [2.0, 4.0, 6.0] and whole.tolist() == [1, 2, 3] and whole.dtype == np.int32
    assert run(tf.map_fn(lambda e: e[0] * e[1], (x, x), dtype=tf.float32)).tolist() == [1.0, 4.0, 9.0]
    assert run(tf.map_fn(lambda e: tf.reduce_sum(e), tf.zeros([0, 3]))).shape == (0,)
    assert tf.map_fn(lambda e: e, tf.placeholder(tf.float32, [None, 2])).shape.as_list() == [None, 2]
    assert run(tf.scan(lambda a, e: a + e, x)).tolist() == [1.0, 3.0, 6.0]
    assert run(tf.scan(lambda a, e: a * 2.0 + e, x, 10.0, reverse=True)).tolist() == [97.0, 48.0, 23.0]
    sums, products = run(tf.scan(lambda a, e: (a[0] + e, a[1] * e), x, (10.0, 1.0)))
    assert sums.tolist() == [11.0, 13.0, 16.0] and products.tolist() == [1.0, 2.0, 6.0]
    fold = lambda a, e: a * 2.0 + e
    folds = [tf.foldl(fold, x), tf.foldr(fold, x), tf.foldl(fold, x, 5.0), tf.foldr(fold, x, 5.0)]
    assert run(folds) == [11.0, 17.0, 51.0, 57.0]
    (g,) = tf.gradients(tf.scan(lambda a, e: a * e, x), x)
    assert run(g).tolist() == [9.0, 4.0, 2.0]
    with pytest.raises(ValueError, match="must be 1\\+ dimensional Tensors, not scalars"):
        tf.map_fn(lambda e: e, tf.constant(1.0))
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        tf.map_fn(lambda e: (e, e), x)
    with pytest.raises(TypeError, match="must be callable"):
        tf.scan(1, x)


def test_functions_of_python(run):
    one, two = tf.constant(1.0), tf.constant([2.0, 3.0])
    y = tf.py_func(lambda a, b: a + b, [one, two], tf.float32)
    assert y.shape.ndims is None
    y.set_shape([2])
    assert run(y * 2.0).tolist() == [6.0, 8.0]
    a, b = run(tf.py_func(lambda a, b: (a + b, a), [one, two], [tf.float32, tf.float32]))
    assert a.tolist() == [3.0, 4.0] and b == 1.0
    assert run(tf.py_func(lambda s: b"a" + s, [tf.constant("b")], tf.string)) == b"ab"
    assert run(tf.py_func(lambda x: 3, [one], tf.int64)) == 3
    seen = []
    operation = tf.py_func(lambda x: seen.append(x), [one], [])
    with tf.Session() as session:
        session.run(operation)
        with tf.control_dependencies([operation]):
            z = two * 3.0
        session.run(z)
    assert seen == [1.0, 1.0]
    assert tf.gradients(tf.py_func(lambda x: x, [one], tf.float32), one) == [None]

    def change(x):
        x[:] = 0.0
        return x

    kept = tf.identity(tf.ones([20000]))
    changed, kept = run([tf.py_func(change, [kept], tf.float32), kept])
    assert changed.sum() == 0.0 and kept.sum() == 20000.0


@pytest.mark.parametrize(
    "raised, expected",
    [
        (ValueError("boo"), tf.errors.InvalidArgumentError),
        (TypeError("boo"), tf.errors.InvalidArgumentError),
        (StopIteration("boo"), tf.errors.OutOfRangeError),
        (MemoryError("boo"), tf.errors.ResourceExhaustedError),
        (NotImplementedError("boo"), tf.errors.UnimplementedError),
        (RuntimeError("boo"), tf.errors.UnknownError),
    ],
)
def test_what_a_function_of_python_raises(run, raised, expected):
    def function(_):
        raise raised

    y = tf.py_func(function, [tf.constant(1.0)], tf.float32, name="failing")
    with pytest.raises(expected, match=f"{type(raised).__name__}: boo") as caught:
        run(y)
    assert caught.value.__cause__ is raised
    assert caught.value.op.name == "failing"


@pytest.mark.parametrize(
    "function, dtypes, message",
    [
        (lambda x: np.float64(3), tf.float32, "0-th value returned by pyfunc_.* is double, but expects float"),
        (lambda x: (x, x), tf.float32, "returns 2 values, but expects to see 1 values"),
        (lambda x: None, [tf.float32], "returns 0 values, but expects to see 1 values"),
    ],
)
def test_results_of_a_function_of_python_are_checked(run, function, dtypes, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(tf.py_func(function, [tf.constant(1.0)], dtypes))


def test_indices_that_only_a_run_knows(run):
    x, i = tf.constant([[1, 2, 3], [4, 5, 6]]), tf.constant(1)
    assert run(x[i]).tolist() == [4, 5, 6]
    assert run(x[-i, 0]) == 4
    assert run(x[..., i]).tolist() == [2, 5]
    assert run(x[tf.newaxis, :, i]).tolist() == [[2, 5]]
    assert run(x[0, i:]).tolist() == [2, 3]
    assert run(x[:, :i]).tolist() == [[1], [4]]
    assert run(x[0, -i:10]).tolist() == [3]
    assert x[i].shape.as_list() == [3]
    _, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + x[0, i]), (0, 0))
    assert run(total) == 6
    with pytest.raises(TypeError, match="valid indices"):
        x[tf.constant([0, 1])]


def test_what_functions_of_python_give_and_raise(run):
    assert run(tf.py_func(lambda: np.array([1.0, 2.0], ">f4"), [], tf.float32)).tolist() == [1.0, 2.0]

    class Odd(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    def fail():
        raise Odd

    with pytest.raises(tf.errors.UnknownError, match="Odd"):
        run(tf.py_func(fail, [], tf.float32))


def test_a_function_that_refers_to_its_graph_is_freed():
    class Big:
        pass

    with tf.Graph().as_default():
        one, big = tf.constant(1.0), Big()
        tf.py_func(lambda x: (one, big) and x, [one], tf.float32)
    freed = weakref.ref(big)
    del one, big
    gc.collect()
    assert freed() is None


def test_a_function_of_slices_that_gives_another_nest(run):
    sums, pairs = tf.vectorized_map(lambda x: (tf.reduce_sum(x), [x * 2.0, x]), tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    assert run([sums, pairs[0]])[0].tolist() == [3.0, 7.0]
    assert run(pairs[0]).tolist() == [[2.0, 4.0], [6.0, 8.0]]
