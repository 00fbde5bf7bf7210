"""Convolutions of sequences and images."""

from .default_graph import name_scope
from .framework import call, convert_to_tensor
from .math_ops import _choose
from .nn import _window


def conv1d(
    value=None,
    filters=None,
    stride=None,
    padding=None,
    use_cudnn_on_gpu=None,
    data_format=None,
    name=None,
    input=None,
    dilations=None,
):
    """The convolution of sequences `[batch, width, in]` with filters `[width, in, out]`."""
    value = _choose("value", value, input, "input")
    stride, rate = (v[0] if isinstance(v, (list, tuple)) else v for v in (stride, dilations or 1))
    if rate == 1:
        return call("conv1d", name, value, filters, stride, padding)
    from .array_ops import expand_dims, squeeze

    with name_scope(name, "conv1d", [value, filters]):
        rows = conv2d(expand_dims(value, 1), expand_dims(filters, 0), [1, stride], padding, dilations=[1, rate])
        return squeeze(rows, [1])


def conv2d(
    input,
    filter=None,
    strides=None,
    padding=None,
    use_cudnn_on_gpu=True,
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
    name=None,
    filters=None,
):
    """The convolution of images `[batch, height, width, in]` with filters `[height, width, in, out]`.

    `strides` and `dilations` are `[1, down, right, 1]`; `padding` is `SAME`, with zeros around the image, `VALID`, or how
    many zeros are before and after each dimension, such as `[[0, 0], [above, below], [left, right], [0, 0]]`; of
    `data_format` `NCHW` the channels of images, strides and dilations come second. Raises `ValueError` for shapes that do
    not fit.
    """
    filter, data_format = _choose("filter", filter, filters, "filters"), data_format or "NHWC"
    strides, dilations = _window(strides, data_format), _window(dilations, data_format)
    if isinstance(padding, (list, tuple)):
        input, padding = _padded(input, padding, data_format), "VALID"
    return call("conv2d", name, input, filter, strides, padding, data_format, dilations)


def _padded(images, padding, data_format):
    """The images with as many zeros as `padding` says, which tells of none for batch and channels."""
    from .array_ops import pad

    pairs = [list(pair) if isinstance(pair, (list, tuple)) else [] for pair in padding]
    if len(pairs) != 4 or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"padding must be a string or a list of 4 pairs, got {padding}")
    if any(map(any, (pairs[0], pairs[1 if data_format == "NCHW" else 3]))):
        raise ValueError(f"padding must not be of batch or channels, got {padding}")
    if any(n < 0 for pair in pairs for n in pair):
        raise ValueError(f"padding must not be negative, got {padding}")
    return pad(images, pairs)


def convolution(
    input,
    filter=None,
    padding=None,
    strides=None,
    dilation_rate=None,
    name=None,
    data_format=None,
    filters=None,
    dilations=None,
):
    """The convolution of sequences or images, with strides and dilations of their dimensions alone."""
    filter = _choose("filter", filter, filters, "filters")
    rates = _choose("dilation_rate", dilation_rate, dilations, "dilations")
    if convert_to_tensor(input).shape.ndims == 3:
        return conv1d(input, filter, (strides or [1])[0], padding, name=name, dilations=rates)
    form = data_format or "NHWC"
    return conv2d(input, filter, strides or [1, 1], padding, True, form, rates or [1, 1], name)


def atrous_conv2d(value, filters, rate, padding, name=None):
    """The convolution with filters whose elements are `rate` pixels apart."""
    return conv2d(value, filters, [1, 1, 1, 1], padding, dilations=[1, rate, rate, 1], name=name)


def conv2d_transpose(
    value=None,
    filter=None,
    output_shape=None,
    strides=None,
    padding="SAME",
    data_format="NHWC",
    name=None,
    input=None,
    filters=None,
    dilations=(1, 1, 1, 1),
):
    """The transpose of the convolution from images of `output_shape`, with filters `[height, width, out, in]`."""
    value = convert_to_tensor(_choose("value", value, input, "input"))
    filter = convert_to_tensor(_choose("filter", filter, filters, "filters"), value.dtype)
    strides, dilations = _window(strides, data_format), _window(dilations, data_format)
    return call(
        "conv2d_transpose",
        name or "conv2d_transpose",
        value,
        filter,
        output_shape,
        strides,
        padding,
        data_format,
        dilations,
    )


def conv2d_backprop_input(
    input_sizes,
    filter=None,
    out_backprop=None,
    strides=None,
    padding=None,
    use_cudnn_on_gpu=True,
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
    name=None,
    filters=None,
):
    """The derivative of `conv2d` by its images, of shape `input_sizes`, from that of its result."""
    return conv2d_transpose(
        out_backprop,
        _choose("filter", filter, filters, "filters"),
        input_sizes,
        strides,
        padding,
        data_format,
        name or "Conv2DBackpropInput",
        dilations=dilations,
    )


def conv2d_backprop_filter(
    input,
    filter_sizes,
    out_backprop,
    strides=None,
    padding=None,
    use_cudnn_on_gpu=True,
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
    name=None,
):
    """The derivative of `conv2d` by its filters, of shape `filter_sizes`, from that of its result."""
    strides, dilations = _window(strides, data_format), _window(dilations, data_format)
    return call(
        "conv2d_backprop_filter", name, input, filter_sizes, out_backprop, strides, padding, data_format, dilations
    )


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None, dilations=None):
    """Each channel of images convolved with filters of its own, `[height, width, in, multiplier]`."""
    form = data_format or "NHWC"
    dilations = _window(_choose("rate", rate, dilations, "dilations") or [1, 1], form)
    return call(
        "depthwise_conv2d", name or "depthwise", input, filter, _window(strides, form), padding, form, dilations
    )


def depthwise_conv2d_native(input, filter, strides, padding, data_format="NHWC", dilations=(1, 1, 1, 1), name=None):
    """`depthwise_conv2d` with its arguments in another order."""
    return depthwise_conv2d(input, filter, strides, padding, None, name, data_format, dilations)


def separable_conv2d(
    input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None, data_format=None, dilations=None
):
    """`depthwise_conv2d`, then a convolution of single pixels with `pointwise_filter`, `[1, 1, in · multiplier, out]`."""
    form = data_format or "NHWC"
    dilations = _window(_choose("rate", rate, dilations, "dilations") or [1, 1], form)
    strides = _window(strides, form)
    name = name or "separable_conv2d"
    return call("separable_conv2d", name, input, depthwise_filter, pointwise_filter, strides, padding, form, dilations)
