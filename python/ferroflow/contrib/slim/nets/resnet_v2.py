"""Residual networks that normalise before their convolutions (He et al. 2016, https://arxiv.org/abs/1603.05027)."""

from ....later import absent as _absent
from ....nn import relu
from ....variable_scope import variable_scope
from ... import layers
from ...arguments import add_arg_scope, arg_scope
from ...layers.utils import collect_named_outputs
from .residual import block_of, conv2d_same, network, of_depth, resnet_arg_scope, subsample

__all__ = [
    "bottleneck",
    "resnet_arg_scope",
    "resnet_v2",
    "resnet_v2_101",
    "resnet_v2_152",
    "resnet_v2_200",
    "resnet_v2_50",
    "resnet_v2_block",
]

_PLAIN = dict(normalizer_fn=None, activation_fn=None)


@add_arg_scope
def bottleneck(inputs, depth, depth_bottleneck, stride, rate=1, outputs_collections=None, scope=None):
    """A unit of three convolutions of the normalised inputs, of which the middle one, of `depth_bottleneck`, has the stride and
    the rate; the inputs, or a convolution of them if they have not `depth` channels, are added to what they give."""
    with variable_scope(scope, "bottleneck_v2", [inputs]) as entered:
        before = layers.batch_norm(inputs, activation_fn=relu, scope="preact")
        if depth == inputs.shape[-1].value:
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = layers.conv2d(before, depth, [1, 1], stride=stride, scope="shortcut", **_PLAIN)
        residual = layers.conv2d(before, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        residual = conv2d_same(residual, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        residual = layers.conv2d(residual, depth, [1, 1], stride=1, scope="conv3", **_PLAIN)
        return collect_named_outputs(outputs_collections, entered.name, shortcut + residual)


def _root(net):
    with arg_scope([layers.conv2d], **_PLAIN):
        return conv2d_same(net, 64, 7, stride=2, scope="conv1")


def _end(net):
    return layers.batch_norm(net, activation_fn=relu, scope="postnorm")


def resnet_v2(
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
    given = inputs, blocks, num_classes, is_training, global_pool, output_stride, include_root_block, reuse
    return network(bottleneck, _root, _end, *given, (scope, "resnet_v2"))


resnet_v2.default_image_size = 224


def resnet_v2_block(scope, base_depth, num_units, stride):
    """The block of `num_units` units of `base_depth · 4` channels, of which the last has the stride."""
    return block_of(bottleneck, scope, base_depth, num_units, stride)


resnet_v2_50 = of_depth(resnet_v2, "resnet_v2_50", (3, 4, 6, 3), resnet_v2_block)
resnet_v2_101 = of_depth(resnet_v2, "resnet_v2_101", (3, 4, 23, 3), resnet_v2_block)
resnet_v2_152 = of_depth(resnet_v2, "resnet_v2_152", (3, 8, 36, 3), resnet_v2_block)
resnet_v2_200 = of_depth(resnet_v2, "resnet_v2_200", (3, 24, 36, 3), resnet_v2_block)

__getattr__ = _absent(__name__)
