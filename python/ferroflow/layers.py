"""Layers: variables by name, and what is computed with them."""

import re

from . import array_ops, math_ops, nn, selection
from .dtypes import as_dtype
from .default_graph import add_to_collection
from .framework import convert_to_tensor
from .graph import GraphKeys
from .initializers import Zeros
from .later import later
from .tensor_shape import TensorShape
from .variable_scope import get_variable, variable_scope


class Layer:
    """A layer: called with a tensor it makes its variables, once, and gives what it computes.

    Called again, it uses the same variables.
    """

    def __init__(self, trainable=True, name=None, dtype=None, activity_regularizer=None, **kwargs):
        self.trainable, self.built = trainable, False
        self._given_name, self._scope, self._dtype = name, kwargs.pop("_scope", None), dtype
        self._reuse = kwargs.pop("_reuse", None)
        self.activity_regularizer = activity_regularizer
        self._variables, self._updates, self._losses = [], [], []
        if kwargs:
            raise TypeError(f"Keyword argument not understood: {next(iter(kwargs))}")

    @property
    def name(self):
        """The name of its scope, once it has been called, or the one asked for."""
        return self._scope.name.split("/")[-1] if hasattr(self._scope, "name") else self._given_name

    @property
    def scope_name(self):
        """The full name of its variable scope."""
        return self._scope.name

    @property
    def dtype(self):
        """The dtype of its variables, as named."""
        return None if self._dtype is None else as_dtype(self._dtype).name

    @property
    def variables(self):
        """Its variables."""
        return list(self._variables)

    weights = variables

    @property
    def trainable_variables(self):
        """Those of its variables that are trained."""
        return [v for v in self._variables if v.trainable] if self.trainable else []

    trainable_weights = trainable_variables

    @property
    def non_trainable_variables(self):
        """Those of its variables that are not trained."""
        return [v for v in self._variables if not (self.trainable and v.trainable)]

    @property
    def updates(self):
        """Operations to run beside a training step."""
        return list(self._updates)

    @property
    def losses(self):
        """The losses that regularizers gave."""
        return list(self._losses)

    def add_update(self, updates):
        """Adds operations to run beside a training step."""
        for update in updates if isinstance(updates, (list, tuple)) else [updates]:
            self._updates.append(update)
            add_to_collection(GraphKeys.UPDATE_OPS, update)

    def add_variable(
        self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None, **_
    ):
        """A variable of the layer, called `name` within its scope."""
        trained = trainable and self.trainable
        dtype = dtype or self._dtype
        variable = get_variable(name, shape, dtype, initializer, regularizer, trained, constraint=constraint)
        self._variables.append(variable)
        return variable

    add_weight = add_variable

    def build(self, input_shape):
        """Makes the variables."""
        self.built = True

    def call(self, inputs, *args, **kwargs):
        """What the layer computes."""
        return inputs

    def __call__(self, inputs, *args, **kwargs):
        scope = self._scope
        if scope is None:
            scope = variable_scope(self._given_name, default_name=_snake(type(self).__name__), reuse=self._reuse)
        elif not self.built:
            scope = variable_scope(scope, reuse=self._reuse)
        else:
            scope = variable_scope(scope, reuse=True)
        with scope as self._scope:
            if not isinstance(inputs, (list, tuple)):
                inputs = convert_to_tensor(inputs)
                self._dtype = self._dtype or inputs.dtype
            if not self.built:
                self.build(getattr(inputs, "shape", None))
                self.built = True
            outputs = self.call(inputs, *args, **kwargs)
            if self.activity_regularizer is not None:
                loss = self.activity_regularizer(outputs)
                self._losses.append(loss)
                add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
        return outputs

    apply = __call__


