"""LSTMs whose layers or weights are normalised, in groups, with one gate for two, or with a clock."""

from .. import nn
from ..array_ops import concat, split
from ..selection import where
from ..cell import LSTMStateTuple
from ..framework import convert_to_tensor
from ..initializers import Constant, Zeros
from ..clip_ops import clip_by_value
from ..math_ops import cast, exp, less, log, matmul, mod, sigmoid, stop_gradient, tanh
from ..random_ops import random_uniform
from ..rnn_cell import _affine, _depth, _Gated

__all__ = ["CoupledInputForgetGateLSTMCell", "GLSTMCell", "LayerNormLSTMCell", "PhasedLSTMCell", "WeightNormLSTMCell"]


class _Projected(_Gated):
    """An LSTM whose outputs may be products with a matrix."""

    def __init__(self, num_units, num_proj, initializer, activation, reuse):
        super().__init__(num_units, activation, reuse, None, None)
        self._num_proj, self._initializer = num_proj, initializer

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        """The number of units, or of the projection's."""
        return self._num_proj or self._num_units

    def _variable(self, name, shape):
        return self.add_variable(name, shape, initializer=self._initializer)

    def _zeros(self, name, size):
        return self.add_variable(name, [size], initializer=Zeros(dtype=self._dtype))

    def _diagonals(self, *names):
        return [self._variable(name, [self._num_units]) for name in names]

    def _norms(self, *scopes):
        """The gain and shift of each normalisation."""
        start = ("gamma", self._start[0]), ("beta", self._start[1])
        made = lambda scope: [
            self.add_variable(f"{scope}/{name}", [self._num_units], initializer=Constant(v)) for name, v in start
        ]
        return {scope: made(scope) for scope in scopes}


def _bounded(value, limit):
    return value if limit is None else clip_by_value(value, -limit, limit)


def _normalised(value, gamma, beta):
    mean, variance = nn.moments(value, [1], keep_dims=True)
    return nn.batch_normalization(value, mean, variance, beta, gamma, 1e-12)


