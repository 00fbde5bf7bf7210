//! Matrix products: a register tile, and the loops around it.

mod matmul;
mod plain;
mod simd;
mod tile;

pub use matmul::{Epilogue, MatMul, matmul, matmul_scratch};
pub use plain::{Accumulate, matmul_plain};
pub use simd::TileElement;
pub(crate) use tile::{Run, Store, Target, even, run_tile, tile_size};
