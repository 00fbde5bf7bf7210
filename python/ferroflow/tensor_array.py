"""Arrays of tensors, which loops read and write by number."""

from . import array_ops, math_ops
from .dtypes import as_dtype, int32
from .framework import call, control_dependencies, convert_to_tensor, name_scope
from .tensor_shape import TensorShape, as_shape


class TensorArray:
    """`size` tensors of one shape and dtype, by number; what changes it gives a new array, to be used from then on.

    Loops and choices carry it like a tensor. With `dynamic_size` it grows as it is written to. Elements that were not
    written are zeros; all have one shape, that of the first written unless `element_shape` tells it.
    """

    def __init__(
        self,
        dtype,
        size=None,
        dynamic_size=None,
        clear_after_read=None,
        tensor_array_name=None,
        handle=None,
        flow=None,
        infer_shape=True,
        element_shape=None,
        colocate_with_first_write_call=True,
        name=None,
    ):
        self._dtype, self._dynamic = as_dtype(dtype), bool(dynamic_size)
        self._element = TensorShape(None) if element_shape is None else as_shape(element_shape)
        self._size = convert_to_tensor(0 if size is None else size, int32)
        # Whether the elements have been made; `None` if only a run knows.
        self._made = flow is not None or self._element.is_fully_defined()
        if flow is None:
            flow = self._zeros(self._element.as_list()) if self._made else array_ops.zeros([0], self._dtype)
        if self._element.ndims is not None and self._made:
            flow.set_shape([None, *self._element.as_list()])
        self._flow = flow
        # By element: whether it has been written.
        self._written = array_ops.fill(array_ops.reshape(self._size, [1]), False)

    @property
    def dtype(self):
        """The dtype of the elements."""
        return self._dtype

    @property
    def element_shape(self):
        """What is known of the shape of an element."""
        return self._element

    @property
    def dynamic_size(self):
        """Whether it grows as it is written to."""
        return self._dynamic

    @property
    def flow(self):
        """The elements, as one tensor."""
        return self._flow

    def _zeros(self, element):
        shape = array_ops.concat([array_ops.reshape(self._size, [1]), math_ops.cast(element, int32)], 0)
        return array_ops.zeros(shape, self._dtype)

    def _with(self, flow, written, element=None, made=True):
        other = object.__new__(TensorArray)
        other._dtype, other._dynamic, other._size = self._dtype, self._dynamic, self._size
        other._element = self._element if element is None else self._element.merge_with(element)
        if other._element.ndims is not None and made:
            flow.set_shape([None, *other._element.as_list()])
        other._flow, other._made, other._written = flow, made, written
        return other

    def identity(self):
        """The same array."""
        return self._with(math_ops.identity(self._flow), self._written, made=self._made)

    def write(self, index, value, name=None):
        """The array in which element `index` is `value`. A run in which it is out of range, or was written, fails."""
        from .control_flow import cond

        with name_scope(name, "TensorArrayWrite", [value]):
            value = convert_to_tensor(value, self._dtype)
            make, flow, written = (lambda: self._zeros(array_ops.shape(value))), self._flow, self._written
            if self._made is None:
                flow = cond(math_ops.equal(array_ops.size(flow), 0), make, lambda: self._flow)
            elif not self._made:
                flow = make()
            if value.shape.ndims is None:
                raise ValueError("The rank of what is written to a TensorArray must be known")
            flow.set_shape([None, *value.shape.as_list()])
            # The last number is none of an element: there would be more of them than an int32 counts.
            limit = int32.max if self._dynamic else array_ops.shape(flow)[0]
            index = call("in_range", "index", convert_to_tensor(index), limit, "TensorArray index")
            if self._dynamic:
                missing = array_ops.reshape(math_ops.maximum(index + 1 - array_ops.shape(flow)[0], 0), [1])
                added = array_ops.concat([missing, array_ops.shape(value)], 0)
                flow = array_ops.concat([flow, array_ops.zeros(added, self._dtype)], 0)
                written = array_ops.concat([written, array_ops.fill(missing, False)], 0)
            shape = array_ops.shape(flow)
            here = math_ops.equal(array_ops.range(0, shape[0], 1), index)
            again = math_ops.reduce_any(math_ops.logical_and(here, written))
            message = "Could not write to a TensorArray index because it has already been written to."
            with control_dependencies([math_ops.Assert(math_ops.logical_not(again), [message])]):
                value = array_ops.broadcast_to(array_ops.expand_dims(value, 0), shape)
            flow = array_ops.where(here, value, flow)
            return self._with(flow, math_ops.logical_or(written, here), value.shape[1:])

    def read(self, index, name=None):
        """Element `index`."""
        found = array_ops.gather(self._flow, index, name=name or "TensorArrayRead")
        found.set_shape(self._element)
        return found

    def gather(self, indices, name=None):
        """The elements of these numbers, stacked."""
        found = array_ops.gather(self._flow, indices, name=name or "TensorArrayGather")
        if self._element.ndims is not None:
            found.set_shape([None, *self._element.as_list()])
        return found

    def stack(self, name=None):
        """All elements, stacked."""
        return math_ops.identity(self._flow, name=name or "TensorArrayStack")

    pack = stack

    def concat(self, name=None):
        """All elements, one after the other along their first dimension."""
        with name_scope(name, "TensorArrayConcat"):
            shape = array_ops.shape(self._flow)
            return array_ops.reshape(self._flow, array_ops.concat([[-1], shape[2:]], 0))

    def unstack(self, value, name=None):
        """The array of the slices of `value` by its first dimension."""
        value = math_ops.identity(convert_to_tensor(value, self._dtype), name=name or "TensorArrayUnstack")
        shape = value.shape
        written = array_ops.fill(array_ops.shape(value)[:1], True)
        return self._with(value, written, None if shape.ndims is None else TensorShape(shape.as_list()[1:]))

    unpack = unstack

    def scatter(self, indices, value, name=None):
        """The array in which the elements of these numbers are the slices of `value`."""
        found = self
        for i, part in zip(array_ops.unstack(convert_to_tensor(indices)), array_ops.unstack(value)):
            found = found.write(i, part)
        return found

    def size(self, name=None):
        """The number of elements."""
        rows = array_ops.shape(self._flow)[0] if self._made else self._size
        return math_ops.identity(rows, name=name or "TensorArraySize")

    def close(self, name=None):
        """Nothing: an array ends with the run."""
        return math_ops.no_op(name)


def to_tensors(leaf):
    """The tensors that are carried for a leaf of a nest."""
    return [leaf._flow, leaf._written] if isinstance(leaf, TensorArray) else [convert_to_tensor(leaf)]


def shapes_of(leaf):
    """What stays the same of their shapes."""
    if not isinstance(leaf, TensorArray):
        return [convert_to_tensor(leaf).shape]
    # An array without elements yet is of a shape that only its first element tells.
    rows = None if leaf._dynamic else leaf._flow.shape[0] if leaf._made else None
    flow = TensorShape(None) if not leaf._made or leaf._element.ndims is None else TensorShape([rows, *leaf._element])
    return [flow, TensorShape([None]) if leaf._dynamic else leaf._written.shape]


def from_tensors(leaves, tensors):
    """What stands for leaves where `tensors` are carried for them."""
    tensors = iter(tensors)

    def one(leaf):
        return leaf._with(next(tensors), next(tensors), made=leaf._made or None) if isinstance(leaf, TensorArray) else next(tensors)

    return [one(leaf) for leaf in leaves]
