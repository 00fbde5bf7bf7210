"""Single operations, under the names that TensorFlow's generated modules, such as `gen_nn_ops`, have for them."""

from . import math_ops, nn, reductions
from .array_ops import ones_like, zeros_like
from .creation import zeros
from .selection import where
from .default_graph import name_scope
from .framework import convert_to_tensor
from .gradients import gradients


def relu_grad(gradients, features, name=None):
    """`gradients` where `features` are positive, else 0."""
    with name_scope(name, "ReluGrad", [gradients, features]):
        gradients = convert_to_tensor(gradients)
        return where(math_ops.greater(features, 0), gradients, zeros_like(gradients))


def relu6_grad(gradients, features, name=None):
    """`gradients` where `features` are between 0 and 6, else 0."""
    with name_scope(name, "Relu6Grad", [gradients, features]):
        gradients = convert_to_tensor(gradients)
        within = math_ops.logical_and(math_ops.greater(features, 0), math_ops.less(features, 6))
        return where(within, gradients, zeros_like(gradients))


def elu_grad(gradients, outputs, name=None):
    """The derivative by the input of `elu`, of which `outputs` came."""
    with name_scope(name, "EluGrad", [gradients, outputs]):
        outputs = convert_to_tensor(outputs)
        return gradients * where(math_ops.less(outputs, 0), outputs + 1, ones_like(outputs))


def softplus_grad(gradients, features, name=None):
    """`gradients · sigmoid(features)`."""
    with name_scope(name, "SoftplusGrad", [gradients, features]):
        return gradients * math_ops.sigmoid(features)


def softsign_grad(gradients, features, name=None):
    """`gradients / (1 + |features|)²`."""
    with name_scope(name, "SoftsignGrad", [gradients, features]):
        return gradients / math_ops.square(1 + math_ops.abs(features))


def sigmoid_grad(y, dy, name=None):
    """`dy · y · (1 - y)`, where `y` is what `sigmoid` gave."""
    with name_scope(name, "SigmoidGrad", [y, dy]):
        y = convert_to_tensor(y)
        return dy * y * (1 - y)


def tanh_grad(y, dy, name=None):
    """`dy · (1 - y²)`, where `y` is what `tanh` gave."""
    with name_scope(name, "TanhGrad", [y, dy]):
        return dy * (1 - math_ops.square(y))


def max_pool_grad(orig_input, orig_output, grad, ksize, strides, padding, data_format="NHWC", name=None):
    """The derivative by the input of `max_pool`, of which `orig_output` came, where that by the output is `grad`."""
    with name_scope(name, "MaxPoolGrad", [orig_input, grad]):
        x = convert_to_tensor(orig_input)
        return gradients(nn.max_pool(x, ksize, strides, padding, data_format), x, convert_to_tensor(grad))[0]


def avg_pool_grad(orig_input_shape, grad, ksize, strides, padding, data_format="NHWC", name=None):
    """The derivative by the input of `avg_pool` where that by the output is `grad`."""
    with name_scope(name, "AvgPoolGrad", [grad]):
        grad = convert_to_tensor(grad)
        x = zeros(orig_input_shape, grad.dtype)
        return gradients(nn.avg_pool(x, ksize, strides, padding, data_format), x, grad)[0]


def mat_mul(a, b, transpose_a=False, transpose_b=False, name=None):
    """The product of two matrices, either transposed first."""
    return math_ops.matmul(a, b, transpose_a, transpose_b, name=name)


def batch_mat_mul(x, y, adj_x=False, adj_y=False, name=None):
    """The products of matrices, either transposed first."""
    return math_ops.matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def _named(reduce):
    def function(input, axis, keep_dims=False, name=None):
        return reduce(input, axis, keep_dims, name)

    function.__doc__ = reduce.__doc__
    return function


sum, mean, prod, max, min = map(
    _named,
    (
        reductions.reduce_sum,
        reductions.reduce_mean,
        reductions.reduce_prod,
        reductions.reduce_max,
        reductions.reduce_min,
    ),
)
batch_mat_mul_v2, neg, inv = batch_mat_mul, math_ops.negative, math_ops.reciprocal

# As TensorFlow 1.0 to 1.6 had them.
_relu_grad, _relu6_grad, _elu_grad, _softplus_grad = relu_grad, relu6_grad, elu_grad, softplus_grad
_max_pool_grad, _avg_pool_grad, _sigmoid_grad, _tanh_grad = max_pool_grad, avg_pool_grad, sigmoid_grad, tanh_grad
_mat_mul, _batch_mat_mul, _sum, _mean, _max, _min = mat_mul, batch_mat_mul, sum, mean, max, min
