"""Tables of keys and values, and of the numbers of words, under the names of `tf.contrib.lookup`."""

import numpy as np

from ..array_ops import size as size_of
from ..creation import range as range_of
from ..dtypes import as_dtype, int64, string
from ..errors import InvalidArgumentError
from ..default_graph import name_scope
from ..framework import convert_to_tensor
from ..later import absent as _absent
from ..lookup import (
    FastHashSpec,
    HasherSpec,
    IdTableWithHashBuckets,
    KeyValueTensorInitializer,
    LookupInterface,
    StaticHashTable,
    StrongHashSpec,
    Table,
    TableInitializerBase,
    TextFileIndex,
    TextFileInitializer,
    _flat,
)
from ..math_ops import cast
from ..script_ops import hosted, py_func
from ..string_ops import objects

__all__ = [
    "FastHashSpec",
    "HashTable",
    "HasherSpec",
    "IdTableWithHashBuckets",
    "InitializableLookupTableBase",
    "KeyValueTensorInitializer",
    "LookupInterface",
    "MutableHashTable",
    "StrongHashSpec",
    "TableInitializerBase",
    "TextFileIdTableInitializer",
    "TextFileIndex",
    "TextFileInitializer",
    "TextFileStringTableInitializer",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
    "string_to_index",
]

InitializableLookupTableBase = StaticHashTable


class HashTable(StaticHashTable):
    """`tf.lookup.StaticHashTable`; tables of one `shared_name` are one."""

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        super().__init__(initializer, default_value, name, shared_name)


class MutableHashTable(Table):
    """A table that operations change, empty in the beginning, of values of the shape of `default_value`. It is not saved in
    checkpoints."""

    def __init__(
        self,
        key_dtype,
        value_dtype,
        default_value,
        shared_name=None,
        name="MutableHashTable",
        checkpoint=True,
    ):
        super().__init__(key_dtype, value_dtype, default_value, shared_name, name)

    def _entries(self):
        return self._tables().setdefault(self._key, {})

    def insert(self, keys, values, name=None):
        """The operation that gives `keys` new `values`. A run in which there are not as many, or of another
        shape than the table's, raises `tf.errors.InvalidArgumentError`."""
        keys, values = convert_to_tensor(keys, self._key_dtype), convert_to_tensor(values, self._value_dtype)

        def put(keys, values, default):
            keys, values, row = objects(keys), objects(values), np.shape(objects(default))
            expected = [*np.shape(keys), *row]
            if list(np.shape(values)) != expected:
                message = f"Expected shape {expected} for value, got {list(np.shape(values))}"
                raise InvalidArgumentError(None, None, message)
            rows = np.reshape(values, [np.size(keys), *row]) if row else _flat(values)
            self._entries().update(zip(_flat(keys), rows))

        return py_func(put, [keys, values, self._default], [], True, name or f"{self._name}_lookup_table_insert")

    def remove(self, keys, name=None):
        """The operation that removes `keys`, of which some may not be there."""
        keys = convert_to_tensor(keys, self._key_dtype)

        def drop(keys):
            for key in _flat(keys):
                self._entries().pop(key, None)

        return py_func(drop, [keys], [], True, name or f"{self._name}_lookup_table_remove")

    def export(self, name=None):
        """All keys, a vector, and their values."""
        kinds = [object if d == string else d.as_numpy_dtype for d in (self._key_dtype, self._value_dtype)]

        def exported(default):
            # Other runs may change the table meanwhile.
            entries, sizes = list(self._entries().items()), np.shape(objects(default))
            keys, values = np.empty(len(entries), kinds[0]), np.empty([len(entries), *sizes], kinds[1])
            for at, (key, value) in enumerate(entries):
                keys[at], values[at] = key, value
            return [keys, values]

        shapes = [[None], [None, *self._default.shape.as_list()]]
        dtypes = [self._key_dtype, self._value_dtype]
        made = hosted(exported, [self._default], dtypes, shapes, name or f"{self._name}_lookup_table_export_values")
        return made[0], made[1]


class TextFileIdTableInitializer(TextFileInitializer):
    """The keys are the lines of a file, the values their numbers, unless told otherwise."""

    def __init__(
        self,
        filename,
        key_column_index=TextFileIndex.WHOLE_LINE,
        value_column_index=TextFileIndex.LINE_NUMBER,
        vocab_size=None,
        delimiter="\t",
        name="text_file_id_table_init",
        key_dtype=string,
    ):
        super().__init__(filename, key_dtype, key_column_index, int64, value_column_index, vocab_size, delimiter, name)


class TextFileStringTableInitializer(TextFileInitializer):
    """The keys are the numbers of the lines of a file, the values the lines, unless told otherwise."""

    def __init__(
        self,
        filename,
        key_column_index=TextFileIndex.LINE_NUMBER,
        value_column_index=TextFileIndex.WHOLE_LINE,
        vocab_size=None,
        delimiter="\t",
        name="text_file_string_table_init",
    ):
        super().__init__(filename, int64, key_column_index, string, value_column_index, vocab_size, delimiter, name)