class CoupledInputForgetGateLSTMCell(_Projected):
    """An LSTM in which what is forgotten makes room for what comes in: `c' = f * c + (1 - f) * activation(j)` (Greff et al.
    2015, https://arxiv.org/abs/1503.04069), with peepholes, a projection and, with `layer_norm`, gates, candidate and memory
    normalised (Ba et al. 2016).

    The state is an `LSTMStateTuple`, or without `state_is_tuple` one tensor, side by side. The variables are `W_0`, `B`,
    `W_F_diag`, `W_O_diag`, `W_P_0`, and `gamma` and `beta` of each normalisation. Raises `ValueError` for inputs of unknown
    depth.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        num_unit_shards=1,
        num_proj_shards=1,
        forget_bias=1.0,
        state_is_tuple=True,
        activation=tanh,
        reuse=None,
        layer_norm=False,
        norm_gain=1.0,
        norm_shift=0.0,
    ):
        super().__init__(num_units, num_proj, initializer, activation, reuse)
        self._use_peepholes, self._proj_clip, self._forget_bias = use_peepholes, proj_clip, forget_bias
        self._shards, self._state_is_tuple = (num_unit_shards, num_proj_shards), state_is_tuple
        self._layer_norm, self._start = layer_norm, (norm_gain, norm_shift)

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        sizes = LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    def _sharded(self, name, rows, columns, shards):
        """A matrix whose rows are spread over as many variables."""
        if shards > rows:
            raise ValueError(f"Too many shards: shape={[rows, columns]}, num_shards={shards}")
        sizes = [rows // shards + (1 if k < rows % shards else 0) for k in range(shards)]
        parts = [self._variable(f"{name}_{k}", [size, columns]) for k, size in enumerate(sizes)]
        return parts[0] if shards == 1 else concat(parts, 0)

    def build(self, input_shape):
        """Makes the variables."""
        units = self._num_units
        self._kernel = self._sharded("W", _depth(input_shape) + self.output_size, 3 * units, self._shards[0])
        self._bias = self._zeros("B", 3 * units)
        self._by = self._norms("transform", "forget", "output", "state") if self._layer_norm else None
        if self._use_peepholes:
            self._peepholes = self._diagonals("W_F_diag", "W_O_diag")
        if self._num_proj is not None:
            self._projection = self._sharded("W_P", units, self._num_proj, self._shards[1])
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state if self._state_is_tuple else split(state, [self._num_units, self.output_size], 1)
        found = matmul(concat([inputs, h], 1), self._kernel)
        parts = split(nn.bias_add(found, self._bias) if self._by is None else found, 3, 1)
        norm = (lambda value, scope: value) if self._by is None else (lambda v, scope: _normalised(v, *self._by[scope]))
        j, f, o = (norm(part, scope) for part, scope in zip(parts, ("transform", "forget", "output")))
        by_f, by_o = self._peepholes if self._use_peepholes else (0.0, 0.0)
        f = sigmoid(f + self._forget_bias + by_f * c)
        c = norm(f * c + (1.0 - f) * self._activation(j), "state")
        h = sigmoid(o + by_o * c) * self._activation(c)
        if self._num_proj is not None:
            h = _bounded(matmul(h, self._projection), self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


class _Peeping(_Projected):
    """An LSTM with peepholes, bounds and a projection, of gates that a class of its own makes."""

    def __init__(self, num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias, *ends):
        super().__init__(num_units, num_proj, initializer, *ends)
        self._use_peepholes, self._cell_clip, self._proj_clip = use_peepholes, cell_clip, proj_clip
        self._forget_bias = forget_bias

    def _step(self, gates, c, norm, project):
        i, j, f, o = gates
        by_f, by_i, by_o = self._peepholes if self._use_peepholes else (0.0, 0.0, 0.0)
        f, i = sigmoid(f + self._forget_bias + by_f * c), sigmoid(i + by_i * c)
        c = _bounded(norm(f * c + i * self._activation(j)), self._cell_clip)
        h = sigmoid(o + by_o * c) * self._activation(c)
        if self._num_proj is not None:
            h = _bounded(project(h), self._proj_clip)
        return h, LSTMStateTuple(c, h)


class LayerNormLSTMCell(_Peeping):
    """`LSTMCell`, and with `layer_norm` one whose gates, candidate and memory are normalised (Ba et al. 2016,
    https://arxiv.org/abs/1607.06450), of a gain and shift that begin as `norm_gain` and `norm_shift`.

    The variables are `kernel`, `bias`, `w_f_diag`, `w_i_diag` and `w_o_diag`, `projection/kernel`, and `gamma` and `beta` in
    `input`, `transform`, `forget`, `output` and `state`. Raises `ValueError` for inputs of unknown depth.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        forget_bias=1.0,
        activation=None,
        layer_norm=False,
        norm_gain=1.0,
        norm_shift=0.0,
        reuse=None,
    ):
        given = num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias
        super().__init__(*given, activation, reuse)
        self._layer_norm, self._start = layer_norm, (norm_gain, norm_shift)

    def build(self, input_shape):
        """Makes the variables."""
        units = self._num_units
        self._kernel = self._variable("kernel", [_depth(input_shape) + self.output_size, 4 * units])
        self._bias = self._zeros("bias", 4 * units)
        self._by = self._norms("input", "transform", "forget", "output", "state") if self._layer_norm else None
        if self._use_peepholes:
            self._peepholes = self._diagonals("w_f_diag", "w_i_diag", "w_o_diag")
        if self._num_proj is not None:
            self._projection = self._variable("projection/kernel", [units, self._num_proj])
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        found = matmul(concat([inputs, h], 1), self._kernel)
        project = lambda value: matmul(value, self._projection)
        if self._by is None:
            return self._step(split(nn.bias_add(found, self._bias), 4, 1), c, lambda value: value, project)
        gates = [_normalised(gate, *norm) for gate, norm in zip(split(found, 4, 1), self._by.values())]
        return self._step(gates, c, lambda value: _normalised(value, *self._by["state"]), project)


