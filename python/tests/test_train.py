"""Derivatives, optimizers, learning rates and averages."""

import numpy as np
import pytest

import ferroflow as tf


def test_derivatives(run):
    x = tf.constant([1.0, 2.0])
    y = tf.square(x) * 3.0
    assert run(tf.gradients(y, x)[0]).tolist() == [6.0, 12.0]
    assert run(tf.gradients([y, x], [x], grad_ys=[None, [10.0, 20.0]])[0]).tolist() == [16.0, 32.0]
    z = tf.constant(1.0)
    assert tf.gradients(y, [x, z])[1] is None
    zero = tf.gradients(y, z, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert run(zero) == [0.0]
    product = y * x
    assert run(tf.gradients(product, [x, y], stop_gradients=[y])[0]).tolist() == [3.0, 12.0]
    assert run(tf.hessians(product, x)[0]).tolist() == [[18.0, 0.0], [0.0, 36.0]]
    two, square = tf.constant(2.0), tf.constant([[1.0, 2.0]])
    assert run(tf.hessians(two**3, two)) == [12.0]
    assert run(tf.hessians(square**3, square)[0]).tolist() == [[[[6.0, 0.0]], [[0.0, 12.0]]]]
    assert tf.gradients(y, x)[0].name.startswith("gradients_")
    with pytest.raises(ValueError, match="Invalid type tf.int32 for Cast:0"):
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.cast(tf.Variable(1.0), tf.int32))
    assert tf.AggregationMethod.ADD_N == 0


def test_what_is_not_differentiated_has_no_derivative(run):
    v, n = tf.Variable([1.5, -2.0]), tf.constant([3, 4])
    assert tf.gradients(tf.constant(1), v) == [None]
    assert tf.gradients(tf.cast(v, tf.int32) * 2, v) == [None]
    assert tf.gradients(tf.reduce_sum(n * n), [n, v]) == [None, None]
    assert tf.gradients(tf.cast(n, tf.float32), n) == [None]
    assert tf.gradients(tf.gather(v, n - 3), n) == [None]
    assert run(tf.gradients(n, n)[0]).tolist() == [1, 1]
    for step in [tf.floor, tf.ceil, tf.round, tf.rint]:
        assert tf.gradients(step(v), v) == [None]
    assert run(tf.gradients(tf.sign(v), v)[0]).tolist() == [0.0, 0.0]


def test_derivatives_of_rows_stay_sparse(run):
    table = tf.Variable([[1.0], [2.0], [3.0]])
    rows = tf.gradients(tf.gather(table, [2, 0, 2]), table)[0]
    assert isinstance(rows, tf.IndexedSlices)
    assert run(rows).indices.tolist() == [2, 0, 2]
    assert run(tf.convert_to_tensor(rows)).tolist() == [[1.0], [0.0], [2.0]]


# As TensorFlow has them.
OPTIMIZERS = [
    (tf.train.GradientDescentOptimizer(0.1), [0.8]),
    (tf.train.MomentumOptimizer(0.1, 0.9), [0.8]),
    (tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), [0.62]),
    (tf.train.AdagradOptimizer(0.1), [0.901227]),
    (tf.train.AdadeltaOptimizer(1.0), [0.999553]),
    (tf.train.RMSPropOptimizer(0.1), [0.824588]),
    (tf.train.RMSPropOptimizer(0.1, centered=True), [0.821826]),
    (tf.train.AdamOptimizer(0.1), [0.9]),
    (tf.train.FtrlOptimizer(0.1), [0.745053]),
    (tf.train.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=1.0), [0.7]),
    (tf.train.ProximalAdagradOptimizer(0.1), [0.901227]),
]


@pytest.mark.parametrize("optimizer, expected", OPTIMIZERS)
def test_first_steps(optimizer, expected):
    v = tf.Variable([1.0])
    step = optimizer.minimize(tf.square(v))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        np.testing.assert_allclose(session.run(v), expected, rtol=1e-4)
    slots = [optimizer.get_slot(v, name) for name in optimizer.get_slot_names()]
    assert all(slot.shape.as_list() == [1] for slot in slots if slot is not None)
    assert set(slot for slot in slots if slot is not None) <= set(optimizer.variables())


def test_dual_averaging_reads_its_step_and_counts_the_one_given():
    v = tf.Variable(1.0)
    read, counted = tf.Variable(0, dtype=tf.int64, trainable=False), tf.train.get_or_create_global_step()
    optimizer = tf.train.AdagradDAOptimizer(0.1, read, l1_regularization_strength=0.1, l2_regularization_strength=0.5)
    step = optimizer.minimize(tf.square(v) + v, global_step=counted)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step)
        # What TensorFlow gives.
        assert session.run([v, read, counted]) == [pytest.approx(-0.13707, abs=1e-5), 0, 3]
    assert optimizer.get_slot_names() == ["gradient_accumulator", "gradient_squared_accumulator"]


def test_names_of_what_an_optimizer_makes():
    v = tf.Variable(1.0, name="v")
    w = tf.Variable(1.0, name="w")
    optimizer = tf.train.AdamOptimizer()
    step = optimizer.minimize(tf.square(v) + w)
    assert step.name == "Adam" and optimizer.get_name() == "Adam"
    names = ["v:0", "w:0", "beta1_power:0", "beta2_power:0", "v/Adam:0", "v/Adam_1:0", "w/Adam:0", "w/Adam_1:0"]
    assert [x.name for x in tf.global_variables()] == names
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [step]
    assert tf.trainable_variables() == [v, w]
    again = optimizer.minimize(tf.square(v))
    assert again.name == "Adam_1" and len(tf.global_variables()) == len(names)


