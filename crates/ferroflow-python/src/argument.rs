//! Arguments of the library's functions, from Python.

use crate::array::{from_python, is_numpy, narrow};
use crate::handles::{Operation, Tensor};
use ferroflow::array::{Array, DType, PartialShape};
use ferroflow::graph::ops::{Axes, DataFormat, IntoAxes, MirrorMode, Padding};
use ferroflow::graph::{self as ff, AttrValue, Gradient, Graph, IndexedSlices, Input};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

/// Something that a function takes, converted for the graph that it builds.
pub(crate) trait Argument<'g>: Sized {
    /// What is expected, of types that Python converts.
    const EXPECTED: Option<&'static str> = None;

    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self>;
}

/// The arguments of one call, taken one after the other.
pub(crate) struct Arguments<'g, 'a, 'py> {
    pub(crate) graph: &'g Graph,
    values: &'a Bound<'py, PyTuple>,
    next: usize,
}

impl<'g, 'a, 'py> Arguments<'g, 'a, 'py> {
    pub(crate) fn new(graph: &'g Graph, values: &'a Bound<'py, PyTuple>) -> Self {
        Arguments { graph, values, next: 0 }
    }

    pub(crate) fn take<T: Argument<'g>>(&mut self, name: &str) -> PyResult<T> {
        let value = self.values.get_item(self.next)?;
        self.next += 1;
        T::from_python(self.graph, &value).map_err(|e| match T::EXPECTED {
            Some(expected) if e.is_instance_of::<PyTypeError>(value.py()) => unexpected(expected, name, &value),
            _ => foreign(self.values).unwrap_or(e),
        })
    }
}

/// The error for an argument of a wrong type.
fn unexpected(expected: &str, name: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let found = value.repr().map_or_else(|_| "something else".to_owned(), |r| r.to_string());
    PyTypeError::new_err(format!("Expected {expected} for argument '{name}' not {found}."))
}

/// The error for tensors of different graphs, if there are some among `values`, or in lists there.
pub(crate) fn foreign(values: &Bound<'_, PyTuple>) -> Option<PyErr> {
    fn items(value: Bound<'_, PyAny>) -> Vec<Bound<'_, PyAny>> {
        match (value.cast::<PyList>(), value.cast::<PyTuple>()) {
            (Ok(list), _) => list.iter().collect(),
            (_, Ok(tuple)) => tuple.iter().collect(),
            _ => vec![value],
        }
    }
    let tensors: Vec<_> = values.iter().flat_map(items).filter_map(|value| handle(&value)).collect();
    let (first, rest) = tensors.split_first()?;
    let other = rest.iter().find(|t| !t.get().graph.same(&first.get().graph))?;
    Some(PyValueError::new_err(format!("{} must be from the same graph as {}.", other.str().ok()?, first.str().ok()?)))
}

/// The tensor that `value` is a handle of: a `Tensor`, or what gives one, such as a variable.
pub(crate) fn handle<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, Tensor>> {
    if let Ok(tensor) = value.cast::<Tensor>() {
        return Some(tensor.clone());
    }
    if value.is_exact_instance_of::<PyList>() || value.is_exact_instance_of::<PyTuple>() {
        return None;
    }
    let element = value.getattr_opt("_as_graph_element").ok()??.call0().ok()?;
    element.cast_into::<Tensor>().ok()
}

/// The tensor as one of `graph`.
pub(crate) fn own<'g>(graph: &'g Graph, tensor: &Tensor) -> PyResult<ff::Tensor<'g>> {
    match graph.same(&tensor.graph) {
        true => Ok(graph.tensor_at(tensor.outlet)),
        false => {
            let name = tensor.get().name();
            Err(PyValueError::new_err(format!("Tensor {name} must be from the same graph as the other inputs")))
        }
    }
}

/// The operation, or the one that gives the tensor, as one of `graph`.
pub(crate) fn operation<'g>(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<ff::Operation<'g>> {
    let (of, id) = match (value.cast::<Operation>(), handle(value)) {
        (Ok(operation), _) => (operation.get().graph.clone(), operation.get().id),
        (_, Some(tensor)) => (tensor.get().graph.clone(), tensor.get().outlet.node),
        _ => return Err(PyTypeError::new_err(format!("{} is no operation", value.repr()?))),
    };
    match graph.same(&of) {
        true => Ok(graph.tensor_at(id.outlet(0)).operation()),
        false => Err(PyValueError::new_err(format!("{} is not an element of this graph", value.repr()?))),
    }
}

