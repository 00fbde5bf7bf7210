//! Sessions.

use crate::argument::handle;
use crate::array::{from_python, to_feed, to_numpy};
use crate::error::{at_node, from_run, from_run_at, guarded};
use crate::graph::Graph;
use crate::handles::{Operation, Tensor};
use crate::host_call::take_raised;
use crate::place::Places;
use ferroflow::array::Array;
use ferroflow::graph as ff;
use ferroflow::runtime::{self, Fetch, Request, SessionOptions};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use std::sync::{Arc, PoisonError, RwLock};

/// The base of Python's sessions.
#[pyclass(subclass, frozen)]
pub(crate) struct Session {
    graph: ff::Graph,
    places: Arc<Places>,
    session: RwLock<Option<Arc<runtime::Session>>>,
}

/// What is fetched, in the form in which it was asked for.
enum Form {
    /// The value of this number.
    Value(usize),
    /// An operation, which gives `None`.
    Nothing,
    List(Vec<Form>),
    Tuple(Vec<Form>),
    /// A tuple with names, of this class.
    Named(Py<PyAny>, Vec<Form>),
    /// A mapping, of this class.
    Mapping(Py<PyAny>, Vec<(Py<PyAny>, Form)>),
}

/// What is fetched, in a row, each once.
#[derive(Default)]
struct Fetches {
    outlets: Vec<ff::Outlet>,
    targets: Vec<ff::NodeId>,
}

impl Fetch for &Fetches {
    type Output = Vec<Array>;

    fn ask(&self, _: &ff::Graph, request: &mut Request) -> runtime::Result<()> {
        request.fetches.extend(self.outlets.iter().copied());
        request.targets.extend(self.targets.iter().copied());
        Ok(())
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Vec<Array> {
        values.collect()
    }
}

impl Fetches {
    fn outlet(&mut self, outlet: ff::Outlet) -> Form {
        let known = self.outlets.iter().position(|o| *o == outlet);
        Form::Value(known.unwrap_or_else(|| {
            self.outlets.push(outlet);
            self.outlets.len() - 1
        }))
    }

    fn target(&mut self, id: ff::NodeId) -> Form {
        self.targets.push(id);
        Form::Nothing
    }

    /// Reads a nest of what can be fetched.
    fn read(&mut self, graph: &ff::Graph, value: &Bound<'_, PyAny>) -> PyResult<Form> {
        if let Ok(operation) = value.cast::<Operation>() {
            own(graph, &operation.get().graph, value)?;
            return Ok(self.target(operation.get().id));
        }
        if let Some(rows) = self.rows(graph, value)? {
            return Ok(rows);
        }
        if let Some(tensor) = handle(value) {
            own(graph, &tensor.get().graph, value)?;
            return Ok(self.outlet(tensor.get().outlet));
        }
        let all = |fetches: &mut Self, items: &mut dyn Iterator<Item = PyResult<Bound<'_, PyAny>>>| {
            items.map(|item| fetches.read(graph, &item?)).collect::<PyResult<Vec<_>>>()
        };
        if let Ok(items) = value.cast::<PyList>() {
            return all(self, &mut items.iter().map(Ok)).map(Form::List);
        }
        if let Ok(items) = value.cast::<PyTuple>() {
            let items = all(self, &mut items.iter().map(Ok))?;
            return Ok(match value.hasattr("_fields")? {
                true => Form::Named(value.get_type().into_any().unbind(), items),
                false => Form::Tuple(items),
            });
        }
        if value.is_instance_of::<PyDict>() || value.hasattr("items")? {
            let mut items = Vec::new();
            for pair in value.call_method0("items")?.try_iter()? {
                let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
                items.push((key.unbind(), self.read(graph, &value)?));
            }
            return Ok(Form::Mapping(value.get_type().into_any().unbind(), items));
        }
        if let Ok(name) = value.cast::<PyString>() {
            return self.named(graph, &name.to_cow()?);
        }
        let (text, class) = (value.repr()?, value.get_type().name()?);
        Err(PyTypeError::new_err(format!("Fetch argument {text} has invalid type {class}, must be a string or Tensor")))
    }

