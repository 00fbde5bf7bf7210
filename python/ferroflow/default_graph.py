"""The graph that functions without one add to, and what is asked of it."""

import contextlib
import threading

from . import _ferroflow
from .defaults import _stacks
from .elements import IndexedSlices, Operation, Tensor
from .graph import Graph
from .scopes import _check_name, _Scope

_global_graph = None
_global_lock = threading.Lock()


def get_default_graph():
    """The graph of the innermost `Graph.as_default()` of this thread, or else the one that all threads share."""
    global _global_graph
    if _stacks.graphs:
        return _stacks.graphs[-1]
    if _global_graph is None:
        with _global_lock:
            if _global_graph is None:
                _global_graph = Graph()
    return _global_graph


def reset_default_graph():
    """Starts a new graph for all threads. Raises `AssertionError` within `Graph.as_default()`."""
    global _global_graph
    if _stacks.graphs:
        raise AssertionError("Do not use tf.reset_default_graph() to clear nested graphs.")
    _global_graph = Graph()


def _graph_of(values):
    for value in values:
        if isinstance(value, (Tensor, Operation, IndexedSlices)):
            return value.graph
        if isinstance(value, (list, tuple)):
            found = _graph_of(value)
            if found is not None:
                return found
        elif getattr(value, "_ref_tensor", None) is not None:
            return value.graph
    return None


class name_scope(_Scope):
    """A context in which names get `name/` before them, made unique; gives that prefix.

    `default_name` is used if `name` is `None`; the graph is that of the tensors in `values`, or the default one. A name
    that ends in a slash enters that scope again, an empty one leaves all.
    """

    def __init__(self, name, default_name=None, values=None):
        self._name = default_name if name is None else name
        if self._name is None and values is not None:
            raise ValueError("At least one of name and default_name must be given")
        self._values, self._entered = values or (), None
        super().__init__(self._enter_names, lambda: self._entered._current_scope())

    @property
    def name(self):
        """The name asked for."""
        return self._name

    def _enter_names(self):
        self._entered = _graph_of(self._values) or get_default_graph()
        _check_name(self._name)
        return _ferroflow.Scope.names(self._entered, self._name or "")


@contextlib.contextmanager
def op_scope(values, name, default_name=None):
    """`name_scope` with its arguments in their old order."""
    with name_scope(name, default_name, values) as scope:
        yield scope


def control_dependencies(control_inputs):
    """A context whose operations run after `control_inputs`: operations or tensors. `None` lifts those around."""
    return get_default_graph().control_dependencies(control_inputs)


def device(device_name_or_function):
    """A context whose operations ask for that device, such as `/cpu:0`, or for what a function tells of each of them. All
    run on the CPU."""
    return get_default_graph().device(device_name_or_function)


def colocate_with(op, ignore_existing=False):
    """A context whose operations belong with `op`. All do: there is one device."""
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name):
    """A context of variables of one container. Each session is one."""
    return get_default_graph().container(container_name)


@contextlib.contextmanager
def init_scope():
    """A context outside of all control dependencies and name scopes."""
    with control_dependencies(None), name_scope(""):
        yield


def add_to_collection(name, value):
    """Adds `value` to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Adds `value` to collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key, scope=None):
    """The members of a collection of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key):
    """The list behind a collection of the default graph, to change."""
    return get_default_graph().get_collection_ref(key)
