"""Optimizers, learning rates, moving averages and checkpoints."""

import weakref

from . import _ferroflow
from .framework import (
    GraphKeys,
    IndexedSlices as _IndexedSlices,
    Tensor,
    call as _call,
    control_dependencies as _control_dependencies,
    convert_to_tensor as _convert_to_tensor,
    convert_to_tensor_or_indexed_slices as _convert_to_tensor_or_indexed_slices,
    get_default_graph as _get_default_graph,
    name_scope as _name_scope,
)
from .array_ops import zeros_like as _zeros_like
from .gradients import gradients as _gradients
from .later import later as _later
from .math_ops import group as _group
from .messages import SessionLog
from .saver import (
    CheckpointState,
    NewCheckpointReader,
    Saver,
    SaverDef,
    checkpoint_exists,
    export_meta_graph,
    get_checkpoint_mtimes,
    get_checkpoint_state,
    import_meta_graph,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
    remove_checkpoint,
    update_checkpoint_state,
)
from .summary import FileWriter as SummaryWriter, FileWriterCache as SummaryWriterCache, summary_iterator
from .variables import Variable, assign_add as _assign_add, trainable_variables as _trainable_variables


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
        """The derivatives of `loss` by the variables: pairs of derivative, `None` if there is none, and variable."""
        loss = loss() if callable(loss) else loss
        variables = _trainable_variables() if var_list is None else _flat(var_list)
        if not variables:
            raise ValueError("No variables to optimize.")
        for variable in variables:
            if not hasattr(variable, "_ref_tensor"):
                raise TypeError(f"Argument is not a tf.Variable: {variable}")
        return list(zip(_gradients(loss, variables, grad_loss), variables))

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
        found = [None if g is None else _convert_to_tensor_or_indexed_slices(g) for g, _ in pairs]
        graph = variables[0].graph
        graph._check_open()
        if self._RULE is None:
            return self._apply_by_hand(found, variables, global_step, name or self._name)
        settings = {key: value() if callable(value) else value for key, value in self._settings.items()}
        applied = _ferroflow.apply_gradients(
            graph, self._RULE, (self._name, name or self._name), settings, self._state(graph), found, variables, global_step
        )
        train_op = graph._wrap(applied)
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
        with _name_scope(name) as scope:
            self._prepare()
            updates = []
            for gradient, variable in given:
                sparse = isinstance(gradient, _IndexedSlices)
                updates.append((self._apply_sparse if sparse else self._apply_dense)(gradient, variable))
            with _control_dependencies([self._finish(updates, "update")]):
                step = [] if global_step is None else [_assign_add(global_step, 1)]
            train_op = _group(*updates, *step, name=scope)
        graph.get_collection_ref(GraphKeys.TRAIN_OP).append(train_op)
        return train_op

    def _create_slots(self, var_list):
        """Makes the variables that are kept beside those to be changed."""

    def _prepare(self):
        """Makes tensors of the settings."""

    def _finish(self, update_ops, name_scope):
        """The operation that ends a step, after the updates."""
        return _group(*update_ops, name=name_scope)

    def _apply_dense(self, grad, var):
        raise NotImplementedError()

    def _apply_sparse(self, grad, var):
        return self._apply_dense(_convert_to_tensor(grad), var)

    def _zeros_slot(self, var, slot_name, op_name):
        return self._get_or_make_slot(var, _zeros_like(var.initial_value), slot_name, op_name)

    def _get_or_make_slot(self, var, val, slot_name, op_name):
        slots = self.__dict__.setdefault("_own_slots", {}).setdefault(slot_name, {})
        if var not in slots:
            slots[var] = Variable(val, trainable=False, name=f"{var.op.name}/{op_name}")
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
        """Every variable that it has made in the default graph."""
        graph = _get_default_graph()
        own = [v for slots in self.__dict__.get("_own_slots", {}).values() for v in slots.values() if v.graph is graph]
        return own + [graph._variable_at(node) for node in self._state(graph).variables(graph)]

    _SLOTS = ()


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
    """Adagrad by dual averaging (Duchi et al. 2011); `global_step` counts its steps."""

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
        self._global_step = global_step
        super().__init__(
            use_locking,
            name,
            learning_rate=learning_rate,
            initial_gradient_squared_accumulator_value=initial_gradient_squared_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
        )

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """As `Optimizer.apply_gradients`; the steps are counted by the optimizer's own `global_step`."""
        return super().apply_gradients(grads_and_vars, self._global_step, name)


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


