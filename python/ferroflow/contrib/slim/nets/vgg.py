"""Networks of small filters (Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556)."""

from ....initializers import Zeros
from ....later import absent as _absent
from ... import layers
from .classifier import classifier, scope_of_layers

__all__ = ["vgg_16", "vgg_19", "vgg_a", "vgg_arg_scope"]


def vgg_arg_scope(weight_decay=0.0005):
    """The scope of arguments of these networks."""
    return scope_of_layers(weight_decay, None, Zeros())


def _vgg(name, counts):
    def features(net):
        for k, (count, size) in enumerate(zip(counts, (64, 128, 256, 512, 512)), 1):
            net = layers.repeat(net, count, layers.conv2d, size, [3, 3], scope=f"conv{k}")
            net = layers.max_pool2d(net, [2, 2], scope=f"pool{k}")
        return net

    def network(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope=name):
        head = 4096, [7, 7], 4096
        given = num_classes, is_training, dropout_keep_prob, spatial_squeeze, (scope, name), False
        return classifier(inputs, features, head, *given)

    network.__name__ = network.__qualname__ = name
    network.__doc__ = (
        f"Logits, `[batch, num_classes]`, or with their place unless `spatial_squeeze`, of a network of {sum(counts) + 3} layers "
        "for images of 224 × 224 pixels, and its end points by name."
    )
    network.default_image_size = 224
    return network


vgg_a = _vgg("vgg_a", (1, 1, 2, 2, 2))
vgg_16 = _vgg("vgg_16", (2, 2, 3, 3, 3))
vgg_19 = _vgg("vgg_19", (2, 2, 4, 4, 4))

__getattr__ = _absent(__name__)
