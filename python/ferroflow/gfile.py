"""Files."""

import glob
import os
import shutil

from . import errors


def _raising(function):
    def wrapped(path, *arguments, **options):
        try:
            return function(path, *arguments, **options)
        except FileNotFoundError as error:
            failed = errors.NotFoundError(None, None, str(error))
        except FileExistsError as error:
            failed = errors.AlreadyExistsError(None, None, str(error))
        except PermissionError as error:
            failed = errors.PermissionDeniedError(None, None, str(error))
        except OSError as error:
            failed = errors.FailedPreconditionError(None, None, str(error))
        raise failed

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    return wrapped


@_raising
def GFile(name, mode="r"):
    """The file `name`, opened. Raises `tf.errors.NotFoundError` if there is none."""
    return open(name, mode, **({} if "b" in mode else {"encoding": "utf-8"}))


Open = FastGFile = GFile


def Exists(path):
    """Whether there is a file or directory."""
    return os.path.exists(path)


def IsDirectory(path):
    """Whether there is a directory."""
    return os.path.isdir(path)


def Glob(pattern):
    """The paths that match a pattern, or one of several."""
    patterns = [pattern] if isinstance(pattern, str) else pattern
    return [path for p in patterns for path in sorted(glob.glob(p))]


@_raising
def ListDirectory(path):
    """The names in a directory."""
    return os.listdir(path)


@_raising
def MakeDirs(path):
    """Makes a directory and those around it; none that is there already."""
    os.makedirs(path, exist_ok=True)


@_raising
def MkDir(path):
    """Makes a directory."""
    os.mkdir(path)


@_raising
def Remove(path):
    """Removes a file."""
    os.remove(path)


@_raising
def DeleteRecursively(path):
    """Removes a directory and all that is in it."""
    shutil.rmtree(path)


@_raising
def Copy(oldpath, newpath, overwrite=False):
    """Copies a file; over another only if `overwrite`."""
    if os.path.exists(newpath) and not overwrite:
        raise FileExistsError(f"{newpath} is there already")
    shutil.copyfile(oldpath, newpath)


@_raising
def Rename(oldpath, newpath, overwrite=False):
    """Moves a file; over another only if `overwrite`."""
    if os.path.exists(newpath) and not overwrite:
        raise FileExistsError(f"{newpath} is there already")
    os.replace(oldpath, newpath)


@_raising
def Stat(path):
    """The length and the time of a file."""
    return os.stat(path)


def Walk(top, in_order=True):
    """Every directory with its directories and files."""
    return os.walk(top, topdown=in_order)