class ExponentialMovingAverage:
    """Shadows of variables that follow them slowly: `shadow ← shadow - (1 - decay)·(shadow - variable)`.

    With `num_updates` the decay is at most `(1 + n)/(10 + n)`.
    """

    def __init__(self, decay, num_updates=None, zero_debias=False, name="ExponentialMovingAverage"):
        self._decay, self._num_updates, self.name = decay, num_updates, name
        self._averages = {}

    def apply(self, var_list=None):
        """Makes a shadow of each variable, every trainable one if none are given: the operation that updates them."""
        variables = _trainable_variables() if var_list is None else list(var_list)
        for variable in variables:
            if not isinstance(variable, Variable):
                raise TypeError(f"The variables must be tf.Variables: {variable}")
            if variable in self._averages:
                raise ValueError(f"Moving average already computed for: {variable.name}")
        graph = variables[0].graph
        made = _ferroflow.moving_averages(graph, self._decay, self._num_updates, variables)
        update, shadows = graph._wrap(made)
        for variable, shadow in zip(variables, shadows):
            self._averages[variable] = graph._variable_at(shadow._node)
        return update

    def average(self, var):
        """The shadow of `var`, or `None`."""
        return self._averages.get(var)

    def average_name(self, var):
        """The name of the shadow of `var`."""
        shadow = self._averages.get(var)
        return shadow.op.name if shadow is not None else f"{var.op.name}/{self.name}"


def _schedule(learning_rate, global_step, name, default, function, *arguments):
    if global_step is None:
        raise ValueError("global_step is required.")
    rate = learning_rate.item() if hasattr(learning_rate, "item") else learning_rate
    if isinstance(rate, (Tensor, Variable)):
        # The schedules are proportional to the rate.
        return rate * _call(function, name or default, 1.0, global_step, *arguments)
    return _call(function, name or default, rate, global_step, *arguments)


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate · decay_rate ^ (step / decay_steps)`, the exponent rounded down if `staircase`."""
    return _schedule(
        learning_rate, global_step, name, "ExponentialDecay", "exponential_decay", decay_steps, decay_rate, staircase
    )


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate · exp(-decay_rate · step / decay_steps)`."""
    return _schedule(
        learning_rate, global_step, name, "ExponentialDecay", "natural_exp_decay", decay_steps, decay_rate, staircase
    )


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """`rate / (1 + decay_rate · step / decay_steps)`."""
    return _schedule(
        learning_rate, global_step, name, "InverseTimeDecay", "inverse_time_decay", decay_steps, decay_rate, staircase
    )


def polynomial_decay(
    learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None
):
    """`(rate - end) · (1 - step/decay_steps) ^ power + end`; after `decay_steps` it stays there, or starts again."""
    if isinstance(learning_rate, (Tensor, Variable)):
        raise TypeError("learning_rate must be a number")
    return _call(
        "polynomial_decay",
        name or "PolynomialDecay",
        learning_rate,
        global_step,
        decay_steps,
        end_learning_rate,
        power,
        cycle,
    )


def piecewise_constant(x, boundaries, values, name=None):
    """`values[0]` while `x <= boundaries[0]`, then `values[1]` while `x <= boundaries[1]`, and so on."""
    return _call("piecewise_constant", name or "PiecewiseConstant", x, list(boundaries), list(values))


piecewise_constant_decay = piecewise_constant


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """Half a cosine from `rate` to `alpha · rate` (Loshchilov and Hutter 2017)."""
    return _schedule(learning_rate, global_step, name, "CosineDecay", "cosine_decay", decay_steps, alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """`cosine_decay` again and again, each time `t_mul` times as long and from `m_mul` times the rate."""
    return _schedule(
        learning_rate, global_step, name, "SGDRDecay", "cosine_decay_restarts", first_decay_steps, t_mul, m_mul, alpha
    )


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """A cosine that fades linearly (Bello et al. 2017)."""
    return _schedule(
        learning_rate,
        global_step,
        name,
        "LinearCosineDecay",
        "linear_cosine_decay",
        decay_steps,
        num_periods,
        alpha,
        beta,
    )


def get_global_step(graph=None):
    """The variable that counts the training steps, or `None`."""
    members = (graph or _get_default_graph()).get_collection(GraphKeys.GLOBAL_STEP)
    return members[0] if members else None


def create_global_step(graph=None):
    """Makes the variable that counts the training steps. Raises `ValueError` if there is one."""
    graph = graph or _get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        keys = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP]
        return Variable(0, trainable=False, collections=keys, name="global_step", dtype="int64")


def get_or_create_global_step(graph=None):
    """The variable that counts the training steps, made if there is none."""
    return get_global_step(graph) or create_global_step(graph)


def global_step(sess, global_step_tensor):
    """The number of training steps done in a session."""
    return int(sess.run(global_step_tensor))


def assert_global_step(global_step_tensor):
    """Raises `TypeError` unless this can count steps."""
    if not _convert_to_tensor(global_step_tensor).dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')


__getattr__, __dir__ = _later(
    __name__,
    {
        "coordinator": "Coordinator LooperThread start_queue_runners",
        "hooks": "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
        "NanLossDuringTrainingError NanTensorHook SecondOrStepTimer SessionRunArgs SessionRunContext SessionRunHook "
        "SessionRunValues StepCounterHook StopAtStepHook SummarySaverHook",
        "monitored_session": "ChiefSessionCreator MonitoredSession MonitoredTrainingSession Scaffold SessionCreator "
        "SingularMonitoredSession WorkerSessionCreator",
        "noisy_decay": "noisy_linear_cosine_decay",
        "supervisor": "SessionManager Supervisor",
    },
)
