"""Messages in files of events, as protobuf has them: fields by name, which are what they are by default until they are set."""

import operator as _operator

from . import _ferroflow


class _Repeated(list):
    """A field of any number of values of a kind, messages for one."""

    def __init__(self, owner, kind=None, items=()):
        self._owner, self._kind = owner, kind
        super().__init__(map(self._item, items))

    def _item(self, item):
        return item if self._kind is None or isinstance(item, self._kind) else self._kind(**item)

    def append(self, item):
        """Adds a value."""
        super().append(self._item(item))
        self._owner._attach()

    def extend(self, items):
        """Adds values."""
        super().extend(map(self._item, items))
        self._owner._attach()

    def add(self, **fields):
        """Adds a message of these fields, and gives it."""
        self.append(self._kind(**fields))
        return self[-1]


class Message:
    """What messages have in common. Fields are given by name."""

    # Fields of numbers, text, bytes or lists: what they are by default.
    _PLAIN = {}
    # Fields that are messages, and those of many.
    _MESSAGES = {}
    _REPEATED = {}
    # Of these fields one is set.
    _ONE_OF = ("", ())

    def __init__(self, **fields):
        object.__setattr__(self, "_set", {})
        object.__setattr__(self, "_owner", None)
        for name, value in fields.items():
            if name not in self._PLAIN and name not in self._MESSAGES and name not in self._REPEATED:
                raise ValueError(f'Protocol message {type(self).__name__} has no "{name}" field.')
            if value is not None:
                setattr(self, name, value)

    def __setattr__(self, name, value):
        if name in self._MESSAGES:
            value = value if isinstance(value, Message) else self._MESSAGES[name](**value)
        elif name in self._REPEATED:
            value = _Repeated(self, self._REPEATED[name], value)
        elif isinstance(self._PLAIN.get(name), list):
            value = _Repeated(self, None, value)
        elif name in self._PLAIN:
            kind = type(self._PLAIN[name])
            value = _operator.index(value) if kind is bool else value
            value = value.encode() if kind is bytes and isinstance(value, str) else kind(value)
        else:
            raise AttributeError(f'Protocol message {type(self).__name__} has no "{name}" field.')
        if name in self._ONE_OF[1]:
            for other in self._ONE_OF[1]:
                self._set.pop(other, None)
        self._set[name] = value
        self._attach()

    def _attach(self):
        """Becomes a field of the message from which it was read."""
        if self._owner is not None:
            parent, field = self._owner
            if parent._set.get(field) is not self:
                setattr(parent, field, self)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._set:
            return self._set[name]
        if name in self._REPEATED or isinstance(self._PLAIN.get(name), list):
            # Kept, so that it can be added to.
            return self._set.setdefault(name, _Repeated(self, self._REPEATED.get(name)))
        if isinstance(self._PLAIN.get(name), dict):
            return self._set.setdefault(name, type(self._PLAIN[name])())
        if name in self._MESSAGES:
            message = self._MESSAGES[name]()
            # Belongs here once a field of it is set.
            object.__setattr__(message, "_owner", (self, name))
            return message
        if name in self._PLAIN:
            return self._PLAIN[name]
        raise AttributeError(f'Protocol message {type(self).__name__} has no "{name}" field.')

    def HasField(self, name):
        """Whether the field is set."""
        return name in self._fields()

    def WhichOneof(self, group):
        """Which of the fields of `group` is set, or `None`."""
        if group != self._ONE_OF[0]:
            raise ValueError(f"{type(self).__name__} has no group '{group}'")
        return next((name for name in self._ONE_OF[1] if name in self._set), None)

    def SerializeToString(self):
        """The message, encoded."""
        return _ferroflow.encode(type(self).__name__, self)

    @classmethod
    def FromString(cls, serialized):
        """The message that is encoded in `serialized`. Raises `ValueError` if none is."""
        return cls(**_ferroflow.decode(cls.__name__, serialized))

    def ParseFromString(self, serialized):
        """Becomes the message that is encoded in `serialized`, and gives how many bytes that is."""
        self.Clear()
        for name, value in type(self).FromString(serialized)._set.items():
            setattr(self, name, value)
        return len(serialized)

    def CopyFrom(self, other):
        """Becomes equal to `other`."""
        self.ParseFromString(other.SerializeToString())

    def Clear(self):
        """Sets no field."""
        self._set.clear()

    def __eq__(self, other):
        return type(self) is type(other) and self._fields() == other._fields()

    def _fields(self):
        return {name: value for name, value in self._set.items() if value not in ([], {})}

    __hash__ = None

    def __repr__(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"{type(self).__name__}({fields})"


def _message(name, doc, plain=None, messages=None, repeated=None, one_of=("", ())):
    fields = {"_PLAIN": plain or {}, "_MESSAGES": messages or {}, "_REPEATED": repeated or {}, "_ONE_OF": one_of}
    return type(name, (Message,), {"__doc__": doc, "__module__": __name__, **fields})


HistogramProto = _message(
    "HistogramProto",
    "How values are distributed: `bucket[i]` of them are less than `bucket_limit[i]`.",
    {"min": 0.0, "max": 0.0, "num": 0.0, "sum": 0.0, "sum_squares": 0.0, "bucket_limit": [], "bucket": []},
)
_Dim = _message("Dim", "A dimension.", {"size": 0})
_Shape = _message("TensorShapeProto", "A shape.", repeated={"dim": _Dim})
TensorProto = _message(
    "TensorProto", "A tensor.", {"dtype": 0, "tensor_content": b"", "string_val": []}, {"tensor_shape": _Shape}
)
_PluginData = _message("PluginData", "A part of TensorBoard, and what it is told.", {"plugin_name": "", "content": b""})
SummaryMetadata = _message(
    "SummaryMetadata",
    "Which part of TensorBoard is to show a value, and how.",
    {"display_name": "", "summary_description": ""},
    {"plugin_data": _PluginData},
)
SummaryMetadata.PluginData = _PluginData
_Image = _message(
    "Image", "An image as a file.", {"height": 0, "width": 0, "colorspace": 0, "encoded_image_string": b""}
)
_Audio = _message(
    "Audio",
    "A sound as a file.",
    {"sample_rate": 0.0, "num_channels": 0, "length_frames": 0, "encoded_audio_string": b"", "content_type": ""},
)
_Value = _message(
    "Value",
    "A value with a tag: a number, an image, a histogram, a sound or a tensor.",
    {"tag": "", "node_name": "", "simple_value": 0.0},
    {"metadata": SummaryMetadata, "image": _Image, "histo": HistogramProto, "audio": _Audio, "tensor": TensorProto},
    one_of=("value", ("simple_value", "image", "histo", "audio", "tensor")),
)
Summary = _message("Summary", "Values of one step, `value`, each with a tag.", repeated={"value": _Value})
Summary.Value, Summary.Image, Summary.Audio = _Value, _Image, _Audio
SessionLog = _message("SessionLog", "What became of a session.", {"status": 0, "checkpoint_path": "", "msg": ""})
SessionLog.STATUS_UNSPECIFIED, SessionLog.START, SessionLog.STOP, SessionLog.CHECKPOINT = 0, 1, 2, 3
Event = _message(
    "Event",
    "Something that happened at a time and a step.",
    {"wall_time": 0.0, "step": 0, "file_version": "", "graph_def": b"", "meta_graph_def": b""},
    {"summary": Summary, "session_log": SessionLog},
    one_of=("what", ("file_version", "graph_def", "summary", "session_log", "meta_graph_def")),
)
