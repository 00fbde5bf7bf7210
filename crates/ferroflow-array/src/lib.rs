#![forbid(unsafe_code)]
//! Concrete values: element types, shapes, and the n-dimensional [`Array`].
//!
//! An [`Array`] is a dtype, a [`Shape`] and 64-byte aligned, row-major bytes behind a shared pointer, so
//! that cloning, feeding and fetching cost no copy. This crate knows nothing of graphs.
//!
//! Arrays come from literals, slices, vectors, `ndarray` (a default feature) and NumPy's files, and go there:
//!
//! ```
//! use ferroflow_array::{Array, DType, read_npz, write_npz};
//!
//! let weights = Array::from([[0.5f32, -1.0], [2.0, 0.25]]);
//! assert_eq!(weights.to_string(), "[[ 0.5  -1.  ]\n [ 2.    0.25]]");
//! assert_eq!(weights.cast(DType::I32)?, Array::from([[0, -1], [2, 0]]));
//!
//! let mut file = std::io::Cursor::new(Vec::new());
//! write_npz(&mut file, [("weights", &weights)])?;
//! assert_eq!(read_npz(file)?, [("weights".to_owned(), weights)]);
//! # Ok::<(), ferroflow_array::ArrayError>(())
//! ```

mod array;
mod buffer;
mod cast;
mod display;
mod dtype;
mod error;
mod float_format;
mod literal;
#[cfg(feature = "ndarray")]
mod ndarray;
mod npy;
mod shape;
mod whole_file;

pub use array::Array;
pub use buffer::Buffer;
pub use dtype::{DType, Element, bf16, f16};
pub use error::{ArrayError, Result};
pub use npy::{load_npz, read_npz, save_npz, write_npz};
pub use shape::{IntoPartialShape, PartialShape, Shape};
pub use whole_file::WholeFile;
