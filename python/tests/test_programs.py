"""Flags, files, messages and test cases."""

import os

import numpy as np
import pytest

import ferroflow as tf


@pytest.fixture
def flags():
    saved = dict(tf.flags.FLAGS._flags)
    tf.flags.DEFINE_string("name", "x", "A name.")
    tf.flags.DEFINE_integer("steps", 10, "Steps.", lower_bound=0)
    tf.flags.DEFINE_float("rate", 0.5, "The rate.")
    tf.flags.DEFINE_boolean("fast", False, "Whether.")
    tf.flags.DEFINE_bool("slow", True, "Whether not.")
    tf.flags.DEFINE_enum("kind", "a", ["a", "b"], "Which.")
    tf.flags.DEFINE_list("items", "p,q", "Several.")
    yield tf.flags.FLAGS
    tf.flags.FLAGS._flags.clear()
    tf.flags.FLAGS._flags.update(saved)


def test_flags_that_stand_several_times(flags):
    tf.flags.DEFINE_multi_string("word", "a", "Words.")
    tf.flags.DEFINE_multi_integer("number", [1, 2], "Numbers.", upper_bound=9)
    tf.flags.DEFINE_multi_float("share", None, "Shares.")
    tf.flags.DEFINE_multi_enum("sort", ["a"], ["a", "b"], "Sorts.")
    flags(["prog"])
    assert (flags.word, flags.number, flags.share, flags.sort) == (["a"], [1, 2], None, ["a"])
    flags(["prog", "--word=b", "--word", "c", "--number=3", "--share=0.5", "--sort=b", "--sort=a"])
    assert (flags.word, flags.number, flags.share, flags.sort) == (["b", "c"], [3], [0.5], ["b", "a"])
    for wrong in ("--number=10", "--sort=c"):
        with pytest.raises(tf.flags.IllegalFlagValueError, match="flag --"):
            flags(["prog", wrong])


def test_flags_that_are_checked(flags):
    tf.flags.register_validator("steps", lambda n: n % 2 == 0, "steps must be even")
    tf.flags.DEFINE_string("path", None, "A path.")
    tf.flags.mark_flags_as_required(["name", "path"])
    try:
        with pytest.raises(tf.flags.IllegalFlagValueError, match="Flag --path must have a value other than None"):
            flags(["prog"])
        flags(["prog", "--path=p", "--steps=4"])
        with pytest.raises(tf.flags.IllegalFlagValueError, match="flag --steps=3: steps must be even"):
            flags(["prog", "--path=p", "--steps=3"])
        with pytest.raises(tf.flags.IllegalFlagValueError, match="steps must be even"):
            flags.steps = 5
    finally:
        flags._required.clear()
        flags._validators.clear()


def test_flags(flags):
    rest = flags(
        ["prog", "--name=y", "--steps", "3", "--fast", "--noslow", "-rate=2", "--kind=b", "--items=r", "z", "--", "-w"]
    )
    assert rest == ["prog", "z", "-w"]
    assert (flags.name, flags.steps, flags.fast, flags.slow, flags.rate, flags.kind) == ("y", 3, True, False, 2.0, "b")
    assert flags.items == ["r"] and "steps" in flags and flags.is_parsed() and flags.flag_values_dict()["name"] == "y"
    flags.steps = 7
    assert flags.steps == 7 and list(flags)[-1] == "items"
    for arguments, message in [
        (["--steps=x"], "steps"),
        (["--steps=-1"], "not between"),
        (["--kind=c"], "one of <a|b>"),
        (["--nope"], "Unknown command line flag 'nope'"),
        (["--name"], "Missing value"),
        (["--fast=maybe"], "Non-boolean"),
    ]:
        with pytest.raises(tf.flags.Error, match=message.replace("|", r"\|")):
            flags(["prog", *arguments])
    with pytest.raises(AttributeError, match="nope"):
        flags.nope
    with pytest.raises(tf.flags.UnrecognizedFlagError, match="Unknown command line flag 'nope'"):
        flags.nope = 1


