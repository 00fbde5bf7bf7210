use ferroflow_array::DType;
use std::path::Path;

/// Result of reading or writing a file.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// There is no checkpoint of that name.
    #[error("Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {0}")]
    NoCheckpoint(String),
    /// The checkpoint has no tensor of that name.
    #[error("Key {name} not found in checkpoint {prefix}")]
    Missing {
        /// The tensor.
        name: String,
        /// The checkpoint.
        prefix: String,
    },
    /// The file is not what its format asks for.
    #[error("{path}: {}{why}", .tensor.as_ref().map(|t| format!("tensor '{t}': ")).unwrap_or_default())]
    Damaged {
        /// The file.
        path: String,
        /// The tensor that was read, if it was one.
        tensor: Option<String>,
        /// What is wrong.
        why: String,
    },
    /// The file is of a kind that cannot be read.
    #[error("{path}: {why}")]
    Unsupported {
        /// The file.
        path: String,
        /// What is not supported.
        why: String,
    },
    /// A value of a dtype that the format does not hold.
    #[error("{what} cannot be {}", .dtype.tensorflow_name())]
    DType {
        /// What the value was to be.
        what: &'static str,
        /// Its dtype.
        dtype: DType,
    },
    /// A value that the format does not hold.
    #[error("{0}")]
    Invalid(String),
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.display().to_string();
        move |source| Error::Io { path, source }
    }

    pub(crate) fn damaged(path: &Path, why: impl Into<String>) -> Error {
        Error::Damaged { path: path.display().to_string(), tensor: None, why: why.into() }
    }

    /// The same, about a tensor.
    pub(crate) fn of(self, name: &str) -> Error {
        match self {
            Error::Damaged { path, tensor: None, why } => Error::Damaged { path, tensor: Some(name.to_owned()), why },
            Error::Unsupported { path, why } => Error::Unsupported { path, why: format!("tensor '{name}': {why}") },
            other => other,
        }
    }
}