/// Whether a nest of lists holds a tensor.
fn holds_tensor(value: &Bound<'_, PyAny>) -> bool {
    if let Ok(items) = value.cast::<PyList>() {
        return items.iter().any(|item| holds_tensor(&item));
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return items.iter().any(|item| holds_tensor(&item));
    }
    !value.is_instance_of::<PyString>() && handle(value).is_some()
}

/// A list in which some items are tensors becomes their stack.
fn stacked<'g>(graph: &'g Graph, value: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<ff::Tensor<'g>> {
    if let Some(tensor) = handle(value) {
        return own(graph, tensor.get());
    }
    if !holds_tensor(value) {
        return Ok(graph.constant(from_python(value, dtype)?));
    }
    let items = value.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    let found = items.iter().find_map(handle).map(|t| t.get().get().dtype());
    let parts = items.iter().map(|item| stacked(graph, item, dtype.or(found))).collect::<PyResult<Vec<_>>>()?;
    Ok(graph.stack(&parts, 0))
}

impl<'g> Argument<'g> for Input<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(tensor) = handle(value) {
            return Ok(Input::Tensor(own(graph, tensor.get())?));
        }
        if holds_tensor(value) {
            return Ok(Input::Tensor(stacked(graph, value, None)?));
        }
        Ok(Input::Literal(literal(value)?))
    }
}

/// What Python wrote out, as it stands: a fraction keeps its precision until it is known what it is combined with.
fn literal(value: &Bound<'_, PyAny>) -> PyResult<Array> {
    if is_numpy(value)? {
        return from_python(value, None);
    }
    if value.is_instance_of::<pyo3::types::PyFloat>() {
        return Ok(Array::scalar(value.extract::<f64>()?));
    }
    let narrow = from_python(value, None)?;
    match narrow.dtype() {
        DType::F32 => from_python(value, Some(DType::F64)),
        _ => Ok(narrow),
    }
}

/// A literal that nothing gives a dtype.
pub(crate) fn settled(input: Input<'_>, python: bool) -> Input<'_> {
    match input {
        Input::Literal(array) if python => Input::Array(narrow(array)),
        Input::Literal(array) => Input::Array(array),
        other => other,
    }
}

impl<'g> Argument<'g> for ff::Tensor<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        stacked(graph, value, None)
    }
}

impl<'g> Argument<'g> for ff::Variable<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let found = handle(value).map(|t| own(graph, t.get())).transpose()?.and_then(|t| graph.variable_of(t));
        match found {
            Some(variable) => Ok(variable),
            None => Err(PyTypeError::new_err(format!("{} is no variable", value.repr()?))),
        }
    }
}

impl<'g> Argument<'g> for ff::Operation<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        operation(graph, value)
    }
}

impl<'g, T: Argument<'g>> Argument<'g> for Vec<T> {
    const EXPECTED: Option<&'static str> = match T::EXPECTED {
        Some(_) => Some("a list of numbers"),
        None => None,
    };

    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        value.try_iter()?.map(|item| T::from_python(graph, &item?)).collect()
    }
}

impl<'g, T: Argument<'g>> Argument<'g> for Option<T> {
    const EXPECTED: Option<&'static str> = T::EXPECTED;

    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_none() { Ok(None) } else { T::from_python(graph, value).map(Some) }
    }
}

impl<'g, T: Argument<'g>, const N: usize> Argument<'g> for [T; N] {
    const EXPECTED: Option<&'static str> = Vec::<T>::EXPECTED;

    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let items = Vec::from_python(graph, value)?;
        let found = items.len();
        items.try_into().map_err(|_| PyValueError::new_err(format!("expected {N} values, found {found}")))
    }
}

macro_rules! extracted {
    ($($t:ty => $what:literal),*) => {$(
        impl<'g> Argument<'g> for $t {
            const EXPECTED: Option<&'static str> = Some($what);

            fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                value.extract()
            }
        }
    )*};
}

extracted!(bool => "bool", i32 => "int", i64 => "int", usize => "int", String => "string");

impl<'g> Argument<'g> for f64 {
    const EXPECTED: Option<&'static str> = Some("float");

    /// A number, or an array of NumPy's of one.
    fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Err(PyValueError::new_err("None values not supported."));
        }
        value.extract().or_else(|_| value.call_method0("__float__")?.extract())
    }
}

