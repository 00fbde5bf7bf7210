use std::fmt;
use std::panic::Location;

/// The kind of a mistake, by which a front end picks its exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Shapes, ranks, axes or attribute values that do not fit.
    Value,
    /// Elements of operands that do not fit. A run may give others: only one that does not ends with the mistake.
    Argument,
    /// Dtypes that do not fit.
    Type,
    /// A name that is not there.
    NotFound,
    /// Asked for, but not to be had.
    Unimplemented,
}

/// What an op's type rule says of inputs that it does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OpError {
    /// The kind of mistake.
    pub kind: ErrorKind,
    /// What was expected and what was found.
    pub message: String,
}

impl OpError {
    /// A mistake in shapes, axes or attribute values.
    pub fn value(message: impl Into<String>) -> Self {
        OpError { kind: ErrorKind::Value, message: message.into() }
    }

    /// A mistake in the elements of an operand, where those of others would be right: it is for a run to tell of it.
    pub fn argument(message: impl Into<String>) -> Self {
        OpError { kind: ErrorKind::Argument, message: message.into() }
    }

    /// A mistake in dtypes.
    pub fn dtype(message: impl Into<String>) -> Self {
        OpError { kind: ErrorKind::Type, message: message.into() }
    }

    /// Something that cannot be done.
    pub fn unimplemented(message: impl Into<String>) -> Self {
        OpError { kind: ErrorKind::Unimplemented, message: message.into() }
    }
}

/// Result of an op's rule.
pub type OpResult<T> = Result<T, OpError>;

/// A mistake made while a graph was built: the op and node, the inputs it was given, and the line that asked for it.
#[derive(Debug, Clone)]
pub struct GraphError {
    /// The kind of mistake.
    pub kind: ErrorKind,
    /// The op type, such as `MatMul`; empty if no op was being added.
    pub op: String,
    /// The name that the node would have had.
    pub node: String,
    /// What was expected and what was found.
    pub message: String,
    /// The inputs, as `name: fact`.
    pub inputs: Vec<String>,
    /// The caller's line.
    pub location: Option<&'static Location<'static>>,
}

impl GraphError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        GraphError {
            kind,
            op: String::new(),
            node: String::new(),
            message: message.into(),
            inputs: Vec::new(),
            location: None,
        }
    }

    pub(crate) fn at(mut self, location: &'static Location<'static>) -> Self {
        self.location = Some(location);
        self
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.op.is_empty() {
            write!(f, "{} `{}`: ", self.op, self.node)?;
        }
        f.write_str(&self.message)?;
        if !self.inputs.is_empty() {
            write!(f, "; inputs: {}", self.inputs.join(", "))?;
        }
        if let Some(l) = self.location {
            write!(f, " (at {}:{}:{})", l.file(), l.line(), l.column())?;
        }
        Ok(())
    }
}

impl std::error::Error for GraphError {}
