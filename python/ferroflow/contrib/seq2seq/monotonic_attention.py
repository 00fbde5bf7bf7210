"""Attention that moves through the memory in one direction."""

from ...array_ops import concat, one_hot, ones_like, shape, transpose, zeros_like
from ...creation import zeros
from ...dtypes import float32, int32
from ...default_graph import name_scope
from ...framework import convert_to_tensor
from ...functional_ops import scan
from ...initializers import Constant
from ...clip_ops import clip_by_value
from ...math_ops import cast, exp, greater, log, sigmoid
from ...reductions import cumprod, cumsum
from ...random_ops import random_normal
from ...variable_scope import get_variable
from .attention import BahdanauAttention, LuongAttention

__all__ = ["BahdanauMonotonicAttention", "LuongMonotonicAttention", "monotonic_attention", "safe_cumprod"]


def safe_cumprod(x, *args, **kwargs):
    """`cumprod` of numbers from 0 to 1, with its arguments, by the exponential of the sum of logarithms, whose derivative is not
    infinite: what is below the least normal number counts as that."""
    with name_scope(None, "SafeCumprod", [x]):
        x = convert_to_tensor(x, name="x")
        return exp(cumsum(log(clip_by_value(x, x.dtype._tiny(), 1.0)), *args, **kwargs))


def monotonic_attention(p_choose_i, previous_attention, mode):
    """The probabilities that each step of the memory is attended to, `[batch, steps]`, where `p_choose_i` are those to stop at a
    step once it is reached, from where `previous_attention` was (Raffel et al. 2017, https://arxiv.org/abs/1704.00784).

    `mode` is `recursive`, step by step, `parallel`, with sums and products over all, which is inexact where probabilities are
    near 0 or 1, or `hard`, for probabilities that are 0 or 1. Raises `ValueError` for others.
    """
    p, previous = (convert_to_tensor(p_choose_i, name="p_choose_i"), convert_to_tensor(previous_attention))
    if mode == "recursive":
        kept = concat([ones_like(p[:, :1]), 1.0 - p[:, :-1]], 1)
        pairs = transpose(kept), transpose(previous)
        reached = scan(lambda before, pair: pair[0] * before + pair[1], pairs, zeros_like(p[:, 0]))
        return p * transpose(reached)
    if mode == "parallel":
        kept = safe_cumprod(1.0 - p, axis=1, exclusive=True)
        return p * kept * cumsum(previous / clip_by_value(kept, 1e-10, 1.0), axis=1)
    if mode == "hard":
        # Of the steps from the last one on the first that is chosen.
        p = p * cumsum(previous, axis=1)
        return p * cumprod(1.0 - p, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


class _Monotonic:
    """What makes a mechanism monotonic."""

    def _become(self, noise, seed, bias, mode):
        self._noise, self._seed, self._bias, self._mode = noise, seed, bias, mode

    def initial_alignments(self, batch_size, dtype):
        """All at the first step."""
        made = one_hot(zeros([batch_size], int32), self.alignments_size, dtype=dtype)
        made.set_shape([None, self._keys.shape[1].value])
        return made

    def _score(self, query):
        score = super()._score(query)
        return score + get_variable("attention_score_bias", [], query.dtype, Constant(self._bias))

    def _aligned(self, score, state):
        if self._noise > 0:
            score = score + self._noise * random_normal(shape(score), dtype=score.dtype, seed=self._seed)
        chosen = cast(greater(score, 0), score.dtype) if self._mode == "hard" else sigmoid(score)
        return monotonic_attention(chosen, state, self._mode)


class BahdanauMonotonicAttention(_Monotonic, BahdanauAttention):
    """`BahdanauAttention` that moves in one direction (Raffel et al. 2017): the sigmoid of its score and a bias,
    `attention_score_bias`, is the probability to stop at a step, as `monotonic_attention` has it. Normal noise of
    `sigmoid_noise` makes that nearly 0 or 1 in training."""

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        normalize=False,
        score_mask_value=None,
        sigmoid_noise=0.0,
        sigmoid_noise_seed=None,
        score_bias_init=0.0,
        mode="parallel",
        dtype=None,
        name="BahdanauMonotonicAttention",
    ):
        self._become(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
        ends = dict(score_mask_value=score_mask_value, dtype=dtype or float32, name=name)
        super().__init__(num_units, memory, memory_sequence_length, normalize, **ends)
        self._default = "bahdanau_monotonic_attention"


class LuongMonotonicAttention(_Monotonic, LuongAttention):
    """`LuongAttention` that moves in one direction (Raffel et al. 2017): the sigmoid of its score and a bias,
    `attention_score_bias`, is the probability to stop at a step, as `monotonic_attention` has it. Normal noise of
    `sigmoid_noise` makes that nearly 0 or 1 in training."""

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        scale=False,
        score_mask_value=None,
        sigmoid_noise=0.0,
        sigmoid_noise_seed=None,
        score_bias_init=0.0,
        mode="parallel",
        dtype=None,
        name="LuongMonotonicAttention",
    ):
        self._become(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
        ends = dict(score_mask_value=score_mask_value, dtype=dtype or float32, name=name)
        super().__init__(num_units, memory, memory_sequence_length, scale, **ends)
        self._default = "luong_monotonic_attention"
