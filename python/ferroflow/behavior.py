"""What programs say about how TensorFlow is to behave, and what it keeps that is not here: there is one behaviour."""

from .math_ops import no_op


def executing_eagerly():
    """Whether operations are run as they are described: never."""
    return False


def resource_variables_enabled():
    """Whether variables are TensorFlow's newer kind: they are of one kind, and this is what they are like."""
    return True


def disable_v2_behavior():
    """Changes nothing: there is no other behaviour."""


def disable_eager_execution():
    """Changes nothing: graphs are described, then run."""


def enable_resource_variables():
    """Changes nothing: variables are of one kind."""


disable_resource_variables = enable_resource_variables


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Raises `NotImplementedError`: graphs are described, then run."""
    raise NotImplementedError("Operations are not run as they are described")


def tables_initializer(name="init_all_tables"):
    """The operation that initialises tables. There are none."""
    return no_op(name)


initialize_all_tables = tables_initializer
