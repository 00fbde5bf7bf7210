"""Assertions and checks under the names of `tf.debugging`."""

from .later import later as _later
from .math_ops import verify_tensor_all_finite as assert_all_finite  # noqa: F401

__getattr__, __dir__ = _later(
    __name__,
    {
        "check_ops": "assert_equal assert_greater assert_greater_equal assert_less assert_less_equal assert_negative "
        "assert_non_negative assert_non_positive assert_none_equal assert_positive assert_rank assert_rank_at_least "
        "assert_rank_in assert_scalar assert_type is_non_decreasing is_numeric_tensor is_strictly_increasing",
        "dtype_checks": "assert_integer assert_near assert_proper_iterable assert_same_float_dtype assert_shapes",
        "math_ops": "Assert check_numerics is_finite is_inf is_nan",
    },
)
