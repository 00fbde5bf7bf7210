"""The graph that functions without one add to, and what is asked of it."""

from typing import Any, ContextManager
from .graph import Graph


def get_default_graph() -> Graph:
    """The graph of the innermost `Graph.as_default()` of this thread, or else the one that all threads share."""


def reset_default_graph() -> Any:
    """Starts a new graph for all threads. Raises `AssertionError` within `Graph.as_default()`."""


class name_scope:
    """A context in which names get `name/` before them, made unique; gives that prefix."""
    def __init__(self, name: Any, default_name: Any = ..., values: Any = ...) -> None: ...
    def __enter__(self) -> Any: ...
    def __exit__(self, *_: Any) -> Any: ...
    @property
    def name(self) -> str: ...


def op_scope(values: Any, name: Any, default_name: Any = ...) -> Any:
    """`name_scope` with its arguments in their old order."""


def control_dependencies(control_inputs: Any) -> ContextManager[None]:
    """A context whose operations run after `control_inputs`: operations or tensors. `None` lifts those around."""


def device(device_name_or_function: Any) -> ContextManager[None]:
    """A context whose operations ask for that device, such as `/cpu:0`, or for what a function tells of each of them. All"""


def colocate_with(op: Any, ignore_existing: Any = ...) -> Any:
    """A context whose operations belong with `op`. All do: there is one device."""


def container(container_name: Any) -> Any:
    """A context of variables of one container. Each session is one."""


def init_scope() -> Any:
    """A context outside of all control dependencies and name scopes."""


def add_to_collection(name: Any, value: Any) -> Any:
    """Adds `value` to a collection of the default graph."""


def add_to_collections(names: Any, value: Any) -> Any:
    """Adds `value` to collections of the default graph."""


def get_collection(key: Any, scope: Any = ...) -> Any:
    """The members of a collection of the default graph."""


def get_collection_ref(key: Any) -> Any:
    """The list behind a collection of the default graph, to change."""
