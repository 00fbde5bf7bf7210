"""TensorFlow, graphs of compat.v1; the variant `xla` has them clustered and compiled by XLA."""

import os

from protocol import THREADS, VARIANT, Unsupported, imports, serve

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if VARIANT == "xla":
    os.environ["TF_XLA_FLAGS"] = "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"
with imports():
    import numpy as np
    import tensorflow.compat.v1 as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.disable_v2_behavior()

session = None


def weights(shape, deviation):
    return tf.Variable(tf.truncated_normal(shape, stddev=deviation))


def biases(n, value):
    return tf.Variable(tf.constant(value, shape=[n]))


def dense(x, inputs, units, deviation, bias):
    return tf.matmul(x, weights([inputs, units], deviation)) + biases(units, bias)


def conv(x, filters, stride=1):
    return tf.nn.conv2d(x, filters, strides=[1, stride, stride, 1], padding="SAME")


def cross_entropy(logits, labels):
    each = tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels)
    return tf.reduce_mean(each)


def one_hot(batch):
    return np.eye(10, dtype="f")[np.arange(batch) % 10]


def uniform(*shape):
    return np.random.rand(*shape).astype("f")


def placeholder(*shape):
    return tf.placeholder(tf.float32, [None, *shape])


def written_out(y, y_):
    return tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), axis=[1]))


def softmax(batch):
    x, y_ = placeholder(784), placeholder(10)
    w, b = tf.Variable(tf.zeros([784, 10])), tf.Variable(tf.zeros([10]))
    y = tf.nn.softmax(tf.matmul(x, w) + b)
    step = tf.train.GradientDescentOptimizer(0.5).minimize(written_out(y, y_))
    return step, {x: 0.1 * uniform(batch, 784), y_: one_hot(batch)}


def mlp_tiny(batch):
    x, y_ = placeholder(1), placeholder(1)
    y = dense(tf.tanh(dense(x, 1, 64, 0.5, 0.0)), 64, 1, 0.5, 0.0)
    loss = tf.reduce_mean(tf.math.squared_difference(y, y_))
    step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    values = 2 * uniform(batch, 1) - 1
    return step, {x: values, y_: values**2}


def mlp(batch):
    x, y_ = placeholder(784), placeholder(10)
    h = tf.nn.relu(dense(x, 784, 512, 0.05, 0.0))
    h = tf.nn.relu(dense(h, 512, 512, 0.05, 0.0))
    loss = cross_entropy(dense(h, 512, 10, 0.05, 0.0), y_)
    step = tf.train.AdamOptimizer(1e-3).minimize(loss)
    return step, {x: uniform(batch, 784), y_: one_hot(batch)}


def hidden(x):
    def layer(x, inputs, outputs):
        h = tf.nn.relu(
            conv(x, weights([5, 5, inputs, outputs], 0.1)) + biases(outputs, 0.1)
        )
        return tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")

    h = layer(layer(tf.reshape(x, [-1, 28, 28, 1]), 1, 32), 32, 64)
    return tf.nn.relu(dense(tf.reshape(h, [-1, 3136]), 3136, 1024, 0.1, 0.1))


def cnn(batch):
    x, y_, keep_prob = placeholder(784), placeholder(10), tf.placeholder(tf.float32)
    h = tf.nn.dropout(hidden(x), keep_prob)
    y = tf.nn.softmax(dense(h, 1024, 10, 0.1, 0.1))
    step = tf.train.AdamOptimizer(1e-4).minimize(written_out(y, y_))
    return step, {x: uniform(batch, 784), y_: one_hot(batch), keep_prob: 0.5}


def cnn_inference(batch):
    x = placeholder(784)
    y = tf.nn.softmax(dense(hidden(x), 1024, 10, 0.1, 0.1))
    return y, {x: uniform(batch, 784)}


