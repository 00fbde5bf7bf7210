"""Random numbers that are functions of a seed, the same in every run: TensorFlow's."""

import numpy as np

from ._ferroflow import constant_value
from .dtypes import as_dtype, float32, int32, int64
from .errors import InvalidArgumentError
from .default_graph import name_scope
from .framework import convert_to_tensor
from .philox import floats, words
from .script_ops import hosted
from .tensor_shape import TensorShape


def _seed(seed):
    tensor = convert_to_tensor(seed)
    if tensor.dtype not in (int32, int64):
        raise TypeError(
            f"Value passed to parameter 'seed' has DataType {tensor.dtype.name} not in list of allowed values: int32, int64"
        )
    if not tensor.shape.is_compatible_with([2]):
        raise ValueError(f"seed must have shape [2], not {tensor.shape}")
    return tensor


def _stream(seed):
    """The key and the counter that two numbers are scrambled to."""
    low, high = (int(word) % 2**64 for word in seed)
    mixed = words(0x02461E29_3EC8F720, low + (high << 64), 4).tolist()
    return mixed[0] + (mixed[1] << 32), (mixed[2] + (mixed[3] << 32)) << 64


def _doubles(bits):
    """Numbers in [0, 1) of pairs of words."""
    pairs = bits.reshape(-1, 2).astype(np.uint64)
    mantissa = (pairs[:, 0] & np.uint64(0xFFFFF)) << np.uint64(32) | pairs[:, 1]
    return (mantissa | np.uint64(1023 << 52)).view(np.float64) - 1.0


def _uniform(key, counter, count, name):
    if name == "float64":
        return _doubles(words(key, counter, 2 * count))
    bits = words(key, counter, count)
    if name == "float16":
        return ((bits & 0x3FF).astype(np.uint16) | np.uint16(15 << 10)).view(np.float16) - np.float16(1)
    return floats(bits)


def _box_muller(bits, name):
    """Pairs of normal numbers of pairs of uniform ones."""
    kind = np.float64 if name == "float64" else np.float32
    pairs = (_doubles(bits) if name == "float64" else floats(bits)).reshape(-1, 2)
    radius = np.sqrt(kind(-2) * np.log(np.maximum(pairs[:, 0], kind(1e-7))))
    angle = kind(2 * np.pi) * pairs[:, 1]
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius], 1).ravel()


def _words_of(name):
    return 2 if name == "float64" else 1


def _normal(key, counter, count, name):
    needed = -(-count // 2) * 2 * _words_of(name)
    return _box_muller(words(key, counter, needed), name)[:count]


def _truncated(key, counter, count, name):
    """Groups of numbers, each of a stretch of the stream of its own, of those below two deviations."""
    size = 4 // _words_of(name)
    found = []
    for group in range(-(-count // size)):
        stretch, blocks = np.zeros(0), 4
        while len(stretch) < size:
            drawn = _box_muller(words(key, counter + group * size * 64, 4 * blocks), name)
            stretch, blocks = drawn[np.abs(drawn) < 2], 4 * blocks
        found.append(stretch[:size])
    return np.concatenate(found)[:count] if found else np.zeros(0)


def _known(shape):
    """What is known of the shape that a tensor gives."""
    sizes = constant_value(shape)
    return TensorShape(None) if sizes is None else [int(size) for size in sizes]


def _filled(make, shape, seed, dtype, name):
    shape, seed = convert_to_tensor(shape, dtype_hint=int32), _seed(seed)

    def found(sizes, seed):
        sizes = [int(size) for size in sizes]
        if min(sizes, default=0) < 0:
            raise InvalidArgumentError(None, None, f"shape must be non-negative, got {sizes}")
        made = make(*_stream(seed), int(np.prod(sizes)), dtype.name)
        return [made.astype(dtype.as_numpy_dtype).reshape(sizes)]

    return hosted(found, [shape, seed], [dtype], [_known(shape)], name)[0]


def _of_floats(dtype):
    dtype = as_dtype(dtype)
    if dtype.name not in ("float16", "float32", "float64"):
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are float16, float32, float64, int32, int64."
        )
    return dtype


def stateless_random_uniform(shape, seed, minval=0, maxval=None, dtype=float32, name=None):
    """Numbers of `shape` evenly between `minval` and `maxval`, 1 if it is `None`, without the latter, a function of `seed`,
    two integers. For integers `minval` and `maxval` must be given.

    Raises `ValueError` or `TypeError` for other dtypes and seeds; a run raises `tf.errors.InvalidArgumentError` for integers
    of an empty range.
    """
    dtype = as_dtype(dtype)
    if dtype.is_integer and (minval is None or maxval is None):
        raise ValueError(
            f"For integer `dtype` argument {dtype}, argument `minval` and `maxval` must be both None or not None. Got "
            f"`minval`={minval} and `maxval`={maxval}."
        )
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]):
        if dtype not in (int32, int64):
            dtype = _of_floats(dtype)
            low = convert_to_tensor(0 if minval is None else minval, dtype)
            high = convert_to_tensor(1 if maxval is None else maxval, dtype)
            return _filled(_uniform, shape, seed, dtype, "StatelessRandomUniform") * (high - low) + low
        low, high = convert_to_tensor(minval, dtype), convert_to_tensor(maxval, dtype)
        shape, seed = convert_to_tensor(shape, dtype_hint=int32), _seed(seed)

        def found(sizes, seed, low, high):
            sizes, low, high = [int(size) for size in sizes], int(low), int(high)
            if low >= high:
                raise InvalidArgumentError(None, None, f"Need minval < maxval, got {low} >= {high}")
            count = int(np.prod(sizes))
            bits = words(*_stream(seed), count * (2 if dtype == int64 else 1))
            bits = bits.astype("<u4").view("<u8") if dtype == int64 else bits.astype(np.uint64)
            made = (bits % np.uint64(high - low)) + np.uint64(low % 2**64)
            return [made.view(np.int64).astype(dtype.as_numpy_dtype).reshape(sizes)]

        return hosted(found, [shape, seed, low, high], [dtype], [_known(shape)], "StatelessRandomUniformInt")[0]


