"""Examples, as protobuf has them: named features, each a list of bytes, numbers or integers. They are encoded here."""

import struct

from .messages import Message
from .wire import block as _block, fields as _read, integers as _integers, varint as _varint


class _Map(dict):
    """Messages by name; one that is asked for is made."""

    kind = owner = None

    def __init__(self, items=()):
        super().__init__({key: self._item(value) for key, value in dict(items).items()})

    def _item(self, value):
        return value if isinstance(value, Message) else self.kind(**value)

    def __missing__(self, key):
        self[key] = made = self.kind()
        if self.owner is not None:
            self.owner._attach()
        return made

    def get_or_create(self, key):
        """The message of that name."""
        return self[key]


def _map(kind):
    return type("_MapOf" + kind.__name__, (_Map,), {"kind": kind})()


class _Encoded(Message):
    """A message that is encoded in Python: by the numbers of its fields, and what each is."""

    _NUMBERS = {}

    def __getattr__(self, name):
        value = super().__getattr__(name)
        if isinstance(value, _Map):
            value.owner = self
        return value

    def SerializeToString(self):
        """The message, encoded."""
        parts = []
        for name, number in self._NUMBERS.items():
            value = self._fields().get(name)
            if isinstance(value, Message):
                parts.append(_block(number, value.SerializeToString()))
            elif isinstance(value, _Map):
                pairs = ((key.encode(), item.SerializeToString()) for key, item in value.items())
                parts += [_block(number, _block(1, key) + _block(2, item)) for key, item in pairs]
            elif value:
                parts.append(self._listed(number, value))
        return b"".join(parts)

    @staticmethod
    def _listed(number, items):
        return b"".join(_block(number, item.SerializeToString()) for item in items)

    @classmethod
    def FromString(cls, serialized):
        """The message that is encoded in `serialized`. Raises `ValueError` if none is."""
        made = cls()
        names = {number: name for name, number in cls._NUMBERS.items()}
        for number, _, value in _read(serialized):
            name = names.get(number)
            if name in cls._MESSAGES:
                setattr(made, name, cls._MESSAGES[name].FromString(value))
            elif name in cls._REPEATED:
                getattr(made, name).append(cls._REPEATED[name].FromString(value))
            elif isinstance(cls._PLAIN.get(name), _Map):
                entry = {number: part for number, _, part in _read(value)}
                kind = cls._PLAIN[name].kind
                getattr(made, name)[_bytes(entry.get(1, b"")).decode()] = kind.FromString(entry.get(2, b""))
            elif name is not None:
                getattr(made, name).extend(cls._items(value))
        return made


def _bytes(value):
    if not isinstance(value, bytes):
        raise ValueError("Error parsing message: a number in place of bytes")
    return value


class BytesList(_Encoded):
    """Strings of bytes, `value`."""

    _PLAIN, _NUMBERS = {"value": []}, {"value": 1}

    @staticmethod
    def _listed(number, items):
        for item in items:
            if not isinstance(item, bytes):
                raise TypeError(f"{item!r} has type {type(item).__name__}, but expected one of: bytes")
        return b"".join(_block(number, item) for item in items)

    @staticmethod
    def _items(value):
        return [_bytes(value)]


class FloatList(_Encoded):
    """Numbers of `float32`, `value`."""

    _PLAIN, _NUMBERS = {"value": []}, {"value": 1}

    @staticmethod
    def _listed(number, items):
        return _block(number, struct.pack(f"<{len(items)}f", *items))

    @staticmethod
    def _items(value):
        if len(_bytes(value)) % 4:
            raise ValueError("Error parsing message: a part of a float")
        return struct.unpack(f"<{len(value) // 4}f", value)


class Int64List(_Encoded):
    """Integers, `value`."""

    _PLAIN, _NUMBERS = {"value": []}, {"value": 1}

    @staticmethod
    def _listed(number, items):
        return _block(number, b"".join(map(_varint, items)))

    @staticmethod
    def _items(value):
        return _integers(value)


_LISTS = {"bytes_list": BytesList, "float_list": FloatList, "int64_list": Int64List}


class Feature(_Encoded):
    """A list of one kind: `bytes_list`, `float_list` or `int64_list`."""

    _MESSAGES, _ONE_OF = _LISTS, ("kind", tuple(_LISTS))
    _NUMBERS = {"bytes_list": 1, "float_list": 2, "int64_list": 3}


class Features(_Encoded):
    """Features by name, `feature`."""

    _PLAIN, _NUMBERS = {"feature": _map(Feature)}, {"feature": 1}


class FeatureList(_Encoded):
    """The features of the steps of a sequence, `feature`."""

    _REPEATED, _NUMBERS = {"feature": Feature}, {"feature": 1}


class FeatureLists(_Encoded):
    """Sequences by name, `feature_list`."""

    _PLAIN, _NUMBERS = {"feature_list": _map(FeatureList)}, {"feature_list": 1}


class Example(_Encoded):
    """An example: its `features`."""

    _MESSAGES, _NUMBERS = {"features": Features}, {"features": 1}


class SequenceExample(_Encoded):
    """An example that is a sequence: features of the whole, `context`, and of its steps, `feature_lists`."""

    _MESSAGES = {"context": Features, "feature_lists": FeatureLists}
    _NUMBERS = {"context": 1, "feature_lists": 2}
