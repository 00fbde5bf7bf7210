//! Matrix products: a register tile, and the loops around it.

mod matmul;
mod pack;
mod plain;
mod simd;
mod small;
mod small_tile;
mod tile;

pub use matmul::{Epilogue, MatMul, matmul, matmul_accumulate, matmul_rows, matmul_scratch};
pub use plain::{Accumulate, matmul_plain};
pub use simd::TileElement;
pub(crate) use simd::{Levelled, Simd, at_level};
pub(crate) use tile::{Run, Store, Target, TileSize, WIDEST, even, run_tile, tile_size};
