//! Copies operands into the order in which a tile reads them.

use super::simd::TileElement;
use crate::cpu::Level;

/// How an operand lies in memory: element `(lane, p)` is at `lane·lane_stride + p·step`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strides {
    pub(crate) lane: usize,
    pub(crate) step: usize,
}

/// Writes element `(lane, p)` to `p·leading + lane`, for `lanes` lanes and `steps` steps. Lanes from there to the next
/// multiple of a vector may be overwritten with anything.
///
/// # Safety
/// The processor has the level; the elements can be read; `leading·steps` elements can be written; `lanes` rounded up to
/// a multiple of 8 is not above `leading`, unless the lanes are contiguous.
pub(crate) unsafe fn pack<T: TileElement>(
    level: Level,
    from: *const T,
    strides: Strides,
    lanes: usize,
    steps: usize,
    to: *mut T,
    leading: usize,
) {
    // SAFETY: by the contract.
    unsafe {
        if strides.lane == 1 {
            let row = |p: usize| (from.add(p * strides.step), to.add(p * leading));
            // Sizes known when compiled become a few vectors.
            match lanes {
                32 => (0..steps).for_each(|p| row(p).0.copy_to_nonoverlapping(row(p).1, 32)),
                16 => (0..steps).for_each(|p| row(p).0.copy_to_nonoverlapping(row(p).1, 16)),
                _ => (0..steps).for_each(|p| row(p).0.copy_to_nonoverlapping(row(p).1, lanes)),
            }
            return;
        }
        let vectors = level > Level::Portable && strides.step == 1;
        let block = if vectors { T::TRANSPOSED } else { 1 };
        let whole = if vectors { steps / block * block } else { 0 };
        for first in (0..lanes).step_by(block) {
            // Lanes past the last repeat it.
            let rows: [*const T; 8] = std::array::from_fn(|j| from.add((first + j).min(lanes - 1) * strides.lane));
            if whole > 0 {
                T::transpose(&rows, whole, to.add(first), leading);
            }
            for (j, row) in rows[..block.min(lanes - first)].iter().enumerate() {
                for p in whole..steps {
                    *to.add(p * leading + first + j) = *row.add(p * strides.step);
                }
            }
        }
    }
}
