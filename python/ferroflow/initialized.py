"""Which variables have a value."""

from .array_ops import stack
from .dtypes import string
from .errors import FailedPreconditionError, OutOfRangeError
from .default_graph import control_dependencies, get_collection, name_scope
from .framework import call, constant
from .graph import GraphKeys
from .math_ops import group, identity
from .script_ops import host_func
from .variables import assign, global_variables, local_variables


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
        missing = host_func(lambda known: names[~known], [known], string, name=scope)
    missing.set_shape([None])
    return missing


def assert_variables_initialized(var_list=None):
    """The operation that raises `tf.errors.FailedPreconditionError` in a run in which one of `var_list`, by default every
    global and local variable, has no value; `None` if there are none."""
    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    if not variables:
        return None

    def check(known):
        for variable, has_value in zip(names, known):
            if not has_value:
                raise FailedPreconditionError(None, None, f"Attempting to use uninitialized value {variable}")

    names = [variable.op.name for variable in variables]
    known = stack([is_variable_initialized(variable) for variable in variables])
    return host_func(check, [known], [], True, "assert_variables_initialized")


def count_up_to(ref, limit, name=None):
    """The value of a scalar variable of `int32` or `int64`, which is one more afterwards. A run in which it is `limit`
    raises `tf.errors.OutOfRangeError`."""
    if ref.dtype.base_dtype.name not in ("int32", "int64"):
        raise TypeError(
            f"Value passed to parameter 'ref' has DataType {ref.dtype.base_dtype.name} not in list of allowed values: "
            "int32, int64"
        )

    def counted(value):
        if value >= limit:
            raise OutOfRangeError(None, None, f"Reached limit of {limit}")
        return value

    with name_scope(name, "CountUpTo", [ref]) as scope:
        value = host_func(counted, [ref], ref.dtype.base_dtype, True, "value")
        value.set_shape([])
        with control_dependencies([assign(ref, value + 1)]):
            return identity(value, scope)


def tables_initializer(name="init_all_tables"):
    """The operation that initialises all tables, those in the collection `TABLE_INITIALIZERS`."""
    return group(*get_collection(GraphKeys.TABLE_INITIALIZERS), name=name)


initialize_all_tables = tables_initializer
