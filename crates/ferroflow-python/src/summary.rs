//! Summaries and events. Python's messages are told as dictionaries.

use ferroflow::formats::Error;
use ferroflow::formats::event::{Event, SessionLog, What};
use ferroflow::formats::summary::{
    Audio, Content, Dim, Dims, HistogramProto, Image, Metadata, Plugin, Summary, TensorProto, Value,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

/// The fields of a message that are set.
pub(crate) struct Fields<'py>(Bound<'py, PyDict>);

impl<'py> Fields<'py> {
    pub(crate) fn of(message: &Bound<'py, PyAny>) -> PyResult<Self> {
        Ok(Fields(message.getattr("_set")?.cast_into::<PyDict>()?))
    }

    /// A number or text, or what it is unless set.
    fn get<T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>> + Default>(&self, name: &str) -> PyResult<T> {
        match self.0.get_item(name)? {
            Some(value) => value.extract::<T>().map_err(Into::into),
            None => Ok(T::default()),
        }
    }

    fn message<T>(&self, name: &str, read: impl Fn(Fields<'py>) -> PyResult<T>) -> PyResult<Option<T>> {
        self.0.get_item(name)?.map(|message| read(Fields::of(&message)?)).transpose()
    }

    fn messages<T>(&self, name: &str, read: impl Fn(Fields<'py>) -> PyResult<T>) -> PyResult<Vec<T>> {
        let Some(items) = self.0.get_item(name)? else { return Ok(Vec::new()) };
        items.try_iter()?.map(|item| read(Fields::of(&item?)?)).collect()
    }
}

fn summary(fields: Fields<'_>) -> PyResult<Summary> {
    Ok(Summary { value: fields.messages("value", value)? })
}

fn value(fields: Fields<'_>) -> PyResult<Value> {
    let content = if let Some(image) = fields.message("image", image)? {
        Some(Content::Image(image))
    } else if let Some(histogram) = fields.message("histo", histogram)? {
        Some(Content::Histogram(histogram))
    } else if let Some(audio) = fields.message("audio", audio)? {
        Some(Content::Audio(audio))
    } else if let Some(tensor) = fields.message("tensor", tensor)? {
        Some(Content::Tensor(tensor))
    } else {
        fields.get::<Option<f64>>("simple_value")?.map(|number| Content::SimpleValue(number as f32))
    };
    let metadata = fields.message("metadata", metadata)?;
    Ok(Value { tag: fields.get("tag")?, node_name: fields.get("node_name")?, metadata, content })
}

fn image(fields: Fields<'_>) -> PyResult<Image> {
    Ok(Image {
        height: fields.get("height")?,
        width: fields.get("width")?,
        colorspace: fields.get("colorspace")?,
        encoded: fields.get("encoded_image_string")?,
    })
}

fn histogram(fields: Fields<'_>) -> PyResult<HistogramProto> {
    Ok(HistogramProto {
        min: fields.get("min")?,
        max: fields.get("max")?,
        num: fields.get("num")?,
        sum: fields.get("sum")?,
        sum_squares: fields.get("sum_squares")?,
        bucket_limit: fields.get("bucket_limit")?,
        bucket: fields.get("bucket")?,
    })
}

fn audio(fields: Fields<'_>) -> PyResult<Audio> {
    Ok(Audio {
        sample_rate: fields.get("sample_rate")?,
        channels: fields.get("num_channels")?,
        length: fields.get("length_frames")?,
        encoded: fields.get("encoded_audio_string")?,
        content_type: fields.get("content_type")?,
    })
}

fn tensor(fields: Fields<'_>) -> PyResult<TensorProto> {
    let dim = |fields: Fields<'_>| Ok(Dim { size: fields.get("size")? });
    let shape = fields.message("tensor_shape", |shape| Ok(Dims { dim: shape.messages("dim", dim)? }))?;
    let (content, strings) = (fields.get("tensor_content")?, fields.get("string_val")?);
    Ok(TensorProto { dtype: fields.get("dtype")?, shape, content, strings })
}

fn metadata(fields: Fields<'_>) -> PyResult<Metadata> {
    let plugin = |f: Fields<'_>| Ok(Plugin { name: f.get("plugin_name")?, content: f.get("content")? });
    Ok(Metadata {
        plugin: fields.message("plugin_data", plugin)?,
        display_name: fields.get("display_name")?,
        description: fields.get("summary_description")?,
    })
}

pub(crate) fn event(fields: Fields<'_>) -> PyResult<Event> {
    let log = |f: Fields<'_>| {
        Ok(SessionLog { status: f.get("status")?, checkpoint_path: f.get("checkpoint_path")?, msg: f.get("msg")? })
    };
    let what = if let Some(found) = fields.message("summary", summary)? {
        Some(What::Summary(found))
    } else if let Some(found) = fields.message("session_log", log)? {
        Some(What::SessionLog(found))
    } else if let Some(found) = fields.get::<Option<Vec<u8>>>("graph_def")? {
        Some(What::GraphDef(found))
    } else if let Some(found) = fields.get::<Option<Vec<u8>>>("meta_graph_def")? {
        Some(What::MetaGraphDef(found))
    } else {
        fields.get::<Option<String>>("file_version")?.map(What::FileVersion)
    };
    Ok(Event { wall_time: fields.get("wall_time")?, step: fields.get("step")?, what })
}

/// `fields! { py; "name": value, … }`: a dictionary.
macro_rules! fields {
    ($py:expr; $($name:literal: $value:expr),* $(,)?) => {{
        let dict = PyDict::new($py);
        $(dict.set_item($name, $value)?;)*
        dict
    }};
}

fn of_summary<'py>(py: Python<'py>, summary: &Summary) -> PyResult<Bound<'py, PyDict>> {
    let values = summary.value.iter().map(|v| of_value(py, v)).collect::<PyResult<Vec<_>>>()?;
    Ok(fields! { py; "value": PyList::new(py, values)? })
}

