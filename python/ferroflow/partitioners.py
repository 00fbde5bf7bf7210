"""How variables would be dealt out among machines. There is one, and every variable is kept whole: what TensorFlow saved in
parts is restored to the whole, and what is saved here to its parts."""

from .tensor_shape import as_shape


def fixed_size_partitioner(num_shards, axis=0):
    """A function of a shape and a dtype that tells the number of parts along each dimension: `num_shards` along `axis`."""

    def partitioner(shape, **_):
        dims = as_shape(shape).as_list()
        return [min(num_shards, size) if d == axis % len(dims) else 1 for d, size in enumerate(dims)]

    return partitioner
