"""Cells of `tf.contrib.rnn`: LSTMs with normalised layers, and cells with products before or after them."""

from .. import nn
from ..array_ops import concat, reshape, split
from ..cell import LSTMStateTuple, RNNCell
from ..framework import convert_to_tensor
from ..initializers import Constant, RandomUniform, Zeros
from ..math_ops import matmul, sigmoid, tanh
from ..nest import assert_same_structure, map_structure
from ..rnn_cell import GRUCell, LSTMCell, _depth
from ..rnn_wrappers import _Wrapper
from ..variable_scope import get_variable
from .lstm_cells import _normalised

__all__ = [
    "CompiledWrapper",
    "EmbeddingWrapper",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "HighwayWrapper",
    "InputProjectionWrapper",
    "LSTMBlockCell",
    "LayerNormBasicLSTMCell",
    "OutputProjectionWrapper",
]


class Surrounding(_Wrapper):
    """A cell around another with variables of its own, in whose scope those of the cell within are."""

    def __init__(self, cell, reuse=None):
        super().__init__(cell)
        self._reuse, self._made = reuse, {}

    def _forget(self):
        super()._forget()
        self._made = {}

    @property
    def variables(self):
        """Its own and those of the cell within."""
        return [*self._variables, *self._cell.variables]

    weights = variables

    @property
    def trainable_variables(self):
        """Those of its variables that are trained."""
        return [v for v in self.variables if v.trainable]

    trainable_weights = trainable_variables

    def variable(self, name, shape, **options):
        """The variable `name`, made when it is first asked for."""
        if name not in self._made:
            self._made[name] = self.add_variable(name, shape, **options)
        return self._made[name]

    def linear(self, inputs, units, scope=""):
        """`[inputs] · kernel + bias`, both in `scope`."""
        dtype = inputs[0].dtype
        kernel = self.variable(scope + "kernel", [sum(_depth(i.shape) for i in inputs), units], dtype=dtype)
        bias = self.variable(scope + "bias", [units], initializer=Zeros(dtype=dtype), dtype=dtype)
        return nn.bias_add(matmul(concat(inputs, 1), kernel), bias)


class OutputProjectionWrapper(Surrounding):
    """A cell whose outputs are `activation(output · kernel + bias)`, of `output_size`."""

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size, self._activation = output_size, activation

    @property
    def output_size(self):
        """The number of units of the outputs."""
        return self._output_size

    def call(self, inputs, state):
        """One step."""
        output, state = self._cell(inputs, state)
        projected = self.linear([output], self._output_size)
        return projected if self._activation is None else self._activation(projected), state


class InputProjectionWrapper(Surrounding):
    """A cell whose inputs are `activation(input · kernel + bias)`, of `num_proj`."""

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, reuse)
        self._num_proj, self._activation = num_proj, activation

    def call(self, inputs, state):
        """One step."""
        projected = self.linear([inputs], self._num_proj)
        return self._cell(projected if self._activation is None else self._activation(projected), state)


class EmbeddingWrapper(Surrounding):
    """A cell whose inputs are symbols, which a variable `embedding`, `[embedding_classes, embedding_size]`, gives vectors."""

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, {embedding_size}."
            )
        self._shape, self._initializer = [embedding_classes, embedding_size], initializer

    def call(self, inputs, state):
        """One step."""
        dtype = (state[0] if isinstance(state, tuple) else state).dtype
        initializer = self._initializer or RandomUniform(-(3**0.5), 3**0.5)
        embedding = self.variable("embedding", self._shape, initializer=initializer, dtype=dtype)
        return self._cell(nn.embedding_lookup(embedding, reshape(inputs, [-1])), state)


