//! Files of events and of records.

use crate::error::from_file;
use crate::summary::{Fields, event as read_event};
use ferroflow::formats::records::{Records, write_record};
use ferroflow::formats::{Error, event};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A file that is written until it is closed.
#[pyclass(frozen)]
pub(crate) struct EventWriter(Mutex<Option<event::EventWriter>>);

/// What `work` gives of what the mutex holds, without the interpreter: a thread that waited for the mutex with it would
/// keep the one that has the mutex from ever going on.
fn with<T: Send, R: Send>(py: Python<'_>, mutex: &Mutex<T>, work: impl FnOnce(&mut T) -> R + Send) -> R {
    py.detach(|| work(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner)))
}

#[pymethods]
impl EventWriter {
    /// Begins a file in `folder` whose name ends in `suffix`.
    #[new]
    fn new(py: Python<'_>, folder: PathBuf, suffix: &str, seconds: f64) -> PyResult<Self> {
        let every = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let writer = py.detach(|| event::EventWriter::create(folder, suffix, every)).map_err(|e| from_file(py, &e))?;
        Ok(EventWriter(Mutex::new(Some(writer))))
    }

    fn write(&self, py: Python<'_>, message: &Bound<'_, PyAny>) -> PyResult<()> {
        let event = read_event(Fields::of(message)?)?;
        with(py, &self.0, |w| w.as_mut().map_or(Ok(()), |w| w.write(&event))).map_err(|e| from_file(py, &e))
    }

    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        let flushed = with(py, &self.0, |w| w.as_mut().map_or(Ok(()), event::EventWriter::flush));
        flushed.map_err(|e| from_file(py, &e))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        with(py, &self.0, |w| w.take().map_or(Ok(()), |mut w| w.flush())).map_err(|e| from_file(py, &e))
    }
}

/// Seconds since 1970.
#[pyfunction]
pub(crate) fn now() -> f64 {
    event::now()
}

/// Writes a file of records.
#[pyclass(frozen)]
pub(crate) struct RecordWriter {
    path: PathBuf,
    file: Mutex<Option<BufWriter<File>>>,
}

impl RecordWriter {
    fn error(&self, py: Python<'_>, source: std::io::Error) -> PyErr {
        from_file(py, &Error::Io { path: self.path.display().to_string(), source })
    }

    fn with(&self, py: Python<'_>, f: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()> + Send) -> PyResult<()> {
        let done = with(py, &self.file, |file| file.as_mut().map(f));
        done.ok_or_else(|| PyValueError::new_err("the file is closed"))?.map_err(|source| self.error(py, source))
    }
}

#[pymethods]
impl RecordWriter {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.display().to_string();
        let file =
            py.detach(|| File::create(&path)).map_err(|source| from_file(py, &Error::Io { path: name, source }))?;
        Ok(RecordWriter { path, file: Mutex::new(Some(BufWriter::new(file))) })
    }

    fn write(&self, py: Python<'_>, record: &[u8]) -> PyResult<()> {
        self.with(py, |file| write_record(file, record))
    }

    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Write::flush)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let flushed = with(py, &self.file, |file| file.take().map_or(Ok(()), |mut file| file.flush()));
        flushed.map_err(|source| self.error(py, source))
    }
}

/// The records of a file, one after the other.
#[pyclass(frozen)]
pub(crate) struct RecordReader {
    path: PathBuf,
    records: Mutex<Records<BufReader<File>>>,
}

#[pymethods]
impl RecordReader {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.display().to_string();
        let file =
            py.detach(|| File::open(&path)).map_err(|source| from_file(py, &Error::Io { path: name, source }))?;
        Ok(RecordReader { path, records: Mutex::new(Records::new(BufReader::new(file))) })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let path = self.path.display().to_string();
        match with(py, &self.records, Iterator::next) {
            None => Ok(None),
            Some(Ok(record)) => Ok(Some(PyBytes::new(py, &record))),
            Some(Err(e)) if e.kind() == std::io::ErrorKind::InvalidData => {
                Err(from_file(py, &Error::Damaged { path, tensor: None, why: e.to_string() }))
            }
            Some(Err(source)) => Err(from_file(py, &Error::Io { path, source })),
        }
    }
}