def test_programs_print_all_flags(flags, monkeypatch):
    monkeypatch.setattr("sys.argv", ["prog", "--steps=3"])
    monkeypatch.setitem(flags.__dict__, "_parsed", False)
    flags._parse_flags()
    known = flags.__dict__["__flags"]
    assert known is getattr(flags, "__flags") and "{}={}".format("steps", known["steps"]) == "steps=3"
    monkeypatch.setitem(flags.__dict__, "_parsed", False)
    monkeypatch.setattr("sys.argv", ["prog", "--steps=4"])
    assert flags.flag_values_dict()["steps"] == 4


def test_unknown_flags_are_left_to_the_program(flags):
    assert flags(["prog", "--other=1", "-x", "y", "--steps=2", "--", "-w"], known_only=True) == [
        "prog",
        "--other=1",
        "-x",
        "y",
        "--",
        "-w",
    ]
    assert flags.steps == 2 and flags["steps"].value == 2 and flags["steps"].present == 1
    assert flags(["prog", "--undefok=other,more", "--other=1", "--nomore"]) == ["prog"]


def test_flags_are_defined_once_and_fit(flags):
    with pytest.raises(tf.flags.DuplicateFlagError, match="The flag 'name' is defined twice.*: A name."):
        tf.flags.DEFINE_string("name", "y", "Again.")
    for define in (tf.flags.DEFINE_integer, tf.flags.DEFINE_float):
        with pytest.raises(tf.flags.IllegalFlagValueError, match="flag --odd=x"):
            define("odd", "x", "No number.")
    with pytest.raises(tf.flags.IllegalFlagValueError, match=r"flag --odd=c: value should be one of <a\|b>"):
        tf.flags.DEFINE_enum("odd", "c", ["a", "b"], "None of them.")
    tf.flags.DEFINE_string("must", None, "Required.")
    tf.flags.mark_flag_as_required("must")
    with pytest.raises(tf.flags.IllegalFlagValueError, match="--must must have a value other than None"):
        flags(["prog"])
    assert flags(["prog", "--must=x"]) == ["prog"] and isinstance(flags, tf.flags.FlagValues)
    flags._required.clear()


def test_app(flags):
    seen = []
    with pytest.raises(SystemExit) as ended:
        tf.app.run(lambda argv: seen.append((argv, flags.steps)) or 3, ["prog", "--steps=5", "--other", "rest"])
    assert seen == [(["prog", "--other", "rest"], 5)] and ended.value.code == 3
    assert tf.app.flags.FLAGS is tf.flags.FLAGS


def test_files(tmp_path):
    path = str(tmp_path / "a" / "b")
    tf.gfile.MakeDirs(path)
    tf.gfile.MakeDirs(path)
    with tf.gfile.Open(path + "/f", "w") as file:
        file.write("text")
    with tf.gfile.GFile(path + "/f") as file:
        assert file.read() == "text"
    tf.gfile.Copy(path + "/f", path + "/g")
    tf.gfile.Rename(path + "/g", path + "/h")
    assert sorted(tf.gfile.ListDirectory(path)) == ["f", "h"] and tf.gfile.Glob(path + "/*") == [
        path + "/f",
        path + "/h",
    ]
    assert tf.gfile.Exists(path) and tf.gfile.IsDirectory(path) and tf.gfile.Stat(path + "/f").st_size == 4
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.Copy(path + "/f", path + "/h")
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.MkDir(path)
    tf.gfile.Remove(path + "/h")
    assert [files for _, _, files in tf.gfile.Walk(path)] == [["f"]]
    tf.gfile.DeleteRecursively(str(tmp_path / "a"))
    with pytest.raises(tf.errors.NotFoundError):
        tf.gfile.FastGFile(path + "/f")
    assert not os.path.exists(path)


def test_messages(capfd):
    verbosity = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.INFO)
    tf.logging.info("said %d", 1)
    tf.logging.debug("not said")
    for _ in range(4):
        tf.logging.log_first_n(tf.logging.WARN, "first", 1)
        tf.logging.log_every_n(tf.logging.ERROR, "every", 2)
    tf.logging.flush()
    tf.logging.set_verbosity(verbosity)
    lines = [r.split(":", 1)[1] for r in capfd.readouterr().err.splitlines()]
    assert lines in ([], ["tensorflow:said 1", "tensorflow:first", "tensorflow:every", "tensorflow:every"])


