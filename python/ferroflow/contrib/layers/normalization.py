"""Layers that bring what is given to them to mean 0 and variance 1, or length 1."""

from ... import layers, nn
from ...framework import (
    GraphKeys,
    add_to_collections,
    control_dependencies,
    convert_to_tensor,
    get_collection_ref,
    name_scope,
)
from ...initializers import Ones, Zeros
from ...math_ops import identity, reduce_sum, sqrt, square
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import model_variable
from .connected import collect, finish, run


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
    """Batch normalisation, then `activation_fn`. Its moving averages are kept by operations in `updates_collections`, or if
    that is `None`, whenever the result is computed."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if batch_weights is not None or zero_debias_moving_mean or renorm or adjustment is not None:
        raise NotImplementedError("batch_norm takes no batch_weights, debiased means, renorm or adjustment")
    named = {f"{name}_initializer": made for name, made in (param_initializers or {}).items()}
    named.update({f"{name}_regularizer": made for name, made in (param_regularizers or {}).items()})
    axis = 1 if data_format == "NCHW" else -1
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
    and shifted by variables of the sizes from `begin_params_axis` on, then `activation_fn`."""
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse):
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        sizes = inputs.shape.as_list()[begin_params_axis % rank :]
        options = dict(dtype=inputs.dtype, trainable=trainable)
        beta = model_variable("beta", sizes, initializer=Zeros(), **options) if center else None
        gamma = model_variable("gamma", sizes, initializer=Ones(), **options) if scale else None
        collect(variables_collections, beta=beta, gamma=gamma)
        mean, variance = nn.moments(inputs, list(range(begin_norm_axis % rank, rank)), keep_dims=True)
        outputs = nn.batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)
        outputs = outputs if activation_fn is None else activation_fn(outputs)
        if outputs_collections:
            add_to_collections(outputs_collections, outputs)
        return outputs


@add_arg_scope
def unit_norm(inputs, dim, epsilon=1e-7, scope=None):
    """Vectors along `dim` brought to length 1."""
    with name_scope(scope, "UnitNorm", [inputs]):
        inputs = convert_to_tensor(inputs)
        return inputs / sqrt(epsilon + reduce_sum(square(inputs), dim, True))


__all__ = ["batch_norm", "layer_norm", "unit_norm"]
