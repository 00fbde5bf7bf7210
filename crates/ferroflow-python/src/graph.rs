use crate::argument::{Argument, Arguments, ShapeArg, foreign};
use crate::array::{from_python, is_numpy, narrow};
use crate::error::{check, from_graph, guarded};
use crate::functions::{self, Built};
use crate::handles::{Operation, Tensor};
use crate::place::Places;
use ferroflow::array::{DType, PartialShape};
use ferroflow::graph as ff;
use ferroflow::graph::{Attr, AttrMap, Fact, Input, Member, NodeId, Reuse, VariableOptions};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString, PyTuple};
use std::sync::Arc;

/// The parts of a variable, by their numbers.
type Parts = (u32, u32, (u32, u32), (u32, u32), bool);

/// The base of Python's `Graph`. What is made is given back as node and output, a node alone for an operation.
#[pyclass(subclass, frozen)]
pub(crate) struct Graph {
    pub(crate) graph: ff::Graph,
    pub(crate) places: Arc<Places>,
}

impl Graph {
    /// What `work` gives, noting where Python asked for the operations that it adds.
    pub(crate) fn noting<T>(&self, py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let start = self.graph.len();
        let given = work()?;
        self.places.note(py, start, self.graph.len())?;
        Ok(given)
    }
}

#[pymethods]
impl Graph {
    #[new]
    fn new() -> Self {
        Graph { graph: ff::Graph::new(), places: Arc::default() }
    }

    /// Number of operations.
    fn __len__(&self) -> usize {
        self.graph.len()
    }

    /// The graph as text, one line an operation.
    fn __str__(&self) -> String {
        self.graph.to_string()
    }

