"""Other names of what is tested elsewhere, and names of small things."""

import logging

import numpy as np
import pytest

import ferroflow as tf


def test_initializers():
    made = tf.initializers
    assert made.Constant is made.constant is tf.constant_initializer
    assert made.GlorotNormal is made.glorot_normal is tf.glorot_normal_initializer
    assert made.GlorotUniform is made.glorot_uniform is tf.glorot_uniform_initializer
    assert made.HeNormal is made.he_normal and made.HeUniform is made.he_uniform
    assert made.LecunNormal is made.lecun_normal and made.LecunUniform is made.lecun_uniform
    assert made.Identity is made.identity and made.Ones is made.ones is tf.ones_initializer
    assert made.RandomNormal is made.random_normal is tf.random_normal_initializer
    assert made.RandomUniform is made.random_uniform is tf.random_uniform_initializer
    assert made.TruncatedNormal is made.truncated_normal is tf.truncated_normal_initializer
    assert made.UniformUnitScaling is made.uniform_unit_scaling is tf.uniform_unit_scaling_initializer
    assert made.VarianceScaling is made.variance_scaling is tf.variance_scaling_initializer
    assert made.Zeros is made.zeros is tf.zeros_initializer


def test_random_numbers(run):
    tf.set_random_seed(1)
    assert run(tf.random.normal([2])).shape == run(tf.random.uniform([2])).shape == (2,)
    assert sorted(run(tf.random.shuffle([3, 1, 2]))) == [1, 2, 3]
    assert tf.random.get_seed(5) == (1, 5)


def test_messages(caplog):
    tf.logging.set_verbosity(tf.logging.INFO)
    logger = logging.getLogger("tensorflow")
    logger.addHandler(caplog.handler)
    tf.logging.log_if(tf.logging.INFO, "said", True)
    tf.logging.log_if(tf.logging.INFO, "not said", False)
    tf.logging.vlog(0, "loud")
    tf.logging.vlog(1, "low")
    logger.removeHandler(caplog.handler)
    tf.logging.set_verbosity(tf.logging.WARN)
    assert caplog.messages == ["said", "loud"]


def test_initializers_of_variables():
    variable = tf.Variable(2.0)
    with tf.Session() as session:
        session.run(tf.initializers.variables([variable]))
        session.run(tf.local_variables_initializer())
        assert session.run(variable) == 2.0


def test_what_graphs_tell():
    x = tf.constant([1.0], name="x")
    assert x.op.values() == (x,)
    tf.add_to_collection("mine", x)
    assert "mine" in tf.get_default_graph().collections
    rows = tf.IndexedSlices(x, tf.constant([0]), tf.constant([3]))
    assert rows.shape.as_list() == [3] and tf.IndexedSlices(x, tf.constant([0])).shape.ndims is None
    assert rows.device == x.device
    keys = tf.GraphKeys
    assert (keys.EVAL_STEP, keys.SAVEABLE_OBJECTS, keys.LOCAL_RESOURCES) == (
        "eval_step",
        "saveable_objects",
        "local_resources",
    )


class CaseOfAssertions(tf.test.TestCase):
    __test__ = False

    def runTest(self):
        self.assertNotAllClose([1.0], [1.1])
        self.assertNotAllEqual([1], [2])
        self.assertAllGreater([2, 3], 1)
        self.assertAllLess([2, 3], 4)
        self.assertAllGreaterEqual([2, 3], 2)
        self.assertAllLessEqual([2, 3], 3)
        self.assertAllInRange([0.5], 0, 1)
        self.assertAllInSet([1, 2, 1], {1, 2, 3})
        self.assertNDArrayNear(np.zeros(2), np.full(2, 0.1), 0.2)
        self.assertItemsEqual([1, 2], [2, 1])
        self.assertLen([1, 2], 2)
        self.assertEmpty([])
        self.assertNotEmpty([1])
        self.assertBetween(1, 0, 2)
        self.assertStartsWith("text", "te")
        self.assertEndsWith("text", "xt")
        self.assertRegexMatch("text", ["a", "e."])
        self.assertContainsSubset([1], [1, 2])
        self.assertSameElements([1, 1, 2], [2, 1])
        self.assertDeviceEqual("/cpu:0", "/cpu:0")


