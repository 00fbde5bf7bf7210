"""What is public: every name has its docstring and is used by a test, and stubs are current."""

import inspect
import pathlib
import re
import subprocess
import sys
import types

import pytest

import ferroflow as tf

HERE = pathlib.Path(__file__).parent
USED = set(re.findall(r"\.(\w+)", "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))))
# Errors that no run gives yet: all are made by code in `test_types.py`.
USED |= {cls.__name__ for cls in tf.OpError.__subclasses__()}


def modules():
    """Every public module, by the name under which it is found from `tf`."""
    found = {"tf": tf}
    for name in ("tf", "tf.contrib", "tf.contrib.slim", "tf.contrib.learn", "tf.contrib.framework"):
        module = found[name]
        for member in getattr(module, "__all__", dir(module)):
            value = None if member.startswith("_") else getattr(module, member)
            if isinstance(value, types.ModuleType) and value not in found.values():
                found[f"{name}.{member}"] = value
    return {**found, **{name: sys.modules["ferroflow." + name] for name in ("cell", "rnn", "rnn_wrappers", "saver")}}


def public(module):
    """The functions and classes of a module, by name; not those that it only uses itself."""
    own = lambda n, v: module is tf or n not in vars(module) or v.__module__ == module.__name__
    listed = getattr(module, "__all__", ())
    missing = set(dir(module)) - set(vars(module))
    names = [n for n in listed or dir(module) if not n.startswith("_")]
    found = {n: getattr(module, n) for n in names}
    mine = {n: v for n, v in found.items() if callable(v) and getattr(v, "__module__", "").startswith("ferroflow")}
    return {n: v for n, v in mine.items() if n in listed or n in missing or own(n, v)}


@pytest.mark.parametrize("name, module", modules().items(), ids=list(modules()))
def test_every_name_is_documented_and_tested(name, module):
    names = public(module)
    assert [n for n, v in names.items() if not inspect.getdoc(v)] == []
    assert [n for n in names if n not in USED] == []


def test_what_does_not_exist_is_absent():
    for name in "call build framework math_ops control_flow script_ops saver later hooks".split():
        assert not any(hasattr(module, name) for module in (tf, tf.nn, tf.train, tf.losses))


def test_names_that_are_not_there_say_so():
    lists = {"tf.examples", "cell", "rnn", "rnn_wrappers", "saver"}
    for name, module in modules().items():
        if name not in lists:
            with pytest.raises(AttributeError, match="no_such_name.*if TensorFlow 1 has it, Ferroflow has it not yet"):
                module.no_such_name
            assert not hasattr(module, "__no_such_name__"), name


def test_stubs_are_current():
    script = HERE.parent / "stubs.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
