//! The unit itself: blocks of up to 2 × 2 tiles of the result, held in its registers over the whole inner dimension.

use crate::Precision;
use crate::cpu::{amx, avx512_bf16};
use crate::gemm::prefetch;
use std::any::TypeId;

/// Rows and columns of a tile of the result.
pub(crate) const SIDE: usize = 16;
/// Steps of the inner dimension in a tile of an operand.
pub(crate) const DEPTH: usize = 32;
/// Bytes of a row of an operand's tile: 32 upper halves of elements in bf16, then their 32 lower halves.
pub(crate) const ROW: usize = 128;
/// Bytes of a tile of an operand.
pub(crate) const TILE: usize = SIDE * ROW;

/// Multiply-adds up to which splitting the operands is not worth it.
pub(super) const FEW: u64 = 1 << 18;

/// Whether products of `T` with this precision are for this module.
pub(super) fn serves<T: 'static>(precision: Precision) -> bool {
    let served = match precision {
        Precision::F32 => false,
        Precision::Bf16x3 => amx(),
        Precision::Bf16 => amx() || avx512_bf16(),
    };
    served && TypeId::of::<T>() == TypeId::of::<f32>()
}

/// A block of the result, and its operands: two tiles of rows of the left one by two of columns of the right one. Steps
/// and rows are in bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// The left operand: a row of the tile is a row of it, 32 steps of the inner dimension.
    pub(crate) a: [*const u8; 2],
    /// The right operand: a row of the tile is two steps of the inner dimension, which alternate, of 16 columns.
    pub(crate) b: [*const u8; 2],
    /// The first tile of the result, and bytes from there to that of the second columns, and of the second rows.
    pub(crate) c: *mut f32,
    pub(crate) c_right: usize,
    pub(crate) c_down: usize,
    pub(crate) a_row: usize,
    pub(crate) b_row: usize,
    pub(crate) c_row: usize,
    /// The inner dimension in tiles, as two loops, outermost first: both at least 1.
    pub(crate) counts: [usize; 2],
    /// The first element of what is likely the next block, to be fetched: an address, valid or not.
    pub(crate) next: *const f32,
    /// What is added after all trips of the inner loop, and after each of them.
    pub(crate) a_steps: [usize; 2],
    pub(crate) b_steps: [usize; 2],
    /// Whether the sums are added to what is there, instead of replacing it.
    pub(crate) accumulate: bool,
}

/// The shapes of the tiles, as the processor takes them.
#[repr(C, align(64))]
struct Config {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// The unit while a thread uses it, and the rows and columns that its tiles have, a byte each: to read arrays just written
/// would wait for the tiles before to be stored.
pub(crate) struct Unit {
    shape: usize,
}

impl Unit {
    pub(crate) fn new() -> Self {
        Unit { shape: 0 }
    }

    /// Computes a block of `rows` by `columns`, at most 16 in each tile; none of the second if it is not there. The lower
    /// halves of the operands count if `halves` says so.
    ///
    /// # Safety
    /// [`serves`] has said so; the operands' tiles can be read in whole rows, and the rows and columns of the result
    /// written.
    pub(crate) unsafe fn run(&mut self, block: &Block, rows: [usize; 2], columns: [usize; 2], halves: bool) {
        debug_assert!(rows[0] > 0 && columns[0] > 0 && rows.iter().chain(&columns).all(|n| *n <= SIDE));
        debug_assert!(block.counts.iter().all(|n| *n > 0));
        #[cfg(target_arch = "x86_64")]
        if !amx() {
            // SAFETY: by the contract: without a unit there are its instructions for vectors.
            return unsafe { super::dots::run(block, rows, columns) };
        }
        let shape = rows[0] | rows[1] << 8 | columns[0] << 16 | columns[1] << 24;
        if shape != self.shape {
            self.shape = shape;
            configure(rows, columns);
        }
        for (tile, rows) in rows.into_iter().enumerate() {
            let next = block.next.wrapping_byte_add(tile * block.c_down);
            for row in 0..rows {
                prefetch(next.wrapping_byte_add(row * block.c_row));
                prefetch(next.wrapping_byte_add(row * block.c_row + block.c_right));
            }
        }
        #[cfg(target_arch = "x86_64")]
        // SAFETY: by the contract; the shapes are set.
        unsafe {
            super::tiles::multiply(block, (rows[1] > 0, columns[1] > 0), halves);
        }
        #[cfg(not(target_arch = "x86_64"))]
        unreachable!("there is no unit: {halves}");
    }
}

impl Drop for Unit {
    /// Threads that hold tiles are slower to switch.
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        if self.shape > 0 {
            // SAFETY: it was configured, so it is there.
            unsafe { std::arch::asm!("tilerelease", options(nostack, preserves_flags)) };
        }
    }
}

#[cold]
fn configure(rows: [usize; 2], columns: [usize; 2]) {
    let mut config = Config { palette: 1, start: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
    // The registers of a second tile that is not there are free for the first one's halves.
    let [r, c] = [rows, columns].map(|n| if n[1] > 0 { n } else { [n[0]; 2] });
    for tile in 0..4 {
        (config.rows[tile], config.row_bytes[tile]) = (r[tile / 2] as u8, 4 * c[tile % 2] as u16);
    }
    for i in 0..2 {
        (config.rows[4 + i], config.row_bytes[4 + i]) = (r[i] as u8, 64);
        (config.rows[6 + i], config.row_bytes[6 + i]) = (SIDE as u8, 4 * c[i] as u16);
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: whoever makes blocks run has promised that there is a unit; the shapes are within its limits.
    unsafe {
        std::arch::asm!("ldtilecfg [{}]", in(reg) &raw const config, options(nostack, preserves_flags));
    }
}
