"""Losses over few of many classes, drawn anew in each run."""

from . import nn
from .array_ops import concat, expand_dims, ones_like, reshape, shape, zeros_like
from .creation import range as range_of
from .selection import gather, where
from .dtypes import float32, int32, int64
from .default_graph import name_scope
from .framework import constant, convert_to_tensor
from .math_ops import cast, equal, exp, expm1, floor, log, log1p, matmul, minimum, stop_gradient
from .reductions import cumsum, reduce_any, reduce_sum
from .random_ops import multinomial, random_uniform


def _drawn(true_classes, number, unique, range_max, log_probability, seed, name):
    """Classes below `range_max`, `[number]`, drawn with their probabilities, and how often the `true_classes` and they may
    be expected among them."""
    with name_scope(name, values=[true_classes]):
        true_classes = cast(true_classes, int64)
        logs = log_probability(range_of(0, range_max, 1))
        if unique:
            shares = random_uniform([range_max + number], 1e-37, 1.0, seed=seed)
            # The greatest of log p + Gumbel noise are drawn one by one without replacement.
            sampled = nn.top_k(logs - log(-log(shares[:range_max])), number).indices
            # How often one draws with replacement until there is a new one is distributed geometrically.
            taken = minimum(cumsum(exp(gather(logs, sampled)), exclusive=True), 1.0 - 2.0**-23)
            tries = reduce_sum(floor(log(shares[range_max:]) / log(taken)) + 1.0)
            first = cast(equal(tries, float(number)), float32)
            expected = lambda p: first * p * tries - (1.0 - first) * expm1(tries * log1p(-p))
        else:
            sampled = reshape(multinomial(expand_dims(logs, 0), number, seed), [-1])
            expected = lambda p: p * float(number)
        counts = lambda classes: stop_gradient(expected(exp(log_probability(classes))))
        return cast(sampled, int64), counts(true_classes), counts(sampled)


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """`num_sampled` classes from 0 to `range_max`, each as likely as another, all different if `unique`: their numbers,
    `int64`, and how often `true_classes`, `[batch, num_true]`, and they themselves may be expected among them."""
    logs = lambda classes: -log(float(range_max) * ones_like(classes, float32))
    return _drawn(true_classes, num_sampled, unique, range_max, logs, seed, name or "UniformCandidateSampler")


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """As `uniform_candidate_sampler`, where class `k` has probability `ln((k + 2)/(k + 1)) / ln(range_max + 1)`: for classes
    in the order of how frequent they are."""
    whole = log1p(convert_to_tensor(float(range_max)))
    logs = lambda classes: log(log1p(1.0 / (cast(classes, float32) + 1.0)) / whole)
    return _drawn(true_classes, num_sampled, unique, range_max, logs, seed, name or "LogUniformCandidateSampler")


def fixed_unigram_candidate_sampler(
    true_classes,
    num_true,
    num_sampled,
    unique,
    range_max,
    vocab_file="",
    distortion=1.0,
    num_reserved_ids=0,
    num_shards=1,
    shard=0,
    unigrams=(),
    seed=None,
    name=None,
):
    """As `uniform_candidate_sampler`, where the classes after `num_reserved_ids`, which are never drawn, are as likely as
    `unigrams`, to the power `distortion`. Raises `ValueError` without `unigrams`: no `vocab_file` is read."""
    if vocab_file or not unigrams or num_shards != 1:
        raise ValueError("The frequencies must be given as unigrams, in one shard")
    weights = [0.0] * num_reserved_ids + [float(n) ** distortion for n in unigrams]
    if len(weights) != range_max:
        raise ValueError(f"range_max is {range_max}, but there are {len(weights)} classes")
    whole = sum(weights)
    table = constant([w / whole for w in weights])
    logs = lambda classes: log(gather(table, classes))
    return _drawn(true_classes, num_sampled, unique, range_max, logs, seed, name or "FixedUnigramCandidateSampler")


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """Every class below `num_sampled`: in place of a sampler, to see what it costs."""
    with name_scope(name, "AllCandidateSampler", [true_classes]):
        sampled = range_of(0, num_sampled, 1, int64)
        return sampled, ones_like(cast(true_classes, int64), float32), ones_like(sampled, float32)


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """Where a class drawn is among the true ones: for each such pair the row, the class's place among those drawn, and the
    least number, to be added to its logit."""
    with name_scope(name, "ComputeAccidentalHits", [true_classes, sampled_candidates]):
        pairs = where(_hits(reshape(true_classes, [-1, num_true]), sampled_candidates))
        rows, places = cast(pairs[:, 0], int32), pairs[:, 1]
        return rows, places, float32.min * ones_like(rows, float32)


