"""Summaries for TensorBoard: operations that give them, and the files in which they are written."""

import itertools as _itertools
import os as _os
import re as _re
import socket as _socket
import threading as _threading
import weakref as _weakref

from .later import absent as _absent
from . import _ferroflow
from . import logging as _logging
from .default_graph import (
    add_to_collections as _add_to_collections,
    get_collection as _get_collection,
    name_scope as _name_scope,
)
from .framework import call as _call, convert_to_tensor as _convert_to_tensor
from .graph import GraphKeys
from .messages import Event, SessionLog, Summary  # noqa: F401

_INVALID = _re.compile(r"[^-/\w\.]")
_numbers = _itertools.count()


def _clean(name):
    if name is None:
        return None
    clean = _INVALID.sub("_", name).lstrip("/")
    if clean != name:
        _logging.info("Summary name %s is illegal; using %s instead.", name, clean)
    return clean


def _summary(function, name, family, collections, values, *arguments):
    """Makes the summary in a scope of its name, which is its tag too."""
    name, family = _clean(name), _clean(family)
    with _name_scope(name if family is None else f"{family}/{name}", None, values) as scope:
        tag = scope.rstrip("/") if family is None else f"{family}/{scope.rstrip('/')}"
        made = _call(function, scope, tag, *arguments)
    _add_to_collections([GraphKeys.SUMMARIES] if collections is None else collections, made)
    return made


def scalar(name, tensor, collections=None, family=None):
    """The summary of a number, as a string.

    Its tag is the name of its operation: `name` within the name scopes, made unique. It is added to `collections`, by
    default `GraphKeys.SUMMARIES`; with `family`, summaries of which are shown together, the tag has that before it.
    """
    return _summary("scalar_summary", name, family, collections, [tensor], tensor)


def histogram(name, values, collections=None, family=None):
    """The summary that tells how the elements of `values` are distributed. A run in which one is not finite raises
    `tf.errors.InvalidArgumentError`. For name, `collections` and `family` see `scalar`."""
    return _summary("histogram_summary", name, family, collections, [values], values)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """The summary of the first `max_outputs` images of `tensor`, `[batch, height, width, channels]`, as PNG.

    There are 1, 3 or 4 channels. Bytes are taken as they are; of floats each image is scaled to the range of bytes. The
    images' tags are `name/image`, or `name/image/0` and so on. For name, `collections` and `family` see `scalar`.
    """
    return _summary("image_summary", name, family, collections, [tensor], tensor, max_outputs)


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """The summary of the first `max_outputs` sounds of `tensor`, `[batch, frames, channels]` or `[batch, frames]`, between
    -1 and 1, as WAV, where `sample_rate` frames are a second. Their tags are `name/audio`, or `name/audio/0` and so on.
    For name, `collections` and `family` see `scalar`."""
    tensor = _convert_to_tensor(tensor, preferred_dtype="float32")
    rate = _convert_to_tensor(sample_rate, "float32")
    return _summary("audio_summary", name, family, collections, [tensor], tensor, rate, max_outputs)


def text(name, tensor, collections=None):
    """The summary of text, a string or several. Raises `ValueError` if it is none. See `scalar`."""
    tensor = _convert_to_tensor(tensor)
    if tensor.dtype.name != "string":
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    return _summary("tensor_summary", name, None, collections, [tensor], tensor, "text", "", "")


def tensor_summary(
    name, tensor, summary_description=None, collections=None, summary_metadata=None, family=None, display_name=None
):
    """The summary of a whole tensor. For name, `collections` and `family` see `scalar`."""
    plugin = summary_metadata.plugin_data.plugin_name if summary_metadata is not None else ""
    title = display_name or (summary_metadata.display_name if summary_metadata is not None else "")
    words = summary_description or (summary_metadata.summary_description if summary_metadata is not None else "")
    return _summary("tensor_summary", name, family, collections, [tensor], tensor, plugin, title, words)


def merge(inputs, collections=None, name=None):
    """One summary of the values of all of `inputs`. A run in which a tag is there twice raises
    `tf.errors.InvalidArgumentError`."""
    inputs = [_convert_to_tensor(summary) for summary in inputs]
    with _name_scope(name, "Merge", inputs):
        merged = _call("merge_summary", "MergeSummary", inputs)
    _add_to_collections(collections or [], merged)
    return merged


def merge_all(key=GraphKeys.SUMMARIES, scope=None, name=None):
    """One summary of the values of all that are in the collection `key`, or `None` if there are none."""
    summaries = _get_collection(key, scope)
    return merge(summaries, name=name) if summaries else None


