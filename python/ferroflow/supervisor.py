"""The older way to train with checkpoints and summaries: a supervisor of a session."""

import contextlib
import os

from .coordinator import Coordinator, LooperThread
from .default_graph import get_collection, get_default_graph
from .graph import GraphKeys
from .initialized import tables_initializer
from .math_ops import group
from .saver import Saver, latest_checkpoint
from .session import Session
from .summary import FileWriter, merge_all
from .variables import global_variables, global_variables_initializer, local_variables_initializer

USE_DEFAULT = object()


class SessionManager:
    """Makes sessions that start from a checkpoint or are initialised."""

    def __init__(
        self, local_init_op=None, ready_op=None, ready_for_local_init_op=None, graph=None, recovery_wait_secs=30
    ):
        self._local_init_op, self._graph = local_init_op, graph

    def recover_session(
        self,
        master,
        saver=None,
        checkpoint_dir=None,
        checkpoint_filename_with_path=None,
        wait_for_checkpoint=False,
        max_wait_secs=7200,
        config=None,
    ):
        """A session, and whether a checkpoint was found and restored; its local variables are initialised if it was."""
        session = Session(master, self._graph, config)
        path = checkpoint_filename_with_path or (latest_checkpoint(checkpoint_dir) if checkpoint_dir else None)
        if saver is None or path is None:
            return session, False
        saver.restore(session, path)
        if self._local_init_op is not None:
            session.run(self._local_init_op)
        return session, True

    def prepare_session(
        self,
        master,
        init_op=None,
        saver=None,
        checkpoint_dir=None,
        checkpoint_filename_with_path=None,
        wait_for_checkpoint=False,
        max_wait_secs=7200,
        config=None,
        init_feed_dict=None,
        init_fn=None,
    ):
        """A session that starts from the newest checkpoint, or else from `init_op` and `init_fn(session)`."""
        where = checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config
        session, restored = self.recover_session(master, saver, *where)
        if not restored:
            if init_op is not None:
                session.run(init_op, init_feed_dict)
            if init_fn is not None:
                init_fn(session)
            if self._local_init_op is not None:
                session.run(self._local_init_op)
        return session