def resnet(batch):
    def normalised(x, size, inputs, outputs, stride):
        w = weights([size, size, inputs, outputs], (2 / (size * size * inputs)) ** 0.5)
        scale, offset = biases(outputs, 1.0), biases(outputs, 0.0)
        y = conv(x, w, stride)
        return tf.nn.fused_batch_norm(y, scale, offset, epsilon=1e-5)[0]

    def block(x, inputs, outputs):
        stride = 1 if inputs == outputs else 2
        y = tf.nn.relu(normalised(x, 3, inputs, outputs, stride))
        y = normalised(y, 3, outputs, outputs, 1)
        around = x if inputs == outputs else normalised(x, 1, inputs, outputs, stride)
        return tf.nn.relu(y + around)

    x, y_ = placeholder(32, 32, 3), placeholder(10)
    y, inputs = tf.nn.relu(normalised(x, 3, 3, 16, 1)), 16
    for outputs in [16] * 3 + [32] * 3 + [64] * 3:
        y, inputs = block(y, inputs, outputs), outputs
    pooled = tf.reduce_mean(y, [1, 2])
    loss = cross_entropy(dense(pooled, 64, 10, 0.1, 0.0), y_)
    step = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)
    return step, {x: uniform(batch, 32, 32, 3), y_: one_hot(batch)}


def lstm(batch):
    x, y_ = placeholder(28, 28), placeholder(10)
    by_input, by_state = weights([28, 512], 0.1), weights([128, 512], 0.1)
    bias = biases(512, 0.0)
    state = cell = tf.zeros([batch, 128])
    for row in tf.unstack(x, 28, 1):
        gates = tf.matmul(row, by_input) + tf.matmul(state, by_state) + bias
        i, f, new, o = tf.split(gates, 4, 1)
        cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * tf.tanh(new)
        state = tf.sigmoid(o) * tf.tanh(cell)
    loss = cross_entropy(dense(state, 128, 10, 0.1, 0.0), y_)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    return step, {x: uniform(batch, 28, 28), y_: one_hot(batch)}


def product(m, k, n, transpose_a, transpose_b):
    a = tf.Variable(uniform(*((k, m) if transpose_a else (m, k))))
    b = tf.Variable(uniform(*((n, k) if transpose_b else (k, n))))
    c = tf.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    return c.op, {}


def convolution(batch, size, inputs, outputs, window, stride, **of):
    images = tf.Variable(uniform(batch, size, size, inputs))
    filters = tf.Variable(uniform(window, window, inputs, outputs))
    y = conv(images, filters, stride)
    if of["pass"] == "forward":
        return y.op, {}
    by = images if of["pass"] == "input-gradient" else filters
    seeds = tf.Variable(uniform(*y.shape.as_list()))
    return tf.gradients(y, by, seeds)[0].op, {}


MODELS = {
    "softmax": softmax,
    "mlp-tiny": mlp_tiny,
    "mlp": mlp,
    "cnn": cnn,
    "cnn-inference": cnn_inference,
    "resnet": resnet,
    "lstm": lstm,
    "product": product,
    "convolution": convolution,
}


def prepare(workload, seed):
    global session
    model = workload.pop("model")
    if VARIANT == "xla" and model in {"product", "convolution"}:
        raise Unsupported("there is nothing to cluster")
    if session:
        session.close()
    tf.reset_default_graph()
    tf.set_random_seed(seed)
    np.random.seed(seed)
    fetch, feeds = MODELS[model](**workload)
    config = tf.ConfigProto(
        intra_op_parallelism_threads=THREADS, inter_op_parallelism_threads=THREADS
    )
    if VARIANT == "xla":
        options = config.graph_options.optimizer_options
        options.global_jit_level = tf.OptimizerOptions.ON_2
    session = tf.Session(config=config)
    session.run(tf.global_variables_initializer())
    return lambda: session.run(fetch, feeds)


serve(f"tensorflow {tf.__version__}", prepare)
