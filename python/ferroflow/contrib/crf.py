"""Conditional random fields of sequences: `tf.contrib.crf`.

The score of a sequence of tags is the sum of `inputs[i, t, tag]` over its steps, and of `transition_params[tag, next tag]`
over its transitions (Lafferty et al. 2001). Inputs are `[batch, steps, tags]`, tags `[batch, steps]`, lengths `[batch]`.
"""

from ..array_ops import concat, expand_dims, one_hot, sequence_mask, shape, stack, zeros_like
from ..creation import range as range_of
from ..selection import gather_nd, where
from ..dtypes import int32
from ..framework import convert_to_tensor
from ..functional_ops import foldl, scan
from ..later import absent as _absent
from ..math_ops import cast, less, less_equal
from ..reductions import argmax, reduce_logsumexp, reduce_max, reduce_sum
from ..rnn import _swapped
from ..variable_scope import get_variable

__all__ = [
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]


def _mask(lengths, steps, dtype):
    return cast(sequence_mask(lengths, steps), dtype)


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """The part of the scores that the steps have, `[batch]`."""
    inputs, tags = convert_to_tensor(inputs), convert_to_tensor(tag_indices)
    steps, number = shape(tags)[1], shape(inputs)[2]
    scores = reduce_sum(inputs * one_hot(tags, number, dtype=inputs.dtype), 2)
    return reduce_sum(scores * _mask(sequence_lengths, steps, inputs.dtype), 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """The part of the scores that the transitions have, `[batch]`."""
    params, tags = convert_to_tensor(transition_params), convert_to_tensor(tag_indices)
    scores = gather_nd(params, stack([tags[:, :-1], tags[:, 1:]], 2))
    mask = _mask(sequence_lengths, shape(tags)[1], params.dtype)
    return reduce_sum(scores * mask[:, 1:], 1)


def crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params):
    """The scores of sequences of tags, `[batch]`; 0 of empty ones."""
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def _forward(inputs, lengths, params, combine, function):
    """What `function` makes of the steps after the first: each gives for every last tag `combine` of the scores by the tag
    before, plus the step's. What has ended stays as it is."""
    steps = _swapped(inputs)
    rest, times = steps[1:], range_of(1, shape(steps)[0])

    def step(before, given):
        scores, time = given
        before = before[0] if isinstance(before, tuple) else before
        return combine(expand_dims(before, 2) + expand_dims(params, 0), scores, less(time, lengths), before)

    return function(step, (rest, times), steps[0])


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """The logarithm of the sum of the exponentials of the scores of all sequences of tags, `[batch]`; 0 of empty ones."""
    inputs, params = convert_to_tensor(inputs), convert_to_tensor(transition_params)
    lengths = cast(convert_to_tensor(sequence_lengths), int32)
    combine = lambda pairs, scores, goes_on, before: where(goes_on, reduce_logsumexp(pairs, 1) + scores, before)
    norms = reduce_logsumexp(_forward(inputs, lengths, params, combine, lambda f, x, y: foldl(f, x, y)), 1)
    return where(less_equal(lengths, 0), zeros_like(norms), norms)


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """The logarithms of the probabilities of sequences of tags, `[batch]`, and the transitions, `[tags, tags]`: a variable
    `transitions` unless they are given."""
    inputs = convert_to_tensor(inputs)
    number = inputs.shape[2].value
    params = get_variable("transitions", [number, number]) if transition_params is None else transition_params
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, params)
    return score - crf_log_norm(inputs, sequence_lengths, params), params


def crf_decode(potentials, transition_params, sequence_length):
    """The sequences of tags of the greatest scores, `[batch, steps]`, 0 after their ends, and these scores, `[batch]`."""
    inputs, params = convert_to_tensor(potentials), convert_to_tensor(transition_params)
    lengths, size = cast(convert_to_tensor(sequence_length), int32), shape(inputs)

    def combine(pairs, scores, goes_on, before):
        stay = zeros_like(argmax(pairs, 1, output_type=int32)) + range_of(size[2])
        came_from = where(goes_on, argmax(pairs, 1, output_type=int32), stay)
        return where(goes_on, reduce_max(pairs, 1) + scores, before), came_from

    start = lambda first: (first, zeros_like(cast(first, int32)))
    scores, origins = _forward(inputs, lengths, params, combine, lambda f, x, first: scan(f, x, start(first)))
    final = concat([expand_dims(inputs[:, 0], 0), scores], 0)[-1]
    last = argmax(final, 1, output_type=int32)
    rows = range_of(size[0])
    back = lambda tag, origin: gather_nd(origin, stack([rows, tag], 1))
    before = scan(back, origins, last, reverse=True)
    tags = _swapped(concat([before, expand_dims(last, 0)], 0))
    mask = sequence_mask(lengths, size[1])
    tags, best = where(mask, tags, zeros_like(tags)), reduce_max(final, 1)
    tags.set_shape(inputs.shape[:2])
    return tags, where(less_equal(lengths, 0), zeros_like(best), best)


def viterbi_decode(score, transition_params):
    """`crf_decode` of one sequence of arrays of NumPy's, scores `[steps, tags]`, outside of any graph: a list of tags, and its
    score."""
    import numpy as np

    best, origins = np.array(score[0]), []
    for scores in score[1:]:
        pairs = best[:, None] + transition_params
        origins.append(pairs.argmax(0))
        best = scores + pairs.max(0)
    tags = [int(best.argmax())]
    for origin in reversed(origins):
        tags.append(int(origin[tags[-1]]))
    return tags[::-1], best.max()


__getattr__ = _absent(__name__)
