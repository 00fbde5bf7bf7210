"""Summaries, the files in which they are, and files of records."""

import glob
import io
import os
import struct
import subprocess
import sys

import numpy as np
import pytest

import ferroflow as tf


def values(serialized):
    """The values of a summary by their tags."""
    return {v.tag: v for v in tf.Summary.FromString(serialized).value}


def test_numbers(run):
    with tf.name_scope("layer"):
        loss = tf.summary.scalar("loss", tf.constant(1.5))
        again = tf.summary.scalar("loss", 2.0)
    odd = tf.summary.scalar("a b:c", 3, family="f")
    assert [s.op.name for s in (loss, again, odd)] == ["layer/loss", "layer/loss_1", "f/a_b_c"]
    assert loss.dtype == tf.string and loss.op.type == "ScalarSummary" and loss.shape.as_list() == []
    assert tf.get_collection(tf.GraphKeys.SUMMARIES) == [loss, again, odd]
    found = [values(s) for s in run([loss, again, odd])]
    assert [{tag: v.simple_value for tag, v in f.items()} for f in found] == [
        {"layer/loss": 1.5},
        {"layer/loss_1": 2.0},
        {"f/f/a_b_c": 3.0},
    ]


def test_summaries_of_what_is_fed_and_trained():
    x = tf.placeholder(tf.float32, [None])
    w = tf.Variable(1.0)
    loss = tf.reduce_sum(x * w)
    tf.summary.scalar("loss", loss)
    tf.summary.histogram("x", x)
    merged = tf.summary.merge_all()
    assert merged.op.name == "Merge/MergeSummary"
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for expected in (3.0, -1.5):
            summary, value, _ = session.run([merged, loss, train], {x: [1.0, 2.0]})
            assert values(summary)["loss"].simple_value == value == expected
        assert values(summary)["x"].histo.num == 2.0
        assert session.run(w) == 1.0 - 2 * 0.5 * 3.0


def test_histograms(run):
    found = values(run(tf.summary.histogram("h", [0.0, 1.0, 1.0, -2.5])))["h"].histo
    assert (found.min, found.max, found.num, found.sum, found.sum_squares) == (-2.5, 1.0, 4.0, -0.5, 8.25)
    assert found.bucket == [0.0, 1.0, 0.0, 1.0, 0.0, 2.0, 0.0] and found.bucket_limit[2:4] == [0.0, 1e-12]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Nan in summary histogram for: bad"):
        run(tf.summary.histogram("bad", tf.log([-1.0])))


def test_images(run):
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3, 1)
    found = values(run(tf.summary.image("digits", pixels)))
    assert sorted(found) == ["digits/image/0", "digits/image/1"]
    image = found["digits/image/1"].image
    assert (image.height, image.width, image.colorspace) == (2, 3, 1)
    assert image.encoded_image_string.startswith(b"\x89PNG")
    Image = pytest.importorskip("PIL.Image")
    decoded = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
    assert decoded.tolist() == pixels[1, :, :, 0].tolist()


def test_text_and_tensors(run):
    note = values(run(tf.summary.text("note", tf.constant(["hello", "world"]))))["note"]
    assert note.metadata.plugin_data.plugin_name == "text" and note.tensor.string_val == [b"hello", b"world"]
    table = values(run(tf.summary.tensor_summary("t", [[1.0, 2.0]], "numbers", display_name="Table")))["t"]
    assert table.metadata.display_name == "Table" and table.metadata.summary_description == "numbers"
    assert [d.size for d in table.tensor.tensor_shape.dim] == [1, 2]
    assert np.frombuffer(table.tensor.tensor_content, "<f4").tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="to have dtype string"):
        tf.summary.text("n", 1.0)


def test_merging(run):
    a, b = tf.summary.scalar("a", 1.0, collections=[]), tf.summary.scalar("b", 2.0, collections=["mine"])
    assert list(values(run(tf.summary.merge([a, b], name="both")))) == ["a", "b"]
    assert tf.summary.merge_all() is None
    assert list(values(run(tf.summary.merge_all("mine")))) == ["b"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="duplicate tag a"):
        run(tf.summary.merge([a, a]))


