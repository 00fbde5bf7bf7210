"""Cells that attend to a memory."""

import collections

from ... import nn
from ...array_ops import concat, expand_dims, one_hot, ones_like, reshape, sequence_mask, shape, squeeze, tile
from ...creation import zeros
from ...selection import where
from ...cell import RNNCell, with_batch
from ...dtypes import float32, int32
from ...default_graph import name_scope
from ...framework import constant, convert_to_tensor
from ...initializers import Constant, Ones, Zeros
from ...layers import Dense
from ...math_ops import cast, identity, matmul, rsqrt, square, tanh
from ...reductions import argmax, reduce_sum
from ...nest import flatten, map_structure
from ...tensor_array import TensorArray
from ...tensor_shape import TensorShape
from ...variable_scope import get_variable, variable_scope

__all__ = [
    "AttentionMechanism",
    "AttentionWrapper",
    "AttentionWrapperState",
    "BahdanauAttention",
    "LuongAttention",
    "hardmax",
    "tile_batch",
]

_State = collections.namedtuple(
    "AttentionWrapperState", ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state")
)


class AttentionWrapperState(_State):
    """The state of an `AttentionWrapper`: that of the cell, the last attention, the number of steps, the last alignments, those
    of all steps if they are kept, and the state of the mechanism."""

    __slots__ = ()

    def clone(self, **kwargs):
        """The state with other fields."""
        return self._replace(**kwargs)


def hardmax(logits, name=None):
    """1 where the greatest element along the last dimension is, else 0."""
    with name_scope(name, "Hardmax", [logits]):
        logits = convert_to_tensor(logits)
        return one_hot(argmax(logits, -1), shape(logits)[-1], dtype=logits.dtype)


def tile_batch(t, multiplier, name=None):
    """Each row `multiplier` times, one after the other, of a tensor or a nest."""

    def one(x):
        x = convert_to_tensor(x)
        rank = x.shape.ndims
        copies = tile(expand_dims(x, 1), [1, multiplier, *[1] * (rank - 1)])
        rows = x.shape[0].value
        made = reshape(copies, concat([[-1], shape(x)[1:]], 0))
        made.set_shape([None if rows is None else rows * multiplier, *x.shape.as_list()[1:]])
        return made

    with name_scope(name, "tile_batch", [*flatten(t), multiplier]):
        return map_structure(one, t)


class AttentionMechanism:
    """What mechanisms have in common: `memory`, `[batch, steps, depth]`, of which those after `memory_sequence_length` do not
    count. Called with a query and a state it gives alignments, `[batch, steps]`, and the next state. A mechanism of one's own
    defines `_score(query)`."""

    def __init__(
        self, memory, query_layer, memory_layer, memory_sequence_length, probability_fn, score_mask_value, default, name
    ):
        self._name, self._default, self._query_layer = name, default, query_layer
        self._normalise = probability_fn or nn.softmax
        with name_scope(name, default, [memory]):
            memory = convert_to_tensor(memory)
            self._mask = None
            if memory_sequence_length is not None:
                self._mask = sequence_mask(memory_sequence_length, shape(memory)[1])
                memory = memory * expand_dims(cast(self._mask, memory.dtype), 2)
            self._values = memory
            self._keys = memory if memory_layer is None else memory_layer(memory)
            self._excluded = float("-inf") if score_mask_value is None else score_mask_value

    @property
    def keys(self):
        """What queries are compared with, `[batch, steps, units]`."""
        return self._keys

    @property
    def values(self):
        """The memory, zeros where it does not count."""
        return self._values

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return shape(self._keys)[0]

    @property
    def alignments_size(self):
        """The number of steps."""
        known = self._keys.shape[1].value
        return shape(self._keys)[1] if known is None else known

    @property
    def state_size(self):
        """That of alignments."""
        return self.alignments_size

    def initial_alignments(self, batch_size, dtype):
        """Zeros."""
        made = zeros([batch_size, self.alignments_size], dtype)
        made.set_shape([None, self._keys.shape[1].value])
        return made

    def initial_state(self, batch_size, dtype):
        """The first alignments."""
        return self.initial_alignments(batch_size, dtype)

    def __call__(self, query, state):
        with variable_scope(None, self._default, [query]):
            score = self._score(query if self._query_layer is None else self._query_layer(query))
            if self._mask is not None:
                score = where(self._mask, score, self._excluded * ones_like(score))
            alignments = self._aligned(score, state)
        return alignments, alignments

    def _aligned(self, score, state):
        return self._normalise(score)

    def _score(self, query):
        raise NotImplementedError


class LuongAttention(AttentionMechanism):
    """The score is `query · key`, after Luong et al. (https://arxiv.org/abs/1508.04025); times a variable with `scale`."""

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        scale=False,
        probability_fn=None,
        score_mask_value=None,
        dtype=None,
        custom_key_value_fn=None,
        name="LuongAttention",
    ):
        self._units, self._scale = num_units, scale
        keys = Dense(num_units, use_bias=False, name="memory_layer", dtype=dtype or float32)
        ends = memory_sequence_length, probability_fn, score_mask_value, "luong_attention", name
        super().__init__(memory, None, keys, *ends)

    def _score(self, query):
        if query.shape[-1].value != self._units:
            raise ValueError(
                "Incompatible or unknown inner dimensions between query and keys. Query has units: "
                f"{query.shape[-1].value}. Keys have units: {self._units}."
            )
        score = squeeze(matmul(expand_dims(query, 1), self._keys, transpose_b=True), [1])
        return get_variable("attention_g", [], query.dtype, Ones()) * score if self._scale else score


