"""Initial values of weights, and penalties on their size."""

from ...default_graph import get_collection, name_scope
from ...framework import call, convert_to_tensor
from ...graph import GraphKeys
from ...initializers import VarianceScaling, glorot_normal, glorot_uniform
from ...math_ops import add_n, multiply
from ...reductions import reduce_sum
from ...nn import l2_loss


def xavier_initializer(uniform=True, seed=None, dtype="float32"):
    """Weights of variance `2 / (in + out)` (Glorot and Bengio 2010), uniform or normal."""
    return (glorot_uniform if uniform else glorot_normal)(seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None, dtype="float32"):
    """Weights of variance `factor / n`, where `mode` says which connections `n` counts."""
    return VarianceScaling(factor, mode.lower(), "uniform" if uniform else "truncated_normal", seed, dtype)


def l1_regularizer(scale, scope=None):
    """`scale · Σ |w|`; nothing for a scale of 0."""
    return _regularizer(scale, scope, "l1_regularizer", lambda w: reduce_sum(call("absolute_difference", None, 0.0, w)))


def l2_regularizer(scale, scope=None):
    """`scale · Σ w² / 2`; nothing for a scale of 0."""
    return _regularizer(scale, scope, "l2_regularizer", l2_loss)


def _regularizer(scale, scope, name, penalty):
    if not 0 <= scale:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale}")

    def regularizer(weights):
        if scale == 0:
            return None
        with name_scope(scope, name, [weights]) as full:
            weights = convert_to_tensor(weights)
            return multiply(scale, penalty(weights), full)

    return regularizer


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of both penalties."""
    first, second = l1_regularizer(scale_l1), l2_regularizer(scale_l2)

    def regularizer(weights):
        with name_scope(scope, "l1_l2_regularizer", [weights]):
            parts = [part for part in (first(weights), second(weights)) if part is not None]
            return parts[0] + parts[1] if len(parts) == 2 else (parts[0] if parts else None)

    return regularizer


def sum_regularizer(regularizer_list, scope=None):
    """The sum of the penalties of several regularizers, `None` among them for none; `None` of none."""
    given = [r for r in regularizer_list if r is not None]

    def regularizer(weights):
        with name_scope(scope, "sum_regularizer", [weights]):
            parts = [part for part in (r(weights) for r in given) if part is not None]
            return add_n(parts) if parts else None

    return regularizer if given else None


def apply_regularization(regularizer, weights_list=None):
    """The sum of the penalties of `weights_list`, by default the collection `WEIGHTS`, which is added to
    `REGULARIZATION_LOSSES`. Raises `ValueError` if there are no weights."""
    weights = get_collection(GraphKeys.WEIGHTS) if weights_list is None else list(weights_list)
    if not weights:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights) as scope:
        parts = [part for part in (regularizer(w) for w in weights) if part is not None]
        penalty = add_n(parts, name=scope) if parts else convert_to_tensor(0.0)
        penalty.graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, penalty)
    return penalty


__all__ = [
    "apply_regularization",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "sum_regularizer",
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
