"""Graphs, operations, tensors, scopes and collections."""

import threading

import numpy as np
import pytest

import ferroflow as tf


def test_tensors_are_compared_by_identity():
    x, y = tf.constant([1.0]), tf.constant([1.0])
    assert x == x and x != y and len({x, x, y}) == 2 and hash(x) == hash(x)
    assert tf.get_default_graph().get_tensor_by_name("Const:0") is x
    assert x.op.outputs[0] is x and x.graph is tf.get_default_graph()
    assert tf.is_tensor(x) and not tf.is_tensor(1.0)


def test_tensors_have_no_truth_value_and_are_not_iterated_over():
    x = tf.placeholder(tf.bool, [2], name="x")
    with pytest.raises(TypeError, match="not allowed"):
        if x:
            pass
    with pytest.raises(TypeError, match="iterable"):
        list(x)
    with pytest.raises(TypeError, match="len is not well defined"):
        len(x)
    with pytest.raises(NotImplementedError, match="symbolic Tensor"):
        np.asarray(x)


def test_text_of_tensors_and_operations():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    assert str(x) == 'Tensor("x:0", shape=(?, 2), dtype=float32)'
    assert repr(x) == "<tf.Tensor 'x:0' shape=(?, 2) dtype=float32>"
    assert str(tf.placeholder(tf.int32)) == 'Tensor("Placeholder:0", dtype=int32)'
    assert repr(x.op) == "<tf.Operation 'x' type=Placeholder>"
    assert str(x.op) == "x = Placeholder {dtype: f32, shape: shape[?,2]} : f32[?,2]"


def test_operations_know_their_surroundings():
    with tf.device("/cpu:0"):
        x = tf.placeholder(tf.float32, name="x")
    with tf.control_dependencies([x]):
        y = tf.reduce_sum(x, 0, name="y")
    assert (x.op.type, x.device, y.op.name, y.op.type, y.value_index) == ("Placeholder", "/device:CPU:0", "y", "Sum", 0)
    assert y.op.inputs[0] is x and y.op.control_inputs == [x.op] and x.consumers() == [y.op]
    assert y.op.get_attr("keep_dims") is False and x.op.get_attr("dtype") == tf.float32
    with pytest.raises(ValueError, match="no attr named 'q'"):
        y.op.get_attr("q")


def test_a_graph_finds_what_is_in_it():
    graph = tf.Graph()
    with graph.as_default():
        x = tf.constant(1.0, name="x")
    assert graph.get_operations() == [x.op] and graph.get_operation_by_name("x") is x.op and len(graph) == 1
    assert graph.as_graph_element("x:0") is x and graph.as_graph_element("x") is x.op
    with pytest.raises(KeyError, match="'y' refers to an Operation not in the graph"):
        graph.get_operation_by_name("y")
    with pytest.raises(KeyError, match="'x:1' refers to a Tensor which does not exist"):
        graph.get_tensor_by_name("x:1")
    with pytest.raises(ValueError, match="<op_name>:<output_index>"):
        graph.get_tensor_by_name("x")
    with pytest.raises(ValueError, match="not an element of this graph"):
        tf.Graph().as_graph_element(x)
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation"):
        graph.as_graph_element(3)
    assert "digraph" in graph.to_dot()


def test_default_graphs_are_of_their_thread():
    found = []
    graph = tf.Graph()
    shared = tf.get_default_graph()
    with graph.as_default():
        assert tf.get_default_graph() is graph
        thread = threading.Thread(target=lambda: found.append(tf.get_default_graph()))
        thread.start()
        thread.join()
        with pytest.raises(AssertionError):
            tf.reset_default_graph()
    assert found == [shared] and tf.get_default_graph() is shared
    tf.reset_default_graph()
    assert tf.get_default_graph() is not shared


def test_a_finalized_graph_takes_nothing():
    graph = tf.get_default_graph()
    graph.finalize()
    with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified."):
        tf.constant(1.0)
    assert graph.finalized and len(graph) == 0


def test_name_scopes():
    with tf.name_scope("a") as scope:
        assert scope == "a/" and tf.constant(1.0).name == "a/Const:0"
        with tf.name_scope(None, "b", [tf.constant(1.0)]) as inner:
            assert inner == "a/b/"
        with tf.name_scope(""):
            assert tf.constant(1.0).name == "Const:0"
    with tf.name_scope("a") as scope:
        assert scope == "a_1/"
    with tf.name_scope("a/"):
        assert tf.constant(1.0).name == "a/Const_2:0"
    with tf.op_scope([], "c") as scope:
        assert scope == "c/"
    with tf.name_scope("d") as scope:
        assert tf.identity(1.0, name=scope).name == "d:0"
    with pytest.raises(ValueError, match="not a valid scope name"):
        tf.name_scope("a b").__enter__()
    assert tf.get_default_graph().unique_name("a") == "a_2"


