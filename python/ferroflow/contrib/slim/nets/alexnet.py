"""The network of Krizhevsky (2014, https://arxiv.org/abs/1404.5997)."""

from ....initializers import Constant
from ....later import absent as _absent
from ... import layers
from .classifier import classifier, scope_of_layers

__all__ = ["alexnet_v2", "alexnet_v2_arg_scope"]


def alexnet_v2_arg_scope(weight_decay=0.0005):
    """The scope of arguments of this network."""
    return scope_of_layers(weight_decay, "VALID", Constant(0.1))


def _features(net):
    net = layers.conv2d(net, 64, [11, 11], 4, padding="VALID", scope="conv1")
    net = layers.max_pool2d(net, [3, 3], 2, scope="pool1")
    net = layers.conv2d(net, 192, [5, 5], scope="conv2")
    net = layers.max_pool2d(net, [3, 3], 2, scope="pool2")
    for k, size in ((3, 384), (4, 384), (5, 256)):
        net = layers.conv2d(net, size, [3, 3], scope=f"conv{k}")
    return layers.max_pool2d(net, [3, 3], 2, scope="pool5")


def alexnet_v2(
    inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope="alexnet_v2"
):
    """Logits, `[batch, num_classes]`, or with their place unless `spatial_squeeze`, for images of 224 × 224 pixels, and the end
    points by name."""
    given = num_classes, is_training, dropout_keep_prob, spatial_squeeze, (scope, "alexnet_v2"), True
    return classifier(inputs, _features, (4096, [5, 5], 4096), *given)


alexnet_v2.default_image_size = 224

__getattr__ = _absent(__name__)
