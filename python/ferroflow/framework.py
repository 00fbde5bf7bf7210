"""Graphs, operations and tensors; which graph is the default; collections."""

import collections
import contextlib
import threading

from . import _ferroflow
from .device_names import merge
from .dtypes import as_dtype
from .tensor_shape import TensorShape, as_shape

IndexedSlicesValue = collections.namedtuple("IndexedSlicesValue", ["values", "indices", "dense_shape"])


class Operation(_ferroflow.Operation):
    """An operation of a graph: what is run for its effect.

    A graph gives one object for each of its operations; they are compared by identity.
    """

    def __init__(self, graph, node):
        self._graph = graph
        self._outputs = None

    @property
    def graph(self):
        """The graph."""
        return self._graph

    @property
    def device(self):
        """The device asked for; empty if none."""
        self._graph._place()
        return self._graph._devices.get(self._id, _ferroflow.Operation.device.__get__(self))

    @property
    def outputs(self):
        """The tensors that it gives."""
        if self._outputs is None:
            self._outputs = [Tensor(self, k) for k in range(self._num_outputs)]
        return self._outputs

    @property
    def inputs(self):
        """The tensors that it takes."""
        return tuple(self._graph._wrap(pair) for pair in self._inputs())

    @property
    def control_inputs(self):
        """The operations that run before it without giving it a value."""
        return [self._graph._operation(node) for node in self._controls()]

    def values(self):
        """The tensors that it gives."""
        return tuple(self.outputs)

    @property
    def op_def(self):
        """`None`: operations are described by their attributes alone."""
        return None

    @property
    def node_def(self):
        """Its description, to read: `name`, `op`, `device`, `input`, the names of what it takes, and `attr`."""
        return NodeDef(self)

    def get_attr(self, name):
        """The attribute `name`, text as bytes; `T` is the dtype of what it takes, `dtype` of what it gives. Raises `ValueError`
        if there is none."""
        attributes = dict(self._attributes())
        known = {"T": self.inputs or self.outputs, "dtype": self.outputs}.get(name)
        if known and name not in attributes:
            return known[0].dtype
        if name not in attributes:
            raise ValueError(f"Operation '{self.name}' has no attr named '{name}'.")
        value = attributes[name]
        if name in ("dtype", "to", "out_type", "output_type", "out_idx"):
            return as_dtype(value)
        return value.encode() if isinstance(value, str) else value

    def run(self, feed_dict=None, session=None):
        """Runs it in `session`, or the default one."""
        _session_for(session, self._graph, "Cannot execute operation using `run()`").run(self, feed_dict)

    def _add_control_inputs(self, operations):
        for operation in operations:
            _ferroflow.Operation._add_control_input(self, operation)

    def __repr__(self):
        return f"<tf.Operation '{self.name}' type={self.type}>"

    def __str__(self):
        return next(line for line in str(self._graph).splitlines() if line.startswith(f"{self.name} = "))


class NodeDef:
    """What an operation is, to read."""

    def __init__(self, operation):
        self.name, self.op, self.device = operation.name, operation.type, operation.device
        taken = [t.op.name if t.value_index == 0 else t.name for t in operation.inputs]
        self.input = taken + [f"^{control.name}" for control in operation.control_inputs]
        self.attr = {name: operation.get_attr(name) for name, _ in operation._attributes()}

    def __str__(self):
        lines = [f'name: "{self.name}"', f'op: "{self.op}"', *(f'input: "{name}"' for name in self.input)]
        lines += [f'device: "{self.device}"'] if self.device else []
        lines += [f'attr {{ key: "{key}" value: {value!r} }}' for key, value in self.attr.items()]
        return "\n".join(lines) + "\n"