class LayerNormBasicLSTMCell(RNNCell):
    """An LSTM whose gates, candidate and memory are normalised (Ba et al. 2016, https://arxiv.org/abs/1607.06450), and whose
    candidate is dropped in part (Semeniuta et al. 2016, https://arxiv.org/abs/1603.05118)."""

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        input_size=None,
        activation=tanh,
        layer_norm=True,
        norm_gain=1.0,
        norm_shift=0.0,
        dropout_keep_prob=1.0,
        dropout_prob_seed=None,
        reuse=None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation
        self._layer_norm, self._start = layer_norm, (norm_gain, norm_shift)
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    @property
    def state_size(self):
        """The sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def build(self, input_shape):
        """Makes `kernel`, and `bias` or the gain and shift of each normalisation."""
        units = self._num_units
        self._kernel = self.add_variable("kernel", [_depth(input_shape) + units, 4 * units])
        self._bias, self._norms = None, {}
        if not self._layer_norm:
            self._bias = self.add_variable("bias", [4 * units], initializer=Zeros(dtype=self._dtype))
        for scope in ("input", "transform", "forget", "output", "state") if self._layer_norm else ():
            self._norms[scope] = [
                self.add_variable(f"{scope}/{name}", [units], initializer=Constant(value))
                for name, value in zip(("gamma", "beta"), self._start)
            ]
        self.built = True

    def _normalised(self, value, scope):
        if not self._layer_norm:
            return value
        return _normalised(value, *self._norms[scope])

    def call(self, inputs, state):
        """One step."""
        c, h = state
        found = matmul(concat([inputs, h], 1), self._kernel)
        gates = split(found if self._bias is None else nn.bias_add(found, self._bias), 4, 1)
        scopes = ("input", "transform", "forget", "output")
        i, j, f, o = (self._normalised(gate, scope) for gate, scope in zip(gates, scopes))
        candidate = self._activation(j)
        if not isinstance(self._keep_prob, (int, float)) or self._keep_prob < 1:
            candidate = nn.dropout(candidate, self._keep_prob, seed=self._seed)
        c = self._normalised(c * sigmoid(f + self._forget_bias) + sigmoid(i) * candidate, "state")
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h)


class LSTMBlockCell(LSTMCell):
    """`LSTMCell` under another name: there is one way to compute it."""

    def __init__(
        self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, dtype=None, reuse=None, name="lstm_cell"
    ):
        options = dict(forget_bias=forget_bias, reuse=reuse, name=name, dtype=dtype)
        super().__init__(num_units, use_peephole, cell_clip if cell_clip and cell_clip > 0 else None, **options)


class GRUBlockCell(GRUCell):
    """`GRUCell` under another name: there is one way to compute it."""

    def __init__(self, num_units=None, cell_size=None, reuse=None, name="gru_cell"):
        super().__init__(num_units if cell_size is None else cell_size, reuse=reuse, name=name)


GRUBlockCellV2 = GRUBlockCell


class CompiledWrapper(_Wrapper):
    """The cell within: everything is compiled."""

    def __init__(self, cell, compile_stateful=False):
        super().__init__(cell)

    def __call__(self, inputs, state, scope=None):
        return self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)


class HighwayWrapper(_Wrapper):
    """A cell with a highway around it: of inputs and outputs, `carry * inputs + transform * outputs` (Srivastava et al. 2015,
    https://arxiv.org/abs/1505.00387), with `carry = sigmoid(carry_w · inputs + carry_b)`, and `transform` what is left of it, or,
    unless `couple_carry_transform_gates`, a gate by `transform_w` and `transform_b`. Biases begin as `carry_bias_init` and
    minus that; the variables are where the cell is called. Raises `ValueError` unless outputs have the inputs' shape."""

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        super().__init__(cell)
        self._coupled, self._start, self._gates = couple_carry_transform_gates, carry_bias_init, {}

    def _forget(self):
        super()._forget()
        self._gates = {}

    @property
    def variables(self):
        """Those of the cell within, and of the gates."""
        return [*self._cell.variables, *(v for pair in self._gates.values() for v in pair)]

    weights = variables

    @property
    def trainable_variables(self):
        """Those of its variables that are trained."""
        return [v for v in self.variables if v.trainable]

    trainable_weights = trainable_variables

    def _gate(self, name, inputs, bias):
        if name not in self._gates:
            size = _depth(inputs.shape)
            start = Constant(bias)
            made = (
                get_variable(name + "_w", [size, size], inputs.dtype),
                get_variable(name + "_b", [size], inputs.dtype, start),
            )
            self._gates[name] = made
        return sigmoid(nn.xw_plus_b(inputs, *self._gates[name]))

    def _around(self, inputs, outputs):
        inputs.shape.assert_is_compatible_with(outputs.shape)
        carry = self._gate("carry", inputs, self._start)
        transform = 1.0 - carry if self._coupled else self._gate("transform", inputs, -self._start)
        return inputs * carry + outputs * transform

    def __call__(self, inputs, state, scope=None):
        inputs = map_structure(convert_to_tensor, inputs)
        output, state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        assert_same_structure(inputs, output)
        return map_structure(self._around, inputs, output), state
