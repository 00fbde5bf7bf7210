"""Sessions: fetches, feeds, contexts and errors."""

import collections
import gc
import inspect
import signal
import threading
import time
import weakref

import numpy as np
import pytest

import ferroflow as tf

Pair = collections.namedtuple("Pair", ["a", "b"])


def test_fetches_keep_their_form():
    x, y = tf.constant(1.0, name="x"), tf.constant([2, 3], name="y")
    with tf.Session() as session:
        fetched = session.run({"list": [x, (y, tf.no_op())], "pair": Pair(x, {"z": "y:0"}), "op": "x", "none": []})
    assert fetched["list"][0] == 1.0 and fetched["list"][1][0].tolist() == [2, 3] and fetched["list"][1][1] is None
    assert type(fetched["list"][1]) is tuple and type(fetched["pair"]) is Pair
    assert fetched["pair"].b["z"].tolist() == [2, 3] and fetched["op"] is None and fetched["none"] == []
    with tf.Session() as session:
        ordered = session.run(collections.OrderedDict([("b", x), ("a", x)]))
    assert list(ordered) == ["b", "a"] and type(ordered) is collections.OrderedDict


def test_values_are_numpys(run):
    values = run([tf.constant(1.0), tf.constant([1, 2]), tf.constant(True), tf.constant("a"), tf.constant(["a", "b"])])
    assert [type(v) for v in values] == [np.float32, np.ndarray, np.bool_, bytes, np.ndarray]
    assert values[1].dtype == np.int32 and values[4].tolist() == [b"a", b"b"] and values[4].dtype == object
    for dtype in (tf.float16, tf.float64, tf.int8, tf.int16, tf.int64, tf.uint8, tf.uint16):
        value = run(tf.cast(tf.constant([1, 2]), dtype))
        assert value.dtype == dtype.as_numpy_dtype and value.tolist() == [1, 2]
    assert run(tf.cast(tf.constant([1.0, 2.0]), tf.bfloat16)).tolist() == [1, 2]
    rows = run(tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([0]), tf.constant([1, 1])))
    assert rows.values.tolist() == [[1.0]] and rows.dense_shape.tolist() == [1, 1]


def test_large_values_are_shared_and_may_be_written(run):
    v = tf.Variable(tf.zeros([200, 200]))
    with tf.Session() as session:
        session.run(v.initializer)
        value = session.run(v)
        assert value.shape == (200, 200) and value.flags.writeable and not value.flags.owndata
        value[0, 0] = 7.0
        assert session.run(v)[0, 0] == 0.0
    assert value[0, 0] == 7.0


def test_any_tensor_can_be_fed():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = x * 2.0
    z = tf.reduce_sum(y)
    v = tf.Variable(1.0)
    with tf.Session() as session:
        assert session.run(z, {x: [[1, 2]]}) == 6.0
        assert session.run(z, {y: [[1, 2]]}) == 3.0
        assert session.run(z, {"x:0": np.array([[1, 2]], np.float64)}) == 6.0
        assert session.run(x, {x: np.arange(8, dtype=np.float32).reshape(2, 4)[:, ::2]}).tolist() == [[0, 2], [4, 6]]
        assert session.run(x, {x: np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])}).tolist() == [[1, 2], [3, 4]]
        assert session.run(x, {x: np.array([[1, 2]], ">f4")}).tolist() == [[1, 2]]
        assert session.run(v + 1.0, {v: 5.0}) == 6.0
        assert session.run(z, {x: np.zeros([0, 2], np.float32)}) == 0.0


def test_what_is_fed_is_checked():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    i = tf.placeholder(tf.int32, name="i")
    with tf.Session() as session:
        with pytest.raises(ValueError) as caught:
            session.run(x, {x: [1, 2, 3]})
        assert str(caught.value) == "Cannot feed value of shape (3,) for Tensor 'x:0', which has shape '(?, 2)'"
        with pytest.raises(TypeError, match="Tensor: Can not convert a int into a Tensor."):
            session.run(x, {3: 1})
        with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor: the graph has no tensor"):
            session.run(x, {"q:0": 1})
        with pytest.raises(TypeError, match="The value of a feed cannot be a tensor"):
            session.run(x, {x: x})
        with pytest.raises(ValueError, match="could not convert string to float"):
            session.run(x, {x: "abc"})
        with pytest.raises(TypeError, match="feed_dict must be a dictionary"):
            session.run(x, [1])
        assert session.run(i, {i: 3}) == 3


def test_errors_of_runs_have_tensorflows_classes_and_words():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(x + 1.0)
        assert caught.value.message.startswith(
            "You must feed a value for placeholder tensor 'x' with dtype float and shape [?,2]"
        )
        assert caught.value.op is x.op and caught.value.error_code == tf.errors.INVALID_ARGUMENT == 3
        with pytest.raises(
            tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value v"
        ) as caught:
            session.run(v)
        assert caught.value.op is v.op and isinstance(caught.value, tf.OpError)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 9 is not in \[0, 2\)"):
            i = tf.placeholder(tf.int32)
            session.run(tf.gather(tf.constant([1.0, 2.0]), i), {i: 9})
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(tf.reshape(x, [3], name="flat"), {x: [[1.0, 2.0]]})
        node = caught.value.node_def
        assert (node.name, node.op, node.device, node.input) == ("flat", "Reshape", "", ["x", "flat/shape"])
        with pytest.raises(TypeError, match="Fetch argument 3 has invalid type int, must be a string or Tensor"):
            session.run(3)
        with pytest.raises(TypeError, match="Fetch argument None"):
            session.run(None)
        with pytest.raises(ValueError, match="'nope:0' cannot be interpreted as a Tensor"):
            session.run("nope:0")
        with tf.Graph().as_default():
            stranger = tf.constant(1.0)
        with pytest.raises(ValueError, match="is not an element of this graph"):
            session.run(stranger)


