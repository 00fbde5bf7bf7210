"""Which variables have a value."""

from .array_ops import stack
from .dtypes import string
from .framework import call, constant, name_scope
from .script_ops import py_func
from .variables import global_variables, local_variables


def is_variable_initialized(variable):
    """Whether the variable has a value, from before the run or from what control dependencies say comes before."""
    return call("is_initialized", None, variable)


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """The names of those of `var_list`, by default every global and local variable, that have no value, as
    `is_variable_initialized` tells."""
    import numpy as np

    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    names = np.array([variable.op.name for variable in variables], object)
    with name_scope(name) as scope:
        if not variables:
            return constant(names, string, name=scope)
        known = stack([is_variable_initialized(variable) for variable in variables])
        missing = py_func(lambda known: names[~known], [known], string, name=scope)
    missing.set_shape([None])
    return missing
