"""Rounding to the numbers that few bits can say, as quantised networks do, while the network is trained (Jacob et al. 2018,
https://arxiv.org/abs/1712.05877)."""

import collections

import numpy as np

from .later import absent as _absent
from .array_ops import ones_like as _ones_like, reshape as _reshape, shape as _shape, zeros_like as _zeros
from .selection import where as _where
from .custom_gradients import custom_gradient as _custom_gradient
from .default_graph import name_scope as _name_scope
from .framework import convert_to_tensor as _convert
from .math_ops import (
    cast as _cast,
    equal as _equal,
    floor as _floor,
    greater as _greater,
    greater_equal as _greater_equal,
)
from .math_ops import identity as _identity, less as _less, less_equal as _less_equal, logical_and as _logical_and
from .math_ops import maximum as _maximum, minimum as _minimum
from .reductions import reduce_sum as _reduce_sum

__all__ = [
    "fake_quant_with_min_max_args",
    "fake_quant_with_min_max_args_gradient",
    "fake_quant_with_min_max_vars",
    "fake_quant_with_min_max_vars_gradient",
    "fake_quant_with_min_max_vars_per_channel",
    "fake_quant_with_min_max_vars_per_channel_gradient",
]

_Gradients = collections.namedtuple(
    "FakeQuantWithMinMaxVarsGradient", ["backprops_wrt_input", "backprop_wrt_min", "backprop_wrt_max"]
)


def _levels(num_bits, narrow_range):
    if not 2 <= num_bits <= 16:
        raise ValueError(f"num_bits must be between 2 and 16, inclusive, got {num_bits}")
    return 1.0 if narrow_range else 0.0, float(2**num_bits - 1)


def _nudged(low, high, least, most):
    """The bounds moved so that 0 is one of the numbers, and the distance of these: of tensors."""
    scale = (high - low) / (most - least)
    zero = _floor(least - low / scale + 0.5)
    zero = _minimum(_maximum(zero, least), most)
    return (least - zero) * scale, (most - zero) * scale, scale


def _nudged_numbers(low, high, least, most):
    """`_nudged` of numbers, in `float32`."""
    if not low < high:
        raise ValueError(f"min has to be smaller than max, was: {low} >= {high}")
    low, high, least, most = np.float32([low, high, least, most])
    scale = (high - low) / (most - least)
    zero = np.clip(np.floor(least - low / scale + np.float32(0.5)), least, most)
    return (least - zero) * scale, (most - zero) * scale, scale


def _rounded(x, low, high, scale, by_scale=None):
    shifted = _minimum(_maximum(x, low), high) - low
    steps = shifted / scale if by_scale is None else shifted * by_scale
    return _floor(steps + 0.5) * scale + low


def fake_quant_with_min_max_args(inputs, min=-6, max=6, num_bits=8, narrow_range=False, name=None):
    """The inputs, bounded by `min` and `max` and rounded to the nearest of `2 ** num_bits` numbers at equal distances, or one
    less with `narrow_range`, of which one is 0: the bounds are moved for that. `float32`, of the inputs' shape.

    The derivative passes where inputs are within the moved bounds. Raises `ValueError` unless `min` is below `max`, and for
    `num_bits` that are not from 2 to 16.
    """
    low, high, scale = _nudged_numbers(min, max, *_levels(num_bits, narrow_range))
    with _name_scope(name, "FakeQuantWithMinMaxArgs", [inputs]) as scope:

        @_custom_gradient
        def rounded(x):
            result = _rounded(x, low, high, scale, np.float32(1.0) / scale)
            return result, lambda grad: fake_quant_with_min_max_args_gradient(grad, x, min, max, num_bits, narrow_range)

        return _identity(rounded(_convert(inputs, "float32")), scope)


def fake_quant_with_min_max_args_gradient(gradients, inputs, min=-6, max=6, num_bits=8, narrow_range=False, name=None):
    """`gradients` where `inputs` are within the bounds that `fake_quant_with_min_max_args` has, else 0."""
    low, high, _ = _nudged_numbers(min, max, *_levels(num_bits, narrow_range))
    with _name_scope(name, "FakeQuantWithMinMaxArgsGradient", [gradients, inputs]) as scope:
        gradients, inputs = _convert(gradients, "float32"), _convert(inputs, "float32")
        within = _logical_and(_greater_equal(inputs, low), _less_equal(inputs, high))
        return _where(within, gradients, _zeros(gradients), name=scope)


