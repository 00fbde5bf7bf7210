"""What is public: every name has its docstring and is used by a test, and stubs are current."""

import importlib
import inspect
import pathlib
import re
import subprocess
import sys

import pytest

import ferroflow as tf

HERE = pathlib.Path(__file__).parent
MODULES = [
    tf,
    tf.app,
    tf.compat,
    tf.contrib.layers,
    tf.dtypes,
    tf.errors,
    tf.flags,
    tf.gfile,
    tf.initializers,
    tf.layers,
    tf.losses,
    tf.nn,
    tf.nn.rnn_cell,
    *(sys.modules["ferroflow." + name] for name in ("cell", "rnn", "rnn_wrappers")),
    *(sys.modules["ferroflow." + name] for name in ("learning_rate", "moving_averages", "optimizer", "training_util")),
    tf.python_io,
    tf.summary,
    tf.test,
    importlib.import_module("ferroflow.saver"),
]


# Errors that no run gives yet: all are made by code in `test_types.py`.
EVERYWHERE = [cls.__name__ for cls in tf.OpError.__subclasses__()]


def public(module):
    """The functions and classes of a module, by name."""
    mine = (lambda m: m.startswith("ferroflow")) if module is tf else (lambda m: m == module.__name__)
    found = ((n, v) for n, v in vars(module).items() if not n.startswith("_"))
    return {n: v for n, v in found if callable(v) and mine(getattr(v, "__module__", ""))}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_every_name_is_documented_and_tested(module):
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    used = set(re.findall(r"\.(\w+)", tests)) | set(EVERYWHERE)
    names = public(module)
    assert names or module is tf.dtypes
    assert [n for n, v in names.items() if not inspect.getdoc(v)] == []
    classes = {id(v) for v in map(names.get, used & set(names))}
    assert [n for n, v in names.items() if n not in used and id(v) not in classes] == []


def test_what_does_not_exist_is_absent():
    for name in "call build framework math_ops control_flow nest script_ops saver".split():
        assert not any(hasattr(module, name) for module in (tf, tf.nn, tf.train, tf.losses))


def test_stubs_are_current():
    script = HERE.parent / "stubs.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
