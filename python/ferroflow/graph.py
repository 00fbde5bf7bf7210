"""Graphs: their operations, their scopes and their collections."""

import contextlib
import threading

from . import _ferroflow
from .defaults import _stacks
from .device_names import merge
from .elements import IndexedSlices, Operation, Tensor
from .scopes import _control_dependencies, _Device, _name_scope


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