    /// `IndexedSlices`, which give their parts.
    fn rows(&mut self, graph: &ff::Graph, value: &Bound<'_, PyAny>) -> PyResult<Option<Form>> {
        if value.is_instance_of::<Tensor>() || value.is_instance_of::<PyTuple>() {
            return Ok(None);
        }
        let (Some(indices), Some(shape)) = (value.getattr_opt("indices")?, value.getattr_opt("dense_shape")?) else {
            return Ok(None);
        };
        let mut parts = vec![self.read(graph, &value.getattr("values")?)?, self.read(graph, &indices)?];
        parts.push(if shape.is_none() { Form::Nothing } else { self.read(graph, &shape)? });
        let class = value.py().import("ferroflow.elements")?.getattr("IndexedSlicesValue")?;
        Ok(Some(Form::Named(class.unbind(), parts)))
    }

    fn named(&mut self, graph: &ff::Graph, name: &str) -> PyResult<Form> {
        let missing = |e: ff::GraphError| {
            PyValueError::new_err(format!("Fetch argument '{name}' cannot be interpreted as a Tensor: {}", e.message))
        };
        match name.contains(':') {
            true => graph.tensor(name).map(|t| self.outlet(t.outlet())).map_err(missing),
            false => graph.operation(name).map(|op| self.target(op.id())).map_err(missing),
        }
    }
}

impl Form {
    fn fill<'py>(&self, py: Python<'py>, values: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
        let all = |items: &[Form]| items.iter().map(|i| i.fill(py, values)).collect::<PyResult<Vec<_>>>();
        match self {
            Form::Value(i) => Ok(values[*i].clone()),
            Form::Nothing => Ok(py.None().into_bound(py)),
            Form::List(items) => Ok(PyList::new(py, all(items)?)?.into_any()),
            Form::Tuple(items) => Ok(PyTuple::new(py, all(items)?)?.into_any()),
            Form::Named(class, items) => class.bind(py).call1(PyTuple::new(py, all(items)?)?),
            Form::Mapping(class, items) => {
                let pairs = items.iter().map(|(k, v)| Ok((k.clone_ref(py), v.fill(py, values)?)));
                class.bind(py).call1((PyList::new(py, pairs.collect::<PyResult<Vec<_>>>()?)?,))
            }
        }
    }
}

fn own(graph: &ff::Graph, other: &ff::Graph, value: &Bound<'_, PyAny>) -> PyResult<()> {
    match graph.same(other) {
        true => Ok(()),
        false => Err(PyValueError::new_err(format!("{} is not an element of this graph", value.str()?))),
    }
}

/// The tensor that a key of a feed names.
fn fed(graph: &ff::Graph, key: &Bound<'_, PyAny>) -> PyResult<ff::Outlet> {
    if let Some(tensor) = handle(key) {
        return match graph.same(&tensor.get().graph) {
            true => Ok(tensor.get().outlet),
            false => Err(PyTypeError::new_err(format!(
                "Cannot interpret feed_dict key as Tensor: {} is not an element of this graph",
                key.str()?
            ))),
        };
    }
    if let Ok(name) = key.cast::<PyString>() {
        let name = name.to_cow()?;
        let refused = |why: String| PyTypeError::new_err(format!("Cannot interpret feed_dict key as Tensor: {why}"));
        if !name.contains(':') && graph.operation(&name).is_ok() {
            return Err(refused(format!(
                "The name '{name}' refers to an Operation, not a Tensor. Tensor names must be of the form \
                 \"<op_name>:<output_index>\"."
            )));
        }
        return graph.tensor(&name).map(|t| t.outlet()).map_err(|e| refused(e.message));
    }
    let kind = key.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "Cannot interpret feed_dict key as Tensor: Can not convert a {kind} into a Tensor."
    )))
}

/// What is fed: of a tuple of tensors, such as a state, each with its part of the value.
fn each_feed<'py>(
    key: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
    feed: &mut impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let Ok(keys) = key.cast::<PyTuple>() else { return feed(key, value) };
    let values = value.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    if values.len() != keys.len() {
        return Err(PyValueError::new_err(format!(
            "a feed of {} tensors needs as many values, found {}: {}",
            keys.len(),
            values.len(),
            key.repr()?
        )));
    }
    keys.iter().zip(&values).try_for_each(|(key, value)| each_feed(&key, value, feed))
}

