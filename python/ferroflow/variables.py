"""Variables."""

from .dtypes import as_dtype
from .errors import UnimplementedError
from .default_graph import get_collection, get_default_graph, name_scope
from .defaults import _session_for
from .elements import Tensor
from .framework import call, convert_to_tensor
from .graph import GraphKeys
from .operators import overload
from .tensor_shape import as_shape


class Variable:
    """A tensor that outlives a run: each session keeps its own value, changed by assignments.

    `initial_value` is a tensor, an array, a number, nested lists of them, or a function of no arguments that gives one.
    The variable must be initialised before it is read: run `initializer`, or that of `tf.global_variables_initializer()`.
    Optimizers change it unless `trainable` is false; `collections` are those it is added to, `GLOBAL_VARIABLES` if none are
    given. Unless `validate_shape` its shape is not known, and assignments may give it values of any. With `use_resource` too
    a read is of the value at the time when it is used, unless a control dependency says when. Raises `ValueError`
    for an initial value that is missing, of another dtype than `dtype`, or of a shape not fully known while `validate_shape`.
    """

    __array_priority__ = 100
    # Whether it starts otherwise than it was made to.
    _restarted = False

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
            if validate_shape and not initial_value.shape.is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {initial_value}")
        collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
        trained = bool(trainable or GraphKeys.TRAINABLE_VARIABLES in collections)
        keys = [key for key in collections if key != GraphKeys.TRAINABLE_VARIABLES]
        wanted = None if dtype is None else dtype.name
        node = graph._variable(initial_value, wanted, name or "Variable", trained, keys, bool(validate_shape))
        self._bind(graph, node)
        self.constraint = constraint
        if shape is not None:
            self.shape.assert_is_compatible_with(as_shape(shape))

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
        """The value if it has one, else the tensor from which it starts: for other variables to start from, whichever is
        initialised first. An initial value that reads a variable takes this by itself."""
        return call("initialized_value", None, self)

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

    def __getitem__(self, key):
        """The part that NumPy's basic indexing names. Its `assign(value, name=None)` is the tensor that makes `value`, which
        is broadcast, that part of the variable, and gives the whole."""
        part = call("index", "strided_slice", self, key)

        def assign(value, name=None):
            return call("assign_part", name or f"{part.op.name}/_assign/", self, key, _same_dtype(value, self))

        part.assign = assign
        return part

    def _scatter(self, function, sparse_delta, name):
        return call(function, name, self, sparse_delta.indices, _same_dtype(sparse_delta.values, self))

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """The tensor that replaces the rows that `sparse_delta`, `IndexedSlices`, has."""
        return self._scatter("scatter_update", sparse_delta, name)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """The tensor that adds the rows of `sparse_delta`, `IndexedSlices`."""
        return self._scatter("scatter_add", sparse_delta, name)

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """The tensor that subtracts the rows of `sparse_delta`, `IndexedSlices`."""
        return self._scatter("scatter_sub", sparse_delta, name)

    def scatter_nd_update(self, indices, updates, name=None):
        """The tensor that replaces the elements or slices that the rows of `indices` name."""
        return call("scatter_nd_update", name or "ScatterNdUpdate", self, indices, _same_dtype(updates, self))

    def scatter_nd_add(self, indices, updates, name=None):
        """The tensor that adds to the elements or slices that the rows of `indices` name."""
        return call("scatter_nd_add", name or "ScatterNdAdd", self, indices, _same_dtype(updates, self))

    def scatter_nd_sub(self, indices, updates, name=None):
        """The tensor that subtracts from the elements or slices that the rows of `indices` name."""
        return call("scatter_nd_sub", name or "ScatterNdSub", self, indices, _same_dtype(updates, self))

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    def __repr__(self):
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


overload(Variable, but=["getitem"])


def _same_dtype(value, variable):
    if isinstance(value, (Tensor, Variable)):
        if value.dtype != variable.dtype:
            what = (
                f"of type {value.dtype.name}, which is not that of the variable {variable.name}, {variable.dtype.name}"
            )
            raise TypeError(f"The value {value.name} is {what}")
        return convert_to_tensor(value)
    from ._ferroflow import convert

    return value if hasattr(value, "_as_graph_element") or _holds_tensor(value) else convert(value, variable.dtype.name)


def _variable(ref, method):
    """`ref`, which must be a variable: what is no variable has no such method."""
    if not hasattr(ref, "_ref_tensor"):
        raise AttributeError(f"'{type(ref).__name__}' object has no attribute '{method}'")
    return ref


def _holds_tensor(value):
    from .default_graph import _graph_of

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
    var_list = list(var_list or ())
    if any(variable._restarted for variable in var_list):
        from .math_ops import group

        return group(*(variable.initializer for variable in var_list), name=name)
    return call("variables_initializer", name, var_list) if var_list else call("no_op", name)


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
    """The tensor that makes `value` the value of the variable `ref` and gives it.

    A value of another shape, with `validate_shape=False`, is one for a variable made with that: of others the shape stays
    as it is, and `tf.errors.UnimplementedError` is raised.
    """
    value = _same_dtype(value, _variable(ref, "assign"))
    if validate_shape is False and ref.shape.ndims is not None:
        value = convert_to_tensor(value)
        if not ref.shape.is_compatible_with(value.shape):
            message = f"{ref.name} is of shape {ref.shape} for good: make it with validate_shape=False to assign {value.shape}"
            raise UnimplementedError(None, ref.op, message)
    return call("assign", name, ref, value)


def assign_add(ref, value, use_locking=None, name=None):
    """The tensor that adds `value` to the variable `ref` and gives the sum."""
    return call("assign_add", name, _variable(ref, "assign_add"), _same_dtype(value, ref))


def assign_sub(ref, value, use_locking=None, name=None):
    """The tensor that subtracts `value` from the variable `ref` and gives the difference."""
    return call("assign_sub", name, _variable(ref, "assign_sub"), _same_dtype(value, ref))