class WeightNormLSTMCell(_Peeping):
    """`LSTMCell` the columns of whose matrices, those of inputs and state apart, have the lengths that variables say, unless
    `norm` is false (Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868).

    The variables, in `wn_lstm_cell`, are `kernel`, `norm_0`, `norm_1`, `bias`, `w_f_diag`, `w_i_diag` and `w_o_diag`, and
    `kernel` and `norm_0` in `projection`. Raises `ValueError` for inputs of unknown depth.
    """

    def __init__(
        self,
        num_units,
        norm=True,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        forget_bias=1,
        activation=None,
        reuse=None,
    ):
        given = num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias
        super().__init__(*given, activation, reuse)
        self._norm, self._scope = norm, "wn_lstm_cell"

    def _forget(self):
        super()._forget()
        self._scope = "wn_lstm_cell"

    def _matrix(self, scope, rows, columns):
        """Matrices of so many rows, one upon the other."""
        kernel = self._variable(scope + "kernel", [sum(rows), columns])
        if not self._norm:
            return kernel
        parts = split(kernel, list(rows), 0) if len(rows) > 1 else [kernel]
        lengths = [self._variable(f"{scope}norm_{k}", [columns]) for k in range(len(rows))]
        return concat([nn.l2_normalize(part, 0) * g for part, g in zip(parts, lengths)], 0)

    def build(self, input_shape):
        """Makes the variables."""
        units, scope = self._num_units, "wn_lstm_cell/"
        self._kernel = self._matrix(scope, (_depth(input_shape), self.output_size), 4 * units)
        self._bias = self._zeros(scope + "bias", 4 * units)
        if self._use_peepholes:
            self._peepholes = self._diagonals(*(scope + name for name in ("w_f_diag", "w_i_diag", "w_o_diag")))
        if self._num_proj is not None:
            self._projection = self._matrix(scope + "projection/", (units,), self._num_proj)
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        gates = split(_affine([inputs, h], (self._kernel, self._bias)), 4, 1)
        return self._step(gates, c, lambda value: value, lambda value: matmul(value, self._projection))


