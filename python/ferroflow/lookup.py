"""Tables of keys and values, under the names of `tf.lookup`. Each session has its own, from when it initialises them."""

import collections
import itertools

import numpy as np

from .dtypes import as_dtype, int64, string
from .errors import FailedPreconditionError, InvalidArgumentError, NotFoundError
from .default_graph import add_to_collection, name_scope
from .framework import constant, convert_to_tensor
from .graph import GraphKeys
from .later import absent as _absent
from .math_ops import cast, equal, no_op
from .script_ops import hosted, py_func
from .selection import where
from .session import running
from .sparse_tensor import SparseTensor
from .string_ops import as_string, objects

__all__ = [
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StaticVocabularyTable",
    "TextFileIndex",
    "TextFileInitializer",
]

_numbers = itertools.count()


class _OfDtypes:
    """What has the dtypes of a table."""

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype, self._value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)

    @property
    def key_dtype(self):
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The dtype of the values."""
        return self._value_dtype


class LookupInterface(_OfDtypes):
    """What tables have in common: their dtypes, and `lookup`."""

    def __init__(self, key_dtype, value_dtype, name):
        super().__init__(key_dtype, value_dtype)
        self._name = name

    @property
    def name(self):
        """The name."""
        return self._name

    def _dense(self, keys, found):
        """`found` of the keys, or of those of a sparse tensor, which stays one."""
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self._dense(keys.values, found), keys.dense_shape)
        keys = convert_to_tensor(keys, dtype_hint=self._key_dtype)
        if keys.dtype != self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype}, received: {keys.dtype}")
        return found(keys)


def _flat(array):
    """The elements of an array as objects of Python's."""
    return np.ravel(objects(array)).tolist()


class Table(LookupInterface):
    """A table that is a dictionary of the session's, made when it is first asked for, or initialised."""

    def __init__(self, key_dtype, value_dtype, default_value, shared_name, name):
        super().__init__(key_dtype, value_dtype, name)
        self._default = convert_to_tensor(default_value, self._value_dtype)
        self._key = ("shared", shared_name) if shared_name else ("own", next(_numbers))

    @property
    def default_value(self):
        """What keys are given that are not there."""
        return self._default

    def _tables(self):
        return running().__dict__.setdefault("_tables", {})

    def _entries(self):
        found = self._tables().get(self._key)
        if found is None:
            raise FailedPreconditionError(None, None, "Table not initialized.")
        return found

    def size(self, name=None):
        """How many keys there are, an `int64`."""
        count = lambda: [np.int64(self._count())]
        return hosted(count, [], [int64], [[]], name or f"{self._name}_Size")[0]

    def _count(self):
        return len(self._tables().get(self._key) or ())

    def lookup(self, keys, name=None):
        """The values of `keys`, a tensor or a sparse one, and `default_value` for those that are not there. Raises
        `TypeError` for keys of another dtype; a run in which the table is not initialised raises
        `tf.errors.FailedPreconditionError`."""
        return self._dense(keys, lambda keys: self._looked_up(keys, name or f"{self._name}_Lookup"))

    def _looked_up(self, keys, name):
        kind = object if self._value_dtype == string else self._value_dtype.as_numpy_dtype

        def found(keys, default):
            entries, default = self._entries(), objects(default)
            default = np.asarray(default)
            other = default[()] if default.ndim == 0 else default
            values = [entries.get(key, other) for key in _flat(keys)]
            made = np.empty([len(values), *default.shape], kind)
            made[...] = np.reshape(np.array(values, object), [len(values)]) if default.ndim == 0 else values or 0
            return [made.reshape((*np.shape(objects(keys)), *default.shape))]

        shape = keys.shape.concatenate(self._default.shape)
        return hosted(found, [keys, self._default], [self._value_dtype], [shape], name)[0]


class _Initialized:
    """What has an operation that initialises it."""

    @property
    def init(self):
        """The same as `initializer`."""
        return self.initializer


class StaticHashTable(_Initialized, Table):
    """A table of the keys and values that `initializer` tells, of which `initializer.key_dtype` and `value_dtype` are the
    dtypes. It does not change. `default_value`, a scalar, is what keys are given that are not there. Raises `ValueError` for
    one that is none."""

    def __init__(self, initializer, default_value, name=None, shared_name=None):
        with name_scope(name, "hash_table") as scope:
            super().__init__(
                initializer.key_dtype,
                initializer.value_dtype,
                default_value,
                shared_name,
                scope.rstrip("/").split("/")[-1],
            )
            if self._default.shape.ndims:
                raise ValueError(f"`default_value` must be a scalar, received a tensor of shape {self._default.shape}")
            self._initializer, self._init = initializer, initializer.initialize(self)

    @property
    def initializer(self):
        """The operation that initialises it, which is in the collection `TABLE_INITIALIZERS`."""
        return self._init

    def _initialize(self, keys, values):
        """Takes keys and values, unless there are such already."""
        entries = {}
        for key, value in zip(keys, values):
            known = entries.setdefault(key, value)
            if known != value:
                text = lambda x: x.decode("utf-8", "replace") if isinstance(x, bytes) else x
                raise FailedPreconditionError(
                    None,
                    None,
                    f"HashTable has different value for same key. Key {text(key)} has {text(known)} and trying to add "
                    f"value {text(value)}",
                )
        if self._tables().setdefault(self._key, entries) != entries:
            raise FailedPreconditionError(None, None, "Table already initialized.")


