"""Running a program's `main`."""

import sys

from .later import absent as _absent
from . import flags
from .flags import FLAGS

__all__ = ["flags", "run"]


def run(main=None, argv=None):
    """Reads the flags of the command line, calls `main` with the rest, and ends the program with what it gives."""
    arguments = FLAGS(sys.argv if argv is None else argv, known_only=True)
    main = main or sys.modules["__main__"].main
    sys.exit(main(arguments))


__getattr__ = _absent(__name__)
