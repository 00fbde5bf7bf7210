//! Random numbers: the counter-based generator Philox4x32-10 and fills that follow TensorFlow's CPU ops.
//!
//! Every fill is a pure function of a stream, an index into it and the distribution, so that an output may
//! be split at any group boundary and filled in any order. A random op keeps one number between runs: how
//! many blocks its earlier runs reserved. A run fills from `Philox::new(seed, seed2).skip(reserved)`, then
//! adds what the `reserved_by_*` function of its op says.

mod element;
mod fill;
mod multinomial;
mod philox;
mod rejection;
mod seed;
mod shuffle;

pub use element::{RandomFloat, RandomInt, WideFloat};
pub use fill::{fill_normal, fill_truncated_normal, fill_uniform, fill_uniform_int, reserved_by_fill};
pub use multinomial::{fill_multinomial, reserved_by_multinomial};
pub use philox::{Block, Philox};
pub use rejection::{fill_gamma, fill_poisson};
pub use seed::{DEFAULT_GRAPH_SEED, resolve_seeds};
pub use shuffle::{reserved_by_shuffle, shuffled_indices};