class Tensor(_ferroflow.Tensor):
    """A value that a session computes: output `value_index` of `op`.

    Tensors are compared by identity, with `==` too, and can be keys of dictionaries. They have no truth value and
    cannot be iterated over: their elements are known only in a session.
    """

    __array_priority__ = 100

    def __init__(self, op, index):
        self._op = op

    @property
    def op(self):
        """The operation that gives it."""
        return self._op

    @property
    def graph(self):
        """The graph."""
        return self._op._graph

    @property
    def dtype(self):
        """The element type."""
        return as_dtype(self._dtype)

    @property
    def shape(self):
        """The known part of the shape."""
        return TensorShape(self._dims)

    @property
    def device(self):
        """The device asked for; empty if none."""
        return self._op.device

    def get_shape(self):
        """The known part of the shape."""
        return self.shape

    def set_shape(self, shape):
        """Adds to what is known of the shape. Raises `ValueError` if it contradicts that."""
        self._set_shape(as_shape(shape))

    def consumers(self):
        """The operations that take it."""
        graph = self.graph
        here = (self._node, self.value_index)
        return [op for op in graph.get_operations() if here in op._inputs()]

    def eval(self, feed_dict=None, session=None):
        """Its value in `session`, or the default one: a NumPy array, or a scalar of NumPy's."""
        session = _session_for(session, self.graph, "Cannot evaluate tensor using `eval()`")
        return session.run(self, feed_dict)

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return id(self) == id(other)

    def __ne__(self, other):
        return id(self) != id(other)

    def __copy__(self):
        return self

    def __iter__(self):
        raise TypeError(
            "Tensor objects are only iterable when eager execution is enabled. To iterate over this tensor use "
            "tf.unstack."
        )

    def __len__(self):
        raise TypeError(f"len is not well defined for symbolic Tensors. ({self.name}) Please call `x.shape` instead.")

    def __bool__(self):
        raise TypeError(
            "Using a `tf.Tensor` as a Python `bool` is not allowed: its value is known only in a session. Compare with "
            "`is not None`, or choose between values with `tf.where`."
        )

    def __array__(self, *_, **__):
        raise NotImplementedError(f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array.")

    def _as_graph_element(self):
        return self

    def _text(self):
        shape = "" if self.shape.ndims is None else f", shape={self.shape}"
        return f'"{self.name}"{shape}, dtype={self.dtype.name}'

    def __str__(self):
        return f"Tensor({self._text()})"

    def __repr__(self):
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


class IndexedSlices:
    """The rows of a tensor that are not zero: row `indices[i]` is `values[i]`; rows named twice add up."""

    def __init__(self, values, indices, dense_shape=None):
        self._values, self._indices, self._dense_shape = values, indices, dense_shape

    @property
    def values(self):
        """The rows, `[n, ...]`."""
        return self._values

    @property
    def indices(self):
        """Which rows they are, `[n]`."""
        return self._indices

    @property
    def dense_shape(self):
        """The shape of the whole tensor, as a tensor, or `None`."""
        return self._dense_shape

    @property
    def dtype(self):
        """The element type."""
        return self._values.dtype

    @property
    def shape(self):
        """The known part of the whole tensor's shape."""
        known = None if self._dense_shape is None else _ferroflow.constant_value(self._dense_shape)
        return TensorShape(None if known is None else [int(n) for n in known])

    @property
    def device(self):
        """The device asked for of the values; empty if none."""
        return self._values.device

    @property
    def name(self):
        """The name of the values."""
        return self._values.name

    @property
    def op(self):
        """The operation that gives the values."""
        return self._values.op

    @property
    def graph(self):
        """The graph."""
        return self._values.graph

    def _as_graph_element(self):
        return convert_to_tensor(self)

    def __neg__(self):
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self):
        return f"IndexedSlices(indices={self._indices}, values={self._values})"


class GraphKeys:
    """Names of collections that the library keeps."""

    GLOBAL_VARIABLES = VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    METRIC_VARIABLES = "metric_variables"
    GLOBAL_STEP = "global_step"
    LOSSES = "losses"
    REGULARIZATION_LOSSES = "regularization_losses"
    UPDATE_OPS = "update_ops"
    SUMMARIES = "summaries"
    ACTIVATIONS = "activations"
    WEIGHTS = "weights"
    BIASES = "biases"
    TRAIN_OP = "train_op"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    SUMMARY_OP = "summary_op"
    SAVERS = "savers"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    CONCATENATED_VARIABLES = "concatenated_variables"
    EVAL_STEP = "eval_step"
    LOCAL_RESOURCES = "local_resources"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    RESOURCES = "resources"
    SAVEABLE_OBJECTS = "saveable_objects"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"


