"""Which variables have a value: told when a run begins, of the session that runs."""

from .framework import call
from .variables import global_variables, local_variables


def is_variable_initialized(variable):
    """Whether the variable has a value when the run begins."""
    return _reported([variable], "bool", [], "IsVariableInitialized", lambda known: known[0])


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """The names of those of `var_list`, by default every global and local variable, that have no value when the run
    begins."""
    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    names = [variable.op.name for variable in variables]

    def missing(known):
        return [name for name, has in zip(names, known) if not has]

    return _reported(variables, "string", [None], name, missing)


def _reported(variables, dtype, shape, name, value):
    """A tensor that each run is fed with `value` of what is known of the variables."""
    tensor = call("placeholder", name, dtype, shape)
    reports = tensor.graph.__dict__.setdefault("_reports", [])
    reports.append((tensor, [variable._ref() for variable in variables], value))
    return tensor


def reports_of(session):
    """What a run of the session is fed with besides what its caller says."""
    import numpy as np

    found = {}
    for tensor, variables, value in session.graph.__dict__.get("_reports", ()):
        told = value(session._initialized(variables))
        found[tensor] = np.array(told, object if tensor.dtype.name == "string" else bool)
    return found
