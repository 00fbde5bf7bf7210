"""A learning rate with noise."""

import math

from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import cast, cos, minimum, pow, sqrt
from .random_ops import random_normal


def noisy_linear_cosine_decay(
    learning_rate,
    global_step,
    decay_steps,
    initial_variance=1.0,
    variance_decay=0.55,
    num_periods=0.5,
    alpha=0.0,
    beta=0.001,
    name=None,
):
    """`rate · ((alpha + 1 - s + noise) · (1 + cos 2π·num_periods·s)/2 + beta)` with `s = step/decay_steps`, at most 1, and
    normal noise of variance `initial_variance / (1 + step) ^ variance_decay` (Bello et al. 2017)."""
    if global_step is None:
        raise ValueError("global_step is required for linear_cosine_decay")
    with name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]):
        rate = convert_to_tensor(learning_rate)
        steps = cast(decay_steps, rate.dtype)
        step = minimum(cast(global_step, rate.dtype), steps)
        variance = initial_variance / pow(1.0 + step, variance_decay)
        noise = random_normal([], dtype=rate.dtype) * sqrt(variance)
        done = step / steps
        return rate * ((alpha + 1.0 - done + noise) * 0.5 * (1.0 + cos(2 * math.pi * num_periods * done)) + beta)
