//! IDX, the format of MNIST's files: a magic number that gives the element type and the rank, a big-endian `u32`
//! for each dimension, and the elements in row-major order, big-endian.
//!
//! Described at the end of LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Element types are
//! `u8`, `i8`, `i16`, `i32`, `f32` and `f64`.

mod read;
mod write;

pub use read::{parse, read_file};
pub use write::{encode, write_file};

pub(crate) use write::header;

use ferroflow_array::DType;

/// Type codes in the third byte of the magic number.
const TYPES: [(u8, DType); 6] = [
    (0x08, DType::U8),
    (0x09, DType::I8),
    (0x0b, DType::I16),
    (0x0c, DType::I32),
    (0x0d, DType::F32),
    (0x0e, DType::F64),
];

/// Turns big-endian elements of `size` bytes into native ones, or back.
fn swap_to_native(bytes: &mut [u8], size: usize) {
    if cfg!(target_endian = "little") && size > 1 {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}
