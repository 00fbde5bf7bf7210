"""Optimizers of `contrib.opt` beside their formulas in NumPy, over three steps."""

import math

import numpy as np
import pytest

import ferroflow as tf

opt = tf.contrib.opt
START = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 4.0]])
SCALES = np.array([[1.0, 0.5], [-0.3, 2.0], [0.1, 1.0]])


def gradient(w):
    """That of `Σ scales · w²`."""
    return 2 * SCALES * w


def trained(optimizer, steps=3, rows=None, **options):
    """The variable after some steps, and the optimizer's variables; only `rows` of the variable are in the loss."""
    w = tf.Variable(START, name="w")
    if rows is None:
        loss = tf.reduce_sum(SCALES * tf.square(w))
    else:
        loss = tf.reduce_sum(SCALES[rows] * tf.square(tf.gather(w, rows)))
    step = tf.train.get_or_create_global_step()
    train = optimizer.minimize(loss, step, **options)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(train)
        assert session.run(step) == steps
        return session.run(w), {v.op.name: session.run(v) for v in tf.global_variables()}


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-9)


def moments(kind, rows=slice(None), rate=0.1, beta1=0.9, beta2=0.99, epsilon=1e-3):
    """The variable after three steps of a kind of Adam's, of which only `rows` change."""
    w, m, v = START.copy(), np.zeros_like(START), np.zeros_like(START)
    for t in range(1, 4):
        g = gradient(w)[rows]
        m[rows] = beta1 * m[rows] + (1 - beta1) * g
        v[rows] = np.maximum(beta2 * v[rows], abs(g)) if kind == "max" else beta2 * v[rows] + (1 - beta2) * g**2
        if kind == "max":
            w[rows] -= rate / (1 - beta1**t) * m[rows] / (v[rows] + epsilon)
            continue
        ahead = beta1 * m[rows] + (1 - beta1) * g if kind == "nesterov" else m[rows]
        w[rows] -= rate * math.sqrt(1 - beta2**t) / (1 - beta1**t) * ahead / (np.sqrt(v[rows]) + epsilon)
    return w, m


@pytest.mark.parametrize("rows", [None, [0, 2]])
@pytest.mark.parametrize(
    "cls, kind", [(opt.AdaMaxOptimizer, "max"), (opt.NadamOptimizer, "nesterov"), (opt.LazyAdamOptimizer, "adam")]
)
def test_moments(cls, kind, rows):
    optimizer = cls(0.1, 0.9, 0.99, 1e-3)
    w, kept = trained(optimizer, rows=rows)
    expected, m = moments(kind, slice(None) if rows is None else rows)
    name = "AdaMax" if kind == "max" else "Adam"
    np.testing.assert_allclose(w, expected, rtol=1e-5)  # The powers are of `float32`.
    close(kept[f"w/{name}"], m)
    close(kept["beta1_power"], 0.9**4)
    assert ("beta2_power" in kept) == (kind != "max") and optimizer.get_slot_names() == ["m", "v"]
    assert {v.op.name for v in optimizer.variables()} == set(kept) - {"w", "global_step"}


@pytest.mark.parametrize("step", [False, True])
@pytest.mark.parametrize("cls", [opt.AdaMaxOptimizer, opt.LazyAdamOptimizer, opt.NadamOptimizer])
def test_the_powers_of_the_decays_move(cls, step):
    """With a constant gradient each step is as long as the rate, whether steps are counted or not."""
    w = tf.Variable(0.0, name="w")
    counter = tf.train.get_or_create_global_step() if step else None
    train = cls(0.01, 0.9, 0.999, 0.0).minimize(3.0 * w, counter)
    assert train.type == "NoOp" and train is tf.get_collection(tf.GraphKeys.TRAIN_OP)[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = [session.run(train) or session.run(w) for _ in range(4)]
        # Nesterov's momentum looks ahead: `(0.9·m + 0.1·g) / (1 - 0.9ᵗ)`.
        ahead = np.cumsum([(0.9 * (1 - 0.9**t) + 0.1) / (1 - 0.9**t) for t in range(1, 5)])
        expected = ahead if cls is opt.NadamOptimizer else np.arange(1, 5)
        np.testing.assert_allclose(found, -0.01 * expected, rtol=2e-4)
        powers = [session.run(v) for v in tf.global_variables() if v.op.name == "beta1_power"]
        np.testing.assert_allclose(powers, [0.9**5], rtol=1e-6)


def test_what_ends_a_step():
    """`_finish` is run without a step that is counted too."""

    class Ending(tf.train.Optimizer):
        ended = None

        def __init__(self):
            super().__init__(False, "Ending")

        def _apply_dense(self, grad, var):
            return var.assign_sub(grad)

        def _finish(self, update_ops, name_scope):
            with tf.control_dependencies(update_ops):
                return self.ended.assign_add(1.0, name=name_scope)

    w, Ending.ended = tf.Variable(5.0), tf.Variable(0.0, trainable=False)
    train = Ending().minimize(2.0 * w)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run(train), session.run(train)] == [None, None]
        assert session.run([w, Ending.ended]) == [1.0, 2.0]


