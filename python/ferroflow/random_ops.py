"""Random numbers.

Equal seeds give TensorFlow's numbers. Without a seed, of the graph or of the operation, each session draws its own.
"""

from .later import later as _later
from .dtypes import as_dtype, float32
from .default_graph import name_scope
from .framework import call, convert_to_tensor


def random_normal(shape, mean=0.0, stddev=1.0, dtype=float32, seed=None, name=None):
    """Normal of this mean and standard deviation."""
    return call("random_normal", name or "random_normal", shape, mean, stddev, as_dtype(dtype).name, seed)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=float32, seed=None, name=None):
    """Normal of this mean and standard deviation, none further than two deviations from the mean."""
    return call("truncated_normal", name or "truncated_normal", shape, mean, stddev, as_dtype(dtype).name, seed)


def random_uniform(shape, minval=0, maxval=None, dtype=float32, seed=None, name=None):
    """Uniform from `minval` up to but without `maxval`, which is 1 if none is given, and must be given for integers."""
    dtype = as_dtype(dtype)
    if maxval is None and dtype.is_integer:
        raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
    function = "random_uniform_int" if dtype.is_integer else "random_uniform"
    return call(function, name or "random_uniform", shape, minval, 1 if maxval is None else maxval, dtype.name, seed)


def _positive(shape, dtype, seed=None):
    """Uniform below 1, and above 0: what has a logarithm."""
    return random_uniform(shape, as_dtype(dtype)._tiny(), 1.0, dtype, seed)


def random_shuffle(value, seed=None, name=None):
    """The slices along the first dimension in a random order."""
    return call("random_shuffle", name, value, seed)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """For each row of `logits` as many classes, drawn by the softmax of the row, as `num_samples` says: `int64`."""
    samples = call("multinomial", name or "multinomial", logits, num_samples, seed)
    if output_dtype is None:
        return samples
    from .math_ops import cast

    return cast(samples, output_dtype)


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """As `tf.multinomial`."""
    return multinomial(logits, num_samples, seed, name, dtype)


def random_gamma(shape, alpha, beta=None, dtype=float32, seed=None, name=None):
    """Numbers of gamma's distributions of the shape `alpha` and the rate `beta`, 1 if there is none: as many as
    `shape` says for each, `[shape…, alpha…]`. They are differentiated by both."""
    from .array_ops import zeros_like
    from .math_ops import maximum

    dtype = as_dtype(dtype)
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        alpha = convert_to_tensor(alpha, dtype, name="alpha")
        beta = convert_to_tensor(1 if beta is None else beta, dtype, name="beta")
        numbers = call("random_gamma", "RandomGamma", alpha + zeros_like(beta), shape, seed)
        return maximum(numbers / beta, dtype._tiny())


def random_poisson(lam, shape, dtype=float32, seed=None, name=None):
    """Numbers of Poisson's distributions of the rates `lam`: as many as `shape` says for each, `[shape…, lam…]`."""
    from .math_ops import cast

    with name_scope(name, "random_poisson", [lam, shape]):
        rates = convert_to_tensor(lam, preferred_dtype=float32, name="lam")
        return cast(call("random_poisson", "RandomPoissonV2", rates, shape, seed), dtype)


def get_seed(op_seed):
    """The pair of seeds that an operation made now would have; `(None, None)` for those of the session's own."""
    from . import framework

    return framework.get_seed(op_seed)


normal, uniform, shuffle, gamma, poisson = random_normal, random_uniform, random_shuffle, random_gamma, random_poisson


def set_random_seed(seed):
    """Seeds the default graph."""
    from . import framework

    framework.set_random_seed(seed)


__getattr__, __dir__ = _later(
    __name__,
    {
        "candidate_sampling": "all_candidate_sampler fixed_unigram_candidate_sampler log_uniform_candidate_sampler "
        "uniform_candidate_sampler",
        "stateless_random": "stateless_categorical stateless_multinomial stateless_normal stateless_truncated_normal "
        "stateless_uniform",
    },
)
