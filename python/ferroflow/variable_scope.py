"""Variables shared by name: `variable_scope` and `get_variable`."""

import contextlib
import linecache
import os
import sys

from . import _ferroflow
from .dtypes import as_dtype, float32
from .default_graph import get_default_graph, name_scope
from .framework import convert_to_tensor
from .graph import GraphKeys
from .initializers import GlorotUniform, Zeros
from .tensor_shape import TensorShape, as_shape
from .variables import Variable


class _AutoReuse:
    def __repr__(self):
        return "<AUTO_REUSE>"


AUTO_REUSE = _AutoReuse()
_TO_RUST = {None: "no", False: "no", True: "yes", AUTO_REUSE: "auto"}
_FROM_RUST = {"no": False, "yes": True, "auto": AUTO_REUSE}


class VariableScope:
    """A scope of `get_variable`: its name, whether it reuses, and what variables in it have by default."""

    def __init__(self, reuse, name="", original_name_scope="", **defaults):
        self._reuse, self._name = reuse, name
        self.original_name_scope = original_name_scope
        self._defaults = defaults

    @property
    def name(self):
        """The full name."""
        return self._name

    @property
    def reuse(self):
        """Whether variables are found (`True`), found or made (`tf.AUTO_REUSE`), or made."""
        return self._reuse

    @property
    def initializer(self):
        """The initializer of variables that name none."""
        return self._defaults.get("initializer")

    @property
    def regularizer(self):
        """The regularizer of variables that name none."""
        return self._defaults.get("regularizer")

    @property
    def constraint(self):
        """The constraint of variables that name none."""
        return self._defaults.get("constraint")

    @property
    def dtype(self):
        """The dtype of variables that name none."""
        return self._defaults.get("dtype") or float32

    @property
    def custom_getter(self):
        """What is called in place of `get_variable`, or `None`."""
        return self._defaults.get("custom_getter")

    @property
    def partitioner(self):
        """The partitioner of variables that name none. Every variable is kept whole."""
        return self._defaults.get("partitioner")

    def set_partitioner(self, partitioner):
        """Sets the partitioner of variables that name none."""
        self._defaults["partitioner"] = partitioner

    @property
    def caching_device(self):
        """`None`: values are where they are used."""
        return None

    def reuse_variables(self):
        """From here on variables are only found."""
        self._reuse = True
        get_default_graph()._reuse_variables()

    def set_initializer(self, initializer):
        """Sets the initializer of variables that name none."""
        self._defaults["initializer"] = initializer

    def set_regularizer(self, regularizer):
        """Sets the regularizer of variables that name none."""
        self._defaults["regularizer"] = regularizer

    def set_dtype(self, dtype):
        """Sets the dtype of variables that name none."""
        self._defaults["dtype"] = as_dtype(dtype)

    def set_custom_getter(self, custom_getter):
        """Sets what is called in place of `get_variable`."""
        self._defaults["custom_getter"] = custom_getter

    def get_collection(self, name):
        """The members of a collection whose names start with this scope's."""
        return get_default_graph().get_collection(name, self._name + "/" if self._name else "")

    def global_variables(self):
        """The variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def trainable_variables(self):
        """The variables of this scope that are trained."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def get_variable(self, name, *arguments, **options):
        """`tf.get_variable` in this scope."""
        with variable_scope(self):
            return get_variable(name, *arguments, **options)


def _scopes(graph):
    stack = getattr(graph._variable_scopes, "stack", None)
    if stack is None:
        stack = graph._variable_scopes.stack = [VariableScope(False)]
    return stack


def get_variable_scope():
    """The current variable scope of the default graph."""
    return _scopes(get_default_graph())[-1]


