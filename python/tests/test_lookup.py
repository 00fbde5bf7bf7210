"""Tables, beside what TensorFlow gives."""

import threading

import numpy as np
import pytest

import ferroflow as tf

STATIC, KEYS, LINES = tf.lookup.StaticHashTable, tf.lookup.KeyValueTensorInitializer, tf.lookup.TextFileInitializer
WHOLE, NUMBER = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
tables = tf.contrib.lookup


def longs(*values):
    return tf.constant(values, tf.int64)


@pytest.fixture
def started():
    """What is fetched in a session in which tables are initialised."""

    def started(fetches):
        with tf.Session() as session:
            session.run(tf.tables_initializer())
            return session.run(fetches)

    return started


def test_tables():
    table = STATIC(KEYS(["a", "b"], longs(1, 2)), -1, name="tab")
    found, count = table.lookup(tf.constant([["a"], ["z"]])), table.size()
    sparse = table.lookup(tf.SparseTensor([[0, 1]], ["b"], [1, 2]))
    assert found.shape.as_list() == [2, 1] and found.dtype == tf.int64
    assert (table.key_dtype, table.value_dtype, table.name) == (tf.string, tf.int64, "tab")
    assert isinstance(table, tables.LookupInterface) and table.init is table.initializer
    assert tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS) == [table.initializer]
    with tf.Session() as session, tf.Session() as other:
        for missing in (session, other):
            with pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized."):
                missing.run(found)
            session.run(tf.tables_initializer())
        session.run(table.initializer)
        assert session.run(found).tolist() == [[1], [-1]] and session.run(count) == 2 and other.run(count) == 0
        assert session.run(sparse).values.tolist() == [2] and session.run(table.default_value) == -1
    with pytest.raises(TypeError, match="Dtype of argument `keys` must be .*string.*, received: .*int32"):
        table.lookup([1])
    with pytest.raises(ValueError, match="Dimensions must be equal"):
        KEYS(["a", "b"], [1.5])


def test_keys_of_any_shape():
    words = tf.constant(["b", "x", "a"])
    places = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], longs(5, 6)), -1)
    numbered = tf.lookup.StaticVocabularyTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], longs(0, 1)), 1)
    names = tf.contrib.lookup.index_to_string_table_from_tensor(["a", "b"])
    rows = tf.contrib.lookup.MutableHashTable(tf.string, tf.float32, [0.0, -1.0])
    put = rows.insert("a", [1.0, 2.0])
    given = tf.placeholder(tf.string)
    with tf.Session() as session:
        session.run([tf.tables_initializer(), put])
        assert session.run(places.lookup(given), {given: "b"}) == 6
        assert session.run([places.lookup(tf.constant("a")), numbered.lookup(tf.constant("x"))]) == [5, 2]
        assert session.run(names.lookup(tf.constant(1, tf.int64))) == b"b"
        assert session.run([rows.lookup(tf.constant("a")), rows.lookup(tf.constant("x"))])[0].tolist() == [1.0, 2.0]
        assert session.run(tf.map_fn(places.lookup, words, tf.int64)).tolist() == [6, -1, 5]
        for shape in ([0], [2, 0]):
            empty = np.zeros(shape, object)
            assert session.run(places.lookup(given), {given: empty}).shape == tuple(shape)
            assert session.run(rows.lookup(given), {given: empty}).shape == (*shape, 2)
        found = []
        looked_up = places.lookup(words)
        thread = threading.Thread(target=lambda: found.append(session.run(looked_up).tolist()))
        thread.start()
        thread.join()
        assert found == [[6, -1, 5]]


def test_a_key_with_two_values():
    table = STATIC(KEYS(["a", "a"], longs(1, 2)), -1)
    message = "HashTable has different value for same key. Key a has 1 and trying to add value 2"
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError, match=message):
        session.run(table.initializer)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "words").write_bytes(b"emerson\nlake\r\npalmer")
    (tmp_path / "table").write_bytes(b"a\t1\nb\t2\n")
    return tmp_path


@pytest.mark.parametrize(
    "file, arguments, default, keys, expected",
    [
        ("words", (tf.string, WHOLE, tf.int64, NUMBER), -1, ["lake", "emerson", "z"], [1, 0, -1]),
        ("words", (tf.int64, NUMBER, tf.string, WHOLE), "U", [1, 0, 5], [b"lake", b"emerson", b"U"]),
        ("words", (tf.string, WHOLE, tf.int64, NUMBER, 2), -1, ["lake", "palmer"], [1, -1]),
        ("table", (tf.string, 0, tf.int64, 1), -1, ["a", "b"], [1, 2]),
        ("table", (tf.string, 0, tf.float32, 1), -1.0, ["a", "b"], [1.0, 2.0]),
        ("table", (tf.string, 0, tf.int64, NUMBER, None, ","), -1, ["a\t1", "b\t2"], [0, 1]),
    ],
)
def test_tables_in_files(started, files, file, arguments, default, keys, expected):
    table = STATIC(LINES(str(files / file), *arguments), default)
    keys = tf.constant(keys, arguments[0])
    assert started(table.lookup(keys)).tolist() == expected
    assert len(tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)) == 1


