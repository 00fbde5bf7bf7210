"""Optimizers."""

import weakref

from . import _ferroflow
from .array_ops import zeros_like
from .default_graph import control_dependencies, get_default_graph, name_scope
from .elements import IndexedSlices, Tensor
from .framework import convert_to_tensor, convert_to_tensor_or_indexed_slices
from .graph import GraphKeys
from .gradients import gradients
from .math_ops import group
from .variable_scope import get_variable_scope
from .variables import Variable, assign_add, trainable_variables


class Optimizer:
    """What optimizers have in common: `minimize`, or `compute_gradients` and `apply_gradients`.

    A class of a program's own defines `_apply_dense(grad, var)`, the operation that changes a variable, and if need be
    `_create_slots`, `_prepare`, `_apply_sparse` and `_finish`.
    """

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
    _RULE = None

    def __init__(self, use_locking, name, **settings):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._name = name
        self._settings = settings
        self._states = weakref.WeakKeyDictionary()

    def get_name(self):
        """The name of its operation and of its slots."""
        return self._name

    def minimize(
        self,
        loss,
        global_step=None,
        var_list=None,
        gate_gradients=GATE_OP,
        aggregation_method=None,
        colocate_gradients_with_ops=False,
        name=None,
        grad_loss=None,
    ):
        """The operation that changes the variables once to make `loss` smaller, and adds 1 to `global_step`.

        The variables are `var_list`, or every trainable one. Raises `ValueError` if `loss` depends on none of them.
        """
        pairs = self.compute_gradients(loss, var_list, grad_loss=grad_loss)
        if all(gradient is None for gradient, _ in pairs):
            names = [str(v) for _, v in pairs]
            raise ValueError(f"No gradients provided for any variable, check your graph: {names} and loss {loss}.")
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self,
        loss,
        var_list=None,
        gate_gradients=GATE_OP,
        aggregation_method=None,
        colocate_gradients_with_ops=False,
        grad_loss=None,
    ):
        """The derivatives of `loss` by the variables: pairs of derivative, `None` if there is none, and variable.

        Raises `ValueError` for what is not of floats.
        """
        loss = loss() if callable(loss) else loss
        variables = trainable_variables() if var_list is None else _flat(var_list)
        if not variables:
            raise ValueError("No variables to optimize.")
        for variable in variables:
            if not hasattr(variable, "_ref_tensor"):
                raise TypeError(f"Argument is not a tf.Variable: {variable}")
        pairs = list(zip(gradients(loss, variables, grad_loss), variables))
        for element in [loss, *(variable for gradient, variable in pairs if gradient is not None)]:
            if not element.dtype.is_floating:
                expected = "[tf.float32, tf.float64, tf.float16, tf.bfloat16]"
                raise ValueError(f"Invalid type tf.{element.dtype.name} for {element.name}, expected: {expected}.")
        return pairs

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that changes each variable by its derivative, and adds 1 to `global_step`.

        Raises `ValueError` if there is no derivative at all.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        variables = [variable for _, variable in pairs]
        if all(gradient is None for gradient, _ in pairs):
            names = [variable.name for variable in variables]
            raise ValueError(f"No gradients provided for any variable: {names}.")
        found = [None if g is None else convert_to_tensor_or_indexed_slices(g) for g, _ in pairs]
        graph = variables[0].graph
        graph._check_open()
        if self._RULE is None:
            return _constrained(self._apply_by_hand(found, variables, global_step, name or self._name), pairs)
        settings = {key: value() if callable(value) else value for key, value in self._settings.items()}
        applied = _ferroflow.apply_gradients(
            graph,
            self._RULE,
            (self._name, name or self._name),
            settings,
            self._state(graph),
            found,
            variables,
            global_step,
        )
        train_op = _constrained(graph._wrap(applied), pairs)
        members = graph.get_collection_ref(GraphKeys.TRAIN_OP)
        if train_op not in members:
            graph.add_to_collection(GraphKeys.TRAIN_OP, train_op)
        return train_op

    # What a class of a program's own defines: `_apply_dense`, and the others where it needs them.

    def _apply_by_hand(self, gradients, variables, global_step, name):
        """The operation that changes each variable as `_apply_dense` says, then adds 1 to `global_step`."""
        given = [(g, v) for g, v in zip(gradients, variables) if g is not None]
        graph = variables[0].graph
        with graph.name_scope(None):
            self._create_slots([v for _, v in given])
        with name_scope(name) as scope:
            self._prepare()
            updates = []
            for gradient, variable in given:
                sparse = isinstance(gradient, IndexedSlices)
                updates.append((self._apply_sparse if sparse else self._apply_dense)(gradient, variable))
            if global_step is None:
                train_op = self._finish(updates, scope)
            else:
                with control_dependencies([self._finish(updates, "update")]):
                    train_op = group(assign_add(global_step, 1), name=scope)
            train_op = train_op.op if isinstance(train_op, Tensor) else train_op
        graph.get_collection_ref(GraphKeys.TRAIN_OP).append(train_op)
        return train_op

    def _create_slots(self, var_list):
        """Makes the variables that are kept beside those to be changed."""

    def _prepare(self):
        """Makes tensors of the settings."""

    def _finish(self, update_ops, name_scope):
        """The operation that ends a step, after the updates."""
        return group(*update_ops, name=name_scope)

    def _apply_dense(self, grad, var):
        raise NotImplementedError()

    def _apply_sparse(self, grad, var):
        return self._apply_dense(convert_to_tensor(grad), var)

    def _zeros_slot(self, var, slot_name, op_name):
        return self._get_or_make_slot(var, zeros_like(var.initial_value), slot_name, op_name)

    def _get_or_make_slot(self, var, val, slot_name, op_name):
        slots = self.__dict__.setdefault("_own_slots", {}).setdefault(slot_name, {})
        if var not in slots:
            scope = get_variable_scope().name
            name = f"{scope}/{var.op.name}" if scope else var.op.name
            slots[var] = Variable(val, trainable=False, name=f"{name}/{op_name}")
        return slots[var]

    def _state(self, graph):
        if graph not in self._states:
            self._states[graph] = _ferroflow.OptimizerState()
        return self._states[graph]

    def get_slot(self, var, name):
        """The variable that it keeps beside `var` under that name, such as `momentum`, or `None`."""
        if self._RULE is None:
            return self.__dict__.get("_own_slots", {}).get(name, {}).get(var)
        node = self._state(var.graph).slot(var.graph, var.op._id, name)
        return None if node is None else var.graph._variable_at(node)

    def get_slot_names(self):
        """The names of what it keeps beside each variable."""
        return sorted(self.__dict__.get("_own_slots", self._SLOTS))

    def variables(self):
        """Every variable that it has made in the default graph, by name."""
        graph = get_default_graph()
        own = [v for slots in self.__dict__.get("_own_slots", {}).values() for v in slots.values() if v.graph is graph]
        made = own + [graph._variable_at(node) for node in self._state(graph).variables(graph)]
        return sorted(made, key=lambda variable: variable.name)

    _SLOTS = ()