class variable_scope:
    """A context in which `get_variable` puts `name/` before its names, and names get it too, made unique.

    `name_or_scope` is a name, a scope to enter again, or `None` for `default_name`, made unique. With `reuse` variables are
    only found; with `tf.AUTO_REUSE` found, or else made. The other arguments are what variables in it have by default.
    Raises `TypeError` without any name.
    """

    def __init__(
        self,
        name_or_scope,
        default_name=None,
        values=None,
        initializer=None,
        regularizer=None,
        caching_device=None,
        partitioner=None,
        custom_getter=None,
        reuse=None,
        dtype=None,
        use_resource=None,
        constraint=None,
        auxiliary_name_scope=True,
    ):
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if reuse not in _TO_RUST:
            raise ValueError("The reuse parameter must be True or False or None.")
        self._name_or_scope, self._default_name, self._reuse = name_or_scope, default_name, reuse
        self._values, self._auxiliary = values or (), auxiliary_name_scope
        given = {"initializer": initializer, "regularizer": regularizer, "constraint": constraint}
        given.update(
            custom_getter=custom_getter, partitioner=partitioner, dtype=None if dtype is None else as_dtype(dtype)
        )
        self._given = {key: value for key, value in given.items() if value is not None}
        self._entered = []

    def __enter__(self):
        from .default_graph import _graph_of

        graph = _graph_of(self._values) or get_default_graph()
        stack = _scopes(graph)
        outer, wanted, reuse = stack[-1], self._name_or_scope, self._reuse
        defaults = outer._defaults
        wanted = outer if wanted == "" else wanted
        if isinstance(wanted, VariableScope):
            name, names, defaults = wanted.name, None, wanted._defaults
            reuse = wanted.reuse if reuse is None else reuse
        elif wanted is None:
            name, names = graph._unique_variable_scope(self._default_name), self._default_name
        else:
            name = names = wanted
        prefix = graph._current_scope()
        guard = _ferroflow.Scope.variables(graph, name, _TO_RUST[reuse], names)
        full, reuse_as = graph._current_variable_scope()
        guards = [guard]
        if not self._auxiliary:
            guards.append(_ferroflow.Scope.names(graph, prefix))
        original = graph._current_scope() if names else wanted.original_name_scope
        scope = VariableScope(_FROM_RUST[reuse_as], full, original, **{**defaults, **self._given})
        stack.append(scope)
        self._entered.append((graph, guards))
        return scope

    def __exit__(self, *_):
        graph, guards = self._entered.pop()
        _scopes(graph).pop()
        for guard in reversed(guards):
            guard.close()
        return False


@contextlib.contextmanager
def variable_op_scope(values, name_or_scope, default_name=None, **options):
    """`variable_scope` with its arguments in their old order."""
    with variable_scope(name_or_scope, default_name, values, **options) as scope:
        yield scope


def get_variable(
    name,
    shape=None,
    dtype=None,
    initializer=None,
    regularizer=None,
    trainable=None,
    collections=None,
    caching_device=None,
    partitioner=None,
    validate_shape=True,
    use_resource=None,
    custom_getter=None,
    constraint=None,
    synchronization=None,
    aggregation=None,
):
    """The variable `name` of the current variable scope: made, or found, as the scope says.

    One that is made starts as `initializer` says: an object such as `tf.zeros_initializer()`, a function of a shape and a
    dtype, or a value, which tells the shape too; by default uniform after Glorot, or zeros of integers. A variable is
    kept whole whatever `partitioner` says. The loss that
    `regularizer` gives for it is added to `REGULARIZATION_LOSSES`. Raises `ValueError` for a variable that is, or is not,
    there already, or has another shape or dtype.
    """
    scope = get_variable_scope()
    given = scope.initializer if initializer is None else initializer
    if given is not None and not callable(given) and not hasattr(given, "_as_graph_element"):
        # A value tells the dtype.
        found = convert_to_tensor(given).dtype
        if dtype is not None and as_dtype(dtype) != found:
            raise ValueError(f"Initializer type '{found}' and explicit dtype '{as_dtype(dtype)}' doesn't match.")
        dtype = found
    getter = custom_getter or scope.custom_getter
    options = dict(
        shape=shape,
        dtype=dtype or scope.dtype,
        initializer=given,
        regularizer=scope.regularizer if regularizer is None else regularizer,
        trainable=True if trainable is None else trainable,
        collections=collections,
        validate_shape=validate_shape,
        constraint=scope.constraint if constraint is None else constraint,
    )
    if getter is None:
        return _get(name, **options)

    def inner(full_name, **changed):
        prefix = scope.name + "/" if scope.name else ""
        known = {key: changed.get(key, options[key]) for key in options}
        return _get(full_name[len(prefix) :] if full_name.startswith(prefix) else full_name, **known)

    return getter(inner, scope.name + "/" + name if scope.name else name, **options)


