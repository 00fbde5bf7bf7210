"""Programs for which `tensorflow` is Ferroflow."""

import subprocess
import sys

import ferroflow as tf


def python(*arguments, cwd=None, **environment):
    import os

    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=cwd, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PROGRAM = """
import sys
import tensorflow as tf
import tensorflow.compat.v1 as v1
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.contrib.learn.datasets.mnist import read_data_sets
import tensorflow.contrib.layers
import ferroflow
print(tf.__name__, tf.__version__, tf.constant is ferroflow.constant, v1.Session is tf.Session, __name__, sys.argv[1:])
print(input_data.read_data_sets is read_data_sets, tf.nn is ferroflow.nn, ferroflow.examples.__spec__.name)
"""


def test_a_program_runs_unmodified(tmp_path):
    (tmp_path / "helper.py").write_text("VALUE = 3")
    (tmp_path / "program.py").write_text(PROGRAM + "import helper; print(helper.VALUE)")
    lines = python("-m", "ferroflow", str(tmp_path / "program.py"), "--x", "1").splitlines()
    assert lines == ["tensorflow 1.15.0 True True __main__ ['--x', '1']", "True True ferroflow.examples", "3"]


def test_the_version_can_be_set(tmp_path):
    (tmp_path / "program.py").write_text("import tensorflow as tf; print(tf.__version__, tf.VERSION)")
    program = str(tmp_path / "program.py")
    assert python("-m", "ferroflow", "--tensorflow-version", "1.4.0", program) == "1.4.0 1.4.0"
    assert python("-m", "ferroflow", program, FERROFLOW_TENSORFLOW_VERSION="0.12.1") == "0.12.1 0.12.1"
    assert python("-m", "ferroflow", "-m", "program", cwd=tmp_path) == "1.15.0 1.15.0"


def test_from_a_notebook_or_a_test():
    code = "import ferroflow.as_tensorflow; import tensorflow as tf; print(tf.reduce_sum.__module__)"
    assert python("-c", code) == "ferroflow.reductions"
    missing = (
        "import ferroflow.as_tensorflow\ntry:\n  import tensorflow.nope\nexcept ModuleNotFoundError as e: print(e)"
    )
    assert python("-c", missing) == "tensorflow.nope is not in Ferroflow"


def test_ferroflows_own_version():
    assert tf.__version__ == "0.1.0" == tf.VERSION


