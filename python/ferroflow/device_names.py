"""Names of devices, `/job:worker/replica:0/task:1/device:CPU:0`, of which any part may be missing."""

_PARTS = ("job", "replica", "task")


def parse(text):
    """The parts by name; those that `text` lacks are missing. Raises `ValueError` for what names no device."""
    found = {}
    for part in (text or "").split("/"):
        if not part:
            continue
        words = part.split(":")
        if len(words) == 2 and words[0] in _PARTS:
            if words[0] != "job" and not words[1].isdigit():
                raise ValueError(f"'{words[1]}' is no number of a {words[0]} in the device '{text}'")
            found[words[0]] = words[1]
        elif words[0].lower() in ("cpu", "gpu") and len(words) <= 2:
            found["device"] = (words[0].upper(), words[1] if len(words) == 2 else "*")
        elif words[0] == "device" and len(words) in (2, 3):
            found["device"] = (words[1].upper(), words[2] if len(words) == 3 else "*")
        else:
            raise ValueError(f"Unknown attribute '{part}' is encountered while parsing the device spec: '{text}'.")
    return found


def text(parts):
    """The name of these parts."""
    known = [f"/{part}:{parts[part]}" for part in _PARTS if part in parts]
    return "".join(known) + ("/device:{}:{}".format(*parts["device"]) if "device" in parts else "")


def merge(outer, inner):
    """The name of a device whose parts are those of `inner`, and of `outer` where it lacks them."""
    return text({**parse(outer), **parse(inner)})


class DeviceSpec:
    """A name of devices in parts, of which any may be missing: `job`, `replica`, `task`, `device_type` and `device_index`.
    `tf.device` takes one."""

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self.job, self.replica, self.task = job, replica, task
        self.device_type = device_type
        self.device_index = device_index

    @property
    def job(self):
        """The name of the job, or `None`."""
        return self._job

    @job.setter
    def job(self, job):
        self._job = None if job is None else str(job)

    @property
    def replica(self):
        """The number of the replica, or `None`."""
        return self._replica

    @replica.setter
    def replica(self, replica):
        self._replica = None if replica is None else int(replica)

    @property
    def task(self):
        """The number of the task, or `None`."""
        return self._task

    @task.setter
    def task(self, task):
        self._task = None if task is None else int(task)

    @property
    def device_type(self):
        """`CPU`, `GPU` or another kind, or `None`."""
        return self._device_type

    @device_type.setter
    def device_type(self, device_type):
        self._device_type = device_type.upper() if device_type else None

    @property
    def device_index(self):
        """The number of the device among those of its type, or `None`."""
        return self._device_index

    @device_index.setter
    def device_index(self, device_index):
        self._device_index = None if device_index is None else int(device_index)

    @staticmethod
    def from_string(spec):
        """The parts of a name. Raises `ValueError` for what is none."""
        return DeviceSpec().parse_from_string(spec)

    def parse_from_string(self, spec):
        """Takes the parts of a name, and gives itself. Raises `ValueError` for what is no name."""
        kinds = [p for p in spec.split("/") if p.split(":")[0].lower() in ("cpu", "gpu", "device")]
        if len(kinds) > 1:
            raise ValueError(f"Multiple device types are not allowed while parsing the device spec: {spec}.")
        parts = parse(spec)
        kind, index = parts.get("device", (None, "*"))
        self.__init__(parts.get("job"), parts.get("replica"), parts.get("task"), kind, None if index == "*" else index)
        return self

    def merge_from(self, dev):
        """Takes those parts that `dev` has."""
        for name in (*_PARTS, "device_type", "device_index"):
            value = getattr(dev, name)
            if value is not None:
                setattr(self, name, value)

    def to_string(self):
        """The name."""
        parts = {name: getattr(self, name) for name in _PARTS if getattr(self, name) is not None}
        if self.device_type is not None:
            parts["device"] = (self.device_type, "*" if self.device_index is None else self.device_index)
        return text(parts)

    def _key(self):
        return self.job, self.replica, self.task, self.device_type, self.device_index

    def __eq__(self, other):
        return isinstance(other, DeviceSpec) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def __repr__(self):
        return f"<DeviceSpec {self.to_string()!r}>"
