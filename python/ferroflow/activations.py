"""Less common activations and losses of networks."""

from .default_graph import name_scope
from .framework import convert_to_tensor
from .math_ops import exp, greater_equal, less_equal, log, logical_and, sigmoid
from .array_ops import zeros_like
from .selection import where


def swish(features, beta=1.0):
    """`x · sigmoid(beta · x)` (Ramachandran et al. 2017)."""
    with name_scope("swish", values=[features]):
        features = convert_to_tensor(features)
        return features * sigmoid(features if isinstance(beta, float) and beta == 1.0 else beta * features)


silu = swish


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """`eᶜ - z·c` for targets `z` and the logarithm `c` of what is predicted: the loss of a Poisson distribution. With
    `compute_full_loss` Stirling's approximation of `ln z!`, `z·ln z - z + ln(2πz)/2`, is added where `z > 1`."""
    with name_scope(name, "log_poisson_loss", [targets, log_input]):
        log_input = convert_to_tensor(log_input)
        targets = convert_to_tensor(targets, log_input.dtype)
        loss = exp(log_input) - log_input * targets
        if compute_full_loss:
            factorial = targets * log(targets) - targets + 0.5 * log(2 * 3.141592653589793 * targets)
            small = logical_and(greater_equal(targets, 0.0), less_equal(targets, 1.0))
            loss += where(small, zeros_like(targets), factorial)
        return loss
