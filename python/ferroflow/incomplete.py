"""The incomplete gamma and beta functions, and the zeta function."""

from .array_ops import zeros_like
from .default_graph import name_scope
from .framework import build, convert_to_tensor


def spread(*values):
    """Values as tensors of one dtype, that of the first tensor among them, broadcast to one shape."""
    dtype = next((v.dtype for v in values if hasattr(v, "_as_graph_element")), None)
    tensors = [convert_to_tensor(values[0], dtype)]
    tensors += [convert_to_tensor(v, tensors[0].dtype) for v in values[1:]]
    if all(t.shape.is_fully_defined() and t.shape == tensors[0].shape for t in tensors):
        return tensors
    whole = sum(map(zeros_like, tensors[1:]), zeros_like(tensors[0]))
    return [t + whole for t in tensors]


def igamma(a, x, name=None):
    """`∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a)`, the regularised lower incomplete gamma function."""
    with name_scope(name, "Igamma", [a, x]) as scope:
        return build("Igamma", scope, *spread(a, x))


def igammac(a, x, name=None):
    """`1 - igamma(a, x)`, the regularised upper incomplete gamma function."""
    with name_scope(name, "Igammac", [a, x]) as scope:
        return build("Igammac", scope, *spread(a, x))


def zeta(x, q, name=None):
    """`Σ (q + k)⁻ˣ` over all `k ≥ 0`, Hurwitz's zeta function. It is not differentiated by `x`."""
    with name_scope(name, "Zeta", [x, q]) as scope:
        return build("Zeta", scope, *spread(x, q))


def betainc(a, b, x, name=None):
    """`∫₀ˣ tᵃ⁻¹ (1 - t)ᵇ⁻¹ dt / B(a, b)`, the regularised incomplete beta function. It is not differentiated by
    `a` and `b`."""
    with name_scope(name, "Betainc", [a, b, x]) as scope:
        return build("Betainc", scope, *spread(a, b, x))