def _snake(name):
    """`MaxPooling2D` as `max_pooling2d`."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _channels(shape, data_format="channels_last"):
    axis = 1 if data_format == "channels_first" else -1
    size = TensorShape(shape)[axis].value
    if size is None:
        raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
    return size


def _format(data_format):
    known = {"channels_last": "NHWC", "channels_first": "NCHW"}
    if data_format not in known:
        raise ValueError(
            f"The `data_format` argument must be one of channels_first, channels_last. Received: {data_format}"
        )
    return known[data_format]


def _padding(padding):
    if not isinstance(padding, str) or padding.upper() not in ("SAME", "VALID"):
        raise ValueError(f'The `padding` argument must be one of "valid", "same". Received: {padding}')
    return padding.lower()


def _sizes(value, count, what):
    """`count` whole numbers, from as many or from one."""
    sizes = tuple(value) if isinstance(value, (list, tuple)) else (value,) * count
    if len(sizes) != count:
        raise ValueError(f"The `{what}` argument must be a tuple of {count} integers. Received: {value}")
    return tuple(map(int, sizes))


def _pair(value):
    return [int(v) for v in value] if isinstance(value, (list, tuple)) else [int(value)] * 2


class _Weighted(Layer):
    """A layer with a kernel, and a bias for each unit."""

    def __init__(
        self,
        units,
        activation,
        use_bias,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        kernel_constraint,
        bias_constraint,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.activation, self.use_bias, self._units = activation, use_bias, int(units)
        self._kernel = dict(
            initializer=kernel_initializer, regularizer=kernel_regularizer, constraint=kernel_constraint
        )
        self._bias = dict(initializer=bias_initializer, regularizer=bias_regularizer, constraint=bias_constraint)
        self.kernel = self.bias = None

    def _make(self, kernel_shape):
        self.kernel = self.add_variable("kernel", kernel_shape, **self._kernel)
        if self.use_bias:
            self.bias = self.add_variable("bias", [self._units], **self._bias)

    def _finish(self, outputs, data_format="NHWC"):
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias, data_format)
        return outputs if self.activation is None else self.activation(outputs)


class Dense(_Weighted):
    """`activation(x · kernel + bias)` with a kernel `[in, units]`, over the last dimension."""

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer=None,
        bias_initializer=Zeros(),
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        trainable=True,
        name=None,
        **kwargs,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            trainable=trainable,
            name=name,
            **kwargs,
        )
        self.units = self._units

    def build(self, input_shape):
        if not as_dtype(self._dtype).is_floating:
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {self._dtype}")
        if input_shape.ndims is not None and input_shape.ndims < 2:
            raise ValueError(f"Input of a Dense layer must have at least 2 dimensions, found shape {input_shape}")
        self._make([_channels(input_shape), self.units])

    def call(self, inputs):
        shape = inputs.shape
        if shape.ndims is None or shape.ndims <= 2:
            return self._finish(math_ops.matmul(inputs, self.kernel))
        rows = array_ops.reshape(inputs, [-1, shape.as_list()[-1]])
        sizes = [-1 if s is None else s for s in shape.as_list()[:-1]]
        if sizes.count(-1) > 1:
            dynamic = array_ops.shape(inputs)
            sizes = [dynamic[i] if s == -1 else s for i, s in enumerate(sizes)]
        return self._finish(array_ops.reshape(math_ops.matmul(rows, self.kernel), [*sizes, self.units]))


class Conv2D(_Weighted):
    """The convolution of images, with a bias and an activation; `kernel_size`, `strides` and `dilation_rate` are one number
    or two."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        data_format="channels_last",
        dilation_rate=(1, 1),
        activation=None,
        use_bias=True,
        kernel_initializer=None,
        bias_initializer=Zeros(),
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        trainable=True,
        name=None,
        **kwargs,
    ):
        super().__init__(
            filters,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            trainable=trainable,
            name=name,
            **kwargs,
        )
        self.filters, self.kernel_size, self.strides = self._units, tuple(_pair(kernel_size)), tuple(_pair(strides))
        self.padding, self.data_format, self.dilation_rate = _padding(padding), data_format, tuple(_pair(dilation_rate))

    def build(self, input_shape):
        self._make([*self.kernel_size, _channels(input_shape, self.data_format), self.filters])

    def call(self, inputs):
        form = _format(self.data_format)
        outputs = nn.conv2d(inputs, self.kernel, self.strides, self.padding.upper(), True, form, self.dilation_rate)
        return self._finish(outputs, form)


