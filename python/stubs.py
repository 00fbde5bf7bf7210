"""Writes the stubs of the package, from which editors complete: `python python/stubs.py`.

Functions and classes that the package makes while it is imported are in no source that an editor could read. With
`--check` nothing is written, and stubs that are not current are an error.
"""

import importlib
import importlib.util
import inspect
import pathlib
import re
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent / "ferroflow"
MODULES = (
    "array_ops check_ops clip_ops creation default_graph elements errors framework graph layers losses math_ops nn reductions "
    "selection variables"
).split()

SOURCES = {
    "typing": ["Any", "ContextManager"],
    "dtypes": ["DType"],
    "elements": ["Operation", "Tensor"],
    "graph": ["Graph"],
    "tensor_shape": ["TensorShape"],
    "variables": ["Variable"],
}

# What a module has of modules that are made of it.
LATER = {
    "nn": """from . import rnn_cell as rnn_cell
from .rnn import bidirectional_dynamic_rnn as bidirectional_dynamic_rnn
from .rnn import bidirectional_rnn as bidirectional_rnn
from .rnn import dynamic_rnn as dynamic_rnn
from .rnn import rnn as rnn
from .rnn import static_bidirectional_rnn as static_bidirectional_rnn
from .rnn import static_rnn as static_rnn
"""
}

# What functions give, where it is not a tensor.
OPERATIONS = {"check_ops"}
TENSORS = {"array_ops", "clip_ops", "creation", "losses", "math_ops", "nn", "layers", "reductions", "selection"}
RETURNS = {
    "Assert": "Operation",
    "broadcast_static_shape": "TensorShape",
    "clip_by_global_norm": "tuple[list[Tensor | None], Tensor]",
    "constant": "Tensor",
    "control_dependencies": "ContextManager[None]",
    "convert_to_tensor": "Tensor",
    "device": "ContextManager[None]",
    "fused_batch_norm": "tuple[Tensor, Tensor, Tensor]",
    "get_default_graph": "Graph",
    "get_losses": "list[Tensor]",
    "get_regularization_losses": "list[Tensor]",
    "global_variables": "list[Variable]",
    "global_variables_initializer": "Operation",
    "group": "Operation",
    "local_variables_initializer": "Operation",
    "moments": "tuple[Tensor, Tensor]",
    "no_op": "Operation",
    "op": "Operation",
    "graph": "Graph",
    "shape_n": "list[Tensor]",
    "shape": "TensorShape",
    "get_shape": "TensorShape",
    "split": "list[Tensor]",
    "top_k": "TopKV2",
    "trainable_variables": "list[Variable]",
    "tuple": "list[Tensor | None]",
    "unique": "Unique",
    "unique_with_counts": "UniqueWithCounts",
    "unstack": "list[Tensor]",
    "variables_initializer": "Operation",
    "add_loss": "None",
    "name": "str",
    "eval": "Any",
    "run": "Any",
    "value": "Tensor",
    "read_value": "Tensor",
    "assign": "Tensor",
    "assign_add": "Tensor",
    "assign_sub": "Tensor",
    "dtype": "DType",
    "initializer": "Operation",
    "is_non_decreasing": "Tensor",
    "is_numeric_tensor": "bool",
    "is_strictly_increasing": "Tensor",
    "outputs": "list[Tensor]",
}


def stub(name):
    """The text of the stub of a module."""
    module = importlib.import_module("ferroflow." + name)
    depth = "." * (name.count(".") + 1)
    lines = []
    for n, value in vars(module).items():
        if n.startswith("_") and n != "_tuple":
            continue
        if inspect.ismodule(value):
            if value.__name__.startswith("ferroflow") and n in getattr(module, "__all__", ()):
                lines.append(f"from {depth} import {n} as {n}")
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            lines += ["", ""] + (alias(n, value) or class_stub(n, value))
        elif callable(value) and getattr(value, "__module__", "") == module.__name__:
            given = RETURNS.get(
                n.strip("_"), "Tensor" if name in TENSORS else "Operation" if name in OPERATIONS else "Any"
            )
            lines += ["", ""] + function_stub(n, value, given)
        elif not callable(value) and getattr(value, "__module__", module.__name__) == module.__name__:
            lines.append(f"{n}: {value_type(value)}")
    body = "\n".join(lines)
    local = {n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__}
    head = [f'"""{first_line(module)}"""', ""]
    for source, names in SOURCES.items():
        wanted = [n for n in names if re.search(rf"\b{n}\b", body) and n not in local]
        if wanted:
            head.append(f"from {depth if source != 'typing' else ''}{source} import {', '.join(wanted)}")
    return "\n".join(head) + "\n" + LATER.get(name, "") + imported_later(module, depth) + body + "\n"


