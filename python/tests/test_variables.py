"""Variables, their scopes and initial values."""

import numpy as np
import pytest

import ferroflow as tf


def test_variables_start_and_change(run):
    v = tf.Variable([1.0, 2.0], name="v")
    assert (v.name, v.op.name, v.dtype, v.shape.as_list(), v.trainable) == ("v:0", "v", tf.float32, [2], True)
    assert repr(v) == "<tf.Variable 'v:0' shape=(2,) dtype=float32>"
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(v.assign([3.0, 4.0])).tolist() == [3.0, 4.0]
        assert session.run(tf.assign(v, [1, 2])).tolist() == [1.0, 2.0]
        assert session.run(v.assign_add([1.0, 1.0])).tolist() == [2.0, 3.0]
        assert session.run(tf.assign_sub(v, [2.0, 0.0])).tolist() == [0.0, 3.0]
        assert session.run(tf.assign_add(v, [1.0, 0.0])).tolist() == [1.0, 3.0]
        assert session.run(v.assign_sub([1.0, 0.0])).tolist() == [0.0, 3.0]
        v.load([7.0, 8.0], session)
        assert v.eval(session).tolist() == [7.0, 8.0]
        assert session.run([v.value(), v.initial_value, v.initialized_value()])[1].tolist() == [1.0, 2.0]
        with pytest.raises(ValueError, match=r"Cannot feed value of shape \(3,\)"):
            v.load([1.0, 2.0, 3.0], session)
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and 3"):
        v.assign([1.0, 2.0, 3.0])


def test_names_and_collections():
    a = tf.Variable(1.0)
    b = tf.Variable(lambda: tf.constant(2.0), name="b", trainable=False)
    c = tf.Variable(3.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="c")
    assert [v.name for v in (a, b, c)] == ["Variable:0", "b:0", "c:0"]
    assert tf.global_variables() == tf.all_variables() == [a, b]
    assert tf.trainable_variables() == [a, c] and tf.local_variables() == [c]
    assert tf.model_variables() == [] and tf.moving_average_variables() == []
    assert tf.global_variables_initializer().name == "init"
    assert tf.variables_initializer([a]).control_inputs == [a.initializer]
    assert tf.initialize_variables([a]).type == tf.initialize_local_variables().type == "NoOp"


def test_bad_variables():
    with pytest.raises(ValueError, match="initial_value must be specified"):
        tf.Variable()
    with pytest.raises(ValueError, match="must have a shape specified"):
        tf.Variable(tf.placeholder(tf.float32))
    with pytest.raises(ValueError, match="Tensor conversion requested dtype int32"):
        tf.Variable(tf.constant(1.0), dtype=tf.int32)
    with pytest.raises(TypeError, match="not iterable"):
        iter(tf.Variable(1.0))
    assert tf.Variable(1, dtype=tf.float64).dtype == tf.float64


def test_reads_come_after_what_they_depend_on(run):
    v = tf.Variable(1.0)
    with tf.control_dependencies([v.assign(5.0)]):
        after = v.read_value()
    assert run([v, after])[1] == 5.0


def test_scatters():
    v = tf.Variable([[1.0], [2.0], [3.0]])
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(tf.scatter_update(v, [0], [[9.0]])).ravel().tolist() == [9, 2, 3]
        assert session.run(tf.scatter_add(v, [1, 1], [[1.0], [1.0]])).ravel().tolist() == [9, 4, 3]
        assert session.run(tf.scatter_sub(v, [2], [[1.0]])).ravel().tolist() == [9, 4, 2]
        assert session.run(tf.scatter_mul(v, [0], [[2.0]])).ravel().tolist() == [18, 4, 2]
        rows = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([0]))
        assert session.run(v.scatter_sub(rows)).ravel().tolist() == [17, 4, 2]


def test_shared_variables():
    def layer():
        return tf.get_variable("w", [2, 3])

    with tf.variable_scope("a") as scope:
        w = layer()
        assert (w.name, scope.name, scope.original_name_scope) == ("a/w:0", "a", "a/")
        assert tf.get_variable_scope() is scope and isinstance(scope, tf.VariableScope)
        with pytest.raises(ValueError, match="a/w already exists"):
            layer()
        scope.reuse_variables()
        assert layer() is w
    with tf.variable_scope("a", reuse=True):
        assert layer() is w and tf.constant(1.0).name == "a_1/Const:0"
        with pytest.raises(ValueError, match="a/q does not exist"):
            tf.get_variable("q", [1])
        with pytest.raises(ValueError, match="Trying to share variable"):
            tf.get_variable("w", [3])
    with tf.variable_scope("b"), tf.variable_scope(scope, reuse=tf.AUTO_REUSE) as again:
        assert again.name == "a" and layer() is w and tf.get_variable("v", [1]).name == "a/v:0"
    assert scope.global_variables() == tf.get_collection("variables", "a/")


def test_default_names_of_scopes():
    names = []
    for _ in range(2):
        with tf.variable_scope(None, "layer"):
            names.append(tf.get_variable("w", [1]).name)
    with tf.variable_op_scope([], None, "layer"):
        names.append(tf.get_variable("w", [1]).name)
    assert names == ["layer/w:0", "layer_1/w:0", "layer_2/w:0"]
    with pytest.raises(TypeError, match="name_or_scope is required"):
        tf.variable_scope(None)


