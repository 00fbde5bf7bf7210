//! Matrix products: a register tile, and the loops around it.

mod matmul;
mod pack;
mod plain;
mod simd;
mod small;
mod small_tile;
mod tile;

pub use matmul::{MatMul, matmul, matmul_rows, matmul_scratch};
pub use plain::{Accumulate, matmul_plain};
pub use simd::TileElement;
pub(crate) use pack::Strides;
pub(crate) use simd::{Levelled, Simd, at_level, prefetch, prefetch_far};
