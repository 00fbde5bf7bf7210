"""The likeliest sequences of symbols: the best few beginnings are followed, step by step."""

import collections

from ... import nn
from ...array_ops import concat, expand_dims, one_hot, reshape, sequence_mask, shape, stack, tile, transpose, zeros_like
from ...creation import fill, range as range_of, zeros
from ...selection import gather, gather_nd, where
from ...control_flow import cond
from ...dtypes import bool as bool_, int32, int64
from ...errors import UnimplementedError
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...functional_ops import scan
from ...math_ops import cast, equal, floordiv, floormod, greater, identity, logical_and, logical_not, logical_or
from ...reductions import cumsum, reduce_all, reduce_max
from ...nest import flatten, map_structure
from ...tensor_array import TensorArray
from ...tensor_shape import TensorShape
from .decoder import Decoder
from .helpers import _function

__all__ = [
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "FinalBeamSearchDecoderOutput",
    "gather_tree",
    "gather_tree_from_array",
]

BeamSearchDecoderState = collections.namedtuple(
    "BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs")
)
BeamSearchDecoderState.__doc__ = "The state of a `BeamSearchDecoder`; all but that of the cell is `[batch, beam]`."
BeamSearchDecoderOutput = collections.namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))
BeamSearchDecoderOutput.__doc__ = (
    "What a step gives, `[batch, beam]`: scores, symbols, and which beginnings they continue."
)
FinalBeamSearchDecoderOutput = collections.namedtuple(
    "FinalBeamSearchDecoderOutput", ("predicted_ids", "beam_search_decoder_output")
)
FinalBeamSearchDecoderOutput.__doc__ = "The sequences, `[batch, steps, beam]`, the best first, and what each step gave."


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """The sequences of which the symbols of steps, `[steps, batch, beam]`, are the ends: `parent_ids` tells for
    each which one of the step before it continues. What is after `max_sequence_lengths`, `[batch]`, or after
    `end_token`, is `end_token`."""
    with name_scope(name, "GatherTree", [step_ids, parent_ids]):
        symbols, parents = convert_to_tensor(step_ids), convert_to_tensor(parent_ids, int32)
        end = convert_to_tensor(end_token, symbols.dtype)
        steps, batch, beam = (shape(symbols)[d] for d in (0, 1, 2))
        lengths = expand_dims(cast(convert_to_tensor(max_sequence_lengths), int32), 1)
        ends, none = tile(expand_dims(range_of(beam), 0), [batch, 1]), fill([batch, beam], end)

        def step(carried, given):
            at, symbols, parents = given
            place = carried[1]
            within = greater(lengths + zeros_like(place), at)
            chosen = lambda values: gather(values, place, batch_dims=1)
            return where(within, chosen(symbols), none), where(within, chosen(parents), place)

        found, _ = scan(step, (range_of(steps), symbols, parents), (none, ends), reverse=True)
        ended = greater(cumsum(cast(equal(found, end), int32), 0, exclusive=True), 0)
        found = where(ended, end + zeros_like(found), found)
        found.set_shape(symbols.shape)
        return found


def gather_tree_from_array(t, parent_ids, sequence_length):
    """What the steps of `t`, `[steps, batch, beam, …]` or `[steps, batch · beam, …]`, are for the sequences that
    end in each place of the beam. Steps after `sequence_length`, `[batch, beam]`, stay as they are."""
    t, parents = convert_to_tensor(t), convert_to_tensor(parent_ids)
    steps, batch, beam = (shape(parents)[d] for d in (0, 1, 2))
    own = tile(reshape(range_of(beam), [1, 1, -1]), [steps, batch, 1])
    places = gather_tree(own, parents, reduce_max(sequence_length, 1), beam + 1)
    within = transpose(sequence_mask(sequence_length, steps), [2, 0, 1])
    places = where(within, places, own)
    at = lambda count, form: reshape(range_of(count), form) + zeros_like(places)
    indices = stack([at(steps, [-1, 1, 1]), at(batch, [1, -1, 1]), places], 3)
    whole = reshape(t, concat([[steps, batch, beam], shape(t)[2 if _is_merged(t, parents) else 3 :]], 0))
    ordered = reshape(gather_nd(whole, indices), shape(t))
    ordered.set_shape(t.shape)
    return ordered


def _is_merged(t, parents):
    """Whether batch and beam are one dimension of `t`."""
    rows, beam = t.shape[1].value, parents.shape[2].value
    return t.shape.ndims < 4 or t.shape[2].value != beam and rows != parents.shape[1].value


