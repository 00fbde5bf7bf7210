"""Transposes of convolutions, and derivatives of convolutions by channel."""

from . import nn
from .array_ops import concat, expand_dims, squeeze, zeros
from .framework import convert_to_tensor, name_scope
from .gradients import gradients


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
