"""Training with hooks, with a supervisor, and with threads that stop together."""

import glob
import math
import threading

import pytest

import ferroflow as tf


@pytest.fixture
def model():
    """A variable that is 3 at first and goes to 0, its loss, its step, and the global step."""
    weight, step = tf.Variable(3.0, name="w"), tf.train.get_or_create_global_step()
    loss = weight * weight
    return weight, loss, tf.train.GradientDescentOptimizer(0.5).minimize(tf.abs(weight), step), step


class Noted(tf.train.SessionRunHook):
    """Notes what is called, and fetches and feeds what it is given."""

    def __init__(self, arguments=None, stop_after=99):
        self.arguments, self.stop_after, self.calls, self.values = arguments, stop_after, [], []

    def begin(self):
        self.calls.append("begin")

    def after_create_session(self, session, coord):
        self.calls.append("created")

    def before_run(self, run_context):
        assert isinstance(run_context, tf.train.SessionRunContext)
        return self.arguments

    def after_run(self, run_context, run_values):
        assert isinstance(run_values, tf.train.SessionRunValues)
        self.values.append(run_values.results)
        if len(self.values) == self.stop_after:
            run_context.request_stop()

    def end(self, session):
        self.calls.append("end")


def test_hooks_around_runs(model):
    weight, loss, train, _ = model
    fed = tf.placeholder(tf.float32)
    product = fed * loss
    hook = Noted(tf.train.SessionRunArgs({"w": weight}, {fed: 2.0}), 2)
    final, feeds = tf.train.FinalOpsHook(weight), tf.train.FeedFnHook(lambda: {})
    with tf.train.MonitoredSession(hooks=[hook, final, feeds]) as session:
        assert session.run(product) == 18.0
        assert not session.should_stop()
        session.run(train)
        assert session.should_stop()
        with pytest.raises(ValueError, match="fed by two"):
            session.run(fed, {fed: 1.0})
    assert hook.calls == ["begin", "created", "end"] and hook.values == [{"w": 3.0}, {"w": 3.0}]
    assert final.final_ops_values == 2.5 and session.should_stop()
    with pytest.raises(RuntimeError, match="Graph is finalized"):
        tf.constant(1.0)
    with pytest.raises(RuntimeError, match="should_stop"):
        session.run(train)


def test_errors_end_a_session(model):
    hook = Noted()
    with tf.train.SingularMonitoredSession([hook]) as session:
        assert session.raw_session().run(model[0]) == 3.0
        raise tf.errors.OutOfRangeError(None, None, "no more data")
    assert hook.calls[-1] == "end"
    tf.reset_default_graph()
    tf.Variable(1.0)
    other = Noted()
    with pytest.raises(ZeroDivisionError):
        with tf.train.MonitoredSession(tf.train.WorkerSessionCreator(), [other]):
            raise ZeroDivisionError
    assert other.calls[-1] == "created"


def test_steps_by_hand(model):
    def step(context):
        context.session.run(model[2])
        return context.run_with_hooks(model[0])

    with tf.train.MonitoredSession() as session:
        assert session.run_step_fn(step) == 2.5
        session.run_step_fn(lambda context: context.request_stop())
    assert session.should_stop()


def test_stopping(model):
    with tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(num_steps=3)]) as session:
        steps = 0
        while not session.should_stop():
            session.run(model[2])
            steps += 1
    assert steps == 3
    for wrong in ({}, {"num_steps": 1, "last_step": 1}):
        with pytest.raises(ValueError, match="one of num_steps"):
            tf.train.StopAtStepHook(**wrong)
    tf.reset_default_graph()
    with pytest.raises(RuntimeError, match="Global step"):
        tf.train.StopAtStepHook(1).begin()


def test_what_is_no_number():
    loss = tf.placeholder(tf.float32)
    with pytest.raises(tf.train.NanLossDuringTrainingError, match="NaN loss"):
        with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss)]) as session:
            session.run(loss, {loss: 1.0})
            session.run(loss, {loss: math.nan})
    tf.reset_default_graph()
    loss = tf.placeholder(tf.float32)
    with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss, False)]) as session:
        session.run(loss, {loss: math.nan})
        assert session.should_stop()


def test_logging(model):
    lines = []
    hook = tf.train.LoggingTensorHook(
        {"loss": model[1]}, 2, at_end=True, formatter=lambda v: lines.append(v["loss"]) or ""
    )
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        for _ in range(3):
            session.run(model[2])
    assert lines == [9.0, 4.0, 2.25]
    with pytest.raises(ValueError, match="exactly one"):
        tf.train.LoggingTensorHook([model[1]])


def test_time_for_it():
    timer = tf.train.SecondOrStepTimer(every_steps=3)
    assert timer.should_trigger_for_step(0) and timer.update_last_triggered_step(0) == (None, None)
    assert [timer.should_trigger_for_step(step) for step in (0, 2, 3)] == [False, False, True]
    assert timer.update_last_triggered_step(4)[1] == 4 and timer.last_triggered_step() == 4
    assert not tf.train.SecondOrStepTimer(every_secs=1e9).update_last_triggered_step(1)[0]
    with pytest.raises(ValueError, match="exactly one"):
        tf.train.SecondOrStepTimer()


