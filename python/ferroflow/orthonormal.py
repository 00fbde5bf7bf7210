"""Initial values that are orthogonal."""

from .array_ops import expand_dims, one_hot, reshape, transpose
from .creation import range as range_of, zeros
from .dtypes import float32
from .default_graph import name_scope
from .functional_ops import foldl
from .initializers import Initializer
from .math_ops import rsqrt, square
from .reductions import reduce_sum
from .random_ops import random_normal


class Orthogonal(Initializer):
    """A matrix `[all sizes but the last, the last]` of orthonormal columns, or rows if there are fewer, times `gain` (Saxe
    et al. 2013, https://arxiv.org/abs/1312.6120): what Gram and Schmidt's method makes of one with normal elements."""

    def __init__(self, gain=1.0, seed=None, dtype=float32):
        self.gain, self.seed, self.dtype = gain, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        sizes, rows = [int(size) for size in shape], 1
        if len(sizes) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        for size in sizes[:-1]:
            rows *= size
        columns = sizes[-1]
        with name_scope("Orthogonal"):
            drawn = random_normal([max(rows, columns), min(rows, columns)], dtype=self._dtype(dtype), seed=self.seed)
            made = _orthonormal(transpose(drawn))
            return self.gain * reshape(transpose(made) if rows >= columns else made, sizes)


def _orthonormal(vectors):
    """The rows, each freed of those before it, of length 1. It is freed twice, or rounding would leave some of them."""
    count, length = vectors.shape.as_list()

    def step(found, row):
        vector, i = row
        for _ in range(2):
            shares = reduce_sum(found * expand_dims(vector, 0), 1)
            vector = vector - reduce_sum(found * expand_dims(shares, 1), 0)
        vector = vector * rsqrt(reduce_sum(square(vector)))
        return found + expand_dims(one_hot(i, count, dtype=vector.dtype), 1) * expand_dims(vector, 0)

    return foldl(step, (vectors, range_of(count)), zeros([count, length], vectors.dtype))


orthogonal_initializer = orthogonal = Orthogonal
