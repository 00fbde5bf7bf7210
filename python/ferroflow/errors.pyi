"""What a run can fail with. Each class has TensorFlow's error code."""

from typing import Any
from .elements import Operation
OK: int
CANCELLED: int
UNKNOWN: int
INVALID_ARGUMENT: int
DEADLINE_EXCEEDED: int
NOT_FOUND: int
ALREADY_EXISTS: int
PERMISSION_DENIED: int
RESOURCE_EXHAUSTED: int
FAILED_PRECONDITION: int
ABORTED: int
OUT_OF_RANGE: int
UNIMPLEMENTED: int
INTERNAL: int
UNAVAILABLE: int
DATA_LOSS: int
UNAUTHENTICATED: int


class OpError(Exception):
    """An operation failed."""
    def __init__(self, node_def: Any, op: Any, message: Any, error_code: Any = ...) -> None: ...
    @property
    def message(self) -> Any: ...
    @property
    def op(self) -> Operation: ...
    @property
    def node_def(self) -> Any: ...
    @property
    def error_code(self) -> Any: ...
    def __str__(self) -> str: ...


class CancelledError(OpError):
    """A run was cancelled."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class UnknownError(OpError):
    """What went wrong is not known."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class InvalidArgumentError(OpError):
    """An operation does not take the value that it got."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class DeadlineExceededError(OpError):
    """Something took too long."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class NotFoundError(OpError):
    """Something asked for is not there, such as a file."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class AlreadyExistsError(OpError):
    """Something to be made is there already."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class PermissionDeniedError(OpError):
    """Something is not allowed."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class UnauthenticatedError(OpError):
    """It is not known who asks."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class ResourceExhaustedError(OpError):
    """There is too little memory."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class FailedPreconditionError(OpError):
    """Something must be done first, such as initialising a variable."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class AbortedError(OpError):
    """An operation was given up."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class OutOfRangeError(OpError):
    """There is nothing left, such as at the end of the data."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class UnimplementedError(OpError):
    """An operation cannot do what it is asked to."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class InternalError(OpError):
    """A defect of Ferroflow, not of the program."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class UnavailableError(OpError):
    """Something is not to be had now."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


class DataLossError(OpError):
    """Data are damaged."""
    def __init__(self, node_def: Any, op: Any, message: Any) -> None: ...


def exception_type_from_error_code(error_code: Any) -> Any:
    """The class of errors of that code."""


def error_code_from_exception_type(cls) -> Any:
    """The code of errors of that class."""