class TableInitializerBase(_OfDtypes):
    """What tells the keys and values of a table, of which it has the dtypes."""

    def initialize(self, table):
        """The operation that initialises a table."""
        raise NotImplementedError


class KeyValueTensorInitializer(TableInitializerBase):
    """The keys and values are the elements of two vectors. A run in which a key is there with two values raises
    `tf.errors.FailedPreconditionError`."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        with name_scope(name, "key_value_init", [keys, values]):
            self._keys = convert_to_tensor(keys, key_dtype, "keys")
            self._values = convert_to_tensor(values, value_dtype, "values")
        self._name = name or "key_value_init"
        if not self._keys.shape.is_compatible_with(self._values.shape):
            raise ValueError(f"Dimensions must be equal, but are {self._keys.shape} and {self._values.shape}")
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table):
        """The operation that gives `table` the keys and values."""
        take = lambda keys, values: table._initialize(_flat(keys), _flat(values))
        made = py_func(take, [self._keys, self._values], [], True, self._name)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, made)
        return made


class TextFileIndex:
    """What of a line of a file is meant: all of it, its number, or the field of a number from 0 on."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer(TableInitializerBase):
    """The keys and values are in the lines of a text file: `key_index` and `value_index` tell where, as `TextFileIndex` has
    it, and `delimiter` is between fields. There are `vocab_size` lines, or as many as the file has; those beyond are not
    read.

    Raises `ValueError` for dtypes that do not fit; a run in which the file has fewer lines, or fields that are missing or
    are no numbers, raises `tf.errors.InvalidArgumentError`, or `tf.errors.NotFoundError` if it is not there.
    """

    def __init__(
        self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter="\t", name=None
    ):
        if filename is None or isinstance(filename, (str, bytes)) and not filename:
            raise ValueError("`filename` argument required for tf.lookup.TextFileInitializer")
        super().__init__(key_dtype, value_dtype)
        for what, index, dtype in (("key", key_index, self.key_dtype), ("value", value_index, self.value_dtype)):
            if index < -2:
                raise ValueError(f"`{what}_index` should be >= -2, received: {index}.")
            if index == TextFileIndex.LINE_NUMBER and dtype != int64:
                raise ValueError(f"`{what}_dtype` must be int64 if `{what}_index` is -1, received: {dtype}")
            if index == TextFileIndex.WHOLE_LINE and not dtype.is_integer and dtype != string:
                message = f"`{what}_dtype` should be either integer or string for `{what}_index` -2, received: {dtype}"
                raise ValueError(message)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"`vocab_size` should be > 0, received: {vocab_size}")
        self._indices, self._size = (key_index, value_index), vocab_size
        self._delimiter, self._name = delimiter.encode(), name or "text_file_init"
        self._filename = convert_to_tensor(filename, string, "asset_filepath")
        add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)

    def initialize(self, table):
        """The operation that gives `table` the keys and values of the file."""

        def take(filename):
            # Two tables of one file read it twice.
            columns = ([], [])
            for number, line in enumerate(_lines(filename, self._size)):
                for column, index, dtype in zip(columns, self._indices, (self.key_dtype, self.value_dtype)):
                    column.append(self._part(line, number, index, dtype, filename))
            table._initialize(*columns)

        made = py_func(take, [self._filename], [], True, self._name)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, made)
        return made

    def _part(self, line, number, index, dtype, filename):
        if index == TextFileIndex.LINE_NUMBER:
            return number
        fields = [line] if index == TextFileIndex.WHOLE_LINE else line.split(self._delimiter)
        text = lambda part: part.decode("utf-8", "replace")
        if max(index, 0) >= len(fields):
            message = (
                f"Invalid number of columns in {text(filename)} line {number} ({text(line)}) : expected at least "
                f"{index + 1} got {len(fields)}"
            )
            raise InvalidArgumentError(None, None, message)
        field = fields[max(index, 0)]
        if dtype == string:
            return field
        try:
            value = int(field) if dtype.is_integer else float(field)
            if b"_" in field or dtype.is_integer and not dtype.min <= value <= dtype.max:
                raise ValueError
        except ValueError:
            message = f"Field {text(field)} in line {number} is not a valid {dtype.name}."
            raise InvalidArgumentError(None, None, message) from None
        return value


