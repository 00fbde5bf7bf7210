#![forbid(unsafe_code)]
//! Concrete values: element types, shapes, and the n-dimensional [`Array`].
//!
//! An [`Array`] is a dtype, a [`Shape`] and 64-byte aligned, row-major bytes behind a shared pointer, so
//! that cloning, feeding and fetching cost no copy. This crate knows nothing of graphs.

mod array;
mod buffer;
mod cast;
mod display;
mod dtype;
mod error;
mod float_format;
mod literal;
mod shape;

pub use array::Array;
pub use buffer::Buffer;
pub use dtype::{DType, Element, bf16, f16};
pub use error::{ArrayError, Result};
pub use shape::{IntoPartialShape, PartialShape, Shape};