def test_control_dependencies():
    a, b = tf.no_op("a"), tf.constant(1.0, name="b")
    with tf.control_dependencies([a]):
        with tf.control_dependencies([b]):
            both = tf.no_op()
            with tf.control_dependencies(None):
                none = tf.no_op()
            with tf.init_scope():
                outside = tf.no_op()
    assert both.control_inputs == [a, b.op] and none.control_inputs == [] and outside.control_inputs == []
    with pytest.raises(TypeError, match="Can not convert a int"):
        tf.control_dependencies([1]).__enter__()
    with tf.colocate_with(a), tf.container("c"):
        assert tf.no_op().control_inputs == []


def test_collections():
    v = tf.Variable(1.0, name="v")
    x = tf.constant(2.0)
    tf.add_to_collection("mine", x)
    tf.add_to_collections(["mine", "other"], "anything")
    tf.add_to_collection("mine", v)
    assert tf.get_collection("mine") == [x, "anything", v]
    assert tf.get_collection("mine", scope="v") == [v]
    assert tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES) == [v] and tf.get_collection("none") == []
    tf.get_collection_ref("other").append(3)
    assert tf.get_collection("other") == ["anything", 3]
    graph = tf.get_default_graph()
    assert {"mine", "other", "variables"} <= set(graph.get_all_collection_keys())
    graph.clear_collection("mine")
    assert tf.get_collection("mine") == []


def test_constants():
    assert tf.constant(1).dtype == tf.int32 and tf.constant(2**40).dtype == tf.int64
    assert tf.constant(1.5).dtype == tf.float32 and tf.constant(True).dtype == tf.bool
    assert tf.constant("a").dtype == tf.string and tf.constant(np.ones(2)).dtype == tf.float64
    assert tf.constant([[1, 2.5], [3, 4]]).shape.as_list() == [2, 2]
    assert tf.constant(np.float64(1)).dtype == tf.float64
    with pytest.raises(TypeError, match="Expected int32, got 1.5 of type 'float' instead"):
        tf.constant(1.5, tf.int32)
    with pytest.raises(TypeError, match="Expected float32, got strings"):
        tf.constant("a", tf.float32)
    with pytest.raises(ValueError, match="Needed at most 2, but received 3"):
        tf.constant([1, 2, 3], shape=[2])
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.constant([1, 2, 3], shape=[2], verify_shape=True)
    with pytest.raises((TypeError, ValueError)):
        tf.constant([[1], [1, 2]])
    with pytest.raises(ValueError, match="None values not supported."):
        tf.constant(1.0) + None


def test_constants_fill_their_shape(run):
    assert run(tf.constant(0.5, shape=[2, 2])).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert run(tf.constant([1, 2], shape=[2, 2])).tolist() == [[1, 2], [2, 2]]
    assert run(tf.constant(["a", "b"], shape=[3])).tolist() == [b"a", b"b", b"b"]


def test_conversion(run):
    x = tf.constant(1.0)
    assert tf.convert_to_tensor(x) is x
    assert tf.convert_to_tensor([1, 2], tf.float64).dtype == tf.float64
    packed = tf.convert_to_tensor([x, 2.0, [x, 3.0][1]])
    assert run(packed).tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="Tensor conversion requested dtype int32 for Tensor with dtype float32"):
        tf.convert_to_tensor(x, tf.int32)
    rows = tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([2, 0]), tf.constant([3, 1]))
    assert tf.convert_to_tensor_or_indexed_slices(rows) is rows
    assert run(tf.convert_to_tensor(rows)).tolist() == [[2.0], [0.0], [1.0]]
    with pytest.raises(TypeError):
        tf.convert_to_tensor(object())


def test_shapes_are_refined():
    x = tf.placeholder(tf.float32)
    assert x.get_shape().ndims is None
    x.set_shape([None, 3])
    assert x.shape.as_list() == [None, 3]
    with pytest.raises(
        ValueError, match=r"Dimension 1 in both shapes must be equal, but are 3 and 4. Shapes are \[\?,3\] and \[2,4\]."
    ):
        x.set_shape([2, 4])


