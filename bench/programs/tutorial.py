"""What the programs share: MNIST, and the goals of src/tutorial.rs."""

import gzip
import pathlib
import sys

import numpy as np

GOAL = sys.argv[1]
THREADS = int(sys.argv[2])
MNIST = pathlib.Path(__file__).parents[2] / "crates/ferroflow-data/mnist"


def images(name):
    data = gzip.decompress((MNIST / f"{name}-images-idx3-ubyte.gz").read_bytes())
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784) / np.float32(255)


def labels(name):
    data = gzip.decompress((MNIST / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    return np.eye(10, dtype=np.float32)[np.frombuffer(data, np.uint8, offset=8)]


def batches(x, y, size=50):
    """Batches of one epoch after the other, each shuffled anew."""
    numbers = np.random.default_rng(0)
    while True:
        order = numbers.permutation(len(x))
        for i in range(0, len(x) - size + 1, size):
            chosen = order[i : i + size]
            yield x[chosen], y[chosen]


def peak_memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024


def run(models):
    """Trains until the goal: `models[name]()` gives `train(x, y)` and `accuracy(x, y)`."""
    x, y = images("train")[5000:], labels("train")[5000:]
    train, accuracy = models["softmax" if GOAL == "ninety-two" else "cnn"]()
    steps = {"first-step": 1, "memory": 100}.get(GOAL, 20_000)
    for step, batch in zip(range(1, steps + 1), batches(x, y)):
        if GOAL == "full" and step % 100 == 1:
            accuracy(*batch)
        train(*batch)
        if GOAL == "ninety-two" and step % 100 == 0:
            if accuracy(images("t10k"), labels("t10k")) >= 0.92:
                print(step, flush=True)
                return
    if GOAL == "first-step":
        print(1, flush=True)
    elif GOAL == "memory":
        print(peak_memory(), flush=True)
    elif GOAL == "full":
        print(accuracy(images("t10k"), labels("t10k")), flush=True)
