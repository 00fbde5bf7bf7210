"""Devices are names: everything runs on the one that there is."""

import threading

import ferroflow as tf
import pytest


def test_names_are_merged_with_those_around():
    with tf.device("/job:ps/task:1"):
        with tf.device("gpu:0"):
            assert tf.constant(1.0).device == "/job:ps/task:1/device:GPU:0"
            with tf.device(None):
                assert tf.constant(1.0).device == ""
            with tf.device("/device:CPU:2"):
                assert tf.constant(1.0).device == "/job:ps/task:1/device:CPU:2"
    assert tf.constant(1.0).device == ""
    for name, error in (("/foo:0", ValueError), ("/task:a", ValueError), (3, TypeError)):
        with pytest.raises(error):
            tf.device(name).__enter__()


def test_a_function_is_asked_about_each_operation(run):
    asked = []

    def choose(op):
        asked.append((op.type, op.name, op.device))
        return "/gpu:0" if op.type == "Mul" else ""

    with tf.device("/job:worker"), tf.device(choose):
        x = tf.constant(2.0, name="x")
        with tf.device("/task:3"):
            y = tf.multiply(x, 3.0, name="y")
        v = tf.Variable(1.0, name="v")
    z = y + v
    assert asked == [
        ("Const", "x", ""),
        ("Const", "y/y", "/task:3"),
        ("Mul", "y", "/task:3"),
        ("Const", "v/initial_value", ""),
        ("VariableV2", "v", ""),
    ]
    assert (x.device, y.device, v.device, z.device) == ("/job:worker", "/job:worker/device:GPU:0", "/job:worker", "")
    assert run(z) == 7.0


@pytest.mark.parametrize("where", [{"ps_tasks": 2}, {"cluster": {"ps": ["a:1", "b:1"], "worker": ["c:1"]}}])
def test_variables_are_dealt_out_among_tasks(where):
    with tf.device(tf.train.replica_device_setter(worker_device="/job:worker/task:1", **where)):
        variables = [tf.get_variable(name, [1]) for name in "abc"]
        product = variables[0] * 2.0
    assert [v.device for v in variables] == ["/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:0"]
    assert variables[1].initializer.device == "/job:ps/task:1" and product.device == "/job:worker/task:1"


def test_the_setter_refuses_what_it_cannot_follow():
    assert tf.train.replica_device_setter() is None
    for wrong in ({"cluster": 3}, {"ps_tasks": 1, "ps_strategy": 3}):
        with pytest.raises(TypeError):
            tf.train.replica_device_setter(**wrong)


def test_each_thread_has_its_own_scopes():
    graph, found = tf.get_default_graph(), []

    def elsewhere():
        with graph.as_default(), tf.device("/cpu:1"):
            found.append(tf.constant(1.0).device)

    with tf.device("/job:ps"):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        found.append(tf.constant(1.0).device)
    assert found == ["/device:CPU:1", "/job:ps"]
