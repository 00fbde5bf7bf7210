"""What real programs do beside the tutorial."""

import collections

import numpy as np
import pytest

import ferroflow as tf


def started():
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    return sess


def test_a_variables_dtype_is_that_of_the_value_it_starts_as():
    assert tf.get_variable("i", initializer=0).dtype.base_dtype == tf.int32
    assert tf.get_variable("d", initializer=np.ones((2, 2))).dtype.base_dtype == tf.float64
    assert tf.get_variable("f", initializer=1.5).dtype.base_dtype == tf.float32
    with pytest.raises(ValueError, match="explicit dtype"):
        tf.get_variable("x", initializer=np.ones((2, 2)), dtype=tf.float32)


@pytest.mark.parametrize("optimizer", [tf.train.AdamOptimizer, tf.train.RMSPropOptimizer, tf.train.AdagradOptimizer])
def test_slots_start_without_what_a_step_waits_for(optimizer):
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.layers.batch_normalization(x, training=True)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(y, 1)))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        step = optimizer(0.1).minimize(loss)
    with started() as sess:
        sess.run(step, {x: [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]})
        mean = sess.run([v for v in tf.global_variables() if v.op.name.endswith("moving_mean")])[0]
    assert mean == pytest.approx([0.02, 0.02, 0.02], rel=1e-4)


def test_slots_are_named_after_the_optimizer():
    v = tf.Variable(1.0, name="v")
    step = tf.train.MomentumOptimizer(0.1, 0.9, name="M").minimize(v * v, name="train")
    assert [w.op.name for w in tf.global_variables()] == ["v", "v/M"]
    assert step.name == "train"


def test_a_probability_of_unknown_shape_keeps_the_shape():
    x = tf.placeholder(tf.float32, [None, 4])
    keep_prob, training = tf.placeholder(tf.float32), tf.placeholder(tf.bool)
    assert tf.nn.dropout(x, keep_prob).shape.as_list() == [None, 4]
    assert tf.layers.dropout(x, 0.5, training=training).shape.as_list() == [None, 4]
    assert tf.layers.batch_normalization(x, training=training).shape.as_list() == [None, 4]


def test_tuples_of_tensors_are_fed_part_by_part():
    State = collections.namedtuple("State", "c h")
    state = State(tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [2]))
    both = [state.c + state.h, state.c * state.h]
    with tf.Session() as sess:
        found = sess.run(both, {state: State([1.0, 2.0], [3.0, 4.0])})
        assert [f.tolist() for f in found] == [[4.0, 6.0], [3.0, 8.0]]
        assert sess.run(both[0], {(state.c, state.h): (np.ones(2), [0.0, 1.0])}).tolist() == [1.0, 2.0]
        with pytest.raises(ValueError, match="2 tensors needs as many values, found 1"):
            sess.run(both, {state: [[1.0, 2.0]]})


def test_batch_norm_of_contrib_updates_at_once_without_a_collection():
    x = tf.placeholder(tf.float32, [None, 1])
    y = tf.contrib.layers.batch_norm(x, decay=0.5, updates_collections=None, is_training=True)
    z = tf.contrib.layers.batch_norm(
        x, is_training=True, activation_fn=tf.nn.relu, updates_collections="mine", scope="z"
    )
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == [] and len(tf.get_collection("mine")) == 2
    mean = [v for v in tf.global_variables() if v.op.name.endswith("BatchNorm/moving_mean")][0]
    with started() as sess:
        assert sess.run(y, {x: [[1.0], [3.0]]}).ravel() == pytest.approx([-1, 1], rel=1e-3)
        assert sess.run(mean).tolist() == [1.0]
        assert sess.run(z, {x: [[1.0], [3.0]]}).min() == 0.0
    with pytest.raises(NotImplementedError, match="batch_weights"):
        tf.contrib.layers.batch_norm(x, batch_weights=[1.0])


def test_filters_of_a_transposed_convolution_may_be_an_array(run):
    x = tf.ones([1, 1, 1, 1])
    assert (
        run(tf.nn.conv2d_transpose(x, np.ones((2, 2, 1, 1)), [1, 2, 2, 1], [1, 2, 2, 1])).ravel().tolist() == [1.0] * 4
    )


def test_a_scope_without_a_name_is_the_one_that_is():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        assert [tf.get_variable("a", [2]).name for _ in range(2)] == ["a:0", "a:0"]
    with tf.variable_scope("outer"), tf.variable_scope("", reuse=False):
        assert tf.get_variable("a", [2]).name == "outer/a:0"


def test_names_that_are_not_there_say_so():
    assert not hasattr(tf, "data")
    with pytest.raises(AttributeError, match="no attribute 'data': if TensorFlow 1 has it, Ferroflow has it not yet"):
        tf.data