def test_errors_of_runs_tell_the_line_that_asked_for_the_operation():
    def line():
        return inspect.currentframe().f_back.f_lineno

    i = tf.placeholder(tf.int32, [None])
    v = tf.Variable([1.0, 2.0])
    taken, at_taken = tf.gather(v, i) * 2.0, line()
    called, at_called = (
        tf.layers.flatten(
            tf.reshape(taken, [-1, 2]),
        ),
        line() - 2,
    )
    step, at_step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(taken)), line()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for fetch, feed, at in [(taken, [2], at_taken), (step, [2], at_step), (called, [0], at_called)]:
            with pytest.raises(tf.errors.InvalidArgumentError) as raised:
                session.run(fetch, {i: feed})
            node = raised.value.op.name
            assert raised.value.message.endswith(f"\n\t [[node {node} (defined at {__file__}:{at}) ]]")


def test_a_closed_session_runs_nothing():
    x = tf.constant(1.0)
    session = tf.Session()
    session.close()
    with pytest.raises(RuntimeError, match="Attempted to use a closed Session."):
        session.run(x)
    with pytest.raises(RuntimeError, match="The Session graph is empty"):
        tf.Session(graph=tf.Graph()).run([])


def test_what_there_is_no_room_for():
    with tf.Session() as session, pytest.raises(tf.errors.ResourceExhaustedError, match="too large"):
        session.run(tf.zeros([2**20, 2**21]))
    with pytest.raises(tf.errors.UnimplementedError, match="no servers"):
        tf.Session("grpc://there")


def test_default_sessions():
    x = tf.constant(2.0)
    with pytest.raises(ValueError, match=r"Cannot evaluate tensor using `eval\(\)`: No default session"):
        x.eval()
    with tf.Session() as session:
        assert tf.get_default_session() is session and x.eval() == 2.0
        found = []
        thread = threading.Thread(target=lambda: found.append(tf.get_default_session()))
        thread.start()
        thread.join()
        assert found == [None]
    assert tf.get_default_session() is None
    with session.as_default():
        assert tf.get_default_session() is session
    other = tf.Session(graph=tf.Graph())
    with other.as_default(), pytest.raises(ValueError, match="graph"):
        x.eval()
    with pytest.raises(ValueError, match="graph"):
        x.eval(session=other)


def test_interactive_sessions():
    session = tf.InteractiveSession()
    v = tf.Variable(3.0)
    tf.initialize_all_variables().run()
    assert v.eval() == 3.0 and tf.get_default_session() is session
    session.close()
    assert tf.get_default_session() is None
    graph = tf.Graph()
    session = tf.InteractiveSession(graph=graph, config=tf.ConfigProto(gpu_options=tf.GPUOptions(allow_growth=True)))
    assert tf.get_default_graph() is graph
    session.close()
    assert tf.get_default_graph() is not graph


def test_sessions_share_no_variables():
    v = tf.Variable(0.0)
    add = v.assign_add(1.0)
    with tf.Session() as a, tf.Session() as b:
        for session in (a, b):
            session.run(v.initializer)
        a.run(add)
        a.run(add)
        assert (a.run(v), b.run(v)) == (2.0, 0.0)


def test_callables():
    x = tf.placeholder(tf.float32)
    with tf.Session() as session:
        double = session.make_callable(x * 2.0, [x])
        assert double(2.0) == 4.0
        with pytest.raises(TypeError, match="Takes 1 values"):
            double()


def test_sessions_run_beside_python():
    """Another thread of Python goes on while a program runs."""
    a = tf.random_normal([600, 600], seed=1)
    for _ in range(40):
        a = tf.matmul(a, a) * 0.01
    total = tf.reduce_sum(a)
    counts, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counts[0] += 1
            time.sleep(0.0005)

    with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1)) as session:
        thread = threading.Thread(target=count)
        thread.start()
        session.run(total)
        before = counts[0]
        session.run(total)
        after = counts[0]
        done.set()
        thread.join()
    assert after > before


def test_an_interrupt_ends_a_loop_of_runs():
    x = tf.constant(1.0)
    # What runs in the background may have been told to ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with tf.Session() as session, pytest.raises(KeyboardInterrupt):
            threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT)).start()
            for _ in range(10**7):
                session.run(x)
    finally:
        signal.signal(signal.SIGINT, before)


def test_graphs_are_collected():
    with tf.Graph().as_default() as graph:
        x = tf.Variable(1.0) + 1.0
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        session.run(x)
    dead = weakref.ref(graph)
    del graph, x, session
    gc.collect()
    assert dead() is None
