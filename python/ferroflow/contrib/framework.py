"""What programs use of `tf.contrib.framework`: scopes of arguments, and variables by name."""

import re

from ..later import absent as _absent
from .. import nest
from ..default_graph import add_to_collections, get_collection
from ..framework import is_tensor
from ..graph import GraphKeys
from ..saver import Saver, list_variables, load_checkpoint, load_variable
from ..train import assert_global_step, create_global_step, get_global_step, get_or_create_global_step
from ..variable_scope import get_variable
from .arguments import add_arg_scope, arg_scope, arg_scoped_arguments, current_arg_scope, has_arg_scope

__all__ = [
    "add_arg_scope",
    "add_model_variable",
    "arg_scope",
    "arg_scoped_arguments",
    "assert_global_step",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "create_global_step",
    "current_arg_scope",
    "filter_variables",
    "get_global_step",
    "get_local_variables",
    "get_model_variables",
    "get_or_create_global_step",
    "get_trainable_variables",
    "get_unique_variable",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "get_variables_to_restore",
    "has_arg_scope",
    "is_tensor",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "local_variable",
    "model_variable",
    "nest",
    "variable",
]


@add_arg_scope
def variable(
    name,
    shape=None,
    dtype=None,
    initializer=None,
    regularizer=None,
    trainable=True,
    collections=None,
    caching_device=None,
    device=None,
    partitioner=None,
    custom_getter=None,
    use_resource=None,
):
    """`tf.get_variable`."""
    collections = list(collections or [GraphKeys.GLOBAL_VARIABLES])
    if GraphKeys.GLOBAL_VARIABLES not in collections and GraphKeys.LOCAL_VARIABLES not in collections:
        collections.append(GraphKeys.GLOBAL_VARIABLES)
    return get_variable(
        name, shape, dtype, initializer, regularizer, trainable, collections, custom_getter=custom_getter
    )


@add_arg_scope
def model_variable(
    name,
    shape=None,
    dtype=None,
    initializer=None,
    regularizer=None,
    trainable=True,
    collections=None,
    caching_device=None,
    device=None,
    partitioner=None,
    custom_getter=None,
    use_resource=None,
):
    """`variable`, in `MODEL_VARIABLES` too."""
    collections = [*(collections or ()), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    return variable(name, shape, dtype, initializer, regularizer, trainable, collections, custom_getter=custom_getter)


def local_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable that is not saved, nor trained."""
    from ..variables import Variable

    keys = [GraphKeys.LOCAL_VARIABLES]
    return Variable(initial_value, False, keys, validate_shape, name=name)


def add_model_variable(var):
    """Adds a variable to `MODEL_VARIABLES`, once."""
    if var not in get_collection(GraphKeys.MODEL_VARIABLES):
        add_to_collections(GraphKeys.MODEL_VARIABLES, var)


def get_variables(scope=None, suffix=None, collection=GraphKeys.GLOBAL_VARIABLES):
    """The variables of a collection in `scope`, a name or a scope, whose names end in `suffix`."""
    found = get_collection(collection, getattr(scope, "name", scope))
    return [v for v in found if suffix is None or v.op.name.endswith(suffix)]


def get_model_variables(scope=None, suffix=None):
    """The variables that the model is used with, as `get_variables` has them."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope=None, suffix=None):
    """The variables that are not saved, as `get_variables` has them."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope=None, suffix=None):
    """The variables that are trained, as `get_variables` has them."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_name(given_name, scope=None):
    """The variables whose last name is `given_name`, of those in `scope`."""
    return [v for v in get_variables(scope) if v.op.name.rpartition("/")[2] == given_name]


def get_variables_by_suffix(suffix, scope=None):
    """The variables whose names end in `suffix`, of those in `scope`."""
    return get_variables(scope, suffix)


def get_unique_variable(var_op_name):
    """The variable of that name. Raises `ValueError` if there is none."""
    for candidate in get_collection(GraphKeys.GLOBAL_VARIABLES):
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not exist")


def get_variables_to_restore(include=None, exclude=None):
    """The variables in the scopes `include`, or all, without those in the scopes `exclude`."""
    if include is not None and not isinstance(include, (list, tuple)):
        raise TypeError("include is provided but is not a list or a tuple.")
    found = [v for scope in include or [None] for v in get_variables(scope)]
    left_out = {v for scope in exclude or () for v in get_variables(scope)}
    return [v for v in found if v not in left_out]


def filter_variables(var_list, include_patterns=None, exclude_patterns=None, reg_search=True):
    """The variables whose names one of `include_patterns` matches, or all, and none of `exclude_patterns`."""
    matches = re.search if reg_search else re.match
    named = lambda v, patterns: any(matches(pattern, v.op.name) for pattern in patterns)
    found = [v for v in var_list if not include_patterns or named(v, include_patterns)]
    return [v for v in found if not named(v, exclude_patterns or ())]


def assign_from_values(var_names_to_values):
    """The operation that gives variables values by their names, and what it must be fed with."""
    from ..creation import placeholder
    from ..math_ops import group

    feeds, updates = {}, []
    for name, value in var_names_to_values.items():
        var = get_unique_variable(name)
        fed = placeholder(var.dtype, var.shape)
        updates.append(var.assign(fed))
        feeds[fed] = value
    return group(*updates), feeds


def assign_from_values_fn(var_names_to_values):
    """The function of a session that gives variables values by their names."""
    update, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(update, feeds)


def _saved(model_path, var_list, ignore_missing_vars):
    """The variables by their names in the checkpoint."""
    named = var_list if isinstance(var_list, dict) else {v.op.name: v for v in var_list}
    if not ignore_missing_vars:
        return named
    reader = load_checkpoint(model_path)
    return {name: v for name, v in named.items() if reader.has_tensor(name)}


def assign_from_checkpoint(model_path, var_list, ignore_missing_vars=False):
    """The operation that gives variables the values of a checkpoint, and what it must be fed with. `var_list` has them, or
    is a dictionary of their names there."""
    reader = load_checkpoint(model_path)
    named = _saved(model_path, var_list, ignore_missing_vars)
    return assign_from_values({v.op.name: reader.get_tensor(name) for name, v in named.items()})


def assign_from_checkpoint_fn(model_path, var_list, ignore_missing_vars=False, reshape_variables=False):
    """The function of a session that gives variables the values of a checkpoint, or `None` if it has none of them."""
    named = _saved(model_path, var_list, ignore_missing_vars)
    if not named:
        return None
    saver = Saver(named, reshape=reshape_variables)
    return lambda session: saver.restore(session, model_path)


__getattr__ = _absent(__name__)
