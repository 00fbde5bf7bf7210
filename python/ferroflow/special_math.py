"""Functions of numbers and vectors that are put together from others."""

from . import clip_ops, math_ops, reductions
from .array_ops import broadcast_to, concat, expand_dims, ones_like, shape, stack, transpose, unstack, zeros_like
from .creation import fill
from .selection import where
from .dtypes import as_dtype, int32
from .default_graph import name_scope
from .framework import call, convert_to_tensor
from .math_ops import _pair, cast, identity, log, log1p, maximum, minimum, not_equal


def log_sigmoid(x, name=None):
    """`ln(1 / (1 + e⁻ˣ))`, computed stably."""
    from .nn import softplus

    with name_scope(name, "LogSigmoid", [x]):
        return -softplus(-convert_to_tensor(x))


def lbeta(x, name=None):
    """`Σ ln Γ(x) - ln Γ(Σ x)` over the last dimension: the logarithm of the multivariate beta function."""
    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x)
        return reductions.reduce_sum(math_ops.lgamma(x), -1) - math_ops.lgamma(reductions.reduce_sum(x, -1))


def _times(x, y, function, name):
    """`x · function(y)`, and 0 where `x` is 0."""
    with name_scope(name, values=[x, y]):
        x, y = _pair(x, y)
        some = not_equal(x + zeros_like(y), 0)
        return where(some, x * function(where(some, y + zeros_like(x), ones_like(x + y))), zeros_like(x + y))


def xlogy(x, y, name=None):
    """`x · ln y`, and 0 where `x` is 0."""
    return _times(x, y, log, name or "xlogy")


def xlog1py(x, y, name=None):
    """`x · ln(1 + y)`, and 0 where `x` is 0."""
    return _times(x, y, log1p, name or "xlog1py")


def xdivy(x, y, name=None):
    """`x / y`, and 0 where `x` is 0."""
    return _times(x, y, math_ops.reciprocal, name or "xdivy")


def multiply_no_nan(x, y, name=None):
    """`x · y`, and 0 where `y` is 0, whatever `x` is."""
    with name_scope(name, "multiply_no_nan", [x, y]):
        x, y = _pair(x, y)
        return _times(y, x, identity, "product")


def reciprocal_no_nan(x, name=None):
    """`1 / x`, and 0 where `x` is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]):
        x = convert_to_tensor(x)
        return math_ops.div_no_nan(ones_like(x), x)


def polyval(coeffs, x, name=None):
    """The polynomial whose coefficients, that of the highest power first, are the tensors `coeffs`, at `x`."""
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    with name_scope(name, "polyval", [*coeffs, x]):
        x = convert_to_tensor(x)
        value = zeros_like(x)
        for coefficient in coeffs:
            value = value * x + convert_to_tensor(coefficient, x.dtype)
        return value


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """`ln Σ eˣ` of the elements along `axis` up to each, computed stably; without it if `exclusive`, from the end if
    `reverse`."""
    from .functional_ops import scan

    with name_scope(name, "CumulativeLogsumexp", [x]):
        x = convert_to_tensor(x)
        order = list(range(x.shape.ndims))
        order.insert(0, order.pop(axis % len(order)))
        rows = transpose(x, order)
        nothing = zeros_like(rows[0]) + x.dtype.min

        def add(total, row):
            greater, lesser = maximum(total, row), minimum(total, row)
            return greater + log1p(math_ops.exp(lesser - greater))

        sums = scan(add, rows, nothing, reverse=reverse)
        if exclusive:
            edge = expand_dims(2 * nothing, 0)
            sums = concat([sums[1:], edge] if reverse else [edge, sums[:-1]], 0)
        return transpose(sums, [order.index(d) for d in range(len(order))])


def cross(a, b, name=None):
    """The vector products of the vectors of 3 numbers in the last dimension."""
    with name_scope(name, "Cross", [a, b]):
        (a1, a2, a3), (b1, b2, b3) = (unstack(convert_to_tensor(v), 3, -1) for v in _pair(a, b))
        return stack([a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1], -1)


def clip_by_average_norm(t, clip_norm, name=None):
    """Scaled so that the Euclidean norm by the number of elements is at most `clip_norm`."""
    with name_scope(name, "clip_by_average_norm", [t]):
        t = convert_to_tensor(t)
        count = cast(reductions.reduce_prod(shape(t)), t.dtype)
        average = clip_ops.norm(t) / count
        return t * clip_norm / maximum(average, convert_to_tensor(clip_norm, t.dtype))


def conj(x, name=None):
    """The complex conjugate: of real numbers themselves."""
    return convert_to_tensor(x)


def real(input, name=None):
    """The real part: of real numbers themselves."""
    return convert_to_tensor(input)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape to which tensors of two shapes, vectors, are broadcast, as a tensor."""
    x, y = convert_to_tensor(shape_x, int32), convert_to_tensor(shape_y, int32)
    longer = maximum(shape(x)[0], shape(y)[0])
    x, y = (concat([fill([longer - shape(v)[0]], 1), v], 0) for v in (x, y))
    # Nothing along a dimension stays nothing.
    return where(math_ops.equal(x, 1), y, x)


def bitcast(input, type, name=None):
    """The same bits as elements of the dtype `type`: of a smaller one there is one more dimension of parts, of a
    larger one the last dimension is that of the parts."""
    tensor, dtype = convert_to_tensor(input), as_dtype(type)
    for kind in (tensor.dtype, dtype):
        if kind.name == "bool":
            raise TypeError("The bits of bool cannot be those of another dtype")
    return call("bitcast", name, tensor, dtype.name)


def identity_n(input, name=None):
    """The same values."""
    with name_scope(name, "IdentityN", input):
        return [identity(x) for x in input]


def ensure_shape(x, shape, name=None):
    """`x`, of which `shape` is known: raises `ValueError` if it cannot be; a run in which it is not raises
    `tf.errors.InvalidArgumentError`."""
    result = identity(x, name or "EnsureShape")
    result.set_shape(shape)
    return result


def guarantee_const(input, name=None):
    """The same value."""
    return identity(input, name)


def diag_part(input, name=None):
    """The elements `[i…, i…]` of a tensor `[n…, n…]`, as `[n…]`."""
    from .array_ops import reshape
    from .creation import range as range_of
    from .selection import gather

    with name_scope(name, "DiagPart", [input]):
        input = convert_to_tensor(input)
        sizes = shape(input)[: input.shape.ndims // 2]
        number = reductions.reduce_prod(sizes)
        elements = gather(reshape(input, [-1]), range_of(0, number, 1) * (number + 1))
        return reshape(elements, sizes)


tensor_diag_part = diag_part


def where_v2(condition, x=None, y=None, name=None):
    """`tf.where` of tensors that are broadcast together."""
    if x is None and y is None:
        return where(condition, name=name)
    with name_scope(name, "SelectV2", [condition, x, y]):
        condition, (x, y) = convert_to_tensor(condition), _pair(x, y)
        whole = broadcast_dynamic_shape(broadcast_dynamic_shape(shape(x), shape(y)), shape(condition))
        return where(*(broadcast_to(t, whole) for t in (condition, x, y)))


def get_static_value(tensor, partial=False):
    """The value of a tensor as an array, if it is known while the graph is built, or else `None`."""
    from ._ferroflow import constant_value

    return constant_value(convert_to_tensor(tensor))