    /// Adds the operation of this type, whose inputs have one dtype, which literals take.
    #[pyo3(signature = (op_type, name, inputs, attributes=None))]
    fn _build<'py>(
        &self,
        py: Python<'py>,
        op_type: &str,
        name: Option<&str>,
        inputs: &Bound<'py, PyTuple>,
        attributes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let spec = ff::ops::find(op_type);
        let spec = spec.ok_or_else(|| PyValueError::new_err(format!("Op type not registered '{op_type}'")))?;
        let mut attrs = AttrMap::default();
        for (key, value) in attributes.into_iter().flatten() {
            attrs.0.push((key.extract()?, attribute(&value)?));
        }
        let op = (spec.from_attrs)(&attrs).map_err(|e| PyValueError::new_err(format!("{op_type}: {e}")))?;
        let mut builder = self.graph.build_shared(Arc::from(op));
        if let Some(name) = name {
            builder = builder.name(name);
        }
        let mut converted = Vec::with_capacity(inputs.len());
        for value in inputs {
            let input = Input::from_python(&self.graph, &value).map_err(|e| foreign(inputs).unwrap_or(e))?;
            converted.push((input, is_numpy(&value)?));
        }
        let taken = converted.iter().find_map(|(input, _)| match input {
            Input::Tensor(tensor) => Some(tensor.dtype()),
            _ => None,
        });
        for (input, numpy) in &mut converted {
            // As NumPy casts: a tensor's dtype decides, whatever the array's.
            if let (Some(dtype), true, Input::Literal(array)) = (taken, *numpy, &*input)
                && array.dtype().is_float()
                && dtype.is_integer()
                && let Ok(cast) = array.cast(dtype)
            {
                *input = Input::Array(cast);
            }
        }
        let settle = !converted.iter().any(|(input, _)| matches!(input, Input::Tensor(_)));
        // Without a tensor the first array of NumPy's tells the dtype, or else the first number.
        let literals = converted.iter().filter_map(|(input, numpy)| match input {
            Input::Literal(array) if settle => Some((array, *numpy)),
            _ => None,
        });
        let numpy = literals.clone().find(|(_, numpy)| *numpy).map(|(array, _)| array.dtype());
        let dtype = numpy.or_else(|| literals.clone().next().map(|(array, _)| narrow(array.clone()).dtype()));
        if let Some(dtype) = dtype {
            builder = builder.literal_dtype(dtype);
        }
        for (i, (input, _)) in converted.into_iter().enumerate() {
            let role = ["x", "y", "z"].get(i).copied().unwrap_or("values");
            builder = builder.input(role, input);
        }
        let built = self.noting(py, || guarded(py, || Ok(Built::of_operation(builder.finish()))))?;
        check(py, &self.graph)?;
        built.into_python(py)
    }

    /// Calls the library's function of this name. A function of one operation gives it `name`, one of several makes
    /// them in a scope of that name.
    fn _call<'py>(
        &self,
        py: Python<'py>,
        function: &str,
        name: Option<&str>,
        arguments: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut arguments = Arguments::new(&self.graph, arguments);
        let built = self.noting(py, || guarded(py, || functions::call(function, name, &mut arguments)));
        check(py, &self.graph)?;
        built?.into_python(py)
    }

    /// A constant of `value`, of `dtype` if one is named, in which every element is `value` if a shape is given and
    /// `value` is one element.
    #[pyo3(signature = (value, dtype, shape, name))]
    fn _constant<'py>(
        &self,
        py: Python<'py>,
        value: &Bound<'py, PyAny>,
        dtype: Option<&str>,
        shape: Option<ShapeArg>,
        name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let dtype = dtype.map(str::parse).transpose();
        let dtype: Option<DType> = dtype.map_err(|_| PyTypeError::new_err("the dtype is not supported"))?;
        let array = from_python(value, dtype)?;
        let array = match shape {
            Some(shape) => functions::shaped(array, &shape.0)?,
            None => array,
        };
        let op = ff::ops::Const { value: array };
        let built = self.noting(py, || Ok(Built::from(self.graph.build(op).name(name).tensor())))?;
        check(py, &self.graph)?;
        built.into_python(py)
    }

    /// A variable that starts as `initial`, of `dtype` if one is named: its node.
    #[expect(clippy::too_many_arguments, reason = "what a variable is made of")]
    fn _variable(
        &self,
        py: Python<'_>,
        initial: &Bound<'_, PyAny>,
        dtype: Option<&str>,
        name: &str,
        trainable: bool,
        collections: Vec<String>,
        validate_shape: bool,
    ) -> PyResult<u32> {
        let initial = initial_value(&self.graph, initial, dtype)?;
        let options = VariableOptions::default().name(name).trainable(trainable).collections(collections);
        let options = options.validate_shape(validate_shape);
        let variable = self.noting(py, || Ok(self.graph.variable_with(initial, options)))?;
        check(py, &self.graph)?;
        Ok(variable.reference().outlet().node.0)
    }

    /// The variable `name` of the current variable scope, found or made, as the scope says, of what `initial` gives:
    /// its node.
    #[expect(clippy::too_many_arguments, reason = "what a variable is made of")]
    fn _get_variable(
        &self,
        py: Python<'_>,
        name: &str,
        dtype: &str,
        shape: Option<ShapeArg>,
        initial: &Bound<'_, PyAny>,
        trainable: bool,
        collections: Vec<String>,
        validate_shape: bool,
    ) -> PyResult<u32> {
        let dtype: DType = dtype.parse().map_err(|_| PyTypeError::new_err("the dtype is not supported"))?;
        let wanted = Fact::new(dtype, shape.map_or_else(PartialShape::unknown, |s| s.0));
        let options = VariableOptions::default().trainable(trainable).collections(collections);
        let options = options.validate_shape(validate_shape);
        let mut failed = None;
        let make = |graph| {
            let made = initial.call0().and_then(|value| initial_value(graph, &value, Some(dtype.tensorflow_name())));
            made.unwrap_or_else(|e| {
                failed = Some(e);
                Input::Tensor(graph.mistake("get_variable", "the initial value could not be made".into()))
            })
        };
        let variable = self.noting(py, || Ok(self.graph.get_variable_with(name, &wanted, make, options)))?;
        if let Some(error) = failed {
            self.graph.take_error();
            return Err(error);
        }
        check(py, &self.graph)?;
        Ok(variable.reference().outlet().node.0)
    }

    /// The node, the initialiser, the initial value and the reading of a variable, and whether it is trained.
    fn _variable_parts(&self, node: u32) -> PyResult<Parts> {
        let variable = self.graph.variable_of(self.graph.tensor_at(NodeId(node).outlet(0)));
        let v = variable.ok_or_else(|| PyKeyError::new_err(format!("operation {node} is no variable")))?;
        let pair = |t: ff::Tensor<'_>| (t.outlet().node.0, t.outlet().output);
        let node = v.reference().outlet().node.0;
        Ok((node, v.initializer().id().0, pair(v.initial_value()), pair(v.value()), v.is_trainable()))
    }

    /// The operation called `name`: its node.
    fn _find(&self, py: Python<'_>, name: &str) -> PyResult<u32> {
        self.graph.operation(name).map(|op| op.id().0).map_err(|e| from_graph(py, &e))
    }

    fn _set_seed(&self, seed: i64) {
        self.graph.set_random_seed(seed);
    }

    /// The members of a collection from number `from` on: an operation as its node, a tensor as node and output, a
    /// variable as node and `None`.
    fn _collection<'py>(&self, py: Python<'py>, key: &str, from: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let members = self.graph.collection(key).into_iter().skip(from);
        let python = |member| match member {
            Member::Tensor(o) => Ok((o.node.0, o.output).into_pyobject(py)?.into_any()),
            Member::Operation(id) => Ok(id.0.into_pyobject(py)?.into_any()),
            Member::Variable(id) => Ok((id.0, py.None()).into_pyobject(py)?.into_any()),
        };
        members.map(python).collect()
    }

    /// Adds a tensor or an operation to a collection; a variable by its reference.
    fn _add_to_collection(&self, key: &str, member: &Bound<'_, PyAny>, variable: bool) -> PyResult<()> {
        let member = match (member.cast::<Tensor>(), member.cast::<Operation>()) {
            (Ok(tensor), _) if variable => Member::Variable(tensor.get().outlet.node),
            (Ok(tensor), _) => Member::Tensor(tensor.get().outlet),
            (_, Ok(operation)) => Member::Operation(operation.get().id),
            _ => return Err(PyTypeError::new_err("a collection of the graph holds tensors and operations")),
        };
        self.graph.add_to_collection(key, member);
        Ok(())
    }

    /// The graph in Graphviz's DOT language.
    fn to_dot(&self) -> String {
        self.graph.with_dag(|dag| dag.to_dot())
    }

    /// The full name of the current name scope, with a slash at its end unless it is the root.
    fn _current_scope(&self) -> String {
        let scope = self.graph.current_scope();
        if scope.is_empty() { scope } else { scope + "/" }
    }

    fn _unique_name(&self, name: &str) -> String {
        self.graph.unique_name(name)
    }

    fn _unique_variable_scope(&self, name: &str) -> String {
        self.graph.unique_variable_scope(name)
    }

    /// The full name of the current variable scope, and whether it reuses: `no`, `yes` or `auto`.
    fn _current_variable_scope(&self) -> (String, &'static str) {
        let reuse = match self.graph.variable_reuse() {
            Reuse::No => "no",
            Reuse::Yes => "yes",
            Reuse::Auto => "auto",
        };
        (self.graph.current_variable_scope(), reuse)
    }

    fn _reuse_variables(&self) {
        self.graph.reuse_variables();
    }
}

