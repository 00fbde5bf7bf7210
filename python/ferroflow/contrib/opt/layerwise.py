"""Optimizers of steps that each variable has for itself."""

from ...array_ops import ones_like
from ...selection import where
from ...math_ops import greater, group, sqrt, square
from ...reductions import reduce_sum
from ...optimizer import Optimizer
from .adaptive import number

__all__ = ["LARSOptimizer"]


class LARSOptimizer(Optimizer):
    """Momentum with a rate for each variable (You et al. 2017, https://arxiv.org/abs/1708.03888): `eeta·|w| / (|g| +
    weight_decay·|w| + epsilon)` times the learning rate, and 1 where either norm is 0; to gradients `weight_decay·w` is added.
    Variables in whose names one of `skip_list` occurs have the learning rate itself, and no decay."""

    def __init__(
        self,
        learning_rate,
        momentum=0.9,
        weight_decay=0.0001,
        eeta=0.001,
        epsilon=0.0,
        name="LARSOptimizer",
        skip_list=None,
        use_nesterov=False,
    ):
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(False, name)
        self._rate, self._momentum, self._decay, self._eeta = learning_rate, momentum, weight_decay, eeta
        self._epsilon, self._skipped, self._nesterov = epsilon, skip_list, use_nesterov

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, "momentum", self._name)

    def compute_lr(self, grad, var):
        """The rate of a variable, and its gradient with the decay."""
        rate = number(self._rate, var)
        if self._skipped is not None and any(part in var.name for part in self._skipped):
            return rate, grad
        of_var, of_grad = (sqrt(reduce_sum(square(v))) for v in (var.read_value(), grad))
        trust = self._eeta * of_var / (of_grad + self._decay * of_var + self._epsilon)
        one = ones_like(of_var)
        trust = where(greater(of_var, 0.0), where(greater(of_grad, 0.0), trust, one), one)
        return rate * trust, grad + self._decay * var

    def _apply_dense(self, grad, var):
        rate, grad = self.compute_lr(grad, var)
        kept, momentum = self.get_slot(var, "momentum"), number(self._momentum, var)
        step = rate * grad
        new = kept.assign(momentum * kept + step)
        return group(var.assign_sub(step + momentum * new if self._nesterov else new), new)