fn of_value<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyDict>> {
    let dict = fields! { py; "tag": &value.tag, "node_name": &value.node_name };
    if let Some(m) = &value.metadata {
        let metadata = fields! { py; "display_name": &m.display_name, "summary_description": &m.description };
        if let Some(p) = &m.plugin {
            let plugin = fields! { py; "plugin_name": &p.name, "content": PyBytes::new(py, &p.content) };
            metadata.set_item("plugin_data", plugin)?;
        }
        dict.set_item("metadata", metadata)?;
    }
    match &value.content {
        Some(Content::SimpleValue(number)) => dict.set_item("simple_value", number)?,
        Some(Content::Image(image)) => dict.set_item(
            "image",
            fields! { py; "height": image.height, "width": image.width, "colorspace": image.colorspace,
            "encoded_image_string": PyBytes::new(py, &image.encoded) },
        )?,
        Some(Content::Histogram(h)) => dict.set_item(
            "histo",
            fields! { py; "min": h.min, "max": h.max, "num": h.num, "sum": h.sum, "sum_squares": h.sum_squares,
            "bucket_limit": &h.bucket_limit, "bucket": &h.bucket },
        )?,
        Some(Content::Audio(audio)) => dict.set_item(
            "audio",
            fields! { py; "sample_rate": audio.sample_rate, "num_channels": audio.channels,
            "length_frames": audio.length, "content_type": &audio.content_type,
            "encoded_audio_string": PyBytes::new(py, &audio.encoded) },
        )?,
        Some(Content::Tensor(tensor)) => {
            let dims = tensor.shape.iter().flat_map(|shape| &shape.dim);
            let dims = dims.map(|d| Ok(fields! { py; "size": d.size })).collect::<PyResult<Vec<_>>>()?;
            let strings: Vec<_> = tensor.strings.iter().map(|s| PyBytes::new(py, s)).collect();
            dict.set_item(
                "tensor",
                fields! { py; "dtype": tensor.dtype, "tensor_shape": fields! { py; "dim": dims },
                "tensor_content": PyBytes::new(py, &tensor.content), "string_val": strings },
            )?;
        }
        Some(Content::Obsolete(_)) | None => {}
    }
    Ok(dict)
}

fn of_event<'py>(py: Python<'py>, event: &Event) -> PyResult<Bound<'py, PyDict>> {
    let dict = fields! { py; "wall_time": event.wall_time, "step": event.step };
    match &event.what {
        Some(What::FileVersion(version)) => dict.set_item("file_version", version)?,
        Some(What::GraphDef(bytes)) => dict.set_item("graph_def", PyBytes::new(py, bytes))?,
        Some(What::MetaGraphDef(bytes)) => dict.set_item("meta_graph_def", PyBytes::new(py, bytes))?,
        Some(What::Summary(summary)) => dict.set_item("summary", of_summary(py, summary)?)?,
        Some(What::SessionLog(log)) => dict.set_item(
            "session_log",
            fields! { py; "status": log.status, "checkpoint_path": &log.checkpoint_path, "msg": &log.msg },
        )?,
        None => {}
    }
    Ok(dict)
}

/// A message of that name, encoded.
#[pyfunction]
pub(crate) fn encode<'py>(py: Python<'py>, name: &str, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let fields = Fields::of(message)?;
    let bytes = match name {
        "Summary" => summary(fields)?.to_bytes(),
        "SummaryMetadata" => metadata(fields)?.to_bytes(),
        "Event" => event(fields)?.to_bytes(),
        other => return Err(PyValueError::new_err(format!("{other} is not written"))),
    };
    Ok(PyBytes::new(py, &bytes))
}

/// The fields of the encoded message of that name.
#[pyfunction]
pub(crate) fn decode<'py>(py: Python<'py>, name: &str, bytes: &[u8]) -> PyResult<Bound<'py, PyDict>> {
    let error = |e: Error| PyValueError::new_err(crate::error::words(&e));
    match name {
        "Summary" => of_summary(py, &Summary::parse(bytes).map_err(error)?),
        "Event" => of_event(py, &Event::parse(bytes).map_err(error)?),
        other => Err(PyValueError::new_err(format!("{other} is not read"))),
    }
}
