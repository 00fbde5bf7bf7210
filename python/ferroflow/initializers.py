"""Initial values of variables: objects that are called with a shape."""

from .array_ops import eye as _eye
from .creation import ones as _ones, zeros as _zeros
from .dtypes import as_dtype as _as_dtype, float32 as _float32
from .framework import call as _call, constant as _constant
from .later import later as _later
from .random_ops import (
    random_normal as _random_normal,
    random_uniform as _random_uniform,
    truncated_normal as _truncated_normal,
)


class Initializer:
    """What gives a variable of some shape its initial value."""

    def __call__(self, shape, dtype=None, partition_info=None):
        """A tensor of `shape`."""
        raise NotImplementedError

    def get_config(self):
        """The arguments that make it again."""
        return dict(self.__dict__)

    @classmethod
    def from_config(cls, config):
        """The initializer of these arguments."""
        return cls(**config)

    def _dtype(self, dtype):
        return _as_dtype(self.__dict__.get("dtype", _float32) if dtype is None else dtype)


class Zeros(Initializer):
    """Zeros."""

    def __init__(self, dtype=_float32):
        self.dtype = dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _zeros(shape, self._dtype(dtype))


class Ones(Initializer):
    """Ones."""

    def __init__(self, dtype=_float32):
        self.dtype = dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _ones(shape, self._dtype(dtype))


class Constant(Initializer):
    """A number everywhere, or the elements of a list in order, the last one repeated."""

    def __init__(self, value=0, dtype=_float32, verify_shape=False):
        self.value, self.dtype, self.verify_shape = value, dtype, verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        return _constant(self.value, self._dtype(dtype), shape, verify_shape=bool(verify_shape or self.verify_shape))


class RandomUniform(Initializer):
    """Uniform from `minval` up to but without `maxval`."""

    def __init__(self, minval=0, maxval=None, seed=None, dtype=_float32):
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _random_uniform(shape, self.minval, self.maxval, self._dtype(dtype), self.seed)


class RandomNormal(Initializer):
    """Normal of this mean and standard deviation."""

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=_float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _random_normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


class TruncatedNormal(Initializer):
    """Normal, none further than two deviations from the mean."""

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=_float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _truncated_normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


class VarianceScaling(Initializer):
    """Weights of mean 0 and variance `scale / n`, where `mode`, `fan_in`, `fan_out` or `fan_avg`, says which connections
    `n` counts; drawn from `distribution`: `truncated_normal` (also `normal`), `untruncated_normal` or `uniform`."""

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None, dtype=_float32):
        if scale <= 0.0:
            raise ValueError("`scale` must be positive float.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Invalid `mode` argument: {mode}")
        if distribution not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(f"Invalid `distribution` argument: {distribution}")
        self.scale, self.mode, self.distribution, self.seed, self.dtype = scale, mode, distribution, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self._dtype(dtype).name
        name = {"uniform": "random_uniform", "untruncated_normal": "random_normal"}
        name = name.get(self.distribution, "truncated_normal")
        return _call("variance_scaling", name, shape, self.scale, self.mode, self.distribution, self.seed, dtype)


class _Named(VarianceScaling):
    _SCALING = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed=None, dtype=_float32):
        super().__init__(*self._SCALING, seed=seed, dtype=dtype)

    def get_config(self):
        return {"seed": self.seed, "dtype": self.dtype}


class GlorotUniform(_Named):
    """Uniform in `±√(6 / (in + out))` (Glorot and Bengio 2010): what `get_variable` takes by default."""

    _SCALING = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Normal of variance `2 / (in + out)` (Glorot and Bengio 2010)."""

    _SCALING = (1.0, "fan_avg", "truncated_normal")


class HeNormal(_Named):
    """Normal of variance `2 / in` (He et al. 2015)."""

    _SCALING = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Named):
    """Uniform of variance `2 / in` (He et al. 2015)."""

    _SCALING = (2.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Normal of variance `1 / in` (LeCun et al. 1998)."""

    _SCALING = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Named):
    """Uniform of variance `1 / in` (LeCun et al. 1998)."""

    _SCALING = (1.0, "fan_in", "uniform")


class UniformUnitScaling(Initializer):
    """Uniform in `±√3·factor / √n`, with `n` the product of all sizes but the last."""

    def __init__(self, factor=1.0, seed=None, dtype=_float32):
        self.factor, self.seed, self.dtype = factor, seed, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        inputs = 1
        for size in [int(d) for d in shape][:-1]:
            inputs *= size
        limit = (3 / max(inputs, 1)) ** 0.5 * self.factor
        return _random_uniform(shape, -limit, limit, self._dtype(dtype), self.seed)


class Identity(Initializer):
    """A matrix with `gain` on its diagonal."""

    def __init__(self, gain=1.0, dtype=_float32):
        self.gain, self.dtype = gain, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        rows, columns = shape
        return _eye(int(rows), int(columns), dtype=self._dtype(dtype)) * self.gain


zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
variance_scaling_initializer = variance_scaling = VarianceScaling
uniform_unit_scaling_initializer = uniform_unit_scaling = UniformUnitScaling
glorot_uniform_initializer = glorot_uniform = GlorotUniform
glorot_normal_initializer = glorot_normal = GlorotNormal
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform
identity = Identity
constant, ones, zeros = Constant, Ones, Zeros
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal


def global_variables():
    """The operation that initialises every global variable."""
    from .variables import global_variables_initializer

    return global_variables_initializer()


def local_variables():
    """The operation that initialises every local variable."""
    from .variables import local_variables_initializer

    return local_variables_initializer()


def variables(var_list, name="init"):
    """The operation that initialises `var_list`."""
    from .variables import variables_initializer

    return variables_initializer(var_list, name)


__getattr__, __dir__ = _later(
    __name__, {"initialized": "tables_initializer", "orthonormal": "Orthogonal orthogonal orthogonal_initializer"}
)
