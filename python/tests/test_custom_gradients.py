"""Gradients that programs define."""

import numpy as np
import pytest

import ferroflow as tf


@tf.custom_gradient
def flipped(x):
    """`x`, whose derivative is that of `-2x`."""
    return x, lambda grad: -2.0 * grad


def test_a_functions_gradient(check):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    y = flipped(x * v) * x
    check(y, [3.0, 16.0])
    check(tf.gradients(y, [x, v]), [[-3.0, -8.0], [-2.0, -8.0]])


def test_what_cannot_be_differentiated_as_it_is(run):
    @tf.custom_gradient
    def log1pexp(x):
        e = tf.exp(x)
        return tf.log(1 + e), lambda grad: grad * (1 - 1 / (1 + e))

    x = tf.constant([0.0, 100.0])
    y = log1pexp(x)
    assert run(tf.gradients(y, x)[0]).tolist() == [0.5, 1.0]
    assert run(tf.gradients(tf.grad_pass_through(tf.round)(x), x)[0]).tolist() == [1.0, 1.0]


def test_several_results_and_arguments(check):
    @tf.custom_gradient
    def both(a, b):
        return (a * a, tf.reduce_sum(b)), lambda da, db: (10 * da, 100 * db * tf.ones_like(b))

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    squares, total = both(x, y)
    assert squares.shape.as_list() == [2] and total.shape.as_list() == []
    check([squares[0], squares[1], total], [1.0, 4.0, 7.0])
    check(tf.gradients(3.0 * squares, [x, y]), [[30.0, 30.0], [0.0, 0.0]])
    check(tf.gradients(total, [x, y]), [[0.0, 0.0], [100.0, 100.0]])


def test_variables_of_a_function(check):
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())

    @tf.custom_gradient
    def product(x):
        def grad(dy, variables=None):
            assert variables == [w]
            return 7 * dy, [9 * dy]

        return x * w, grad

    x = tf.constant([1.0, 2.0])
    check(tf.gradients(product(x), [x, w]), [[7.0, 7.0], [9.0, 9.0]])


def test_in_loops_and_choices(check):
    z = tf.constant(100.0)
    _, last = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, flipped(a)), [0, z])
    chosen = tf.cond(z > 0, lambda: flipped(z), lambda: z)
    check([last, chosen], [100.0, 100.0])
    check([tf.gradients(last, z)[0], tf.gradients(chosen, z)[0]], [-8.0, -2.0])


def test_registered_gradients(check):
    @tf.RegisterGradient("Guided")
    def guided(op, grad):
        positive = tf.cast(op.outputs[0] > 0, tf.float32)
        return tf.maximum(grad, 0.0) * positive

    graph, x = tf.get_default_graph(), tf.constant([-1.0, 2.0, 3.0])
    signs = [1.0, -1.0, 1.0]
    with graph.gradient_override_map({"Relu": "Guided", "Sign": "Identity"}):
        y, sign = tf.nn.relu(x) * signs, tf.sign(x)
        check(tf.gradients(y, x)[0], [0.0, 0.0, 1.0])
        with graph.gradient_override_map({"Sign": "Guided"}):
            inner = tf.sign(x)
    after = tf.nn.relu(x) * signs
    check([y, after], [[0.0, -2.0, 3.0]] * 2)
    check(tf.gradients(y, x)[0], [0.0, 0.0, 1.0])
    check(tf.gradients(after, x)[0], [0.0, -1.0, 1.0])
    check(tf.gradients(sign, x)[0], [1.0, 1.0, 1.0])
    check(tf.gradients(inner, x)[0], [0.0, 1.0, 1.0])
    with pytest.raises(KeyError, match="Registering two gradient with name 'Guided'"):
        tf.RegisterGradient("Guided")(guided)
    with pytest.raises(LookupError, match="gradient registry has no entry for: Unknown"):
        with graph.gradient_override_map({"Exp": "Unknown"}):
            tf.exp(x)
    with pytest.raises(TypeError, match="op_type_map must be a dictionary"):
        with graph.gradient_override_map("Exp"):
            pass


def test_a_function_of_pythons_with_a_gradient(check):
    @tf.RegisterGradient("ThriceTheInput")
    def thrice(op, grad):
        return 3 * grad * op.inputs[0]

    x = tf.constant([1.0, 2.0])
    with tf.get_default_graph().gradient_override_map({"PyFunc": "ThriceTheInput"}):
        y = tf.py_func(lambda a: (a * a).astype(np.float32), [x], tf.float32)
    check(tf.gradients(y, x)[0], [3.0, 6.0])


def test_gradients_that_fail():
    x = tf.constant([1.0])

    @tf.custom_gradient
    def raising(x):
        def grad(_):
            raise KeyError("mine")

        return x, grad

    with pytest.raises(KeyError, match="mine"):
        tf.gradients(raising(x), x)

    @tf.custom_gradient
    def too_many(x):
        return x, lambda grad: [grad, grad]

    with pytest.raises(ValueError, match="Num gradients 2 generated for op .* do not match num inputs 1"):
        tf.gradients(too_many(x), x)
    assert tf.gradients(2 * x, x)[0] is not None


def test_a_graph_with_gradients_of_its_own_is_freed():
    import gc
    import weakref

    with tf.Graph().as_default() as graph:
        x = tf.constant([1.0])
        tf.gradients(flipped(x), x)
    known = weakref.ref(graph)
    del graph, x
    gc.collect()
    assert known() is None