class Graph(_ferroflow.Graph):
    """A graph of operations, described once and run by sessions."""

    def __init__(self):
        self._operations = {}
        self._variables = {}
        self._collections = {}
        self._synchronized = {}
        self._finalized = False
        # Names of registered gradients by types of operations, one mapping for each context.
        self._overrides = []
        self._seed = None
        self._variable_scopes = threading.local()
        self._device_functions, self._device_names, self._devices = [], threading.local(), {}
        self._placed, self._placing = 0, False

    # Objects for what Rust names by numbers.

    def _operation(self, node):
        operation = self._operations.get(node)
        if operation is None:
            operation = self._operations.setdefault(node, Operation(self, node))
        return operation

    def _wrap(self, built):
        if type(built) is tuple:
            if len(built) == 3:
                values, indices, like = map(self._wrap, built)
                from .array_ops import shape

                return IndexedSlices(values, indices, shape(like))
            return self._operation(built[0]).outputs[built[1]]
        if type(built) is int:
            return self._operation(built)
        return None if built is None else [self._wrap(part) for part in built]

    def _variable_at(self, node):
        from .variables import Variable

        found = self._variables.get(node)
        return found if found is not None else Variable._existing(self, node)

    def _check_open(self):
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    # The graph as the default, its scopes and its seed.

    @contextlib.contextmanager
    def as_default(self):
        """A context in which this graph is the thread's default."""
        stack = _stacks.graphs
        stack.append(self)
        try:
            yield self
        finally:
            if stack[-1] is not self:
                raise AssertionError("Nesting violated by another default graph that is still in force")
            stack.pop()

    def name_scope(self, name):
        """A context in which names get `name/` before them, made unique; as it is if it ends in a slash."""
        return _name_scope(self, name or "")

    def control_dependencies(self, control_inputs):
        """A context whose operations run after `control_inputs`; after none of those around if `None`."""
        return _control_dependencies(self, control_inputs)

    def device(self, device_name_or_function):
        """A context whose operations ask for that device, which a function tells of each of them. All run on the CPU."""
        return _Device(self, device_name_or_function)

    def _place(self):
        """Asks the functions in force for the devices of the operations made since they came into force."""
        if self._placing:
            return
        self._placing = True
        try:
            while self._device_functions and self._placed < len(self):
                op = self._operation(self._placed)
                self._placed += 1
                if op.type in ("Assign", "Identity") and op.inputs[0].op.type == "VariableV2":
                    # With the variable, as what initialises and reads it is.
                    self._devices[op._id] = op.inputs[0].op.device
                    continue
                for function, around in reversed(self._device_functions):
                    if function is None:
                        break
                    self._devices[op._id] = merge(around, function(op))
            self._placed = len(self)
        finally:
            self._placing = False

    @contextlib.contextmanager
    def colocate_with(self, op, ignore_existing=False):
        """A context whose operations belong with `op`. All do: there is one device."""
        yield

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map):
        """A context whose operations of the types in a dictionary have the gradients that it names, those of
        `tf.RegisterGradient`, in place of their own. `Identity` is that of the identity."""
        from .custom_gradients import apply_overrides

        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        apply_overrides(self)
        self._overrides.append({"since": len(self), "map": op_type_map})
        try:
            yield
            apply_overrides(self)
        finally:
            self._overrides.pop()
            for outer in self._overrides:
                outer["since"] = len(self)

    @contextlib.contextmanager
    def container(self, container_name):
        """A context of variables of one container. Each session is one."""
        yield container_name

    @property
    def seed(self):
        """The seed of random operations that have none of their own, or `None`."""
        return self._seed

    @seed.setter
    def seed(self, seed):
        self._seed = seed
        self._set_seed(seed)

    def get_name_scope(self):
        """The full name of the current name scope."""
        return self._current_scope().rstrip("/")

    def unique_name(self, name, mark_as_used=True):
        """`name` within the current name scope, made unique."""
        return self._unique_name(name)

    @property
    def version(self):
        """A number that grows with the graph."""
        return len(self)

    @property
    def finalized(self):
        """Whether nothing may be added any more."""
        return self._finalized

    def finalize(self):
        """From now on adding an operation raises `RuntimeError`."""
        self._finalized = True

    # What is in the graph.

    def get_operations(self):
        """Every operation, in the order in which they were made."""
        return [self._operation(node) for node in range(len(self))]

    def get_operation_by_name(self, name):
        """The operation called `name`. Raises `KeyError` if there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        if ":" in name:
            raise ValueError(f"Name '{name}' appears to refer to a Tensor, not an Operation.")
        try:
            return self._operation(self._find(name))
        except KeyError:
            message = f"The name '{name}' refers to an Operation not in the graph."
        raise KeyError(message)

    def get_tensor_by_name(self, name):
        """The tensor called `name`, such as `x:0`. Raises `KeyError` if there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        op_name, colon, output = name.rpartition(":")
        if not colon or not output.isdigit():
            raise ValueError(
                f"The name '{name}' looks like an (invalid) Operation name, not a Tensor. Tensor names must be of the form "
                '"<op_name>:<output_index>".'
            )
        try:
            outputs = self._operation(self._find(op_name)).outputs
            if int(output) < len(outputs):
                return outputs[int(output)]
            why = f"exists but only has {len(outputs)} outputs"
        except KeyError:
            why = "does not exist in the graph"
        raise KeyError(f"The name '{name}' refers to a Tensor which does not exist. The operation, '{op_name}', {why}.")

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The tensor or operation of this graph that `obj` is, gives or names."""
        element = getattr(obj, "_as_graph_element", None)
        obj = element() if element else obj
        if isinstance(obj, str):
            if ":" in obj and allow_tensor:
                return self.get_tensor_by_name(obj)
            if allow_operation:
                return self.get_operation_by_name(obj)
            raise ValueError(f"Name '{obj}' refers to an Operation, not a Tensor.")
        allowed = (Tensor,) * allow_tensor + (Operation,) * allow_operation
        if not isinstance(obj, allowed):
            names = " or ".join(c.__name__ for c in allowed)
            raise TypeError(f"Can not convert a {type(obj).__name__} into a {names}.")
        if obj.graph is not self:
            raise ValueError(f"{obj} is not an element of this graph.")
        return obj

    def is_feedable(self, tensor):
        """Whether a value can be fed for `tensor`: for any."""
        return True

    def is_fetchable(self, tensor_or_op):
        """Whether `tensor_or_op` can be fetched: any can."""
        return True

    # Collections. Variables, tensors and operations are in Rust's, where optimizers add theirs; lists here follow.

    def get_collection_ref(self, name):
        """The list behind the collection, to change."""
        members = self._collections.setdefault(name, [])
        for member in self._collection(name, self._synchronized.get(name, 0)):
            self._synchronized[name] = self._synchronized.get(name, 0) + 1
            is_variable = type(member) is tuple and member[1] is None
            members.append(self._variable_at(member[0]) if is_variable else self._wrap(member))
        return members

    def get_collection(self, name, scope=None):
        """The members of a collection, of those whose names `scope`, a pattern, matches if it is given."""
        members = list(self.get_collection_ref(name))
        if scope is None:
            return members
        import re

        matches = re.compile(scope).match
        return [m for m in members if hasattr(m, "name") and matches(m.name)]

    def add_to_collection(self, name, value):
        """Adds `value`, anything, to the collection `name`."""
        self._check_open()
        reference = getattr(value, "_ref_tensor", None)
        if reference is not None or isinstance(value, (Tensor, Operation)):
            self._add_to_collection(name, value if reference is None else reference, reference is not None)
            self.get_collection_ref(name)
        else:
            self.get_collection_ref(name).append(value)

    def add_to_collections(self, names, value):
        """Adds `value` to each of the collections."""
        for name in (names,) if isinstance(names, str) else dict.fromkeys(names):
            self.add_to_collection(name, value)

    def get_all_collection_keys(self):
        """The names of the collections made so far."""
        keys = (k for k in vars(GraphKeys).values() if isinstance(k, str) and not k.startswith("Names of"))
        return [k for k in dict.fromkeys([*self._collections, *keys]) if self.get_collection_ref(k)]

    @property
    def collections(self):
        """The names of the collections made so far."""
        return self.get_all_collection_keys()

    def clear_collection(self, name):
        """Empties a collection."""
        self.get_collection_ref(name).clear()


class _Stacks(threading.local):
    def __init__(self):
        self.graphs = []
        self.sessions = []


_stacks = _Stacks()
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


def get_default_session():
    """The session of the innermost `with session` of this thread, or `None`."""
    return _stacks.sessions[-1] if _stacks.sessions else None


def _session_for(session, graph, what):
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"{what}: No default session is registered. Use `with sess.as_default()` or pass `session=`."
            )
        if session.graph is not graph:
            raise ValueError(f"{what}: the default session's graph is another. Pass `session=`.")
    elif session.graph is not graph:
        raise ValueError(f"{what}: the session's graph is another.")
    return session


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


def _dense(arguments):
    """The arguments, or members of a list, of which `IndexedSlices` are made tensors."""
    return type(arguments)(map(_dense_one, arguments))


def _dense_one(value):
    if isinstance(value, IndexedSlices):
        return convert_to_tensor(value)
    return _dense(value) if type(value) in (list, tuple) else value


def _check_name(name):
    if name is not None and not isinstance(name, str):
        raise TypeError(f"Expected string for argument 'name' not {name!r}.")


def call(function, name, *arguments):
    """Calls a function of the Rust library, which adds to the graph of its arguments or the default one."""
    _check_name(name)
    graph = _graph_of(arguments)
    if graph is not None:
        arguments = _dense(arguments)
    graph = graph or get_default_graph()
    graph._check_open()
    return graph._wrap(graph._call(function, name, arguments))


def build(op_type, name, *inputs, **attributes):
    """Adds one operation whose inputs have one dtype, which numbers among them take."""
    _check_name(name)
    graph = _graph_of(inputs)
    if graph is not None:
        inputs = _dense(inputs)
    graph = graph or get_default_graph()
    graph._check_open()
    return graph._wrap(graph._build(op_type, name, inputs, attributes))


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """`value` as a tensor: itself if it is one, a variable's value, else a constant, of `dtype` if one is named.

    A list in which there are tensors becomes their stack. Raises `ValueError` for a tensor of another dtype, `TypeError`
    for what has none.
    """
    dtype = None if dtype is None else as_dtype(dtype)
    element = getattr(value, "_as_graph_element", None)
    if isinstance(value, IndexedSlices):
        if value.dense_shape is None:
            raise ValueError("Tensor conversion requested for IndexedSlices without dense_shape: " + str(value))
        if dtype is not None and value.dtype != dtype:
            raise ValueError(f"Tensor conversion requested dtype {dtype.name} for IndexedSlices: {value}")
        element = lambda: call("rows", name or "Rows", value.values, value.indices, value.dense_shape)
    if element is None and isinstance(value, (list, tuple)) and _graph_of(value) is not None:
        from .array_ops import stack

        parts = [convert_to_tensor(v) for v in value if _graph_of([v])]
        value = stack([convert_to_tensor(v, dtype or parts[0].dtype) for v in value], name=name or "packed")
        element = value._as_graph_element
    if element is None:
        for hint in (preferred_dtype, dtype_hint) if dtype is None else ():
            try:
                return (
                    constant(value, hint, name=name or "Const")
                    if hint is not None
                    else constant(value, name=name or "Const")
                )
            except (TypeError, ValueError):
                continue
        return constant(value, dtype, name=name or "Const")
    tensor = element()
    if not isinstance(tensor, Tensor):
        raise TypeError(f"Can't convert Operation '{tensor.name}' to Tensor")
    if dtype is not None and tensor.dtype != dtype:
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    return tensor


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """`value` as `convert_to_tensor` has it; `IndexedSlices` stay as they are."""
    return value if isinstance(value, IndexedSlices) else convert_to_tensor(value, dtype, name)


def constant(value, dtype=None, shape=None, name="Const", verify_shape=False):
    """A tensor that is always `value`: a number, a string, nested lists of them, or a NumPy array.

    Python's numbers are `float32`, `int32` (`int64` if they are large) or `bool`, unless `dtype` says otherwise; NumPy's
    arrays keep their dtype. With `shape` the elements are laid out anew, and the last one is repeated where there are too
    few. Raises `TypeError` for a value that `dtype` cannot hold, `ValueError` for too many elements.
    """
    _check_name(name)
    graph = get_default_graph()
    graph._check_open()
    dtype = None if dtype is None else as_dtype(dtype).name
    if shape is not None and verify_shape:
        from numpy import shape as numpy_shape

        if tuple(as_shape(shape).as_list()) != numpy_shape(value):
            raise TypeError(f"Expected Tensor's shape: {tuple(as_shape(shape).as_list())}, got {numpy_shape(value)}.")
    return graph._wrap(graph._constant(value, dtype, shape, name or "Const"))


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


def set_random_seed(seed):
    """Seeds the default graph: random operations made from now on that have no seed of their own derive theirs from it."""
    get_default_graph().seed = seed


def get_seed(op_seed):
    """The pair of seeds that an operation made now would have; `(None, None)` for those of the session's own."""
    seed = get_default_graph().seed
    if seed is None:
        return (None, None) if op_seed is None else (87654321, op_seed)
    pair = (seed, len(get_default_graph()) if op_seed is None else op_seed)
    return (0, 2**31 - 1) if pair == (0, 0) else pair


def is_tensor(x):
    """Whether `x` is a tensor, a variable or `IndexedSlices`."""
    return isinstance(x, (Tensor, IndexedSlices)) or hasattr(x, "_ref_tensor")