def _get(name, shape, dtype, initializer, regularizer, trainable, collections, validate_shape, constraint):
    graph = get_default_graph()
    graph._check_open()
    dtype = as_dtype(dtype)
    shape = TensorShape(None) if shape is None else as_shape(shape)
    if initializer is None:
        if dtype.is_floating:
            initializer = GlorotUniform()
        elif dtype.is_integer or dtype.is_bool or dtype.name == "string":
            initializer = Zeros()
        else:
            raise ValueError(f"An initializer for variable {name} of {dtype!r} is required")
    initializer = initializer() if isinstance(initializer, type) else initializer

    def initial():
        if not callable(initializer):
            known = not hasattr(initializer, "_as_graph_element") or initializer.shape.is_fully_defined()
            if validate_shape and not known:
                raise ValueError(f"initial_value must have a shape specified: {initializer}")
            return initializer
        if not shape.is_fully_defined():
            raise ValueError(f"Shape of a new variable ({name}) must be fully defined, but instead was {shape}.")
        try:
            return initializer(shape.as_list(), dtype=dtype)
        except TypeError as error:
            if "argument" not in str(error):
                raise
            return initializer(shape.as_list())

    if not callable(initializer) and shape.ndims is not None:
        raise ValueError("If initializer is a constant, do not specify shape.")
    keys = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
    keys = [key for key in keys if key != GraphKeys.TRAINABLE_VARIABLES]
    before = len(graph)
    with graph.control_dependencies(None), _saying_where(graph, name):
        node = graph._get_variable(name, dtype.name, shape, initial, bool(trainable), keys, bool(validate_shape))
    made = node >= before
    variable = graph._variable_at(node)
    if made:
        _places(graph)[variable.op.name] = _caller()
        if validate_shape and not shape.is_compatible_with(variable.shape):
            raise ValueError(
                f"The initializer of {variable.name} gives shape {variable.shape}, but {shape} is asked for"
            )
        variable.constraint = constraint
        if regularizer is not None:
            with graph.colocate_with(variable.op), name_scope(variable.op.name + "/Regularizer/"):
                loss = regularizer(variable)
            if loss is not None:
                graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
    return variable


_PACKAGE = os.path.dirname(__file__)


def _places(graph):
    """Where the program made variables, by their names."""
    return graph.__dict__.setdefault("_places_of_variables", {})


def _caller():
    """The file, line and function of the program that is running."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


@contextlib.contextmanager
def _saying_where(graph, name):
    """Adds to the error for a variable that is there already where it was made."""
    try:
        yield
    except ValueError as error:
        scope = get_variable_scope().name
        place = _places(graph).get(f"{scope}/{name}" if scope else name)
        if place is None or "already exists, disallowed" not in str(error):
            raise
        file, line, function = place
        code = linecache.getline(file, line).strip()
        where = f'  File "{file}", line {line}, in {function}\n' + (f"    {code}\n" if code else "")
        raise ValueError(f"{error} Originally defined at:\n\n{where}") from None


def get_local_variable(
    name,
    shape=None,
    dtype=None,
    initializer=None,
    regularizer=None,
    trainable=False,
    collections=None,
    *arguments,
    **options,
):
    """`get_variable` of a variable that is not saved, nor trained."""
    collections = [*(collections or ()), GraphKeys.LOCAL_VARIABLES]
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections, *arguments, **options)


def no_regularizer(_):
    """A regularizer that adds nothing."""
    return None


__all__ = [
    "AUTO_REUSE",
    "Variable",
    "VariableScope",
    "get_local_variable",
    "get_variable",
    "get_variable_scope",
    "no_regularizer",
    "variable_op_scope",
    "variable_scope",
]
