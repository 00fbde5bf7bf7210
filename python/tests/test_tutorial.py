"""The tutorial's own code, its blocks in order, not a character changed."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

TUTORIAL = pathlib.Path(__file__).parents[3] / "shared" / "tutorial" / "deep-mnist-for-experts.ko.md"

pytestmark = pytest.mark.skipif(not TUTORIAL.exists(), reason="the tutorial is not here")


def blocks():
    return re.findall(r"^```python\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def run_program(tmp_path, mnist_directory):
    """What a program prints, run for `tensorflow` by `python -m ferroflow` beside the data."""

    def run_program(source):
        (tmp_path / "program.py").write_text(source, encoding="utf-8")
        shutil.copytree(mnist_directory, tmp_path / "MNIST_data")
        done = subprocess.run(
            [sys.executable, "-m", "ferroflow", "program.py"], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run_program


def test_softmax_regression(run_program):
    first = blocks()[:12]
    assert first[-1].startswith("print(accuracy.eval(")
    assert float(run_program("".join(first))[-1]) >= 0.91


def test_the_network_is_described_and_takes_a_step(run_program):
    """All blocks but the last, which trains; its loop is run once."""
    source = "".join(blocks())
    assert source.count("range(20000)") == 1
    printed = run_program(source.replace("range(20000)", "range(1)"))
    assert re.fullmatch(r"step 0, training accuracy 0(\.\d+)?", printed[-2])
    assert re.fullmatch(r"test accuracy 0\.\d+", printed[-1])


@pytest.mark.slow
def test_the_whole_tutorial(run_program):
    printed = run_program("".join(blocks()))
    assert float(printed[0]) >= 0.91
    assert float(printed[-1].removeprefix("test accuracy ")) >= 0.991
