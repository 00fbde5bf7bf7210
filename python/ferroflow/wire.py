"""The encoding of protobuf: messages are fields, each with a number, a kind, and an integer or bytes."""


def varint(number):
    """An integer of 64 bits, in as few groups of 7 as it needs."""
    found, number = bytearray(), int(number) & 2**64 - 1
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def signed(number, bits=64):
    """The integer of two's complement of which `number` has the lowest bits."""
    return (number + 2 ** (bits - 1)) % 2**bits - 2 ** (bits - 1)


def block(number, data):
    """A field of bytes."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def _take(data, at):
    """The integer that begins at a place, and where it ends."""
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("Error parsing message: it is cut off")
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def integers(value):
    """The integers of a field, of which bytes may hold many."""
    if not isinstance(value, bytes):
        return [signed(value)]
    found, at = [], 0
    while at < len(value):
        number, at = _take(value, at)
        found.append(signed(number))
    return found


def fields(data):
    """The fields of an encoded message: their numbers, their kinds, and their bytes, or integers of the kind 0. Raises `ValueError`
    for what is none."""
    if not isinstance(data, bytes):
        raise ValueError("Error parsing message: a number in place of bytes")
    at = 0
    while at < len(data):
        tag, at = _take(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _take(data, at)
        elif kind in (1, 2, 5):
            size, at = _take(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = data[at : at + size], at + size
            if at > len(data):
                raise ValueError("Error parsing message: it is cut off")
        else:
            raise ValueError(f"Error parsing message: a field of kind {kind}")
        yield tag >> 3, kind, value