def test_names_of_old(run):
    loss = tf.scalar_summary("my loss", 1.0)
    pair = tf.scalar_summary(["p", "q"], [1.0, 2.0], name="pair")
    hist = tf.histogram_summary("h", [1.0], collections=["other"])
    image = tf.image_summary("i", tf.zeros([1, 2, 2, 3]), max_images=1)
    assert loss.op.name == "ScalarSummary" and pair.op.name == "pair" and hist.op.name == "HistogramSummary"
    found = values(run(tf.merge_all_summaries()))
    assert sorted(found) == ["i/image", "my loss", "p", "q"] and image.op.type == "ImageSummary"
    assert list(values(run(tf.merge_summary([hist])))) == ["h"]
    assert tf.merge_all_summaries("none") is None


def test_messages():
    summary = tf.Summary(value=[tf.Summary.Value(tag="x", simple_value=1.5)])
    added = summary.value.add(tag="y")
    assert added.WhichOneof("value") is None and not added.HasField("simple_value")
    added.image.height = 3
    assert added.WhichOneof("value") == "image" and added.HasField("image")
    assert tf.Summary.FromString(summary.SerializeToString()).value[1].image.height == 3
    added.simple_value = 2
    assert added.WhichOneof("value") == "simple_value" and not added.HasField("image")
    other = tf.Summary()
    other.CopyFrom(summary)
    assert other == tf.Summary.FromString(summary.SerializeToString()) and other != tf.Summary()
    assert other.ParseFromString(b"") == 0 and list(other.value) == []
    event = tf.Event(step=3, summary=summary)
    assert tf.Event.FromString(event.SerializeToString()).summary.value[0].tag == "x"
    assert tf.Event(file_version="v").WhichOneof("what") == "file_version"
    assert repr(tf.SessionLog(status=tf.SessionLog.START)) == "SessionLog(status=1)"
    histogram = tf.HistogramProto(min=1.0, bucket=[2.0])
    assert histogram.bucket == [2.0] and histogram.bucket_limit == []
    metadata = tf.SummaryMetadata(plugin_data=tf.SummaryMetadata.PluginData(plugin_name="text"))
    assert metadata.SerializeToString() == b"\x0a\x06\x0a\x04text"
    with pytest.raises(ValueError, match='Protocol message Summary has no "nothing" field.'):
        tf.Summary(nothing=1)
    with pytest.raises(AttributeError, match='Protocol message Summary has no "nothing" field.'):
        tf.Summary().nothing = 1
    with pytest.raises(ValueError, match="no summary"):
        tf.Summary.FromString(b"\xff")
    event.Clear()
    assert event == tf.Event()
    assert list(event.summary.value) == [] and not event.HasField("summary")
    event.summary.value.add(tag="z")
    event.summary.value.extend([tf.Summary.Value(tag="w")])
    assert [v.tag for v in event.summary.value] == ["z", "w"] and event.WhichOneof("what") == "summary"


