"""Residual networks of `slim.nets`: names, sizes, strides and gaps."""

import numpy as np
import pytest

import ferroflow as tf

slim = tf.contrib.slim
nets = slim.nets
V1, V2 = nets.resnet_v1, nets.resnet_v2


def images(side, channels=3):
    shape = [2, side, side, channels]
    return tf.constant(np.sin(np.arange(np.prod(shape)) * 0.7).reshape(shape), tf.float32)


@pytest.mark.parametrize(
    "function, trained", [(V1.resnet_v1_50, 25557032), (V2.resnet_v2_50, 25568360)], ids=["v1", "v2"]
)
def test_networks_of_fifty_layers(function, trained):
    name = function.__name__
    assert function.default_image_size == 224
    with slim.arg_scope(nets.resnet_utils.resnet_arg_scope()):
        logits, ends = function(tf.placeholder(tf.float32, [None, 224, 224, 3]), 1000, is_training=False)
    assert logits.shape.as_list() == [None, 1, 1, 1000] and ends["predictions"].op.name.endswith("predictions/Softmax")
    assert sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables()) == trained
    for k, side, depth in ((1, 28, 256), (2, 14, 512), (3, 7, 1024), (4, 7, 2048)):
        assert ends[f"{name}/block{k}"].shape.as_list() == [None, side, side, depth]
    unit = f"{name}/block1/unit_1/bottleneck_{name[7:9]}"
    assert {unit, *(f"{unit}/{end}" for end in ("shortcut", "conv1", "conv2", "conv3")), f"{name}/logits"} < set(ends)
    assert all(end == "predictions" or end.startswith(name) for end in ends) and len(ends) == 16 + 4 + 53 + 2
    names = {v.op.name for v in tf.global_variables()}
    assert f"{name}/block3/unit_6/bottleneck_{name[7:9]}/conv2/BatchNorm/moving_mean" in names
    assert (f"{name}/postnorm/gamma" in names) == (name[7:9] == "v2")


@pytest.mark.parametrize("module, version", [(V1, "v1"), (V2, "v2")], ids=["v1", "v2"])
def test_small_networks(module, version, run):
    make, block = getattr(module, f"resnet_{version}"), getattr(module, f"resnet_{version}_block")
    blocks = [block("block1", 1, 2, 2), block("block2", 2, 2, 2), block("block3", 4, 1, 1)]
    x = images(33)
    with slim.arg_scope(module.resnet_arg_scope()), tf.variable_scope("net") as scope:
        strided, _ = make(x, blocks, is_training=False, global_pool=False, scope="small")
        dense, _ = make(x, blocks, is_training=False, global_pool=False, output_stride=4, reuse=True, scope="small")
        logits, ends = make(x, blocks, 5, reuse=tf.AUTO_REUSE, scope="small")
    assert strided.shape == [2, 3, 3, 16] and dense.shape == [2, 9, 9, 16] and logits.shape == [2, 1, 1, 5]
    # With gaps in place of strides the same features are seen at more places.
    a, b, p = run([strided, dense, ends["predictions"]])
    np.testing.assert_allclose(b[:, ::4, ::4], a, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(p.sum(-1), np.ones([2, 1, 1]), rtol=1e-5)
    assert scope.name == "net" and len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) > 0
    with pytest.raises(ValueError, match="multiple of 4"):
        make(x, blocks, output_stride=6, scope="other")
    with pytest.raises(ValueError, match="cannot be reached"):
        make(x, blocks, output_stride=64, scope="third")


def test_units(run):
    x = images(6, 4)
    with slim.arg_scope(nets.resnet_utils.resnet_arg_scope()):
        plain = V1.bottleneck(x, 4, 2, 2)
        before = V2.bottleneck(x, 8, 2, 2, outputs_collections="ends")
    assert plain.shape == [2, 3, 3, 4] and before.shape == [2, 3, 3, 8] and tf.get_collection("ends") == [before]
    assert run(plain).min() >= 0.0
    assert slim.utils.get_tensor_aliases(before) == ["bottleneck_v2"]
    block = V1.resnet_v1_block("b", 2, 2, 2)
    assert isinstance(block, nets.resnet_utils.Block) and [unit["stride"] for unit in block.args] == [1, 2]
    x = images(7)
    np.testing.assert_array_equal(run(nets.resnet_utils.subsample(x, 2)), run(x)[:, ::2, ::2])
    assert nets.resnet_utils.subsample(x, 1) is x
    options = dict(weights_initializer=tf.ones_initializer(), activation_fn=None)
    with slim.arg_scope([slim.conv2d], **options):
        same = nets.resnet_utils.conv2d_same(x, 1, 3, 1, scope="c")
        strided = nets.resnet_utils.conv2d_same(x, 1, 3, 2, scope="d")
    a, b = run([same, strided])
    np.testing.assert_allclose(a[:, ::2, ::2], b, rtol=1e-5, atol=1e-5)
    with slim.arg_scope(nets.resnet_utils.resnet_arg_scope()):
        stacked = nets.resnet_utils.stack_blocks_dense(images(8, 8), [V1.resnet_v1_block("b", 2, 2, 2)])
    assert stacked.shape == [2, 4, 4, 8]


def test_deep_networks_are_there():
    for module, version in ((V1, "v1"), (V2, "v2")):
        for depth in (101, 152, 200):
            assert getattr(module, f"resnet_{version}_{depth}").__doc__.startswith(
                f"`resnet_{version}` of {depth} layers"
            )
    assert (
        V1.resnet_v1_101
        and V1.resnet_v1_152
        and V1.resnet_v1_200
        and V2.resnet_v2_101
        and V2.resnet_v2_152
        and V2.resnet_v2_200
    )
