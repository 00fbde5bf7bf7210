"""What `+`, `[...]` and their like do to tensors and variables."""

from .elements import IndexedSlices, Tensor
from .framework import build, call


def _binary(op_type, name):
    return lambda x, y: build(op_type, name, x, y)


def _unary(op_type):
    return lambda x: build(op_type, None, x)


def _index(x, key):
    return call("index", "strided_slice", x, key)


def _matmul(x, y):
    from .math_ops import matmul

    return matmul(x, y, name="matmul")


def _truediv(x, y):
    from .math_ops import truediv

    return truediv(x, y)


def _div(x, y):
    from .math_ops import div

    return div(x, y)


def _add(x, y):
    from .math_ops import add

    return add(x, y, name="add")


def _mul(x, y):
    from .sparse_tensor import SparseTensor

    return NotImplemented if isinstance(y, SparseTensor) else build("Mul", "mul", x, y)


BOTH_WAYS = {
    "add": _add,
    "sub": _binary("Sub", "sub"),
    "mul": _mul,
    "div": _div,
    "truediv": _truediv,
    "floordiv": _binary("FloorDiv", "floordiv"),
    "mod": _binary("FloorMod", "mod"),
    "pow": _binary("Pow", "pow"),
    "matmul": _matmul,
    "and": _binary("LogicalAnd", "and"),
    "or": _binary("LogicalOr", "or"),
    "xor": _binary("LogicalXor", "xor"),
}
ONE_WAY = {
    "lt": _binary("Less", None),
    "le": _binary("LessEqual", None),
    "gt": _binary("Greater", None),
    "ge": _binary("GreaterEqual", None),
    "neg": _unary("Neg"),
    "abs": _unary("Abs"),
    "invert": _unary("LogicalNot"),
    "getitem": _index,
}


def overload(cls, but=()):
    """Gives `cls` every operator, `but` those that it defines itself."""
    for name, function in {**BOTH_WAYS, **ONE_WAY}.items():
        if name not in but:
            setattr(cls, f"__{name}__", _method(function))
    for name, function in BOTH_WAYS.items():
        setattr(cls, f"__r{name}__", _method(lambda y, x, f=function: f(x, y)))


def _method(function):
    return lambda *operands: function(*operands)


overload(Tensor)
overload(IndexedSlices, but=["neg", "getitem"])
