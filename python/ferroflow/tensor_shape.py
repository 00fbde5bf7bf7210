"""Shapes that are known in part."""


class Dimension:
    """The size of one dimension, or that it is not known."""

    __slots__ = ("value",)

    def __init__(self, value):
        if isinstance(value, Dimension):
            value = value.value
        if value is not None:
            if not hasattr(value, "__index__"):
                raise TypeError(f"Dimension value must be integer or None, got value {value!r}")
            value = value.__index__()
            if value < 0:
                raise ValueError(f"Dimension {value} must be >= 0")
        self.value = value

    def is_compatible_with(self, other):
        """Whether both can be the same size."""
        other = as_dimension(other)
        return self.value is None or other.value is None or self.value == other.value

    def assert_is_compatible_with(self, other):
        """Raises `ValueError` unless both can be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {as_dimension(other)} are not compatible")

    def merge_with(self, other):
        """What both know together."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(self.value if self.value is not None else other.value)

    def __int__(self):
        return self.value

    __index__ = __int__

    def __eq__(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, AttributeError, ValueError):
            return NotImplemented
        return None if self.value is None or other.value is None else self.value == other.value

    def __ne__(self, other):
        equal = self == other
        return equal if equal is None or equal is NotImplemented else not equal

    def __hash__(self):
        return hash(self.value)

    def __repr__(self):
        return f"Dimension({self.value})"

    def __str__(self):
        return "?" if self.value is None else str(self.value)


def _arithmetic(name, function, reverse=True):
    def forward(self, other):
        a, b = self.value, as_dimension(other).value
        return Dimension(None) if a is None or b is None else Dimension(function(a, b))

    setattr(Dimension, f"__{name}__", forward)
    if reverse:
        setattr(Dimension, f"__r{name}__", lambda self, other: forward(as_dimension(other), self))


def _comparison(name, function):
    def compare(self, other):
        a, b = self.value, as_dimension(other).value
        return None if a is None or b is None else function(a, b)

    setattr(Dimension, f"__{name}__", compare)


_arithmetic("add", lambda a, b: a + b)
_arithmetic("sub", lambda a, b: a - b)
_arithmetic("mul", lambda a, b: a * b)
_arithmetic("floordiv", lambda a, b: a // b)
_arithmetic("mod", lambda a, b: a % b)
_comparison("lt", lambda a, b: a < b)
_comparison("le", lambda a, b: a <= b)
_comparison("gt", lambda a, b: a > b)
_comparison("ge", lambda a, b: a >= b)


def as_dimension(value):
    """`value` as a `Dimension`."""
    return value if isinstance(value, Dimension) else Dimension(value)


class TensorShape:
    """The known part of a shape: `TensorShape([None, 784])`, `TensorShape(None)` of unknown rank."""

    __slots__ = ("_dims",)

    def __init__(self, dims):
        if isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif dims is None:
            self._dims = None
        else:
            try:
                dims = list(dims)
            except TypeError:
                dims = [dims]
            self._dims = tuple(Dimension(d).value for d in dims)

    @property
    def dims(self):
        """The dimensions, or `None` if the rank is not known."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    @property
    def ndims(self):
        """The rank, or `None`."""
        return None if self._dims is None else len(self._dims)

    rank = ndims

    def _known(self):
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return self._dims

    def as_list(self):
        """The sizes, `None` where one is not known. Raises `ValueError` for an unknown rank."""
        return list(self._known())

    def is_fully_defined(self):
        """Whether every size is known."""
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self):
        """Raises `ValueError` unless every size is known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def num_elements(self):
        """The number of elements, or `None`."""
        if not self.is_fully_defined():
            return None
        count = 1
        for size in self._dims:
            count *= size
        return count

    def is_compatible_with(self, other):
        """Whether both can be the same shape."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        same = lambda a, b: a is None or b is None or a == b
        return len(self._dims) == len(other._dims) and all(map(same, self._dims, other._dims))

    def assert_is_compatible_with(self, other):
        """Raises `ValueError` unless both can be the same shape."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {as_shape(other)} are incompatible")

    def merge_with(self, other):
        """What both know together. Raises `ValueError` if they differ."""
        other = as_shape(other)
        self.assert_is_compatible_with(other)
        if self._dims is None or other._dims is None:
            return other if self._dims is None else self
        return TensorShape([b if a is None else a for a, b in zip(self._dims, other._dims)])

    def concatenate(self, other):
        """The dimensions of both in a row."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape(self._dims + other._dims)

    def with_rank(self, rank):
        """This shape, of that rank. Raises `ValueError` if it has another."""
        return self.merge_with([None] * rank)

    def with_rank_at_least(self, rank):
        """This shape. Raises `ValueError` if it has fewer dimensions."""
        if self.ndims is not None and self.ndims < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank):
        """This shape. Raises `ValueError` if it has more dimensions."""
        if self.ndims is not None and self.ndims > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def assert_has_rank(self, rank):
        """Raises `ValueError` unless the rank can be that one."""
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def __len__(self):
        if self._dims is None:
            raise ValueError("Cannot take the length of Shape with unknown rank.")
        return len(self._dims)

    def __bool__(self):
        return self._dims is not None

    def __iter__(self):
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self.dims)

    def __getitem__(self, key):
        if self._dims is not None:
            return TensorShape(self._dims[key]) if isinstance(key, slice) else Dimension(self._dims[key])
        if not isinstance(key, slice):
            return Dimension(None)
        if key.stop is None or key.stop < 0 or (key.start or 0) < 0 or key.step not in (None, 1):
            return TensorShape(None)
        return TensorShape([None] * max(key.stop - (key.start or 0), 0))

    def __eq__(self, other):
        try:
            return self._dims == as_shape(other)._dims
        except (TypeError, AttributeError, ValueError):
            return NotImplemented

    def __hash__(self):
        return hash(self._dims)

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def __repr__(self):
        return f"TensorShape({None if self._dims is None else [Dimension(d) for d in self._dims]})"

    def __str__(self):
        if self._dims is None:
            return "<unknown>"
        inner = ", ".join("?" if d is None else str(d) for d in self._dims)
        return f"({inner},)" if len(self._dims) == 1 else f"({inner})"


def as_shape(shape):
    """`shape` as a `TensorShape`."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def scalar():
    """The shape of a scalar."""
    return TensorShape([])


def vector(length):
    """The shape of a vector."""
    return TensorShape([length])


def matrix(rows, columns):
    """The shape of a matrix."""
    return TensorShape([rows, columns])


def unknown_shape(ndims=None):
    """A shape of which at most the rank is known."""
    return TensorShape(None if ndims is None else [None] * ndims)