class Supervisor:
    """Starts a session from the newest checkpoint in `logdir`, or from `init_op`, and while it trains saves one every
    `save_model_secs`, and summaries every `save_summaries_secs`, from threads of their own.

    What is not given is found in a collection, or made; `None` for `saver`, `summary_op`, `global_step` or `init_op` is for
    none. It closes the graph.
    """

    USE_DEFAULT = USE_DEFAULT

    def __init__(
        self,
        graph=None,
        ready_op=USE_DEFAULT,
        ready_for_local_init_op=USE_DEFAULT,
        is_chief=True,
        init_op=USE_DEFAULT,
        init_feed_dict=None,
        local_init_op=USE_DEFAULT,
        logdir=None,
        summary_op=USE_DEFAULT,
        saver=USE_DEFAULT,
        global_step=USE_DEFAULT,
        save_summaries_secs=120,
        save_model_secs=600,
        recovery_wait_secs=30,
        stop_grace_secs=120,
        checkpoint_basename="model.ckpt",
        session_manager=None,
        summary_writer=USE_DEFAULT,
        init_fn=None,
        local_init_run_options=None,
    ):
        self._graph = graph or get_default_graph()
        self._folder, self.save_path = logdir, os.path.join(logdir, checkpoint_basename) if logdir else None
        self.save_summaries_secs, self.save_model_secs, self._grace = (
            save_summaries_secs,
            save_model_secs,
            stop_grace_secs,
        )
        self.coord, self.init_feed_dict, self._init_fn = Coordinator(), init_feed_dict, init_fn
        with self._graph.as_default():
            from .train import get_global_step

            given = lambda value, key, make: _made_or_found(key, make) if value is USE_DEFAULT else value
            self.init_op = given(init_op, GraphKeys.INIT_OP, global_variables_initializer)
            local = lambda: group(local_variables_initializer(), tables_initializer())
            self._local_init_op = given(local_init_op, GraphKeys.LOCAL_INIT_OP, local)
            self.summary_op = given(summary_op, GraphKeys.SUMMARY_OP, merge_all)
            self.saver = given(saver, GraphKeys.SAVERS, lambda: Saver() if global_variables() else None)
            self.global_step = get_global_step() if global_step is USE_DEFAULT else global_step
        self.summary_writer = summary_writer
        if summary_writer is USE_DEFAULT:
            self.summary_writer = FileWriter(logdir) if logdir else None
        self.session_manager = session_manager or SessionManager(self._local_init_op, graph=self._graph)
        self._graph.finalize()

    def prepare_or_wait_for_session(
        self, master="", config=None, wait_for_checkpoint=False, max_wait_secs=7200, start_standard_services=True
    ):
        """A session that is ready to train, with the threads that save what it trains."""
        self.coord.clear_stop()
        options = dict(config=config, init_feed_dict=self.init_feed_dict, init_fn=self._init_fn)
        session = self.session_manager.prepare_session(master, self.init_op, self.saver, self._folder, **options)
        if start_standard_services:
            self.start_standard_services(session)
        return session

    def start_standard_services(self, sess):
        """Starts the threads that save checkpoints and summaries in `logdir`; gives them."""
        threads = []
        if self._folder and self.summary_op is not None and self.summary_writer and self.save_summaries_secs:
            threads.append(self.loop(self.save_summaries_secs, self._summarize, (sess,)))
        if self._folder and self.saver is not None and self.save_model_secs:
            threads.append(self.loop(self.save_model_secs, self._save, (sess,)))
        return threads

    def _summarize(self, session):
        self.summary_computed(session, session.run(self.summary_op))

    def _save(self, session):
        os.makedirs(self._folder, exist_ok=True)
        self.saver.save(session, self.save_path, global_step=self.global_step)

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        """Starts a thread that calls `target` every `timer_interval_secs` until the supervisor stops."""
        return LooperThread.loop(self.coord, timer_interval_secs, target, args, kwargs)

    def summary_computed(self, sess, summary, global_step=None):
        """Writes a summary, at the session's global step unless another is given. Raises `RuntimeError` without a writer."""
        if not self.summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self.global_step is not None:
            global_step = int(sess.run(self.global_step))
        self.summary_writer.add_summary(summary, global_step)

    @contextlib.contextmanager
    def managed_session(self, master="", config=None, start_standard_services=True, close_summary_writer=True):
        """A context of a session that is ready to train. An error in it stops the threads, and is raised, unless it says
        that there are no more data."""
        session = None
        try:
            session = self.prepare_or_wait_for_session(master, config, start_standard_services=start_standard_services)
            with self.coord.stop_on_exception(), session.as_default():
                yield session
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if session is not None:
                    session.close()

    def should_stop(self):
        """Whether the training is to stop."""
        return self.coord.should_stop()

    def stop_on_exception(self):
        """A context in which an exception stops the training."""
        return self.coord.stop_on_exception()

    def request_stop(self, ex=None):
        """Asks the training to stop."""
        self.coord.request_stop(ex)

    def wait_for_stop(self):
        """Waits until the training is to stop."""
        self.coord.wait_for_stop()

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        """Stops the threads, and raises what made them stop."""
        self.coord.request_stop()
        try:
            self.coord.join(threads, self._grace, ignore_live_threads)
        finally:
            if close_summary_writer and self.summary_writer:
                self.summary_writer.close()


def _made_or_found(key, make):
    """The first member of a collection, or what is made and added to it."""
    members = get_collection(key)
    if members:
        return members[0]
    made = make()
    if made is not None:
        get_default_graph().add_to_collection(key, made)
    return made