class FileWriter:
    """Writes summaries and other events to a file in the folder `logdir`, from which TensorBoard reads them.

    Events are on the disk at the latest `flush_secs` after they were added, if others follow, and after `flush()`. The
    file's name ends in `filename_suffix`. A graph is taken and not written.
    """

    def __init__(
        self,
        logdir,
        graph=None,
        max_queue=10,
        flush_secs=120,
        graph_def=None,
        filename_suffix=None,
        session=None,
    ):
        self._logdir, self._flush_secs = _os.fspath(logdir), flush_secs
        self._suffix = filename_suffix or ""
        self._known = set()
        self._open()

    def _open(self):
        # Files that are begun in one second have each its own name.
        suffix = f"{_socket.gethostname()}.{_os.getpid()}.{next(_numbers)}{self._suffix}"
        self._writer = _ferroflow.EventWriter(self._logdir, suffix, float(self._flush_secs))
        self._closed = False
        # At the end of the program too.
        _weakref.finalize(self, self._writer.close)

    def get_logdir(self):
        """The folder."""
        return self._logdir

    def add_event(self, event):
        """Adds a `tf.Event`."""
        if self._closed:
            _logging.warning("Attempting to use a closed FileWriter. The operation will be a noop unless reopened.")
            return
        self._writer.write(event)

    def add_summary(self, summary, global_step=None):
        """Adds a summary, of the step `global_step`: what a run of its operation gave, or a `tf.Summary`."""
        if isinstance(summary, bytes):
            summary = Summary.FromString(summary)
        for value in summary.value:
            # TensorBoard needs metadata once for each tag.
            if value.HasField("metadata"):
                if value.tag in self._known:
                    del value._set["metadata"]
                self._known.add(value.tag)
        self._add(global_step, summary=summary)

    def add_session_log(self, session_log, global_step=None):
        """Adds a `tf.SessionLog`."""
        self._add(global_step, session_log=session_log)

    def _add(self, global_step, **what):
        self.add_event(Event(wall_time=_ferroflow.now(), step=0 if global_step is None else int(global_step), **what))

    def add_graph(self, graph=None, global_step=None, graph_def=None):
        """Takes a graph, which is not written: it has no form that TensorBoard could read."""

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Takes a graph, which is not written."""

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Takes what a run told of itself, which is not written."""

    def flush(self):
        """Gives all events to the system."""
        self._writer.flush()

    def close(self):
        """Ends the file. What is added from now on is lost, unless it is opened again."""
        self._writer.close()
        self._closed = True

    def reopen(self):
        """Begins another file in the same folder, if this one is closed."""
        if self._closed:
            self._open()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
        return False


class FileWriterCache:
    """One `FileWriter` for each folder."""

    _writers = {}
    _lock = _threading.RLock()

    @staticmethod
    def get(logdir):
        """The writer of that folder, made if there is none yet."""
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._writers:
                FileWriterCache._writers[logdir] = FileWriter(logdir)
            return FileWriterCache._writers[logdir]

    @staticmethod
    def clear():
        """Closes and forgets all writers."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._writers.values():
                writer.close()
            FileWriterCache._writers.clear()


def summary_iterator(path):
    """The events of the file `path`, one after the other. Raises `tf.errors.DataLossError` where it is damaged."""
    for record in _ferroflow.RecordReader(_os.fspath(path)):
        yield Event.FromString(record)


# The names of old.


def _named(function, default, name, collections, tag, *arguments):
    with _name_scope(name, default) as scope:
        made = _call(function, scope, tag, *arguments)
    _add_to_collections([GraphKeys.SUMMARIES] if collections is None else collections, made)
    return made


def scalar_summary(tags, values, collections=None, name=None):
    """The summary of numbers, each with its tag, as a string: `tags` has the shape of `values`."""
    return _named("scalar_summary", "ScalarSummary", name, collections, tags, values)


def histogram_summary(tag, values, collections=None, name=None):
    """The summary that tells how the elements of `values` are distributed."""
    return _named("histogram_summary", "HistogramSummary", name, collections, tag, values)


def image_summary(tag, tensor, max_images=3, collections=None, name=None):
    """The summary of the first `max_images` images of `tensor`, `[batch, height, width, channels]`, as PNG."""
    return _named("image_summary", "ImageSummary", name, collections, tag, tensor, max_images)


def merge_summary(inputs, collections=None, name=None):
    """One summary of the values of all of `inputs`."""
    with _name_scope(name, "MergeSummary") as scope:
        merged = _call("merge_summary", scope, list(inputs))
    _add_to_collections(collections or [], merged)
    return merged


def merge_all_summaries(key=GraphKeys.SUMMARIES):
    """One summary of the values of all that are in the collection `key`, or `None` if there are none."""
    summaries = _get_collection(key)
    return merge_summary(summaries) if summaries else None


__getattr__ = _absent(__name__)