def _checked(x, low, high, per_channel):
    """Tensors of inputs and bounds, which are scalars or one for each channel."""
    x, low, high = (_convert(v, "float32") for v in (x, low, high))
    for what, bound in (("min", low), ("max", high)):
        bound.shape.assert_has_rank(1 if per_channel else 0)
        if per_channel and not x.shape.with_rank_at_least(1)[-1].is_compatible_with(bound.shape[0]):
            raise ValueError(f"{what} must have one element for each channel, found {bound.shape} for {x.shape}")
    return x, low, high


def _quantised(inputs, min, max, num_bits, narrow_range, name, per_channel):
    levels = _levels(num_bits, narrow_range)
    with _name_scope(name, _NAMES[per_channel], [inputs, min, max]) as scope:

        @_custom_gradient
        def rounded(x, low, high):
            # Of the range from 0 to 0 everything is 0.
            empty = _logical_and(_equal(low, 0.0), _equal(high, 0.0))
            some = _where(empty, _ones_like(high), high)
            result = _rounded(x, *_nudged(low, some, *levels))
            result = _where(_over(empty, result), _zeros(result), result)
            return result, lambda grad: list(_derivatives(grad, x, low, high, levels, per_channel))

        return _identity(rounded(*_checked(inputs, min, max, per_channel)), scope)


def _over(condition, x):
    """The condition of bounds, of the shape of `x`."""
    return _greater(_cast(condition, "float32") + _zeros(x), 0.5)


def _derivatives(gradients, x, low, high, levels, per_channel):
    """By the inputs within the bounds, and by each bound the sum of those beyond it."""
    empty = _logical_and(_equal(low, 0.0), _equal(high, 0.0))
    some = _where(empty, _ones_like(high), high)
    least, most, _ = _nudged(low, some, *levels)
    wide = _zeros(x)
    least, most, always = least + wide, most + wide, _over(empty, x)
    nothing = _zeros(gradients)
    kept = lambda where: _where(where, gradients, nothing)
    within = _where(always, gradients, kept(_logical_and(_greater_equal(x, least), _less_equal(x, most))))
    beyond = [_where(always, nothing, kept(where)) for where in (_less(x, least), _greater(x, most))]
    if not per_channel:
        return _Gradients(within, *(_reduce_sum(part) for part in beyond))
    rows = [_reshape(part, [-1, _shape(part)[-1]]) for part in beyond]
    return _Gradients(within, *(_reduce_sum(part, 0) for part in rows))


_NAMES = "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel"


def fake_quant_with_min_max_vars(inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """`fake_quant_with_min_max_args` whose bounds are scalar tensors, to which those derivatives go that are of inputs beyond
    them. Where both are 0 the result is 0, and the derivative passes.

    Raises `ValueError` for bounds that are no scalars, and for `num_bits` that are not from 2 to 16.
    """
    return _quantised(inputs, min, max, num_bits, narrow_range, name, False)


def fake_quant_with_min_max_vars_per_channel(inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """`fake_quant_with_min_max_vars` with bounds for each channel, the last dimension of the inputs: `[channels]`."""
    return _quantised(inputs, min, max, num_bits, narrow_range, name, True)


def fake_quant_with_min_max_vars_gradient(gradients, inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """The derivatives of `fake_quant_with_min_max_vars` by its inputs, by `min` and by `max`, from that of its result."""
    levels = _levels(num_bits, narrow_range)
    with _name_scope(name, "FakeQuantWithMinMaxVarsGradient", [gradients, inputs]):
        return _derivatives(_convert(gradients, "float32"), *_checked(inputs, min, max, False), levels, False)


def fake_quant_with_min_max_vars_per_channel_gradient(
    gradients, inputs, min, max, num_bits=8, narrow_range=False, name=None
):
    """The derivatives of `fake_quant_with_min_max_vars_per_channel` by its inputs, by `min` and by `max`, from that of its
    result."""
    levels = _levels(num_bits, narrow_range)
    with _name_scope(name, "FakeQuantWithMinMaxVarsPerChannelGradient", [gradients, inputs]):
        return _derivatives(_convert(gradients, "float32"), *_checked(inputs, min, max, True), levels, True)


__getattr__ = _absent(__name__)
