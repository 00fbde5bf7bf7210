"""What adds operations to a graph: functions of the Rust library, constants, conversions."""

from .default_graph import _graph_of, get_default_graph
from .dtypes import as_dtype
from .elements import IndexedSlices, Tensor
from .scopes import _check_name
from .tensor_shape import as_shape


def _dense(arguments):
    """The arguments, or members of a list, of which `IndexedSlices` are made tensors."""
    return type(arguments)(map(_dense_one, arguments))


def _dense_one(value):
    if isinstance(value, IndexedSlices):
        return convert_to_tensor(value)
    return _dense(value) if type(value) in (list, tuple) else value


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