/// A tensor, or a constant of `dtype`, for a variable to start from.
fn initial_value<'g>(graph: &'g ff::Graph, value: &Bound<'_, PyAny>, dtype: Option<&str>) -> PyResult<Input<'g>> {
    let dtype = dtype.map(str::parse).transpose();
    let dtype = dtype.map_err(|_| PyTypeError::new_err("the dtype is not supported"))?;
    match Input::from_python(graph, value) {
        Ok(Input::Tensor(tensor)) => Ok(Input::Tensor(tensor)),
        _ => from_python(value, dtype).map(Input::Array),
    }
}

/// An attribute by its Python type; dtypes and strings are told apart by what the op wants.
fn attribute(value: &Bound<'_, PyAny>) -> PyResult<Attr> {
    if value.is_instance_of::<PyBool>() {
        return Ok(Attr::Bool(value.extract()?));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Attr::Int(value.extract()?));
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(Attr::Float(value.extract()?));
    }
    if value.is_instance_of::<PyString>() {
        let text: String = value.extract()?;
        return Ok(text.parse().map_or(Attr::Str(text), Attr::DType));
    }
    if let Ok(ints) = value.extract::<Vec<i64>>() {
        return Ok(Attr::Ints(ints));
    }
    Ok(Attr::Shape(value.extract::<ShapeArg>()?.0))
}
