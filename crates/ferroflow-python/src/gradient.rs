//! Derivatives.

use crate::argument::{Argument, own};
use crate::error::{check, from_graph};
use crate::functions::Built;
use crate::graph::Graph;
use crate::handles::Tensor;
use ferroflow::graph as ff;
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
    let graph = &graph.graph;
    let ys: Vec<ff::Tensor<'_>> = Argument::from_python(graph, ys)?;
    let seeds: Vec<Option<ff::Tensor<'_>>> = Argument::from_python(graph, grad_ys)?;
    let seeds = seeds.into_iter().chain(std::iter::repeat(None));
    let ys: Vec<_> = ys.into_iter().zip(seeds).collect();
    let of = |tensors: Vec<PyRef<'_, Tensor>>| tensors.iter().map(|t| own(graph, t)).collect::<PyResult<Vec<_>>>();
    let (xs, stop) = (of(xs)?, of(stop)?);
    let found = graph.gradients_up_to(&ys, &xs, &stop);
    graph.take_error();
    let found = found.map_err(|e| from_graph(py, &e))?;
    check(py, graph)?;
    Built::from(found).into_python(py)
}
