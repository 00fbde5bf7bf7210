"""Networks of `slim.nets`: their layers, names and sizes."""

import numpy as np
import pytest

import ferroflow as tf

slim = tf.contrib.slim
nets = slim.nets


def sizes():
    return {v.op.name.partition("/")[2]: v.shape.as_list() for v in tf.global_variables()}


@pytest.mark.parametrize(
    "function, scope, side, layers, parameters",
    [
        (nets.vgg.vgg_a, nets.vgg.vgg_arg_scope, 224, 11, 132863336),
        (nets.vgg.vgg_16, nets.vgg.vgg_arg_scope, 224, 16, 138357544),
        (nets.vgg.vgg_19, nets.vgg.vgg_arg_scope, 224, 19, 143667240),
        (nets.alexnet.alexnet_v2, nets.alexnet.alexnet_v2_arg_scope, 224, 8, 50303912),
        (nets.overfeat.overfeat, nets.overfeat.overfeat_arg_scope, 231, 8, 145704424),
    ],
)
def test_networks(function, scope, side, layers, parameters):
    name = function.__name__
    assert function.default_image_size == side
    with slim.arg_scope(scope(0.001)):
        logits, ends = function(tf.placeholder(tf.float32, [2, side, side, 3]), is_training=False)
    assert logits.shape == [2, 1000] and ends[f"{name}/fc8"] is logits and f"{name}/pool5" in ends
    assert logits.op.name == f"{name}/fc8/squeezed"
    assert sum(np.prod(shape) for shape in sizes().values()) == parameters
    assert len(sizes()) == 2 * layers and len(tf.losses.get_regularization_losses()) == layers
    assert sizes()["fc7/weights"][-1] == 4096 and len(tf.model_variables()) == 2 * layers


def test_names_of_end_points():
    with slim.arg_scope(nets.vgg.vgg_arg_scope()):
        images = tf.placeholder(tf.float32, [None, 256, 256, 3])
        logits, ends = nets.vgg.vgg_a(images, 10, spatial_squeeze=False, scope="seen")
    assert logits.shape.as_list() == [None, 2, 2, 10]
    expected = (
        "conv1/conv1_1 pool1 conv2/conv2_1 pool2 conv3/conv3_1 conv3/conv3_2 pool3 conv4/conv4_1 conv4/conv4_2 pool4 "
    )
    expected += "conv5/conv5_1 conv5/conv5_2 pool5 fc6 fc7 fc8"
    assert list(ends) == ["seen/" + end for end in expected.split()]
    assert ends["seen/pool5"].shape.as_list() == [None, 8, 8, 512]


def test_outputs_by_name():
    x = slim.utils.collect_named_outputs("ends", "mine", tf.constant(1.0))
    slim.utils.collect_named_outputs(["ends"], "ours", x)
    y = tf.constant(2.0, name="scope/y")
    tf.add_to_collection("ends", y)
    assert slim.utils.get_tensor_aliases(x) == ["mine", "ours"]
    found = slim.utils.convert_collection_to_dict("ends", clear_collection=True)
    assert dict(found) == {"mine": x, "ours": x, "scope": y} and tf.get_collection("ends") == []
    assert slim.utils.collect_named_outputs(None, "none", y) is y
