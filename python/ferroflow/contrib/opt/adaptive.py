"""Optimizers of steps that each element of a variable has for itself."""

import math
import weakref

from ...array_ops import shape, unique
from ...selection import gather
from ...default_graph import control_dependencies, get_default_graph
from ...framework import convert_to_tensor
from ...math_ops import abs as absolute, cast, exp, group, maximum, sign, sqrt, square, unsorted_segment_sum
from ...optimizer import AdamOptimizer, Optimizer
from ...scatter_ops import scatter_sub, scatter_update
from ...variables import Variable

__all__ = ["AdaMaxOptimizer", "AddSignOptimizer", "LazyAdamOptimizer", "NadamOptimizer", "PowerSignOptimizer"]


def number(value, variable):
    """A setting, a number, a tensor or a function that gives one, as a tensor of a variable's dtype."""
    value, dtype = value() if callable(value) else value, variable.dtype.base_dtype
    return cast(convert_to_tensor(value, None if hasattr(value, "dtype") else dtype), dtype)


def summed(slices):
    """The rows of a gradient in slices, each once, and their numbers."""
    rows, places = unique(slices.indices)
    return unsorted_segment_sum(slices.values, places, shape(rows)[0]), rows


class _Moments(AdamOptimizer):
    """An optimizer with the two moments of Adam's, of which for a gradient in slices only the rows change that it names."""

    _RULE, _SECOND = None, True

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)
            self._zeros_slot(variable, "v", self._name)
        graph = var_list[0].graph
        powers = self.__dict__.setdefault("_powers", weakref.WeakKeyDictionary())
        if graph not in powers:
            betas = ("beta1", "beta2") if self._SECOND else ("beta1",)
            start = lambda beta: (
                float(self._settings[beta]) if not callable(self._settings[beta]) else self._settings[beta]()
            )
            powers[graph] = [Variable(start(beta), trainable=False, name=beta + "_power") for beta in betas]

    def variables(self):
        """Every variable that it has made in the default graph, by name."""
        powers = self.__dict__.get("_powers", {}).get(get_default_graph(), [])
        return sorted([*super().variables(), *powers], key=lambda variable: variable.name)

    def _given(self, var):
        """The settings and the powers of the decays, in a variable's dtype."""
        settings = [number(self._settings[name], var) for name in ("learning_rate", "beta1", "beta2", "epsilon")]
        return (*settings, *(cast(power.read_value(), var.dtype.base_dtype) for power in self._powers[var.graph]))

    def _moved(self, grad, m, v, rate, beta1, beta2, epsilon, power1, power2):
        """The moments after a gradient, and the step that they make."""
        m, v = beta1 * m + (1.0 - beta1) * grad, beta2 * v + (1.0 - beta2) * square(grad)
        rate = rate * sqrt(1.0 - power2) / (1.0 - power1)
        return m, v, rate * self._ahead(m, grad, beta1) / (sqrt(v) + epsilon)

    def _ahead(self, m, grad, beta1):
        """What the step is in proportion to."""
        return m

    def _apply_dense(self, grad, var):
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        new_m, new_v, step = self._moved(grad, m, v, *self._given(var))
        return group(var.assign_sub(step), m.assign(new_m), v.assign(new_v))

    def _apply_sparse(self, grad, var):
        values, rows = summed(grad)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        new_m, new_v, step = self._moved(values, gather(m, rows), gather(v, rows), *self._given(var))
        return group(scatter_update(m, rows, new_m), scatter_update(v, rows, new_v), scatter_sub(var, rows, step))

    def _finish(self, update_ops, name_scope):
        graph = next(iter(update_ops)).graph
        with control_dependencies(update_ops):
            betas = zip(self._powers[graph], (self._settings["beta1"], self._settings["beta2"]))
            kept = [power.assign(power * number(beta, power)) for power, beta in betas]
        return group(*update_ops, *kept, name=name_scope)


class AdaMaxOptimizer(_Moments):
    """AdaMax (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980): `m ← beta1·m + (1 - beta1)·g`, `v ← max(beta2·v, |g|)`, `w ← w -
    lr/(1 - beta1ᵗ)·m/(v + epsilon)`. Of a gradient in slices only the rows that it names change."""

    _SECOND = False

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="AdaMax"):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _moved(self, grad, m, v, rate, beta1, beta2, epsilon, power):
        m, v = beta1 * m + (1.0 - beta1) * grad, maximum(beta2 * v, absolute(grad))
        return m, v, rate / (1.0 - power) * m / (v + epsilon)


class NadamOptimizer(_Moments):
    """Adam with Nesterov's momentum (Dozat 2016): `w ← w - lrₜ·(beta1·m + (1 - beta1)·g)/(√v + epsilon)` with Adam's moments and
    rate."""

    _apply_sparse = Optimizer._apply_sparse

    def _ahead(self, m, grad, beta1):
        return beta1 * m + (1.0 - beta1) * grad


class LazyAdamOptimizer(_Moments):
    """Adam (Kingma and Ba 2015) that of a gradient in slices changes only the rows that it names, of the moments too."""


class _Signs(Optimizer):
    """An optimizer whose steps depend on whether gradient and moving average have the same sign."""

    def __init__(self, learning_rate, beta, sign_decay_fn, use_locking, name):
        super().__init__(use_locking, name)
        self._rate, self._beta, self._sign_decay_fn, self._sign_decay = learning_rate, beta, sign_decay_fn, 1.0

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that changes each variable by its derivative, and adds 1 to `global_step`."""
        if self._sign_decay_fn is not None:
            self._sign_decay = convert_to_tensor(self._sign_decay_fn(global_step))
        return super().apply_gradients(grads_and_vars, global_step, name)

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)

    def _apply_dense(self, grad, var):
        m, beta = self.get_slot(var, "m"), number(self._beta, var)
        new_m = m.assign(beta * m + (1.0 - beta) * grad)
        agreed = number(self._sign_decay, var) * sign(grad) * sign(new_m)
        return group(var.assign_sub(number(self._rate, var) * self._factor(agreed, var) * grad), new_m)


class PowerSignOptimizer(_Signs):
    """`m ← beta·m + (1 - beta)·g`, `w ← w - lr·base^(f·sign(g)·sign(m))·g` (Bello et al. 2017, https://arxiv.org/abs/1709.07417),
    where `f` is `sign_decay_fn(global_step)`, or 1."""

    def __init__(
        self,
        learning_rate=0.1,
        base=math.e,
        beta=0.9,
        sign_decay_fn=None,
        use_locking=False,
        name="PowerSignOptimizer",
    ):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _factor(self, agreed, var):
        return exp(number(self._logbase, var) * agreed)


class AddSignOptimizer(_Signs):
    """`m ← beta·m + (1 - beta)·g`, `w ← w - lr·(alpha + f·sign(g)·sign(m))·g` (Bello et al. 2017,
    https://arxiv.org/abs/1709.07417), where `f` is `sign_decay_fn(global_step)`, or 1."""

    def __init__(
        self,
        learning_rate=0.1,
        alpha=1.0,
        beta=0.9,
        sign_decay_fn=None,
        use_locking=False,
        name="AddSignOptimizer",
    ):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _factor(self, agreed, var):
        return number(self._alpha, var) + agreed
