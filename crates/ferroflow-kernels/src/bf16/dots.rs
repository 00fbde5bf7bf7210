//! Blocks by the dot products of AVX512-BF16, for processors without a matrix unit. Only upper halves are worth it: vectors
//! multiply bf16 but twice as fast as `f32`.

use super::unit::{Block, ROW, SIDE};
use std::arch::x86_64::*;

/// Computes the tiles of a block one after the other.
///
/// # Safety
/// The processor has AVX512-BF16; see [`super::unit::Unit::run`].
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(super) unsafe fn run(block: &Block, rows: [usize; 2], columns: [usize; 2]) {
    for (i, rows) in rows.into_iter().enumerate() {
        for (j, columns) in columns.into_iter().enumerate().filter(|(_, n)| *n > 0) {
            let c = block.c.wrapping_byte_add(i * block.c_down + j * block.c_right);
            // SAFETY: by the contract.
            unsafe {
                match rows {
                    0 => {}
                    1..=4 => tile::<4>(block, block.a[i], block.b[j], c, rows, columns),
                    5..=8 => tile::<8>(block, block.a[i], block.b[j], c, rows, columns),
                    _ => tile::<SIDE>(block, block.a[i], block.b[j], c, rows, columns),
                }
            }
        }
    }
}

/// # Safety
/// See [`run`].
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
unsafe fn tile<const M: usize>(
    block: &Block,
    mut a: *const u8,
    mut b: *const u8,
    c: *mut f32,
    rows: usize,
    columns: usize,
) {
    let mask = if columns >= SIDE { u16::MAX } else { (1 << columns) - 1 };
    let mut sums = [_mm512_setzero_ps(); M];
    // SAFETY: by the contract; rows past the last repeat it, masked columns are not touched.
    unsafe {
        if block.accumulate {
            for (i, sum) in sums.iter_mut().enumerate().take(rows) {
                *sum = _mm512_maskz_loadu_ps(mask, c.byte_add(i * block.c_row));
            }
        }
        for _ in 0..block.counts[0] {
            for _ in 0..block.counts[1] {
                for pair in 0..SIDE {
                    let right: __m512bh = std::mem::transmute(_mm512_loadu_si512(b.add(pair * ROW).cast()));
                    for (i, sum) in sums.iter_mut().enumerate() {
                        let from = a.add(i.min(rows - 1) * block.a_row + pair * 4).cast::<i32>();
                        let left: __m512bh = std::mem::transmute(_mm512_set1_epi32(from.read_unaligned()));
                        *sum = _mm512_dpbf16_ps(*sum, left, right);
                    }
                }
                (a, b) = (a.wrapping_add(block.a_steps[1]), b.wrapping_add(block.b_steps[1]));
            }
            (a, b) = (a.wrapping_add(block.a_steps[0]), b.wrapping_add(block.b_steps[0]));
        }
        for (i, sum) in sums.into_iter().enumerate().take(rows) {
            _mm512_mask_storeu_ps(c.byte_add(i * block.c_row), mask, sum);
        }
    }
}
