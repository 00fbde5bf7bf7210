"""Dimensions that count examples: indices within each, and blocks of space moved among them."""

from . import array_ops
from .array_ops import concat, reshape, shape, transpose
from .framework import call, convert_to_tensor, name_scope
from .math_ops import cast, reduce_prod


def gather(params, indices, axis, batch_dims, name):
    """`tf.gather` along `axis` within each place of the first `batch_dims` dimensions. Ranks must be known."""
    with name_scope(name, "GatherV2", [params, indices]):
        params, indices = convert_to_tensor(params), convert_to_tensor(indices)
        rank, ids = params.shape.ndims, indices.shape.ndims
        if rank is None or ids is None:
            raise ValueError("with batch_dims the ranks of params and indices must be known")
        if not -ids <= batch_dims <= ids:
            raise ValueError(f"Expected batch_dims in the range [{-ids}, {ids}], but got {batch_dims}")
        batch = batch_dims + ids if batch_dims < 0 else batch_dims
        if not -rank <= axis < rank:
            raise ValueError(f"Expected axis in the range [{-rank}, {rank}), but got {axis}")
        axis = axis + rank if axis < 0 else axis
        if batch > axis:
            raise ValueError(f"batch_dims ({batch}) must be less than or equal to axis ({axis}).")
        params.shape[:batch].assert_is_compatible_with(indices.shape[:batch])
        if axis != batch:
            params = transpose(params, [*range(batch), axis, *range(batch, axis), *range(axis + 1, rank)])
        kept = indices.shape.ndims - batch
        sizes = shape(params)
        places = array_ops.range(0, reduce_prod(sizes[:batch]), 1) * sizes[batch]
        first = cast(reshape(places, concat([sizes[:batch], array_ops.ones([kept], "int32")], 0)), indices.dtype)
        rows = reshape(params, concat([[-1], sizes[batch + 1 :]], 0))
        within = cast(call("in_range", "indices", indices, sizes[batch], "indices"), indices.dtype)
        found = array_ops.gather(rows, within + first)
        found.set_shape(indices.shape.concatenate(params.shape[batch + 1 :]))
        if axis == batch:
            return found
        end = batch + kept + axis - batch
        order = [*range(batch), *range(batch + kept, end), *range(batch, batch + kept), *range(end, rank + kept - 1)]
        return transpose(found, order)


def batch_gather(params, indices, name=None):
    """The slices of each example that its row of `indices`, `[batch…, n]`, names."""
    indices = convert_to_tensor(indices)
    batch = indices.shape.ndims - 1
    return gather(params, indices, batch, batch, name or "batch_gather") if batch else array_ops.gather(params, indices)


def gather_nd(params, indices, batch_dims, name):
    """`tf.gather_nd` within each place of the first `batch_dims` dimensions. Ranks must be known."""
    with name_scope(name, "GatherNd", [params, indices]):
        params, indices = convert_to_tensor(params), convert_to_tensor(indices)
        sizes, wanted = shape(params), shape(indices)
        places = array_ops.range(0, reduce_prod(sizes[:batch_dims]), 1)
        ones = [1] * (indices.shape.ndims - batch_dims - 1)
        place = reshape(places, concat([sizes[:batch_dims], ones, [1]], 0))
        place = cast(place + array_ops.zeros(concat([wanted[:-1], [1]], 0), "int32"), indices.dtype)
        rows = reshape(params, concat([[-1], sizes[batch_dims:]], 0))
        found = array_ops.gather_nd(rows, concat([place, indices], -1))
        found.set_shape(indices.shape[:-1].concatenate(params.shape[batch_dims + indices.shape.as_list()[-1] :]))
        return found


def _block(block_shape):
    from ._ferroflow import constant_value

    known = constant_value(convert_to_tensor(block_shape))
    if known is None:
        raise ValueError("block_shape must be known when the graph is built")
    return [int(n) for n in known]


