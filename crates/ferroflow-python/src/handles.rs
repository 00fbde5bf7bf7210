//! What Python's `Tensor` and `Operation` are handles of.

use crate::graph::Graph;
use ferroflow::graph as ff;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// The base of Python's `Operation`: a node of a graph.
#[pyclass(subclass, frozen)]
pub(crate) struct Operation {
    pub(crate) graph: ff::Graph,
    pub(crate) id: ff::NodeId,
}

/// The base of Python's `Tensor`: an output of an operation.
#[pyclass(subclass, frozen, weakref)]
pub(crate) struct Tensor {
    pub(crate) graph: ff::Graph,
    pub(crate) outlet: ff::Outlet,
}

impl Operation {
    pub(crate) fn get(&self) -> ff::Operation<'_> {
        self.graph.tensor_at(self.id.outlet(0)).operation()
    }
}

impl Tensor {
    pub(crate) fn get(&self) -> ff::Tensor<'_> {
        self.graph.tensor_at(self.outlet)
    }
}

#[pymethods]
impl Operation {
    /// The operation that is node `id` of `graph`.
    #[new]
    fn new(graph: &Bound<'_, Graph>, id: u32) -> PyResult<Self> {
        let graph = graph.get().graph.clone();
        match (id as usize) < graph.len() {
            true => Ok(Operation { graph, id: ff::NodeId(id) }),
            false => Err(PyIndexError::new_err(format!("the graph has no operation {id}"))),
        }
    }

    #[getter]
    fn _id(&self) -> u32 {
        self.id.0
    }

    /// The name, unique in the graph.
    #[getter]
    fn name(&self) -> String {
        self.get().name()
    }

    /// The type, such as `MatMul`.
    #[getter]
    fn r#type(&self) -> &'static str {
        self.get().op_type()
    }

    /// The device asked for; empty if none.
    #[getter]
    fn device(&self) -> String {
        self.get().device()
    }

    #[getter]
    fn _num_outputs(&self) -> usize {
        self.get().num_outputs()
    }

    /// The inputs, each as node and output.
    fn _inputs(&self) -> Vec<(u32, u32)> {
        self.get().inputs().into_iter().map(|t| (t.outlet().node.0, t.outlet().output)).collect()
    }

    /// The nodes that run before this one without giving it a value.
    fn _controls(&self) -> Vec<u32> {
        self.graph.with_dag(|dag| dag.node(self.id).controls.iter().map(|id| id.0).collect())
    }

    /// The line of the graph's text that tells of the attribute, as name and value.
    fn _attributes<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        let attrs = self.graph.with_dag(|dag| dag.node(self.id).op.attrs());
        attrs.into_iter().map(|(name, value)| Ok((name, attribute(py, value)?))).collect()
    }

    fn _add_control_input(&self, other: &Operation) {
        self.get().add_control_input(other.get());
    }
}

fn attribute(py: Python<'_>, value: ff::Attr) -> PyResult<Bound<'_, PyAny>> {
    use ff::Attr;
    Ok(match value {
        Attr::Bool(v) => v.into_pyobject(py)?.to_owned().into_any(),
        Attr::Int(v) => v.into_pyobject(py)?.into_any(),
        Attr::Float(v) => v.into_pyobject(py)?.into_any(),
        Attr::Str(v) => v.into_pyobject(py)?.into_any(),
        Attr::DType(v) => v.tensorflow_name().into_pyobject(py)?.into_any(),
        Attr::Shape(v) => dims(py, &v)?,
        Attr::Ints(v) => v.into_pyobject(py)?.into_any(),
        Attr::Strs(v) => v.into_pyobject(py)?.into_any(),
        Attr::DTypes(v) => v.iter().map(|d| d.tensorflow_name()).collect::<Vec<_>>().into_pyobject(py)?.into_any(),
        Attr::Array(v) => crate::array::to_numpy(py, v)?,
    })
}

/// A shape as a tuple with `None` for what is not known; `None` for an unknown rank.
fn dims<'py>(py: Python<'py>, shape: &ferroflow::array::PartialShape) -> PyResult<Bound<'py, PyAny>> {
    match shape.dims() {
        Some(dims) => Ok(PyTuple::new(py, dims)?.into_any()),
        None => Ok(py.None().into_bound(py)),
    }
}

#[pymethods]
impl Tensor {
    /// Output `index` of `op`.
    #[new]
    fn new(op: &Bound<'_, Operation>, index: u32) -> PyResult<Self> {
        let op = op.get();
        match (index as usize) < op.get().num_outputs() {
            true => Ok(Tensor { graph: op.graph.clone(), outlet: op.id.outlet(index as usize) }),
            false => Err(PyIndexError::new_err(format!("'{}' has no output {index}", op.get().name()))),
        }
    }

    #[getter]
    fn _node(&self) -> u32 {
        self.outlet.node.0
    }

    /// Which of its operation's outputs it is.
    #[getter]
    fn value_index(&self) -> u32 {
        self.outlet.output
    }

    /// The name, `operation:output`.
    #[getter]
    fn name(&self) -> String {
        self.get().name()
    }

    #[getter]
    fn _dtype(&self) -> &'static str {
        self.get().dtype().tensorflow_name()
    }

    /// The known part of the shape, as a tuple; `None` for an unknown rank.
    #[getter]
    fn _dims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dims(py, &self.get().shape())
    }

    fn _set_shape(&self, py: Python<'_>, shape: crate::argument::ShapeArg) -> PyResult<()> {
        self.get().set_shape(shape.0);
        crate::error::check(py, &self.graph)
    }
}
