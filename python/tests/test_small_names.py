"""Devices in parts, what is known of tensors, counters, and switches."""

import numpy as np
import pytest

import ferroflow as tf


def test_devices_in_parts():
    spec = tf.DeviceSpec(job="ps", replica=1, task=2, device_type="gpu", device_index=3)
    assert spec.to_string() == "/job:ps/replica:1/task:2/device:GPU:3"
    assert tf.DeviceSpec.from_string(spec.to_string()) == spec and hash(spec) == hash(
        spec.from_string(spec.to_string())
    )
    assert tf.DeviceSpec.from_string("/job:w/cpu:*").to_string() == "/job:w/device:CPU:*"
    assert tf.DeviceSpec.from_string("/device:GPU:1").device_index == 1
    spec = tf.DeviceSpec(job="ps")
    spec.merge_from(tf.DeviceSpec(task=1, device_type="CPU"))
    assert (spec.job, spec.replica, spec.task, spec.device_type, spec.device_index) == ("ps", None, 1, "CPU", None)
    assert spec.parse_from_string("/cpu:0").to_string() == "/device:CPU:0"
    with tf.device(tf.DeviceSpec(job="a", device_type="cpu", device_index=0)):
        assert tf.constant(1).device == "/job:a/device:CPU:0"
    for wrong, message in (
        ("/foo", "Unknown attribute 'foo'"),
        ("/job:a/cpu:0/gpu:1", "Multiple device types are not allowed"),
        ("/task:x", "x"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.DeviceSpec.from_string(wrong)


def test_what_is_known_of_tensors():
    spec = tf.TensorSpec([None, 2], tf.float32, "x")
    assert (spec.shape.as_list(), spec.dtype, spec.name) == ([None, 2], tf.float32, "x")
    assert spec.is_compatible_with(tf.zeros([3, 2])) and not spec.is_compatible_with(tf.zeros([3, 2], tf.int32))
    assert not spec.is_compatible_with(tf.zeros([3, 3]))
    assert tf.TensorSpec.from_tensor(tf.zeros([1], name="q")) == tf.TensorSpec([1], tf.float32, "q")
    assert tf.TensorSpec.from_spec(spec, "z").name == "z" and tf.TensorSpec.from_spec(spec) == spec
    assert hash(spec) == hash(tf.TensorSpec([None, 2], name="x")) and spec != tf.TensorSpec([None, 2])
    with pytest.raises(ValueError, match="should be a tf.Tensor"):
        tf.TensorSpec.from_tensor([1])


def test_counting_up(run):
    variable = tf.Variable(1)
    count = tf.count_up_to(variable, 3)
    assert count.dtype == tf.int32 and count.op.name == "CountUpTo" and count.shape.ndims == 0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run(count) for _ in range(2)] == [1, 2]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 3"):
            session.run(count)
        assert session.run(variable) == 3
    with pytest.raises(TypeError, match="float32 not in list of allowed values: int32, int64"):
        tf.count_up_to(tf.Variable(1.0), 3)


def test_variables_that_have_values():
    assert tf.assert_variables_initialized() is None
    variable = tf.Variable(1.0, name="v")
    check = tf.assert_variables_initialized()
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value v"):
            session.run(check)
        session.run(variable.initializer)
        session.run([check, tf.assert_variables_initialized([variable])])


def test_variables_in_parts(check):
    values = np.arange(15.0, dtype=np.float32).reshape(5, 3)
    parts = tf.create_partitioned_variables([5, 3], [2, 1], values, name="p")
    assert [(v.op.name, v.shape.as_list()) for v in parts] == [("p/part_0", [3, 3]), ("p/part_1", [2, 3])]
    check(tf.concat(parts, 0), values)
    parts = tf.create_partitioned_variables([2, 3], [1, 3], tf.ones_initializer(), tf.float64, trainable=False)
    assert [v.op.name for v in parts] == [f"PartitionedVariable/part_{i}" for i in range(3)]
    assert parts[0].dtype.base_dtype == tf.float64 and not set(parts) & set(tf.trainable_variables())
    check(tf.concat(parts, 1), np.ones([2, 3]))
    for shape, slicing in (([4, 3], [2, 2]), ([4], [1, 1]), ([4], [5]), ([4], [0])):
        with pytest.raises(ValueError):
            tf.create_partitioned_variables(shape, slicing, tf.zeros_initializer())


def test_checks_of_all_numbers():
    x = tf.placeholder(tf.float32, [2])
    y = tf.log(x)
    check = tf.add_check_numerics_ops()
    with tf.Session() as session:
        assert np.allclose(session.run([y, check], {x: [1.0, 2.0]})[0], np.log([1, 2]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Log:0"):
            session.run(check, {x: [1.0, 0.0]})
    tf.cond(tf.constant(True), lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    with pytest.raises(ValueError, match="not compatible with TensorFlow control flow"):
        tf.add_check_numerics_ops()


def test_functions_of_values(run):
    double = tf.py_function(lambda x: x.numpy() * 2, [tf.constant([1.0, 2.0])], tf.float32)
    assert run(double).tolist() == [2.0, 4.0]
    one, two = tf.py_function(lambda x: [x + 1, "t"], [3], [tf.int64, tf.string])
    assert run([one, two]) == [4, b"t"]
    assert run(tf.py_function(lambda x: None, [1], [])) in (None, [])
    x = tf.constant(3.0)
    square = tf.py_function(lambda x: x * x, [x], tf.float32, name="square")
    with pytest.raises(NotImplementedError, match="No derivative passes through tf.py_function 'square'"):
        tf.gradients(2.0 * square, x)
    given = tf.custom_gradient(lambda x: (tf.py_function(lambda x: x * x, [x], tf.float32), lambda dy: 2.0 * x * dy))
    assert run(tf.gradients(given(x), x)) == [6.0]
    assert tf.gradients(tf.stop_gradient(square) * x, x)[0] is not None
    with pytest.raises(tf.errors.InvalidArgumentError, match="Cannot convert"):
        run(tf.py_function(lambda: 1.5, [], tf.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="gave 1 values, but expects to see 2"):
        run(tf.py_function(lambda: 1.5, [], [tf.float32, tf.float32]))


def test_nothing_is_derived_through():
    tf.NotDifferentiable("test_small_names_a")
    tf.NoGradient("test_small_names_b")
    with pytest.raises(KeyError, match="Registering two gradient"):
        tf.NoGradient("test_small_names_a")
    assert tf.no_gradient is tf.NoGradient
    with pytest.raises(TypeError, match="op_type must be a string"):
        tf.NotDifferentiable(3)
    x = tf.constant(2.0)
    with tf.get_default_graph().gradient_override_map({"Identity": "test_small_names_a"}):
        y = tf.identity(x)
    assert tf.gradients(y, x) == [None]


def test_tensors_or_sparse_ones(check):
    sparse = tf.SparseTensorValue([[0]], [1], [2])
    made = tf.convert_to_tensor_or_sparse_tensor(sparse)
    assert isinstance(made, tf.SparseTensor) and tf.convert_to_tensor_or_sparse_tensor(made) is made
    check(tf.convert_to_tensor_or_sparse_tensor([1.0], tf.float64), [1.0])
    with pytest.raises(RuntimeError, match="Sparse dtype mismatch. Requested: float32,  Actual: int32"):
        tf.convert_to_tensor_or_sparse_tensor(sparse, tf.float32)


def test_dimensions():
    assert tf.dimension_value(tf.Dimension(3)) == tf.dimension_value(3) == 3
    assert tf.dimension_at_index(tf.TensorShape([1, 2]), 1) == 2
    assert tf.dimension_at_index(tf.TensorShape(None), 1).value is None


def test_switches():
    for switch in (tf.disable_control_flow_v2, tf.disable_tensor_equality, tf.disable_v2_tensorshape):
        assert switch() is None
    assert not tf.control_flow_v2_enabled() and not tf.executing_eagerly_outside_functions()
    for switch in (tf.enable_tensor_equality, tf.enable_v2_behavior, tf.enable_v2_tensorshape):
        with pytest.raises(NotImplementedError):
            switch()
    assert [v.name for v in tf.VariableSynchronization] == ["AUTO", "NONE", "ON_WRITE", "ON_READ"]
    assert [v.value for v in tf.VariableAggregation] == [0, 1, 2, 3]


def test_what_there_is_not():
    test = tf.test
    assert not (test.is_built_with_gpu_support() or test.is_built_with_rocm() or test.is_built_with_xla())
