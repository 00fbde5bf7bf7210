//! TensorFlow's checkpoints.

use crate::array::to_numpy;
use crate::error::{from_file, from_run};
use crate::graph::Graph;
use crate::handles::Tensor;
use crate::session::Session;
use ferroflow::formats::checkpoint::{self, Reader, State};
use ferroflow::graph as ff;
use ferroflow::train::{History, SaverError, restore_variables, save_variables};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A checkpoint, open for reading.
#[pyclass(subclass, frozen)]
pub(crate) struct CheckpointReader(Reader);

#[pymethods]
impl CheckpointReader {
    #[new]
    fn new(py: Python<'_>, prefix: PathBuf) -> PyResult<Self> {
        py.detach(|| Reader::open(prefix)).map(CheckpointReader).map_err(|e| from_file(py, &e))
    }

    /// The tensors: name, dtype and shape.
    fn _tensors(&self) -> Vec<(String, String, Vec<usize>)> {
        let of = |(name, stored): (&String, &checkpoint::Stored)| {
            (name.clone(), stored.dtype.to_string(), stored.shape.to_vec())
        };
        self.0.tensors().iter().map(of).collect()
    }

    fn _read<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let array = py.detach(|| self.0.read(name)).map_err(|e| from_file(py, &e))?;
        to_numpy(py, array)
    }
}

/// Whether there is a checkpoint of that name.
#[pyfunction]
pub(crate) fn checkpoint_exists(prefix: PathBuf) -> bool {
    checkpoint::exists(prefix)
}

/// Removes the files of a checkpoint.
#[pyfunction]
pub(crate) fn remove_checkpoint(py: Python<'_>, prefix: PathBuf) -> PyResult<()> {
    py.detach(|| checkpoint::remove(prefix)).map_err(|e| from_file(py, &e))
}

/// What a folder's state of checkpoints holds, in the order of its fields.
type Fields = (String, Vec<String>, Vec<f64>, Option<f64>);

/// What the state of checkpoints in a folder says, if there is one.
#[pyfunction]
pub(crate) fn read_checkpoint_state(py: Python<'_>, folder: PathBuf, name: &str) -> PyResult<Option<Fields>> {
    let state = py.detach(|| State::read(folder, name)).map_err(|e| from_file(py, &e))?;
    Ok(state.map(|s| (s.latest, s.all, s.timestamps, s.last_preserved)))
}

/// Writes the state of checkpoints in a folder.
#[pyfunction]
pub(crate) fn write_checkpoint_state(
    py: Python<'_>,
    folder: PathBuf,
    name: &str,
    fields: Fields,
    relative: bool,
) -> PyResult<()> {
    let (latest, all, timestamps, last_preserved) = fields;
    let state = State { latest, all, timestamps, last_preserved };
    py.detach(|| state.write(folder, name, relative)).map_err(|e| match e {
        // TensorFlow's class.
        ferroflow::formats::Error::Invalid(why) => pyo3::exceptions::PyRuntimeError::new_err(why),
        other => from_file(py, &other),
    })
}

/// The base of Python's `Saver`: variables with their names in checkpoints, and the checkpoints written.
#[pyclass(subclass, frozen)]
pub(crate) struct Saver {
    graph: ff::Graph,
    variables: Vec<(String, ff::Outlet)>,
    reshape: bool,
    history: Mutex<History>,
}

impl Saver {
    fn variables(&self) -> PyResult<Vec<(String, ff::Variable<'_>)>> {
        let find = |(name, outlet): &(String, ff::Outlet)| {
            let variable = self.graph.variable_of(self.graph.tensor_at(*outlet));
            variable.map(|v| (name.clone(), v)).ok_or_else(|| PyTypeError::new_err(format!("'{name}' is no variable")))
        };
        self.variables.iter().map(find).collect()
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error(py: Python<'_>, error: &SaverError) -> PyErr {
    match error {
        SaverError::File(error) => from_file(py, error),
        SaverError::Session(error) => from_run(py, error),
        other => crate::error::tensorflow(py, "InvalidArgumentError", None, other.to_string()),
    }
}

#[pymethods]
impl Saver {
    /// Saves variables of `graph`, each a pair of name and reference; keeps `most` checkpoints and one of each so many
    /// `hours`.
    #[new]
    fn new(
        graph: &Bound<'_, Graph>,
        variables: Vec<(String, PyRef<'_, Tensor>)>,
        most: usize,
        hours: f64,
        reshape: bool,
    ) -> PyResult<Self> {
        let graph = graph.get().graph.clone();
        if variables.iter().any(|(_, tensor)| !graph.same(&tensor.graph)) {
            return Err(PyValueError::new_err("The variables of a Saver must be of one graph"));
        }
        let variables = variables.into_iter().map(|(name, tensor)| (name, tensor.outlet)).collect();
        // More hours than can be counted are as good as never.
        let every = Duration::try_from_secs_f64(hours * 3600.0).ok().filter(|d| !d.is_zero() && hours < 1e6);
        Ok(Saver { graph, variables, reshape, history: Mutex::new(History::new(most, every)) })
    }

    fn _save(&self, py: Python<'_>, session: &Session, prefix: PathBuf) -> PyResult<()> {
        let (session, variables) = (session.open()?, self.variables()?);
        py.detach(|| save_variables(&session, prefix, &variables)).map_err(|e| error(py, &e))
    }

    fn _restore(&self, py: Python<'_>, session: &Session, prefix: PathBuf) -> PyResult<()> {
        let (session, variables) = (session.open()?, self.variables()?);
        let restored = py.detach(|| restore_variables(&session, prefix, &variables, self.reshape));
        restored.map_err(|e| error(py, &e))
    }

    /// Notes that a checkpoint was written; gives the one to remove.
    fn _record(&self, name: String) -> Option<String> {
        self.history().record(name)
    }

    /// The checkpoints that are kept, with the times at which they were written.
    fn _kept(&self) -> Vec<(String, f64)> {
        self.history().times().to_vec()
    }

    fn _set_kept(&self, kept: Vec<(String, f64)>) {
        self.history().set_times(kept);
    }
}
