//! Copies operands into the order in which a tile reads them.

use super::simd::{Levelled, Simd, TileElement, at_level};
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

/// Packs steps of the columns of some panels, each `width` columns and `pitch` elements after the one before; columns beyond
/// the last are zeros.
///
/// # Safety
/// As [`pack`], of each panel.
#[allow(clippy::too_many_arguments)]
pub(crate) unsafe fn pack_panels<T: TileElement>(
    level: Level,
    from: *const T,
    strides: Strides,
    columns: usize,
    steps: usize,
    to: *mut T,
    width: usize,
    pitch: usize,
) {
    let whole = columns / width;
    // SAFETY: by the contract.
    unsafe {
        if strides.lane == 1 {
            at_level(level, CopyRows { from, step: strides.step, panels: whole, steps, to, width, pitch });
        }
        let copied = if strides.lane == 1 { whole } else { 0 };
        for panel in copied..columns.div_ceil(width) {
            // Without steps there is nothing at these addresses.
            let (from, to) = (from.wrapping_add(panel * width * strides.lane), to.wrapping_add(panel * pitch));
            let columns = width.min(columns - panel * width);
            if columns < width {
                to.write_bytes(0, steps * width);
            }
            pack(level, from, strides, columns, steps, to, width);
        }
    }
}

/// [`pack_panels`] of whole panels whose rows are contiguous: row by row, so that memory is read in long runs.
struct CopyRows<T> {
    from: *const T,
    step: usize,
    panels: usize,
    steps: usize,
    to: *mut T,
    width: usize,
    pitch: usize,
}

impl<T: TileElement> Levelled<T> for CopyRows<T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        for p in 0..self.steps {
            for panel in 0..self.panels {
                for lane in (0..self.width).step_by(V::LANES) {
                    // SAFETY: by the contract of `pack_panels`; a width is whole vectors.
                    unsafe {
                        let from = self.from.add(p * self.step + panel * self.width + lane);
                        V::load(from).store(self.to.add(panel * self.pitch + p * self.width + lane));
                    }
                }
            }
        }
    }
}
