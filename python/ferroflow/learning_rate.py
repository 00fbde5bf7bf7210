"""Learning rates that change from step to step."""

from .elements import Tensor
from .framework import call
from .variables import Variable


def _schedule(learning_rate, global_step, name, default, function, *arguments):
    if global_step is None:
        raise ValueError("global_step is required.")
    rate = learning_rate.item() if hasattr(learning_rate, "item") else learning_rate
    if isinstance(rate, (Tensor, Variable)):
        # The schedules are proportional to the rate.
        return rate * call(function, name or default, 1.0, global_step, *arguments)
    return call(function, name or default, rate, global_step, *arguments)


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate · decay_rate ^ (step / decay_steps)`, the exponent rounded down if `staircase`."""
    return _schedule(
        learning_rate, global_step, name, "ExponentialDecay", "exponential_decay", decay_steps, decay_rate, staircase
    )


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate · exp(-decay_rate · step / decay_steps)`."""
    return _schedule(
        learning_rate, global_step, name, "ExponentialDecay", "natural_exp_decay", decay_steps, decay_rate, staircase
    )


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate / (1 + decay_rate · step / decay_steps)`."""
    return _schedule(
        learning_rate, global_step, name, "InverseTimeDecay", "inverse_time_decay", decay_steps, decay_rate, staircase
    )


def polynomial_decay(
    learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None
):
    """`(rate - end) · (1 - step/decay_steps) ^ power + end`; after `decay_steps` it stays there, or starts again."""
    if isinstance(learning_rate, (Tensor, Variable)):
        raise TypeError("learning_rate must be a number")
    return call(
        "polynomial_decay",
        name or "PolynomialDecay",
        learning_rate,
        global_step,
        decay_steps,
        end_learning_rate,
        power,
        cycle,
    )


def piecewise_constant(x, boundaries, values, name=None):
    """`values[0]` while `x <= boundaries[0]`, then `values[1]` while `x <= boundaries[1]`, and so on."""
    return call("piecewise_constant", name or "PiecewiseConstant", x, list(boundaries), list(values))


piecewise_constant_decay = piecewise_constant


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """Half a cosine from `rate` to `alpha · rate` (Loshchilov and Hutter 2017)."""
    return _schedule(learning_rate, global_step, name, "CosineDecay", "cosine_decay", decay_steps, alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """`cosine_decay` again and again, each time `t_mul` times as long and from `m_mul` times the rate."""
    return _schedule(
        learning_rate, global_step, name, "SGDRDecay", "cosine_decay_restarts", first_decay_steps, t_mul, m_mul, alpha
    )


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """A cosine that fades linearly (Bello et al. 2017)."""
    return _schedule(
        learning_rate,
        global_step,
        name,
        "LinearCosineDecay",
        "linear_cosine_decay",
        decay_steps,
        num_periods,
        alpha,
        beta,
    )