def test_defaults_of_scopes(run):
    with tf.variable_scope("s", initializer=tf.constant_initializer(3.0), regularizer=lambda w: tf.reduce_sum(w)):
        with tf.variable_scope("t", dtype=tf.float64):
            w = tf.get_variable("w", [2])
    assert w.dtype == tf.float64 and run(w).tolist() == [3.0, 3.0]
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert [loss.name for loss in losses] == ["s/t/w/Regularizer/Sum:0"]

    def getter(inner, name, **options):
        return inner(name, **options) * 2.0

    with tf.variable_scope("u", custom_getter=getter):
        doubled = tf.get_variable("w", initializer=5.0)
    assert run(doubled) == 10.0


def test_initial_values_of_shared_variables(run):
    with pytest.raises(ValueError, match="must be fully defined"):
        tf.get_variable("a", [None, 2])
    with pytest.raises(ValueError, match="do not specify shape"):
        tf.get_variable("b", [2], initializer=[1.0, 2.0])
    c = tf.get_variable("c", initializer=[1.0, 2.0])
    d = tf.get_variable("d", [2], tf.int32)
    e = tf.get_local_variable("e", [1])
    f = tf.get_variable("f", [2], regularizer=tf.no_regularizer, initializer=tf.ones_initializer)
    assert run([c, d, f])[0].tolist() == [1.0, 2.0] and run(d).tolist() == [0, 0] and run(f).tolist() == [1, 1]
    assert tf.local_variables() == [e] and not e.trainable


@pytest.mark.parametrize(
    "initializer, low, high",
    [
        (tf.zeros_initializer(), 0, 0),
        (tf.ones_initializer(), 1, 1),
        (tf.constant_initializer(0.5), 0.5, 0.5),
        (tf.random_uniform_initializer(2.0, 3.0), 2, 3),
        (tf.random_normal_initializer(10.0, 0.1), 9.4, 10.6),
        (tf.truncated_normal_initializer(10.0, 0.1), 9.8, 10.2),
        (tf.glorot_uniform_initializer(), -0.2, 0.2),
        (tf.glorot_normal_initializer(), -0.3, 0.3),
        (tf.uniform_unit_scaling_initializer(), -0.25, 0.25),
        (tf.variance_scaling_initializer(2.0), -0.6, 0.6),
        (tf.initializers.he_normal(), -0.6, 0.6),
        (tf.initializers.he_uniform(), -0.5, 0.5),
        (tf.initializers.lecun_normal(), -0.4, 0.4),
        (tf.initializers.lecun_uniform(), -0.4, 0.4),
        (tf.initializers.identity(), 0, 1),
        (tf.contrib.layers.xavier_initializer(), -0.2, 0.2),
    ],
)
def test_initializers(run, initializer, low, high):
    value = run(tf.get_variable("v", [50, 100], initializer=initializer))
    assert value.shape == (50, 100) and value.min() >= low - 1e-6 and value.max() <= high + 1e-6
    if low != high:
        assert value.std() > (high - low) / 40


def test_initializers_can_be_made_again():
    made = tf.glorot_uniform_initializer.from_config(tf.glorot_uniform_initializer(seed=3).get_config())
    assert made.seed == 3 and isinstance(made, tf.initializers.Initializer)
    with pytest.raises(NotImplementedError):
        tf.initializers.Initializer()([1])
    with pytest.raises(ValueError, match="Invalid `mode` argument"):
        tf.variance_scaling_initializer(mode="fan")
    assert np.isclose(tf.variance_scaling_initializer(scale=2.0).scale, 2.0)


def test_which_variables_have_a_value():
    a, b = tf.Variable(1.0, name="a"), tf.Variable([2.0, 3.0], name="b")
    missing, has = tf.report_uninitialized_variables(), tf.is_variable_initialized(a)
    of_b = tf.report_uninitialized_variables([b], name="of_b")
    count = tf.size(missing)
    with tf.Session() as session:
        assert session.run(missing).tolist() == [b"a", b"b"] and not session.run(has)
        session.run(a.initializer)
        assert session.run([missing, has])[1] and session.run(count) == 1
        session.run(tf.global_variables_initializer())
        assert session.run(of_b).tolist() == [] and of_b.op.name == "of_b"


def test_a_variable_that_is_there_tells_where_it_was_made():
    with tf.variable_scope("a"):
        tf.get_variable("w", [1])
        with pytest.raises(ValueError) as error:
            tf.get_variable("w", [1])
    message = str(error.value)
    assert message.startswith(
        "Variable a/w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? "
        "Originally defined at:\n\n  File "
    )
    assert "test_variables.py" in message and '    tf.get_variable("w", [1])' in message


def test_rows_of_batches_replaced():
    v = tf.Variable(tf.zeros([2, 3, 2]))
    changed = tf.batch_scatter_update(v, [[0, 2], [1, 0]], [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
    rows = tf.Variable([0, 0, 0])
    one = tf.batch_scatter_update(rows, [2, 0], [5, 6])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(changed).tolist() == [[[1, 2], [0, 0], [3, 4]], [[7, 8], [5, 6], [0, 0]]]
        assert session.run(v).tolist() == [[[1, 2], [0, 0], [3, 4]], [[7, 8], [5, 6], [0, 0]]]
        assert session.run(one).tolist() == [6, 0, 5]
