//! Matrix products: a register tile, and the loops around it.

mod matmul;
mod pack;
mod plain;
mod rows;
mod simd;
mod small;
mod small_tile;
mod tile;

pub use matmul::{MatMul, matmul, matmul_scratch};
pub(crate) use pack::Strides;
pub use plain::{Accumulate, matmul_plain};
pub use rows::matmul_rows;
pub(crate) use rows::multiply_rows;
pub use simd::TileElement;
pub(crate) use simd::{Levelled, Simd, at_level, prefetch};
pub(crate) use tile::{Ahead, CACHE_LINE, Run, Target, TileSize, WIDEST, even, run_tile, tile_size};