class CaseOfTests(tf.test.TestCase):
    """What a test case of a program looks like."""

    __test__ = False

    def runTest(self):
        with self.test_session() as session:
            x = tf.constant([1.0, 2.0])
            self.assertAllClose(x, [1.0, 2.0 + 1e-7])
            self.assertAllEqual(self.evaluate(x), [1.0, 2.0])
            self.assertAllClose({"a": [np.ones(2), 2.0]}, {"a": [[1.0, 1.0], 2.0]})
            self.assertAllCloseAccordingToType(np.float16([1.0]), [1.0005])
            self.assertNear(1.0, 1.1, 0.2)
            self.assertArrayNear([1.0], [1.1], 0.2)
            self.assertShapeEqual(np.zeros([2]), x)
            self.assertDTypeEqual(x, np.float32)
            with self.assertRaises(AssertionError):
                self.assertAllClose(x, [1.0, 3.0])
            with self.assertRaisesOpError("uninitialized"):
                session.run(tf.Variable(1.0))
            with self.assertRaisesWithPredicateMatch(ValueError, lambda e: "differ" in str(e)):
                tf.matmul(tf.zeros([1, 2]), tf.zeros([1, 2]))
        with self.cached_session() as again:
            assert again is session
        with self.session(graph=tf.Graph()) as other:
            assert other is not session
        assert os.path.isdir(self.get_temp_dir())


def test_test_cases():
    result = CaseOfTests().run()
    assert result.wasSuccessful(), result.failures + result.errors
    assert os.path.isdir(tf.test.get_temp_dir()) and callable(tf.test.main)
    assert not tf.test.is_gpu_available() and not tf.test.is_built_with_cuda() and tf.test.gpu_device_name() == ""


def test_derivatives_by_differences():
    x = tf.placeholder(tf.float64, [2])
    y = tf.square(x)
    with tf.Session():
        by_graph, by_differences = tf.test.compute_gradient(x, [2], y, [2], np.array([1.0, 3.0]))
        np.testing.assert_allclose(by_graph, [[2.0, 0.0], [0.0, 6.0]])
        np.testing.assert_allclose(by_differences, by_graph, atol=1e-8)
        assert tf.test.compute_gradient_error(x, [2], y, [2]) < 1e-8
        assert tf.test.compute_gradient_error([x, x], [[2], [2]], tf.stop_gradient(y), [2], [np.ones(2)] * 2) > 1.0


def test_data(mnist_directory, tmp_path):
    from ferroflow.contrib.learn import datasets
    from ferroflow.examples.tutorials.mnist import input_data

    mnist = input_data.read_data_sets(mnist_directory, one_hot=True)
    assert [s.num_examples for s in mnist] == [55000, 5000, 10000]
    assert mnist.test.images.shape == (10000, 784) and mnist.test.images.dtype == np.float32
    assert mnist.test.images is mnist.test.images and mnist.test.labels[0].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    images, labels = mnist.validation.next_batch(100)
    assert images.shape == (100, 784) and labels.shape == (100, 10) and 0 <= images.min() and images.max() == 1.0
    again = input_data.read_data_sets(str(mnist_directory), one_hot=True).validation.next_batch(100)
    assert (again[0] == images).all()
    for _ in range(50):
        mnist.validation.next_batch(100)
    assert mnist.validation.epochs_completed == 1
    plain = input_data.read_data_sets(mnist_directory, dtype=tf.uint8, reshape=False, validation_size=0)
    first = plain.test.next_batch(2, shuffle=False)
    assert first[0].shape == (2, 28, 28, 1) and first[0].dtype == np.uint8 and first[1].tolist() == [7, 2]
    assert datasets.mnist.load_mnist(mnist_directory).train.num_examples == 55000
    with pytest.raises(ValueError, match="not found"):
        datasets.load_dataset("nope")
    with pytest.raises(ValueError, match="a batch of 10001"):
        mnist.test.next_batch(10001)
    with pytest.raises(TypeError, match="Invalid image dtype"):
        input_data.read_data_sets("", dtype=tf.int32)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises((OSError, ValueError)):
        input_data.read_data_sets(tmp_path)
