//! The library's functions by name: each line tells the arguments, how the result is named, and what is called.

mod array;
mod control;
mod linalg;
mod math;
mod nn;
mod partition;
mod random;
mod reduce;
mod state;
mod summary;
mod train;

use crate::argument::Arguments;
use ferroflow::array::{Array, PartialShape};
use ferroflow::graph::{Gradient, Graph, NodeId, Operation, ScopeGuard, Tensor, Variable};
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// What a function gives.
pub(crate) enum Built {
    /// A tensor, as node and output.
    Tensor(u32, u32),
    /// An operation, as its node.
    Operation(u32),
    /// Several.
    Many(Vec<Built>),
    /// Rows of a tensor: values, indices, and the tensor whose shape they have.
    Rows(Box<[Built; 3]>),
    /// Nothing, such as the derivative of what does not depend on it.
    Nothing,
}

impl Built {
    /// The tensor of an operation of one output, the tensors of one of several, or the operation.
    pub(crate) fn of_operation(operation: Operation<'_>) -> Built {
        match operation.num_outputs() {
            0 => operation.into(),
            1 => operation.output(0).into(),
            n => Built::Many((0..n).map(|k| operation.output(k).into()).collect()),
        }
    }

    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Built::Tensor(node, output) => Ok((node, output).into_pyobject(py)?.into_any()),
            Built::Operation(node) => Ok(node.into_pyobject(py)?.into_any()),
            Built::Many(items) => {
                let items = items.into_iter().map(|item| item.into_python(py)).collect::<PyResult<Vec<_>>>()?;
                Ok(PyList::new(py, items)?.into_any())
            }
            Built::Rows(parts) => {
                let parts = parts.into_iter().map(|part| part.into_python(py)).collect::<PyResult<Vec<_>>>()?;
                Ok(PyTuple::new(py, parts)?.into_any())
            }
            Built::Nothing => Ok(py.None().into_bound(py)),
        }
    }
}

impl From<Tensor<'_>> for Built {
    fn from(tensor: Tensor<'_>) -> Self {
        Built::Tensor(tensor.outlet().node.0, tensor.outlet().output)
    }
}

impl From<Operation<'_>> for Built {
    fn from(operation: Operation<'_>) -> Self {
        Built::Operation(operation.id().0)
    }
}

impl From<Variable<'_>> for Built {
    fn from(variable: Variable<'_>) -> Self {
        variable.reference().into()
    }
}

impl From<Gradient<'_>> for Built {
    fn from(gradient: Gradient<'_>) -> Self {
        match gradient {
            Gradient::Dense(tensor) => tensor.into(),
            Gradient::Sparse(rows) => {
                Built::Rows(Box::new([rows.values.into(), rows.indices.into(), rows.like.into()]))
            }
        }
    }
}

impl<T: Into<Built>> From<Option<T>> for Built {
    fn from(value: Option<T>) -> Self {
        value.map_or(Built::Nothing, Into::into)
    }
}

impl<T: Into<Built>> From<Vec<T>> for Built {
    fn from(items: Vec<T>) -> Self {
        Built::Many(items.into_iter().map(Into::into).collect())
    }
}

impl<A: Into<Built>, B: Into<Built>> From<(A, B)> for Built {
    fn from((a, b): (A, B)) -> Self {
        Built::Many(vec![a.into(), b.into()])
    }
}

impl<A: Into<Built>, B: Into<Built>, C: Into<Built>> From<(A, B, C)> for Built {
    fn from((a, b, c): (A, B, C)) -> Self {
        Built::Many(vec![a.into(), b.into(), c.into()])
    }
}

