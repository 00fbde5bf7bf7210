"""Variables."""

from .dtypes import as_dtype
from .framework import (
    GraphKeys,
    Tensor,
    _session_for,
    call,
    convert_to_tensor,
    get_collection,
    get_default_graph,
    name_scope,
)
from .operators import overload
from .tensor_shape import as_shape


class Variable:
    """A tensor that outlives a run: each session keeps its own value, changed by assignments.

    `initial_value` is a tensor, an array, a number, nested lists of them, or a function of no arguments that gives one.
    The variable must be initialised before it is read: run `initializer`, or that of `tf.global_variables_initializer()`.
    Optimizers change it unless `trainable` is false; `collections` are those it is added to, `GLOBAL_VARIABLES` if none are
    given. Raises `ValueError` for an initial value that is missing, of another dtype than `dtype`, or of unknown shape
    while `validate_shape`.
    """

    __array_priority__ = 100

    def __init__(
        self,
        initial_value=None,
        trainable=True,
        collections=None,
        validate_shape=True,
        caching_device=None,
        name=None,
        variable_def=None,
        dtype=None,
        expected_shape=None,
        import_scope=None,
        constraint=None,
        use_resource=None,
        synchronization=None,
        aggregation=None,
        shape=None,
    ):
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        graph = get_default_graph()
        graph._check_open()
        dtype = None if dtype is None else as_dtype(dtype)
        if callable(initial_value):
            scope = f"{graph._current_scope()}{name or 'Variable'}/Initializer/"
            with graph.control_dependencies(None), name_scope(scope):
                initial_value = initial_value()
        if getattr(initial_value, "_as_graph_element", None) is not None:
            initial_value = convert_to_tensor(initial_value, dtype)
            graph = initial_value.graph
            if validate_shape and initial_value.shape.ndims is None:
                raise ValueError(f"initial_value must have a shape specified: {initial_value}")
        collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
        trained = bool(trainable or GraphKeys.TRAINABLE_VARIABLES in collections)
        keys = [key for key in collections if key != GraphKeys.TRAINABLE_VARIABLES]
        wanted = None if dtype is None else dtype.name
        node = graph._variable(initial_value, wanted, name or "Variable", trained, keys)
        self._bind(graph, node)
        self.constraint = constraint
        if shape is not None or expected_shape is not None:
            self.shape.assert_is_compatible_with(as_shape(shape if shape is not None else expected_shape))

    @classmethod
    def _existing(cls, graph, node):
        """The variable of a node that Rust made."""
        variable = cls.__new__(cls)
        variable._bind(graph, node)
        variable.constraint = None
        return variable

    def _bind(self, graph, node):
        node, initializer, initial_value, read, self._trainable = graph._variable_parts(node)
        self._graph = graph
        self._ref_tensor = graph._operation(node).outputs[0]
        self._initializer, self._initial_value, self._value = map(graph._wrap, (initializer, initial_value, read))
        graph._variables[node] = self

    def _as_graph_element(self):
        return self._value

    @property
    def graph(self):
        """The graph."""
        return self._graph

    @property
    def name(self):
        """The name, `variable:0`."""
        return self._ref_tensor.name

    @property
    def op(self):
        """The operation that holds it."""
        return self._ref_tensor.op

    @property
    def dtype(self):
        """The element type."""
        return self._ref_tensor.dtype

    @property
    def shape(self):
        """The shape."""
        return self._ref_tensor.shape

    def get_shape(self):
        """The shape."""
        return self.shape

    @property
    def device(self):
        """The device asked for; empty if none."""
        return self._ref_tensor.device

    @property
    def trainable(self):
        """Whether optimizers change it unless told otherwise."""
        return self._trainable

    @property
    def initializer(self):
        """The operation that gives it its initial value."""
        return self._initializer

    @property
    def initial_value(self):
        """The tensor from which it starts."""
        return self._initial_value

    def initialized_value(self):
        """The tensor from which it starts, for other variables to start from the same."""
        return self._initial_value

    def value(self):
        """The value as a tensor: in one run that from before the run's assignments, unless one comes before by a control
        dependency."""
        return self._value

    def read_value(self):
        """The value as a new tensor, read after what the control dependencies in force say."""
        return call("read_value", "read", self)

    def _ref(self):
        return self._ref_tensor

    def set_shape(self, shape):
        """Adds to what is known of the shape."""
        self._ref_tensor.set_shape(shape)
        self._value.set_shape(shape)

    def eval(self, session=None):
        """The value in `session`, or the default one."""
        return _session_for(session, self._graph, "Cannot evaluate variable using `eval()`").run(self)

    def load(self, value, session=None):
        """Gives it a value in `session`, or the default one, without adding to the graph."""
        session = _session_for(session, self._graph, "Cannot load a variable")
        session._load(self._ref_tensor, value)

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """The tensor that makes `value` its value and gives it."""
        return self._result(call("assign", name, self, _same_dtype(value, self)), read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """The tensor that adds `delta` and gives the sum."""
        return self._result(call("assign_add", name, self, _same_dtype(delta, self)), read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """The tensor that subtracts `delta` and gives the difference."""
        return self._result(call("assign_sub", name, self, _same_dtype(delta, self)), read_value)

    @staticmethod
    def _result(tensor, read_value):
        return tensor if read_value else tensor.op

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """The tensor that subtracts the rows of `sparse_delta`, `IndexedSlices`."""
        return call("scatter_sub", name, self, sparse_delta.indices, sparse_delta.values)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """The tensor that adds the rows of `sparse_delta`, `IndexedSlices`."""
        return call("scatter_add", name, self, sparse_delta.indices, sparse_delta.values)

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """The tensor that replaces the rows that `sparse_delta`, `IndexedSlices`, has."""
        return call("scatter_update", name, self, sparse_delta.indices, sparse_delta.values)

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    def __repr__(self):
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


overload(Variable)


def _same_dtype(value, variable):
    if isinstance(value, (Tensor, Variable)):
        return convert_to_tensor(value, variable.dtype)
    from ._ferroflow import convert

    return value if hasattr(value, "_as_graph_element") or _holds_tensor(value) else convert(value, variable.dtype.name)


def _holds_tensor(value):
    from .framework import _graph_of

    return isinstance(value, (list, tuple)) and _graph_of(value) is not None


def global_variables(scope=None):
    """Every variable that is saved and initialised by default."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


all_variables = global_variables


def local_variables(scope=None):
    """Variables that are not saved."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope=None):
    """Variables that the model is used with."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope=None):
    """The variables that optimizers change unless told otherwise."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope=None):
    """The variables of which moving averages are kept."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def variables_initializer(var_list, name="init"):
    """The operation that initialises `var_list`."""
    return call("variables_initializer", name, list(var_list)) if var_list else call("no_op", name)


initialize_variables = variables_initializer


def global_variables_initializer():
    """The operation that initialises every global variable."""
    return variables_initializer(global_variables())


initialize_all_variables = global_variables_initializer


def local_variables_initializer():
    """The operation that initialises every local variable."""
    return variables_initializer(local_variables())


initialize_local_variables = local_variables_initializer


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """The tensor that makes `value` the value of the variable `ref` and gives it."""
    return call("assign", name, ref, _same_dtype(value, ref))


def assign_add(ref, value, use_locking=None, name=None):
    """The tensor that adds `value` to the variable `ref` and gives the sum."""
    return call("assign_add", name, ref, _same_dtype(value, ref))


def assign_sub(ref, value, use_locking=None, name=None):
    """The tensor that subtracts `value` from the variable `ref` and gives the difference."""
    return call("assign_sub", name, ref, _same_dtype(value, ref))


def scatter_update(ref, indices, updates, use_locking=True, name=None):
    """The tensor that replaces rows of the variable `ref` and gives its new value."""
    return call("scatter_update", name, ref, indices, updates)


def scatter_add(ref, indices, updates, use_locking=False, name=None):
    """The tensor that adds to rows of the variable `ref` and gives its new value."""
    return call("scatter_add", name, ref, indices, updates)


def scatter_sub(ref, indices, updates, use_locking=False, name=None):
    """The tensor that subtracts from rows of the variable `ref` and gives its new value."""
    return call("scatter_sub", name, ref, indices, updates)


def scatter_mul(ref, indices, updates, use_locking=False, name=None):
    """The tensor that multiplies rows of the variable `ref` and gives its new value."""
    return call("scatter_mul", name, ref, indices, updates)
