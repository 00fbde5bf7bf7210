"""Residual networks (He et al. 2015, https://arxiv.org/abs/1512.03385)."""

from ....later import absent as _absent
from ....nn import relu
from ....variable_scope import variable_scope
from ... import layers
from ...arguments import add_arg_scope
from ...layers.utils import collect_named_outputs
from .residual import block_of, conv2d_same, network, of_depth, resnet_arg_scope, subsample

__all__ = [
    "bottleneck",
    "resnet_arg_scope",
    "resnet_v1",
    "resnet_v1_101",
    "resnet_v1_152",
    "resnet_v1_200",
    "resnet_v1_50",
    "resnet_v1_block",
]


@add_arg_scope
def bottleneck(inputs, depth, depth_bottleneck, stride, rate=1, outputs_collections=None, scope=None):
    """A unit of three convolutions, of which the middle one, of `depth_bottleneck`, has the stride and the rate; the inputs, or a
    convolution of them if they have not `depth` channels, are added to what they give."""
    with variable_scope(scope, "bottleneck_v1", [inputs]) as entered:
        if depth == inputs.shape[-1].value:
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = layers.conv2d(inputs, depth, [1, 1], stride=stride, activation_fn=None, scope="shortcut")
        residual = layers.conv2d(inputs, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        residual = conv2d_same(residual, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        residual = layers.conv2d(residual, depth, [1, 1], stride=1, activation_fn=None, scope="conv3")
        return collect_named_outputs(outputs_collections, entered.name, relu(shortcut + residual))


def resnet_v1(
    inputs,
    blocks,
    num_classes=None,
    is_training=True,
    global_pool=True,
    output_stride=None,
    include_root_block=True,
    reuse=None,
    scope=None,
):
    """Logits, `[batch, height, width, num_classes]`, or features if there are no classes, of a residual network of `blocks`, after
    a convolution and pooling with `include_root_block`; and the end points by name. With `global_pool` height and width are 1.
    Raises `ValueError` for an `output_stride` that cannot be."""
    root = lambda net: conv2d_same(net, 64, 7, stride=2, scope="conv1")
    given = inputs, blocks, num_classes, is_training, global_pool, output_stride, include_root_block, reuse
    return network(bottleneck, root, lambda net: net, *given, (scope, "resnet_v1"))


resnet_v1.default_image_size = 224


def resnet_v1_block(scope, base_depth, num_units, stride):
    """The block of `num_units` units of `base_depth · 4` channels, of which the last has the stride."""
    return block_of(bottleneck, scope, base_depth, num_units, stride)


resnet_v1_50 = of_depth(resnet_v1, "resnet_v1_50", (3, 4, 6, 3), resnet_v1_block)
resnet_v1_101 = of_depth(resnet_v1, "resnet_v1_101", (3, 4, 23, 3), resnet_v1_block)
resnet_v1_152 = of_depth(resnet_v1, "resnet_v1_152", (3, 8, 36, 3), resnet_v1_block)
resnet_v1_200 = of_depth(resnet_v1, "resnet_v1_200", (3, 24, 36, 3), resnet_v1_block)

__getattr__ = _absent(__name__)
