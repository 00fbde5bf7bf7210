"""Contexts that say how operations of a graph are named, placed and ordered."""

from . import _ferroflow
from .device_names import merge
from .elements import IndexedSlices, Operation


def _check_name(name):
    if name is not None and not isinstance(name, str):
        raise TypeError(f"Expected string for argument 'name' not {name!r}.")


class _Scope:
    """A context that enters a scope of Rust's."""

    def __init__(self, enter, value=None):
        self._enter, self._value, self._scopes = enter, value, []

    def __enter__(self):
        self._scopes.append(self._enter())
        return self._value() if callable(self._value) else self._value

    def __exit__(self, *_):
        self._scopes.pop().close()
        return False


def _name_scope(graph, name):
    _check_name(name)
    return _Scope(lambda: _ferroflow.Scope.names(graph, name), graph._current_scope)


def _control_dependencies(graph, control_inputs):
    def enter():
        if control_inputs is None:
            return _ferroflow.Scope.controls(graph, None)
        operations = []
        for value in control_inputs:
            value = value if isinstance(value, (IndexedSlices, Operation)) else graph.as_graph_element(value)
            operations.append(value if isinstance(value, Operation) else value.op)
        return _ferroflow.Scope.controls(graph, operations)

    return _Scope(enter)


class _Device(_Scope):
    """A context of a device by name, which adds to that of the context around; by a function; or, if `None`, of none."""

    def __init__(self, graph, device):
        device = device.to_string() if hasattr(device, "to_string") else device
        if device is not None and not isinstance(device, str) and not callable(device):
            raise TypeError(f"A device is a name or a function, not {device!r}")
        self._graph, self._device = graph, device
        super().__init__(self._enter_device)

    def _enter_device(self):
        graph, device = self._graph, self._device
        graph._place()
        stack = graph._device_names.__dict__.setdefault("stack", [""])
        name = merge(stack[-1], device) if isinstance(device, str) else ""
        if not isinstance(device, str):
            graph._device_functions.append((device, stack[-1]))
        stack.append(name)
        return _ferroflow.Scope.device(graph, name)

    def __exit__(self, *error):
        graph = self._graph
        graph._place()
        graph._device_names.stack.pop()
        if not isinstance(self._device, str):
            graph._device_functions.pop()
        return super().__exit__(*error)
