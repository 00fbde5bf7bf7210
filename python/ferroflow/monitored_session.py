"""Sessions with hooks, which restore and save what they train."""

from .coordinator import Coordinator
from .errors import OutOfRangeError
from .default_graph import get_collection, get_default_graph
from .graph import GraphKeys
from .hooks import (
    CheckpointSaverHook,
    SessionRunArgs,
    SessionRunContext,
    SessionRunValues,
    StepCounterHook,
    SummarySaverHook,
)
from .initialized import tables_initializer
from .math_ops import group
from .saver import Saver, get_checkpoint_state, latest_checkpoint
from .session import Session
from .variables import global_variables, global_variables_initializer, local_variables_initializer

USE_DEFAULT = object()


class Scaffold:
    """What a session is started with: operations that initialise, `init_fn(scaffold, session)`, summaries and a saver. What
    is not given is found in a collection, or made, by `finalize`."""

    def __init__(
        self,
        init_op=None,
        init_feed_dict=None,
        init_fn=None,
        ready_op=None,
        ready_for_local_init_op=None,
        local_init_op=None,
        summary_op=None,
        saver=None,
        copy_from_scaffold=None,
        local_init_feed_dict=None,
    ):
        other = copy_from_scaffold
        self.init_feed_dict, self.local_init_feed_dict = init_feed_dict, local_init_feed_dict
        self.ready_op, self.ready_for_local_init_op = ready_op, ready_for_local_init_op
        self.init_op, self.local_init_op, self.summary_op, self.saver = init_op, local_init_op, summary_op, saver
        self.init_fn = None if init_fn is None else lambda session: init_fn(self, session)
        for name in "init_op local_init_op summary_op saver init_fn init_feed_dict local_init_feed_dict".split():
            if getattr(self, name) is None and other is not None:
                setattr(self, name, getattr(other, name))

    def finalize(self):
        """Makes what is missing, and closes the graph; gives itself."""
        if self.init_op is None:
            self.init_op = self.get_or_default(
                "init_op", GraphKeys.INIT_OP, lambda: group(global_variables_initializer(), name="init")
            )
        if self.local_init_op is None:
            self.local_init_op = self.get_or_default(
                "local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op
            )
        if self.summary_op is None:
            from .summary import merge_all

            self.summary_op = self.get_or_default("summary_op", GraphKeys.SUMMARY_OP, merge_all)
        if self.saver is None:
            make = lambda: Saver() if global_variables() else None
            self.saver = self.get_or_default("saver", GraphKeys.SAVERS, make)
        get_default_graph().finalize()
        return self

    @staticmethod
    def get_or_default(arg_name, collection_key, default_constructor):
        """The one member of a collection, or what is made. Raises `RuntimeError` if there are several."""
        members = get_collection(collection_key)
        if len(members) > 1:
            raise RuntimeError(f"More than one item in the collection {collection_key}: give one as {arg_name}")
        if members:
            return members[0]
        made = default_constructor()
        if made is not None:
            get_default_graph().add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op():
        """The operation that initialises local variables and tables."""
        return group(local_variables_initializer(), tables_initializer())


class SessionCreator:
    """Makes sessions: `create_session()`."""

    def create_session(self):
        """A session that is ready to run."""
        raise NotImplementedError("create_session is not implemented for this SessionCreator")


class ChiefSessionCreator(SessionCreator):
    """Makes sessions whose variables are those of the newest checkpoint in `checkpoint_dir`, or of
    `checkpoint_filename_with_path`, or, where there is none, initialised."""

    def __init__(self, scaffold=None, master="", config=None, checkpoint_dir=None, checkpoint_filename_with_path=None):
        self._scaffold, self._master, self._config = scaffold or Scaffold(), master, config
        self._folder, self._path = checkpoint_dir, checkpoint_filename_with_path

    def create_session(self):
        """A session that is ready to run."""
        scaffold = self._scaffold.finalize()
        session = Session(self._master, config=self._config)
        path = self._path or (latest_checkpoint(self._folder) if self._folder else None)
        if path and scaffold.saver is not None:
            scaffold.saver.restore(session, path)
            state = get_checkpoint_state(self._folder) if self._folder else None
            if state is not None:
                scaffold.saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        else:
            session.run(scaffold.init_op, scaffold.init_feed_dict)
            if scaffold.init_fn is not None:
                scaffold.init_fn(session)
        session.run(scaffold.local_init_op, scaffold.local_init_feed_dict)
        return session


class WorkerSessionCreator(ChiefSessionCreator):
    """As `ChiefSessionCreator`: there is one machine, whose variables nobody else initialises."""

    def __init__(self, scaffold=None, master="", config=None, max_wait_secs=30 * 60):
        super().__init__(scaffold, master, config)


