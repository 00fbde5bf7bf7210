"""The number of training steps done."""

from .default_graph import get_default_graph
from .framework import convert_to_tensor
from .graph import GraphKeys
from .variables import Variable


def get_global_step(graph=None):
    """The variable that counts the training steps, or `None`."""
    members = (graph or get_default_graph()).get_collection(GraphKeys.GLOBAL_STEP)
    return members[0] if members else None


def create_global_step(graph=None):
    """Makes the variable that counts the training steps. Raises `ValueError` if there is one."""
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        keys = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP]
        return Variable(0, trainable=False, collections=keys, name="global_step", dtype="int64")


def get_or_create_global_step(graph=None):
    """The variable that counts the training steps, made if there is none."""
    return get_global_step(graph) or create_global_step(graph)


def global_step(sess, global_step_tensor):
    """The number of training steps done in a session."""
    return int(sess.run(global_step_tensor))


def assert_global_step(global_step_tensor):
    """Raises `TypeError` unless this can count steps."""
    if not convert_to_tensor(global_step_tensor).dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
