"""Arrays of tensors, which loops read and write by number."""

from . import array_ops, creation, math_ops, reductions, selection
from .dtypes import as_dtype, int32
from .default_graph import control_dependencies, name_scope
from .framework import call, convert_to_tensor
from .tensor_shape import TensorShape, as_shape


class TensorArray:
    """`size` tensors of one shape and dtype, by number; what changes it gives a new array, to be used from then on.

    Loops and choices carry it like a tensor. With `dynamic_size` it grows as it is written to. Elements that were not
    written are zeros; all have one shape, that of the first written unless `element_shape` tells it. Without `infer_shape`
    they may differ in their first dimension.
    """

    # Whether nothing was written to it.
    _blank = False

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
        self._dtype, self._dynamic, self._ragged = as_dtype(dtype), bool(dynamic_size), not infer_shape
        self._element = TensorShape(None) if element_shape is None else as_shape(element_shape)
        self._size = convert_to_tensor(0 if size is None else size, int32)
        # Whether the elements have been made; `None` if only a run knows.
        self._made = flow is not None or self._element.is_fully_defined()
        self._blank = flow is None
        if flow is None:
            flow = self._zeros(self._element.as_list()) if self._made else creation.zeros([0], self._dtype)
        if self._element.ndims is not None and self._made:
            flow.set_shape([None, *self._element.as_list()])
        self._flow = flow
        # By element: of how many rows of the flow it is, where these may differ, else 0; -1 if it has not been written.
        self._lengths = creation.fill(array_ops.reshape(self._size, [1]), -1)

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
        return creation.zeros(shape, self._dtype)

    def _with(self, flow, lengths, element=None, made=True):
        other = object.__new__(TensorArray)
        other._dtype, other._dynamic, other._size = self._dtype, self._dynamic, self._size
        other._ragged = self._ragged
        if self._ragged and element is not None and element.ndims:
            element = TensorShape([None, *element[1:]])
        other._element = self._element if element is None else self._element.merge_with(element)
        if other._element.ndims is not None and made:
            flow.set_shape([None, *other._element.as_list()])
        other._flow, other._made, other._lengths = flow, made, lengths
        return other

    def identity(self):
        """The same array."""
        return self._with(math_ops.identity(self._flow), self._lengths, made=self._made)

    def write(self, index, value, name=None):
        """The array in which element `index` is `value`. A run in which it is out of range, or was written, fails."""
        from .control_flow import cond

        with name_scope(name, "TensorArrayWrite", [value]):
            value = convert_to_tensor(value, self._dtype)
            make, flow, lengths = (lambda: self._zeros(array_ops.shape(value))), self._flow, self._lengths
            if self._made is None:
                flow = cond(math_ops.equal(array_ops.size(flow), 0), make, lambda: self._flow)
            elif not self._made:
                flow = make()
            if value.shape.ndims is None:
                raise ValueError("The rank of what is written to a TensorArray must be known")
            rows = 0
            if self._ragged and value.shape.ndims:
                rows, longest = array_ops.shape(value)[0], array_ops.shape(flow)[1]
                flow.set_shape([None] * (value.shape.ndims + 1))
                flow, value = _longer(flow, 1, rows - longest), _longer(value, 0, longest - rows)
            flow.set_shape([None, *value.shape.as_list()])
            # The last number is none of an element: there would be more of them than an int32 counts.
            limit = int32.max if self._dynamic else array_ops.shape(flow)[0]
            index = call("in_range", "index", convert_to_tensor(index), limit, "TensorArray index")
            if self._dynamic:
                missing = array_ops.reshape(math_ops.maximum(index + 1 - array_ops.shape(flow)[0], 0), [1])
                added = array_ops.concat([missing, array_ops.shape(value)], 0)
                flow = array_ops.concat([flow, creation.zeros(added, self._dtype)], 0)
                lengths = array_ops.concat([lengths, creation.fill(missing, -1)], 0)
            shape = array_ops.shape(flow)
            here = math_ops.equal(creation.range(0, shape[0], 1), index)
            again = reductions.reduce_any(math_ops.logical_and(here, lengths >= 0))
            message = "Could not write to a TensorArray index because it has already been written to."
            with control_dependencies([math_ops.Assert(math_ops.logical_not(again), [message])]):
                value = array_ops.broadcast_to(array_ops.expand_dims(value, 0), shape)
            flow = selection.where(here, value, flow)
            lengths = selection.where(here, array_ops.zeros_like(lengths) + rows, lengths)
            return self._with(flow, lengths, value.shape[1:])

    def read(self, index, name=None):
        """Element `index`."""
        from .control_flow import cond

        with name_scope(name, "TensorArrayRead"):
            found = selection.gather(self._flow, index)
            if self._ragged and self._element.ndims != 0:
                rows = math_ops.maximum(selection.gather(self._lengths, index), 0)
                whole, cut = found, lambda: whole[:rows]
                known = self._element.ndims is not None
                found = cut() if known else cond(math_ops.equal(array_ops.rank(whole), 0), lambda: whole, cut)
            found.set_shape(self._element)
            return found

    def gather(self, indices, name=None):
        """The elements of these numbers, stacked."""
        with name_scope(name, "TensorArrayGather"):
            found = selection.gather(self._flow, indices)
            if self._ragged:
                return self._of_one_length(found, selection.gather(self._lengths, indices))
            if self._element.ndims is not None:
                found.set_shape([None, *self._element.as_list()])
            return found

    def stack(self, name=None):
        """All elements, stacked."""
        if self._ragged:
            with name_scope(name, "TensorArrayStack"):
                return self._of_one_length(self._flow, self._lengths)
        return math_ops.identity(self._flow, name=name or "TensorArrayStack")

    pack = stack

    def _of_one_length(self, flow, lengths):
        """Elements stacked, of which all that were written must have one length."""
        longest = reductions.reduce_max(lengths)
        alike = reductions.reduce_all(math_ops.logical_or(lengths < 0, math_ops.equal(lengths, longest)))
        with control_dependencies([math_ops.Assert(alike, ["TensorArray has inconsistent shapes: lengths", lengths])]):
            flow = math_ops.identity(flow)
        return flow if self._element.ndims in (None, 0) else flow[:, : math_ops.maximum(longest, 0)]

    def concat(self, name=None):
        """All elements, one after the other along their first dimension."""
        with name_scope(name, "TensorArrayConcat"):
            shape = array_ops.shape(self._flow)
            rows = array_ops.reshape(self._flow, array_ops.concat([[-1], shape[2:]], 0))
            if not self._ragged:
                return rows
            there = array_ops.reshape(array_ops.sequence_mask(self._lengths, shape[1]), [-1])
            return selection.gather(rows, array_ops.reshape(selection.where(there), [-1]))

    def unstack(self, value, name=None):
        """The array of the slices of `value` by its first dimension."""
        value = math_ops.identity(convert_to_tensor(value, self._dtype), name=name or "TensorArrayUnstack")
        rank, sizes = value.shape.ndims, array_ops.shape(value)
        rows = sizes[1] if self._ragged and rank is not None and rank > 1 else 0
        return self._with(value, creation.fill(sizes[:1], rows), None if rank is None else value.shape[1:])

    unpack = unstack

    def split(self, value, lengths, name=None):
        """The array of parts of `value`, one after the other along its first dimension, of these lengths, which must be equal
        but without `infer_shape`."""
        with name_scope(name, "TensorArraySplit", [value, lengths]):
            value, lengths = convert_to_tensor(value, self._dtype), math_ops.cast(lengths, int32)
            sizes, longest = array_ops.shape(value), reductions.reduce_max(lengths)
            fits = math_ops.equal(reductions.reduce_sum(lengths), sizes[0])
            if not self._dynamic:
                fits = math_ops.logical_and(fits, math_ops.equal(array_ops.shape(lengths)[0], self._size))
            if not self._ragged:
                fits = math_ops.logical_and(fits, reductions.reduce_all(math_ops.equal(lengths, longest)))
            message = "The lengths are not those of the parts of a TensorArray:"
            with control_dependencies([math_ops.Assert(fits, [message, lengths])]):
                last = creation.zeros(array_ops.concat([[1], sizes[1:]], 0), self._dtype)
            # What an element is shorter than the longest is filled up with the last row, of zeros.
            row = creation.range(0, longest, 1)
            place = array_ops.expand_dims(reductions.cumsum(lengths, exclusive=True), 1) + row
            there = array_ops.sequence_mask(lengths, longest)
            place = selection.where(there, place, array_ops.zeros_like(place) + sizes[0])
            flow = selection.gather(array_ops.concat([value, last], 0), place)
            element = None if value.shape.ndims is None else TensorShape([flow.shape[1], *value.shape[1:]])
            return self._with(flow, lengths if self._ragged else array_ops.zeros_like(lengths), element)

    def scatter(self, indices, value, name=None):
        """The array in which the elements of these numbers are the slices of `value`."""
        found = self
        for i, part in zip(array_ops.unstack(convert_to_tensor(indices)), array_ops.unstack(value)):
            found = found.write(i, part)
        return found

    def size(self, name=None):
        """The number of elements."""
        return math_ops.identity(array_ops.shape(self._lengths)[0], name=name or "TensorArraySize")

    def close(self, name=None):
        """Nothing: an array ends with the run."""
        return math_ops.no_op(name)


