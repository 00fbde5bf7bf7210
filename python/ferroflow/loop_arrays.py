"""Arrays that a loop writes element after element: it stacks what is written, and carries nothing."""

from . import array_ops, creation, math_ops
from ._ferroflow import constant_value
from .dtypes import int32
from .default_graph import name_scope
from .framework import call, convert_to_tensor
from .tensor_array import TensorArray, from_tensors, to_tensors


class LoopArray(TensorArray):
    """An array to which nothing was written before the loop, and which that carries as `flow` and `lengths`. What one write
    makes of it is built only if something takes it."""

    def __init__(self, like, flow, lengths):
        self._dtype, self._dynamic, self._size, self._ragged = like._dtype, like._dynamic, like._size, like._ragged
        self._like, self._make = like, lambda: like._with(flow, lengths, made=like._made or None)

    def __getattr__(self, name):
        if name not in ("_flow", "_lengths", "_made", "_element"):
            raise AttributeError(f"'TensorArray' object has no attribute '{name}'")
        vars(self).update(vars(self._make()))
        return vars(self)[name]

    def is_taken(self):
        """Whether more than one write of an element, which was not built, took it."""
        return "_flow" in vars(self)

    def write(self, index, value, name=None):
        """As that of any array."""
        if self.is_taken():
            return super().write(index, value, name)
        return Written(self, index, value, name)


class Written(LoopArray):
    """What one write makes of a `LoopArray`."""

    def __init__(self, before, index, value, name):
        vars(self).update(vars(before))
        with name_scope(name, "TensorArrayWrite", [value]) as scope:
            value = math_ops.identity(convert_to_tensor(value, self._dtype))
            self._before, self._index, self._value = before, convert_to_tensor(index), value
        if value.shape.ndims is None:
            raise ValueError("The rank of what is written to a TensorArray must be known")
        self._like._element.merge_with(value.shape)
        self._make = lambda: TensorArray.write(before, index, value, scope)

    write = TensorArray.write

    def counter(self, array, variables, following):
        """Which loop variable the index is, if this is all that becomes of `array`, and the index one to which each iteration
        adds 1; else `None`."""
        if self._before is array and not array.is_taken() and not self.is_taken():
            for k, (variable, tensor) in enumerate(zip(variables, following)):
                if variable is self._index and tensor is not None and tensor.op.type == "Add":
                    steps = [t for t in tensor.op.inputs if t is not variable]
                    if len(steps) == 1 and constant_value(steps[0]) == 1:
                        return k
        return None

    def stacked(self, start, values):
        """The array with what was stacked, the first at index `start`."""
        with name_scope(None, "TensorArrayWrite"):
            sizes = array_ops.shape(values)
            before = math_ops.cast(start, int32) * math_ops.minimum(sizes[0], 1)
            after = math_ops.maximum(self._size - before - sizes[0], 0)
            zeros = lambda rows: creation.zeros(array_ops.concat([[rows], sizes[1:]], 0), self._dtype)
            flow = array_ops.concat([zeros(before), values, zeros(after)], 0)
            rows = [(before, -1), (sizes[0], 0), (after, -1)]
            lengths = array_ops.concat([creation.fill([n], value) for n, value in rows], 0)
            size = None if self._dynamic else constant_value(self._size)
            flow.set_shape([None if size is None else int(size), *self._value.shape])
            return self._like._with(flow, lengths, self._value.shape)


class LoopArrays:
    """The arrays among the variables of a loop that may turn out to be stacked."""

    def __init__(self, leaves):
        self._leaves, self._given, self._counters = leaves, {}, {}

    def given(self, carried):
        """The loop variables that `carried` are carried for."""
        found = from_tensors(self._leaves, carried)
        for i, leaf in enumerate(self._leaves):
            if isinstance(leaf, TensorArray) and leaf._blank and not leaf._ragged:
                array = self._given.get(i) or LoopArray(leaf, found[i]._flow, found[i]._lengths)
                found[i] = self._given[i] = array
        return found

    def following(self, results, carried):
        """What is carried for `results`, with `None` for what is stacked; and that."""
        kept = [isinstance(v, Written) and i in self._given for i, v in enumerate(results)]
        tensors = [[None, None] if k else to_tensors(v) for k, v in zip(kept, results)]
        flat = [t for pair in tensors for t in pair]
        for i, result in enumerate(results):
            if kept[i]:
                counter = result.counter(self._given[i], carried, flat)
                if counter is None:
                    tensors[i] = to_tensors(result)
                else:
                    self._counters[i] = counter
        flat = [t for pair in tensors for t in pair]
        checked = {}
        for i, counter in self._counters.items():
            array = results[i]
            with name_scope(None, "TensorArrayWrite"):
                # The last number is none of an element: there would be more of them than an int32 counts.
                limit = int32.max if array._dynamic else array._size
                index = checked.get(counter, carried[counter])
                checked[counter] = call("in_range", "index", index, limit, "TensorArray index")
        for counter, index in checked.items():
            flat[counter] = math_ops.cast(index, carried[counter].dtype) + 1
        return flat, [results[i]._value for i in self._counters]

    def last(self, results, initial, last, stacks):
        """The loop variables in the end."""
        tensors, found = iter(last), []
        for i, result in enumerate(results):
            parts = [next(tensors) for _ in range(2 if isinstance(result, TensorArray) else 1)]
            if i in self._counters:
                found.append(result.stacked(initial[self._counters[i]], stacks.pop(0)))
            else:
                found += from_tensors([result], parts)
        return found
