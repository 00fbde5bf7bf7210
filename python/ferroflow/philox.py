"""The counter-based generator Philox4x32-10 (Salmon et al. 2011) in NumPy, for functions of the host: TensorFlow's numbers."""

import numpy as np

from .session import running


def blocks(key, counter, first, count):
    """`count` blocks of four words, `uint32`, from block `first` on, of a key of 64 bits and a counter of 128."""
    start = counter + first
    low = np.uint64(start % 2**64) + np.arange(count, dtype=np.uint64)
    # The counter is carried over where its lower half wraps.
    high = np.uint64(start // 2**64 % 2**64) + (low < np.uint64(start % 2**64))
    half = np.uint64(32)
    mask = np.uint64(0xFFFFFFFF)
    c = [low & mask, low >> half, high & mask, high >> half]
    keys = [key % 2**32, key // 2**32 % 2**32]
    for _ in range(10):
        first_product = c[0] * np.uint64(0xD2511F53)
        second_product = c[2] * np.uint64(0xCD9E8D57)
        c = [
            (second_product >> half) ^ c[1] ^ np.uint64(keys[0]),
            second_product & mask,
            (first_product >> half) ^ c[3] ^ np.uint64(keys[1]),
            first_product & mask,
        ]
        keys = [(keys[0] + 0x9E3779B9) % 2**32, (keys[1] + 0xBB67AE85) % 2**32]
    return np.stack(c, -1).astype(np.uint32)


def words(key, counter, count):
    """`count` words of the stream."""
    return blocks(key, counter, 0, -(-count // 4)).ravel()[:count]


def floats(bits):
    """Numbers in [0, 1) of the upper 23 of 32 bits, as TensorFlow makes them."""
    return ((bits & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


class Stream:
    """Words one after the other."""

    def __init__(self, key, counter, count):
        self._words = iter(words(key, counter, count).tolist())

    def below(self, bound):
        """An integer from 0 on below `bound`."""
        return next(self._words) % bound

    def number(self):
        """A number in [0, 1)."""
        return floats(np.array(next(self._words), np.uint32))[()]


def reserved(owner, seed, seed2, count):
    """The stream of `count` words that an operation with these seeds draws in this run of its session; of (0, 0) any."""
    if not seed and not seed2:
        drawn = np.random.SeedSequence().generate_state(4, np.uint64).tolist()
        return Stream(drawn[0], drawn[1] << 64, count)
    draws = running().__dict__.setdefault("_draws", {})
    used = draws.get(owner, 0)
    draws[owner] = used + -(-count // 4)
    return Stream(seed % 2**64, ((seed2 % 2**64) << 64) + used, count)
