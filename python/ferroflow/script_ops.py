"""Functions of Python's as operations."""

import errno
import functools
import itertools
import os
import weakref

from . import _ferroflow, errors
from .dtypes import as_dtype
from .default_graph import get_default_graph, _graph_of

_numbers = itertools.count()
# By their tokens. A graph holds those of its operations; held by Rust, one that refers to the graph would never be freed.
_functions = weakref.WeakValueDictionary()
_CLASSES = {
    TypeError: errors.InvalidArgumentError,
    ValueError: errors.InvalidArgumentError,
    StopIteration: errors.OutOfRangeError,
    MemoryError: errors.ResourceExhaustedError,
    NotImplementedError: errors.UnimplementedError,
}
_OF_SYSTEM = {
    errno.ENOENT: errors.NotFoundError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.ENOTEMPTY: errors.FailedPreconditionError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
}
_IN_WORDS = {"float16": "half", "float32": "float", "float64": "double"}


def _call(token, *arrays):
    return _functions[token](*arrays)


def kept(graph, token, function):
    """What calls `function` as long as the graph is there."""
    graph.__dict__.setdefault("_functions", {})[token] = function
    _functions[token] = function
    return functools.partial(_call, token)


def _text(error):
    try:
        return str(error)
    except Exception:
        return "an exception that cannot be written out"


def py_func(func, inp, Tout, stateful=True, name=None):
    """What `func` gives of the values of `inp`, arrays of NumPy's, called in each run that needs it.

    `Tout` is the dtype of what it gives, a list of dtypes if it gives a list, or an empty one if it gives `None`: then
    an operation is made. The shapes are not known; `set_shape` tells them. What it raises ends the run with an error of
    `tf.errors`, whose cause it is. No derivative passes through. The graph cannot be read back from its text.
    """

    def called(*arrays):
        try:
            return func(*arrays)
        except errors.OpError:
            raise
        except Exception as error:
            raise _class_of(error)(None, None, f"{type(error).__name__}: {_text(error)}") from error

    return host_func(called, inp, Tout, stateful, name)


def _class_of(error):
    return next((c for k, c in _CLASSES.items() if isinstance(error, k)), errors.UnknownError)


def _own(error):
    """The error of `tf.errors` for what a function of Ferroflow's own raised."""
    if not isinstance(error, OSError) or error.errno is None:
        return _class_of(error)(None, None, _text(error))
    path = "" if error.filename is None else os.fsdecode(error.filename) + "; "
    return _OF_SYSTEM.get(error.errno, errors.UnknownError)(None, None, path + os.strerror(error.errno))


def host_func(func, inp, Tout, stateful=True, name=None):
    """`py_func` of a function of Ferroflow's own, whose errors tell what is wrong without the name of their class."""
    token = f"pyfunc_{next(_numbers)}"
    several = isinstance(Tout, (list, tuple))
    dtypes = [as_dtype(t) for t in (Tout if several else [Tout])]

    def checked(*arrays):
        import numpy

        try:
            found = func(*arrays)
        except errors.OpError:
            raise
        except Exception as error:
            raise _own(error) from error
        found = list(found) if isinstance(found, (list, tuple)) else [] if found is None else [found]
        if len(found) != len(dtypes):
            message = f"{token} returns {len(found)} values, but expects to see {len(dtypes)} values."
            raise errors.InvalidArgumentError(None, None, message)
        result = []
        for i, (value, dtype) in enumerate(zip(found, dtypes)):
            value = numpy.asarray(value, object if isinstance(value, bytes) else None)
            given = "string" if value.dtype.kind in "SUO" else value.dtype.name
            if given != dtype.name:
                given, wanted = (_IN_WORDS.get(n, n) for n in (given, dtype.name))
                message = f"{i}-th value returned by {token} is {given}, but expects {wanted}"
                raise errors.InvalidArgumentError(None, None, message)
            result.append(value)
        return result

    graph = _graph_of(list(inp)) or get_default_graph()
    graph._check_open()
    made = _ferroflow.host_call(
        graph, kept(graph, token, checked), list(inp), [d.name for d in dtypes], name or "PyFunc"
    )
    made = graph._wrap(made)
    return made if several else made[0]


def py_function(func=None, inp=None, Tout=None, name=None):
    """`py_func` of a function whose arguments have a method `numpy` and whose results are converted to the dtypes of
    `Tout`. The arguments are arrays of NumPy's; in TensorFlow they are tensors, and derivatives pass. Here to ask for one
    raises `NotImplementedError`."""
    import numpy

    from .custom_gradients import _set_gradient

    class Value(numpy.ndarray):
        def numpy(self):
            return self.view(numpy.ndarray) if self.ndim else self[()]

    several = isinstance(Tout, (list, tuple))
    dtypes = [as_dtype(t) for t in (Tout if several else [Tout])]

    def converted(value, dtype):
        value = value.numpy() if hasattr(value, "numpy") else value
        kind = object if dtype.name == "string" else dtype.as_numpy_dtype
        if isinstance(value, str):
            value = value.encode()
        array = numpy.asarray(value, object if isinstance(value, bytes) else None)
        if array.dtype.kind == "f" and dtype.is_integer or (array.dtype.kind in "SUO") != (kind is object):
            raise TypeError(f"Cannot convert {value} to a tensor of dtype {dtype.name}")
        return array.astype(kind)

    def whole(*arrays):
        found = func(*(numpy.asarray(a, object if isinstance(a, bytes) else None).view(Value) for a in arrays))
        found = list(found) if isinstance(found, (list, tuple)) and several else [] if found is None else [found]
        if len(found) != len(dtypes):
            raise ValueError(f"The function gave {len(found)} values, but expects to see {len(dtypes)} values.")
        return [converted(value, dtype) for value, dtype in zip(found, dtypes)]

    def refuse(*_):
        raise NotImplementedError(
            f"No derivative passes through tf.py_function '{made[0].op.name}', whose function is given arrays: make it of "
            "operations, or give its derivative by tf.custom_gradient"
        )

    made = py_func(whole, inp, dtypes, True, name or "EagerPyFunc")
    if dtypes and made[0].op.inputs:
        _set_gradient(made[0].op, list(made[0].op.inputs), refuse)
    return made if several else made[0] if dtypes else made


def hosted(function, inputs, dtypes, shapes, name, gradient=None):
    """What `function` gives of arrays, as tensors of these dtypes and shapes; `gradient`, of the operation and the
    derivatives by its outputs, gives those by its inputs."""
    made = host_func(function, inputs, list(dtypes), False, name)
    for tensor, shape in zip(made, shapes):
        tensor.set_shape(shape)
    if gradient is not None:
        from .custom_gradients import _set_gradient

        operation = made[0].op
        _set_gradient(operation, list(inputs), functools.partial(gradient, operation))
    return made


__all__ = ["py_func", "py_function"]
