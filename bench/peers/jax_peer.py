"""JAX: a whole step under jit, its parameters and optimizer's state donated."""

import os

from protocol import THREADS, imports, serve

# XLA makes as many threads as the process may use cores.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
if THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
with imports():
    import jax
    import jax.numpy as jnp
    import optax

keys = None


def key():
    return next(keys)


def weights(shape, deviation):
    return deviation * jax.random.truncated_normal(key(), -2, 2, shape)


def dense(inputs, units, deviation, bias):
    return weights((inputs, units), deviation), jnp.full(units, bias)


def affine(x, layer):
    return x @ layer[0] + layer[1]


def conv(x, w, stride=1):
    dimensions = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(
        x, w, (stride, stride), "SAME", dimension_numbers=dimensions
    )


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy(logits, labels).mean()


def one_hot(batch):
    return jax.nn.one_hot(jnp.arange(batch) % 10, 10)


def uniform(*shape):
    return jax.random.uniform(key(), shape)


def training(parameters, loss, optimizer, *batch):
    """`loss(parameters, key, *batch)` made smaller."""

    def update(parameters, slots, noise, *batch):
        noise, used = jax.random.split(noise)
        value, gradient = jax.value_and_grad(loss)(parameters, used, *batch)
        change, slots = optimizer.update(gradient, slots, parameters)
        return optax.apply_updates(parameters, change), slots, noise, value

    update = jax.jit(update, donate_argnums=(0, 1))
    state = parameters, optimizer.init(parameters), key()

    def step():
        nonlocal state
        *state, value = update(*state, *batch)
        value.block_until_ready()

    return step


def computing(function, *arguments):
    function = jax.jit(function)
    return lambda: function(*arguments).block_until_ready()


def softmax(batch):
    loss = lambda p, _, x, y_: cross_entropy(affine(x, p), y_)
    start = jnp.zeros((784, 10)), jnp.zeros(10)
    x = 0.1 * uniform(batch, 784)
    return training(start, loss, optax.sgd(0.5), x, one_hot(batch))


def mlp_tiny(batch):
    def loss(p, _, x, y_):
        return jnp.mean((affine(jnp.tanh(affine(x, p[0])), p[1]) - y_) ** 2)

    start = [dense(1, 64, 0.5, 0.0), dense(64, 1, 0.5, 0.0)]
    x = 2 * uniform(batch, 1) - 1
    return training(start, loss, optax.sgd(0.01), x, x**2)


def mlp(batch):
    def loss(p, _, x, y_):
        h = jax.nn.relu(affine(jax.nn.relu(affine(x, p[0])), p[1]))
        return cross_entropy(affine(h, p[2]), y_)

    sizes = [(784, 512), (512, 512), (512, 10)]
    start = [dense(*size, 0.05, 0.0) for size in sizes]
    return training(start, loss, optax.adam(1e-3), uniform(batch, 784), one_hot(batch))


def tutorial():
    convs = [((5, 5, 1, 32), 32), ((5, 5, 32, 64), 64)]
    convs = [(weights(shape, 0.1), jnp.full(n, 0.1)) for shape, n in convs]
    return convs + [dense(3136, 1024, 0.1, 0.1), dense(1024, 10, 0.1, 0.1)]


def hidden(p, x):
    h = x.reshape(-1, 28, 28, 1)
    for w, b in p[:2]:
        h, window = jax.nn.relu(conv(h, w) + b), (1, 2, 2, 1)
        h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, window, window, "SAME")
    return jax.nn.relu(affine(h.reshape(h.shape[0], -1), p[2]))


def cnn(batch):
    def loss(p, noise, x, y_):
        h = hidden(p, x)
        h = jnp.where(jax.random.bernoulli(noise, 0.5, h.shape), h / 0.5, 0)
        return cross_entropy(affine(h, p[3]), y_)

    adam = optax.adam(1e-4)
    return training(tutorial(), loss, adam, uniform(batch, 784), one_hot(batch))


def cnn_inference(batch):
    predict = lambda p, x: jax.nn.softmax(affine(hidden(p, x), p[3]))
    return computing(predict, tutorial(), uniform(batch, 784))


def resnet(batch):
    def normalised(size, inputs, outputs):
        w = weights((size, size, inputs, outputs), (2 / (size * size * inputs)) ** 0.5)
        return w, jnp.ones(outputs), jnp.zeros(outputs)

    def apply(layer, x, stride):
        w, scale, offset = layer
        y = conv(x, w, stride)
        mean, variance = y.mean((0, 1, 2)), y.var((0, 1, 2))
        return (y - mean) * (jax.lax.rsqrt(variance + 1e-5) * scale) + offset

    def loss(p, _, x, y_):
        y = jax.nn.relu(apply(p["first"], x, 1))
        for first, second, *around in p["blocks"]:
            stride = 2 if around else 1
            z = apply(second, jax.nn.relu(apply(first, y, stride)), 1)
            y = jax.nn.relu(z + (apply(around[0], y, stride) if around else y))
        return cross_entropy(affine(y.mean((1, 2)), p["last"]), y_)

    blocks, inputs = [], 16
    for outputs in [16] * 3 + [32] * 3 + [64] * 3:
        block = [normalised(3, inputs, outputs), normalised(3, outputs, outputs)]
        around = [normalised(1, inputs, outputs)] if inputs != outputs else []
        blocks.append(block + around)
        inputs = outputs
    first, last = normalised(3, 3, 16), dense(64, 10, 0.1, 0.0)
    start = {"first": first, "blocks": blocks, "last": last}
    batch = uniform(batch, 32, 32, 3), one_hot(batch)
    return training(start, loss, optax.sgd(0.01, 0.9), *batch)


def lstm(batch):
    def loss(p, _, x, y_):
        state = cell = jnp.zeros((batch, 128))
        for t in range(28):
            gates = x[:, t] @ p["by_input"] + state @ p["by_state"] + p["bias"]
            i, f, new, o = jnp.split(gates, 4, 1)
            cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(new)
            state = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return cross_entropy(affine(state, p["last"]), y_)

    start = {"by_input": weights((28, 512), 0.1), "by_state": weights((128, 512), 0.1)}
    start |= {"bias": jnp.zeros(512), "last": dense(128, 10, 0.1, 0.0)}
    return training(start, loss, optax.sgd(0.1), uniform(batch, 28, 28), one_hot(batch))


def product(m, k, n, transpose_a, transpose_b):
    a = uniform(k, m) if transpose_a else uniform(m, k)
    b = uniform(n, k) if transpose_b else uniform(k, n)
    turn = lambda x, transpose: x.T if transpose else x
    return computing(lambda a, b: turn(a, transpose_a) @ turn(b, transpose_b), a, b)


def convolution(batch, size, inputs, outputs, window, stride, **of):
    x = uniform(batch, size, size, inputs)
    w = uniform(window, window, inputs, outputs)
    dy = uniform(*conv(x, w, stride).shape)
    by_input = lambda w, dy: jax.vjp(lambda x: conv(x, w, stride), x)[1](dy)[0]
    by_filter = lambda x, dy: jax.vjp(lambda w: conv(x, w, stride), w)[1](dy)[0]
    passes = {
        "forward": (lambda x, w: conv(x, w, stride), x, w),
        "input-gradient": (by_input, w, dy),
        "filter-gradient": (by_filter, x, dy),
    }
    return computing(*passes[of["pass"]])


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
    global keys
    jax.clear_caches()
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 100))
    return MODELS[workload.pop("model")](**workload)


serve(f"jax {jax.__version__}", prepare)
