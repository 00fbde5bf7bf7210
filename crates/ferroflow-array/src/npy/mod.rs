//! NumPy's files: npy, one array, and npz, a zip archive of them.
//!
//! The format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

mod header;
mod npz;
mod read;
mod write;

pub use npz::{load_npz, read_npz, save_npz, write_npz};
