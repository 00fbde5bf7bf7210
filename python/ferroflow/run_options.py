"""Settings of sessions and runs, kept for programs that set them: they change nothing."""


class _Settings:
    def __init__(self, **settings):
        self.__dict__.update(settings)


class RunOptions(_Settings):
    """What a run is to tell of itself: nothing is traced."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = range(4)


class RunMetadata(_Settings):
    """What a run told of itself: nothing."""

    step_stats = None


class OptimizerOptions(_Settings):
    """How graphs are optimised: always alike."""

    L0, L1 = -1, 0
    OFF, DEFAULT, ON_1, ON_2 = -1, 0, 1, 2


class GraphOptions(_Settings):
    """How graphs are run: always alike."""
