"""Connectionist temporal classification: labels of sequences without saying where they are (Graves et al. 2006)."""

from .array_ops import concat, expand_dims, reshape, sequence_mask, shape, stack, tile, transpose, zeros_like
from .creation import fill, range as range_of, zeros
from .selection import gather_nd, scatter_nd, where
from .dtypes import int32, int64
from .default_graph import control_dependencies, name_scope
from .framework import call, convert_to_tensor
from .functional_ops import foldl
from .math_ops import Assert, cast, equal, greater, identity, less, logical_and, logical_not, maximum, minimum
from .reductions import argmax, cumsum, reduce_all, reduce_logsumexp, reduce_max, reduce_min, reduce_sum
from .math_ops import not_equal
from .nn import log_softmax
from .rnn import _swapped
from .sparse_tensor import SparseTensor, sparse_tensor_to_dense

# The logarithm of no probability: that of zero would give derivatives that are no numbers.
_NEVER = -1e30


def ctc_loss(
    labels,
    inputs,
    sequence_length,
    preprocess_collapse_repeated=False,
    ctc_merge_repeated=True,
    ignore_longer_outputs_than_inputs=False,
    time_major=True,
):
    """`-ln p` of the labels of each sequence, `[batch]`: of the sum over all ways to spread them over its steps, where the last
    class is a blank, and steps of one label in a row count once (Graves et al. 2006).

    `labels` is a sparse tensor `[batch, labels]` of `int32`; `inputs` are logits `[steps, batch, classes]`, or `[batch, steps,
    classes]` unless `time_major`. With `preprocess_collapse_repeated` of equal labels in a row one is left; without
    `ctc_merge_repeated` each step counts for itself, so that every way has as many steps of a label as there are such labels. A
    run fails for sequences too short for their labels, unless `ignore_longer_outputs_than_inputs`: their loss is 0.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    with name_scope(None, "CTCLoss", [inputs]):
        logits = convert_to_tensor(inputs)
        logs = log_softmax(logits if time_major else _swapped(logits))
        lengths = _within(sequence_length, shape(logs)[0])
        options = ctc_merge_repeated, preprocess_collapse_repeated, ignore_longer_outputs_than_inputs
        return losses_of_sparse(labels, logs, lengths, *options)


def _within(lengths, steps):
    """The lengths as `int32`. A run in which one is greater than the number of steps fails."""
    lengths = cast(convert_to_tensor(lengths), int32)
    message = "sequence_length must not be greater than the number of steps:"
    with control_dependencies([Assert(reduce_all(lengths <= steps), [message, lengths, steps], 100)]):
        return identity(lengths)


def losses_of_sparse(labels, logs, lengths, merge=True, collapse=False, ignore_longer=False):
    """What `ctc_loss` gives, of logarithms of classes."""
    dense = cast(sparse_tensor_to_dense(labels, -1, False), int32)
    if collapse:
        dense, counts = collapsed(dense, reduce_sum(cast(not_equal(dense, -1), int32), 1))
        dense = where(sequence_mask(counts, shape(dense)[1]), dense, fill(shape(dense), -1))
    losses, needed = losses_of(logs, lengths, dense, merge)
    fits = logical_not(greater(needed, lengths))
    if ignore_longer:
        return where(fits, losses, zeros_like(losses))
    message = (
        "Not enough time for target transition sequence: the steps that the labels need, and sequence_length, "
        "which ignore_longer_outputs_than_inputs=True lets be shorter:"
    )
    with control_dependencies([Assert(reduce_all(fits), [message, needed, lengths])]):
        return identity(losses)


def losses_of(logs, lengths, dense, merge=True):
    """The losses of sequences whose classes have the logarithms `logs`, `[steps, batch, classes]`, of labels `dense`, which -1
    follows, and how many steps these need."""
    size = shape(logs)
    dense = concat([dense, fill([shape(dense)[0], 1], -1)], 1)
    counts = reduce_sum(cast(not_equal(dense, -1), int32), 1)
    # Between any two labels, before the first and after the last there may be a blank.
    blanks = fill(shape(dense), size[2] - 1)
    states = reshape(stack([blanks, where(equal(dense, -1), blanks, dense)], 2), [size[1], -1])
    logs = _of_states(logs, states)
    another = _after_another(dense) if merge else concat([zeros_like(dense[:, :1]), zeros_like(dense[:, 1:]) + 1], 1)
    needed = counts
    if merge:
        again = logical_and(equal(dense[:, 1:], dense[:, :-1]), not_equal(dense[:, 1:], -1))
        needed = counts + reduce_sum(cast(again, int32), 1)
    may_skip = reshape(stack([zeros_like(dense), another], 2), [size[1], -1])
    # A label that is not merged with itself is left after one step.
    may_stay = None if merge else reshape(stack([zeros_like(dense) + 1, zeros_like(dense)], 2), [size[1], -1])
    first = concat([logs[0][:, :2], _NEVER * _ones(logs[0][:, 2:])], 1)

    def step(before, given):
        scores, time = given
        stayed = before if merge else where(greater(may_stay, 0), before, _NEVER * _ones(before))
        by_one = _shifted(before, 1)
        by_two = where(greater(may_skip, 0), _shifted(before, 2), _NEVER * _ones(before))
        following = reduce_logsumexp(stack([stayed, by_one, by_two], 2), 2) + scores
        return where(less(time, lengths), following, before)

    last = foldl(step, (logs[1:], range_of(1, size[0])), first)
    rows = range_of(size[1])
    at = lambda place: gather_nd(last, stack([rows, maximum(place, 0)], 1))
    ended = where(greater(counts, 0), at(2 * counts - 1), _NEVER * _ones(at(counts)))
    losses = -reduce_logsumexp(stack([at(2 * counts), ended], 1), 1)
    # No steps are a sequence of no labels.
    without = where(greater(counts, 0), -_NEVER * _ones(losses), zeros_like(losses))
    return where(greater(lengths, 0), losses, without), needed


def collapsed(labels, lengths):
    """The first of equal labels in a row, `[batch, most]`, zeros after them, and how many there are."""
    within = sequence_mask(lengths, shape(labels)[1])
    kept = logical_and(
        within, concat([equal(labels[:, :1], labels[:, :1]), not_equal(labels[:, 1:], labels[:, :-1])], 1)
    )
    counts = reduce_sum(cast(kept, int32), 1)
    most = reduce_max(concat([counts, zeros([1], int32)], 0))
    indices = where(kept)
    columns = gather_nd(cumsum(cast(kept, int64), 1), indices) - 1
    places = cast(stack([indices[:, 0], columns], 1), int32)
    return scatter_nd(places, gather_nd(labels, indices), stack([shape(labels)[0], most])), counts


def _ones(x):
    return zeros_like(x) + 1.0


def _after_another(dense):
    """1 for a label that differs from the one before, which may follow it without a blank."""
    return concat([zeros_like(dense[:, :1]), cast(not_equal(dense[:, 1:], dense[:, :-1]), int32)], 1)


def _shifted(scores, places):
    return concat([_NEVER * _ones(scores[:, :places]), scores[:, :-places]], 1)


def _of_states(logs, states):
    """The logarithms of the classes of states, `[steps, batch, states]`."""
    batch, number = shape(states)[0], shape(states)[1]
    rows = tile(expand_dims(range_of(batch), 1), [1, number])
    return transpose(gather_nd(transpose(logs, [1, 2, 0]), stack([rows, states], 2)), [2, 0, 1])


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True):
    """The likeliest class of each step, `[steps, batch, classes]`, without blanks, which are the last class, and, with
    `merge_repeated`, without those that repeat the one before: a list of one sparse tensor `[batch, labels]` of `int64`, and the
    sums of minus the greatest logits, `[batch, 1]`."""
    with name_scope(None, "CTCGreedyDecoder", [inputs]):
        logits = _swapped(convert_to_tensor(inputs))
        steps = shape(logits)[1]
        within = sequence_mask(_within(sequence_length, steps), steps)
        classes = argmax(logits, 2)
        kept = logical_and(within, less(classes, cast(shape(logits)[2] - 1, int64)))
        if merge_repeated:
            before = concat([zeros_like(classes[:, :1]) - 1, classes[:, :-1]], 1)
            kept = logical_and(kept, not_equal(classes, before))
        indices, counts = where(kept), cumsum(cast(kept, int64), 1)
        places = stack([indices[:, 0], gather_nd(counts, indices) - 1], 1)
        longest = reduce_max(concat([counts[:, -1], zeros([1], int64)], 0))
        dense_shape = stack([shape(classes, out_type=int64)[0], longest])
        best = where(within, reduce_max(logits, 2), zeros_like(reduce_max(logits, 2)))
        return [SparseTensor(places, gather_nd(classes, indices), dense_shape)], -reduce_sum(best, 1, True)


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """The `top_paths` likeliest sequences of labels of logits `[steps, batch, classes]`, whose last class is a blank,
    where `beam_width` beginnings are followed: a list of sparse tensors `[batch, labels]` of `int64`, and the logarithms
    of probabilities, `[batch, top_paths]`. With `merge_repeated` of equal labels in a row one stays."""
    logits, lengths = convert_to_tensor(inputs), convert_to_tensor(sequence_length, int32)
    options = int(beam_width), int(top_paths), bool(merge_repeated)
    found = call("ctc_beam_search_decoder", "CTCBeamSearchDecoder", logits, lengths, *options)
    parts = zip(found[:top_paths], found[top_paths:], found[2 * top_paths : 3 * top_paths])
    return [SparseTensor(*part) for part in parts], found[-1]


def ctc_beam_search_decoder_v2(inputs, sequence_length, beam_width=100, top_paths=1):
    """`ctc_beam_search_decoder` that keeps equal labels in a row."""
    return ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths, False)


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    """How many elements to insert, delete or replace to make each sequence of `hypothesis`, a sparse tensor `[batch, length]`,
    that of `truth` (Levenshtein 1966): `[batch]`, by the length of the truth if `normalize`."""
    if not isinstance(hypothesis, SparseTensor) or not isinstance(truth, SparseTensor):
        raise TypeError("Hypothesis and truth must be SparseTensors.")
    with name_scope(name):
        (given, given_lengths), (wanted, wanted_lengths) = _padded(hypothesis), _padded(truth)
        columns = shape(given)[1] + 1
        places = cast(range_of(columns), "float32")
        # Of what is inserted after place k, the cost at place j is that at k and the distance.
        distances = expand_dims(places, 1) - expand_dims(places, 0)
        inserted = where(less(distances, 0.0), 1e9 * _ones(distances), distances)
        first = tile(expand_dims(places, 0), [shape(given)[0], 1])

        def row(before, label_and_time):
            label, time = label_and_time
            differs = cast(not_equal(given, expand_dims(label, 1)), "float32")
            replaced = concat([before[:, :1] + 1.0, minimum(before[:, 1:] + 1.0, before[:, :-1] + differs)], 1)
            following = reduce_min(expand_dims(replaced, 1) + expand_dims(inserted, 0), 2)
            return where(less(time, wanted_lengths), following, before)

        last = foldl(row, (transpose(wanted), range_of(shape(wanted)[1])), first)
        found = gather_nd(last, stack([range_of(shape(given)[0]), given_lengths], 1))
        if not normalize:
            return found
        by = cast(wanted_lengths, "float32")
        infinite = where(greater(found, 0.0), _ones(found) * float("inf"), zeros_like(found))
        return where(greater(by, 0.0), found / maximum(by, 1.0), infinite)


def _padded(sp):
    """The sequences as rows, and their lengths."""
    ones = SparseTensor(sp.indices, zeros_like(sp.indices[:, 0]) + 1, sp.dense_shape)
    dense, counted = (sparse_tensor_to_dense(x, validate_indices=False) for x in (sp, ones))
    return dense, cast(reduce_sum(counted, 1), int32)
