"""Optimizers that make variables smaller beside their steps, not by their gradients (Loshchilov and Hutter 2019,
https://arxiv.org/abs/1711.05101)."""

from ...array_ops import unique
from ...selection import gather
from ...default_graph import control_dependencies
from ...elements import IndexedSlices
from ...optimizer import AdamOptimizer, MomentumOptimizer
from ...scatter_ops import scatter_sub
from .adaptive import number

__all__ = [
    "AdamWOptimizer",
    "DecoupledWeightDecayExtension",
    "MomentumWOptimizer",
    "extend_with_decoupled_weight_decay",
]


class DecoupledWeightDecayExtension:
    """What a class that comes before an optimizer's among the bases of another makes of it: each variable of `decay_var_list`, or
    all, loses the share `weight_decay` of itself before its step, of a gradient in slices only the rows that it names."""

    def __init__(self, weight_decay, *args, **kwargs):
        self._decayed, self._weight_decay = None, weight_decay
        super().__init__(*args, **kwargs)

    def minimize(
        self,
        loss,
        global_step=None,
        var_list=None,
        gate_gradients=1,
        aggregation_method=None,
        colocate_gradients_with_ops=False,
        name=None,
        grad_loss=None,
        decay_var_list=None,
    ):
        """The operation that changes the variables once to make `loss` smaller, and adds 1 to `global_step`; those of
        `decay_var_list`, or all, decay."""
        self._decayed = None if decay_var_list is None else set(decay_var_list)
        return super().minimize(loss, global_step, var_list, name=name, grad_loss=grad_loss)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None, decay_var_list=None):
        """The operation that changes each variable by its derivative, and adds 1 to `global_step`; those of `decay_var_list` decay,
        without it those that were named last, or all."""
        if decay_var_list is not None:
            self._decayed = set(decay_var_list)
        pairs = list(grads_and_vars)
        given = [(g, v) for g, v in pairs if g is not None and (self._decayed is None or v in self._decayed)]
        # Gradients are those of variables as they were.
        with control_dependencies([getattr(g, "values", g) for g, _ in given]):
            decays = [self._decay(g, v) for g, v in given]
        with control_dependencies(decays):
            return super().apply_gradients(pairs, global_step, name)

    def _decay(self, gradient, variable):
        share = number(self._weight_decay, variable)
        if not isinstance(gradient, IndexedSlices):
            return variable.assign_sub(share * variable)
        rows = unique(gradient.indices).y
        return scatter_sub(variable, rows, share * gather(variable, rows))


def extend_with_decoupled_weight_decay(base_optimizer):
    """The class of an optimizer whose first argument is `weight_decay`, and the others those of `base_optimizer`, a class."""

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):
        """An optimizer with a decay of its variables beside its steps."""

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """`MomentumOptimizer` whose variables lose the share `weight_decay` of themselves before each step."""

    def __init__(self, weight_decay, learning_rate, momentum, use_locking=False, name="MomentumW", use_nesterov=False):
        super().__init__(weight_decay, learning_rate, momentum, use_locking, name, use_nesterov)


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """`AdamOptimizer` whose variables lose the share `weight_decay` of themselves before each step."""

    def __init__(
        self,
        weight_decay,
        learning_rate=0.001,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-8,
        use_locking=False,
        name="AdamW",
    ):
        super().__init__(weight_decay, learning_rate, beta1, beta2, epsilon, use_locking, name)