class GLSTMCell(_Projected):
    """An LSTM in groups, each of which sees its part of inputs and state (Kuchaiev and Ginsburg 2017,
    https://arxiv.org/abs/1703.10722).

    The variables are `kernel` in `group0`, `group1` and so on, `bias_i`, `bias_j`, `bias_f` and `bias_o`, and
    `projection/kernel`. Raises `ValueError` unless `number_of_groups` divides the numbers of units, of the projection's, and of
    inputs.
    """

    def __init__(
        self,
        num_units,
        initializer=None,
        num_proj=None,
        number_of_groups=1,
        forget_bias=1.0,
        activation=tanh,
        reuse=None,
    ):
        super().__init__(num_units, num_proj, initializer, activation, reuse)
        self._groups, self._forget_bias = number_of_groups, forget_bias
        for what, number in (("num_units", num_units), ("num_proj", num_proj or 0)):
            if number % number_of_groups:
                raise ValueError(f"{what} must be divisible by number_of_groups")

    def build(self, input_shape):
        """Makes the variables."""
        depth, units = _depth(input_shape), self._num_units
        if depth % self._groups:
            raise ValueError(f"The depth of inputs, {depth}, must be divisible by number_of_groups, {self._groups}")
        shape = [(depth + self.output_size) // self._groups, 4 * units // self._groups]
        self._kernels = [self._variable(f"group{k}/kernel", shape) for k in range(self._groups)]
        self._biases = [self._zeros("bias_" + gate, units) for gate in "ijfo"]
        if self._num_proj is not None:
            self._projection = self._variable("projection/kernel", [units, self._num_proj])
        self.built = True

    def call(self, inputs, state):
        """One step."""
        c, h = state
        parts = zip(split(inputs, self._groups, 1), split(h, self._groups, 1), self._kernels)
        found = zip(*(split(matmul(concat([x, y], 1), kernel), 4, 1) for x, y, kernel in parts))
        i, j, f, o = (nn.bias_add(concat(list(gate), 1), bias) for gate, bias in zip(found, self._biases))
        c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * tanh(j)
        h = sigmoid(o) * self._activation(c)
        h = h if self._num_proj is None else matmul(h, self._projection)
        return h, LSTMStateTuple(c, h)


class PhasedLSTMCell(_Gated):
    """An LSTM whose units are open for a part of the period of a clock of their own (Neil et al. 2016,
    https://arxiv.org/abs/1610.09513).

    Inputs are pairs of the time, `[batch, 1]`, `float32` or `float64`, and features, `[batch, depth]`. Outside of the part
    `ratio_on` of the `period`, which begins at `phase`, a unit keeps its state but for the share `leak`. Periods are drawn
    from `period_init_min` to `period_init_max`, their logarithms uniformly. The other variables are `kernel` and `bias` in
    `mask_gates`, `new_input` and `output_gate`. Raises `ValueError` for features of unknown depth.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        leak=0.001,
        ratio_on=0.1,
        trainable_ratio_on=True,
        period_init_min=1.0,
        period_init_max=1000.0,
        reuse=None,
    ):
        super().__init__(num_units, None, reuse, None, None)
        self._use_peepholes, self._leak = use_peepholes, leak
        self._on, self._trained, self._bounds = ratio_on, trainable_ratio_on, (period_init_min, period_init_max)

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self._num_units)

    def _make(self, depth):
        units = self._num_units
        seen = depth + (2 if self._use_peepholes else 1) * units
        self._masks = self._weights("mask_gates/", seen, 2 * units)
        self._candidate = self._weights("new_input/", depth + units, units)
        self._out = self._weights("output_gate/", seen, units)
        low, high = (log(convert_to_tensor(bound, "float32")) for bound in self._bounds)

        def periods(shape, dtype=None, partition_info=None):
            return exp(low + (high - low) * random_uniform(shape, dtype="float32"))

        self._period = self.add_variable("period", [units], initializer=periods)
        phases = lambda shape, dtype=None, partition_info=None: (
            random_uniform(shape, dtype="float32") * self._period.initialized_value()
        )
        self._phase = self.add_variable("phase", [units], initializer=phases)
        on = dict(initializer=Constant(self._on), trainable=self._trained)
        self._ratio_on = self.add_variable("ratio_on", [units], **on)
        self._variables_made = True

    def call(self, inputs, state):
        """One step."""
        (time, x), (c, h) = inputs, state
        if not getattr(self, "_variables_made", False):
            self._make(_depth(x.shape))
        peep = lambda memory: [x, h, memory] if self._use_peepholes else [x, h]
        i, f = split(sigmoid(_affine(peep(c), self._masks)), 2, 1)
        new_c = c * f + i * tanh(_affine([x, h], self._candidate))
        new_h = tanh(new_c) * sigmoid(_affine(peep(new_c), self._out))
        period, phase = cast(self._period, time.dtype), cast(self._phase, time.dtype)
        # The time since the period began has the derivative of the time.
        shifted = time - phase
        ratio = cast((stop_gradient(mod(shifted, period) - shifted) + shifted) / period, "float32")
        up = 2.0 * ratio / self._ratio_on
        on = self._ratio_on + 0.0 * ratio
        k = where(less(ratio, on), 2.0 - up, self._leak * ratio)
        k = where(less(ratio, 0.5 * on), up, k)
        c, h = k * new_c + (1.0 - k) * c, k * new_h + (1.0 - k) * h
        return h, LSTMStateTuple(c, h)

    def _forget(self):
        super()._forget()
        self._variables_made = False
