"""Files of records."""

import os as _os

from .later import absent as _absent
from . import _ferroflow
from . import errors as _errors


class TFRecordCompressionType:
    """How the records of a file are compressed: only `NONE` is known."""

    NONE, ZLIB, GZIP = 0, 1, 2


class TFRecordOptions:
    """How a file is written or read."""

    def __init__(self, compression_type=None, **_):
        self.compression_type = compression_type


def _check(options):
    kind = getattr(options, "compression_type", options)
    if kind not in (None, "", TFRecordCompressionType.NONE):
        raise _errors.UnimplementedError(None, None, "Records are neither compressed nor decompressed")


class TFRecordWriter:
    """Writes records, bytes each, to the file `path`."""

    def __init__(self, path, options=None):
        _check(options)
        self._writer = _ferroflow.RecordWriter(_os.fspath(path))

    def write(self, record):
        """Adds a record."""
        self._writer.write(record)

    def flush(self):
        """Gives all records to the system."""
        self._writer.flush()

    def close(self):
        """Ends the file."""
        self._writer.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
        return False


def tf_record_iterator(path, options=None):
    """The records of the file `path`, one after the other. Raises `tf.errors.DataLossError` where it is damaged."""
    _check(options)
    yield from _ferroflow.RecordReader(_os.fspath(path))


__getattr__ = _absent(__name__)
