"""Dimensions that count examples: indices within each, and blocks of space moved among them."""

import functools
import operator

from . import array_ops, creation, math_ops, selection
from .array_ops import concat, reshape, shape, transpose
from .default_graph import name_scope
from .framework import call, convert_to_tensor, is_tensor
from .math_ops import cast
from .reductions import reduce_prod


def gather(params, indices, axis, batch_dims, name):
    """`tf.gather` along `axis`, which may be a tensor, within each place of the first `batch_dims` dimensions."""
    with name_scope(name, "GatherV2", [params, indices]):
        params, indices = convert_to_tensor(params), convert_to_tensor(indices)
        rank, ids = params.shape.ndims, indices.shape.ndims
        if ids is not None and not -ids <= batch_dims <= ids:
            raise ValueError(f"Expected batch_dims in the range [{-ids}, {ids}], but got {batch_dims}")
        if batch_dims < 0:
            batch_dims += array_ops.rank(indices) if ids is None else ids
        axis = axis_of(axis, params)
        if isinstance(axis, int) and isinstance(batch_dims, int) and batch_dims > axis:
            raise ValueError(f"batch_dims ({batch_dims}) must be less than or equal to axis ({axis}).")
        if None not in (rank, ids) and isinstance(batch_dims, int):
            params.shape[:batch_dims].assert_is_compatible_with(indices.shape[:batch_dims])
        sizes, wanted = shape(params), shape(indices)
        # The rows of `params` are in blocks: for each place of the batch, one for each place of what is before `axis`.
        blocks = [reduce_prod(sizes[:batch_dims]), reduce_prod(sizes[batch_dims:axis])]
        first = creation.range(0, blocks[0] * blocks[1], 1) * sizes[axis]
        within = cast(call("in_range", "indices", indices, sizes[axis], "indices"), indices.dtype)
        within = reshape(within, [blocks[0], 1, reduce_prod(wanted[batch_dims:])])
        rows = reshape(params, concat([[-1], sizes[axis + 1 :]], 0))
        found = selection.gather(rows, within + cast(reshape(first, [*blocks, 1]), indices.dtype))
        found = reshape(found, concat([sizes[:axis], wanted[batch_dims:], sizes[axis + 1 :]], 0))
        if None not in (rank, ids) and isinstance(batch_dims, int):
            found.set_shape([None] * (rank + ids - batch_dims - 1))
            if isinstance(axis, int):
                batch = indices.shape[:batch_dims].merge_with(params.shape[:batch_dims])
                kept = batch.concatenate(params.shape[batch_dims:axis]).concatenate(indices.shape[batch_dims:])
                found.set_shape(kept.concatenate(params.shape[axis + 1 :]))
        return found


def axis_of(axis, tensor):
    """An axis of `tensor`, counted from the first: an integer if it and the rank are, else a tensor."""
    rank = tensor.shape.ndims
    if not is_tensor(axis):
        if rank is not None and not -rank <= axis < rank:
            raise ValueError(f"Expected axis in the range [{-rank}, {rank}), but got {axis}")
        if axis >= 0 or rank is not None:
            return axis if axis >= 0 else axis + rank
    return math_ops.floormod(cast(axis, "int32"), array_ops.rank(tensor))


def batch_gather(params, indices, name=None):
    """The slices of each example that its row of `indices`, `[batch…, n]`, names."""
    indices = convert_to_tensor(indices)
    batch = indices.shape.ndims - 1
    return gather(params, indices, batch, batch, name or "batch_gather") if batch else selection.gather(params, indices)


