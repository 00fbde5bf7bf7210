"""Sessions."""

import contextlib
import threading

from . import _ferroflow, errors
from .default_graph import get_default_graph
from .defaults import _stacks
from .graph import Graph
from .run_options import ConfigProto

# What makes tensors of sparse ones among fetches and feeds, once there may be any.
as_tensors = None


# The sessions that this thread runs, the innermost last: functions of the host may ask.
_running = threading.local()


def running():
    """The session that calls a function of the host."""
    return _running.sessions[-1]


class BaseSession(_ferroflow.Session):
    """What sessions have in common."""

    def __new__(cls, target="", graph=None, config=None):
        if not isinstance(target, str):
            raise TypeError(
                f'Argument `target` must be a string, but got "{type(target).__name__}". Did you do "Session(config)" instead '
                'of "Session(config=config)"?'
            )
        if target:
            raise errors.UnimplementedError(None, None, f"There are no servers to run on, such as '{target}'")
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f'Argument `graph` must be a tf.Graph, but got "{type(graph).__name__}"')
        if config is not None and not isinstance(config, ConfigProto):
            raise TypeError(f'Argument `config` must be a tf.ConfigProto, but got "{type(config).__name__}"')
        threads = 0 if config is None else config.intra_op_parallelism_threads
        return super().__new__(cls, get_default_graph() if graph is None else graph, threads)

    def __init__(self, target="", graph=None, config=None):
        self._graph = get_default_graph() if graph is None else graph
        self._target = target

    @property
    def graph(self):
        """The graph."""
        return self._graph

    @property
    def sess_str(self):
        """The address of the server: always empty."""
        return self._target

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """Runs what `fetches` needs, and gives the fetched values.

        A fetch is a tensor (its value: a NumPy array, or a scalar of NumPy's), a variable, an operation (`None`), the name
        of one, or lists, tuples, named tuples and dictionaries of these; the result has the same form. `feed_dict` gives
        values for tensors, any of them, which are then not computed.

        Raises `TypeError` or `ValueError` for what cannot be fetched or fed, `RuntimeError` if the session is closed, and
        `tf.errors.OpError` for what goes wrong in the run.
        """
        if not len(self._graph):
            raise RuntimeError("The Session graph is empty. Add operations to the graph before calling run().")
        if as_tensors is not None:
            fetches, feed_dict = as_tensors(fetches, feed_dict)
        sessions = _running.__dict__.setdefault("sessions", [])
        sessions.append(self)
        try:
            return self._run(fetches, feed_dict)
        except errors.OpError as error:
            if isinstance(error._op, str):
                with contextlib.suppress(KeyError):
                    error._op = self._graph.get_operation_by_name(error._op)
            raise
        finally:
            sessions.pop()

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        """A function that runs `fetches` with a value for each tensor of `feed_list`, in order."""
        feed_list = list(feed_list or ())

        def function(*values):
            if len(values) != len(feed_list):
                raise TypeError(f"Takes {len(feed_list)} values, but {len(values)} were given")
            return self.run(fetches, dict(zip(feed_list, values)))

        return function

    @contextlib.contextmanager
    def as_default(self):
        """A context in which this session is the thread's default."""
        _stacks.sessions.append(self)
        try:
            yield self
        finally:
            _stacks.sessions.remove(self)


class Session(BaseSession):
    """Runs parts of a graph, and keeps the values of its variables.

    `target` must be empty; `graph` is the default one if none is given; `config` a `tf.ConfigProto`. As a context it makes
    itself and its graph the thread's defaults, and is closed at the end.
    """

    def __enter__(self):
        self._context = contextlib.ExitStack()
        self._context.enter_context(self._graph.as_default())
        return self._context.enter_context(self.as_default())

    def __exit__(self, *error):
        self._context.close()
        self.close()
        return False

    @staticmethod
    def reset(target, containers=None, config=None):
        """Forgets the variables that sessions share: there are none."""


class InteractiveSession(BaseSession):
    """A session that is the default from when it is made until it is closed, so that `Tensor.eval()` and
    `Operation.run()` need none named."""

    def __init__(self, target="", graph=None, config=None):
        super().__init__(target, graph, config)
        self._explicit = graph
        if graph is not None:
            _stacks.graphs.append(graph)
        _stacks.sessions.append(self)

    def close(self):
        """Ends the session: its variables are gone, and it is no longer the default."""
        super().close()
        for stack, member in ((_stacks.sessions, self), (_stacks.graphs, self._explicit)):
            for i in reversed(range(len(stack))):
                if stack[i] is member:
                    del stack[i]
                    break
