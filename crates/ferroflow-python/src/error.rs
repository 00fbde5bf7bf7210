//! Rust's errors as TensorFlow's exceptions.

use ferroflow::array::{ArrayError, DType, PartialShape, Shape};
use ferroflow::formats;
use ferroflow::graph::{ErrorKind, Graph, GraphError};
use ferroflow::runtime;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a library of Rust's says, in which dtypes have TensorFlow's names: `float32`, not `f32`. Names of tensors, between
/// quotes or with slashes, stay as they are.
pub(crate) fn words(error: &impl ToString) -> String {
    let text = error.to_string();
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '/';
    let (mut found, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some(start) = rest.find(inside) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !inside(c)).unwrap_or(from.len()));
        let dtype = DType::ALL.into_iter().find(|d| d.name() == word && !before.ends_with('\''));
        found += before;
        found += dtype.map_or(word, |d| d.tensorflow_name());
        rest = after;
    }
    found + rest
}

/// An exception of `ferroflow.errors`, about the operation called `node`.
pub(crate) fn tensorflow(py: Python<'_>, class: &str, node: Option<&str>, message: String) -> PyErr {
    let make = || py.import("ferroflow.errors")?.getattr(class)?.call1((py.None(), node, message));
    make().map_or_else(|e| e, PyErr::from_value)
}

/// What `work` gives, or an `InternalError` if it panics, which would be a mistake of Ferroflow's own.
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let message = format!("a mistake of Ferroflow's own, please report it: {}", text.unwrap_or("a panic"));
        Err(tensorflow(py, "InternalError", None, message))
    })
}

/// A mistake in building a graph. The line at fault is Python's, which the traceback shows.
pub(crate) fn from_graph(py: Python<'_>, error: &GraphError) -> PyErr {
    let mut message = words(&error.message);
    if !error.op.is_empty() {
        message += &format!(" for '{}' (op: '{}')", error.node, error.op);
    }
    if !error.inputs.is_empty() {
        message += &format!(" with inputs: {}", words(&error.inputs.join(", ")));
    }
    match error.kind {
        ErrorKind::Value | ErrorKind::Argument => PyValueError::new_err(message),
        ErrorKind::Type => PyTypeError::new_err(message),
        ErrorKind::NotFound => PyKeyError::new_err(message),
        ErrorKind::Unimplemented => tensorflow(py, "UnimplementedError", Some(&error.node), message),
    }
}

/// Raises the first mistake made while building, which the graph then forgets.
pub(crate) fn check(py: Python<'_>, graph: &Graph) -> PyResult<()> {
    graph.take_error().map_or(Ok(()), |error| Err(from_graph(py, &error)))
}

/// What a message ends with: the operation, and the line of Python's that asked for it.
pub(crate) fn at_node(node: &str, line: Option<&str>) -> String {
    let place = line.map_or_else(String::new, |line| format!(" (defined at {line}) "));
    format!("\n\t [[node {node}{place}]]")
}

/// What went wrong in a run, in TensorFlow's words.
pub(crate) fn from_run(py: Python<'_>, error: &runtime::Error) -> PyErr {
    from_run_at(py, error, None)
}

/// As [`from_run`], of an operation that this line of Python's asked for.
pub(crate) fn from_run_at(py: Python<'_>, error: &runtime::Error, line: Option<&str>) -> PyErr {
    use runtime::Error;
    let text = words(error);
    match error {
        Error::Graph(error) => from_graph(py, error),
        Error::Unfed { name, dtype, shape } => {
            let dtype = match dtype {
                DType::F16 => "half",
                DType::F32 => "float",
                DType::F64 => "double",
                other => other.tensorflow_name(),
            };
            let shape = if shape.rank().is_some() { format!(" and shape {shape}") } else { String::new() };
            let message = format!("You must feed a value for placeholder tensor '{name}' with dtype {dtype}{shape}");
            tensorflow(py, "InvalidArgumentError", Some(name), message)
        }
        Error::FeedShape { name, expected, found } => PyValueError::new_err(format!(
            "Cannot feed value of shape {} for Tensor '{name}', which has shape '{}'",
            tuple(found),
            partial_tuple(expected)
        )),
        Error::FeedType { .. } => PyTypeError::new_err(text),
        Error::Uninitialized(name) => tensorflow(py, "FailedPreconditionError", Some(name), text),
        Error::Invalid { kind, node, message, .. } => {
            let class = if *kind == ErrorKind::Unimplemented { "UnimplementedError" } else { "InvalidArgumentError" };
            tensorflow(py, class, Some(node), words(message) + &at_node(node, line))
        }
        Error::Memory(_) | Error::Array(ArrayError::TooLarge { .. }) => {
            tensorflow(py, "ResourceExhaustedError", None, text)
        }
        Error::Internal(_) => tensorflow(py, "InternalError", None, text),
        _ => PyValueError::new_err(text),
    }
}

/// What is wrong with a file.
pub(crate) fn from_file(py: Python<'_>, error: &formats::Error) -> PyErr {
    use formats::Error;
    use std::io::ErrorKind;
    let class = match error {
        Error::NoCheckpoint(_) | Error::Missing { .. } => "NotFoundError",
        Error::Damaged { .. } => "DataLossError",
        Error::Unsupported { .. } => "UnimplementedError",
        Error::Io { source, .. } => match source.kind() {
            ErrorKind::NotFound => "NotFoundError",
            ErrorKind::PermissionDenied => "PermissionDeniedError",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "ResourceExhaustedError",
            ErrorKind::NotADirectory | ErrorKind::IsADirectory => "FailedPreconditionError",
            _ => "UnknownError",
        },
        _ => "InvalidArgumentError",
    };
    tensorflow(py, class, None, words(error))
}

/// A shape as Python writes a tuple.
fn tuple(shape: &Shape) -> String {
    partial_tuple(&shape.into())
}

/// A shape as TensorFlow writes it: `(?, 2)`.
fn partial_tuple(shape: &PartialShape) -> String {
    let dim = |d: &Option<usize>| d.map_or_else(|| "?".to_owned(), |n| n.to_string());
    match shape.dims() {
        None => "<unknown>".into(),
        Some([only]) => format!("({},)", dim(only)),
        Some(dims) => format!("({})", dims.iter().map(dim).collect::<Vec<_>>().join(", ")),
    }
}
