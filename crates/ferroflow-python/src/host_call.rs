//! Functions of Python's as operations.

use crate::argument::Argument;
use crate::array::{from_python, to_numpy};
use crate::error::check;
use crate::functions::Built;
use crate::graph::Graph;
use ferroflow::array::{Array, DType};
use ferroflow::graph::{self as ff, ScopeGuard};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::cell::RefCell;

thread_local! {
    /// What a function raised while this thread ran a session.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Takes what a function raised since this was last asked.
pub(crate) fn take_raised() -> Option<PyErr> {
    RAISED.with(|raised| raised.borrow_mut().take())
}

/// Keeps what a function raised, until it is taken; gives its text.
pub(crate) fn raised(error: PyErr) -> String {
    let message = Python::attach(|py| error.value(py).str().map_or_else(|_| String::new(), |s| s.to_string()));
    RAISED.with(|raised| raised.borrow_mut().replace(error));
    message
}

/// An operation that calls `function` with arrays, one for each of `inputs`; it gives as many as there are `dtypes`.
#[pyfunction]
pub(crate) fn host_call<'py>(
    py: Python<'py>,
    graph: &Graph,
    function: Py<PyAny>,
    inputs: &Bound<'py, PyAny>,
    dtypes: Vec<String>,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (places, graph) = (graph, &graph.graph);
    let inputs: Vec<ff::Tensor<'_>> = Argument::from_python(graph, inputs)?;
    let unknown = |_| PyTypeError::new_err("the dtype is not supported");
    let dtypes = dtypes.iter().map(|d| d.parse().map_err(unknown)).collect::<PyResult<Vec<DType>>>()?;
    let of = dtypes.clone();
    let _name: ScopeGuard = graph.name_next("PyFunc", name);
    let function = move |arrays: &[&Array]| Python::attach(|py| call(py, &function, arrays, &of)).map_err(raised);
    let operation = places.noting(py, || Ok(graph.host_call(inputs, dtypes, function)))?;
    check(py, graph)?;
    match operation.num_outputs() {
        0 => Built::from(operation),
        n => Built::from((0..n).map(|k| operation.output(k)).collect::<Vec<_>>()),
    }
    .into_python(py)
}

fn call(py: Python<'_>, function: &Py<PyAny>, arrays: &[&Array], dtypes: &[DType]) -> PyResult<Vec<Array>> {
    let arguments = arrays.iter().map(|array| to_numpy(py, own(array)?)).collect::<PyResult<Vec<_>>>()?;
    let found = function.bind(py).call1(PyTuple::new(py, arguments)?)?;
    let found = found.cast_into::<PyList>()?;
    found.iter().zip(dtypes).map(|(value, dtype)| from_python(&value, Some(*dtype))).collect()
}

/// The array in memory of its own, which the function may write to.
fn own(array: &Array) -> PyResult<Array> {
    if array.dtype() == DType::String {
        return Ok(array.clone());
    }
    let error = |e: ferroflow::array::ArrayError| PyTypeError::new_err(crate::error::words(&e));
    let mut copy = Array::zeros(array.dtype(), array.shape()).map_err(error)?;
    copy.bytes_mut().copy_from_slice(array.bytes());
    Ok(copy)
}