def imported_later(module, depth):
    """The lines of names that a module has of others once they are asked for."""
    names = sorted(set(dir(module)) - set(vars(module)))
    lines = ""
    for n in names:
        value = getattr(module, n)
        whole = inspect.ismodule(value)
        place, _, last = value.__name__.rpartition(".") if whole else (value.__module__, "", n)
        lines += f"from {depth}{place.partition('.')[2]} import {last} as {n}\n"
    return lines


def first_line(value):
    """The first line of a docstring."""
    return (inspect.getdoc(value) or "").split("\n")[0].replace("\\", "\\\\")


def value_type(value):
    """The type of a constant."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" and value is not None else "Any"


def alias(name, cls):
    """The line of another name of a class."""
    return [f"{name} = {cls.__name__}"] if name != cls.__name__ else None


def class_stub(name, cls):
    """The lines of a class with what it defines itself."""
    bases = [b.__name__ for b in cls.__bases__ if b is not object and not b.__name__.startswith("_") and not of_rust(b)]
    lines = [f"class {name}({', '.join(bases)}):" if bases else f"class {name}:", f'    """{first_line(cls)}"""']
    members = {}
    for base in reversed([b for b in cls.__mro__ if b is cls or b.__name__.startswith("_") or of_rust(b)]):
        members.update(sorted(vars(base).items()) if of_rust(base) else vars(base))
    for n, value in members.items():
        dunder = n.startswith("__") and n.endswith("__")
        if n.startswith("_") and not (dunder and callable(value) and n not in ("__new__", "__doc__", "__hash__")):
            continue
        if n == "__init__" and not hasattr(value, "__code__"):
            continue
        given = {"device": "str", "graph": "Graph"}.get(n) or RETURNS.get(n, "Any")
        if isinstance(value, property) or inspect.isgetsetdescriptor(value):
            lines += ["    @property", f"    def {n}(self) -> {given}: ..."]
        elif isinstance(value, (staticmethod, classmethod)):
            lines.append("    @" + type(value).__name__)
            lines += ["    " + line for line in function_stub(n, value.__func__, given, short=True)]
        elif callable(value) and not inspect.isclass(value):
            given = "None" if n == "__init__" else operator_type(cls, n, given)
            lines += ["    " + line for line in function_stub(n, value, given, short=True)]
        elif not dunder and not inspect.ismemberdescriptor(value):
            lines.append(f"    {n}: {value_type(value)}")
        elif inspect.ismemberdescriptor(value) and not dunder:
            lines.append(f"    {n}: Any")
    return lines


def of_rust(cls):
    """Whether a class is the Rust half of one of Python's."""
    from ferroflow import _ferroflow

    return getattr(_ferroflow, cls.__name__, None) is cls


def operator_type(cls, name, given):
    """What an operator gives."""
    from ferroflow.operators import BOTH_WAYS, ONE_WAY

    if cls.__name__ in ("Tensor", "Variable") and name.strip("_").removeprefix("r") in {*BOTH_WAYS, *ONE_WAY}:
        return "Tensor"
    fixed = {
        "__eq__": "bool",
        "__ne__": "bool",
        "__bool__": "bool",
        "__len__": "int",
        "__repr__": "str",
        "__str__": "str",
    }
    return fixed.get(name, given)


def function_stub(name, function, given, short=False):
    """The lines of a function."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    shown, starred = [], False
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY and not starred:
            shown.append("*")
            starred = True
        starred |= p.kind is p.VAR_POSITIONAL
        prefix = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        hint = "" if p.name in ("self", "cls") else ": Any"
        shown.append(f"{prefix}{p.name}{hint}" + ("" if p.default is p.empty else " = ..."))
    head = f"def {name}({', '.join(shown)}) -> {given}:"
    return [head + " ..."] if short else [head, f'    """{first_line(function)}"""']


def main():
    """Writes or checks the stubs."""
    # The package that is installed, if one is; that of the sources may not have been built.
    sys.path.remove(str(PACKAGE.parent))
    if importlib.util.find_spec("ferroflow") is None:
        sys.path.insert(0, str(PACKAGE.parent))
    stale = []
    for name in MODULES:
        path = PACKAGE.joinpath(*name.split(".")).with_suffix(".pyi")
        text = stub(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path))
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit("not current, run python/stubs.py: " + ", ".join(stale))


if __name__ == "__main__":
    main()
