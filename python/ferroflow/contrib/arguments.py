"""Arguments that functions take from a scope around them."""

import contextlib
import functools
import inspect
import threading

_local = threading.local()


def current_arg_scope():
    """What the scopes in force say: for each function the arguments that it takes from them."""
    return _local.__dict__.setdefault("stack", [{}])[-1]


def arg_scope_func_key(op):
    """What stands for a function in a scope."""
    return getattr(op, "_key_op", op)


def has_arg_scope(func):
    """Whether a function takes arguments from scopes."""
    return hasattr(func, "_key_op")


def add_arg_scope(func):
    """The function, which from now on takes arguments from the scopes around a call."""

    @functools.wraps(func)
    def scoped(*args, **kwargs):
        return func(*args, **{**current_arg_scope().get(scoped, {}), **kwargs})

    scoped._key_op = scoped
    return scoped


def arg_scoped_arguments(func):
    """The names of the arguments with defaults that a function takes from scopes."""
    parameters = inspect.signature(func).parameters.values() if has_arg_scope(func) else ()
    return tuple(p.name for p in parameters if p.default is not p.empty)


@contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """A context in which the functions of a list take these arguments, unless a call gives its own; or which is that of
    another `with arg_scope(…) as scope` again. Raises `ValueError` for a function that takes none."""
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by suppling a dictionary, kwargs must be empty.")
        scope = dict(list_ops_or_scope)
    else:
        scope = dict(current_arg_scope())
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                raise ValueError(f"{op.__name__} is not decorated with @add_arg_scope")
            key = arg_scope_func_key(op)
            scope[key] = {**scope.get(key, {}), **kwargs}
    current_arg_scope()
    _local.stack.append(scope)
    try:
        yield scope
    finally:
        _local.stack.pop()