def test_an_error_shows_the_programs_line(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import tensorflow as tf\nx = tf.zeros([2, 3])\ny = tf.matmul(x, x)\n")
    done = subprocess.run([sys.executable, "-m", "ferroflow", str(program)], capture_output=True, text=True)
    assert done.returncode == 1 and 'program.py", line 3' in done.stderr
    assert done.stderr.splitlines()[-1].startswith("ValueError: the inner dimensions differ: 3 and 2 for 'MatMul'")


def test_the_second_version_name():
    v1 = tf.compat.v1
    assert v1.placeholder is tf.placeholder and "Session" in dir(v1)
    v1.disable_v2_behavior(), v1.disable_eager_execution(), v1.enable_resource_variables()
    v1.disable_resource_variables()
    assert tf.compat.as_bytes("a") == b"a" and tf.compat.as_text(b"a") == tf.compat.as_str("a") == "a"
    assert tf.compat.as_str_any(3) == "3" and isinstance(3, tf.compat.integral_types)


def test_tensorflows_own_modules():
    code = (
        "import ferroflow.as_tensorflow\n"
        "from tensorflow.python.framework import ops, dtypes\n"
        "from tensorflow.python.ops import array_ops\n"
        "import tensorflow.python.training.saver as saver\n"
        "import tensorflow as tf\n"
        "assert ops.Graph is tf.Graph and array_ops.reshape is tf.reshape and dtypes.float32 is tf.float32\n"
        "assert saver.Saver is tf.train.Saver\n"
        "try:\n    import tensorflow.python.nothing\nexcept ImportError:\n    print('absent')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "absent\n", done.stderr


def test_modules_that_are_imported_when_asked_for():
    code = (
        "import ferroflow.as_tensorflow\nimport tensorflow.contrib.slim as slim\nfrom tensorflow.contrib import layers\n"
        "from tensorflow.contrib.framework.python.ops import add_arg_scope\nimport tensorflow as tf, ferroflow\n"
        "from tensorflow.python.training.session_run_hook import SessionRunHook\n"
        "print(slim.conv2d is layers.conv2d, tf.metrics is ferroflow.metrics, SessionRunHook is tf.train.SessionRunHook)"
    )
    assert python("-c", code) == "True True True"


IMPORTS = """
import ferroflow.as_tensorflow
import tensorflow as tf
from tensorflow.python.ops import control_flow_ops, rnn, rnn_cell, rnn_cell_impl, tensor_array_ops, embedding_ops, clip_ops
from tensorflow.python.ops import array_ops, math_ops, nn_ops, nn, variable_scope as vs, init_ops, gradients_impl, state_ops
from tensorflow.python.ops import random_ops, variables, script_ops, standard_ops, functional_ops, data_flow_ops
from tensorflow.python.framework import ops, dtypes, tensor_shape, errors, constant_op, tensor_util, random_seed
from tensorflow.python.client import timeline, device_lib
from tensorflow.python.util import nest, compat
from tensorflow.python.layers import core as core_layers, base
from tensorflow.python.platform import gfile, app, flags, tf_logging as logging
from tensorflow.python.training import moving_averages, saver, optimizer, session_run_hook
from tensorflow.python import pywrap_tensorflow
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.contrib.rnn.python.ops import core_rnn_cell
from tensorflow.contrib import rnn as contrib_rnn, slim
from tensorflow.contrib.layers.python.layers import layers
import tensorflow.python.ops.math_ops as again
same = [
    (control_flow_ops.cond, tf.cond), (control_flow_ops.group, tf.group), (math_ops.range, tf.range),
    (array_ops.concat, tf.concat), (rnn_cell_impl.RNNCell, tf.nn.rnn_cell.RNNCell), (clip_ops.clip_by_norm, tf.clip_by_norm),
    (embedding_ops.embedding_lookup, tf.nn.embedding_lookup), (nn_ops.conv2d, tf.nn.conv2d), (init_ops.Constant, tf.constant_initializer),
    (state_ops.assign_add, tf.assign_add), (standard_ops.matmul, tf.matmul), (ops.GraphKeys, tf.GraphKeys),
    (ops.control_dependencies, tf.control_dependencies), (constant_op.constant, tf.constant), (rnn.dynamic_rnn, tf.nn.dynamic_rnn),
    (tensor_shape.TensorShape, tf.TensorShape), (core_layers.Dense, tf.layers.Dense), (base.Layer, tf.layers.Layer),
    (pywrap_tensorflow.NewCheckpointReader, tf.train.NewCheckpointReader), (core_rnn_cell.LSTMCell, contrib_rnn.LSTMCell),
    (layers.conv2d, slim.conv2d), (again, math_ops), (tf.python.ops.math_ops, math_ops), (vs.get_variable, tf.get_variable),
    (tensor_array_ops.TensorArray, tf.TensorArray), (script_ops.py_func, tf.py_func), (logging.info, tf.logging.info),
]
print([a.__name__ for a, b in same if a is not b])
print("cond" in dir(control_flow_ops), device_lib.list_local_devices()[0].device_type, hasattr(math_ops, "nothing"))
for line in (
    "from tensorflow.python.framework import graph_util", "import tensorflow.python.debug", "from tensorflow import nothing",
    "from tensorflow.python.ops.math_ops import nothing", "import tensorflow.contrib.nothing.python",
):
    try:
        exec(line)
    except ImportError as error:
        print(error)
"""


def test_modules_inside_of_tensorflow():
    assert python("-c", IMPORTS).splitlines() == [
        "[]",
        "True CPU False",
        "tensorflow.python.framework.graph_util is not in Ferroflow",
        "tensorflow.python.debug is not in Ferroflow",
        "tensorflow.nothing is not in Ferroflow",
        "tensorflow.python.ops.math_ops.nothing is not in Ferroflow",
        "tensorflow.contrib.nothing is not in Ferroflow",
    ]


def test_every_module_of_the_table_is_there():
    code = (
        "import ferroflow.as_tensorflow, importlib\nfrom ferroflow.module_names import MODULES\n"
        "print(len([importlib.import_module('tensorflow.' + name).__doc__ for name in MODULES]) > 100)"
    )
    assert python("-c", code) == "True"


def test_what_runs_tell_of_their_steps_is_nothing():
    code = (
        "import ferroflow.as_tensorflow, tensorflow as tf\nfrom tensorflow.python.client import timeline\n"
        "print(timeline.Timeline(tf.RunMetadata().step_stats).generate_chrome_trace_format(), hasattr(tf, 'timeline'))"
    )
    assert python("-c", code) == '{"traceEvents": []} False'


GENERATED = """
import ferroflow.as_tensorflow
import tensorflow as tf
from tensorflow.python.ops import gen_array_ops, gen_math_ops, gen_nn_ops, gen_state_ops
from tensorflow.python.ops.gen_linalg_ops import cholesky
from tensorflow.contrib.seq2seq.python.ops.beam_search_decoder import BeamSearchDecoder
from tensorflow.contrib.tensorboard.plugins import projector

@tf.RegisterGradient("Guided")
def guided(op, grad):
    return tf.where(grad > 0.0, gen_nn_ops._relu_grad(grad, op.outputs[0]), tf.zeros_like(grad))

x = tf.constant([1.0, -1.0, 2.0])
with tf.get_default_graph().gradient_override_map({"Relu": "Guided"}):
    y = tf.nn.relu(x)
g = tf.gradients(y, x, tf.constant([1.0, 1.0, -1.0]))[0]
print(tf.Session().run(g).tolist(), gen_array_ops.reshape is tf.reshape, cholesky is tf.cholesky)
print(projector.ProjectorConfig.__name__, BeamSearchDecoder is tf.contrib.seq2seq.BeamSearchDecoder)
"""


def test_modules_of_single_operations():
    lines = python("-c", GENERATED).splitlines()
    assert lines == ["[1.0, 0.0, 0.0] True True", "ProjectorConfig True"]


def test_single_operations(check):
    from ferroflow.later import imported

    ops = imported("ferroflow.generated_ops")
    x, one = tf.constant([-2.0, 0.5, 7.0]), tf.ones([3])
    for grad, function in (
        (ops.relu_grad(one, x), tf.nn.relu),
        (ops.relu6_grad(one, x), tf.nn.relu6),
        (ops.elu_grad(one, tf.nn.elu(x)), tf.nn.elu),
        (ops.softplus_grad(one, x), tf.nn.softplus),
        (ops.softsign_grad(one, x), tf.nn.softsign),
        (ops.sigmoid_grad(tf.sigmoid(x), one), tf.sigmoid),
        (ops.tanh_grad(tf.tanh(x), one), tf.tanh),
    ):
        check(grad - tf.gradients(function(x), x)[0], [0.0, 0.0, 0.0])
    image, window = tf.reshape(tf.range(4.0), [1, 2, 2, 1]), [1, 2, 2, 1]
    grad = tf.fill([1, 1, 1, 1], 8.0)
    check(tf.reshape(ops.max_pool_grad(image, None, grad, window, window, "VALID"), [4]), [0.0, 0.0, 0.0, 8.0])
    check(tf.reshape(ops.avg_pool_grad([1, 2, 2, 1], grad, window, window, "VALID"), [4]), [2.0] * 4)
    check(ops.mat_mul([[1.0, 2.0]], [[3.0, 4.0]], transpose_b=True), [[11.0]])
    check(ops.batch_mat_mul([[[1.0, 2.0]]], [[[3.0, 4.0]]], adj_y=True), [[[11.0]]])
    check([ops.sum([1.0, 2.0], 0), ops.mean([1.0, 3.0], 0), ops.prod([2.0, 3.0], 0)], [3.0, 2.0, 6.0])
    check([ops.max([1.0, 2.0], 0, keep_dims=True), ops.min([1.0, 2.0], [0], True)], [[2.0], [1.0]])