def _constrained(train_op, grads_and_vars):
    """`train_op`, then the assignments that keep its variables to their constraints."""
    changed = [variable for gradient, variable in grads_and_vars if gradient is not None]
    kept = [variable for variable in changed if variable.constraint is not None]
    if not kept:
        return train_op
    with control_dependencies([train_op]):
        return group(*[variable.assign(variable.constraint(variable.read_value())) for variable in kept])


def _flat(values):
    if isinstance(values, (list, tuple)):
        return [item for value in values for item in _flat(value)]
    return [values]


class GradientDescentOptimizer(Optimizer):
    """`w ← w - lr·g`. The rate is a number, a scalar tensor, or a function that gives one."""

    _RULE = "GradientDescent"

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(use_locking, name, learning_rate=learning_rate)


class MomentumOptimizer(Optimizer):
    """`a ← momentum·a + g`, `w ← w - lr·a`; with `use_nesterov` `w ← w - lr·(g + momentum·a)`."""

    _RULE, _SLOTS = "Momentum", ("momentum",)

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
        super().__init__(use_locking, name, learning_rate=learning_rate, momentum=momentum, use_nesterov=use_nesterov)


class AdagradOptimizer(Optimizer):
    """`a ← a + g²`, `w ← w - lr·g/√a` (Duchi et al. 2011)."""

    _RULE, _SLOTS = "Adagrad", ("accumulator",)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name="Adagrad"):
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(
            use_locking, name, learning_rate=learning_rate, initial_accumulator_value=initial_accumulator_value
        )


