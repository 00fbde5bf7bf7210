"""What a decoder is given next, and which symbols it chooses."""

from ... import nn
from ...array_ops import concat, expand_dims, shape, zeros_like
from ...creation import fill
from ...selection import gather, where
from ...dtypes import bool as bool_, int32
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...math_ops import cast, equal, greater_equal, less, minimum
from ...reductions import argmax
from ...nest import flatten, map_structure
from ...random_ops import categorical, random_uniform
from ...rnn import _swapped
from ...tensor_shape import TensorShape

__all__ = [
    "CustomHelper",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "SampleEmbeddingHelper",
    "ScheduledEmbeddingTrainingHelper",
    "ScheduledOutputTrainingHelper",
    "TrainingHelper",
]


def _greedy(outputs):
    return argmax(outputs, -1, output_type=int32)


class Helper:
    """What helpers have in common: `initialize()` gives which sequences have ended and the first inputs, `sample(time,
    outputs, state)` the symbols of a step, and `next_inputs(time, outputs, state, sample_ids)` which sequences have ended, the
    next inputs and the state."""

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    def sample_ids_shape(self):
        """The shape of a symbol."""
        return TensorShape([])

    @property
    def sample_ids_dtype(self):
        """The dtype of symbols."""
        return int32

    def initialize(self, name=None):
        """Which sequences have ended, and the first inputs."""
        raise NotImplementedError("initialize has not been implemented")

    def sample(self, time, outputs, state, name=None):
        """The symbols of a step."""
        return _greedy(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        raise NotImplementedError("next_inputs has not been implemented")


class CustomHelper(Helper):
    """A helper of three functions: `initialize_fn()`, `sample_fn(time, outputs, state)` and `next_inputs_fn(time, outputs,
    state, sample_ids)`."""

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None, sample_ids_dtype=None):
        self._functions, self._batch_size = (initialize_fn, sample_fn, next_inputs_fn), None
        self._shape, self._dtype = TensorShape(sample_ids_shape or []), sample_ids_dtype or int32

    @property
    def batch_size(self):
        """The size of the batch, a tensor. Raises `ValueError` before `initialize`."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self):
        """The shape of a symbol."""
        return self._shape

    @property
    def sample_ids_dtype(self):
        """The dtype of symbols."""
        return self._dtype

    def initialize(self, name=None):
        """Which sequences have ended, and the first inputs."""
        finished, inputs = self._functions[0]()
        self._batch_size = self._batch_size if self._batch_size is not None else shape(finished)[0]
        return finished, inputs

    def sample(self, time, outputs, state, name=None):
        """The symbols of a step."""
        return self._functions[1](time=time, outputs=outputs, state=state)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        return self._functions[2](time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class TrainingHelper(Helper):
    """The decoder is given `inputs`, `[batch, steps, ...]` or `[steps, batch, ...]` if `time_major`, a tensor or a nest,
    whatever it chooses; sequence `i` ends after `sequence_length[i]` steps."""

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with name_scope(name, "TrainingHelper", [*flatten(inputs), sequence_length]):
            steps = map_structure(convert_to_tensor, inputs)
            steps = steps if time_major else map_structure(_swapped, steps)
            self.sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            if self.sequence_length.shape.ndims != 1:
                raise ValueError(
                    f"Expected sequence_length to be a vector, but received shape: {self.sequence_length.shape}"
                )
            self._last = shape(flatten(steps)[0])[0]
            # After the last there is a step of zeros.
            self._steps = map_structure(lambda t: concat([t, expand_dims(zeros_like(t[0]), 0)], 0), steps)
            for padded, given in zip(flatten(self._steps), flatten(steps)):
                padded.set_shape([None, *given.shape.as_list()[1:]])
            self.inputs = inputs

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return shape(self.sequence_length)[0]

    def _at(self, time):
        def one(steps):
            found = gather(steps, minimum(time, self._last))
            found.set_shape(steps.shape[1:])
            return found

        return map_structure(one, self._steps)

    def initialize(self, name=None):
        """Which sequences have ended, those without steps, and the first inputs."""
        return equal(self.sequence_length, 0), self._at(0)

    def next_inputs(self, time, outputs, state, sample_ids=None, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        following = time + 1
        return greater_equal(following, cast(self.sequence_length, following.dtype)), self._at(following), state


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """`TrainingHelper` that with `sampling_probability` gives a sequence in place of its input the vector that `embedding`
    has for a symbol drawn by the softmax of the outputs; where none is drawn the symbol is -1 (Bengio et al. 2015)."""

    def __init__(
        self,
        inputs,
        sequence_length,
        embedding,
        sampling_probability,
        time_major=False,
        seed=None,
        scheduling_seed=None,
        name=None,
    ):
        super().__init__(inputs, sequence_length, time_major, name)
        self._embedding, self._seed, self._scheduling_seed = _function(embedding), seed, scheduling_seed
        self._probability = convert_to_tensor(sampling_probability)

    def sample(self, time, outputs, state, name=None):
        """The symbols of a step, -1 where none is drawn."""
        drawn = _drawn(outputs, self._seed)
        chosen = less(random_uniform([self.batch_size], seed=self._scheduling_seed), self._probability)
        return where(chosen, drawn, fill(shape(drawn), -1))

    def next_inputs(self, time, outputs, state, sample_ids=None, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        finished, inputs, state = super().next_inputs(time, outputs, state, sample_ids)
        chosen = greater_equal(sample_ids, 0)
        found = self._embedding(where(chosen, sample_ids, zeros_like(sample_ids)))
        return finished, where(chosen, found, inputs), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """`TrainingHelper` that with `sampling_probability`, a number or one for each sequence, gives a sequence in place of its input
    the outputs, or what `next_inputs_fn` makes of them (Bengio et al. 2015, https://arxiv.org/abs/1506.03099); samples are 1
    where it does so, else 0. `auxiliary_inputs`, of the form of `inputs`, follow either along the last dimension. Raises
    `ValueError` for probabilities that are neither a scalar nor a vector."""

    def __init__(
        self,
        inputs,
        sequence_length,
        sampling_probability,
        time_major=False,
        seed=None,
        next_inputs_fn=None,
        auxiliary_inputs=None,
        name=None,
    ):
        self._probability = convert_to_tensor(sampling_probability, name="sampling_probability")
        if self._probability.shape.ndims not in (0, 1):
            raise ValueError(
                f"sampling_probability must be either a scalar or a vector. saw shape: {self._probability.shape}"
            )
        self._seed, self._next, self._more = seed, next_inputs_fn, None
        if auxiliary_inputs is not None:
            self._more = TrainingHelper(auxiliary_inputs, sequence_length, time_major, name)
            joined = lambda x, more: concat([convert_to_tensor(x), convert_to_tensor(more)], -1)
            inputs = map_structure(joined, inputs, auxiliary_inputs)
        super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time, outputs, state, name=None):
        """1 for the sequences that are given outputs, else 0."""
        return cast(less(random_uniform([self.batch_size], seed=self._seed), self._probability), int32)

    def next_inputs(self, time, outputs, state, sample_ids=None, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        finished, inputs, state = super().next_inputs(time, outputs, state, sample_ids)
        made = outputs if self._next is None else self._next(outputs)
        if self._more is not None:
            made = map_structure(lambda x, more: concat([x, more], -1), made, self._more._at(time + 1))
        chosen = cast(sample_ids, bool_)
        return finished, map_structure(lambda x, y: where(chosen, x, y), made, inputs), state


def _drawn(logits, seed):
    """For each row a class drawn by its softmax."""
    drawn = categorical(logits, 1, int32, seed)[:, 0]
    drawn.set_shape([logits.shape[0].value])
    return drawn


def _function(embedding):
    """The function from symbols to vectors."""
    return embedding if callable(embedding) else lambda symbols: nn.embedding_lookup(embedding, symbols)


class GreedyEmbeddingHelper(Helper):
    """The decoder is given the vectors of the symbols that it chooses, the likeliest, from `start_tokens` to `end_token`.
    `embedding` is a tensor of vectors, or a function."""

    def __init__(self, embedding, start_tokens, end_token):
        self._embedding = _function(embedding)
        self._start = convert_to_tensor(start_tokens, int32, name="start_tokens")
        self._end = convert_to_tensor(end_token, int32, name="end_token")
        if self._start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return shape(self._start)[0]

    def initialize(self, name=None):
        """That no sequence has ended, and the vectors of the first symbols."""
        return fill(shape(self._start), False), self._embedding(self._start)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Which sequences have ended, the vectors of the symbols, and the state."""
        return equal(sample_ids, self._end), self._embedding(sample_ids), state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """`GreedyEmbeddingHelper` whose symbols are drawn by the softmax of the outputs, divided by `softmax_temperature`."""

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._temperature, self._seed = softmax_temperature, seed

    def sample(self, time, outputs, state, name=None):
        """The symbols of a step."""
        return _drawn(outputs if self._temperature is None else outputs / self._temperature, self._seed)


class InferenceHelper(Helper):
    """The decoder is given what `sample_fn(outputs)` draws, or what `next_inputs_fn` makes of it, from `start_inputs` on, until
    `end_fn(sample)` says that a sequence has ended."""

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn=None):
        self._sample, self._end, self._next = sample_fn, end_fn, next_inputs_fn
        self._shape, self._dtype = TensorShape(sample_shape), sample_dtype
        self._start = convert_to_tensor(start_inputs)

    @property
    def batch_size(self):
        """The size of the batch, a tensor."""
        return shape(self._start)[0]

    @property
    def sample_ids_shape(self):
        """The shape of a sample."""
        return self._shape

    @property
    def sample_ids_dtype(self):
        """The dtype of samples."""
        return self._dtype

    def initialize(self, name=None):
        """That no sequence has ended, and the first inputs."""
        return fill([self.batch_size], False), self._start

    def sample(self, time, outputs, state, name=None):
        """What is drawn."""
        return self._sample(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Which sequences have ended, the next inputs, and the state."""
        return self._end(sample_ids), sample_ids if self._next is None else self._next(sample_ids), state
