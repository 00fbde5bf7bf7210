"""Files."""

import functools
import glob
import os
import shutil

from .later import absent as _absent
from . import errors


def _raising(function):
    @functools.wraps(function)
    def wrapped(*arguments, **options):
        try:
            return function(*arguments, **options)
        except FileNotFoundError as error:
            failed = errors.NotFoundError(None, None, str(error))
        except FileExistsError as error:
            failed = errors.AlreadyExistsError(None, None, str(error))
        except PermissionError as error:
            failed = errors.PermissionDeniedError(None, None, str(error))
        except OSError as error:
            failed = errors.FailedPreconditionError(None, None, str(error))
        raise failed

    return wrapped


@_raising
def GFile(name, mode="r"):
    """The file `name`, opened. Raises `tf.errors.NotFoundError` if there is none."""
    return open(name, mode, **({} if "b" in mode else {"encoding": "utf-8"}))


Open = FastGFile = GFile


def Exists(filename):
    """Whether there is a file or directory."""
    return os.path.exists(filename)


def IsDirectory(dirname):
    """Whether there is a directory."""
    return os.path.isdir(dirname)


def Glob(filename):
    """The paths that match a pattern, or one of several."""
    patterns = [filename] if isinstance(filename, str) else filename
    return [path for p in patterns for path in sorted(glob.glob(p))]


@_raising
def ListDirectory(dirname):
    """The names in a directory."""
    return os.listdir(dirname)


@_raising
def MakeDirs(dirname):
    """Makes a directory and those around it; none that is there already."""
    os.makedirs(dirname, exist_ok=True)


@_raising
def MkDir(dirname):
    """Makes a directory."""
    os.mkdir(dirname)


@_raising
def Remove(filename):
    """Removes a file."""
    os.remove(filename)


@_raising
def DeleteRecursively(dirname):
    """Removes a directory and all that is in it."""
    shutil.rmtree(dirname)


@_raising
def Copy(oldpath, newpath, overwrite=False):
    """Copies a file; over another only if `overwrite`."""
    if os.path.exists(newpath) and not overwrite:
        raise FileExistsError(f"{newpath} is there already")
    shutil.copyfile(oldpath, newpath)


@_raising
def Rename(oldname, newname, overwrite=False):
    """Moves a file; over another only if `overwrite`."""
    if os.path.exists(newname) and not overwrite:
        raise FileExistsError(f"{newname} is there already")
    os.replace(oldname, newname)


@_raising
def Stat(filename):
    """The length and the time of a file."""
    return os.stat(filename)


def Walk(top, in_order=True):
    """Every directory with its directories and files."""
    return os.walk(top, topdown=in_order)


__getattr__ = _absent(__name__)
