"""Residual blocks, and networks of them."""

import collections

from ....array_ops import pad
from ....graph import GraphKeys
from ....reductions import reduce_mean
from ....nn import relu
from ....variable_scope import variable_scope
from ... import layers
from ...arguments import add_arg_scope, arg_scope
from ...layers.utils import collect_named_outputs, convert_collection_to_dict

__all__ = ["Block", "conv2d_same", "resnet_arg_scope", "stack_blocks_dense", "subsample"]


class Block(collections.namedtuple("Block", ["scope", "unit_fn", "args"])):
    """A block of a residual network: its scope, the function of its units, and the arguments of each, dictionaries."""

    __slots__ = ()


def subsample(inputs, factor, scope=None):
    """Every `factor`-th pixel."""
    return inputs if factor == 1 else layers.max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


def conv2d_same(inputs, num_outputs, kernel_size, stride, rate=1, scope=None):
    """A convolution whose padding does not depend on the size of images, as with `SAME` it does for strides."""
    if stride == 1:
        return layers.conv2d(inputs, num_outputs, kernel_size, stride=1, rate=rate, padding="SAME", scope=scope)
    reach = (kernel_size - 1) * rate
    around = [reach // 2, reach - reach // 2]
    padded = pad(inputs, [[0, 0], around, around, [0, 0]])
    return layers.conv2d(padded, num_outputs, kernel_size, stride=stride, rate=rate, padding="VALID", scope=scope)


@add_arg_scope
def stack_blocks_dense(net, blocks, output_stride=None, outputs_collections=None):
    """The blocks one after the other. From where the stride would be more than `output_stride` on, filters are dilated instead.
    Raises `ValueError` if that stride is not met."""
    stride = rate = 1
    for block in blocks:
        with variable_scope(block.scope, "block", [net]) as entered:
            for i, unit in enumerate(block.args, 1):
                if output_stride is not None and stride > output_stride:
                    raise ValueError("The target output_stride cannot be reached.")
                with variable_scope(f"unit_{i}", values=[net]):
                    if output_stride is not None and stride == output_stride:
                        net = block.unit_fn(net, rate=rate, **{**unit, "stride": 1})
                        rate *= unit.get("stride", 1)
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        stride *= unit.get("stride", 1)
            net = collect_named_outputs(outputs_collections, entered.name, net)
    if output_stride is not None and stride != output_stride:
        raise ValueError("The target output_stride cannot be reached.")
    return net


def resnet_arg_scope(weight_decay=0.0001, batch_norm_decay=0.997, batch_norm_epsilon=1e-5, batch_norm_scale=True):
    """The scope of arguments of residual networks."""
    normal = dict(
        decay=batch_norm_decay,
        epsilon=batch_norm_epsilon,
        scale=batch_norm_scale,
        updates_collections=GraphKeys.UPDATE_OPS,
    )
    convolutions = dict(
        weights_regularizer=layers.l2_regularizer(weight_decay),
        weights_initializer=layers.variance_scaling_initializer(),
        activation_fn=relu,
        normalizer_fn=layers.batch_norm,
        normalizer_params=normal,
    )
    with arg_scope([layers.conv2d], **convolutions), arg_scope([layers.batch_norm], **normal):
        with arg_scope([layers.max_pool2d], padding="SAME") as scope:
            return scope


def block_of(unit, scope, base_depth, num_units, stride):
    """The block of so many units, of which the last has the stride."""
    of = lambda stride: {"depth": base_depth * 4, "depth_bottleneck": base_depth, "stride": stride}
    return Block(scope, unit, [of(1)] * (num_units - 1) + [of(stride)])


def network(unit, root, end, inputs, blocks, num_classes, is_training, global_pool, stride, has_root, reuse, scope):
    """Logits, or what the blocks give, and the end points by name: `root` and `end` are what comes before and after the blocks,
    `scope` that of the network and its default."""
    with variable_scope(scope[0], scope[1], [inputs], reuse=reuse) as entered:
        ends = entered.original_name_scope + "_end_points"
        with (
            arg_scope([layers.conv2d, unit, stack_blocks_dense], outputs_collections=ends),
            arg_scope([layers.batch_norm], is_training=is_training),
        ):
            net = inputs
            if has_root:
                if stride is not None:
                    if stride % 4:
                        raise ValueError("The output_stride needs to be a multiple of 4.")
                    stride //= 4
                net = layers.max_pool2d(root(net), [3, 3], stride=2, scope="pool1")
            net = end(stack_blocks_dense(net, blocks, stride))
            if global_pool:
                net = reduce_mean(net, [1, 2], True, name="pool5")
            if num_classes is not None:
                options = dict(activation_fn=None, normalizer_fn=None)
                net = layers.conv2d(net, num_classes, [1, 1], scope="logits", **options)
            end_points = convert_collection_to_dict(ends)
            if num_classes is not None:
                end_points["predictions"] = layers.softmax(net, scope="predictions")
            return net, end_points


def of_depth(make, name, counts, block):
    """A network of four blocks of so many units."""

    def resnet(
        inputs,
        num_classes=None,
        is_training=True,
        global_pool=True,
        output_stride=None,
        reuse=None,
        scope=name,
    ):
        strides = 2, 2, 2, 1
        sizes = zip((64, 128, 256, 512), counts, strides)
        blocks = [block(f"block{k}", *size) for k, size in enumerate(sizes, 1)]
        return make(inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope)

    resnet.__name__ = resnet.__qualname__ = name
    resnet.__doc__ = (
        f"`{make.__name__}` of {name.rpartition('_')[2]} layers: logits, `[batch, 1, 1, num_classes]`, or features if there are no "
        "classes, and the end points by name."
    )
    resnet.default_image_size = make.default_image_size
    return resnet