impl Session {
    /// The session, unless it is closed.
    pub(crate) fn open(&self) -> PyResult<Arc<runtime::Session>> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        session.clone().ok_or_else(|| PyRuntimeError::new_err("Attempted to use a closed Session."))
    }

    /// The error of a run: what a function of Python's raised, if one did, at the operation that called it.
    fn raise(&self, py: Python<'_>, raised: Option<PyErr>, error: &runtime::Error) -> PyErr {
        let runtime::Error::Invalid { node, .. } = error else { return from_run(py, error) };
        let id = self.graph.operation(node).map(|op| op.id().0);
        let line = id.ok().and_then(|id| self.places.find(py, id));
        let Some(raised) = raised else { return from_run_at(py, error, line.as_deref()) };
        // A class of Python's own has no operation.
        let value = raised.value(py);
        _ = value.setattr("_op", node);
        let message = value.getattr("_message").and_then(|m| m.extract::<String>()).ok();
        if let Some(message) = message.filter(|m| !m.contains("\n\t [[node ")) {
            _ = value.setattr("_message", message + &at_node(node, line.as_deref()));
        }
        raised
    }
}

#[pymethods]
impl Session {
    /// A session on `graph` with this many threads; 0 for as many as there are cores.
    #[new]
    fn new(py: Python<'_>, graph: &Bound<'_, Graph>, threads: usize) -> PyResult<Self> {
        let (graph, places) = (graph.get().graph.clone(), graph.get().places.clone());
        let options = SessionOptions { threads, ..SessionOptions::default() };
        let session = runtime::Session::with_options(&graph, &options).map_err(|e| from_run(py, &e))?;
        Ok(Session { graph, places, session: RwLock::new(Some(Arc::new(session))) })
    }

    /// Runs what `fetches` needs, given values for the tensors that are the keys of `feeds`; gives the fetched values in
    /// the form of `fetches`. Other threads of Python run meanwhile.
    fn _run<'py>(
        &self,
        py: Python<'py>,
        fetches: &Bound<'py, PyAny>,
        feeds: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let session = self.open()?;
        let mut asked = Fetches::default();
        let form = asked.read(&self.graph, fetches)?;
        let mut held = Vec::new();
        let mut feed = |key: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>| -> PyResult<()> {
            let tensor = self.graph.tensor_at(fed(&self.graph, key)?);
            if handle(value).is_some() {
                return Err(PyTypeError::new_err(
                    "The value of a feed cannot be a tensor: it must be a number, a string, a list or an array",
                ));
            }
            held.push((tensor, to_feed(value, tensor.dtype())?));
            Ok(())
        };
        match feeds.map(|f| f.cast::<PyDict>()) {
            None => {}
            Some(Ok(feeds)) => feeds.iter().try_for_each(|(key, value)| each_feed(&key, &value, &mut feed))?,
            Some(Err(_)) => return Err(PyTypeError::new_err("feed_dict must be a dictionary")),
        }
        let values = held.iter().map(|(t, value)| Ok((*t, value.feed_value()?))).collect::<PyResult<Vec<_>>>()?;
        let results = guarded(py, || {
            let results = py.detach(|| session.run_fed(&asked, values));
            let raised = take_raised();
            results.map_err(|e| self.raise(py, raised, &e))
        })?;
        let results = results.into_iter().map(|array| to_numpy(py, array)).collect::<PyResult<Vec<_>>>()?;
        py.check_signals()?;
        form.fill(py, &results)
    }

    /// Gives the variable whose reading or reference `tensor` is a value.
    fn _load(&self, py: Python<'_>, tensor: &Tensor, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let session = self.open()?;
        let variable = self.graph.variable_of(crate::argument::own(&self.graph, tensor)?);
        let variable = variable.ok_or_else(|| PyTypeError::new_err("a variable is needed"))?;
        let array = from_python(value, Some(variable.dtype()))?;
        py.detach(|| session.load(variable, array)).map_err(|e| from_run(py, &e))
    }

    /// The names of the global variables that have no value.
    fn _uninitialized(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let session = self.open()?;
        Ok(py.detach(|| session.uninitialized_variables()))
    }

    /// The program that a run would be, as a table.
    fn _explain(&self, py: Python<'_>, fetches: &Bound<'_, PyAny>) -> PyResult<String> {
        let mut asked = Fetches::default();
        asked.read(&self.graph, fetches)?;
        let session = self.open()?;
        let table = py.detach(|| session.explain(&asked, runtime::Feeds::new()).map(|t| t.to_string()));
        table.map_err(|e| self.raise(py, None, &e))
    }

    /// Ends the session: its variables are gone.
    fn close(&self) {
        self.session.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}
