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
