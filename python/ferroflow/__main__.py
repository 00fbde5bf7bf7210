"""`python -m ferroflow program.py`: runs a program for which `tensorflow` is Ferroflow."""

import argparse
import os
import runpy
import sys


def main():
    """Reads the command line and runs the program."""
    parser = argparse.ArgumentParser("python -m ferroflow", description="Runs a program written for TensorFlow 1.")
    parser.add_argument("--tensorflow-version", metavar="VERSION", help="what tensorflow.__version__ is (1.15.0)")
    parser.add_argument("-m", action="store_true", dest="module", help="PROGRAM is the name of a module")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the program is given")
    options = parser.parse_args()
    from . import as_tensorflow

    as_tensorflow.install(options.tensorflow_version)
    sys.argv = [options.program, *options.arguments]
    if options.module:
        sys.path[0] = ""
        runpy.run_module(options.program, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(options.program))
        runpy.run_path(options.program, run_name="__main__")


if __name__ == "__main__":
    main()