def _lines(filename, size):
    """The lines of a file, or the first `size`."""
    text = filename.decode()
    try:
        with open(filename, "rb") as file:
            lines = [line.rstrip(b"\n").replace(b"\r", b"") for line in itertools.islice(file, size)]
    except FileNotFoundError as error:
        raise NotFoundError(None, None, f"{text}; No such file or directory") from error
    if size is not None and len(lines) < size:
        message = f"Invalid vocab_size in {text}: expected {size} but got {len(lines)}"
        raise InvalidArgumentError(None, None, message)
    return lines


HasherSpec = collections.namedtuple("HasherSpec", ["hasher", "key"])
HasherSpec.__doc__ = "A hash for strings that are not in a table: its name, and its key."
FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """`string_to_hash_bucket_strong` with a key of two integers."""

    __slots__ = ()

    def __new__(cls, key):
        if len(key) != 2:
            raise ValueError(f"`key` must have size 2, received {len(key)}")
        if not all(isinstance(word, (int, np.integer)) for word in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


class IdTableWithHashBuckets(_Initialized, LookupInterface):
    """A table of strings or integers and their numbers, `int64`, in which keys that `table` does not have, all if that is
    `None`, are given one of `num_oov_buckets` numbers beyond its size, by `hasher_spec`."""

    def __init__(self, table, num_oov_buckets, hasher_spec=FastHashSpec, name=None, key_dtype=None):
        key_dtype = (string if table is None else table.key_dtype) if key_dtype is None else as_dtype(key_dtype)
        if not key_dtype.is_integer and key_dtype != string:
            raise TypeError(f"Invalid `key_dtype`, expected integer or string, but got {key_dtype}.")
        if table is None and num_oov_buckets <= 0:
            raise ValueError("`oov_buckets` must be > 0 if no `table` is supplied.")
        if table is not None:
            if key_dtype.is_integer != table.key_dtype.is_integer:
                kind = "integer" if key_dtype.is_integer else "string"
                raise TypeError(f"Invalid `key_dtype`, expected {kind} but got {table.key_dtype}.")
            if table.value_dtype != int64:
                raise TypeError(f"Invalid `value_dtype`: Expected int64, got {table.value_dtype}.")
        super().__init__(key_dtype, int64, name or "hash_bucket")
        self._table, self._buckets, self._hasher = table, num_oov_buckets, hasher_spec
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"`hasher_spec` must be of type HasherSpec, got {type(hasher_spec)}.")

    @property
    def initializer(self):
        """The operation that initialises the table."""
        return no_op() if self._table is None else self._table.initializer

    def size(self, name=None):
        """How many numbers there are."""
        own = constant(0, int64) if self._table is None else self._table.size()
        return own + convert_to_tensor(self._buckets, int64)

    def lookup(self, keys, name=None):
        """The numbers of `keys`, a tensor or a sparse one. Raises `TypeError` for keys of another dtype."""
        return self._dense(keys, self._looked_up)

    def _looked_up(self, keys):
        from .string_buckets import string_to_hash_bucket_fast, string_to_hash_bucket_strong

        with name_scope(f"{self._name}_Lookup"):
            known = (
                None
                if self._table is None
                else self._table.lookup(cast(keys, self._table.key_dtype) if keys.dtype != string else keys)
            )
            if not self._buckets:
                return known
            texts = keys if keys.dtype == string else as_string(keys)
            if self._hasher.hasher == "fasthash":
                buckets = string_to_hash_bucket_fast(texts, self._buckets)
            else:
                buckets = string_to_hash_bucket_strong(texts, self._buckets, self._hasher.key)
            if known is None:
                return buckets
            return where(equal(known, self._table.default_value), buckets + self._table.size(), known)


class StaticVocabularyTable(IdTableWithHashBuckets):
    """The numbers of strings or integers that `initializer` tells, `int64` from 0 on, and for others one of
    `num_oov_buckets` numbers beyond: all if `initializer` is `None`. Raises `ValueError` without such buckets, `TypeError`
    for other dtypes."""

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None):
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        table = None
        if initializer is not None:
            if initializer.value_dtype != int64:
                raise TypeError(f"Invalid `value_dtype`, expected {int64} but got {initializer.value_dtype}.")
            table = StaticHashTable(initializer, -1)
        super().__init__(table, num_oov_buckets, FastHashSpec, name, lookup_key_dtype)


__getattr__ = _absent(__name__)