def _check(num_oov_buckets, vocab_size=None, vocabulary_file="?"):
    if not vocabulary_file:
        raise ValueError("`vocabulary_file` must be specified and must not be empty.")
    if num_oov_buckets < 0:
        raise ValueError(f"`num_oov_buckets` must be greater or equal than 0, got {num_oov_buckets}.")
    if vocab_size is not None and vocab_size < 1:
        message = f"`vocab_size` must be greater than 0, got {vocab_size} for vocabulary_file: {vocabulary_file}."
        raise ValueError(message)


def _with_buckets(table, num_oov_buckets, hasher_spec, dtype):
    if not num_oov_buckets:
        return table
    return IdTableWithHashBuckets(table, num_oov_buckets, hasher_spec, table.name, dtype)


def index_table_from_tensor(
    mapping=None,
    num_oov_buckets=0,
    default_value=-1,
    hasher_spec=FastHashSpec,
    dtype=string,
    name=None,
    vocabulary_list=None,
):
    """The table of the places of strings or integers in the vector `mapping`, `int64`; other keys are given one of
    `num_oov_buckets` numbers beyond, by `hasher_spec`, or `default_value` if there are none.

    Raises `ValueError` and `TypeError` for other dtypes. A run in which a key is there twice raises
    `tf.errors.FailedPreconditionError`.
    """
    mapping = vocabulary_list if mapping is None else mapping
    if mapping is None:
        raise ValueError("`vocabulary_list` must be specified.")
    _check(num_oov_buckets)
    dtype = as_dtype(dtype)
    if not dtype.is_integer and dtype != string:
        raise TypeError("`dtype` must either be integer or string.")
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(mapping)
        if keys.dtype.is_integer != dtype.is_integer:
            wanted = "integer" if dtype.is_integer else "non-integer"
            raise ValueError(f"Invalid `dtype`: Expected {wanted}, got {keys.dtype}.")
        if not dtype.is_integer and keys.dtype != dtype:
            raise ValueError(f"Invalid `dtype`: Expected {dtype}, got {keys.dtype}.")
        keys = cast(keys, int64) if keys.dtype.is_integer else keys
        values = cast(range_of(size_of(keys)), int64)
        table = StaticHashTable(KeyValueTensorInitializer(keys, values, name="table_init"), default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def index_table_from_file(
    vocabulary_file=None,
    num_oov_buckets=0,
    vocab_size=None,
    default_value=-1,
    hasher_spec=FastHashSpec,
    key_dtype=string,
    name=None,
    key_column_index=TextFileIndex.WHOLE_LINE,
    value_column_index=TextFileIndex.LINE_NUMBER,
    delimiter="\t",
):
    """`index_table_from_tensor` of the lines of a file, the first `vocab_size` if it is given, or of what the columns name,
    as `TextFileInitializer` has it."""
    _check(num_oov_buckets, vocab_size, vocabulary_file)
    key_dtype = as_dtype(key_dtype)
    if not key_dtype.is_integer and key_dtype != string:
        raise TypeError("Dtype for `keys` should be either integer or string.")
    with name_scope(name, "string_to_index"):
        of_file = int64 if key_dtype.is_integer else key_dtype
        columns = (key_column_index, value_column_index)
        initializer = TextFileIdTableInitializer(
            vocabulary_file, *columns, vocab_size, delimiter, "table_init", of_file
        )
        table = StaticHashTable(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def index_to_string_table_from_tensor(mapping=None, default_value="UNK", name=None, vocabulary_list=None):
    """The table of the strings of the vector `mapping` by their places, `int64`, and `default_value` for others."""
    mapping = vocabulary_list if mapping is None else mapping
    if mapping is None:
        raise ValueError("`vocabulary_list` argument must be specified.")
    with name_scope(name, "index_to_string"):
        values = convert_to_tensor(mapping, string)
        keys = cast(range_of(size_of(values)), int64)
        return StaticHashTable(KeyValueTensorInitializer(keys, values, name="table_init"), default_value)


def index_to_string_table_from_file(
    vocabulary_file,
    vocab_size=None,
    default_value="UNK",
    name=None,
    key_column_index=TextFileIndex.LINE_NUMBER,
    value_column_index=TextFileIndex.WHOLE_LINE,
    delimiter="\t",
):
    """The table of the lines of a file by their numbers, or of what the columns name, as `TextFileInitializer` has it."""
    _check(0, vocab_size, vocabulary_file)
    with name_scope(name, "index_to_string"):
        columns = (key_column_index, value_column_index)
        initializer = TextFileStringTableInitializer(vocabulary_file, *columns, vocab_size, delimiter, "table_init")
        return StaticHashTable(initializer, default_value)


def string_to_index(tensor, mapping, default_value=-1, name=None):
    """The places of strings in the vector `mapping`: `index_table_from_tensor(mapping).lookup(tensor)`."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor, mapping, default_value="UNK", name=None):
    """The strings of the vector `mapping` at places: `index_to_string_table_from_tensor(mapping).lookup(tensor)`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)


__getattr__ = _absent(__name__)
