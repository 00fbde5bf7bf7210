"""The tutorial in TensorFlow, by compat.v1."""

import os

import tutorial

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow.compat.v1 as tf

tf.logging.set_verbosity(tf.logging.ERROR)
tf.disable_v2_behavior()


def weights(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


def biases(n):
    return tf.Variable(tf.constant(0.1, shape=[n]))


def layer(x, inputs, outputs):
    w = weights([5, 5, inputs, outputs])
    h = tf.nn.relu(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME") + biases(outputs))
    return tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")


def trained(x, y_, keep_prob, y, optimizer):
    cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), axis=[1]))
    step = optimizer.minimize(cross_entropy)
    correct = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
    config = tf.ConfigProto(
        intra_op_parallelism_threads=tutorial.THREADS,
        inter_op_parallelism_threads=tutorial.THREADS,
    )
    session = tf.Session(config=config)
    session.run(tf.global_variables_initializer())
    feeds = lambda images, labels, keep: {x: images, y_: labels, keep_prob: keep}
    return (
        lambda images, labels: session.run(step, feeds(images, labels, 0.5)),
        lambda images, labels: session.run(accuracy, feeds(images, labels, 1.0)),
    )


def inputs():
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])
    return x, y_, tf.placeholder(tf.float32)


def softmax():
    x, y_, keep_prob = inputs()
    w, b = tf.Variable(tf.zeros([784, 10])), tf.Variable(tf.zeros([10]))
    y = tf.nn.softmax(tf.matmul(x, w) + b)
    return trained(x, y_, keep_prob, y, tf.train.GradientDescentOptimizer(0.5))


def cnn():
    x, y_, keep_prob = inputs()
    h = layer(layer(tf.reshape(x, [-1, 28, 28, 1]), 1, 32), 32, 64)
    h = tf.reshape(h, [-1, 3136])
    h = tf.nn.relu(tf.matmul(h, weights([3136, 1024])) + biases(1024))
    h = tf.nn.dropout(h, keep_prob)
    y = tf.nn.softmax(tf.matmul(h, weights([1024, 10])) + biases(10))
    return trained(x, y_, keep_prob, y, tf.train.AdamOptimizer(1e-4))


tutorial.run({"softmax": softmax, "cnn": cnn})
