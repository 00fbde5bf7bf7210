use super::split::{Operand, pack_lanes, pack_steps};
use super::unit::{DEPTH, SIDE, TILE};
use crate::gemm::Strides;

/// An operand to pack.
pub(super) struct Packing<'a> {
    pub(super) from: &'a [f32],
    pub(super) strides: Strides,
    pub(super) lanes: usize,
    pub(super) steps: usize,
    pub(super) operand: Operand,
}

impl Packing<'_> {
    /// Packs panels of lanes, from tile to tile of the inner dimension, both given as start and count. Whether an element
    /// could not be split.
    pub(super) fn pack(&self, panels: (usize, usize), tiles: (usize, usize), to: &mut [u8]) -> bool {
        assert!(to.len() >= panels.1 * tiles.1 * TILE && (panels.0 + panels.1 - 1) * SIDE < self.lanes);
        assert!(self.from.len() > (self.lanes - 1) * self.strides.lane + (self.steps - 1) * self.strides.step);
        let mut failed = false;
        let mut pack = |panel: usize, tile: usize| {
            let (lane, step) = ((panels.0 + panel) * SIDE, (tiles.0 + tile) * DEPTH);
            let (lanes, steps) = (SIDE.min(self.lanes - lane), self.steps - step);
            let from = self.from.as_ptr().wrapping_add(lane * self.strides.lane + step * self.strides.step);
            let to = to[(panel * tiles.1 + tile) * TILE..][..TILE].as_mut_ptr();
            // SAFETY: the processor has the unit, and so AVX-512; lanes and steps are within the operand.
            failed |= unsafe {
                match self.strides.lane {
                    1 => {
                        let stride = self.strides.step;
                        if steps >= DEPTH {
                            pack_steps(|i| from.wrapping_add(i * stride), lanes, to, self.operand)
                        } else {
                            let at = |i| if i < steps { from.wrapping_add(i * stride) } else { std::ptr::null() };
                            pack_steps(at, lanes, to, self.operand)
                        }
                    }
                    stride => pack_lanes(|i| from.wrapping_add(i * stride), lanes, steps, to, self.operand),
                }
            };
        };
        // What is contiguous in memory is read in a row.
        match self.strides.lane {
            1 => (0..tiles.1).for_each(|tile| (0..panels.1).for_each(|panel| pack(panel, tile))),
            _ => (0..panels.1).for_each(|panel| (0..tiles.1).for_each(|tile| pack(panel, tile))),
        }
        failed
    }
}
