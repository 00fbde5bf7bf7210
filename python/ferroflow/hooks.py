"""What is done around each step of a `tf.train.MonitoredSession`: logged, saved, counted, stopped."""

import collections
import math
import os
import time

from . import logging
from .default_graph import get_collection
from .graph import GraphKeys
from .summary import FileWriterCache, SessionLog, Summary

SessionRunArgs = collections.namedtuple("SessionRunArgs", "fetches feed_dict options", defaults=(None, None))
SessionRunArgs.__doc__ = "What a hook adds to a run: more fetches, of any form, and more feeds."
SessionRunValues = collections.namedtuple("SessionRunValues", "results options run_metadata", defaults=(None, None))
SessionRunValues.__doc__ = "What a run gave for the fetches of a hook."


class SessionRunContext:
    """A run that is about to be made, or was made: `original_args` are its caller's."""

    def __init__(self, original_args, session):
        self.original_args, self.session = original_args, session
        self.stop_requested = False

    def request_stop(self):
        """Has `should_stop()` of the monitored session be true from now on."""
        self.stop_requested = True


class SessionRunHook:
    """What may be done around each step. A class of a program's own defines what it needs of these."""

    def begin(self):
        """Is called once, before the graph is closed."""

    def after_create_session(self, session, coord):
        """Is called when the session has been made and its variables initialised."""

    def before_run(self, run_context):
        """Is called before each run; gives `SessionRunArgs`, or `None`."""

    def after_run(self, run_context, run_values):
        """Is called after each run with `SessionRunValues`."""

    def end(self, session):
        """Is called at the end, unless that is an error."""


def _global_step():
    from .train import get_global_step

    step = get_global_step()
    if step is None:
        raise RuntimeError("Global step should be created, by tf.train.get_or_create_global_step()")
    return step


class SecondOrStepTimer:
    """Says every `every_secs` seconds, or every `every_steps` steps, that it is time. Raises `ValueError` unless just one of
    both is given."""

    def __init__(self, every_secs=None, every_steps=None):
        if (every_secs is None) == (every_steps is None):
            raise ValueError("exactly one of every_secs and every_steps should be provided.")
        self._secs, self._steps = every_secs, every_steps
        self.reset()

    def reset(self):
        """Forgets when it last was time."""
        self._step = self._time = None

    def should_trigger_for_step(self, global_step):
        """Whether it is time at that step."""
        if self._step is None:
            return True
        if self._step == global_step:
            return False
        if self._secs is not None:
            return time.time() >= self._time + self._secs
        return global_step >= self._step + self._steps

    def update_last_triggered_step(self, global_step):
        """Notes that it was time at that step; gives the seconds and steps since the time before, `None` the first time."""
        now, first = time.time(), self._step is None
        passed = (None, None) if first else (now - self._time, global_step - self._step)
        self._step, self._time = global_step, now
        return passed

    def last_triggered_step(self):
        """The step at which it last was time, or `None`."""
        return self._step


class LoggingTensorHook(SessionRunHook):
    """Logs the values of `tensors`, a list, or a dictionary of what to call them, every `every_n_iter` runs or
    `every_n_secs` seconds, and with `at_end` at the end. `formatter` makes a line of a dictionary of values."""

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False, formatter=None):
        if at_end and every_n_iter is None and every_n_secs is None:
            self._timer = None
        elif (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        elif every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        else:
            self._timer = SecondOrStepTimer(every_n_secs, every_n_iter)
        self._tensors = dict(tensors) if isinstance(tensors, dict) else {getattr(t, "name", t): t for t in tensors}
        self._at_end, self._formatter = at_end, formatter

    def begin(self):
        """Starts to count."""
        self._iteration = 0
        if self._timer is not None:
            self._timer.reset()

    def before_run(self, run_context):
        """Asks for the tensors when it is time."""
        self._due = self._timer is not None and self._timer.should_trigger_for_step(self._iteration)
        return SessionRunArgs(self._tensors) if self._due else None

    def after_run(self, run_context, run_values):
        """Logs them."""
        if self._due:
            self._log(run_values.results)
        self._iteration += 1

    def end(self, session):
        """Logs them once more, if asked to."""
        if self._at_end:
            self._log(session.run(self._tensors))

    def _log(self, values):
        passed = None if self._timer is None else self._timer.update_last_triggered_step(self._iteration)[0]
        if self._formatter is not None:
            return logging.info(self._formatter(values))
        line = ", ".join(f"{name} = {value}" for name, value in values.items())
        logging.info("%s", line if passed is None else f"{line} ({passed:.3f} sec)")


class StopAtStepHook(SessionRunHook):
    """Stops after `num_steps` steps, or at the global step `last_step`. Raises `ValueError` unless just one is given."""

    def __init__(self, num_steps=None, last_step=None):
        if (num_steps is None) == (last_step is None):
            raise ValueError("Exactly one of num_steps and last_step must be specified.")
        self._number, self._last = num_steps, last_step

    def begin(self):
        """Finds the global step. Raises `RuntimeError` if there is none."""
        self._global_step = _global_step()

    def after_create_session(self, session, coord):
        """Counts from where the session starts."""
        if self._last is None:
            self._last = int(session.run(self._global_step)) + self._number

    def after_run(self, run_context, run_values):
        """Stops if the step is reached."""
        if int(run_context.session.run(self._global_step)) >= self._last:
            run_context.request_stop()


class CheckpointSaverListener:
    """What may be done around the writing of a checkpoint. A class of a program's own defines what it needs of these."""

    def begin(self):
        """Is called once, before the graph is closed."""

    def before_save(self, session, global_step_value):
        """Is called before a checkpoint is written."""

    def after_save(self, session, global_step_value):
        """Is called after it was written; what it gives, if true, stops the training."""

    def end(self, session, global_step_value):
        """Is called at the end."""


class CheckpointSaverHook(SessionRunHook):
    """Saves the variables in `checkpoint_dir` every `save_secs` seconds or `save_steps` steps, at first and at the end, by
    `saver`, or that of `scaffold`, or one of the collection `SAVERS`, or one that is made."""

    def __init__(
        self,
        checkpoint_dir,
        save_secs=None,
        save_steps=None,
        saver=None,
        checkpoint_basename="model.ckpt",
        scaffold=None,
        listeners=None,
        save_graph_def=True,
    ):
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver, self._scaffold, self._listeners = saver, scaffold, list(listeners or ())
        self._folder, self._path = checkpoint_dir, os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self):
        """Finds the global step and the saver."""
        from .train import Saver

        self._global_step = _global_step()
        if self._saver is None and self._scaffold is None:
            savers = get_collection(GraphKeys.SAVERS)
            self._saver = savers[0] if savers else Saver()
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session, coord):
        """Saves what training starts from."""
        step = int(session.run(self._global_step))
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def after_run(self, run_context, run_values):
        """Saves when it is time."""
        step = int(run_context.session.run(self._global_step))
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session):
        """Saves what was trained since."""
        step = int(session.run(self._global_step))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session, step):
        os.makedirs(self._folder, exist_ok=True)
        for listener in self._listeners:
            listener.before_save(session, step)
        saver = self._saver if self._scaffold is None else self._scaffold.saver
        saver.save(session, self._path, global_step=step)
        FileWriterCache.get(self._folder).add_session_log(
            SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._path), step
        )
        return any([listener.after_save(session, step) for listener in self._listeners])