def test_derivatives_may_be_changed_before_they_are_applied(run):
    v, w = tf.Variable([3.0]), tf.Variable([1.0])
    counter = tf.train.create_global_step()
    optimizer = tf.train.GradientDescentOptimizer(lambda: tf.constant(1.0))
    pairs = optimizer.compute_gradients(tf.square(v), [v, w])
    assert [(g is None, x) for g, x in pairs] == [(False, v), (True, w)]
    step = optimizer.apply_gradients([(tf.clip_by_value(g, -1.0, 1.0), x) for g, x in pairs if g is not None], counter)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(v).tolist() == [2.0] and tf.train.global_step(session, counter) == 1
    tf.train.assert_global_step(counter)
    with pytest.raises(TypeError, match="integer type"):
        tf.train.assert_global_step(v)
    assert tf.train.get_global_step() is counter
    with pytest.raises(ValueError, match="already exists"):
        tf.train.create_global_step()


def test_rows_are_updated_alone():
    table = tf.Variable([[1.0], [2.0], [3.0]])
    step = tf.train.MomentumOptimizer(1.0, 0.9).minimize(tf.gather(table, [2, 0, 2]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(table).ravel().tolist() == [0.0, 2.0, 1.0]


def test_what_cannot_be_minimised():
    v = tf.Variable(1.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    assert isinstance(optimizer, tf.train.Optimizer)
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.minimize(tf.constant(1.0))
    with pytest.raises(ValueError, match="No variables to optimize"):
        optimizer.minimize(v * 1.0, var_list=[])
    with pytest.raises(ValueError, match="No variables provided"):
        optimizer.apply_gradients([])
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply_gradients([(None, v)])
    with pytest.raises(TypeError, match="not a tf.Variable"):
        optimizer.minimize(v * 1.0, var_list=[tf.constant(1.0)])
    with pytest.raises(ValueError, match="Must specify the optimizer name"):
        tf.train.GradientDescentOptimizer(0.1, name="")
    with pytest.raises(ValueError, match="must be positive"):
        tf.train.AdagradOptimizer(0.1, initial_accumulator_value=0.0)


def test_learning_rates(check):
    step = tf.placeholder_with_default(15, [])
    check(tf.train.exponential_decay(1.0, step, 10, 0.5), 0.353553)
    check(tf.train.exponential_decay(1.0, step, 10, 0.5, staircase=True), 0.5)
    check(tf.train.exponential_decay(tf.constant(2.0), step, 10, 0.5), 0.707107)
    check(tf.train.natural_exp_decay(1.0, step, 10, 0.5), 0.472367)
    check(tf.train.inverse_time_decay(1.0, step, 10, 0.5), 0.571429)
    check(tf.train.polynomial_decay(1.0, step, 20, 0.0), 0.25)
    check(tf.train.piecewise_constant(step, [10, 20], [1.0, 0.5, 0.1]), 0.5)
    check(tf.train.piecewise_constant_decay(step, [20], [1.0, 0.5]), 1.0)
    check(tf.train.cosine_decay(1.0, step, 30), 0.5)
    check(tf.train.cosine_decay_restarts(1.0, step, 10), 0.853553)
    check(tf.train.linear_cosine_decay(1.0, step, 30), 0.251)
    with pytest.raises(ValueError, match="global_step is required"):
        tf.train.exponential_decay(1.0, None, 10, 0.5)
    rate = tf.train.exponential_decay(0.1, step, 10, 0.5)
    assert tf.train.GradientDescentOptimizer(rate).minimize(tf.Variable(1.0) * 1.0).type == "NoOp"


def test_a_line_is_found():
    x = np.linspace(-1, 1, 20, dtype=np.float32)
    a, b = tf.Variable(0.0), tf.Variable(0.0)
    loss = tf.reduce_mean(tf.square(a * x + b - (3.0 * x + 1.0)))
    step = tf.train.AdamOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(300):
            session.run(step)
        np.testing.assert_allclose(session.run([a, b]), [3.0, 1.0], atol=1e-2)


def test_an_optimizer_of_a_programs_own():
    class Descent(tf.train.Optimizer):
        def __init__(self, rate):
            super().__init__(False, "Descent")
            self._rate = rate

        def _create_slots(self, var_list):
            for v in var_list:
                self._zeros_slot(v, "steps", self._name)

        def _prepare(self):
            self._rate_t = tf.convert_to_tensor(self._rate)

        def _apply_dense(self, grad, var):
            counted = self.get_slot(var, "steps").assign_add(tf.ones_like(grad))
            return tf.group(var.assign_sub(self._rate_t * grad), counted)

    v, table = tf.Variable([1.0, 2.0], name="v"), tf.Variable([[1.0], [2.0]])
    counter = tf.train.get_or_create_global_step()
    optimizer = Descent(0.5)
    step = optimizer.minimize(tf.reduce_sum(tf.square(v)) + tf.reduce_sum(tf.gather(table, [1])), counter)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(v).tolist() == [0.0, 0.0] and session.run(table).ravel().tolist() == [1.0, 1.5]
        assert session.run(optimizer.get_slot(v, "steps")).tolist() == [1.0, 1.0] and session.run(counter) == 1
    assert optimizer.get_slot_names() == ["steps"] and len(optimizer.variables()) == 2
    assert optimizer.get_slot(v, "steps").op.name == "v/Descent" and step in tf.get_collection(tf.GraphKeys.TRAIN_OP)
    with pytest.raises(NotImplementedError):
        tf.train.Optimizer(False, "none").minimize(v)


def test_variables_are_kept_to_their_constraints():
    def half(w):
        return tf.clip_by_value(w, 0.0, 0.5)

    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), constraint=half)
    free = tf.Variable([1.0, 1.0])
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v + free))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        np.testing.assert_allclose(session.run([v, free]), [[0.5, 0.5], [0.9, 0.9]])
