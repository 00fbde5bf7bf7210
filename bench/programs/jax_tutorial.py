"""The tutorial in JAX, each step under jit."""

import os

import tutorial

# XLA makes as many threads as the process may use cores.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: tutorial.THREADS])
if tutorial.THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
import jax
import jax.numpy as jnp
import optax


def weights(key, *shape):
    return 0.1 * jax.random.truncated_normal(key, -2, 2, shape)


def layer(x, w, b):
    dimensions, window = ("NHWC", "HWIO", "NHWC"), (1, 2, 2, 1)
    h = jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=dimensions)
    h = jax.nn.relu(h + b)
    return jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, window, window, "SAME")


def trained(parameters, logits, optimizer):
    def loss(p, x, y, key):
        return optax.softmax_cross_entropy(logits(p, x, key), y).mean()

    def step(p, slots, key, x, y):
        key, used = jax.random.split(key)
        change, slots = optimizer.update(jax.grad(loss)(p, x, y, used), slots, p)
        return optax.apply_updates(p, change), slots, key

    step = jax.jit(step, donate_argnums=(0, 1))
    state = parameters, optimizer.init(parameters), jax.random.PRNGKey(1)

    @jax.jit
    def right(p, x, y):
        return (logits(p, x, None).argmax(1) == y.argmax(1)).mean()

    def train(x, y):
        nonlocal state
        state = step(*state, x, y)
        jax.block_until_ready(state)

    return train, lambda x, y: right(state[0], x, y).item()


def softmax():
    logits = lambda p, x, key: x @ p[0] + p[1]
    return trained((jnp.zeros((784, 10)), jnp.zeros(10)), logits, optax.sgd(0.5))


def cnn():
    def logits(p, x, key):
        h = layer(layer(x.reshape(-1, 28, 28, 1), *p[0]), *p[1])
        h = jax.nn.relu(h.reshape(-1, 3136) @ p[2][0] + p[2][1])
        if key is not None:
            h = jnp.where(jax.random.bernoulli(key, 0.5, h.shape), h / 0.5, 0)
        return h @ p[3][0] + p[3][1]

    shapes = [(5, 5, 1, 32), (5, 5, 32, 64), (3136, 1024), (1024, 10)]
    keys = jax.random.split(jax.random.PRNGKey(0), 4)
    start = [(weights(k, *s), jnp.full(s[-1], 0.1)) for k, s in zip(keys, shapes)]
    return trained(start, logits, optax.adam(1e-4))


tutorial.run({"softmax": softmax, "cnn": cnn})
