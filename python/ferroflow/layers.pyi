"""Layers: variables by name, and what is computed with them."""

from typing import Any
from .dtypes import DType
from .elements import Tensor
from .variables import Variable
from .sequence_layers import AveragePooling1D as AveragePooling1D
from .volume_layers import AveragePooling3D as AveragePooling3D
from .normalization_layers import BatchNormalization as BatchNormalization
from .sequence_layers import Conv1D as Conv1D
from .transposed_layers import Conv2DTranspose as Conv2DTranspose
from .volume_layers import Conv3D as Conv3D
from .transposed_layers import Conv3DTranspose as Conv3DTranspose
from .sequence_layers import MaxPooling1D as MaxPooling1D
from .volume_layers import MaxPooling3D as MaxPooling3D
from .separable_layers import SeparableConv1D as SeparableConv1D
from .separable_layers import SeparableConv2D as SeparableConv2D
from .sequence_layers import average_pooling1d as average_pooling1d
from .volume_layers import average_pooling3d as average_pooling3d
from .layers import batch_normalization as batch_normalization
from .layers import conv1d as conv1d
from .layers import conv2d_transpose as conv2d_transpose
from .volume_layers import conv3d as conv3d
from .layers import conv3d_transpose as conv3d_transpose
from .sequence_layers import max_pooling1d as max_pooling1d
from .volume_layers import max_pooling3d as max_pooling3d
from .layers import separable_conv1d as separable_conv1d
from .layers import separable_conv2d as separable_conv2d


class Layer:
    """A layer: called with a tensor it makes its variables, once, and gives what it computes."""
    def __init__(self, trainable: Any = ..., name: Any = ..., dtype: Any = ..., activity_regularizer: Any = ..., **kwargs: Any) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def scope_name(self) -> Any: ...
    @property
    def dtype(self) -> DType: ...
    @property
    def variables(self) -> Any: ...
    @property
    def weights(self) -> Any: ...
    @property
    def trainable_variables(self) -> list[Variable]: ...
    @property
    def trainable_weights(self) -> Any: ...
    @property
    def non_trainable_variables(self) -> Any: ...
    @property
    def updates(self) -> Any: ...
    @property
    def losses(self) -> Any: ...
    def add_update(self, updates: Any) -> Any: ...
    def add_variable(self, name: Any, shape: Any, dtype: Any = ..., initializer: Any = ..., regularizer: Any = ..., trainable: Any = ..., constraint: Any = ..., **_: Any) -> Any: ...
    def add_weight(self, name: Any, shape: Any, dtype: Any = ..., initializer: Any = ..., regularizer: Any = ..., trainable: Any = ..., constraint: Any = ..., **_: Any) -> Any: ...
    def build(self, input_shape: Any) -> Any: ...
    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any: ...
    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any: ...
    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any: ...


class Dense:
    """`activation(x · kernel + bias)` with a kernel `[in, units]`, over the last dimension."""
    def __init__(self, units: Any, activation: Any = ..., use_bias: Any = ..., kernel_initializer: Any = ..., bias_initializer: Any = ..., kernel_regularizer: Any = ..., bias_regularizer: Any = ..., activity_regularizer: Any = ..., kernel_constraint: Any = ..., bias_constraint: Any = ..., trainable: Any = ..., name: Any = ..., **kwargs: Any) -> None: ...
    def build(self, input_shape: Any) -> Any: ...
    def call(self, inputs: Any) -> Any: ...


class Conv2D:
    """The convolution of images, with a bias and an activation; `kernel_size`, `strides` and `dilation_rate` are one number"""
    def __init__(self, filters: Any, kernel_size: Any, strides: Any = ..., padding: Any = ..., data_format: Any = ..., dilation_rate: Any = ..., activation: Any = ..., use_bias: Any = ..., kernel_initializer: Any = ..., bias_initializer: Any = ..., kernel_regularizer: Any = ..., bias_regularizer: Any = ..., activity_regularizer: Any = ..., kernel_constraint: Any = ..., bias_constraint: Any = ..., trainable: Any = ..., name: Any = ..., **kwargs: Any) -> None: ...
    def build(self, input_shape: Any) -> Any: ...
    def call(self, inputs: Any) -> Any: ...


class MaxPooling2D:
    """The greatest element of each window."""
    def __init__(self, pool_size: Any, strides: Any, padding: Any = ..., data_format: Any = ..., name: Any = ..., **kwargs: Any) -> None: ...
    def call(self, inputs: Any) -> Any: ...


class AveragePooling2D:
    """The mean of each window."""
    def __init__(self, pool_size: Any, strides: Any, padding: Any = ..., data_format: Any = ..., name: Any = ..., **kwargs: Any) -> None: ...
    def call(self, inputs: Any) -> Any: ...


class Flatten(Layer):
    """Each example as a row."""
    def __init__(self, data_format: Any = ..., **kwargs: Any) -> None: ...
    def call(self, inputs: Any) -> Any: ...


class Dropout(Layer):
    """In training each element is zero with probability `rate`, or else scaled by `1 / (1 - rate)`."""
    def __init__(self, rate: Any = ..., noise_shape: Any = ..., seed: Any = ..., name: Any = ..., **kwargs: Any) -> None: ...
    def call(self, inputs: Any, training: Any = ...) -> Any: ...


def dense(inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
    """`activation(x · kernel + bias)` with a kernel `[in, units]`, over the last dimension."""


def conv2d(inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
    """The convolution of images, with a bias and an activation; `kernel_size`, `strides` and `dilation_rate` are one number"""


def max_pooling2d(inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
    """The greatest element of each window."""


def average_pooling2d(inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
    """The mean of each window."""


def flatten(inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Each example as a row."""


def dropout(inputs: Any, rate: Any = ..., noise_shape: Any = ..., seed: Any = ..., training: Any = ..., name: Any = ...) -> Tensor:
    """In training each element is zero with probability `rate`, or else scaled by `1 / (1 - rate)`."""
