"""What runs told of their steps."""

import json


class Timeline:
    """The steps of a run, of which runs tell none."""

    def __init__(self, step_stats, graph=None):
        self._steps = list(getattr(step_stats, "dev_stats", ()))

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False, op_time="schedule"):
        """The steps as JSON for `chrome://tracing`: an empty list."""
        return json.dumps({"traceEvents": self._steps})
