"""Messages to standard error."""

import logging as _logging
import sys as _sys

from .later import absent as _absent

DEBUG, INFO, WARN, ERROR, FATAL = _logging.DEBUG, _logging.INFO, _logging.WARN, _logging.ERROR, _logging.FATAL
_logger = _logging.getLogger("tensorflow")
_logger.setLevel(WARN)
if not _logger.handlers:
    _handler = _logging.StreamHandler(_sys.stderr)
    _handler.setFormatter(_logging.Formatter("%(levelname)s:tensorflow:%(message)s"))
    _logger.addHandler(_handler)
    _logger.propagate = False

debug, info, warn, warning = _logger.debug, _logger.info, _logger.warning, _logger.warning
error, fatal, log = _logger.error, _logger.critical, _logger.log


def set_verbosity(v):
    """Shows messages of this level and those above."""
    _logger.setLevel(v)


def get_verbosity():
    """The level from which messages are shown."""
    return _logger.getEffectiveLevel()


def flush():
    """Writes out what was said."""
    for handler in _logger.handlers:
        handler.flush()


_counts = {}


def log_every_n(level, msg, n, *args):
    """Says it the first time and every `n`-th time after."""
    count = _counts.get(msg, 0)
    _counts[msg] = count + 1
    if count % n == 0:
        _logger.log(level, msg, *args)


def log_first_n(level, msg, n, *args):
    """Says it the first `n` times."""
    count = _counts.get(msg, 0)
    _counts[msg] = count + 1
    if count < n:
        _logger.log(level, msg, *args)


def log_if(level, msg, condition, *args):
    """Says it if `condition` is true."""
    if condition:
        _logger.log(level, msg, *args)


def vlog(level, msg, *args):
    """Says what is of less weight the greater `level` is."""
    _logger.log(DEBUG if level > 0 else INFO, msg, *args)


__getattr__ = _absent(__name__)
