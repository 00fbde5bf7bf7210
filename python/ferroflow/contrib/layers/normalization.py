"""Layers that bring what is given to them to mean 0 and variance 1, or length 1."""

from ... import layers, nn
from ...array_ops import reshape, shape
from ...default_graph import add_to_collections, control_dependencies, get_collection_ref, name_scope
from ...framework import convert_to_tensor
from ...graph import GraphKeys
from ...initializers import Ones, Zeros
from ...math_ops import identity, sqrt, square
from ...reductions import reduce_sum
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import model_variable
from .connected import collect, finish, run
from .utils import collected


@add_arg_scope
def batch_norm(
    inputs,
    decay=0.999,
    center=True,
    scale=False,
    epsilon=0.001,
    activation_fn=None,
    param_initializers=None,
    param_regularizers=None,
    updates_collections=GraphKeys.UPDATE_OPS,
    is_training=True,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    batch_weights=None,
    fused=None,
    data_format="NHWC",
    zero_debias_moving_mean=False,
    scope=None,
    renorm=False,
    renorm_clipping=None,
    renorm_decay=0.99,
    adjustment=None,
):
    """Batch normalisation (Ioffe and Szegedy 2015), or renormalisation, then `activation_fn`. Its moving averages are kept by operations in `updates_collections`, or if
    that is `None`, whenever the result is computed."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if batch_weights is not None or zero_debias_moving_mean:
        raise NotImplementedError("batch_norm takes no batch_weights or debiased means")
    named = {f"{name}_initializer": made for name, made in (param_initializers or {}).items()}
    named.update({f"{name}_regularizer": made for name, made in (param_regularizers or {}).items()})
    axis = 1 if data_format == "NCHW" else -1
    named.update(renorm=renorm, renorm_clipping=renorm_clipping, renorm_momentum=renorm_decay, adjustment=adjustment)
    layer = layers.BatchNormalization(axis, decay, epsilon, center, scale, trainable=trainable, **named)
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as entered:
        kept = get_collection_ref(GraphKeys.UPDATE_OPS)
        before = len(kept)
        result = run(layer, entered, inputs, training=is_training)
        if updates_collections != GraphKeys.UPDATE_OPS:
            updates = kept[before:]
            del kept[before:]
            if updates_collections is not None:
                for update in updates:
                    add_to_collections(updates_collections, update)
            elif updates:
                with control_dependencies(updates):
                    result = identity(result)
        return finish(layer, result, activation_fn, variables_collections, outputs_collections)


@add_arg_scope
def layer_norm(
    inputs,
    center=True,
    scale=True,
    activation_fn=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    begin_norm_axis=1,
    begin_params_axis=-1,
    scope=None,
):
    """Each example brought to mean 0 and variance 1 over the dimensions from `begin_norm_axis` on (Ba et al. 2016), scaled
    and shifted by variables of the sizes from `begin_params_axis` on, then `activation_fn`. Raises `ValueError` for an unknown
    rank, axes that are not there, and unknown sizes of the variables."""
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse):
        inputs = convert_to_tensor(inputs)
        rank = _rank(inputs)
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) must be < rank(inputs) "
                f"({rank})"
            )
        sizes = inputs.shape.as_list()[begin_params_axis % rank :]
        if None in sizes:
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: {inputs.shape}"
            )
        options = dict(dtype=inputs.dtype, trainable=trainable)
        beta = model_variable("beta", sizes, initializer=Zeros(), **options) if center else None
        gamma = model_variable("gamma", sizes, initializer=Ones(), **options) if scale else None
        collect(variables_collections, beta=beta, gamma=gamma)
        mean, variance = nn.moments(inputs, list(range(begin_norm_axis % rank, rank)), keep_dims=True)
        outputs = nn.batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)
        return _given(outputs, activation_fn, outputs_collections)


def _rank(inputs):
    if inputs.shape.ndims is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    return inputs.shape.ndims


def _scaled(inputs, axis, center, scale, initializers, trainable, collections):
    """The variables `beta` and `gamma` for the channels of `axis`, or `None`."""
    channels = inputs.shape[axis].value
    if channels is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {inputs.shape}.")
    initializers = initializers or {}
    make = lambda name, start: model_variable(
        name, [channels], inputs.dtype, initializers.get(name, start), trainable=trainable
    )
    beta, gamma = make("beta", Zeros()) if center else None, make("gamma", Ones()) if scale else None
    collect(collections, beta=beta, gamma=gamma)
    return beta, gamma


def _given(outputs, activation_fn, collections):
    outputs = outputs if activation_fn is None else activation_fn(outputs)
    return collected(collections, outputs)


@add_arg_scope
def instance_norm(
    inputs,
    center=True,
    scale=True,
    epsilon=1e-6,
    activation_fn=None,
    param_initializers=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    data_format="NHWC",
    scope=None,
):
    """Each channel of each example brought to mean 0 and variance 1 (Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022),
    scaled and shifted by variables `gamma` and `beta`, `[channels]`, then `activation_fn`. Raises `ValueError` for an unknown
    rank or number of channels."""
    inputs = convert_to_tensor(inputs)
    rank = _rank(inputs)
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse):
        at = 1 if data_format == "NCHW" else rank - 1
        beta, gamma = _scaled(inputs, at, center, scale, param_initializers, trainable, variables_collections)
        form = [1] * rank
        form[at] = -1
        spread = lambda v: v if v is None else reshape(v, form)
        mean, variance = nn.moments(inputs, [i for i in range(1, rank) if i != at], keep_dims=True)
        outputs = nn.batch_normalization(inputs, mean, variance, spread(beta), spread(gamma), epsilon)
        return _given(outputs, activation_fn, outputs_collections)


@add_arg_scope
def group_norm(
    inputs,
    groups=32,
    channels_axis=-1,
    reduction_axes=(-3, -2),
    center=True,
    scale=True,
    epsilon=1e-6,
    activation_fn=None,
    param_initializers=None,
    reuse=None,
    variables_collections=None,
    outputs_collections=None,
    trainable=True,
    scope=None,
    mean_close_to_zero=False,
):
    """Each group of channels of each example brought to mean 0 and variance 1 over `reduction_axes` (Wu and He 2018,
    https://arxiv.org/abs/1803.08494), scaled and shifted by variables `gamma` and `beta`, `[channels]`, then `activation_fn`.
    `mean_close_to_zero` changes how accurate sums are elsewhere, and nothing here. Raises `ValueError` for an unknown rank or
    number of channels, axes that are not there or twice, and channels that do not fall into `groups`."""
    inputs = convert_to_tensor(inputs)
    rank = _rank(inputs)
    if not -rank <= channels_axis < rank or any(not -rank <= axis < rank for axis in reduction_axes):
        raise ValueError("Axis is out of bounds.")
    at, axes = channels_axis % rank, [axis % rank for axis in reduction_axes]
    if at in axes or len(set(axes)) < len(axes):
        raise ValueError("reduction_axes must not repeat an axis, nor include channels_axis.")
    with variable_scope(scope, "GroupNorm", [inputs], reuse=reuse):
        beta, gamma = _scaled(inputs, at, center, scale, param_initializers, trainable, variables_collections)
        channels = inputs.shape[at].value
        if groups > channels:
            raise ValueError(f"Invalid groups {groups} for {channels} channels.")
        if channels % groups:
            raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
        dynamic, known = shape(inputs), inputs.shape.as_list()
        sizes = [dynamic[i] if n is None else n for i, n in enumerate(known)]
        parts = reshape(inputs, [*sizes[:at], groups, channels // groups, *sizes[at + 1 :]])
        # Behind the channels every axis is one further.
        over = [axis if axis < at else axis + 1 for axis in axes]
        mean, variance = nn.moments(parts, [*over, at + 1], keep_dims=True)
        form = [1] * (rank + 1)
        form[at : at + 2] = [groups, channels // groups]
        spread = lambda v: v if v is None else reshape(v, form)
        outputs = nn.batch_normalization(parts, mean, variance, spread(beta), spread(gamma), epsilon)
        outputs = reshape(outputs, sizes)
        outputs.set_shape(inputs.shape)
        return _given(outputs, activation_fn, outputs_collections)


@add_arg_scope
def unit_norm(inputs, dim, epsilon=1e-7, scope=None):
    """Vectors along `dim` brought to length 1."""
    with name_scope(scope, "UnitNorm", [inputs]):
        inputs = convert_to_tensor(inputs)
        return inputs / sqrt(epsilon + reduce_sum(square(inputs), dim, True))


__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "unit_norm"]