def stateless_random_normal(shape, seed, mean=0.0, stddev=1.0, dtype=float32, name=None):
    """Normal numbers of `shape`, of that mean and deviation, a function of `seed`, two integers. Raises `ValueError` or
    `TypeError` for other dtypes and seeds."""
    with name_scope(name, "stateless_random_normal", [shape, seed, mean, stddev]):
        dtype = _of_floats(dtype)
        drawn = _filled(_normal, shape, seed, dtype, "StatelessRandomNormal")
        return drawn * convert_to_tensor(stddev, dtype) + convert_to_tensor(mean, dtype)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=float32, name=None):
    """`stateless_random_normal` of which what is two deviations and more from the mean is drawn anew."""
    with name_scope(name, "stateless_truncated_normal", [shape, seed, mean, stddev]):
        dtype = _of_floats(dtype)
        drawn = _filled(_truncated, shape, seed, dtype, "StatelessTruncatedNormal")
        return drawn * convert_to_tensor(stddev, dtype) + convert_to_tensor(mean, dtype)


def stateless_multinomial(logits, num_samples, seed, output_dtype=int64, name=None):
    """Numbers of classes, `[batch, num_samples]` of `int32` or `int64`, whose probabilities are the softmax of `logits`,
    `[batch, classes]`, a function of `seed`, two integers. Raises `ValueError` or `TypeError` for other shapes and
    dtypes."""
    logits, dtype, seed = convert_to_tensor(logits), as_dtype(output_dtype), _seed(seed)
    if logits.shape.ndims not in (None, 2):
        raise ValueError(f"Shape must be rank 2 but is rank {logits.shape.ndims}: {logits.shape}")
    if dtype not in (int32, int64):
        raise TypeError(f"output_dtype must be int32 or int64, not {dtype.name}")
    count = convert_to_tensor(num_samples, int32)

    def found(logits, count, seed):
        if logits.shape[1] == 0 and len(logits):
            raise InvalidArgumentError(None, None, "num_classes should be positive, got 0")
        if count < 0:
            raise InvalidArgumentError(None, None, f"num_samples should be nonnegative, got {count}")
        logits = logits.astype(np.float64)
        drawn = _doubles(words(*_stream(seed), 2 * len(logits) * int(count))).reshape(len(logits), int(count))
        finite = np.where(np.isfinite(logits), logits, -np.inf)
        most = finite.max(1, initial=-np.inf, keepdims=True)
        shares = np.cumsum(np.exp(finite - np.where(np.isfinite(most), most, 0)), 1)
        made = [np.searchsorted(row, numbers * row[-1], "right") for row, numbers in zip(shares, drawn)]
        return [np.array(made, dtype.as_numpy_dtype).reshape(drawn.shape)]

    number = constant_value(count)
    rows = None if logits.shape.ndims is None else logits.shape[0].value
    shape = [rows, None if number is None else int(number)]
    return hosted(found, [logits, count, seed], [dtype], [shape], name or "StatelessMultinomial")[0]


def stateless_categorical(logits, num_samples, seed, dtype=int64, name=None):
    """`stateless_multinomial`."""
    return stateless_multinomial(logits, num_samples, seed, dtype, name)


stateless_uniform, stateless_normal = stateless_random_uniform, stateless_random_normal
