"""Which graph and which session are a thread's own."""

import threading


class _Stacks(threading.local):
    def __init__(self):
        self.graphs = []
        self.sessions = []


_stacks = _Stacks()


def get_default_session():
    """The session of the innermost `with session` of this thread, or `None`."""
    return _stacks.sessions[-1] if _stacks.sessions else None


def _session_for(session, graph, what):
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"{what}: No default session is registered. Use `with sess.as_default()` or pass `session=`."
            )
        if session.graph is not graph:
            raise ValueError(f"{what}: the default session's graph is another. Pass `session=`.")
    elif session.graph is not graph:
        raise ValueError(f"{what}: the session's graph is another.")
    return session
