use crate::mnist::MnistFile;
use ferroflow_array::{ArrayError, DType, Shape};
use std::path::PathBuf;

/// Result of reading, making or drawing from a data set.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong when data is read, made into a set, or drawn from one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a file failed.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// A file is not what its format asks for.
    #[error("{file}: {why}")]
    Format {
        /// The file.
        file: String,
        /// What was expected, what was found.
        why: String,
    },
    /// The array cannot be written as IDX.
    #[error("IDX cannot hold {why}")]
    Unwritable {
        /// What the format has no room for.
        why: String,
    },
    /// Some of the four files are in the directory, but not this one.
    #[error("{}: {} is missing (neither it nor an uncompressed form was found beside the others)", .dir.display(), .file.name())]
    Missing {
        /// The directory.
        dir: PathBuf,
        /// The file that is not there.
        file: MnistFile,
    },
    /// The program was built without MNIST.
    #[error("{} is not embedded in this program", .file.name())]
    NotEmbedded {
        /// The file.
        file: MnistFile,
    },
    /// A file is MNIST's, but under the name of another.
    #[error("{path}: holds {}, not {}", .found.name(), .expected.name())]
    Misnamed {
        /// The file.
        path: String,
        /// What the name promises.
        expected: MnistFile,
        /// What the file holds.
        found: MnistFile,
    },
    /// The directory holds files that are not MNIST's, so downloading the missing ones would mix two sets.
    #[error("{path} is not MNIST's, so the missing files of its set cannot be downloaded")]
    Foreign {
        /// The file that is not MNIST's.
        path: String,
    },
    /// Images and labels differ in number.
    #[error("{images} holds {image_count} images, but {labels} holds {label_count} labels")]
    Counts {
        /// Where the images come from.
        images: String,
        /// Where the labels come from.
        labels: String,
        /// Number of images.
        image_count: usize,
        /// Number of labels.
        label_count: usize,
    },
    /// Train and test images differ in size.
    #[error("train images are {train}, but test images are {test}")]
    ImageSizes {
        /// Height and width of train images.
        train: Shape,
        /// Height and width of test images.
        test: Shape,
    },
    /// A label is not a class.
    #[error("{file}: label {label} at index {index} is not below num_classes = {num_classes}")]
    Label {
        /// The file.
        file: String,
        /// Index of the first such label.
        index: usize,
        /// Its value.
        label: u8,
        /// Number of classes asked for.
        num_classes: usize,
    },
    /// More validation examples were asked for than there are train examples.
    #[error("validation_size = {validation_size}, but there are only {train} train examples")]
    ValidationSize {
        /// The size asked for.
        validation_size: usize,
        /// Number of train examples read.
        train: usize,
    },
    /// The array cannot hold examples along its first dimension.
    #[error("{what} of dtype {dtype} and shape {shape} cannot be examples: {why}")]
    Examples {
        /// Images or labels.
        what: &'static str,
        /// Dtype of the array.
        dtype: DType,
        /// Shape of the array.
        shape: Shape,
        /// What was expected.
        why: &'static str,
    },
    /// A batch of this size cannot be drawn.
    #[error("a batch of {batch} cannot be drawn from {examples} examples")]
    BatchSize {
        /// Examples asked for.
        batch: usize,
        /// Examples in the set.
        examples: usize,
    },
    /// The array to fill does not have the batch's dtype or shape.
    #[error("{what}: expected {expected_dtype}{expected}, found {found_dtype}{found}")]
    Destination {
        /// Images or labels.
        what: &'static str,
        /// Dtype of the set's batches.
        expected_dtype: DType,
        /// Shape of the batch.
        expected: Shape,
        /// Dtype of the array.
        found_dtype: DType,
        /// Shape of the array.
        found: Shape,
    },
    /// A position lies outside the set.
    #[error("position at index {index} of an epoch, but an epoch has {examples} examples")]
    Position {
        /// Index within the epoch.
        index: u64,
        /// Examples in the set.
        examples: usize,
    },
    /// No mirror delivered the file.
    #[error("{}: no mirror delivered it: {}", .file.name(), .attempts.join("; "))]
    Download {
        /// The file.
        file: MnistFile,
        /// One line for each mirror: its address and what went wrong.
        attempts: Vec<String>,
    },
    /// Downloading was asked for, but this build leaves it out.
    #[error("{} is missing, and this build cannot download (cargo feature `download`)", .file.name())]
    NoDownload {
        /// The file.
        file: MnistFile,
    },
    /// An array could not be made.
    #[error(transparent)]
    Array(#[from] ArrayError),
}

impl Error {
    pub(crate) fn io(file: impl Into<String>, source: std::io::Error) -> Self {
        Error::Io { file: file.into(), source }
    }

    pub(crate) fn format(file: impl Into<String>, why: impl Into<String>) -> Self {
        Error::Format { file: file.into(), why: why.into() }
    }
}
