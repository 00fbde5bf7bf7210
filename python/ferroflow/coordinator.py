"""Threads that stop together."""

import contextlib
import threading
import time

from . import errors


class Coordinator:
    """Asks threads to stop, and waits for them.

    A thread calls `should_stop()` now and then; any one may call `request_stop()`, with the exception that is to be raised
    by `join`. One of `clean_stop_exception_types`, by default `tf.errors.OutOfRangeError`, is not raised.
    """

    def __init__(self, clean_stop_exception_types=None):
        self._clean = tuple(clean_stop_exception_types or (errors.OutOfRangeError,))
        self._stopped, self._lock = threading.Event(), threading.Lock()
        self._error, self._threads, self._joined = None, [], False

    def request_stop(self, ex=None):
        """Asks the threads to stop, because of the exception `ex` if one is given: it, or what `sys.exc_info()` gives."""
        with self._lock:
            ex = ex[1] if isinstance(ex, tuple) else ex
            if self._joined and ex is not None:
                raise ex
            if not self._stopped.is_set():
                self._error = None if isinstance(ex, self._clean) else ex
                self._stopped.set()

    def clear_stop(self):
        """Forgets that the threads were asked to stop."""
        with self._lock:
            self._joined, self._error = False, None
            self._stopped.clear()

    def should_stop(self):
        """Whether the threads are to stop."""
        return self._stopped.is_set()

    def wait_for_stop(self, timeout=None):
        """Waits until the threads are to stop, `timeout` seconds at most; gives whether they are."""
        return self._stopped.wait(timeout)

    @contextlib.contextmanager
    def stop_on_exception(self):
        """A context in which an exception is handed to `request_stop`."""
        try:
            yield
        except Exception as error:
            self.request_stop(error)

    def register_thread(self, thread):
        """Has `join` wait for that thread too."""
        with self._lock:
            self._threads.append(thread)

    @property
    def joined(self):
        """Whether `join` has ended."""
        return self._joined

    def raise_requested_exception(self):
        """Raises the exception given to `request_stop`, if any."""
        if self._error is not None:
            raise self._error

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits for the threads to end, and raises the exception given to `request_stop`.

        Once they are asked to stop they have `stop_grace_period_secs`; raises `RuntimeError` if one still runs after that,
        unless `ignore_live_threads`.
        """
        threads = list(dict.fromkeys([*self._threads, *(threads or ())]))
        while any(t.is_alive() for t in threads) and not self.wait_for_stop(0.01):
            pass
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        alive = [t.name for t in threads if t.is_alive()]
        self._joined, self._threads = True, []
        self.raise_requested_exception()
        if alive and not ignore_live_threads:
            raise RuntimeError(f"Coordinator stopped with threads still running: {' '.join(alive)}")


class LooperThread(threading.Thread):
    """A thread that calls `target`, or `run_loop`, every `timer_interval_secs`, or again and again if that is `None`, until
    its coordinator says stop."""

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        super().__init__(daemon=True)
        self._coordinator, self._interval = coord, timer_interval_secs
        self._call = (target, tuple(args or ()), dict(kwargs or {}))
        coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        """Starts such a thread."""
        thread = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        thread.start()
        return thread

    def run(self):
        """Loops."""
        with self._coordinator.stop_on_exception():
            self.start_loop()
            if self._interval is None:
                while not self._coordinator.should_stop():
                    self.run_loop()
            else:
                while not self._coordinator.wait_for_stop(self._interval):
                    self.run_loop()
            self.stop_loop()

    def start_loop(self):
        """Is called before the first time."""

    def stop_loop(self):
        """Is called after the last time."""

    def run_loop(self):
        """Is called each time: calls `target`."""
        target, arguments, options = self._call
        if target is not None:
            target(*arguments, **options)


def start_queue_runners(sess=None, coord=None, daemon=True, start=True, collection="queue_runners"):
    """Starts the threads that fill queues. There are no queues, so there are none to start."""
    return []
