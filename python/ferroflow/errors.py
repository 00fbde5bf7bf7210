"""What a run can fail with. Each class has TensorFlow's error code."""

from .later import absent as _absent

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An operation failed."""

    def __init__(self, node_def, op, message, error_code=UNKNOWN):
        super().__init__(message)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code

    @property
    def message(self):
        """What went wrong."""
        return self._message

    @property
    def op(self):
        """The operation, or `None` if it is not known."""
        return self._op

    @property
    def node_def(self):
        """The operation's description, if there is one: its `name`, `op`, `input` and `device`."""
        return getattr(self._op, "node_def", None) if self._node_def is None else self._node_def

    @property
    def error_code(self):
        """The code, such as `tf.errors.NOT_FOUND`."""
        return self._error_code

    def __str__(self):
        return str(self._message)


_CODE_OF = {}


def _error(name, code, doc):
    def __init__(self, node_def, op, message):
        OpError.__init__(self, node_def, op, message, code)

    _CODE_OF[code] = type(name, (OpError,), {"__doc__": doc, "__init__": __init__, "__module__": __name__})
    return _CODE_OF[code]


CancelledError = _error("CancelledError", CANCELLED, "A run was cancelled.")
UnknownError = _error("UnknownError", UNKNOWN, "What went wrong is not known.")
InvalidArgumentError = _error(
    "InvalidArgumentError", INVALID_ARGUMENT, "An operation does not take the value that it got."
)
DeadlineExceededError = _error("DeadlineExceededError", DEADLINE_EXCEEDED, "Something took too long.")
NotFoundError = _error("NotFoundError", NOT_FOUND, "Something asked for is not there, such as a file.")
AlreadyExistsError = _error("AlreadyExistsError", ALREADY_EXISTS, "Something to be made is there already.")
PermissionDeniedError = _error("PermissionDeniedError", PERMISSION_DENIED, "Something is not allowed.")
UnauthenticatedError = _error("UnauthenticatedError", UNAUTHENTICATED, "It is not known who asks.")
ResourceExhaustedError = _error("ResourceExhaustedError", RESOURCE_EXHAUSTED, "There is too little memory.")
FailedPreconditionError = _error(
    "FailedPreconditionError", FAILED_PRECONDITION, "Something must be done first, such as initialising a variable."
)
AbortedError = _error("AbortedError", ABORTED, "An operation was given up.")
OutOfRangeError = _error("OutOfRangeError", OUT_OF_RANGE, "There is nothing left, such as at the end of the data.")
UnimplementedError = _error("UnimplementedError", UNIMPLEMENTED, "An operation cannot do what it is asked to.")
InternalError = _error("InternalError", INTERNAL, "A defect of Ferroflow, not of the program.")
UnavailableError = _error("UnavailableError", UNAVAILABLE, "Something is not to be had now.")
DataLossError = _error("DataLossError", DATA_LOSS, "Data are damaged.")


def exception_type_from_error_code(error_code):
    """The class of errors of that code."""
    return _CODE_OF[error_code]


def error_code_from_exception_type(cls):
    """The code of errors of that class."""
    return next((code for code, found in _CODE_OF.items() if found is cls), UNKNOWN)


__getattr__ = _absent(__name__)