def test_training_goes_on_from_a_checkpoint(model, tmp_path):
    calls = []

    class Listener(tf.train.CheckpointSaverListener):
        def before_save(self, session, global_step_value):
            calls.append(global_step_value)

    weight, loss, train, step = model
    tf.summary.scalar("loss", loss)
    folder = str(tf.compat.path_to_str(tmp_path))
    saving = tf.train.CheckpointSaverHook(folder, save_steps=2, listeners=[Listener()])
    options = dict(checkpoint_dir=folder, save_checkpoint_secs=None, save_summaries_steps=1, log_step_count_steps=1)
    with tf.train.MonitoredTrainingSession(hooks=[saving, tf.train.StopAtStepHook(last_step=3)], **options) as session:
        while not session.should_stop():
            session.run(train)
    assert calls == [0, 2, 3] and tf.train.latest_checkpoint(folder).endswith("model.ckpt-3")
    events = [e for path in glob.glob(folder + "/events*") for e in tf.train.summary_iterator(path)]
    tags = [value.tag for event in events for value in event.summary.value]
    assert tags.count("loss") == 3 and tags.count("global_step/sec") == 2
    tf.summary.FileWriterCache.clear()
    tf.reset_default_graph()
    weight, step = tf.Variable(0.0, name="w"), tf.train.create_global_step()
    creator = tf.train.ChiefSessionCreator(checkpoint_dir=folder)
    assert isinstance(creator, tf.train.SessionCreator)
    with tf.train.MonitoredSession(creator, [tf.train.GlobalStepWaiterHook(2)]) as session:
        assert session.run([weight, step]) == [1.5, 3]


def test_a_scaffold(model):
    def load(scaffold, session):
        model[0].load(7.0, session)

    scaffold = tf.train.Scaffold(init_fn=load, summary_op=tf.constant("none"))
    with tf.train.MonitoredTrainingSession(scaffold=scaffold, hooks=[tf.train.StepCounterHook()]) as session:
        assert session.run(model[0]) == 7.0
    assert tf.train.Scaffold(copy_from_scaffold=scaffold).init_op is scaffold.init_op
    with pytest.raises(ValueError, match="scaffold or summary_op"):
        tf.train.SummarySaverHook(1)


def test_a_supervisor(model, tmp_path):
    weight, loss, train, step = model
    tf.summary.scalar("loss", loss)
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0.01, save_summaries_secs=0.01)
    with supervisor.managed_session() as session:
        assert not supervisor.should_stop() and session is tf.get_default_session()
        session.run(train)
        while not (tf.train.latest_checkpoint(str(tmp_path)) or "").endswith("-1"):
            pass
    assert supervisor.should_stop()
    tf.reset_default_graph()
    restored, _ = tf.Variable(0.0, name="w"), tf.train.create_global_step()
    again = tf.train.Supervisor(logdir=str(tmp_path), summary_op=None, save_model_secs=0)
    with again.managed_session() as session:
        assert session.run(restored) == 2.5
    manager = tf.train.SessionManager()
    session, found = manager.recover_session("", again.saver, str(tmp_path))
    assert found and session.run(restored) == 2.5
    with pytest.raises(ZeroDivisionError):
        with tf.train.Supervisor(init_op=None).managed_session():
            raise ZeroDivisionError


def test_threads_that_stop_together():
    coordinator, counted = tf.train.Coordinator(), []

    def count():
        counted.append(1)
        if len(counted) == 3:
            coordinator.request_stop()

    tf.train.LooperThread.loop(coordinator, None, count)
    waiting = threading.Thread(target=coordinator.wait_for_stop, daemon=True)
    waiting.start()
    coordinator.join([waiting])
    assert len(counted) == 3 and coordinator.should_stop() and coordinator.joined
    coordinator.clear_stop()
    assert not coordinator.should_stop()
    with coordinator.stop_on_exception():
        raise KeyError("lost")
    with pytest.raises(KeyError, match="lost"):
        coordinator.join()
    clean = tf.train.Coordinator()
    with clean.stop_on_exception():
        raise tf.errors.OutOfRangeError(None, None, "no more data")
    clean.join()
    stuck = tf.train.Coordinator()
    stuck.register_thread(threading.Thread(target=lambda: threading.Event().wait(1), daemon=True))
    stuck._threads[0].start()
    stuck.request_stop()
    with pytest.raises(RuntimeError, match="still running"):
        stuck.join(stop_grace_period_secs=0.01)
    assert tf.train.start_queue_runners(coord=clean) == []


def test_a_noisy_learning_rate(run):
    quiet = tf.train.noisy_linear_cosine_decay(2.0, 5, 10, initial_variance=0.0, alpha=0.1)
    assert run(quiet) == pytest.approx(2.0 * ((0.1 + 0.5) * 0.5 + 0.001))
    noisy = tf.train.noisy_linear_cosine_decay(2.0, 5, 10)
    assert run(noisy) != run(noisy)


def test_a_restarted_session_remembers_the_checkpoints(tmp_path):
    for _ in range(3):
        tf.reset_default_graph()
        step = tf.train.get_or_create_global_step()
        train = tf.assign_add(step, 1)
        hooks = [tf.train.StopAtStepHook(num_steps=4)]
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=str(tmp_path), save_checkpoint_steps=2, save_summaries_steps=None, hooks=hooks
        ) as session:
            while not session.should_stop():
                session.run(train)
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert len(state.all_model_checkpoint_paths) == 5 == len(list(tmp_path.glob("*.index")))