@pytest.mark.parametrize(
    "file, arguments, error, message",
    [
        ("none", (tf.string, WHOLE, tf.int64, NUMBER), "NotFoundError", "none; No such file or directory"),
        ("table", (tf.string, 0, tf.int64, 0), "InvalidArgumentError", "Field a in line 0 is not a valid int64."),
        ("table", (tf.string, 0, tf.int64, 2), "InvalidArgumentError", r"line 0 \(a\t1\) : expected at least 3 got 2"),
        ("words", (tf.string, WHOLE, tf.int64, NUMBER, 5), "InvalidArgumentError", "words: expected 5 but got 3"),
    ],
)
def test_files_that_hold_no_table(started, files, file, arguments, error, message):
    STATIC(LINES(str(files / file), *arguments), -1)
    with pytest.raises(getattr(tf.errors, error), match=message):
        started(tf.constant(1))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("", tf.string, WHOLE, tf.int64, NUMBER), "`filename` argument required"),
        (("f", tf.string, NUMBER, tf.int64, NUMBER), "`key_dtype` must be int64 if `key_index` is -1"),
        (("f", tf.string, -3, tf.int64, NUMBER), "`key_index` should be >= -2, received: -3."),
        (("f", tf.float32, WHOLE, tf.int64, NUMBER), "should be either integer or string"),
        (("f", tf.string, WHOLE, tf.int64, NUMBER, 0), "`vocab_size` should be > 0"),
    ],
)
def test_tables_that_cannot_be_in_files(arguments, message):
    with pytest.raises(ValueError, match=message):
        LINES(*arguments)


def test_vocabularies(started):
    table = tf.lookup.StaticVocabularyTable(KEYS(["a", "b"], longs(0, 1)), 5)
    assert started(table.lookup(["a", "b", "c", "d", "hello", ""])).tolist() == [0, 1, 4, 2, 3, 5]
    assert started(table.size()) == 7
    table = tf.lookup.StaticVocabularyTable(KEYS(longs(10, 20), longs(0, 1)), 5, tf.int64)
    assert started(table.lookup(longs(10, 30, -7))).tolist() == [0, 5, 4]
    table = tf.lookup.StaticVocabularyTable(None, 5, tf.string)
    assert started([table.lookup(["a", "c"]), table.initializer])[0].tolist() == [4, 2]
    with pytest.raises(ValueError, match="`num_oov_buckets` must be > 0; use StaticHashTable."):
        tf.lookup.StaticVocabularyTable(None, 0)
    with pytest.raises(TypeError, match="Invalid `value_dtype`, expected .*int64.* but got .*float32"):
        tf.lookup.StaticVocabularyTable(KEYS(["a"], [0.5]), 1)
    with pytest.raises(TypeError, match="Invalid `key_dtype`, expected integer but got .*string"):
        tf.lookup.StaticVocabularyTable(KEYS(["a"], longs(0)), 1, tf.int64)


BAND = ["emerson", "lake", "palmer"]


def test_places_of_words(started, files):
    words = tf.constant(["lake", "emerson", "zz"])
    of = lambda table: started(table.lookup(words)).tolist()
    assert of(tables.index_table_from_tensor(BAND, num_oov_buckets=3)) == [1, 0, 4]
    assert of(tables.index_table_from_tensor(BAND, default_value=7)) == [1, 0, 7]
    hasher = tables.StrongHashSpec([1, 2])
    assert isinstance(hasher, tables.HasherSpec) and tables.FastHashSpec.hasher == "fasthash"
    assert of(tables.index_table_from_tensor(BAND, 30, hasher_spec=hasher)) == [1, 0, 31]
    assert of(tables.index_table_from_file(str(files / "words"), 2)) == [1, 0, 3]
    assert of(tables.index_table_from_file(str(files / "words"), 2, vocab_size=1)) == [1, 0, 1]
    numbers = tables.index_table_from_tensor([5, 0, 2], 2, dtype=tf.int64)
    assert started(numbers.lookup(longs(0, 2, 7))).tolist() == [1, 2, 3]
    assert started(tables.string_to_index(words, BAND)).tolist() == [1, 0, -1]


def test_words_at_places(started, files):
    of = lambda table: started(table.lookup(longs(0, 2, 7))).tolist()
    assert of(tables.index_to_string_table_from_tensor(BAND)) == [b"emerson", b"palmer", b"UNK"]
    assert of(tables.index_to_string_table_from_file(str(files / "words"), default_value="?"))[2] == b"?"
    assert started(tables.index_to_string(longs(1, 9), BAND, "?")).tolist() == [b"lake", b"?"]
    ids = tables.TextFileIdTableInitializer(str(files / "words"))
    texts = tables.TextFileStringTableInitializer(str(files / "words"))
    assert isinstance(ids, tables.TableInitializerBase) and isinstance(texts, tables.TextFileInitializer)
    table = tables.HashTable(ids, -1, shared_name="one")
    assert started(table.lookup(["palmer"])).tolist() == [2]
    assert isinstance(table, tables.InitializableLookupTableBase) and tables.KeyValueTensorInitializer is KEYS
    assert tables.TextFileIndex is tf.lookup.TextFileIndex