class MonitoredSession:
    """A session around whose runs `hooks` do what they do. It is made by `session_creator`, by default with every variable
    initialised, and closes the graph.

    As a context it ends quietly with `tf.errors.OutOfRangeError` and `StopIteration`; the hooks' `end` is called unless it
    ends with another error.
    """

    def __init__(self, session_creator=None, hooks=None, stop_grace_period_secs=120):
        self._hooks, self._grace = list(hooks or ()), stop_grace_period_secs
        self._graph, self._stop, self._coordinator = get_default_graph(), False, Coordinator()
        for hook in self._hooks:
            hook.begin()
        self._session = (session_creator or ChiefSessionCreator()).create_session()
        for hook in self._hooks:
            hook.after_create_session(self._session, self._coordinator)

    @property
    def graph(self):
        """The graph."""
        return self._graph

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """As `tf.Session.run`, with what the hooks fetch and feed besides. Raises `RuntimeError` once it is closed, and
        `ValueError` if two feed the same tensor."""
        if self._session is None:
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict, options), self._session)
        asked, feeds = [], dict(feed_dict or {})
        for hook in self._hooks:
            arguments = hook.before_run(context) or SessionRunArgs(None)
            if not isinstance(arguments, SessionRunArgs):
                arguments = SessionRunArgs(arguments)
            twice = [t for t in arguments.feed_dict or () if t in feeds]
            if twice:
                raise ValueError(f"Same tensor is fed by two hooks: {twice[0]}")
            feeds.update(arguments.feed_dict or {})
            asked.append([] if arguments.fetches is None else [arguments.fetches])
        found, more = self._session.run([fetches, asked], feeds)
        for hook, results in zip(self._hooks, more):
            hook.after_run(context, SessionRunValues(results[0] if results else None, options, run_metadata))
        self._stop = self._stop or context.stop_requested
        return found

    def run_step_fn(self, step_fn):
        """What `step_fn(step_context)` gives, or `step_fn(self, step_context)` of a method; `step_context` has `session`,
        without hooks, `run_with_hooks` and `request_stop()`."""
        return step_fn(_StepContext(self))

    def should_stop(self):
        """Whether a hook asked to stop, or the session is closed."""
        return self._session is None or self._stop or self._coordinator.should_stop()

    def close(self):
        """Calls the hooks' `end`, and closes the session."""
        self._end(None)

    def _end(self, error):
        session, self._session = self._session, None
        if session is None:
            return
        try:
            for hook in self._hooks if error is None else ():
                hook.end(session)
            self._coordinator.request_stop()
            self._coordinator.join(stop_grace_period_secs=self._grace, ignore_live_threads=True)
        finally:
            session.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        quiet = kind is None or issubclass(kind, (OutOfRangeError, StopIteration))
        self._end(None if quiet else error)
        return quiet


class _StepContext:
    def __init__(self, monitored):
        self.session, self.run_with_hooks, self._monitored = monitored._session, monitored.run, monitored

    def request_stop(self):
        """Stops, in the midst of the step."""
        self._monitored._stop = True
        raise StopIteration("step_fn has requested the iterations to stop.")


class SingularMonitoredSession(MonitoredSession):
    """A `MonitoredSession` that hands out its session, without hooks, as `raw_session()`."""

    def __init__(
        self,
        hooks=None,
        scaffold=None,
        master="",
        config=None,
        checkpoint_dir=None,
        stop_grace_period_secs=120,
        checkpoint_filename_with_path=None,
    ):
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(creator, hooks, stop_grace_period_secs)

    def raw_session(self):
        """The session."""
        return self._session


def MonitoredTrainingSession(
    master="",
    is_chief=True,
    checkpoint_dir=None,
    scaffold=None,
    hooks=None,
    chief_only_hooks=None,
    save_checkpoint_secs=USE_DEFAULT,
    save_summaries_steps=USE_DEFAULT,
    save_summaries_secs=USE_DEFAULT,
    config=None,
    stop_grace_period_secs=120,
    log_step_count_steps=100,
    max_wait_secs=7200,
    save_checkpoint_steps=USE_DEFAULT,
    summary_dir=None,
):
    """A `MonitoredSession` that restores the newest checkpoint of `checkpoint_dir`, and with `is_chief` saves one there every
    `save_checkpoint_secs` (600) or `save_checkpoint_steps`, and summaries and the speed in `summary_dir`, by default the
    same, every `save_summaries_steps` (100) or `save_summaries_secs`, and `log_step_count_steps`."""
    scaffold, hooks = scaffold or Scaffold(), list(hooks or ())
    checkpoints = _every(save_checkpoint_secs, save_checkpoint_steps, (600, None))
    summaries = _every(save_summaries_secs, save_summaries_steps, (None, 100))
    if is_chief:
        hooks = list(chief_only_hooks or ()) + hooks
        folder = summary_dir or checkpoint_dir
        if folder and log_step_count_steps:
            hooks.append(StepCounterHook(log_step_count_steps, output_dir=folder))
        if folder and any(summaries):
            hooks.append(SummarySaverHook(summaries[1], summaries[0], folder, scaffold=scaffold))
        if checkpoint_dir and any(checkpoints):
            hooks.append(CheckpointSaverHook(checkpoint_dir, *checkpoints, scaffold=scaffold))
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    return MonitoredSession(creator, hooks, stop_grace_period_secs)


def _every(seconds, steps, default):
    """Seconds and steps, of which a default counts only if neither is given."""
    if seconds is USE_DEFAULT and steps is USE_DEFAULT:
        return default
    return tuple(None if value is USE_DEFAULT else value for value in (seconds, steps))
