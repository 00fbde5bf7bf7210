"""Checkpoints: TensorFlow's files, read and written."""

import os
import pathlib

import numpy as np
import pytest

import ferroflow as tf

FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures" / "checkpoints"


@pytest.fixture
def model():
    """Two variables in a session, initialised."""
    w = tf.Variable([[1.0, 2.0]], name="w")
    n = tf.Variable(3, name="scope/n", dtype=tf.int64)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        yield session, w, n


def test_what_is_saved_is_restored(model, tmp_path):
    session, w, n = model
    saver = tf.train.Saver()
    path = saver.save(session, str(tmp_path / "model"), global_step=7)
    assert path == str(tmp_path / "model-7")
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "model-7.data-00000-of-00001", "model-7.index"]
    session.run([w.assign([[0.0, 0.0]]), n.assign(0)])
    saver.restore(session, path)
    assert session.run(w).tolist() == [[1.0, 2.0]] and session.run(n) == 3
    step = tf.train.get_or_create_global_step()
    session.run(step.assign(12))
    assert saver.save(session, tmp_path / "model", global_step=step).endswith("model-12")
    assert tf.train.latest_checkpoint(tmp_path) == str(tmp_path / "model-12")
    padded = tf.train.Saver(pad_step_number=True).save(session, str(tmp_path / "p"), 5, write_state=False)
    assert padded.endswith("p-00000005")


def test_the_last_are_kept(model, tmp_path):
    session = model[0]
    saver = tf.train.Saver(max_to_keep=2)
    path = str(tmp_path / "m")
    names = [saver.save(session, path, global_step=i) for i in range(4)]
    assert saver.last_checkpoints == names[2:]
    assert [tf.train.checkpoint_exists(name) for name in names] == [False, False, True, True]
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert isinstance(state, tf.train.CheckpointState)
    assert state.model_checkpoint_path == names[3] and list(state.all_model_checkpoint_paths) == names[2:]
    assert (tmp_path / "checkpoint").read_text().startswith(f'model_checkpoint_path: "{names[3]}"\n')
    again = tf.train.Saver(max_to_keep=2)
    again.recover_last_checkpoints(state.all_model_checkpoint_paths)
    assert again.last_checkpoints == names[2:]
    again.save(session, path, global_step=9)
    assert not tf.train.checkpoint_exists(names[2])
    again.set_last_checkpoints([names[3]])
    again.set_last_checkpoints_with_time([(names[3], 1.0)])
    assert again.last_checkpoints == [names[3]]
    assert len(tf.train.get_checkpoint_mtimes(names)) == 1
    everything = tf.train.Saver(max_to_keep=None)
    [everything.save(session, path, global_step=i) for i in range(20, 28)]
    assert tf.train.checkpoint_exists(f"{path}-20")
    tf.train.remove_checkpoint(f"{path}-20")
    assert not tf.train.checkpoint_exists(f"{path}-20")


def test_names_in_a_folder_of_relative_name(model, tmp_path, monkeypatch):
    session = model[0]
    monkeypatch.chdir(tmp_path)
    os.mkdir("logs")
    saver = tf.train.Saver()
    assert saver.save(session, "logs/model", latest_filename="newest") == "logs/model"
    assert (tmp_path / "logs" / "newest").read_text().startswith('model_checkpoint_path: "model"\n')
    assert tf.train.latest_checkpoint("logs", "newest") == "logs/model"
    assert saver.save(session, "here") == "here" and tf.train.latest_checkpoint(".") == "./here"
    tf.train.update_checkpoint_state("logs", "logs/other", all_model_checkpoint_timestamps=[1.5, 2.5])
    state = tf.train.get_checkpoint_state("logs")
    assert state.all_model_checkpoint_timestamps == [1.5, 2.5] and state.last_preserved_timestamp is None
    assert tf.train.latest_checkpoint("logs") is None and tf.train.latest_checkpoint("none") is None
    (tmp_path / "logs" / "checkpoint").write_text("nonsense")
    assert tf.train.get_checkpoint_state("logs") is None