@pytest.mark.parametrize(
    "error, message, wrong",
    [
        (
            TypeError,
            "`dtype` must either be integer or string.",
            lambda: tables.index_table_from_tensor([5.0], 2, dtype=tf.float32),
        ),
        (ValueError, "`vocabulary_list` must be specified.", lambda: tables.index_table_from_tensor(None)),
        (ValueError, "must be greater or equal than 0, got -1.", lambda: tables.index_table_from_tensor(["a"], -1)),
        (ValueError, "Expected non-integer, got .*int32", lambda: tables.index_table_from_tensor([1, 2])),
        (
            ValueError,
            "Expected integer, got .*string",
            lambda: tables.index_table_from_tensor(["a"], 1, dtype=tf.int32),
        ),
        (ValueError, "Expected .*string.*, got .*float32", lambda: tables.index_table_from_tensor([])),
        (ValueError, "must be specified and must not be empty", lambda: tables.index_table_from_file("")),
        (ValueError, "must be greater than 0, got 0", lambda: tables.index_table_from_file("f", vocab_size=0)),
        (
            ValueError,
            "`vocabulary_list` argument must be specified.",
            lambda: tables.index_to_string_table_from_tensor(None),
        ),
        (ValueError, "`key` must have size 2, received 1", lambda: tables.StrongHashSpec([1])),
        (TypeError, "Must be unsigned integer values.", lambda: tables.StrongHashSpec(["a", "b"])),
        (ValueError, "must be a scalar", lambda: STATIC(KEYS(["a"], longs(1)), longs(-1, -2))),
        (ValueError, "must be > 0 if no `table` is supplied", lambda: tables.IdTableWithHashBuckets(None, 0)),
    ],
)
def test_tables_that_there_are_not(error, message, wrong):
    with pytest.raises(error, match=message):
        wrong()


def test_tables_that_change():
    table = tables.MutableHashTable(tf.string, tf.int64, -1)
    put, drop = table.insert(["x", "y", "x"], longs(1, 2, 3)), table.remove(["y", "q"])
    found, count, whole = table.lookup(["x", "y"]), table.size(), table.export()
    with tf.Session() as session:
        assert session.run(count) == 0
        session.run(put)
        assert session.run(found).tolist() == [3, 2] and session.run(count) == 2
        session.run(drop)
        assert session.run(found).tolist() == [3, -1]
        assert [part.tolist() for part in session.run(whole)] == [[b"x"], [3]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Expected shape"):
            session.run(table.insert(["x"], longs(1, 2)))
    table = tables.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0])
    put, found = table.insert(longs(1), [[3.0, 4.0]]), table.lookup(tf.constant([[1], [2]], tf.int64))
    assert found.shape.as_list() == [2, 1, 2]
    with tf.Session() as session:
        session.run(put)
        assert session.run(found).tolist() == [[[3.0, 4.0]], [[0.0, 0.0]]]
        assert session.run(table.export())[1].tolist() == [[3.0, 4.0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected shape \[1, 2\] for value, got \[1, 3\]"):
            session.run(table.insert(longs(1), [[3.0, 4.0, 5.0]]))
        assert session.run(found).tolist() == [[[3.0, 4.0]], [[0.0, 0.0]]]


def test_a_table_that_others_change_meanwhile():
    table = tables.MutableHashTable(tf.int64, tf.int64, -1)
    given = tf.placeholder(tf.int64, [None])
    put, whole = table.insert(given, 2 * given), table.export()
    with tf.Session() as session:
        more = lambda: [session.run(put, {given: np.arange(64 * k, 64 * (k + 1))}) for k in range(100)]
        thread = threading.Thread(target=more)
        thread.start()
        while thread.is_alive():
            keys, values = session.run(whole)
            assert (values == 2 * keys).all()
        thread.join()
        assert session.run(table.size()) == 6400
    with pytest.raises(TypeError, match="Expected int64, got strings"):
        table.insert(["a"], [[1.0, 2.0]])


def test_tables_of_training(tmp_path):
    table = STATIC(KEYS(["a"], longs(5)), -1)
    found = table.lookup(["a"])
    with tf.train.MonitoredSession() as session:
        assert session.run(found).tolist() == [5]
    supervisor = tf.train.Supervisor(logdir=None)
    with supervisor.managed_session() as session:
        assert session.run(found).tolist() == [5]
    assert tf.initializers.tables_initializer is tf.tables_initializer is tf.initialize_all_tables