class StepCounterHook(SessionRunHook):
    """Logs, and writes as the summary `global_step/sec`, how many steps there are in a second."""

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._writer, self._folder = summary_writer, output_dir

    def begin(self):
        """Finds the global step and the writer."""
        self._global_step = _global_step()
        self._tag = self._global_step.op.name + "/sec"
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)

    def before_run(self, run_context):
        """Asks for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context, run_values):
        """Tells the speed when it is time."""
        step = int(run_values.results) + 1
        if self._timer.should_trigger_for_step(step):
            seconds, steps = self._timer.update_last_triggered_step(step)
            if seconds:
                speed = steps / seconds
                logging.info("%s: %g", self._tag, speed)
                if self._writer is not None:
                    summary = Summary(value=[Summary.Value(tag=self._tag, simple_value=speed)])
                    self._writer.add_summary(summary, step)


class NanLossDuringTrainingError(RuntimeError):
    """A loss is no number."""

    def __str__(self):
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Ends the training when `loss_tensor` is no number: raises `NanLossDuringTrainingError`, or just stops unless
    `fail_on_nan_loss`."""

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        self._loss, self._fail = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context):
        """Asks for the loss."""
        return SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        """Looks at it."""
        if math.isnan(run_values.results):
            if self._fail:
                logging.error("Model diverged with loss = NaN.")
                raise NanLossDuringTrainingError
            logging.warning("Model diverged with loss = NaN.")
            run_context.request_stop()


class SummarySaverHook(SessionRunHook):
    """Writes `summary_op`, or that of `scaffold`, every `save_steps` steps or `save_secs` seconds."""

    def __init__(
        self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None, scaffold=None, summary_op=None
    ):
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._summary, self._scaffold, self._writer, self._folder = summary_op, scaffold, summary_writer, output_dir

    def begin(self):
        """Finds the global step and the writer."""
        self._global_step = _global_step()
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)
        self._next = 0

    def before_run(self, run_context):
        """Asks for the summaries when it is time."""
        summary = self._summary if self._scaffold is None else self._scaffold.summary_op
        self._due = summary is not None and self._timer.should_trigger_for_step(self._next)
        summaries = [] if not self._due else list(summary) if isinstance(summary, (list, tuple)) else [summary]
        return SessionRunArgs([self._global_step, summaries])

    def after_run(self, run_context, run_values):
        """Writes them."""
        step, summaries = int(run_values.results[0]) + 1, run_values.results[1]
        if self._due:
            self._timer.update_last_triggered_step(step)
            for summary in summaries if self._writer is not None else ():
                self._writer.add_summary(summary, step)
        self._next = step + 1

    def end(self, session):
        """Writes out what was written."""
        if self._writer is not None:
            self._writer.flush()


class GlobalStepWaiterHook(SessionRunHook):
    """Waits until the global step, which other threads count on, is `wait_until_step`."""

    def __init__(self, wait_until_step):
        self._wanted = wait_until_step

    def begin(self):
        """Finds the global step."""
        self._global_step = _global_step()

    def before_run(self, run_context):
        """Waits."""
        while int(run_context.session.run(self._global_step)) < self._wanted:
            time.sleep(0.5)


class FinalOpsHook(SessionRunHook):
    """Runs `final_ops` at the end; `final_ops_values` is what they gave."""

    def __init__(self, final_ops, final_ops_feed_dict=None):
        self._fetches, self._feeds, self.final_ops_values = final_ops, final_ops_feed_dict, None

    def end(self, session):
        """Runs them."""
        if self._fetches is not None:
            self.final_ops_values = session.run(self._fetches, self._feeds)


class FeedFnHook(SessionRunHook):
    """Feeds each run with the dictionary that `feed_fn()` gives."""

    def __init__(self, feed_fn):
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        """Adds the feeds."""
        return SessionRunArgs(None, self.feed_fn())
