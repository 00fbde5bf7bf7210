use crate::{DType, Shape};

/// Result of an array operation.
pub type Result<T, E = ArrayError> = std::result::Result<T, E>;

/// What can go wrong when arrays are made, converted, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// The number of values does not fit the shape.
    #[error("shape {shape} holds {expected} elements, but {found} were given")]
    Length {
        /// The shape asked for.
        shape: Shape,
        /// Elements that the shape holds.
        expected: usize,
        /// Elements given.
        found: usize,
    },
    /// The array has another element type than the one asked for.
    #[error("expected an array of {expected}, found {found}")]
    DType {
        /// The dtype asked for.
        expected: DType,
        /// The dtype of the array.
        found: DType,
    },
    /// There is no conversion between the two dtypes.
    #[error("cannot cast {from} to {to}")]
    Cast {
        /// The dtype of the array.
        from: DType,
        /// The dtype asked for.
        to: DType,
    },
    /// The shape is not one that the operation takes.
    #[error("expected {expected}, found shape {found}")]
    Shape {
        /// What the operation takes.
        expected: String,
        /// The shape found.
        found: Shape,
    },
    /// The elements of the shape take more than [`Buffer::MAX_LEN`](crate::Buffer::MAX_LEN) bytes, or more than the
    /// system has.
    #[error("an array of shape {shape} is too large")]
    TooLarge {
        /// The shape asked for.
        shape: Shape,
    },
    /// Nested rows of a literal differ in length.
    #[error("ragged literal: a row of {found} elements among rows of {expected}")]
    Ragged {
        /// Length of the first row.
        expected: usize,
        /// Length of the row that differs.
        found: usize,
    },
    /// A file is not what its format asks for.
    #[error("{what}: {why}")]
    Format {
        /// The file or entry.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Reading or writing failed.
    #[error("{what}: {source}")]
    Io {
        /// The file or entry.
        what: String,
        /// The operating system's error.
        source: std::io::Error,
    },
}