/// How a function's result is named.
#[derive(Clone, Copy)]
enum Naming {
    /// It is one operation of this type, which takes the name.
    Node(&'static str),
    /// It is made of several operations in a scope of the name, the last of which takes the name too.
    Scope,
    /// It is made of several operations in a scope of the name.
    Inside,
}

impl Naming {
    fn enter(self, graph: &Graph, name: Option<&str>) -> Option<ScopeGuard> {
        match (self, name?) {
            (Naming::Node(op_type), name) => Some(graph.name_next(op_type, name)),
            (_, name) if name.ends_with('/') => Some(graph.reenter_scope(name)),
            (_, name) => Some(graph.name_scope(name)),
        }
    }

    /// Names what was made in the scope, in which the graph still is, since it had `before` operations.
    fn finish(self, graph: &Graph, named: bool, before: usize, built: &Built) {
        if let (Naming::Scope, true, Built::Tensor(node, _)) = (self, named, built)
            && *node as usize >= before
        {
            let operation = graph.tensor_at(NodeId(*node).outlet(0)).operation();
            operation.named(&format!("{}/", graph.current_scope()));
        }
    }
}

/// `functions! { |g| name(argument: Type, …) naming => result; … }`: a function `call` that finds one by name.
macro_rules! functions {
    (|$g:ident| $($name:ident($($arg:ident: $type:ty),* $(,)?) $naming:expr => $body:expr;)*) => {
        pub(super) fn call<'g>(
            function: &str,
            name: Option<&str>,
            arguments: &mut $crate::argument::Arguments<'g, '_, '_>,
        ) -> pyo3::PyResult<Option<$crate::functions::Built>> {
            #[allow(unused_variables)]
            let $g: &'g ferroflow::graph::Graph = arguments.graph;
            match function {
                $(stringify!($name) => {
                    let (naming, before) = ($naming, $g.len());
                    let _name = naming.enter($g, name);
                    $(let $arg: $type = arguments.take(stringify!($arg))?;)*
                    let built = $body.into();
                    naming.finish($g, name.is_some(), before, &built);
                    Ok(Some(built))
                })*
                _ => Ok(None),
            }
        }
    };
}
use functions;

/// Calls the function of that name.
pub(crate) fn call(function: &str, name: Option<&str>, arguments: &mut Arguments<'_, '_, '_>) -> PyResult<Built> {
    for group in [
        array::call,
        control::call,
        math::call,
        reduce::call,
        nn::call,
        state::call,
        random::call,
        train::call,
        summary::call,
        linalg::call,
        partition::call,
    ] {
        if let Some(built) = group(function, name, arguments)? {
            return Ok(built);
        }
    }
    Err(PyAttributeError::new_err(format!("the library has no function '{function}'")))
}

/// The value under `shape`: its elements in order, of which the last is repeated where there are too few.
pub(crate) fn shaped(array: Array, shape: &PartialShape) -> PyResult<Array> {
    let error = |e: ferroflow::array::ArrayError| PyValueError::new_err(crate::error::words(&e));
    let shape =
        shape.to_shape().ok_or_else(|| PyValueError::new_err(format!("the shape {shape} is not fully known")))?;
    let wanted = shape.num_elements();
    if array.len() == wanted {
        return array.reshape(shape).map_err(error);
    }
    if array.len() > wanted || array.is_empty() {
        let found = array.len();
        return Err(PyValueError::new_err(format!(
            "Too many elements provided. Needed at most {wanted}, but received {found}"
        )));
    }
    if let Ok(strings) = array.strings() {
        let last = &strings[strings.len() - 1..];
        let all = strings.iter().chain(last.iter().cycle()).take(wanted).cloned();
        return Array::from_strings(shape, all).map_err(error);
    }
    let mut filled = Array::zeros(array.dtype(), shape).map_err(error)?;
    let (size, given) = (array.dtype().size(), array.bytes().len());
    let bytes = filled.bytes_mut();
    bytes[..given].copy_from_slice(array.bytes());
    let last = &array.bytes()[given - size..];
    bytes[given..].chunks_exact_mut(size).for_each(|element| element.copy_from_slice(last));
    Ok(filled)
}
