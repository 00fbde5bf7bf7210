"""The network of Sermanet et al. (2013, https://arxiv.org/abs/1312.6229)."""

from ....initializers import Zeros
from ....later import absent as _absent
from ... import layers
from .classifier import classifier, scope_of_layers

__all__ = ["overfeat", "overfeat_arg_scope"]


def overfeat_arg_scope(weight_decay=0.0005):
    """The scope of arguments of this network."""
    return scope_of_layers(weight_decay, "VALID", Zeros())


def _features(net):
    net = layers.conv2d(net, 64, [11, 11], 4, padding="VALID", scope="conv1")
    net = layers.max_pool2d(net, [2, 2], scope="pool1")
    net = layers.conv2d(net, 256, [5, 5], padding="VALID", scope="conv2")
    net = layers.max_pool2d(net, [2, 2], scope="pool2")
    for k, size in ((3, 512), (4, 1024), (5, 1024)):
        net = layers.conv2d(net, size, [3, 3], scope=f"conv{k}")
    return layers.max_pool2d(net, [2, 2], scope="pool5")


def overfeat(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope="overfeat"):
    """Logits, `[batch, num_classes]`, or with their place unless `spatial_squeeze`, for images of 231 × 231 pixels, and the end
    points by name."""
    given = num_classes, is_training, dropout_keep_prob, spatial_squeeze, (scope, "overfeat"), True
    return classifier(inputs, _features, (3072, [6, 6], 4096), *given)


overfeat.default_image_size = 231

__getattr__ = _absent(__name__)
