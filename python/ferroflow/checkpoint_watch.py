"""Waiting for checkpoints that another program writes."""

import time

from .saver import latest_checkpoint


def wait_for_new_checkpoint(checkpoint_dir, last_checkpoint=None, seconds_to_sleep=1, timeout=None):
    """The path of the latest checkpoint in a directory, once it is another than `last_checkpoint`; `None` if that takes more
    than `timeout` seconds."""
    end = None if timeout is None else time.time() + timeout
    while True:
        path = latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            return path
        if end is not None and time.time() + seconds_to_sleep > end:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """The paths of the checkpoints in a directory as they appear, at least `min_interval_secs` apart. It ends when none came
    for `timeout` seconds, unless `timeout_fn()` then gives false."""
    path = None
    while True:
        path_before, path = path, wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if path is None:
            if timeout_fn is None or timeout_fn():
                return
            path = path_before
            continue
        start = time.time()
        yield path
        time.sleep(max(start + min_interval_secs - time.time(), 0))
