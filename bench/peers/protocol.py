"""The line protocol of src/protocol.rs, as every peer speaks it."""

import contextlib
import gc
import json
import os
import sys
import time

VARIANT = sys.argv[1]
THREADS = int(sys.argv[2])

# What frameworks print is no reply.
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


class Unsupported(Exception):
    """The workload says nothing new about this peer."""


def reply(kind, **fields):
    print(json.dumps({"reply": kind, **fields}), file=replies, flush=True)


@contextlib.contextmanager
def imports():
    """Around the import of a framework, which may not be installed."""
    try:
        yield
    except ImportError as error:
        reply("missing", why=str(error))
        sys.exit()


def seconds_of(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def warm_up(step):
    """Ten steps, or two seconds if they are slow; the seconds of the last."""
    begin = time.perf_counter()
    for i in range(10):
        last = seconds_of(step)
        if i >= 3 and time.perf_counter() - begin > 2:
            break
    return last


def serve(version, prepare):
    """Answers until the input ends; `prepare(workload, seed)` gives a function that runs one step."""
    reply("hello", version=version)
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["ask"] == "prepare":
                step = None
                gc.collect()
                step = prepare(request["workload"], request["seed"])
                reply("ready", step_seconds=warm_up(step))
            else:
                for _ in range(request["settle"]):
                    step()
                reply(
                    "times", seconds=[seconds_of(step) for _ in range(request["steps"])]
                )
        except Unsupported as why:
            reply("unsupported", why=str(why))
        except Exception as error:
            why = f"{type(error).__name__}: {error}".splitlines()[0]
            reply("failed", why=why)
