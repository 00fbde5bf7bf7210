"""Optimizers around optimizers."""

from ...array_ops import unique
from ...selection import gather
from ...default_graph import control_dependencies
from ...elements import IndexedSlices
from ...framework import convert_to_tensor
from ...clip_ops import clip_by_norm
from ...math_ops import group
from ...moving_averages import ExponentialMovingAverage
from ...optimizer import Optimizer
from ...saver import Saver
from ...scatter_ops import scatter_update
from ...variables import global_variables

__all__ = ["MovingAverageOptimizer", "VariableClippingOptimizer"]


class _Around(Optimizer):
    """An optimizer whose steps another makes."""

    def __init__(self, opt, use_locking, name):
        super().__init__(use_locking, name)
        self._optimizer = opt

    def compute_gradients(self, *args, **kwargs):
        """The derivatives that the optimizer within computes."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def get_slot(self, var, name):
        """What the optimizer within keeps beside `var` under that name."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self):
        """The names of what the optimizer within keeps beside each variable."""
        return self._optimizer.get_slot_names()

    def variables(self):
        """Those of the optimizer within."""
        return self._optimizer.variables()


class MovingAverageOptimizer(_Around):
    """An optimizer after each step of which moving averages of its variables follow, as `ExponentialMovingAverage` has them; with
    `sequential_update` false at the same time as the step. `swapping_saver` saves averages under the variables' names."""

    def __init__(self, opt, average_decay=0.9999, num_updates=None, sequential_update=True):
        super().__init__(opt, False, opt.get_name())
        self._average = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._sequential, self._averaged = sequential_update, None

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that makes a step, and updates the averages."""
        pairs = list(grads_and_vars)
        step = self._optimizer.apply_gradients(pairs, global_step, name)
        variables = [variable for _, variable in pairs]
        with control_dependencies([step] if self._sequential else []):
            follow = self._average.apply(variables)
        self._averaged = {v: self._average.average(v) for v in variables}
        return group(step, follow, name="update")

    def swapping_saver(self, var_list=None, name="swapping_saver", **kwargs):
        """The `Saver` of `var_list`, every global variable if none is given, that saves the average of a variable under its name,
        and the variable under that of the average. Raises `RuntimeError` before `apply_gradients`, `ValueError` if only one of
        both is to be saved."""
        if self._averaged is None:
            raise RuntimeError("Must call apply_gradients or minimize before creating the swapping_saver")
        var_list = global_variables() if var_list is None else var_list
        named = var_list if isinstance(var_list, dict) else {v.op.name: v for v in var_list}
        swapped = {**self._averaged, **{average: v for v, average in self._averaged.items()}}
        missing = [v.op.name for v in named.values() if v in swapped and swapped[v] not in named.values()]
        if missing:
            raise ValueError(f"Variable to swap is not part of variables to save: {missing}")
        return Saver({key: swapped.get(v, v) for key, v in named.items()}, name=name, **kwargs)


class VariableClippingOptimizer(_Around):
    """An optimizer after each step of which variables are brought to norms of at most `max_norm` over the dimensions that
    `vars_to_clip_dims`, a dictionary, has for them; of a gradient in slices only the rows that it names, if these are not
    counted together."""

    def __init__(
        self,
        opt,
        vars_to_clip_dims,
        max_norm,
        use_locking=False,
        colocate_clip_ops_with_vars=False,
        name="VariableClipping",
    ):
        super().__init__(opt, use_locking, name)
        self._dims, self._max_norm = dict(vars_to_clip_dims), max_norm

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that makes a step, and then bounds the norms."""
        pairs = list(grads_and_vars)
        step = self._optimizer.apply_gradients(pairs, global_step)
        with control_dependencies([step]):
            clipped = [self._clip(g, v) for g, v in pairs if g is not None and v in self._dims]
        return group(step, *clipped, name=name or self._name)

    def _clip(self, gradient, variable):
        dims, value = list(self._dims[variable]), variable.read_value()
        norm = convert_to_tensor(self._max_norm, variable.dtype.base_dtype)
        if isinstance(gradient, IndexedSlices) and 0 not in dims:
            rows = unique(gradient.indices).y
            return scatter_update(variable, rows, clip_by_norm(gather(value, rows), norm, dims))
        return variable.assign(clip_by_norm(value, norm, dims))
