"""What programs use of contrib: scopes of arguments, layers, losses, sequences, training."""

import numpy as np
import pytest

import ferroflow as tf

slim, layers, framework = tf.contrib.slim, tf.contrib.layers, tf.contrib.framework
ONES = tf.ones_initializer()


def names(variables=None):
    return [v.op.name for v in (tf.global_variables() if variables is None else variables)]


def test_scopes_of_arguments():
    @slim.add_arg_scope
    def told(x, a=1, b=2):
        return x, a, b

    with slim.arg_scope([told], a=5) as outer:
        assert told(0) == (0, 5, 2) and told(0, a=7) == (0, 7, 2)
        with framework.arg_scope([told], b=6):
            assert told(0) == (0, 5, 6)
        assert framework.current_arg_scope() is outer
    with slim.arg_scope(outer):
        assert told(0) == (0, 5, 2)
    assert told(0) == (0, 1, 2) and framework.has_arg_scope(told) and not framework.has_arg_scope(names)
    assert framework.arg_scoped_arguments(told) == ("a", "b")
    with pytest.raises(ValueError, match="not decorated"):
        with slim.arg_scope([names], a=1):
            pass


def test_a_network_of_slim(run):
    images = tf.ones([2, 4, 4, 1])
    with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(0.1)):
        net = slim.repeat(images, 2, slim.conv2d, 3, [3, 3], scope="conv")
        net = slim.flatten(slim.max_pool2d(net, [2, 2], scope="pool"), scope="flat")
        net = slim.stack(net, slim.fully_connected, [5, 4], scope="fc")
        net = slim.dropout(net, is_training=False)
        logits = slim.linear(
            net, 2, scope="logits", outputs_collections="ends", variables_collections={"biases": ["b"]}
        )
    assert names()[:4] == ["conv/conv_1/weights", "conv/conv_1/biases", "conv/conv_2/weights", "conv/conv_2/biases"]
    assert names()[4:] == [f"{s}/{v}" for s in ("fc/fc_1", "fc/fc_2", "logits") for v in ("weights", "biases")]
    assert tf.get_collection("ends") == [logits] and logits.op.name == "logits/BiasAdd"
    assert names(tf.get_collection("b")) == ["logits/biases"]
    assert len(tf.losses.get_regularization_losses()) == 5 and run(logits).shape == (2, 2)


def test_variables(run):
    with tf.variable_scope("a"):
        first = slim.variable("w", [2], initializer=ONES)
        second = slim.model_variable("v", [], initializer=ONES, trainable=False)
    local = slim.local_variable(1.0, name="l")
    assert slim.get_variables("a") == [first, second] and slim.get_variables(suffix="w") == [first]
    assert slim.get_model_variables() == [second] and slim.get_local_variables() == [local]
    assert slim.get_trainable_variables() == [first] and slim.get_unique_variable("a/w") is first
    assert slim.get_variables_by_name("w") == slim.get_variables_by_suffix("w") == [first]
    assert slim.get_variables_to_restore(exclude=["a/v"]) == [first]
    assert slim.filter_variables([first, second], exclude_patterns=["w"]) == [second]
    slim.add_model_variable(first)
    slim.add_model_variable(first)
    assert slim.get_model_variables() == [second, first]
    with pytest.raises(ValueError, match="does not exist"):
        slim.get_unique_variable("b")


def test_values_assigned(tmp_path):
    first, second = tf.Variable(1.0, name="first"), tf.Variable(2.0, name="second")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver([first]).save(session, str(tmp_path / "model"))
        update, feeds = slim.assign_from_values({"first": 5.0})
        session.run(update, feeds)
        slim.assign_from_values_fn({"second": 6.0})(session)
        assert session.run([first, second]) == [5.0, 6.0]
        slim.assign_from_checkpoint_fn(path, [first, second], ignore_missing_vars=True)(session)
        assert session.run(first) == 1.0
        update, feeds = slim.assign_from_checkpoint(path, {"first": second})
        session.run(update, feeds)
        assert session.run(second) == 1.0
    assert slim.assign_from_checkpoint_fn(path, [second], ignore_missing_vars=True) is None
    assert framework.is_tensor(first) and framework.list_variables(path) == [("first", [])]


