"""Arrays that a loop writes element after element: it stacks what is written, and carries nothing."""

from . import array_ops, creation, math_ops
from ._ferroflow import constant_value
from .default_graph import get_default_graph, name_scope
from .dtypes import int32
from .framework import call, convert_to_tensor
from .tensor_array import TensorArray, from_tensors, to_tensors


class LoopArray(TensorArray):
    """An array whose tensors `make()` gives, once something takes them."""

    def __init__(self, like, make):
        self._dtype, self._dynamic, self._size, self._ragged = like._dtype, like._dynamic, like._size, like._ragged
        self._like, self._make, self._made_array = like, make, None

    def _array(self):
        if self._made_array is None:
            self._made_array = self._make()
        return self._made_array

    _flow = property(lambda self: self._array()._flow)
    _lengths = property(lambda self: self._array()._lengths)
    _made = property(lambda self: self._array()._made)
    _element = property(lambda self: self._array()._element)

    def is_taken(self):
        """Whether something took its tensors."""
        return self._made_array is not None

    def write(self, index, value, name=None):
        """As that of any array."""
        return self._array().write(index, value, name) if self.is_taken() else Written(self, index, value, name)


class Written(LoopArray):
    """What the first write makes of an array."""

    def __init__(self, before, index, value, name):
        with name_scope(name, "TensorArrayWrite", [value]) as scope:
            value = math_ops.identity(convert_to_tensor(value, before._dtype))
        if value.shape.ndims is None:
            raise ValueError("The rank of what is written to a TensorArray must be known")
        super().__init__(before._like, lambda: before._array().write(index, value, scope))
        self._like._element.merge_with(value.shape)
        self._before, self._index, self._value = before, convert_to_tensor(index), value

    def write(self, index, value, name=None):
        """As that of any array."""
        return self._array().write(index, value, name)

    def stacked(self, start, values):
        """The array with what a loop stacked, the first at index `start`."""
        with name_scope(None, "TensorArrayWrite"):
            sizes = array_ops.shape(values)
            count = sizes[0]
            some = math_ops.minimum(count, 1)
            # The last number is none of an element: there would be more of them than an int32 counts.
            limit = int32.max if self._dynamic else self._size + 1 - some
            checked = lambda index: call("in_range", "index", index, limit, "TensorArray index")
            start = checked(math_ops.cast(start, int32) * some)
            if self._dynamic:
                after = math_ops.maximum(self._size - start - count, 0)
            else:
                # Of the indices that are out of range the first.
                last = checked(math_ops.maximum(start, math_ops.minimum(start + count - 1, self._size)))
                after = self._size - some - last
            zeros = lambda rows: creation.zeros(array_ops.concat([[rows], sizes[1:]], 0), self._dtype)
            flow = array_ops.concat([zeros(start), values, zeros(after)], 0)
            rows = [(start, -1), (count, 0), (after, -1)]
            lengths = array_ops.concat([creation.fill([n], value) for n, value in rows], 0)
            size = None if self._dynamic else constant_value(self._size)
            flow.set_shape([None if size is None else int(size), *self._value.shape])
            return self._like._with(flow, lengths, self._value.shape)


class LoopArrays:
    """The arrays among the variables of a loop that may turn out to be stacked."""

    def __init__(self, leaves):
        self._leaves, self._given, self._counters = leaves, {}, {}
        self._start = len(get_default_graph())

    def given(self, carried):
        """The loop variables that `carried` are carried for."""
        found = from_tensors(self._leaves, carried)
        for i, leaf in enumerate(self._leaves):
            if isinstance(leaf, TensorArray) and leaf._blank and not leaf._ragged:
                found[i] = self._given.setdefault(i, LoopArray(leaf, lambda array=found[i]: array))
        return found

    def following(self, results, carried):
        """What is carried for `results`, with `None` for what is stacked; and that."""
        may_stack = lambda i, v: isinstance(v, Written) and v._before is self._given.get(i)
        tensors = [[None, None] if may_stack(i, v) else to_tensors(v) for i, v in enumerate(results)]
        following = [t for pair in tensors for t in pair]
        for i, result in enumerate(results):
            if tensors[i][0] is None:
                counter = self._counter(result, carried, following)
                if counter is None or result.is_taken() or self._given[i].is_taken():
                    tensors[i] = to_tensors(result)
                else:
                    self._counters[i] = counter
        return [t for pair in tensors for t in pair], [results[i]._value for i in self._counters]

    def _counter(self, written, carried, following):
        """Which loop variable the index of a write is, if each iteration adds 1 to that; else `None`."""
        for k, (variable, tensor) in enumerate(zip(carried, following)):
            if variable is written._index and tensor is not None and tensor.op.type == "Add":
                steps = [t for t in tensor.op.inputs if t is not variable]
                # One that is made outside of the loop may be fed.
                if len(steps) == 1 and steps[0].op._id >= self._start and constant_value(steps[0]) == 1:
                    return k
        return None

    def last(self, results, initial, last, stacks):
        """The loop variables in the end."""
        tensors, stacks, found = iter(last), iter(stacks), []
        for i, result in enumerate(results):
            parts = [next(tensors) for _ in range(2 if isinstance(result, TensorArray) else 1)]
            counter = self._counters.get(i)
            if counter is None:
                found += from_tensors([result], parts)
            else:
                found.append(result.stacked(initial[counter], next(stacks)))
        return found
