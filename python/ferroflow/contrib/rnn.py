"""`tf.contrib.rnn`: cells, and networks whose steps are all part of the graph."""

# ruff: noqa: F403, F405

from ..later import absent as _absent
from ..rnn import static_bidirectional_rnn, static_rnn
from ..rnn_cell import (
    BasicLSTMCell,
    BasicRNNCell,
    DeviceWrapper,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    LSTMStateTuple,
    MultiRNNCell,
    ResidualWrapper,
    RNNCell,
)
from . import attention_cell, cells, convolution_cells, fused_cells, gated_cells, independent_cells, lstm_cells, stacked
from .attention_cell import *
from .cells import *
from .convolution_cells import *
from .fused_cells import *
from .gated_cells import *
from .independent_cells import *
from .lstm_cells import *
from .stacked import *

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "GRUCell",
    "LSTMCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "RNNCell",
    "ResidualWrapper",
    "static_bidirectional_rnn",
    "static_rnn",
    *attention_cell.__all__,
    *cells.__all__,
    *convolution_cells.__all__,
    *fused_cells.__all__,
    *gated_cells.__all__,
    *independent_cells.__all__,
    *lstm_cells.__all__,
    *stacked.__all__,
]

__getattr__ = _absent(__name__)