def _longer(x, axis, rows):
    """With so many more rows of zeros, if any, along an axis."""
    paddings = [[0, 0]] * x.shape.ndims
    paddings[axis] = [0, math_ops.maximum(rows, 0)]
    return array_ops.pad(x, paddings)


def to_tensors(leaf):
    """The tensors that are carried for a leaf of a nest."""
    return [leaf._flow, leaf._lengths] if isinstance(leaf, TensorArray) else [convert_to_tensor(leaf)]


def shapes_of(leaf):
    """What stays the same of their shapes."""
    if not isinstance(leaf, TensorArray):
        return [convert_to_tensor(leaf).shape]
    # An array without elements yet is of a shape that only its first element tells.
    rows = None if leaf._dynamic else leaf._flow.shape[0] if leaf._made else None
    flow = TensorShape(None) if not leaf._made or leaf._element.ndims is None else TensorShape([rows, *leaf._element])
    return [flow, TensorShape([None]) if leaf._dynamic else leaf._lengths.shape]


def from_tensors(leaves, tensors):
    """What stands for leaves where `tensors` are carried for them."""
    tensors = iter(tensors)

    def one(leaf):
        return (
            leaf._with(next(tensors), next(tensors), made=leaf._made or None)
            if isinstance(leaf, TensorArray)
            else next(tensors)
        )

    return [one(leaf) for leaf in leaves]
