"""What programs use of `tf.contrib.training`: training steps, and sets of settings."""

import json

from ..later import absent as _absent
from ..default_graph import control_dependencies, get_collection, name_scope
from ..graph import GraphKeys
from ..clip_ops import clip_by_norm, global_norm
from ..math_ops import check_numerics, identity
from ..checkpoint_watch import checkpoints_iterator, wait_for_new_checkpoint  # noqa: F401
from ..train import get_or_create_global_step

_COUNTED = object()


class HParams:
    """Settings by name, as attributes, of the types that they have at first."""

    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def values(self):
        """The settings as a dictionary."""
        return dict(self.__dict__)

    def get(self, key, default=None):
        """A setting, or `default`."""
        return self.__dict__.get(key, default)

    def add_hparam(self, name, value):
        """Adds a setting. Raises `ValueError` if there is one of that name."""
        if name in self.__dict__ or hasattr(type(self), name):
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        self.__dict__[name] = value

    def set_hparam(self, name, value):
        """Changes a setting; a list becomes one of the type of its elements. Raises `KeyError` if there is none."""
        known = self.__dict__[name]
        like = lambda old, new: type(old)(new) if old is not None and not isinstance(old, (list, dict)) else new
        self.__dict__[name] = (
            [like(known[0], v) for v in value] if isinstance(known, list) and known else like(known, value)
        )

    def del_hparam(self, name):
        """Takes a setting away."""
        self.__dict__.pop(name, None)

    def override_from_dict(self, values_dict):
        """Changes settings; gives itself."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def parse(self, values):
        """Changes settings as text says: `name=value,list=[1,2]`; gives itself. Raises `ValueError` for what it does not
        understand."""
        import re

        for name, listed, single in re.findall(r"(\w+)\s*=\s*(?:\[([^\]]*)\]|([^,\[\]]*))\s*(?:,|$)", values):
            if name not in self.__dict__:
                raise ValueError(f"Unknown hyperparameter type for {name}")
            known = self.__dict__[name]
            kind = type(known[0] if isinstance(known, list) and known else known)
            read = lambda text: _TRUTHS[text.strip().lower()] if kind is bool else kind(text.strip())
            try:
                value = [read(t) for t in listed.split(",") if t.strip()] if isinstance(known, list) else read(single)
            except (KeyError, ValueError):
                raise ValueError(f"Could not parse hparam '{name}' of type '{kind.__name__}'") from None
            self.__dict__[name] = value
        return self

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """The settings as JSON."""
        plain = {name: value for name, value in self.__dict__.items() if not callable(value)}
        return json.dumps(plain, indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json):
        """Changes settings as JSON says; gives itself."""
        return self.override_from_dict(json.loads(values_json))

    def __contains__(self, key):
        return key in self.__dict__

    def __repr__(self):
        return f"HParams({', '.join(f'{name}={value!r}' for name, value in sorted(self.__dict__.items()))})"


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def create_train_op(
    total_loss,
    optimizer,
    global_step=_COUNTED,
    update_ops=None,
    variables_to_train=None,
    transform_grads_fn=None,
    summarize_gradients=False,
    gate_gradients=1,
    aggregation_method=None,
    colocate_gradients_with_ops=False,
    check_numerics=True,
):
    """The tensor that makes one step of training after `update_ops`, by default those of `UPDATE_OPS`, and gives the loss,
    which with `check_numerics` must be finite. `global_step` counts the steps, unless it is `None`."""
    step = get_or_create_global_step() if global_step is _COUNTED else global_step
    updates = get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else list(update_ops)
    if updates:
        with control_dependencies(updates):
            total_loss = identity(total_loss)
    pairs = optimizer.compute_gradients(total_loss, variables_to_train)
    if transform_grads_fn is not None:
        pairs = transform_grads_fn(pairs)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    applied = optimizer.apply_gradients(pairs, step)
    with name_scope("train_op"):
        if check_numerics:
            total_loss = _finite(total_loss, "LossTensor is inf or nan")
        with control_dependencies([applied]):
            train_op = identity(total_loss)
    if train_op not in get_collection(GraphKeys.TRAIN_OP):
        train_op.graph.add_to_collection(GraphKeys.TRAIN_OP, train_op)
    return train_op


_finite = check_numerics


def add_gradients_summaries(grads_and_vars):
    """The summaries of gradients and of their norms, a list."""
    from .. import summary

    made = []
    for gradient, variable in grads_and_vars:
        if gradient is not None:
            values = getattr(gradient, "values", gradient)
            made.append(summary.histogram(variable.op.name + "_gradient", values))
            made.append(summary.scalar(variable.op.name + "_gradient_norm", global_norm([values])))
    return made


def clip_gradient_norms(gradients_to_variables, max_norm):
    """Pairs of gradient and variable, each gradient scaled so that its norm is at most `max_norm`."""
    clip = lambda g: None if g is None else clip_by_norm(g, max_norm)
    return [(clip(gradient), variable) for gradient, variable in gradients_to_variables]


def clip_gradient_norms_fn(max_norm):
    """`clip_gradient_norms` as a function of the pairs alone."""
    return lambda pairs: clip_gradient_norms(pairs, max_norm)


def multiply_gradients(grads_and_vars, gradient_multipliers):
    """Pairs of gradient and variable, gradients multiplied as a dictionary by variable or its name says."""
    factor = lambda v: gradient_multipliers.get(v, gradient_multipliers.get(v.op.name))
    return [(g if g is None or factor(v) is None else g * factor(v), v) for g, v in grads_and_vars]


__getattr__ = _absent(__name__)
