"""What is known of tensors that are yet to be made."""

from .dtypes import as_dtype, float32
from .default_graph import control_dependencies, get_default_graph
from .elements import Tensor
from .math_ops import Assert, group, is_finite
from .reductions import reduce_all
from .tensor_shape import as_shape


class TensorSpec:
    """A shape, a dtype, and a name if there is one."""

    def __init__(self, shape, dtype=float32, name=None):
        self._shape, self._dtype, self._name = as_shape(shape), as_dtype(dtype), name

    @classmethod
    def from_spec(cls, spec, name=None):
        """That of `spec`, with another name if one is given."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """That of a tensor. Raises `ValueError` for what is none."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, found {tensor!r}")
        return cls(tensor.shape, tensor.dtype, name or tensor.op.name)

    @property
    def shape(self):
        """The shape."""
        return self._shape

    @property
    def dtype(self):
        """The dtype."""
        return self._dtype

    @property
    def name(self):
        """The name, or `None`."""
        return self._name

    def is_compatible_with(self, spec_or_tensor):
        """Whether a tensor, or one that another says, may be one of these."""
        return self._dtype.is_compatible_with(spec_or_tensor.dtype) and self._shape.is_compatible_with(
            spec_or_tensor.shape
        )

    def _sizes(self):
        return None if self._shape.ndims is None else tuple(self._shape.as_list())

    def __eq__(self, other):
        key = lambda spec: (spec._sizes(), spec._dtype, spec._name)
        return type(self) is type(other) and key(self) == key(other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((self._sizes(), self._dtype))

    def __repr__(self):
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"

    def __reduce__(self):
        return TensorSpec, (self._sizes(), self._dtype, self._name)


def add_check_numerics_ops():
    """The operation that computes every tensor of the default graph of floating-point numbers, in order, and raises
    `tf.errors.InvalidArgumentError` in a run in which one is NaN or infinite. Raises `ValueError` for a graph with
    `tf.cond` or `tf.while_loop`, of which a run computes only parts."""
    checks = []
    for operation in get_default_graph().get_operations():
        if operation.type in ("Cond", "While"):
            raise ValueError(
                "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations such as "
                "`tf.cond()` or `tf.while_loop()`."
            )
        for output in operation.outputs:
            if output.dtype.is_floating:
                with control_dependencies(checks[-1:]):
                    finite = reduce_all(is_finite(output))
                    checks.append(Assert(finite, [f"{output.name} : Tensor had Inf or NaN values"]))
    return group(*checks)
