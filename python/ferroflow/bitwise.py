"""Operations on the bits of integers, of one dtype, which are broadcast together."""

from .default_graph import name_scope as _name_scope
from .framework import build as _build
from .incomplete import spread as _spread
from .later import absent as _absent
from .math_ops import _document

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]


def _bitwise(name, op_type, doc):
    def function(x, y, name=None):
        with _name_scope(name, op_type, [x, y]) as scope:
            return _build(op_type, scope, *_spread(x, y))

    return _document(function, name, doc)


bitwise_and = _bitwise("bitwise_and", "BitwiseAnd", "The bits that both have.")
bitwise_or = _bitwise("bitwise_or", "BitwiseOr", "The bits that one of both has.")
bitwise_xor = _bitwise("bitwise_xor", "BitwiseXor", "The bits that just one of both has.")
left_shift = _bitwise("left_shift", "LeftShift", "`x · 2ʸ`, without the bits that leave it.")
right_shift = _bitwise("right_shift", "RightShift", "`⌊x / 2ʸ⌋`.")


def invert(x, name=None):
    """Every bit the other way."""
    return _build("Invert", name, x)


__getattr__ = _absent(__name__)
