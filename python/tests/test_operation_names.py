"""Operations, and the constants that are made of numbers beside them, are called what TensorFlow calls them."""

import ferroflow as tf
import pytest


def test_numbers_are_constants_within_the_scope_of_their_operation():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    i = tf.placeholder(tf.int32, [2], name="i")
    table = tf.Variable(tf.ones([4, 2]), name="table")
    for tensor, name, inputs in [
        (x + 1.0, "add:0", ["x:0", "add/y:0"]),
        (2.0 - x, "sub:0", ["sub/x:0", "x:0"]),
        (x / 2.0, "truediv:0", ["x:0", "truediv/y:0"]),
        (i / 2, "truediv_1:0", ["truediv_1/Cast:0", "truediv_1/Cast_1:0"]),
        (tf.div(x, 2.0), "div:0", ["x:0", "div/y:0"]),
        (tf.matmul(x, [[1.0]] * 3), "MatMul:0", ["x:0", "MatMul/b:0"]),
        (tf.reduce_sum(x), "Sum:0", ["x:0", "Const:0"]),
        (tf.reduce_mean(x, 1, name="m"), "m:0", ["x:0", "m/reduction_indices:0"]),
        (tf.range(3), "range:0", ["range/start:0", "range/limit:0", "range/delta:0"]),
        (tf.fill([2], 1.0), "Fill:0", ["Fill/dims:0", "Fill/value:0"]),
        (tf.transpose(x, [1, 0]), "transpose:0", ["x:0", "transpose/perm:0"]),
        (tf.where([True, False], 1.0 + x, x), "Select:0", None),
        (tf.placeholder_with_default(1.0, []), "PlaceholderWithDefault:0", ["PlaceholderWithDefault/input:0"]),
        (tf.nn.embedding_lookup(table, i), "embedding_lookup/Identity:0", ["embedding_lookup:0"]),
        (tf.cast(i, tf.float32), "Cast:0", ["i:0"]),
        (tf.constant(1.0), "Const_1:0", []),
    ]:
        assert tensor.name == name
        assert inputs is None or [t.name for t in tensor.op.inputs] == inputs


def test_descriptions_of_operations():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    with tf.device("/cpu:0"), tf.control_dependencies([x]):
        y = tf.matmul(x, x, transpose_b=True, name="y")
    node = y.op.node_def
    assert (node.name, node.op, node.device, node.input) == ("y", "MatMul", "/device:CPU:0", ["x", "x", "^x"])
    assert node.attr["transpose_b"] is True and 'name: "y"\nop: "MatMul"\ninput: "x"\n' in str(node)
    assert y.op.get_attr("T") == tf.float32 and tf.constant(3, name="c").op.get_attr("dtype") == tf.int32
    convolution = tf.nn.conv2d(tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1]), [1, 2, 2, 1], "SAME").op
    assert convolution.get_attr("strides") == [1, 2, 2, 1] and convolution.get_attr("padding") == b"SAME"
    with pytest.raises(ValueError, match="Operation 'y' has no attr named 'q'"):
        y.op.get_attr("q")


def test_what_is_kept_beside_a_variable_is_in_the_variable_scope():
    with tf.variable_scope("net"):
        v = tf.get_variable("v", [2])
    averages = tf.train.ExponentialMovingAverage(0.9)
    with tf.variable_scope("train"):
        tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(v))
        averages.apply([v])
    with tf.name_scope("other"):
        tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_sum(v))
    assert [kept.name for kept in tf.global_variables()[1:]] == [
        "train/net/v/Momentum:0",
        "train/net/v/ExponentialMovingAverage:0",
        "net/v/Adagrad:0",
    ]
    assert averages.average_name(v) == "train/net/v/ExponentialMovingAverage"


def test_initial_values_are_called_by_their_distribution():
    for name, initializer, called in [
        ("a", None, "random_uniform"),
        ("b", tf.glorot_normal_initializer(), "truncated_normal"),
        ("c", tf.random_normal_initializer(), "random_normal"),
        ("d", tf.zeros_initializer(), "zeros"),
    ]:
        tf.get_variable(name, [2, 2], initializer=initializer)
        tf.get_default_graph().get_operation_by_name(f"{name}/Initializer/{called}")
    tf.get_default_graph().get_operation_by_name("a/Initializer/random_uniform/RandomUniform")


def test_scopes_without_a_name_number_variables_and_operations_apart():
    named = lambda scope: (scope.name, scope.original_name_scope, tf.constant(1.0).name)
    with tf.variable_scope(None, "block") as scope:
        assert named(scope) == ("block", "block/", "block/Const:0")
    with tf.name_scope("net"), tf.variable_scope(None, "block") as scope:
        assert named(scope) == ("block_1", "net/block/", "net/block/Const:0")
    with tf.variable_scope(scope) as again:
        assert named(again) == ("block_1", "net/block/", "block_1/Const:0")
