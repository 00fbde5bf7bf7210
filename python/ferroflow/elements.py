"""What a graph consists of: operations and tensors."""

import collections

from . import _ferroflow
from .defaults import _session_for
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
        from .framework import convert_to_tensor

        return convert_to_tensor(self)

    def __neg__(self):
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self):
        return f"IndexedSlices(indices={self._indices}, values={self._values})"