def gather_nd(params, indices, batch_dims, name):
    """`tf.gather_nd` within each place of the first `batch_dims` dimensions. Ranks must be known."""
    with name_scope(name, "GatherNd", [params, indices]):
        params, indices = convert_to_tensor(params), convert_to_tensor(indices)
        sizes, wanted = shape(params), shape(indices)
        places = creation.range(0, reduce_prod(sizes[:batch_dims]), 1)
        ones = [1] * (indices.shape.ndims - batch_dims - 1)
        place = reshape(places, concat([sizes[:batch_dims], ones, [1]], 0))
        place = cast(place + creation.zeros(concat([wanted[:-1], [1]], 0), "int32"), indices.dtype)
        rows = reshape(params, concat([[-1], sizes[batch_dims:]], 0))
        found = selection.gather_nd(rows, concat([place, indices], -1))
        found.set_shape(indices.shape[:-1].concatenate(params.shape[batch_dims + indices.shape.as_list()[-1] :]))
        return found


def _block(block_shape):
    """The sizes of a block, which must be known to be so many, as integers or tensors."""
    if not is_tensor(block_shape):
        return [cast(n, "int32") if is_tensor(n) else int(n) for n in block_shape]
    block_shape = cast(block_shape, "int32")
    m = block_shape.shape[0].value
    if m is None:
        raise ValueError("The number of dimensions of block_shape must be known")
    return array_ops.unstack(block_shape, m)


def _of_blocks(input, m):
    """The shape, and the input with all dimensions beyond the first `m + 1` as one."""
    rank = input.shape.ndims
    if rank is not None and rank < m + 1:
        raise ValueError(f"input rank should be at least {m + 1}, found shape {input.shape}")
    sizes = shape(input)
    return sizes, reshape(input, concat([sizes[: m + 1], [reduce_prod(sizes[m + 1 :])]], 0))


def space_to_batch_nd(input, block_shape, paddings, name=None):
    """`[batch, s₁, …, sₘ, …]` as `[batch · Π b, s₁/b₁, …, sₘ/bₘ, …]`: the elements of each block of `block_shape` become
    examples, after zeros are added as `paddings`, `[m, 2]`, says."""
    with name_scope(name, "SpaceToBatchND", [input]):
        input, block, paddings = convert_to_tensor(input), _block(block_shape), cast(paddings, "int32")
        m = len(block)
        sizes, whole = _of_blocks(input, m)
        padded = array_ops.pad(whole, concat([[[0, 0]], paddings, [[0, 0]]], 0))
        space = shape(padded)
        outer = [space[i + 1] // b for i, b in enumerate(block)]
        split = [size for pair in zip(outer, block) for size in pair]
        parts = reshape(padded, [space[0], *split, space[m + 1]])
        moved = transpose(parts, [*range(2, 2 * m + 2, 2), 0, *range(1, 2 * m + 1, 2), 2 * m + 1])
        examples = functools.reduce(operator.mul, block, sizes[0])
        return reshape(moved, concat([[examples, *outer], sizes[m + 1 :]], 0))


def batch_to_space_nd(input, block_shape, crops, name=None):
    """What undoes `space_to_batch_nd`: examples become the elements of blocks, of which `crops`, `[m, 2]`, are cut off."""
    with name_scope(name, "BatchToSpaceND", [input]):
        input, block, crops = convert_to_tensor(input), _block(block_shape), cast(crops, "int32")
        m = len(block)
        sizes, whole = _of_blocks(input, m)
        examples = functools.reduce(operator.floordiv, block, sizes[0])
        space = shape(whole)
        parts = reshape(whole, concat([[*block, examples], space[1:]], 0))
        order = [d for i in range(m) for d in (m + 1 + i, i)]
        moved = transpose(parts, [m, *order, 2 * m + 1])
        joined = [space[i + 1] * b for i, b in enumerate(block)]
        kept = [n - crops[i, 0] - crops[i, 1] for i, n in enumerate(joined)]
        begin, size = concat([[0], crops[:, 0], [0]], 0), [examples, *kept, space[m + 1]]
        cut = array_ops.slice(reshape(moved, [examples, *joined, space[m + 1]]), begin, size)
        return reshape(cut, concat([[examples, *kept], sizes[m + 1 :]], 0))


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
        base = creation.zeros([block.shape.num_elements(), 2], "int32") if base_paddings is None else base_paddings
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