def checksum(data):
    """The masked CRC-32C, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    """The records of a file, by hand."""
    data, at, found = open(path, "rb").read(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == checksum(data[at : at + 8])
        record = data[at + 12 : at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == checksum(record)
        found.append(record)
        at += 16 + length
    return found


def write_events(folder):
    """Writes a file of a few events; gives its path."""
    with tf.summary.FileWriter(str(folder), tf.get_default_graph(), filename_suffix=".end") as writer:
        assert writer.get_logdir() == str(folder)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 1)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=0.25)]), 5)
        writer.add_summary(tf.Summary(value=[{"tag": "loss", "simple_value": 0.125}]).SerializeToString(), np.int64(6))
        writer.add_event(tf.Event(wall_time=1.5, step=7))
        writer.add_graph(tf.get_default_graph())
        writer.add_meta_graph(None)
        writer.add_run_metadata(None, "step")
        writer.flush()
    (path,) = glob.glob(str(folder / "events.out.tfevents.*.end"))
    return path


def test_files_of_events(tmp_path):
    path = write_events(tmp_path / "logs")
    assert records(path)[0].endswith(b"\x1a\x0dbrain.Event:2")
    assert len(records(path)) == 5
    events = list(tf.train.summary_iterator(path))
    assert [e.step for e in events] == [0, 1, 5, 6, 7] and events[0].file_version == "brain.Event:2"
    assert [v.simple_value for e in events for v in e.summary.value] == [0.25, 0.125]
    assert events[1].session_log.status == 1 and events[4].wall_time == 1.5 and events[2].wall_time > 1e9
    with open(path, "ab") as file:
        file.write(b"half a record")
    with pytest.raises(tf.errors.DataLossError, match="record at"):
        list(tf.train.summary_iterator(path))


def test_tensorboard_reads_them(tmp_path):
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    folder = tmp_path / "logs"
    write_events(folder)
    with tf.summary.FileWriter(str(folder)) as writer, tf.Session() as session:
        tf.summary.histogram("h", tf.constant([1.0, 2.0]))
        tf.summary.image("i", tf.ones([1, 2, 2, 3]), max_outputs=1)
        tf.summary.text("t", tf.constant("hello"))
        writer.add_summary(session.run(tf.summary.merge_all()), 8)
    found = loader.EventAccumulator(str(folder))
    found.Reload()
    assert [(e.step, e.value) for e in found.Scalars("loss")] == [(5, 0.25), (6, 0.125)]
    histogram = found.Histograms("h")[0].histogram_value
    assert (histogram.num, histogram.sum) == (2.0, 3.0) and sum(histogram.bucket) == 2.0
    assert found.Images("i/image")[0].width == 2
    assert found.Tensors("t")[0].tensor_proto.string_val == [b"hello"]


def test_writers(tmp_path):
    writer = tf.summary.FileWriterCache.get(str(tmp_path))
    assert tf.summary.FileWriterCache.get(str(tmp_path)) is writer
    tf.summary.FileWriterCache.clear()
    writer.add_summary(tf.Summary(), 1)
    writer.reopen()
    writer.add_summary(tf.Summary(), 2)
    writer.close()
    paths = sorted(glob.glob(str(tmp_path / "*")), key=os.path.getmtime)
    files = [list(tf.train.summary_iterator(path)) for path in paths]
    assert [[e.step for e in events] for events in files] == [[0], [0, 2]]
    assert tf.train.SummaryWriter is tf.summary.FileWriter and tf.train.SummaryWriterCache.clear() is None
    with pytest.raises(tf.errors.OpError):
        (tmp_path / "file").write_text("")
        tf.summary.FileWriter(str(tmp_path / "file" / "logs"))


def test_files_of_records(tmp_path):
    path = str(tmp_path / "records")
    with tf.python_io.TFRecordWriter(path) as writer:
        writer.write(b"one")
        writer.write(b"")
        writer.flush()
    assert records(path) == list(tf.python_io.tf_record_iterator(path)) == [b"one", b""]
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")
    with pytest.raises(tf.errors.NotFoundError):
        list(tf.python_io.tf_record_iterator(str(tmp_path / "none")))
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with pytest.raises(tf.errors.UnimplementedError, match="compressed"):
        tf.python_io.TFRecordWriter(path, options)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
def test_threads_that_fail_to_write_go_on():
    program = """if True:
        import threading
        import ferroflow as tf

        writer = tf.python_io.TFRecordWriter("/dev/full")
        failed = []

        def write():
            for _ in range(200):
                try:
                    writer.write(b"x" * 10000)
                except tf.errors.ResourceExhaustedError:
                    failed.append(1)

        threads = [threading.Thread(target=write) for _ in range(4)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert failed
    """
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_sounds(run):
    wave = np.array([[0.5, -1.0, 1.5]], np.float32)
    # As TensorFlow encodes it.
    expected = (
        b'\nS\n\x07a/audio2H\r\x00\x00\xfaE\x10\x01\x18\x03"2RIFF*\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00'
        b"@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x06\x00\x00\x00\x00@\x00\x80\xff\x7f*\taudio/wav"
    )
    assert run(tf.summary.audio("a", wave, 8000, max_outputs=1)) == expected
    found = values(run(tf.summary.audio("b", np.zeros([2, 2, 2], np.float32), 8000)))
    assert sorted(found) == ["b/audio/0", "b/audio/1"] and found["b/audio/1"].audio.num_channels == 2
    with pytest.raises(tf.errors.InvalidArgumentError, match="sample_rate must be > 0"):
        run(tf.summary.audio("c", wave, 0.0))
    with pytest.raises(ValueError, match="sounds must be of rank 2 or 3"):
        tf.summary.audio("d", [1.0], 8000)
