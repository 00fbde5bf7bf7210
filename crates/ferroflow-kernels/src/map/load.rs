//! What brings inputs into buffers.

use super::layout::gather;
use super::run::BLOCK;
use crate::vectorised::{Vectorised, vectorised};

/// The length of a vector that is repeated alike in every block.
pub(super) fn period(dims: &[(usize, usize)]) -> Option<usize> {
    match dims {
        [(_, 0), (n, 1)] if BLOCK.is_multiple_of(*n) => Some(*n),
        _ => None,
    }
}

/// Fills `to` with `n` times the element at `from`.
///
/// # Safety
/// `from` holds an element of `size` bytes; `to` has room for `n`, aligned.
pub(super) unsafe fn splat(from: *const u8, size: usize, n: usize, to: *mut u8) {
    // SAFETY: passed on.
    unsafe {
        match size {
            1 => filled::<u8>(from, n, to),
            2 => filled::<u16>(from, n, to),
            4 => filled::<u32>(from, n, to),
            _ => filled::<u64>(from, n, to),
        }
    }
}

/// # Safety
/// See [`splat`].
unsafe fn filled<T: Copy>(from: *const u8, n: usize, to: *mut u8) {
    // SAFETY: passed on; constants are bytes, so their elements need not be aligned.
    unsafe { std::slice::from_raw_parts_mut(to.cast(), n).fill(from.cast::<T>().read_unaligned()) };
}

/// # Safety
/// `dims` lead from `from` to initialised elements of `size` bytes; `to` has room for `n`; both are aligned.
pub(super) unsafe fn load(from: *const u8, size: usize, dims: &[(usize, usize)], start: usize, n: usize, to: *mut u8) {
    vectorised(Load { from, size, dims, start, n, to });
}

struct Load<'a> {
    from: *const u8,
    size: usize,
    dims: &'a [(usize, usize)],
    start: usize,
    n: usize,
    to: *mut u8,
}

impl Load<'_> {
    /// # Safety
    /// See [`load`]; the elements are `T`s.
    #[inline(always)]
    unsafe fn typed<T: Copy>(self) {
        let reach = self.dims.iter().map(|(n, s)| (n - 1) * s).sum::<usize>() + 1;
        // SAFETY: `reach` elements are there to read, and `n` to write.
        let (from, to) = unsafe {
            (
                std::slice::from_raw_parts(self.from.cast(), reach),
                std::slice::from_raw_parts_mut(self.to.cast(), self.n),
            )
        };
        gather::<T>(self.dims, from, self.start, to);
    }
}

impl Vectorised for Load<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: see `load`, the only one to make this.
        unsafe {
            match self.size {
                1 => self.typed::<u8>(),
                2 => self.typed::<u16>(),
                4 => self.typed::<u32>(),
                _ => self.typed::<u64>(),
            }
        }
    }
}