def test_layers(check):
    x = tf.constant([[1.0, 2.0, 6.0]])
    check(layers.layer_norm(x), [[-0.9258201, -0.4629101, 1.3887302]])
    check(layers.unit_norm([[3.0, 4.0]], 1), [[0.6, 0.8]])
    check(layers.bias_add(x, tf.nn.relu, initializer=tf.constant_initializer(-2.0)), [[0.0, 0.0, 4.0]])
    check(layers.relu(x, 1, weights_initializer=ONES), [[9.0]])
    check(layers.relu6(x, 1, weights_initializer=ONES), [[6.0]])
    check(layers.convolution1d(tf.ones([1, 4, 1]), 1, 2, weights_initializer=ONES, padding="VALID"), [[[2.0]] * 3])
    check(layers.conv1d(tf.ones([1, 2, 1]), 1, 2, 2, weights_initializer=ONES), [[[2.0]]])
    image = tf.ones([1, 2, 2, 1])
    for up in (layers.convolution2d_transpose, layers.conv2d_transpose):
        check(up(image, 1, 2, 2, weights_initializer=ONES), np.ones([1, 4, 4, 1]))
    check(layers.convolution(image, 1, 2, 2, weights_initializer=ONES), [[[[4.0]]]])
    check(layers.embed_sequence([[0, 1]], 2, 3, initializer=ONES), np.ones([1, 2, 3]))
    normal = layers.batch_norm(tf.constant([[1.0], [3.0]]), outputs_collections="normal", updates_collections=None)
    assert tf.get_collection("normal") == [normal]
    assert names()[:3] == ["LayerNorm/beta", "LayerNorm/gamma", "BiasAdd/biases"]
    with pytest.raises(ValueError, match="vocab size"):
        layers.embed_sequence([[0, 1]])


def test_a_softmax_by_its_scope(check):
    x = tf.contrib.slim.softmax(tf.constant([[[0.0, 0.0]]]), scope="probabilities")
    check(x, [[[0.5, 0.5]]])
    assert x.name.startswith("probabilities/")


def test_penalties(check):
    both = layers.sum_regularizer([layers.l1_regularizer(1.0), None, layers.l2_regularizer(2.0)])
    check(both(tf.constant([1.0, -2.0])), 8.0)
    assert layers.sum_regularizer([None]) is None
    check(layers.apply_regularization(both, [tf.constant([1.0, -2.0]), tf.constant([1.0])]), 10.0)
    assert len(tf.losses.get_regularization_losses()) == 1
    with pytest.raises(ValueError, match="No weights"):
        layers.apply_regularization(both)