def test_assertions():
    case = CaseOfAssertions()
    case.runTest()
    wrong = [
        lambda: case.assertNotAllClose([1.0], [1.0]),
        lambda: case.assertNotAllEqual([1], [1]),
        lambda: case.assertAllGreater([1], 1),
        lambda: case.assertAllInRange([1.0], 0, 1, open_upper_bound=True),
        lambda: case.assertAllInSet([4], {1}),
        lambda: case.assertBetween(3, 0, 2),
        lambda: case.assertStartsWith("text", "x"),
        lambda: case.assertRegexMatch("text", ["a"]),
        lambda: case.assertContainsSubset([3], [1]),
        lambda: case.assertNDArrayNear(np.zeros(2), np.ones(2), 0.2),
    ]
    for assertion in wrong:
        with pytest.raises(AssertionError):
            assertion()


def test_there_is_one_behaviour(run):
    for module in (tf, tf.compat.v1):
        module.disable_v2_behavior()
        module.disable_eager_execution()
        module.enable_resource_variables()
        module.disable_resource_variables()
    assert tf.resource_variables_enabled() and not tf.executing_eagerly()
    assert run([tf.tables_initializer(), tf.initialize_all_tables()]) == [None, None]
    with pytest.raises(NotImplementedError):
        tf.enable_eager_execution()


def test_settings_that_change_nothing():
    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    optimizer = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
    config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=optimizer))
    with tf.Session(config=config) as session:
        assert session.run(tf.constant(1), options=options, run_metadata=metadata) == 1
    assert options.trace_level == 3 and config.graph_options.optimizer_options.opt_level == -1
    config = tf.ConfigProto(allow_soft_placement=True, device_count={"GPU": 0}, gpu_options=None)
    config.gpu_options.allow_growth = True
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    config.device_count["CPU"] = 1
    assert config.gpu_options.allow_growth and config.HasField("graph_options")
    assert config.graph_options.optimizer_options.global_jit_level == 1 and config.device_count == {"GPU": 0, "CPU": 1}


def test_settings_that_there_are_not():
    with pytest.raises(ValueError, match='Protocol message ConfigProto has no "allow_soft_placment" field.'):
        tf.ConfigProto(allow_soft_placment=True)
    with pytest.raises(AttributeError, match='Protocol message GPUOptions has no "allow_grow" field.'):
        tf.ConfigProto().gpu_options.allow_grow = True
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        tf.ConfigProto(log_device_placement="yes")
    with pytest.raises(TypeError, match=r'Did you do "Session\(config\)" instead of "Session\(config=config\)"'):
        tf.Session(tf.ConfigProto())


def test_small_things(run, check):
    assert (
        tf.get_static_value(tf.constant([1, 2])).tolist() == [1, 2]
        and tf.get_static_value(tf.placeholder("int32")) is None
    )
    check(tf.where_v2([[True], [False]], [1, 2], 0), [[1, 2], [0, 0]])
    check(tf.where_v2([False, True]), [[1]])
    check(tf.linalg.tensor_diag_part([[1.0, 2.0], [3.0, 4.0]]), [1.0, 4.0])
    check(tf.linalg.tensor_diag([1.0, 2.0]), [[1.0, 0.0], [0.0, 2.0]])
    assert run(tf.numpy_function(lambda x: x + x, [1], tf.int32)) == 2
    assert run(tf.dtypes.cast(1.7, tf.int32)) == 1 and run(tf.dtypes.saturate_cast(300, tf.uint8)) == 255


def test_layers_of_sequences_and_channels(check):
    rows = np.arange(4.0, dtype=np.float32).reshape(1, 4, 1)
    check(tf.layers.max_pooling1d(rows, 2, 2), [[[1.0], [3.0]]])
    check(tf.layers.average_pooling1d(rows, 2, 2), [[[0.5], [2.5]]])
    assert tf.layers.MaxPooling1D(2, 1).pool_size == tf.layers.AveragePooling1D(2, 1).pool_size == 2
    ones, image = tf.ones_initializer(), np.ones([1, 2, 2, 2], np.float32)
    options = dict(depthwise_initializer=ones, pointwise_initializer=ones, bias_initializer=ones)
    check(tf.layers.separable_conv2d(image, 1, 2, **options), [[[[9.0]]]])
    assert [v.op.name for v in tf.layers.SeparableConv2D(1, 2).variables] == []
    names = [v.op.name for v in tf.global_variables()]
    assert names == [f"separable_conv2d/{n}" for n in ("depthwise_kernel", "pointwise_kernel", "bias")]
    slim = tf.contrib.slim
    check(slim.separable_conv2d(image, 1, 2, weights_initializer=ones, padding="VALID"), [[[[8.0]]]])
    check(slim.separable_convolution2d(image, None, 2, weights_initializer=ones, padding="VALID"), [[[[4.0, 4.0]]]])
    with pytest.raises(ValueError, match="channel dimension"):
        tf.layers.separable_conv2d(tf.placeholder(tf.float32, [1, 2, 2, None]), 1, 2)
