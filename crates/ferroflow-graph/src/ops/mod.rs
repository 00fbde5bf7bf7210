//! The operations, one a file, and the table of them all.

#[macro_use]
mod by_dtype;

pub mod array;
pub mod compiled;
pub mod control;
pub(crate) mod elementwise;
#[cfg(test)]
mod fixtures;
pub mod image_files;
pub mod linalg;
pub mod math;
pub mod nn;
pub mod random;
pub mod reduce;
pub(crate) mod rules;
pub mod state;
pub mod summary;
mod table;
#[cfg(test)]
pub(crate) mod testing;

pub use array::*;
pub use compiled::*;
pub use control::*;
pub use image_files::*;
pub use linalg::*;
pub use math::*;
pub use nn::*;
pub use random::*;
pub use reduce::*;
pub use state::*;
pub use summary::*;
pub use table::{TABLE, find};
