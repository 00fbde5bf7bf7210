//! MNIST and the sets that come in files of the same names.

mod embedded;
mod files;
mod identity;
mod options;
mod sets;

#[cfg(feature = "download")]
mod download;

#[cfg(feature = "download")]
pub use download::{MIRRORS, Progress, download_mnist};
pub use files::MnistFile;
pub use identity::Provenance;
pub use options::{DataSetOptions, Pixels};
pub use sets::{DataSets, embedded_mnist, read_data_sets};
