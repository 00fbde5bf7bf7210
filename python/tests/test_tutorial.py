"""The tutorial's own code, its blocks in order, not a character changed."""

import pathlib
import re
import subprocess
import sys

import pytest

TUTORIAL = pathlib.Path(__file__).parents[3] / "shared" / "tutorial" / "deep-mnist-for-experts.ko.md"
DATA = TUTORIAL.parents[1] / "mnist"

pytestmark = pytest.mark.skipif(not TUTORIAL.exists(), reason="the tutorial is not here")


def blocks():
    return re.findall(r"^```python\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run_program(directory, source, *options):
    """What the program prints, run for `tensorflow` by `python -m ferroflow` beside the data."""
    (directory / "program.py").write_text(source, encoding="utf-8")
    if DATA.exists():
        (directory / "MNIST_data").symlink_to(DATA)
    command = [sys.executable, "-m", "ferroflow", *options, "program.py"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_softmax_regression(tmp_path):
    first = blocks()[:12]
    assert first[-1].startswith("print(accuracy.eval(")
    assert float(run_program(tmp_path, "".join(first))[-1]) >= 0.91


def test_the_network_is_described_and_takes_a_step(tmp_path):
    """All blocks but the last, which trains; its loop is run once."""
    source = "".join(blocks())
    assert source.count("range(20000)") == 1
    printed = run_program(tmp_path, source.replace("range(20000)", "range(1)"))
    assert re.fullmatch(r"step 0, training accuracy 0\.\d+", printed[-2])
    assert re.fullmatch(r"test accuracy 0\.\d+", printed[-1])


@pytest.mark.slow
def test_the_whole_tutorial(tmp_path):
    printed = run_program(tmp_path, "".join(blocks()))
    assert float(printed[0]) >= 0.91
    assert float(printed[-1].removeprefix("test accuracy ")) >= 0.991