def test_rows_that_come_twice():
    """Of slices with a row twice the sum counts."""
    w, _ = trained(opt.LazyAdamOptimizer(0.1, 0.9, 0.99, 1e-3), rows=[0, 0])
    v, m = np.zeros(2), np.zeros(2)
    row = START[0].copy()
    for t in range(1, 4):
        g = 2 * gradient(np.array([row] * 3))[0]
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        row -= 0.1 * math.sqrt(1 - 0.99**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-3)
    close(w[0], row)
    close(w[1:], START[1:])


@pytest.mark.parametrize("decay", [None, lambda step: 1.0 / (1.0 + tf.cast(step, tf.float64))])
@pytest.mark.parametrize("kind", ["power", "add"])
def test_signs(kind, decay):
    if kind == "power":
        optimizer = opt.PowerSignOptimizer(0.1, base=2.0, beta=0.8, sign_decay_fn=decay)
        factor = lambda agreed: 2.0**agreed
    else:
        optimizer = opt.AddSignOptimizer(lambda: 0.1, alpha=1.5, beta=0.8, sign_decay_fn=decay)
        factor = lambda agreed: 1.5 + agreed
    found, kept = trained(optimizer)
    w, m = START.copy(), np.zeros_like(START)
    for t in range(3):
        g = gradient(w)
        m = 0.8 * m + 0.2 * g
        w -= 0.1 * factor((1.0 if decay is None else 1 / (1 + t)) * np.sign(g) * np.sign(m)) * g
    close(found, w)
    close(kept["w/PowerSignOptimizer" if kind == "power" else "w/AddSignOptimizer"], m)


@pytest.mark.parametrize("nesterov", [True, False])
def test_rates_of_layers(nesterov):
    optimizer = opt.LARSOptimizer(2.0, 0.8, 0.01, 0.1, use_nesterov=nesterov)
    found, kept = trained(optimizer)
    w, kept_step = START.copy(), np.zeros_like(START)
    for _ in range(3):
        g, norm = gradient(w), np.linalg.norm
        step = 2.0 * 0.1 * norm(w) / (norm(g) + 0.01 * norm(w)) * (g + 0.01 * w)
        kept_step = 0.8 * kept_step + step
        w -= step + 0.8 * kept_step if nesterov else kept_step
    close(found, w)
    close(kept["w/LARSOptimizer"], kept_step)


def test_variables_without_a_rate_of_their_own(run):
    with pytest.raises(ValueError, match="momentum should be positive"):
        opt.LARSOptimizer(1.0, -0.5)
    with pytest.raises(ValueError, match="weight_decay should be positive"):
        opt.LARSOptimizer(1.0, weight_decay=-0.5)
    w = tf.Variable([3.0, 4.0], name="bias")
    rate, grad = opt.LARSOptimizer(0.5, skip_list=["bias"]).compute_lr(tf.constant([1.0, 0.0]), w)
    assert run(rate) == 0.5 and run(grad).tolist() == [1.0, 0.0]
    rate, _ = opt.LARSOptimizer(0.5).compute_lr(tf.constant([0.0, 0.0]), w)
    assert run(rate) == 0.5


