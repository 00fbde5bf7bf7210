//! Derivatives.

use crate::argument::{Argument, own};
use crate::error::{check, from_graph};
use crate::functions::Built;
use crate::graph::Graph;
use crate::handles::{Operation, Tensor};
use crate::host_call::{raised, take_raised};
use ferroflow::graph::{self as ff, NotDifferentiable};
use pyo3::prelude::*;

/// The derivatives of the sum of `ys` by each of `xs`: a tensor, the rows of one, or `None`. `grad_ys` are what to start
/// from, or `None` for ones; `stop` the tensors that count as constants.
#[pyfunction]
pub(crate) fn gradients<'py>(
    py: Python<'py>,
    graph: &Graph,
    ys: &Bound<'py, PyAny>,
    xs: Vec<PyRef<'py, Tensor>>,
    grad_ys: &Bound<'py, PyAny>,
    stop: Vec<PyRef<'py, Tensor>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (places, graph) = (graph, &graph.graph);
    let ys: Vec<ff::Tensor<'_>> = Argument::from_python(graph, ys)?;
    let seeds: Vec<Option<ff::Tensor<'_>>> = Argument::from_python(graph, grad_ys)?;
    let seeds = seeds.into_iter().chain(std::iter::repeat(None));
    let ys: Vec<_> = ys.into_iter().zip(seeds).collect();
    let of = |tensors: Vec<PyRef<'_, Tensor>>| tensors.iter().map(|t| own(graph, t)).collect::<PyResult<Vec<_>>>();
    let (xs, stop) = (of(xs)?, of(stop)?);
    let found = places.noting(py, || Ok(graph.gradients_up_to(&ys, &xs, &stop)))?;
    graph.take_error();
    if let (true, Some(error)) = (found.is_err(), take_raised()) {
        return Err(error);
    }
    let found = found.map_err(|e| from_graph(py, &e))?;
    check(py, graph)?;
    Built::from(found).into_python(py)
}

/// From now on `function` gives the derivatives of `operation` by `inputs`: of those of its outputs as many as there are
/// inputs, `None` for zero.
#[pyfunction]
pub(crate) fn set_gradient(
    graph: &Graph,
    operation: PyRef<'_, Operation>,
    inputs: Vec<PyRef<'_, Tensor>>,
    function: Py<PyAny>,
) -> PyResult<()> {
    let graph = &graph.graph;
    let inputs = inputs.iter().map(|t| own(graph, t)).collect::<PyResult<Vec<_>>>()?;
    operation.get().set_gradient(inputs, move |cx| {
        let given: Vec<ff::Tensor<'_>> = (0..cx.outputs()).map(|k| cx.grad(k)).collect();
        Python::attach(|py| {
            let found = function.bind(py).call1((Built::from(given).into_python(py)?,))?;
            let found: Vec<Option<ff::Tensor<'_>>> = Argument::from_python(cx.graph(), &found)?;
            Ok(found.into_iter().map(|g| g.map(Into::into)).collect())
        })
        .map_err(|error: PyErr| NotDifferentiable(raised(error)))
    });
    Ok(())
}
