"""Moving averages."""

from . import _ferroflow
from .default_graph import control_dependencies, name_scope
from .initializers import Zeros
from .variable_scope import get_variable, variable_scope
from .variables import global_variables, moving_average_variables, trainable_variables


class ExponentialMovingAverage:
    """Shadows of variables and other tensors that follow them slowly: `shadow ← shadow - (1 - decay)·(shadow - value)`.

    With `num_updates` the decay is at most `(1 + n)/(10 + n)`. The shadow of a variable starts from its value, that of
    another tensor from zero; with `zero_debias` it is freed of that zero, divided by the weight of the values so far.
    """

    def __init__(self, decay, num_updates=None, zero_debias=False, name="ExponentialMovingAverage"):
        self._decay, self._num_updates, self._zero_debias, self._name = decay, num_updates, zero_debias, name
        self._averages = {}

    @property
    def name(self):
        """The name of the operation, and of the shadows beside what they follow."""
        return self._name

    def apply(self, var_list=None):
        """The operation that updates the shadows of `var_list`, every trainable variable if none is given: variables and
        tensors, half, float or double. Those that have no shadow yet get one."""
        values = trainable_variables() if var_list is None else list(var_list)
        for value in values:
            if value.dtype.name not in ("float16", "float32", "float64", "bfloat16"):
                raise TypeError(f"The variables must be half, float, or double: {value.name}")
        graph = values[0].graph
        graph._check_open()
        shadows = [self._averages.get(value) for value in values]
        made = _ferroflow.moving_averages(
            graph, self._decay, self._num_updates, self._zero_debias, self._name, values, shadows
        )
        update, shadows = graph._wrap(made)
        for value, shadow in zip(values, shadows):
            self._averages[value] = graph._variable_at(shadow._node)
        return update

    def average(self, var):
        """The shadow of `var`, or `None`."""
        return self._averages.get(var)

    def average_name(self, var):
        """The name under which the shadow of `var` is saved."""
        shadow = self._averages.get(var)
        if shadow is not None:
            return shadow.op.name
        scope = var.graph.get_name_scope()
        return "/".join(filter(None, [scope, var.op.name, self._name]))

    def variables_to_restore(self, moving_avg_variables=None):
        """By name in a checkpoint: `moving_avg_variables`, by default those that are trained or averaged, under the names of
        their shadows; and every other variable under its own. A `Saver` of these restores shadows as what they follow."""
        if moving_avg_variables is None:
            moving_avg_variables = trainable_variables() + moving_average_variables()
        averaged = dict.fromkeys(moving_avg_variables)
        named = {self.average_name(variable): variable for variable in averaged}
        names = {variable.op.name for variable in averaged}
        others = [variable for variable in global_variables() if variable.op.name not in {*names, *named}]
        return {**named, **{variable.op.name: variable for variable in others}}


def assign_moving_average(variable, value, decay, zero_debias=True, name=None):
    """The new value of `variable`, which moves by `(1 - decay)·(value - variable)`.

    With `zero_debias` that is what a variable `biased`, which starts from zero, does, and `variable` becomes it divided by
    the weight `1 - decayⁿ` of the `n` values so far, counted by a variable `local_step`.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value]):
        if not zero_debias:
            return variable.assign_sub((variable - value) * (1 - decay))
        zeros = lambda name, shape: get_variable(name, shape, variable.dtype.base_dtype, Zeros(), trainable=False)
        with variable_scope(variable.op.name):
            biased, steps = zeros("biased", variable.shape), zeros("local_step", [])
        with control_dependencies([biased.assign_sub((biased - value) * (1 - decay)), steps.assign_add(1)]):
            weight = 1 - decay ** steps.read_value()
            return variable.assign(biased.read_value() / weight)
