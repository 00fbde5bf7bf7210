"""Gradients that programs define: of an operation, or of what a function computes."""

import functools
import inspect
import itertools

from . import _ferroflow
from .array_ops import concat, reshape, shape, size, split
from .default_graph import get_default_graph
from .framework import convert_to_tensor
from .math_ops import identity
from .nest import flatten, is_nested, pack
from .script_ops import kept

_registered = {"Identity": lambda op, grad: grad}
_numbers = itertools.count()


class RegisterGradient:
    """A decorator that registers a function `(op, *grads)`, which gives the derivatives by each input of an operation from
    those by its outputs, under a name for `Graph.gradient_override_map`. Raises `KeyError` for a name that is taken."""

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._name = op_type

    def __call__(self, f):
        """Registers `f`, and gives it."""
        if self._name in _registered:
            raise KeyError(f"Registering two gradient with name '{self._name}'!")
        _registered[self._name] = f
        return f


def NotDifferentiable(op_type):
    """Says that nothing is derived through operations for which `Graph.gradient_override_map` names `op_type`. Raises
    `KeyError` for a name that is taken, `TypeError` for what is no name."""
    RegisterGradient(op_type)(lambda op, *grads: [None] * len(op.inputs))


NoGradient = no_gradient = NotDifferentiable


def apply_overrides(graph):
    """Gives operations that were made in the contexts of `Graph.gradient_override_map` their gradients."""
    names = {}
    for context in graph._overrides:
        names.update(context["map"])
    since = max((context["since"] for context in graph._overrides), default=0)
    for node in range(since, len(graph)) if names else ():
        operation = graph._operation(node)
        name = names.get(operation.type)
        if name is not None:
            if name not in _registered:
                raise LookupError(f"gradient registry has no entry for: {name}")
            rule = functools.partial(_registered[name], operation)
            _set_gradient(operation, list(operation.inputs), rule)
    for context in graph._overrides:
        context["since"] = len(graph)


def _set_gradient(operation, inputs, rule):
    """`rule` of the derivatives by the outputs of an operation gives those by `inputs`."""
    graph = operation.graph

    def derivatives(pairs):
        found = rule(*graph._wrap(pairs))
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        if len(found) != len(inputs):
            raise ValueError(
                f"Num gradients {len(found)} generated for op {operation.name} do not match num inputs {len(inputs)}"
            )
        return [None if g is None else convert_to_tensor(g, x.dtype) for g, x in zip(found, inputs)]

    function = kept(graph, f"gradient_{next(_numbers)}", derivatives)
    _ferroflow.set_gradient(graph, operation, inputs, function)


def custom_gradient(f):
    """The function that gives the first of what `f` does: tensors, and a function `grad` of the derivatives by them, which
    gives those by each argument.

    If `f` uses variables, `grad` has an argument `variables`, a list, and gives also the list of derivatives by these.
    Results are of one dtype.
    """

    @functools.wraps(f)
    def decorated(*args, **kwargs):
        graph = get_default_graph()
        inputs = [convert_to_tensor(x) for x in flatten(list(args))]
        start = len(graph)
        result, grad = f(*pack(list(args), inputs), **kwargs)
        form, results = result, [convert_to_tensor(r) for r in flatten(result)]
        used = _variables_of(graph, start) if "variables" in inspect.signature(grad).parameters else []

        def rule(*grads):
            if not used:
                return flatten_gradients(grad(*grads))
            by_inputs, by_variables = grad(*grads, variables=used)
            return flatten_gradients(by_inputs) + list(by_variables)

        outputs = _with_gradient(results, inputs + [v._value for v in used], rule)
        return pack(form, outputs) if is_nested(form) else outputs[0]

    return decorated


def flatten_gradients(found):
    """What a function of gradients gives, as a list."""
    return [g for part in found for g in flatten(part)] if isinstance(found, (list, tuple)) else [found]


def _variables_of(graph, start):
    """The variables that are read by operations made since."""
    inputs = {tensor for node in range(start, len(graph)) for tensor in graph._operation(node).inputs}
    variables = graph.get_collection("variables") + graph.get_collection("local_variables")
    return [v for v in dict.fromkeys(variables) if v._value in inputs or v._ref_tensor in inputs]


def _with_gradient(results, inputs, rule):
    """The results, by whose derivatives `rule` gives those by `inputs`."""
    if len(results) == 1:
        output = identity(results[0])
        _set_gradient(output.op, inputs, rule)
        return [output]
    # An operation has a gradient, so the results pass through one.
    sizes, shapes = [size(r) for r in results], [shape(r) for r in results]
    apart = lambda joined: [reshape(p, s) for p, s in zip(split(joined, sizes), shapes)]
    joined = identity(concat([reshape(r, [-1]) for r in results], 0))
    _set_gradient(joined.op, inputs, lambda grad: rule(*apart(grad)))
    outputs = apart(joined)
    for output, result in zip(outputs, results):
        output.set_shape(result.shape)
    return outputs


def grad_pass_through(f):
    """The function that gives what `f` does, and whose derivative by its argument is that of the identity."""

    def passed(x):
        return f(x), lambda grad: grad

    return custom_gradient(passed)
