"""Transposes of convolutions, and derivatives of convolutions by channel."""

from . import nn
from .array_ops import concat, expand_dims, squeeze
from .creation import zeros
from .default_graph import name_scope
from .framework import convert_to_tensor
from .gradients import gradients
from .math_ops import identity


def conv1d_transpose(
    input, filters, output_shape, strides, padding="SAME", data_format="NWC", dilations=None, name=None
):
    """The transpose of the convolution from sequences of `output_shape`, with filters `[width, out, in]`."""
    if data_format != "NWC":
        raise ValueError("Sequences have their channels last")
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]):
        sizes = convert_to_tensor(output_shape, "int32")
        images = concat([sizes[:1], [1], sizes[1:]], 0)
        one = lambda v: v if isinstance(v, int) else max(v)
        rows, planar = expand_dims(convert_to_tensor(input), 1), expand_dims(convert_to_tensor(filters), 0)
        rates = [1, one(dilations or 1)]
        made = nn.conv2d_transpose(
            rows, planar, images, [1, one(strides)], padding, dilations=nn._window(rates, "NHWC")
        )
        return squeeze(made, [1])


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The transpose of `atrous_conv2d` from images of `output_shape`, with filters `[height, width, out, in]`."""
    name = name or "atrous_conv2d_transpose"
    return nn.conv2d_transpose(value, filters, output_shape, 1, padding, name=name, dilations=[1, rate, rate, 1])


def conv_transpose(input, filters, output_shape, strides, padding="SAME", data_format=None, dilations=None, name=None):
    """`conv1d_transpose` or `conv2d_transpose`, as the rank of `input` says."""
    if convert_to_tensor(input).shape.ndims == 3:
        form = data_format or "NWC"
        return conv1d_transpose(input, filters, output_shape, strides, padding, form, dilations, name)
    form = data_format or "NHWC"
    return nn.conv2d_transpose(
        input, filters, output_shape, strides, padding, form, name, dilations=dilations or [1, 1]
    )


def depthwise_conv2d_native_backprop_input(
    input_sizes, filter, out_backprop, strides, padding, data_format="NHWC", dilations=(1, 1, 1, 1), name=None
):
    """The derivative of `depthwise_conv2d` by its images, of shape `input_sizes`, from that of its result."""
    with name_scope(name, "DepthwiseConv2dNativeBackpropInput", [filter, out_backprop]):
        out_backprop = convert_to_tensor(out_backprop)
        images = zeros(input_sizes, out_backprop.dtype)
        made = nn.depthwise_conv2d(images, filter, strides, padding, None, None, data_format, dilations)
        return gradients(made, images, out_backprop)[0]


def depthwise_conv2d_native_backprop_filter(
    input, filter_sizes, out_backprop, strides, padding, data_format="NHWC", dilations=(1, 1, 1, 1), name=None
):
    """The derivative of `depthwise_conv2d` by its filters, of shape `filter_sizes`, from that of its result."""
    with name_scope(name, "DepthwiseConv2dNativeBackpropFilter", [input, out_backprop]):
        out_backprop = convert_to_tensor(out_backprop)
        filters = zeros(filter_sizes, out_backprop.dtype)
        made = nn.depthwise_conv2d(input, filters, strides, padding, None, None, data_format, dilations)
        return gradients(made, filters, out_backprop)[0]


depthwise_conv2d_backprop_input = depthwise_conv2d_native_backprop_input
depthwise_conv2d_backprop_filter = depthwise_conv2d_native_backprop_filter


def _five(sizes):
    return [1, *[sizes] * 3, 1] if isinstance(sizes, int) else list(sizes)


def conv3d_transpose(
    value=None,
    filter=None,
    output_shape=None,
    strides=None,
    padding="SAME",
    data_format="NDHWC",
    name=None,
    input=None,
    filters=None,
    dilations=None,
):
    """The transpose of `conv3d` from volumes of `output_shape` (Zeiler et al. 2010): its derivative by these.

    `value` is `[batch, depth, height, width, in]`, `filter` `[depth, height, width, out, in]`; `strides` are `[1, depth,
    height, width, 1]`. The result has the dtype of `value` and the shape `output_shape`. With `data_format`
    `NCDHW` channels come second, but in filters. Raises `ValueError` for shapes that do not fit.
    """
    value = convert_to_tensor(nn._choose("value", value, input, "input"), name="value")
    filter = convert_to_tensor(nn._choose("filter", filter, filters, "filters"), value.dtype, name="filter")
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        if padding not in ("SAME", "VALID"):
            raise ValueError(f"padding must be either VALID or SAME: {padding}")
        axis = 1 if data_format == "NCDHW" else 4
        wanted = convert_to_tensor(output_shape, "int32", name="output_shape")
        if not wanted.shape.is_compatible_with([5]):
            raise ValueError(f"output_shape must have shape (5,), got {wanted.shape}")
        if not value.shape.with_rank(5)[axis].is_compatible_with(filter.shape.with_rank(5)[4]):
            raise ValueError(
                f"input channels does not match filter's input channels, {value.shape[axis]} != {filter.shape[4]}"
            )
        volumes = zeros(wanted, value.dtype)
        if not volumes.shape[axis].is_compatible_with(filter.shape[3]):
            raise ValueError(
                f"output_shape does not match filter's output channels, {volumes.shape[axis]} != {filter.shape[3]}"
            )
        rates = [1] * 5 if dilations is None else _five(dilations)
        made = nn.conv3d(volumes, filter, _five(strides), padding, data_format, rates)
        made.shape.assert_is_compatible_with(value.shape)
        return identity(gradients(made, volumes, value)[0], name=scope)


def conv3d_backprop_filter(
    input, filter_sizes, out_backprop, strides, padding, data_format="NDHWC", dilations=(1, 1, 1, 1, 1), name=None
):
    """The derivative of `conv3d` by its filters, of shape `filter_sizes`, from that of its result, `out_backprop`."""
    with name_scope(name, "Conv3DBackpropFilterV2", [input, out_backprop]) as scope:
        out_backprop = convert_to_tensor(out_backprop)
        filters = zeros(filter_sizes, out_backprop.dtype)
        made = nn.conv3d(
            convert_to_tensor(input, out_backprop.dtype), filters, strides, padding, data_format, dilations
        )
        made.shape.assert_is_compatible_with(out_backprop.shape)
        return identity(gradients(made, filters, out_backprop)[0], name=scope)


conv3d_backprop_filter_v2 = conv3d_backprop_filter