@pytest.mark.parametrize("rows", [None, [0, 2, 2]])
@pytest.mark.parametrize("kind", ["momentum", "descent"])
def test_decay_beside_steps(kind, rows):
    if kind == "momentum":
        optimizer, momentum = opt.MomentumWOptimizer(0.1, 0.05, 0.9), 0.9
    else:
        made = opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
        optimizer, momentum = made(weight_decay=lambda: 0.1, learning_rate=0.05), 0.0
        assert isinstance(optimizer, opt.DecoupledWeightDecayExtension)
    found, _ = trained(optimizer, rows=rows)
    w, kept, times = START.copy(), np.zeros_like(START), np.ones([3, 1])
    named = [0, 1, 2] if rows is None else [0, 2]
    if rows is not None:
        times = np.array([[1.0], [0.0], [2.0]])
    scales = SCALES if rows is None else np.array([SCALES[0], SCALES[0], SCALES[2]])
    for _ in range(3):
        g = times * 2 * scales * w
        w[named] *= 0.9
        kept = momentum * kept + g
        w -= 0.05 * kept
    close(found, w)


def test_decay_of_some(run):
    for adam in (True, False):
        tf.reset_default_graph()
        a, b = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
        optimizer = opt.AdamWOptimizer(0.5, 0.001)
        loss = tf.reduce_sum(a + b)
        if adam:
            train = optimizer.minimize(loss, decay_var_list=[a])
        else:
            train = optimizer.apply_gradients(optimizer.compute_gradients(loss), decay_var_list=[a])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            np.testing.assert_allclose(session.run(a), [0.499, 0.999], rtol=1e-5)
            np.testing.assert_allclose(session.run(b), [0.999, 1.999], rtol=1e-5)


def test_averages(tmp_path):
    optimizer = opt.MovingAverageOptimizer(tf.train.MomentumOptimizer(0.1, 0.5), average_decay=0.8)
    with pytest.raises(RuntimeError, match="Must call apply_gradients"):
        optimizer.swapping_saver()
    w = tf.Variable(START, name="w")
    train = optimizer.minimize(tf.reduce_sum(SCALES * tf.square(w)))
    average = w.graph.get_tensor_by_name("w/ExponentialMovingAverage:0")
    value, kept, mean = START.copy(), np.zeros_like(START), START.copy()
    saver = optimizer.swapping_saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train)
            kept = 0.5 * kept + gradient(value)
            value -= 0.1 * kept
            mean = 0.8 * mean + 0.2 * value
        close(session.run(w), value)
        close(session.run(average), mean)
        path = saver.save(session, str(tmp_path / "averages"))
        tf.train.Saver([w]).restore(session, path)
        close(session.run(w), mean)
    assert tf.train.load_variable(path, "w/ExponentialMovingAverage").shape == (3, 2)
    assert optimizer.get_slot_names() == ["momentum"] and optimizer.get_slot(w, "momentum") is not None
    assert [v.op.name for v in optimizer.variables()] == ["w/Momentum"]
    with pytest.raises(ValueError, match="not part of variables to save"):
        optimizer.swapping_saver([w])
    beside = opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1), sequential_update=False)
    assert beside.minimize(tf.reduce_sum(tf.square(w))) is not None


def test_bounded_variables():
    def clipping(w_dims):
        w = tf.Variable(START, name="w")
        return w, opt.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(0.1), {w: w_dims}, 2.0)

    def steps(w, optimizer, loss):
        train = optimizer.minimize(loss, name="clipped")
        assert train.name == "clipped"
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            return session.run(w)

    norms = lambda v, axis: np.sqrt((v**2).sum(axis, keepdims=True))
    after = START - 0.1 * gradient(START)
    for axis in (1, 0):
        tf.reset_default_graph()
        w, optimizer = clipping([axis])
        found = steps(w, optimizer, tf.reduce_sum(SCALES * tf.square(w)))
        close(found, after * np.minimum(1, 2.0 / norms(after, axis)))
    tf.reset_default_graph()
    w, optimizer = clipping([1])
    found = steps(w, optimizer, tf.reduce_sum(tf.gather(w, [0, 0])))
    expected = START.copy()
    expected[0] -= 0.2
    expected[0] *= min(1, 2.0 / norms(expected[0], 0)[0])
    close(found, expected)
