"""Decoders: step by step, until every sequence has ended."""

import collections

from ...array_ops import shape, zeros_like
from ...creation import fill, zeros
from ...selection import where
from ...control_flow import while_loop
from ...dtypes import int32
from ...framework import constant, convert_to_tensor
from ...math_ops import greater_equal, logical_not, logical_or
from ...reductions import reduce_all
from ...nest import flatten, map_structure, pack
from ...rnn import _swapped
from ...tensor_array import TensorArray
from ...tensor_shape import TensorShape
from ...variable_scope import variable_scope

__all__ = ["BasicDecoder", "BasicDecoderOutput", "Decoder", "dynamic_decode"]

BasicDecoderOutput = collections.namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))
BasicDecoderOutput.__doc__ = "What a `BasicDecoder` gives: outputs and symbols."


class Decoder:
    """What decoders have in common: `initialize()` gives which sequences have ended, the first inputs and the first state;
    `step(time, inputs, state)` the outputs, the next state, the next inputs and which sequences have ended."""

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        raise NotImplementedError

    @property
    def output_size(self):
        """The shapes of the outputs, a nest."""
        raise NotImplementedError

    @property
    def output_dtype(self):
        """The dtypes of the outputs, a nest."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self):
        """Whether a sequence that has ended may go on."""
        return False

    def initialize(self, name=None):
        """Which sequences have ended, the first inputs and the first state."""
        raise NotImplementedError

    def step(self, time, inputs, state, name=None):
        """The outputs, the next state, the next inputs and which sequences have ended."""
        raise NotImplementedError

    def finalize(self, outputs, final_state, sequence_lengths):
        """The outputs of all steps and the last state, as `dynamic_decode` gives them."""
        raise NotImplementedError


class BasicDecoder(Decoder):
    """A decoder that gives `cell` what `helper` says, from `initial_state` on; `output_layer`, a layer or a function, makes the
    logits of the cell's outputs."""

    def __init__(self, cell, helper, initial_state, output_layer=None):
        self._cell, self._helper, self._initial_state, self._layer = cell, helper, initial_state, output_layer

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return self._helper.batch_size

    @property
    def output_size(self):
        """The shapes of outputs and symbols."""
        units = self._cell.output_size if self._layer is None else getattr(self._layer, "units", None)
        return BasicDecoderOutput(
            TensorShape([units]) if isinstance(units, int) else units, self._helper.sample_ids_shape
        )

    @property
    def output_dtype(self):
        """The dtypes of outputs and symbols."""
        return BasicDecoderOutput(flatten(self._initial_state)[0].dtype, self._helper.sample_ids_dtype)

    def initialize(self, name=None):
        """Which sequences have ended, the first inputs and the first state."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time, inputs, state, name=None):
        """The outputs, the next state, the next inputs and which sequences have ended."""
        outputs, state = self._cell(inputs, state)
        outputs = outputs if self._layer is None else self._layer(outputs)
        symbols = self._helper.sample(time=time, outputs=outputs, state=state)
        given = dict(time=time, outputs=outputs, state=state, sample_ids=symbols)
        finished, inputs, state = self._helper.next_inputs(**given)
        return BasicDecoderOutput(outputs, symbols), state, inputs, finished


def dynamic_decode(
    decoder,
    output_time_major=False,
    impute_finished=False,
    maximum_iterations=None,
    parallel_iterations=32,
    swap_memory=False,
    scope=None,
):
    """Steps of `decoder` until every sequence has ended, or `maximum_iterations` of them: the outputs of all, `[batch, steps,
    ...]`, or `[steps, batch, ...]` if `output_time_major`; the last state; and the lengths of the sequences.

    With `impute_finished` sequences that have ended give zeros and keep their state. Variables are in the scope `decoder`.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder"):
        finished, inputs, state = decoder.initialize()
        finished = convert_to_tensor(finished)
        if maximum_iterations is not None:
            limit = convert_to_tensor(maximum_iterations, int32, name="maximum_iterations")
            if limit.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
            finished = logical_or(finished, greater_equal(0, limit))
        dtypes = decoder.output_dtype
        arrays = map_structure(lambda dtype: TensorArray(dtype, 0, dynamic_size=True), dtypes)
        tensor = lambda leaf: leaf if isinstance(leaf, TensorArray) else convert_to_tensor(leaf)
        inputs, state = map_structure(tensor, inputs), map_structure(tensor, state)

        def body(time, arrays, state, inputs, finished, lengths):
            outputs, following, next_inputs, ended = decoder.step(time, inputs, state)
            outputs = map_structure(convert_to_tensor, outputs)
            if not decoder.tracks_own_finished:
                ended = logical_or(ended, finished)
            lengths = where(finished, lengths, fill(shape(lengths), time + 1))
            if impute_finished:
                emitted = map_structure(lambda o: where(finished, zeros_like(o), o), outputs)
                following = map_structure(lambda old, new: _kept(finished, old, new), state, following)
            else:
                emitted = outputs
            arrays = pack(arrays, [a.write(time, e) for a, e in zip(flatten(arrays), flatten(emitted))])
            return time + 1, arrays, following, next_inputs, ended, lengths

        go_on = lambda time, arrays, state, inputs, finished, lengths: logical_not(reduce_all(finished))
        start = [constant(0, int32), arrays, state, inputs, finished, zeros(shape(finished), int32)]
        _, arrays, state, _, _, lengths = while_loop(go_on, body, start, maximum_iterations=maximum_iterations)
        outputs = map_structure(lambda a: a.stack(), arrays)
        if type(decoder).finalize is not Decoder.finalize:
            outputs, state = decoder.finalize(outputs, state, lengths)
        return outputs if output_time_major else map_structure(_swapped, outputs), state, lengths


def _kept(finished, old, new):
    if isinstance(old, TensorArray) or new.shape.ndims == 0:
        return new
    return where(finished, old, new)