class _Pooling(Layer):
    _FUNCTION = None

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.pool_size, self.strides = pool_size, strides
        self.padding, self.data_format = _padding(padding), data_format

    def call(self, inputs):
        form = _format(self.data_format)
        return type(self)._FUNCTION(inputs, _pair(self.pool_size), _pair(self.strides), self.padding.upper(), form)


class MaxPooling2D(_Pooling):
    """The greatest element of each window."""

    _FUNCTION = staticmethod(nn.max_pool)


class AveragePooling2D(_Pooling):
    """The mean of each window."""

    _FUNCTION = staticmethod(nn.avg_pool)


class Flatten(Layer):
    """Each example as a row."""

    def __init__(self, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)

    def call(self, inputs):
        sizes = inputs.shape.as_list()[1:]
        width = -1 if None in sizes else TensorShape(sizes).num_elements()
        if width == -1 and inputs.shape.as_list()[0] is None:
            return array_ops.reshape(inputs, [array_ops.shape(inputs)[0], -1])
        return array_ops.reshape(inputs, [-1 if width != -1 else inputs.shape.as_list()[0], width])


class Dropout(Layer):
    """In training each element is zero with probability `rate`, or else scaled by `1 / (1 - rate)`."""

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs, training=False):
        if training is False or training is None:
            return math_ops.identity(inputs)
        dropped = nn.dropout(inputs, 1 - self.rate, self.noise_shape, self.seed)
        return dropped if training is True else _choose_by(training, dropped, inputs)


def _choose_by(training, when_true, when_false):
    """One of two tensors, as a scalar tensor of `bool`, or a number, says."""
    scalar = array_ops.reshape(math_ops.cast(convert_to_tensor(training), "bool"), [])
    return selection.where(scalar, when_true, when_false)


def _function(cls, doc, call_names=()):
    def function(inputs, *args, **kwargs):
        reuse, name = kwargs.pop("reuse", None), kwargs.get("name")
        at_call = {key: kwargs.pop(key) for key in call_names if key in kwargs}
        layer = cls(*args, **kwargs, _reuse=reuse, _scope=None)
        layer._given_name = name
        return layer(inputs, **at_call)

    function.__name__ = function.__qualname__ = _snake(cls.__name__)
    function.__doc__ = doc
    return function


dense = _function(Dense, Dense.__doc__)
conv2d = _function(Conv2D, Conv2D.__doc__)
max_pooling2d = _function(MaxPooling2D, MaxPooling2D.__doc__)
average_pooling2d = _function(AveragePooling2D, AveragePooling2D.__doc__)
flatten = _function(Flatten, Flatten.__doc__)


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """In training each element is zero with probability `rate`, or else scaled by `1 / (1 - rate)`."""
    return Dropout(rate, noise_shape, seed, name=name)(inputs, training=training)


__all__ = [n for n, v in globals().items() if getattr(v, "__module__", "") == __name__ and not n.startswith("_")]
__getattr__, __dir__ = later(
    __name__,
    {
        "normalization_layers": "BatchNormalization batch_normalization",
        "sequence_layers": "AveragePooling1D Conv1D MaxPooling1D average_pooling1d conv1d max_pooling1d",
        "separable_layers": "SeparableConv1D SeparableConv2D separable_conv1d separable_conv2d",
        "transposed_layers": "Conv2DTranspose Conv3DTranspose conv2d_transpose conv3d_transpose",
        "volume_layers": "AveragePooling3D Conv3D MaxPooling3D average_pooling3d conv3d max_pooling3d",
    },
)
