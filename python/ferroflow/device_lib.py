"""Which devices there are: the processor."""

import collections

Device = collections.namedtuple("Device", ["name", "device_type", "memory_limit", "physical_device_desc"])
Device.__doc__ = (
    "A device: its name, `CPU`, the bytes of memory that it is held to, 0 if to none, and what else there is to say."
)


def list_local_devices(session_config=None):
    """The devices on which operations run."""
    return [Device("/device:CPU:0", "CPU", 0, "")]