def space_to_batch_nd(input, block_shape, paddings, name=None):
    """`[batch, s₁, …, sₘ, …]` as `[batch · Π b, s₁/b₁, …, sₘ/bₘ, …]`: the elements of each block of `block_shape` become
    examples, after zeros are added as `paddings`, `[m, 2]`, says."""
    with name_scope(name, "SpaceToBatchND", [input]):
        input, block, paddings = convert_to_tensor(input), _block(block_shape), convert_to_tensor(paddings, "int32")
        m, rest = len(block), input.shape.ndims - 1 - len(block)
        padded = array_ops.pad(input, concat([[[0, 0]], paddings, *([[[0, 0]] * rest] if rest else [])], 0))
        sizes = shape(padded)
        split = [sizes[:1]]
        for i, b in enumerate(block):
            split += [[sizes[i + 1] // b, b]]
        parts = reshape(padded, concat([*split, sizes[m + 1 :]], 0))
        inner, outer = [2 * i + 2 for i in range(m)], [2 * i + 1 for i in range(m)]
        moved = transpose(parts, [*inner, 0, *outer, *range(2 * m + 1, 2 * m + 1 + rest)])
        examples = sizes[0]
        for b in block:
            examples *= b
        return reshape(
            moved, concat([[examples], *[[sizes[i + 1] // b] for i, b in enumerate(block)], sizes[m + 1 :]], 0)
        )


def batch_to_space_nd(input, block_shape, crops, name=None):
    """What undoes `space_to_batch_nd`: examples become the elements of blocks, of which `crops`, `[m, 2]`, are cut off."""
    with name_scope(name, "BatchToSpaceND", [input]):
        input, block, crops = convert_to_tensor(input), _block(block_shape), convert_to_tensor(crops, "int32")
        m, rest = len(block), input.shape.ndims - 1 - len(block)
        sizes = shape(input)
        examples = sizes[0]
        for b in block:
            examples //= b
        parts = reshape(input, concat([block, [examples], sizes[1:]], 0))
        order = [m]
        for i in range(m):
            order += [m + 1 + i, i]
        moved = transpose(parts, [*order, *range(2 * m + 1, 2 * m + 1 + rest)])
        whole = [sizes[i + 1] * b for i, b in enumerate(block)]
        joined = reshape(moved, concat([[examples], whole, sizes[m + 1 :]], 0))
        begin = concat([[0], crops[:, 0], [0] * rest], 0)
        size = concat([[examples], [n - crops[i, 0] - crops[i, 1] for i, n in enumerate(whole)], sizes[m + 1 :]], 0)
        return array_ops.slice(joined, begin, size)


def space_to_batch(input, paddings, block_size=None, name=None, block_shape=None):
    """`space_to_batch_nd` of images with square blocks."""
    return space_to_batch_nd(input, [block_size] * 2 if block_shape is None else block_shape, paddings, name)


def batch_to_space(input, crops, block_size=None, name=None, block_shape=None):
    """`batch_to_space_nd` of images with square blocks."""
    return batch_to_space_nd(input, [block_size] * 2 if block_shape is None else block_shape, crops, name)


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """The paddings, those of `base_paddings`, `[m, 2]`, and at the ends so much more that blocks of `block_shape` divide
    `input_shape`; and the crops that undo what is more. Both are `int32`, `[m, 2]`."""
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes, block = convert_to_tensor(input_shape, "int32"), convert_to_tensor(block_shape, "int32")
        base = array_ops.zeros([block.shape.num_elements(), 2], "int32") if base_paddings is None else base_paddings
        base = convert_to_tensor(base, "int32")
        whole = sizes + base[:, 0] + base[:, 1]
        more = (block - whole % block) % block
        paddings = array_ops.stack([base[:, 0], base[:, 1] + more], 1)
        return paddings, array_ops.stack([array_ops.zeros_like(more), more], 1)


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """What `op(input, num_spatial_dims, padding)` gives for the examples that `space_to_batch_nd` makes by `dilation_rate`,
    put together again: a convolution so becomes one with dilated filters, as does pooling.

    `dilation_rate` and, for the padding `SAME`, `filter_shape` have a number for each of `spatial_dims`, by default those after
    the batch, or after the channels if `data_format` begins with `NC`. Raises `ValueError` for rates that are not positive,
    for other paddings than `SAME` and `VALID`, and where `filter_shape` is needed and missing.
    """
    input, rates = convert_to_tensor(input), _block(dilation_rate)
    count = len(rates)
    if any(rate < 1 for rate in rates):
        raise ValueError("dilation_rate must be positive")
    first = data_format is not None and data_format.startswith("NC")
    default = range(2, count + 2) if first else range(1, count + 1)
    dims = list(default if spatial_dims is None else spatial_dims)
    if dims != sorted(set(dims)) or any(dim < 1 for dim in dims):
        raise ValueError("spatial_dims must be a monotonically increasing sequence of positive integers")
    if len(dims) != count:
        raise ValueError(f"dilation_rate and spatial_dims must be of one length, got {rates} and {dims}")
    if input.shape.ndims is not None and input.shape.ndims <= dims[-1]:
        raise ValueError(f"input must have rank {dims[-1] + 1} at least, found {input.shape}")
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"Invalid padding method {padding!r}")
    if all(rate == 1 for rate in rates):
        return op(input, count, padding)
    base = [[0, 0]] * count
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError("filter_shape must be specified for SAME padding")
        reach = [(size - 1) * rate for size, rate in zip(_block(filter_shape), rates)]
        base = [[extra // 2, extra - extra // 2] for extra in reach]
    known = [input.shape[dim].value for dim in dims]
    sizes = array_ops.stack([shape(input)[dim] for dim in dims]) if None in known else known
    paddings, crops = required_space_to_batch_paddings(sizes, rates, base)
    # Dimensions between those named are left as they are.
    at = {dim: i for i, dim in enumerate(dims)}
    spread = lambda pairs: array_ops.stack([pairs[at[d]] if d in at else [0, 0] for d in range(1, dims[-1] + 1)])
    block = [rates[at[d]] if d in at else 1 for d in range(1, dims[-1] + 1)]
    result = op(space_to_batch_nd(input, block, spread(paddings)), count, "VALID")
    return batch_to_space_nd(result, block, spread(crops))
