"""What programs say about how TensorFlow is to behave, and what it keeps that is not here: there is one behaviour."""

import enum


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


def enable_v2_behavior():
    """Raises `NotImplementedError`: programs are those of TensorFlow 1."""
    raise NotImplementedError("There is only the behaviour of TensorFlow 1")


def enable_v2_tensorshape():
    """Raises `NotImplementedError`: the dimensions of shapes are `tf.Dimension`."""
    raise NotImplementedError("The dimensions of shapes are tf.Dimension")


def enable_tensor_equality():
    """Raises `NotImplementedError`: tensors are equal if they are one."""
    raise NotImplementedError("Tensors are compared by identity")


def disable_v2_tensorshape():
    """Changes nothing: the dimensions of shapes are `tf.Dimension`."""


def disable_tensor_equality():
    """Changes nothing: tensors are equal if they are one."""


def disable_control_flow_v2():
    """Changes nothing: choices and loops are of one kind."""


def control_flow_v2_enabled():
    """Whether choices and loops are functions of their own: never."""
    return False


def executing_eagerly_outside_functions():
    """Whether operations are run as they are described: never."""
    return False


class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are made equal. There is one device, and one copy."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How changes of copies of a variable on several devices are put together. There is one device, and one copy."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
