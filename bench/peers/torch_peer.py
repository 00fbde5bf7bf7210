"""PyTorch: `eager` in NCHW, `channels-last`, and `compile`, which has the loss compiled."""

from protocol import THREADS, VARIANT, Unsupported, imports, serve

with imports():
    import torch
    import torch.nn.functional as F
torch.set_num_threads(THREADS)

LAYOUT = torch.channels_last if VARIANT == "channels-last" else torch.contiguous_format
IMAGES = {"cnn", "cnn-inference", "resnet", "convolution"}


class Weights(list):
    """The parameters, in the order in which a model is built."""

    def new(self, start):
        if start.dim() == 4:
            start = start.contiguous(memory_format=LAYOUT)
        self.append(start.requires_grad_())
        return start

    def normal(self, shape, deviation):
        start = torch.empty(shape)
        bounds = -2 * deviation, 2 * deviation
        return self.new(torch.nn.init.trunc_normal_(start, 0, deviation, *bounds))

    def full(self, n, value):
        return self.new(torch.full((n,), value))

    def dense(self, inputs, units, deviation, bias):
        return self.normal((units, inputs), deviation), self.full(units, bias)


def images(*shape):
    return torch.rand(shape).contiguous(memory_format=LAYOUT)


def training(weights, loss, optimizer):
    if VARIANT == "compile":
        loss = torch.compile(loss)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    return step


def descent(weights, rate, momentum=0):
    return torch.optim.SGD(weights, rate, momentum=momentum, fused=True)


def adam(weights, rate):
    return torch.optim.Adam(weights, rate, fused=True)


def softmax(batch):
    p = Weights()
    w, b = p.new(torch.zeros(10, 784)), p.new(torch.zeros(10))
    x, y_ = 0.1 * torch.rand(batch, 784), torch.arange(batch) % 10
    return training(p, lambda: F.cross_entropy(F.linear(x, w, b), y_), descent(p, 0.5))


def mlp_tiny(batch):
    p = Weights()
    first, second = p.dense(1, 64, 0.5, 0.0), p.dense(64, 1, 0.5, 0.0)
    x = 2 * torch.rand(batch, 1) - 1
    y_ = x**2

    def loss():
        return F.mse_loss(F.linear(torch.tanh(F.linear(x, *first)), *second), y_)

    return training(p, loss, descent(p, 0.01))


def mlp(batch):
    p = Weights()
    sizes = [(784, 512), (512, 512), (512, 10)]
    first, second, third = [p.dense(*size, 0.05, 0.0) for size in sizes]
    x, y_ = torch.rand(batch, 784), torch.arange(batch) % 10

    def loss():
        h = F.relu(F.linear(F.relu(F.linear(x, *first)), *second))
        return F.cross_entropy(F.linear(h, *third), y_)

    return training(p, loss, adam(p, 1e-3))


def tutorial(p):
    first = p.normal((32, 1, 5, 5), 0.1), p.full(32, 0.1)
    second = p.normal((64, 32, 5, 5), 0.1), p.full(64, 0.1)
    third, fourth = p.dense(3136, 1024, 0.1, 0.1), p.dense(1024, 10, 0.1, 0.1)

    def logits(x, keep_all):
        h = F.max_pool2d(F.relu(F.conv2d(x, *first, padding=2)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, *second, padding=2)), 2)
        h = F.relu(F.linear(h.flatten(1), *third))
        return F.linear(h if keep_all else F.dropout(h, 0.5), *fourth)

    return logits


def cnn(batch):
    p = Weights()
    logits = tutorial(p)
    x, y_ = images(batch, 1, 28, 28), torch.arange(batch) % 10
    loss = lambda: F.cross_entropy(logits(x, False), y_)
    return training(p, loss, adam(p, 1e-4))


def cnn_inference(batch):
    logits = tutorial(Weights())
    x = images(batch, 1, 28, 28)
    predict = lambda: F.softmax(logits(x, True), 1)
    if VARIANT == "compile":
        predict = torch.compile(predict)
    return torch.inference_mode()(predict)


def resnet(batch):
    p = Weights()

    def normalised(size, inputs, outputs, stride):
        w = p.normal((outputs, inputs, size, size), (2 / (size * size * inputs)) ** 0.5)
        scale, offset = p.full(outputs, 1.0), p.full(outputs, 0.0)

        def layer(x):
            y = F.conv2d(x, w, stride=stride, padding=size // 2)
            return F.batch_norm(y, None, None, scale, offset, training=True)

        return layer

    def block(inputs, outputs):
        stride = 1 if inputs == outputs else 2
        first = normalised(3, inputs, outputs, stride)
        second = normalised(3, outputs, outputs, 1)
        around = None if stride == 1 else normalised(1, inputs, outputs, stride)

        def layer(x):
            return F.relu(second(F.relu(first(x))) + (around(x) if around else x))

        return layer

    first, blocks, inputs = normalised(3, 3, 16, 1), [], 16
    for outputs in [16] * 3 + [32] * 3 + [64] * 3:
        blocks.append(block(inputs, outputs))
        inputs = outputs
    last = p.dense(64, 10, 0.1, 0.0)
    x, y_ = images(batch, 3, 32, 32), torch.arange(batch) % 10

    def loss():
        y = F.relu(first(x))
        for layer in blocks:
            y = layer(y)
        return F.cross_entropy(F.linear(y.mean((2, 3)), *last), y_)

    return training(p, loss, descent(p, 0.01, 0.9))


def lstm(batch):
    p = Weights()
    by_input, by_state = p.normal((28, 512), 0.1), p.normal((128, 512), 0.1)
    bias, last = p.full(512, 0.0), p.dense(128, 10, 0.1, 0.0)
    x, y_ = torch.rand(batch, 28, 28), torch.arange(batch) % 10

    def loss():
        state = cell = torch.zeros(batch, 128)
        for row in x.unbind(1):
            gates = torch.addmm(torch.addmm(bias, row, by_input), state, by_state)
            i, f, new, o = gates.chunk(4, 1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(new)
            state = torch.sigmoid(o) * torch.tanh(cell)
        return F.cross_entropy(F.linear(state, *last), y_)

    return training(p, loss, descent(p, 0.1))


def product(m, k, n, transpose_a, transpose_b):
    a = torch.rand(k, m).T if transpose_a else torch.rand(m, k)
    b = torch.rand(n, k).T if transpose_b else torch.rand(k, n)
    c = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=c)


def convolution(batch, size, inputs, outputs, window, stride, **of):
    x, w = images(batch, inputs, size, size), images(outputs, inputs, window, window)
    placed = [stride] * 2, [window // 2] * 2, [1, 1]
    if of["pass"] == "forward":
        return lambda: F.conv2d(x, w, None, *placed)
    dy = torch.rand_like(F.conv2d(x, w, None, *placed))
    wanted = [of["pass"] == "input-gradient", of["pass"] == "filter-gradient", False]
    backward = torch.ops.aten.convolution_backward
    return lambda: backward(dy, x, w, None, *placed, False, [0, 0], 1, wanted)


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
    model = workload.pop("model")
    if VARIANT == "channels-last" and model not in IMAGES:
        raise Unsupported("it has no images")
    if VARIANT == "compile" and model in {"product", "convolution"}:
        raise Unsupported("there is nothing to compile")
    torch._dynamo.reset()
    torch.manual_seed(seed)
    return MODELS[model](**workload)


serve(f"torch {torch.__version__}", prepare)