@pytest.mark.parametrize(
    "optimizer", ["SGD", tf.train.GradientDescentOptimizer, tf.train.GradientDescentOptimizer(0.1)]
)
def test_optimizing_a_loss(optimizer):
    weight, step = tf.Variable([3.0, 4.0], name="w"), tf.train.create_global_step()
    train = layers.optimize_loss(
        tf.reduce_sum(weight * weight), step, 0.1, optimizer, clip_gradients=5.0, summaries=layers.OPTIMIZER_SUMMARIES
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(train) == 25.0 and session.run(step) == 1
        assert session.run(weight).tolist() == pytest.approx([2.7, 3.6])
    assert len(tf.get_collection(tf.GraphKeys.SUMMARIES)) == 5


def test_optimizing_a_loss_with_settings():
    weight, step = tf.Variable(3.0, name="w"), tf.train.create_global_step()
    given = dict(gradient_multipliers={"w": 0.5}, learning_rate_decay_fn=lambda rate, _: rate / 2)
    train = layers.optimize_loss(weight * weight, step, 0.2, "SGD", increment_global_step=False, **given)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run([weight, step]) == [pytest.approx(2.7), 0]
    assert sorted(layers.OPTIMIZER_CLS_NAMES) == ["Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp", "SGD"]
    with pytest.raises(ValueError, match="should be one of"):
        layers.optimize_loss(weight * weight, step, 0.1, "Best")


def test_losses_with_predictions_first(check, run):
    losses = tf.contrib.losses
    p, z = tf.constant([[1.0, 4.0]]), tf.constant([[1.0, 2.0]])
    check(losses.absolute_difference(p, z), 1.0)
    check(losses.mean_squared_error(p, z, 2.0), 4.0)
    check(losses.mean_pairwise_squared_error(p, z), 4.0)
    check(losses.log_loss([[0.5]], [[1.0]]), 0.6931470)
    check(losses.hinge_loss([[2.0, 0.5]], [[1.0, 1.0]]), [[0.0, 0.5]])
    check(losses.cosine_distance([[0.6, 0.8]], [[0.0, 1.0]], 1), 0.2)
    check(losses.sigmoid_cross_entropy([[0.0]], [[1.0]]), 0.6931472)
    check(losses.softmax_cross_entropy([[0.0, 0.0]], [[1.0, 0.0]]), 0.6931472)
    check(losses.sparse_softmax_cross_entropy([[0.0, 0.0]], [1]), 0.6931472)
    assert len(losses.get_losses()) == 8 and losses.get_regularization_losses() == []
    losses.add_loss(losses.compute_weighted_loss([1.0], loss_collection=None))
    assert run(losses.get_total_loss()) == pytest.approx(1 + 4 + 4 + 0.2 + 4 * 0.6931472 + 1, rel=1e-5)


def test_sequences(check, run):
    old, logits = tf.contrib.legacy_seq2seq, tf.zeros([2, 4])
    each = old.sequence_loss_by_example([logits] * 2, [tf.constant([0, 1])] * 2, [tf.ones([2]), tf.zeros([2])])
    check(each, [np.log(4.0)] * 2)
    check(old.sequence_loss([logits] * 2, [tf.constant([0, 1])] * 2, [tf.ones([2])] * 2), np.log(4.0))
    stacked = tf.zeros([2, 3, 4])
    new = tf.contrib.seq2seq.sequence_loss
    check(new(stacked, tf.zeros([2, 3], tf.int32), tf.ones([2, 3])), np.log(4.0))
    check(new(stacked, tf.zeros([2, 3], tf.int32), tf.ones([2, 3]), False), [np.log(4.0)] * 3)
    with pytest.raises(ValueError, match="same"):
        old.sequence_loss([logits], [], [])
    with pytest.raises(ValueError, match="3-dimensional"):
        new(logits, tf.zeros([2, 3], tf.int32), tf.ones([2, 3]))


def test_decoders(run):
    old, cell = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell.BasicRNNCell(3)
    inputs, start = [tf.ones([2, 3])] * 2, cell.zero_state(2, tf.float32)
    outputs, state = old.rnn_decoder(inputs, start, cell, loop_function=lambda previous, i: previous * 0.0)
    assert len(outputs) == 2 and names() == [f"rnn_decoder/basic_rnn_cell/{v}" for v in ("kernel", "bias")]
    last, kept = run([outputs[1], state])
    assert (last == kept).all()
    symbols = [tf.constant([0, 1])] * 3
    projection = tf.ones([3, 4]), tf.zeros([4])
    cell = tf.nn.rnn_cell.BasicRNNCell(3)
    outputs, _ = old.embedding_rnn_decoder(symbols, start, cell, 4, 5, projection, feed_previous=True)
    assert [o.shape.as_list() for o in outputs] == [[2, 3]] * 3
    outputs, _ = old.basic_rnn_seq2seq(inputs, inputs, tf.nn.rnn_cell.GRUCell(3))
    assert len(outputs) == 2
    before = len(tf.global_variables())
    old.tied_rnn_seq2seq(inputs, inputs, tf.nn.rnn_cell.BasicRNNCell(3))
    assert len(tf.global_variables()) == before + 2


def test_settings():
    settings = tf.contrib.training.HParams(rate=0.1, sizes=[1, 2], name="x", deep=False)
    settings.parse("rate=2,sizes=[3,4],deep=true")
    assert settings.values() == {"rate": 2.0, "sizes": [3, 4], "name": "x", "deep": True}
    settings.set_hparam("rate", 3)
    settings.add_hparam("more", 1)
    settings.override_from_dict({"name": "y"}).parse_json('{"more": 2}')
    assert (settings.rate, settings.name, settings.get("more"), "more" in settings) == (3.0, "y", 2, True)
    settings.del_hparam("more")
    assert settings.get("more") is None and '"rate": 3.0' in settings.to_json() and "deep=True" in repr(settings)
    for text in ("depth=1", "rate=much"):
        with pytest.raises(ValueError):
            settings.parse(text)
    with pytest.raises(ValueError, match="reserved"):
        settings.add_hparam("rate", 1)


def test_training_operations():
    training = tf.contrib.training
    weight = tf.Variable(3.0, name="w")
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(tf.Variable(0.0, name="n", trainable=False), 1.0).op)
    clip = training.clip_gradient_norms_fn(1.0)
    train = training.create_train_op(weight * weight, optimizer, transform_grads_fn=clip, summarize_gradients=True)
    pairs = training.multiply_gradients(training.clip_gradient_norms([(tf.constant(4.0), weight)], 2.0), {"w": 3.0})
    assert len(training.add_gradients_summaries(pairs)) == 2
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(train) == 9.0 and session.run(weight) == pytest.approx(2.9)
        assert session.run("n:0") == 1.0 and session.run(tf.train.get_global_step()) == 1
        assert session.run(pairs[0][0]) == 6.0


