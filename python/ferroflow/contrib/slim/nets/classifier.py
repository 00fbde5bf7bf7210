"""What networks that end in convolutions of a whole image have in common."""

from ....array_ops import squeeze
from ....initializers import Constant, TruncatedNormal, Zeros
from ....nn import relu
from ....variable_scope import variable_scope
from ... import layers
from ...arguments import arg_scope
from ...layers.utils import convert_collection_to_dict


def scope_of_layers(weight_decay, pooling, biases):
    """The scope of arguments of such a network."""
    regularizer = layers.l2_regularizer(weight_decay)
    both = [layers.conv2d, layers.fully_connected]
    with arg_scope(both, activation_fn=relu, weights_regularizer=regularizer, biases_initializer=biases):
        with arg_scope([layers.conv2d], padding="SAME") as scope:
            if pooling is None:
                return scope
            with arg_scope([layers.max_pool2d], padding=pooling) as scope:
                return scope


def classifier(inputs, features, head, num_classes, is_training, keep_prob, spatial_squeeze, scope, narrow):
    """Logits of `features(inputs)`, by convolutions with `head`, sizes and window of the first and size of the second, and the
    end points by name; with `narrow` these start from smaller weights."""
    with variable_scope(scope[0], scope[1], [inputs]) as entered:
        ends = entered.original_name_scope + "_end_points"
        with arg_scope([layers.conv2d, layers.fully_connected, layers.max_pool2d], outputs_collections=[ends]):
            net = features(inputs)
            start = dict(weights_initializer=TruncatedNormal(stddev=0.005), biases_initializer=Constant(0.1))
            with arg_scope([layers.conv2d], **(start if narrow else {})):
                size, window, second = head
                net = layers.conv2d(net, size, window, padding="VALID", scope="fc6")
                net = layers.dropout(net, keep_prob, is_training=is_training, scope="dropout6")
                net = layers.conv2d(net, second, [1, 1], scope="fc7")
                net = layers.dropout(net, keep_prob, is_training=is_training, scope="dropout7")
                last = dict(biases_initializer=Zeros()) if narrow else {}
                net = layers.conv2d(
                    net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="fc8", **last
                )
        end_points = convert_collection_to_dict(ends)
        if spatial_squeeze:
            net = squeeze(net, [1, 2], name="fc8/squeezed")
            end_points[entered.name + "/fc8"] = net
        return net, end_points