def test_some_variables_under_other_names(model, tmp_path):
    session, w, n = model
    path = tf.train.Saver({"weights": w, "count": n}).save(session, str(tmp_path / "m"), write_meta_graph=False)
    assert tf.train.list_variables(path) == [("count", []), ("weights", [1, 2])]
    assert tf.train.list_variables(tmp_path) == tf.train.list_variables(path)
    assert tf.train.load_variable(path, "count:0") == 3
    session.run([w.assign([[0.0, 0.0]]), n.assign(0)])
    tf.train.Saver({"weights": w}).restore(session, path)
    assert session.run(w).tolist() == [[1.0, 2.0]] and session.run(n) == 0
    with pytest.raises(tf.errors.NotFoundError, match="Key w not found in checkpoint"):
        tf.train.Saver([w]).restore(session, path)
    reader = tf.train.NewCheckpointReader(path)
    assert reader.has_tensor("weights") and not reader.has_tensor("w")
    assert reader.get_variable_to_shape_map() == {"count": [], "weights": [1, 2]}
    assert reader.get_variable_to_dtype_map() == {"count": tf.int64, "weights": tf.float32}
    assert reader.get_tensor("weights").tolist() == [[1.0, 2.0]]
    assert reader.debug_string() == b"count (int64) []\nweights (float32) [1, 2]\n"


def test_what_does_not_fit_changes_nothing(model, tmp_path):
    session, w, n = model
    path = tf.train.Saver().save(session, str(tmp_path / "m"))
    with tf.Graph().as_default(), tf.Session() as other:
        a = tf.Variable([5.0, 6.0], name="w")
        b = tf.Variable(3, name="scope/n", dtype=tf.int64)
        other.run(tf.global_variables_initializer())
        with pytest.raises(
            tf.errors.InvalidArgumentError,
            match=r"^Restoring from checkpoint failed(.|\n)*lhs shape= \[2\] rhs shape= \[1,2\]",
        ):
            tf.train.Saver([b, a]).restore(other, path)
        assert other.run(a).tolist() == [5.0, 6.0]
        tf.train.Saver([a], reshape=True).restore(other, path)
        assert other.run(a).tolist() == [1.0, 2.0]
        missing = "^Restoring from checkpoint failed.*Variable name(.|\n)*Key u not found in checkpoint"
        with pytest.raises(tf.errors.NotFoundError, match=missing):
            tf.train.Saver({"u": a}).restore(other, path)
        c = tf.Variable([[1, 2]], name="c")
        with pytest.raises(tf.errors.InvalidArgumentError, match="expected dtype int32 does not equal"):
            tf.train.Saver({"w": c}).restore(other, path)
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value c"):
            tf.train.Saver().save(other, str(tmp_path / "n"))


def test_mistakes(model, tmp_path):
    session, w, n = model
    saver = tf.train.Saver()
    with pytest.raises(ValueError, match="not a valid checkpoint"):
        saver.restore(session, str(tmp_path / "none"))
    with pytest.raises(ValueError, match="save_path when it is None"):
        saver.restore(session, None)
    with pytest.raises(ValueError, match="Parent directory of .* doesn't exist"):
        saver.save(session, str(tmp_path / "none" / "m"))
    with pytest.raises(ValueError, match="path components"):
        saver.save(session, str(tmp_path / "m"), latest_filename="a/b")
    with pytest.raises(ValueError, match="collides"):
        saver.save(session, str(tmp_path / "checkpoint"))
    with pytest.raises(TypeError, match="must be a Session"):
        saver.save(None, str(tmp_path / "m"))
    with pytest.raises(ValueError, match="same name: w"):
        tf.train.Saver([w, w])
    with pytest.raises(TypeError, match="is not a Variable"):
        tf.train.Saver([tf.constant(1.0)])
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint'"):
        tf.train.load_checkpoint(str(tmp_path))
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files"):
        tf.train.load_checkpoint(str(tmp_path / "none"))
    for function in (tf.train.import_meta_graph, tf.train.export_meta_graph, saver.export_meta_graph):
        with pytest.raises(tf.errors.UnimplementedError, match="MetaGraphDef"):
            function("model.meta")
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="No variables to save"):
            tf.train.Saver()
        empty = tf.train.Saver([], allow_empty=True)
        assert empty.build() is None
    assert tf.train.SaverDef.V2 == 2


