"""A training step in one call."""

from ... import train
from ...default_graph import control_dependencies, get_collection
from ...framework import convert_to_tensor
from ...graph import GraphKeys
from ...clip_ops import clip_by_global_norm
from ...math_ops import cast, identity
from ...random_ops import truncated_normal
from ...variable_scope import variable_scope
from ...variables import trainable_variables

OPTIMIZER_CLS_NAMES = {
    "Adagrad": train.AdagradOptimizer,
    "Adam": train.AdamOptimizer,
    "Ftrl": train.FtrlOptimizer,
    "Momentum": lambda learning_rate: train.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": train.RMSPropOptimizer,
    "SGD": train.GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]


def optimize_loss(
    loss,
    global_step,
    learning_rate,
    optimizer,
    gradient_noise_scale=None,
    gradient_multipliers=None,
    clip_gradients=None,
    learning_rate_decay_fn=None,
    update_ops=None,
    variables=None,
    name=None,
    summaries=None,
    colocate_gradients_with_ops=False,
    increment_global_step=True,
):
    """The tensor that makes one step of training after `update_ops`, by default those of `UPDATE_OPS`, and gives the loss.

    `optimizer` is one, a class of them, a name such as `Adam` or `SGD`, or a function of the learning rate. Gradients get
    normal noise of `gradient_noise_scale`, are multiplied by `gradient_multipliers`, a dictionary by variable or its name,
    and have at most the global norm `clip_gradients`, or are what that, a function of pairs of gradient and variable, gives.
    `learning_rate_decay_fn(learning_rate, global_step)` gives the learning rate. Raises `ValueError` for what is none of
    these.
    """
    if global_step is None:
        global_step = train.get_global_step()
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        updates = get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else list(update_ops)
        with control_dependencies(updates):
            loss = identity(loss)
        rate = learning_rate
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(convert_to_tensor(learning_rate), global_step)
        optimizer = _optimizer(optimizer, rate)
        pairs = optimizer.compute_gradients(loss, trainable_variables() if variables is None else variables)
        pairs = [(g, v) for g, v in pairs if g is not None]
        if gradient_noise_scale is not None:
            pairs = [(g + truncated_normal(v.shape.as_list()) * gradient_noise_scale, v) for g, v in pairs]
        if gradient_multipliers is not None:
            factor = lambda v: gradient_multipliers.get(v, gradient_multipliers.get(v.op.name))
            pairs = [(g if factor(v) is None else g * cast(factor(v), g.dtype), v) for g, v in pairs]
        if callable(clip_gradients):
            pairs = clip_gradients(pairs)
        elif clip_gradients is not None:
            clipped, _ = clip_by_global_norm([g for g, _ in pairs], clip_gradients)
            pairs = list(zip(clipped, [v for _, v in pairs]))
        _summarize(OPTIMIZER_SUMMARIES[:2] if summaries is None else summaries, loss, rate, pairs)
        step = optimizer.apply_gradients(pairs, global_step if increment_global_step else None, name="train")
        with control_dependencies([step]):
            return identity(loss)


def _optimizer(given, rate):
    if isinstance(given, str):
        if given not in OPTIMIZER_CLS_NAMES:
            raise ValueError(
                f"Optimizer name should be one of [{', '.join(OPTIMIZER_CLS_NAMES)}], you provided {given}."
            )
        given = OPTIMIZER_CLS_NAMES[given]
    if isinstance(given, train.Optimizer):
        return given
    if not callable(given):
        raise ValueError(f"Unrecognized optimizer: should be a name, a class, an Optimizer or a function. Got {given}.")
    return given() if rate is None else given(rate)


def _summarize(wanted, loss, rate, pairs):
    from ... import summary
    from ...clip_ops import global_norm

    if "learning_rate" in wanted and rate is not None:
        summary.scalar("learning_rate", rate)
    if "loss" in wanted:
        summary.scalar("loss", loss)
    if "global_gradient_norm" in wanted:
        summary.scalar("global_norm/gradient_norm", global_norm([g for g, _ in pairs]))
    for gradient, variable in pairs:
        values = getattr(gradient, "values", gradient)
        if "gradients" in wanted:
            summary.histogram("gradients/" + variable.op.name, values)
        if "gradient_norm" in wanted:
            summary.scalar("gradient_norm/" + variable.op.name, global_norm([values]))


__all__ = ["OPTIMIZER_CLS_NAMES", "OPTIMIZER_SUMMARIES", "optimize_loss"]