class BeamSearchDecoder(Decoder):
    """A decoder that gives `cell` the vectors that `embedding`, a tensor or a function, has for the symbols of
    the `beam_width` likeliest beginnings of each sequence, from `start_tokens`, `[batch]`, to `end_token`.

    `initial_state` is for `batch · beam_width` rows, as `tile_batch` makes it, and so is the memory of an
    attention. Scores are the logarithms of probabilities, by `((5 + length) / 6) ** length_penalty_weight` (Wu et
    al. 2016). With `reorder_tensor_arrays` arrays in the state are at the end put into the order of the
    sequences.
    """

    def __init__(
        self,
        cell,
        embedding,
        start_tokens,
        end_token,
        initial_state,
        beam_width,
        output_layer=None,
        length_penalty_weight=0.0,
        coverage_penalty_weight=0.0,
        reorder_tensor_arrays=True,
    ):
        if isinstance(coverage_penalty_weight, (int, float)) and coverage_penalty_weight != 0.0:
            raise UnimplementedError(None, None, "BeamSearchDecoder: coverage_penalty_weight is not supported")
        if output_layer is not None and not callable(output_layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell, self._layer, self._embedding = cell, output_layer, _function(embedding)
        self._start = convert_to_tensor(start_tokens, int32, name="start_tokens")
        if self._start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end = convert_to_tensor(end_token, int32, name="end_token")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._beam, self._weight, self._reorder = beam_width, length_penalty_weight, reorder_tensor_arrays
        self._batch = shape(self._start)[0]
        self._state = map_structure(self._split, initial_state)
        self._inputs = self._embedding(tile(expand_dims(self._start, 1), [1, beam_width]))

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return self._batch

    @property
    def tracks_own_finished(self):
        """Whether a sequence that has ended may go on: places of the beam change owners."""
        return True

    @property
    def output_size(self):
        """The shapes of scores, symbols and what they continue."""
        return BeamSearchDecoderOutput(*[TensorShape([self._beam])] * 3)

    @property
    def output_dtype(self):
        """The dtypes of scores, symbols and what they continue."""
        return BeamSearchDecoderOutput(flatten(self._state)[0].dtype, int32, int32)

    def _split(self, x):
        """`[batch · beam, …]` as `[batch, beam, …]`; what has no rows stays as it is."""
        if isinstance(x, TensorArray) or convert_to_tensor(x).shape.ndims == 0:
            return x
        x = convert_to_tensor(x)
        made = reshape(x, concat([[self._batch, self._beam], shape(x)[1:]], 0))
        made.set_shape([self._start.shape[0].value, self._beam, *x.shape.as_list()[1:]])
        return made

    def _merged(self, x):
        if isinstance(x, TensorArray) or x.shape.ndims == 0:
            return x
        batch = x.shape[0].value
        made = reshape(x, concat([[-1], shape(x)[2:]], 0))
        made.set_shape([None if batch is None else batch * self._beam, *x.shape.as_list()[2:]])
        return made

    def _chosen(self, places):
        """A function that takes of each sequence's rows those at `places`, `[batch, beam]`."""

        def one(x):
            if isinstance(x, TensorArray) or x.shape.ndims == 0:
                return x
            found = gather(x, places, batch_dims=1)
            found.set_shape(x.shape)
            return found

        return one

    def initialize(self, name=None):
        """Which beginnings have ended, all but the first, the first inputs and the first state."""
        first = lambda on, off, dtype: one_hot(zeros([self._batch], int32), self._beam, on, off, dtype=dtype)
        finished = first(False, True, bool_)
        scores = first(0.0, float("-inf"), flatten(self._state)[0].dtype)
        lengths = zeros([self._batch, self._beam], int64)
        for tensor in (finished, scores, lengths):
            tensor.set_shape([self._start.shape[0].value, self._beam])
        return finished, self._inputs, BeamSearchDecoderState(self._state, scores, finished, lengths, ())

    def step(self, time, inputs, state, name=None):
        """The outputs, the next state, the next inputs and which sequences have ended."""
        with name_scope(name, "BeamSearchDecoderStep"):
            given = map_structure(self._merged, inputs), map_structure(self._merged, state.cell_state)
            outputs, cell_state = self._cell(*given)
            logits = self._split(outputs)
            logits = logits if self._layer is None else self._layer(logits)
            outputs, state = self._search(logits, map_structure(self._split, cell_state), state)
            start = lambda: identity(self._inputs)
            following = cond(reduce_all(state.finished), start, lambda: self._embedding(outputs.predicted_ids))
            following.set_shape(self._inputs.shape)
            return outputs, state, following, state.finished

    def _search(self, logits, cell_state, state):
        """The best continuations, and the state that they have."""
        symbols = shape(logits)[2]
        is_end = one_hot(self._end, symbols, True, False, dtype=bool_)
        is_end = logical_and(is_end, fill(shape(logits), True))
        finished = logical_and(expand_dims(state.finished, 2), fill(shape(logits), True))
        logs = nn.log_softmax(logits)
        # What has ended continues with the end alone.
        stays = where(is_end, zeros_like(logs), logs.dtype.min + zeros_like(logs))
        logs = expand_dims(state.log_probs, 2) + where(finished, stays, logs)
        longer = cast(logical_not(logical_or(finished, is_end)), int64)
        scores = logs / self._penalty(expand_dims(state.lengths, 2) + longer, logs.dtype)
        flat = lambda x: reshape(x, [self._batch, -1])
        scores, places = nn.top_k(flat(scores), self._beam)
        words, parents = floormod(places, symbols), floordiv(places, symbols)
        for tensor in (scores, words, parents):
            tensor.set_shape([self._start.shape[0].value, self._beam])
        chosen = self._chosen(parents)
        had_ended = chosen(state.finished)
        following = BeamSearchDecoderState(
            map_structure(chosen, cell_state),
            gather(flat(logs), places, batch_dims=1),
            logical_or(had_ended, equal(words, self._end)),
            chosen(state.lengths) + cast(logical_not(had_ended), int64),
            (),
        )
        following.log_probs.set_shape(scores.shape)
        return BeamSearchDecoderOutput(scores, words, parents), following

    def _penalty(self, lengths, dtype):
        return ((5.0 + cast(lengths, dtype)) / 6.0) ** self._weight if self._weight else 1.0

    def finalize(self, outputs, final_state, sequence_lengths):
        """The sequences, and the last state."""
        longest = cast(reduce_max(final_state.lengths, 1), int32)
        found = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end)
        if self._reorder:
            ordered = lambda x: (
                gather_tree_from_array(x.stack(), outputs.parent_ids, final_state.lengths)
                if isinstance(x, TensorArray)
                else x
            )
            final_state = final_state._replace(cell_state=map_structure(ordered, final_state.cell_state))
        return FinalBeamSearchDecoderOutput(found, outputs), final_state