class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging (Duchi et al. 2011) after `global_step` steps, which it only reads: `minimize` adds 1
    to the step that is given to it."""

    _RULE, _SLOTS = "AdagradDA", ("gradient_accumulator", "gradient_squared_accumulator")

    def __init__(
        self,
        learning_rate,
        global_step,
        initial_gradient_squared_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        use_locking=False,
        name="AdagradDA",
    ):
        super().__init__(
            use_locking,
            name,
            counter=global_step,
            learning_rate=learning_rate,
            initial_gradient_squared_accumulator_value=initial_gradient_squared_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
        )


class AdadeltaOptimizer(Optimizer):
    """Adadelta (Zeiler 2012)."""

    _RULE, _SLOTS = "Adadelta", ("accum", "accum_update")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-8, use_locking=False, name="Adadelta"):
        super().__init__(use_locking, name, learning_rate=learning_rate, rho=rho, epsilon=epsilon)


class RMSPropOptimizer(Optimizer):
    """`v ← decay·v + (1 - decay)·g²`, `m ← momentum·m + lr·g/√(v + epsilon)`, `w ← w - m` (Tieleman and Hinton 2012)."""

    _RULE, _SLOTS = "RMSProp", ("rms", "momentum")

    def __init__(
        self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, name="RMSProp"
    ):
        super().__init__(
            use_locking,
            name,
            learning_rate=learning_rate,
            decay=decay,
            momentum=momentum,
            epsilon=epsilon,
            centered=centered,
        )
        if centered:
            self._SLOTS = ("rms", "mg", "momentum")


class AdamOptimizer(Optimizer):
    """Adam (Kingma and Ba 2015)."""

    _RULE, _SLOTS = "Adam", ("m", "v")

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="Adam"):
        super().__init__(use_locking, name, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon)


class FtrlOptimizer(Optimizer):
    """Follow the regularised leader (McMahan et al. 2013)."""

    _RULE, _SLOTS = "Ftrl", ("accum", "linear")

    def __init__(
        self,
        learning_rate,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        use_locking=False,
        name="Ftrl",
        accum_name=None,
        linear_name=None,
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
    ):
        super().__init__(
            use_locking,
            name,
            learning_rate=learning_rate,
            learning_rate_power=learning_rate_power,
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
            beta=beta,
        )


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent with penalties on the size of the variables (Duchi and Singer 2009)."""

    _RULE = "ProximalGradientDescent"

    def __init__(
        self,
        learning_rate,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        use_locking=False,
        name="ProximalGradientDescent",
    ):
        super().__init__(
            use_locking,
            name,
            learning_rate=learning_rate,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
        )


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad with penalties on the size of the variables (Duchi and Singer 2009)."""

    _RULE, _SLOTS = "ProximalAdagrad", ("accumulator",)

    def __init__(
        self,
        learning_rate,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        use_locking=False,
        name="ProximalAdagrad",
    ):
        super().__init__(
            use_locking,
            name,
            learning_rate=learning_rate,
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
        )
