//! Data sets.

use crate::array::to_numpy;
use ferroflow::data::{self, DataSetOptions, Pixels};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

fn error(error: &data::Error) -> PyErr {
    match error {
        data::Error::Io { .. } | data::Error::Missing { .. } | data::Error::Download { .. } => {
            PyOSError::new_err(error.to_string())
        }
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// The base of Python's `DataSet`: examples with labels, drawn in batches.
#[pyclass(subclass, frozen)]
pub(crate) struct DataSet(Mutex<data::DataSet>);

impl DataSet {
    fn set(&self) -> MutexGuard<'_, data::DataSet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl DataSet {
    /// Number of examples.
    #[getter]
    fn num_examples(&self) -> usize {
        self.set().num_examples()
    }

    /// Epochs completed.
    #[getter]
    fn epochs_completed(&self) -> u64 {
        self.set().epochs_completed()
    }

    fn images<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let images = py.detach(|| self.set().images());
        to_numpy(py, images)
    }

    fn labels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let labels = self.set().labels();
        to_numpy(py, labels)
    }

    /// The next examples and their labels; epochs that begin are shuffled if `shuffle`.
    fn next_batch<'py>(
        &self,
        py: Python<'py>,
        batch_size: usize,
        shuffle: bool,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let batch = py.detach(|| {
            let mut set = self.set();
            set.set_shuffle(shuffle);
            set.next_batch(batch_size)
        });
        let batch = batch.map_err(|e| error(&e))?;
        Ok((to_numpy(py, batch.images)?, to_numpy(py, batch.labels)?))
    }
}

/// The train, validation and test sets in `dir`, where MNIST is put if there are none.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the data sets")]
pub(crate) fn read_data_sets(
    py: Python<'_>,
    dir: PathBuf,
    one_hot: bool,
    bytes: bool,
    reshape: bool,
    validation_size: usize,
    seed: u64,
    num_classes: usize,
) -> PyResult<(DataSet, DataSet, DataSet)> {
    let pixels = if bytes { Pixels::Bytes } else { Pixels::Unit };
    let options = DataSetOptions { one_hot, validation_size, seed, pixels, reshape, num_classes, download: false };
    let sets = py.detach(|| data::read_data_sets(dir, &options)).map_err(|e| error(&e))?;
    let of = |set| DataSet(Mutex::new(set));
    Ok((of(sets.train), of(sets.validation), of(sets.test)))
}