macro_rules! named {
    ($($t:ty => $what:literal in $known:literal),*) => {$(
        impl<'g> Argument<'g> for $t {
            fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                let text: String = value.extract().map_err(|_| unexpected("string", $what, value))?;
                let unknown = || PyValueError::new_err(format!("Attr '{}' passed string '{text}' not in: {}", $what, $known));
                <$t>::from_attr(&ff::Attr::Str(text.clone())).ok_or_else(unknown)
            }
        }
    )*};
}

named!(
    Padding => "padding" in "\"SAME\", \"VALID\"",
    DataFormat => "data_format" in "\"NHWC\", \"NCHW\"",
    MirrorMode => "mode" in "\"REFLECT\", \"SYMMETRIC\""
);

impl<'g> Argument<'g> for DType {
    fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name: String = value.extract().map_err(|_| unexpected("a dtype", "dtype", value))?;
        name.parse().map_err(|_| PyTypeError::new_err(format!("{name} is not supported")))
    }
}

/// The axes of a reduction: an integer, several, a tensor, or `None` for all.
impl<'g> Argument<'g> for Axes<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok((..).into_axes());
        }
        let axes = match Input::from_python(graph, value)? {
            // No axes: NumPy makes floats of an empty list.
            Input::Literal(a) if a.is_empty() => Input::Array(Array::from([0i32; 0])),
            other => settled(other, true),
        };
        Ok(Axes { axes: Some(axes), keep_dims: false })
    }
}

/// A shape to build with: integers, a `TensorShape`, tensors among them, or a tensor.
pub(crate) struct Dims<'g>(pub(crate) Input<'g>);

impl<'g> Argument<'g> for Dims<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let list = value.getattr_opt("as_list")?.map(|f| f.call0()).transpose()?;
        let value = list.as_ref().unwrap_or(value);
        if let Some(tensor) = handle(value) {
            return Ok(Dims(Input::Tensor(own(graph, tensor.get())?)));
        }
        if let Ok(one) = value.extract::<i64>() {
            return Ok(Dims(Input::Array(narrow(Array::from([one])))));
        }
        if holds_tensor(value) {
            return Ok(Dims(Input::Tensor(stacked(graph, value, None)?)));
        }
        let dims = value.try_iter()?.map(|d| dimension(&d?)).collect::<PyResult<Vec<_>>>()?;
        match dims.iter().copied().collect::<Option<Vec<i64>>>() {
            Some(dims) => Ok(Dims(Input::Array(narrow(Array::from(dims))))),
            None => Err(PyTypeError::new_err(format!("Expected a shape that is fully known, got {}", value.str()?))),
        }
    }
}

impl<'g> ff::ops::IntoShapeInput<'g> for Dims<'g> {
    fn into_shape_input(self) -> Input<'g> {
        self.0
    }
}

/// An integer, a `Dimension`, or `None`.
fn dimension(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let inner = value.getattr_opt("value")?;
    let value = inner.as_ref().unwrap_or(value);
    if value.is_none() { Ok(None) } else { value.extract().map(Some) }
}

/// A shape as far as it is known: `None`, or integers and `None`s, or a `TensorShape`.
pub(crate) struct ShapeArg(pub(crate) PartialShape);

impl FromPyObject<'_, '_> for ShapeArg {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(ShapeArg(PartialShape::unknown()));
        }
        if let Ok(one) = value.extract::<usize>() {
            return Ok(ShapeArg([Some(one)].into_iter().collect()));
        }
        if value.getattr_opt("ndims")?.is_some_and(|n| n.is_none()) {
            return Ok(ShapeArg(PartialShape::unknown()));
        }
        let size = |d: Option<i64>| match d {
            None | Some(-1) => Ok(None),
            Some(n) => {
                usize::try_from(n).map(Some).map_err(|_| PyValueError::new_err(format!("Dimension {n} must be >= 0")))
            }
        };
        let dims = value.try_iter()?.map(|d| size(dimension(&d?)?)).collect::<PyResult<Vec<_>>>()?;
        Ok(ShapeArg(dims.into_iter().collect()))
    }
}

impl<'g> Argument<'g> for PartialShape {
    fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(value.extract::<ShapeArg>()?.0)
    }
}

/// A derivative: a tensor, or `IndexedSlices`.
impl<'g> Argument<'g> for Gradient<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let part = |name: &str| ff::Tensor::from_python(graph, &value.getattr(name)?);
        match value.hasattr("indices")? {
            true => {
                let values = part("values")?;
                Ok(Gradient::Sparse(IndexedSlices { values, indices: part("indices")?, like: values }))
            }
            false => Ok(Gradient::Dense(ff::Tensor::from_python(graph, value)?)),
        }
    }
}