class BahdanauAttention(AttentionMechanism):
    """The score is `v · tanh(W · key + U · query)`, after Bahdanau et al. (https://arxiv.org/abs/1409.0473); with `normalize`
    that of `g · v / |v|` and a bias (Salimans and Kingma 2016)."""

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        normalize=False,
        probability_fn=None,
        score_mask_value=None,
        dtype=None,
        custom_key_value_fn=None,
        name="BahdanauAttention",
    ):
        self._units, self._normalize = num_units, normalize
        queries = Dense(num_units, use_bias=False, name="query_layer", dtype=dtype or float32)
        keys = Dense(num_units, use_bias=False, name="memory_layer", dtype=dtype or float32)
        ends = memory_sequence_length, probability_fn, score_mask_value, "bahdanau_attention", name
        super().__init__(memory, queries, keys, *ends)

    def _score(self, query):
        v, query = get_variable("attention_v", [self._units], query.dtype), expand_dims(query, 1)
        if not self._normalize:
            return reduce_sum(v * tanh(self._keys + query), 2)
        g = get_variable("attention_g", [], query.dtype, Constant((1.0 / self._units) ** 0.5))
        b = get_variable("attention_b", [self._units], query.dtype, Zeros())
        return reduce_sum(g * v * rsqrt(reduce_sum(square(v))) * tanh(self._keys + query + b), 2)


class AttentionWrapper(RNNCell):
    """A cell that is given, beside its inputs, what it attended to in the step before, and gives what it attends to.

    Of the output of `cell` a mechanism, or several, makes alignments, and these make a mean of the memory, the context. The
    attention is the context, or with `attention_layer_size` what a layer `attention_layer` makes of output and context.
    Without `output_attention` the output is that of the cell. With `alignment_history` the state keeps all alignments.
    """

    def __init__(
        self,
        cell,
        attention_mechanism,
        attention_layer_size=None,
        alignment_history=False,
        cell_input_fn=None,
        output_attention=True,
        initial_cell_state=None,
        name=None,
        attention_layer=None,
    ):
        super().__init__(name=name)
        self._several = isinstance(attention_mechanism, (list, tuple))
        listed = lambda v: list(v) if isinstance(v, (list, tuple)) else [v]
        self._cell, self._mechanisms = cell, listed(attention_mechanism)
        self._history, self._output_attention = alignment_history, output_attention
        self._cell_input = cell_input_fn or (lambda inputs, attention: concat([inputs, attention], -1))
        self._start = initial_cell_state
        if attention_layer_size is not None and attention_layer is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        self._layers = [None] * len(self._mechanisms)
        if attention_layer_size is not None:
            layer = lambda size: Dense(size, use_bias=False, name="attention_layer")
            self._layers = [layer(size) for size in listed(attention_layer_size)]
        elif attention_layer is not None:
            self._layers = listed(attention_layer)
        if len(self._layers) != len(self._mechanisms):
            raise ValueError("There must be as many attention layers as mechanisms")
        depth = lambda layer, mechanism: getattr(layer, "units", mechanism.values.shape[-1].value)
        self._size = sum(depth(layer, mechanism) for layer, mechanism in zip(self._layers, self._mechanisms))

    @property
    def output_size(self):
        """The size of the attention, or of the cell's output."""
        return self._size if self._output_attention else self._cell.output_size

    @property
    def state_size(self):
        """The sizes of the parts of the state."""
        alignments = self._packed([m.alignments_size for m in self._mechanisms])
        history = self._packed([m.alignments_size if self._history else () for m in self._mechanisms])
        states = self._packed([m.state_size for m in self._mechanisms])
        return AttentionWrapperState(self._cell.state_size, self._size, TensorShape([]), alignments, history, states)

    @property
    def variables(self):
        """Those of the cell and of the layers."""
        return [v for part in (self._cell, *self._layers) if part is not None for v in part.variables]

    weights = variables

    @property
    def trainable_variables(self):
        """Those of its variables that are trained."""
        return [v for v in self.variables if v.trainable]

    trainable_weights = trainable_variables

    def _packed(self, values):
        return tuple(values) if self._several else values[0]

    def _unpacked(self, values):
        return list(values) if self._several else [values]

    def zero_state(self, batch_size, dtype):
        """The first state, of zeros, or of the cell's state that was given."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            start = self._cell.zero_state(batch_size, dtype) if self._start is None else self._start
            array = lambda m: TensorArray(dtype, 0, dynamic_size=True, element_shape=[None, m.keys.shape[1].value])
            return AttentionWrapperState(
                map_structure(identity, start),
                zeros(with_batch(self._size, batch_size), dtype),
                constant(0, int32),
                self._packed([m.initial_alignments(batch_size, dtype) for m in self._mechanisms]),
                self._packed([array(m) if self._history else () for m in self._mechanisms]),
                self._packed([m.initial_state(batch_size, dtype) for m in self._mechanisms]),
            )

    def call(self, inputs, state):
        """One step."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                f"Expected state to be instance of AttentionWrapperState. Received type {type(state)} instead."
            )
        output, cell_state = self._cell(self._cell_input(inputs, state.attention), state.cell_state)
        attentions, alignments, states, histories = [], [], [], []
        before, history = self._unpacked(state.attention_state), self._unpacked(state.alignment_history)
        for mechanism, layer, last, array in zip(self._mechanisms, self._layers, before, history):
            found, following = mechanism(output, last)
            context = squeeze(matmul(expand_dims(found, 1), mechanism.values), [1])
            attentions.append(context if layer is None else layer(concat([output, context], 1)))
            alignments.append(found)
            states.append(following)
            histories.append(array.write(state.time, found) if self._history else ())
        attention = concat(attentions, 1)
        following = AttentionWrapperState(
            cell_state,
            attention,
            state.time + 1,
            *(self._packed(values) for values in (alignments, histories, states)),
        )
        return attention if self._output_attention else output, following
