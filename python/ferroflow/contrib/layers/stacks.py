"""Layers one upon the other."""

from ...variable_scope import variable_scope

__all__ = ["repeat", "stack"]


def stack(inputs, layer, stack_args, **kwargs):
    """What the function `layer` makes of `inputs`, again and again, each time with the next of `stack_args` and with
    `kwargs`; in scopes `scope_1`, `scope_2` and so on."""
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with variable_scope(scope, "Stack", [inputs]):
        name = layer.__name__ if scope is None else scope.rpartition("/")[2]
        for i, arguments in enumerate(stack_args, 1):
            arguments = arguments if isinstance(arguments, (list, tuple)) else [arguments]
            inputs = layer(inputs, *arguments, scope=f"{name}_{i}", **kwargs)
        return inputs


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """What the function `layer` makes of `inputs` with these arguments, again and again; in scopes `scope_1` and so on."""
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        name = layer.__name__ if scope is None else scope.rpartition("/")[2]
        for i in range(1, repetitions + 1):
            inputs = layer(inputs, *args, scope=f"{name}_{i}", **kwargs)
        return inputs
