"""Variables that start from the values of a checkpoint."""

from .default_graph import name_scope
from .saver import load_checkpoint
from .script_ops import host_func
from .variables import global_variables


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """From now on initialising variables gives them the values of a checkpoint, the newest of a folder.

    `assignment_map` says of names there what they are here: a variable, its name, or, of names that end in a slash, the
    scope whose variables are found under that prefix; `/` is everything. Raises `ValueError` for what is not there, or is
    of another shape.
    """
    reader = load_checkpoint(ckpt_dir_or_file)
    shapes = reader.get_variable_to_shape_map()
    known = {v.op.name: v for v in global_variables()}
    for theirs, ours in dict(assignment_map).items():
        for saved, variable in _pairs(theirs, ours, known, shapes):
            if saved not in shapes:
                raise ValueError(f"Tensor {saved} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
            if list(shapes[saved]) != variable.shape.as_list():
                raise ValueError(
                    f"Shape of variable {variable.name} ({variable.shape}) doesn't match with shape of tensor {saved} "
                    f"({shapes[saved]}) from checkpoint reader."
                )
            _start_from(variable, reader, saved)


def _pairs(theirs, ours, known, shapes):
    """Names in the checkpoint, and the variables that they are."""
    if not isinstance(ours, str):
        return [(theirs, variable) for variable in (ours if isinstance(ours, (list, tuple)) else [ours])]
    if not theirs.endswith("/"):
        if ours not in known:
            raise ValueError(f"Variable {ours} is not in the graph")
        return [(theirs, known[ours])]
    if not ours.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {theirs} should map to scope only {ours}. Should be 'scope/': "
            "'other_scope/'."
        )
    scope, prefix = ours[:-1], theirs[:-1]
    inside = [name for name in known if not scope or name.startswith(scope + "/")]
    if not inside:
        raise ValueError(f"No variables in the scope {ours}")
    under = lambda name: name[len(scope) :].lstrip("/") if scope else name
    return [(f"{prefix}/{under(name)}" if prefix else under(name), known[name]) for name in inside]


def _start_from(variable, reader, saved):
    with variable.graph.as_default(), name_scope("init_from_checkpoint/"):
        value = host_func(lambda: reader.get_tensor(saved), [], variable.dtype.base_dtype)
        value.set_shape(variable.shape)
        variable._initial_value, variable._initializer = value, variable.assign(value).op
        variable._restarted = True
