"""What adds operations to a graph: functions of the Rust library, constants, conversions."""

from typing import Any
from .elements import Tensor


def call(function: Any, name: Any, *arguments: Any) -> Any:
    """Calls a function of the Rust library, which adds to the graph of its arguments or the default one."""


def build(op_type: Any, name: Any, *inputs: Any, **attributes: Any) -> Any:
    """Adds one operation whose inputs have one dtype, which numbers among them take."""


def convert_to_tensor(value: Any, dtype: Any = ..., name: Any = ..., preferred_dtype: Any = ..., dtype_hint: Any = ...) -> Tensor:
    """`value` as a tensor: itself if it is one, a variable's value, else a constant, of `dtype` if one is named."""


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = ..., name: Any = ...) -> Any:
    """`value` as `convert_to_tensor` has it; `IndexedSlices` stay as they are."""


def constant(value: Any, dtype: Any = ..., shape: Any = ..., name: Any = ..., verify_shape: Any = ...) -> Tensor:
    """A tensor that is always `value`: a number, a string, nested lists of them, or a NumPy array."""


def set_random_seed(seed: Any) -> Any:
    """Seeds the default graph: random operations made from now on that have no seed of their own derive theirs from it."""


def get_seed(op_seed: Any) -> Any:
    """The pair of seeds that an operation made now would have; `(None, None)` for those of the session's own."""


def is_tensor(x: Any) -> Any:
    """Whether `x` is a tensor, a variable or `IndexedSlices`."""