def _hits(true_classes, sampled):
    """Whether a class drawn is among those of each row, `[batch, sampled]`."""
    true_classes, sampled = cast(true_classes, int64), cast(sampled, int64)
    return reduce_any(equal(expand_dims(true_classes, 2), reshape(sampled, [1, 1, -1])), 1)


def _logits(weights, biases, labels, inputs, number, classes, num_true, sampled_values, remove, strategy, seed):
    """The logits of the true classes and those drawn, `[batch, num_true + sampled]`, and their labels, each row of sum 1."""
    labels = reshape(cast(labels, int64), [-1, num_true])
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(labels, num_true, number, True, classes, seed)
    sampled, true_expected, sampled_expected = (stop_gradient(v) for v in sampled_values)
    sampled = cast(sampled, int64)
    looked_up = lambda params, ids: nn.embedding_lookup(params, ids, strategy)
    inputs = convert_to_tensor(inputs)
    size = shape(inputs)[1]
    true_weights = reshape(looked_up(weights, reshape(labels, [-1])), [-1, num_true, size])
    true_logits = reduce_sum(expand_dims(inputs, 1) * true_weights, 2) + looked_up(biases, labels)
    logits = matmul(inputs, looked_up(weights, sampled), transpose_b=True) + looked_up(biases, sampled)
    if remove:
        logits += logits.dtype.min * cast(_hits(labels, sampled), logits.dtype)
    true_logits -= log(reshape(true_expected, shape(true_logits)))
    logits -= log(sampled_expected)
    targets = concat([ones_like(true_logits) / float(num_true), zeros_like(logits)], 1)
    return concat([true_logits, logits], 1), targets


def nce_loss(
    weights,
    biases,
    labels,
    inputs,
    num_sampled,
    num_classes,
    num_true=1,
    sampled_values=None,
    remove_accidental_hits=False,
    partition_strategy="mod",
    name="nce_loss",
):
    """The noise-contrastive estimate of a loss over many classes (Gutmann and Hyvärinen 2010), `[batch]`: the sigmoid
    cross-entropy of the classes `labels`, `[batch, num_true]`, and of `num_sampled` others.

    `weights`, `[classes, size]`, and `biases`, `[classes]`, make logits of `inputs`, `[batch, size]`. `sampled_values` are
    what a sampler gave, by default `log_uniform_candidate_sampler`.
    """
    with name_scope(name, "nce_loss", [inputs, labels]):
        given = (weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values)
        logits, targets = _logits(*given, remove_accidental_hits, partition_strategy, None)
        losses = nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
        return reduce_sum(losses, 1)


def sampled_softmax_loss(
    weights,
    biases,
    labels,
    inputs,
    num_sampled,
    num_classes,
    num_true=1,
    sampled_values=None,
    remove_accidental_hits=True,
    partition_strategy="mod",
    name="sampled_softmax_loss",
    seed=None,
):
    """The softmax cross-entropy over the true classes and `num_sampled` others (Jean et al. 2015), `[batch]`; the arguments
    are those of `nce_loss`."""
    with name_scope(name, "sampled_softmax_loss", [inputs, labels]):
        given = (weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values)
        logits, targets = _logits(*given, remove_accidental_hits, partition_strategy, seed)
        return nn.softmax_cross_entropy_with_logits_v2(stop_gradient(targets), logits)