def test_seeds():
    assert tf.get_seed(None) == (None, None) and tf.get_seed(3) == (87654321, 3)
    tf.set_random_seed(5)
    assert tf.get_seed(3) == (5, 3) and tf.get_seed(None) == (5, 0) and tf.get_default_graph().seed == 5


def test_a_mistake_is_raised_where_it_is_made():
    x = tf.placeholder(tf.float32, [2, 3])
    with pytest.raises(
        ValueError, match=r"the inner dimensions differ: 3 and 2 for 'MatMul' \(op: 'MatMul'\)"
    ) as caught:
        tf.matmul(x, x)
    assert any(entry.path.name == "test_framework.py" for entry in caught.traceback)
    # The graph goes on as if nothing had been.
    assert tf.matmul(x, x, transpose_b=True).shape.as_list() == [2, 2]
    with pytest.raises(TypeError, match="expected inputs of one dtype"):
        x + tf.constant(1)
    with pytest.raises(ValueError, match="' is not a valid node name"):
        tf.no_op("a b")
    other = tf.Graph()
    with other.as_default():
        y = tf.constant(1.0)
    with pytest.raises(ValueError, match="must be from the same graph"):
        x + y


def bad_calls():
    """Calls that TensorFlow refuses, with the class of its exception and what of its words is alike."""
    x, i = tf.placeholder(tf.float32, [2, 3], name="x"), tf.placeholder(tf.int32, [2], name="i")
    u = tf.placeholder(tf.uint8, [])
    session, closed, other = tf.Session(), tf.Session(), tf.Graph()
    closed.close()
    y = x * 2.0
    with other.as_default():
        z = tf.constant(1.0, name="z")
    full = {x: np.ones([2, 3])}
    return [
        (lambda: tf.matmul(x, x), ValueError, "MatMul"),
        (lambda: x + i, TypeError, "one dtype, found float32 and int32"),
        (lambda: x + "a", TypeError, "."),
        (lambda: tf.concat([x, i], 0), TypeError, "."),
        (lambda: tf.reduce_sum(x, 5), ValueError, "5"),
        (lambda: tf.one_hot(x, 3), TypeError, "Value passed to parameter 'indices' has DataType float32"),
        (lambda: x["a"], TypeError, "Only integers, slices|is no index"),
        (lambda: tf.constant([1, "a"]), TypeError, r"Failed to convert elements of \[1, 'a'\] to Tensor"),
        (lambda: tf.constant("a", tf.float32), TypeError, "Expected float32"),
        (lambda: tf.constant([[1], [1, 2]]), ValueError, "inhomogeneous"),
        (lambda: tf.constant([1, 2, 3], shape=[2]), ValueError, "Too many elements provided"),
        (lambda: tf.convert_to_tensor(x, tf.int32), ValueError, "Tensor conversion requested dtype int32 for Tensor"),
        (lambda: tf.zeros([None, 3]), TypeError, r"Expected a shape that is fully known, got \[None, 3\]"),
        (lambda: tf.reshape(x, [None, 2]), TypeError, "Failed to convert|None"),
        (lambda: tf.constant([1, None]), TypeError, "one is None"),
        (lambda: tf.Variable(tf.placeholder(tf.float32, [None, 3])), ValueError, "must have a shape specified"),
        (
            lambda: tf.nn.max_pool(tf.zeros([1, 2, 2, 1]), [1, 2, 2, 1], [1, 1, 1, 1], "same"),
            ValueError,
            "Attr 'padding' passed string 'same' not in",
        ),
        (lambda: tf.layers.dense(tf.zeros([2, 3], tf.int32), 4), TypeError, "Unable to build `Dense` layer"),
        (lambda: tf.layers.dense(x[0], 4), ValueError, r"at least 2 dimensions, found shape \(3,\)"),
        (lambda: tf.layers.conv2d(tf.zeros([1, 2, 2, 1]), 1, 2, padding="full"), ValueError, 'one of "valid", "same"'),
        (lambda: tf.layers.batch_normalization(tf.placeholder(tf.float32)), ValueError, "undefined rank"),
        (lambda: tf.placeholder(tf.float32, [-1, 2]), ValueError, "Dimension -1 must be >= 0"),
        (lambda: tf.get_variable("w", "b"), TypeError, "Dimension value must be integer or None, got value 'b'"),
        (lambda: tf.nn.batch_normalization(x, [0.0], [1.0], None, None, None), ValueError, "None values not supported"),
        (lambda: tf.placeholder("nope"), TypeError, "."),
        (lambda: tf.identity(x, name="a$b"), ValueError, "'a\\$b' is not a valid node name"),
        (lambda: tf.name_scope("a b").__enter__(), ValueError, "'a b' is not a valid scope name"),
        (
            lambda: x.graph.get_tensor_by_name("zz:0"),
            KeyError,
            "The name 'zz:0' refers to a Tensor which does not exist. The operation, 'zz', does not exist in the graph.",
        ),
        (lambda: x.graph.get_tensor_by_name("x:5"), KeyError, "The operation, 'x', exists but only has 1 outputs."),
        (
            lambda: x.graph.get_tensor_by_name("x"),
            ValueError,
            r"looks like an \(invalid\) Operation name, not a Tensor",
        ),
        (lambda: x.graph.as_graph_element(3), TypeError, "Can not convert a int into a Tensor or Operation."),
        (lambda: bool(x), TypeError, "as a Python `bool` is not allowed"),
        (lambda: x.eval(), ValueError, "No default session is registered"),
        (lambda: x.set_shape([3, 3]), ValueError, "Dimension 0 in both shapes must be equal, but are 2 and 3"),
        (lambda: tf.add_n([]), ValueError, "at least one"),
        (lambda: tf.train.GradientDescentOptimizer(0.1).minimize(y), ValueError, "No variables to optimize."),
        (
            lambda: tf.get_variable("g", [1], initializer=lambda *_, **__: tf.zeros([2])),
            ValueError,
            r"gives shape \(2,\), but \(1,\) is asked for",
        ),
        (lambda: tf.Assert(True, []), ValueError, "less than minimum 1"),
        (lambda: tf.cond(x, lambda: x, lambda: x), TypeError, "bool"),
        (lambda: x + z, ValueError, "must be from the same graph"),
        (lambda: tf.Session(graph=3), TypeError, 'Argument `graph` must be a tf.Graph, but got "int"'),
        (lambda: tf.Session(config=3), TypeError, 'Argument `config` must be a tf.ConfigProto, but got "int"'),
        (lambda: session.run(y), tf.errors.InvalidArgumentError, "You must feed a value for placeholder tensor 'x'"),
        (lambda: session.run(y, {x: [1.0, 2.0]}), ValueError, r"Cannot feed value of shape \(2,\) for Tensor"),
        (lambda: session.run(y, {x: "a"}), ValueError, "could not convert string to float"),
        (lambda: session.run(y, {x: y}), TypeError, "The value of a feed cannot be a"),
        (
            lambda: session.run(u, {u: 300}),
            TypeError,
            "Type of feed value 300 with type int is not compatible with .* uint8",
        ),
        (
            lambda: session.run(i, {i: [1, 2**40]}),
            TypeError,
            "1099511627776.* is not compatible with Tensor type int32",
        ),
        (lambda: session.run(y, {"x": 1.0}), TypeError, "The name 'x' refers to an Operation, not a Tensor"),
        (lambda: session.run(y, {z: 1.0}), TypeError, "Cannot interpret feed_dict key as Tensor"),
        (lambda: session.run(z), ValueError, "is not an element of this graph"),
        (lambda: session.run("nope:0"), ValueError, "cannot be interpreted as a Tensor"),
        (lambda: session.run(None), TypeError, "has invalid type"),
        (lambda: closed.run(y, full), RuntimeError, "Attempted to use a closed Session."),
        (lambda: y.eval(full, session=tf.Session(graph=other)), ValueError, "graph"),
        (
            lambda: session.run(tf.gather(x, i), {**full, i: [0, 7]}),
            tf.errors.InvalidArgumentError,
            r"^indices\[1\] = 7 is not in \[0, 2\)\n\t \[\[node GatherV2",
        ),
    ]


def test_bad_calls_are_refused_at_the_callers_line():
    for call, error, message in bad_calls():
        with pytest.raises(error, match=message) as caught:
            call()
        assert any(entry.name == "<lambda>" and entry.path.name == "test_framework.py" for entry in caught.traceback)


def test_messages_name_dtypes_as_tensorflow_does_and_leave_other_names():
    x, y = tf.zeros([2, 3], name="a/f32"), tf.zeros([2, 3], name="u8_")
    with pytest.raises(ValueError) as caught:
        tf.matmul(x, y, name="i32")
    message = str(caught.value)
    assert message.endswith("for 'i32' (op: 'MatMul') with inputs: a/f32: float32[2,3], u8_: float32[2,3]")