def test_damaged_files_are_named(model, tmp_path):
    session = model[0]
    saver = tf.train.Saver()
    path = saver.save(session, str(tmp_path / "m"))
    data = pathlib.Path(f"{path}.data-00000-of-00001")
    data.write_bytes(b"\0" + data.read_bytes()[1:])
    with pytest.raises(tf.errors.DataLossError, match=r"m\.data-00000-of-00001: tensor 'scope/n': the checksum"):
        saver.restore(session, path)
    pathlib.Path(f"{path}.index").write_bytes(b"no table")
    with pytest.raises(tf.errors.DataLossError, match=r"m\.index: too short"):
        saver.restore(session, path)


def test_tensorflows_own_files():
    reader = tf.train.load_checkpoint(str(FIXTURES / "all"))
    assert reader.get_tensor("all/float64").tolist() == [0.0, 1.0, 2.0, 100.0]
    assert reader.get_tensor("all/bfloat16").tolist() == [0.0, 1.0, 2.0, 100.0]
    assert reader.get_tensor("text").tolist() == [[b"", b"a"], ["é".encode(), b"x" * 300]]
    assert reader.get_tensor("empty").shape == (0, 3)
    first = str(FIXTURES / "partitioned_first")
    in_parts = tf.fixed_size_partitioner(4)
    assert in_parts([6, 4], dtype=tf.float32) == [4, 1] and tf.fixed_size_partitioner(9, axis=1)([6, 4]) == [1, 4]
    by_bytes, by_axis = tf.variable_axis_size_partitioner(1000), tf.variable_axis_size_partitioner(1000, axis=1)
    assert by_bytes([100, 20], dtype=tf.float32) == [9, 1] and by_axis([100, 20], dtype=tf.float32) == [1, 10]
    assert tf.variable_axis_size_partitioner(1000, max_shards=3)([100, 20], dtype=tf.float32) == [3, 1]
    by_slices = tf.min_max_variable_partitioner(8, axis=1, min_slice_size=1000)
    assert by_slices([100, 20], dtype=tf.float32) == [1, 8]
    assert tf.min_max_variable_partitioner(4)([100, 20], dtype=tf.float32) == [1, 1]
    table = tf.get_variable("table0", [6, 4], partitioner=in_parts)
    with tf.Session() as session:
        tf.train.Saver().restore(session, first)
        np.testing.assert_array_equal(session.run(table).ravel(), np.arange(24))
    assert tf.train.checkpoint_exists(str(FIXTURES / "sharded_first-?????-of-00002"))


def test_checkpoints_as_they_appear(tmp_path):
    v = tf.Variable(1.0)
    saver, folder, seen = tf.train.Saver(), str(tmp_path), []
    with tf.Session() as session:
        session.run(v.initializer)
        assert tf.contrib.training.wait_for_new_checkpoint(folder, timeout=0, seconds_to_sleep=0.01) is None
        first = saver.save(session, folder + "/model", 1)
        for path in tf.train.checkpoints_iterator(folder, timeout=0):
            seen.append(path)
            if len(seen) == 1:
                second = saver.save(session, folder + "/model", 2)
        assert seen == [first, second]
        again = iter([False, True])
        paths = tf.train.checkpoints_iterator(folder, timeout=0, timeout_fn=lambda: next(again))
        assert list(paths) == [second]
        assert tf.contrib.training.checkpoints_iterator is tf.train.checkpoints_iterator