def test_a_loop_of_training(tmp_path):
    weight = tf.Variable(3.0, name="w")
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    train = slim.learning.create_train_op(weight * weight, optimizer, clip_gradient_norm=1.0)
    assert slim.learning.train(train, str(tmp_path), number_of_steps=3) == pytest.approx(2.8**2)
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("-3")
    assert slim.learning.multiply_gradients is tf.contrib.training.multiply_gradients
    assert slim.learning.clip_gradient_norms and slim.learning.add_gradients_summaries


def test_functions_that_share_their_variables(run):
    def scaled(x, by):
        return x * tf.get_variable("w", [], initializer=tf.constant_initializer(2.0)) * by

    template = tf.make_template("scale", scaled, by=3.0)
    assert template.variable_scope is None and template.variables == []
    assert run([template(1.0), template(5.0)]) == [6.0, 30.0]
    assert names(template.variables) == names(template.trainable_variables) == ["scale/w"]
    assert (template.variable_scope_name, template.name, template.local_variables) == ("scale", "scale", [])
    other = tf.make_template("scale", scaled, create_scope_now_=True, by=1.0)
    assert other.variable_scope_name == "scale_1" and run(other(1.0)) == 2.0
    assert tf.make_template("a", scaled, unique_name_="b", by=1.0)(1.0) is not None and "b/w" in names()

    def growing(name):
        return tf.get_variable(name, [])

    grown = tf.make_template("grown", growing)
    grown("first")
    with pytest.raises(ValueError, match="second"):
        grown("second")


def test_nests():
    nest = tf.contrib.framework.nest
    form = {"b": [1, (2, 3)], "a": 4}
    assert nest.flatten(form) == [4, 1, 2, 3]
    assert nest.pack_sequence_as(form, [1, 2, 3, 4]) == {"b": [2, (3, 4)], "a": 1}
    assert nest.map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)]) == [11, (22,)]
    assert nest.is_sequence([1]) and nest.is_nested({}) and not nest.is_sequence("text")
    nest.assert_same_structure([1, (2,)], [3, (4,)])
    with pytest.raises(ValueError, match="same nested structure"):
        nest.assert_same_structure([1, 2], [3])
    with pytest.raises(ValueError, match="Structure had 4 elements, but flat_sequence had 1 elements"):
        nest.pack_sequence_as(form, [1])


def test_what_the_projector_is_told(tmp_path):
    projector = tf.contrib.tensorboard.plugins.projector
    config = projector.ProjectorConfig(model_checkpoint_path="model.ckpt")
    embedding = config.embeddings.add()
    embedding.tensor_name, embedding.metadata_path = "words/table:0", 'names "all".tsv'
    embedding.sprite.image_path = "digits.png"
    embedding.sprite.single_image_dim.extend([28, 28])
    assert isinstance(embedding, projector.EmbeddingInfo) and isinstance(embedding.sprite, projector.SpriteMetadata)
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        projector.visualize_embeddings(writer, config)
    assert (
        (tmp_path / "projector_config.pbtxt").read_text()
        == """\
model_checkpoint_path: "model.ckpt"
embeddings {
  tensor_name: "words/table:0"
  metadata_path: "names \\"all\\".tsv"
  sprite {
    image_path: "digits.png"
    single_image_dim: 28
    single_image_dim: 28
  }
}
"""
    )
