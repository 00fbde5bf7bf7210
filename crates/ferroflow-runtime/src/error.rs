use ferroflow_array::{ArrayError, DType, PartialShape, Shape};
use ferroflow_graph::{ErrorKind, Fact, GraphError};
use std::panic::Location;

/// Result of a session's call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The graph was built with a mistake.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A placeholder that the fetches need was not fed.
    #[error("You must feed a value for placeholder tensor '{name}' with dtype {} and shape {shape}", .dtype.tensorflow_name())]
    Unfed {
        /// The placeholder.
        name: String,
        /// Its dtype.
        dtype: DType,
        /// Its shape.
        shape: Box<PartialShape>,
    },
    /// A value was fed whose shape does not fit.
    #[error("Cannot feed value of shape {found} for Tensor '{name}', which has shape {expected}")]
    FeedShape {
        /// The tensor.
        name: String,
        /// Its shape.
        expected: Box<PartialShape>,
        /// The shape of the value.
        found: Box<Shape>,
    },
    /// A value was fed whose dtype does not fit.
    #[error("Cannot feed value of dtype {} for Tensor '{name}', which has dtype {}", .found.tensorflow_name(), .expected.tensorflow_name())]
    FeedType {
        /// The tensor.
        name: String,
        /// Its dtype.
        expected: DType,
        /// The dtype of the value.
        found: DType,
    },
    /// One tensor was fed twice.
    #[error("Tensor '{0}' is fed twice")]
    FedTwice(String),
    /// A callable was given more or fewer values than it was made for.
    #[error("Takes values of {expected} tensors, and was given {found}")]
    FeedCount {
        /// Tensors it was made for.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A variable was read before it was initialised.
    #[error("Attempting to use uninitialized value {0}")]
    Uninitialized(String),
    /// A handle of another graph, or none of any, was fetched or fed.
    #[error("{0}")]
    NotInGraph(String),
    /// An operation does not take the shapes or values that it got in this run.
    #[error("{op} '{node}': {message}{}", defined_at(*.location))]
    Invalid {
        /// The kind of mistake.
        kind: ErrorKind,
        /// The type of the operation.
        op: String,
        /// The operation.
        node: String,
        /// What was expected and what was found.
        message: String,
        /// The line that asked for the operation, if it came from a program.
        location: Option<&'static Location<'static>>,
    },
    /// A value that is to be put in a variable, or taken from the session, is not of the right kind.
    #[error(transparent)]
    Array(#[from] ArrayError),
    /// The values between the steps of a program, and its scratch, are more than the system has room for.
    #[error("no room for {0} bytes of working memory")]
    Memory(usize),
    /// The environment asks for instructions that there are not.
    #[error(transparent)]
    Cpu(#[from] ferroflow_kernels::cpu::CpuError),
    /// The compiler broke one of its own rules: a defect of Ferroflow, not of the program.
    #[error("internal error: {0}")]
    Internal(String),
}

fn defined_at(location: Option<&'static Location<'static>>) -> String {
    location.map_or_else(String::new, |at| format!(" (defined at {at})"))
}

impl Error {
    /// What keeps the tensor called `name`, of which `fact` is known, from being a value of this dtype and shape.
    pub fn unfit(name: impl FnOnce() -> String, fact: Fact, dtype: DType, shape: &Shape) -> Option<Error> {
        if dtype != fact.dtype {
            return Some(Error::FeedType { name: name(), expected: fact.dtype, found: dtype });
        }
        if fact.shape.accepts(shape) {
            return None;
        }
        Some(Error::FeedShape { name: name(), expected: fact.shape.into(), found: shape.clone().into() })
    }
}
