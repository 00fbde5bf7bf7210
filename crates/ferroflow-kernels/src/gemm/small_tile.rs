//! A tile of a product whose operands are read where they lie.

use super::pack::{Strides, pack};
use super::simd::{Levelled, Simd, TileElement};
use crate::cpu::Level;
use std::mem::MaybeUninit;

/// The most rows of a tile.
pub(super) const TALLEST: usize = 14;
/// Elements between the rows of a turned tile.
const TURNED: usize = 16;

/// A tile of the result, and the operands from its first row and column on.
///
/// # Safety
/// To run it, the processor must have the level, the operands' rows, columns and steps be there to read, and the elements of
/// the result to write.
pub(super) struct Tile<T> {
    pub(super) level: Level,
    pub(super) dots: bool,
    pub(super) rows: usize,
    pub(super) a: *const T,
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    pub(super) b: *const T,
    pub(super) b_column: usize,
    pub(super) b_step: usize,
    pub(super) k: usize,
    pub(super) c: *mut T,
    pub(super) c_row: usize,
    pub(super) c_column: usize,
    pub(super) columns: usize,
    pub(super) turned: bool,
    pub(super) accumulate: bool,
}

impl<T: TileElement> Levelled<T> for Tile<T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        macro_rules! by_rows {
            ($method:ident $n:literal: $($m:literal)*) => {
                match self.rows {
                    $($m => self.$method::<V, $m, $n>(),)*
                    rows => unreachable!("no tile of {rows} rows"),
                }
            };
        }
        // SAFETY: by the contract of the tile.
        unsafe {
            match (self.dots, self.columns) {
                (true, 1) => by_rows!(dots 1: 1 2 3 4),
                (true, 2) => by_rows!(dots 2: 1 2 3 4),
                (true, 3) => by_rows!(dots 3: 1 2 3 4),
                (true, _) => by_rows!(dots 4: 1 2 3 4),
                (false, n) if n <= V::LANES => by_rows!(vectors 1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
                (false, n) if n <= 2 * V::LANES => by_rows!(vectors 2: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
                _ => by_rows!(vectors 4: 1 2 3),
            }
        }
    }
}

impl<T: TileElement> Tile<T> {
    /// `M` rows by `N` vectors of columns, held in registers over the inner dimension.
    ///
    /// # Safety
    /// See [`Tile`].
    #[inline(always)]
    unsafe fn vectors<V: Simd<Element = T>, const M: usize, const N: usize>(&self) {
        // SAFETY: by the contract; masked lanes are not touched.
        unsafe {
            let mask = |j: usize| V::mask(self.columns.saturating_sub(j * V::LANES).min(V::LANES));
            let masks: [V::Mask; N] = std::array::from_fn(mask);
            let mut sums = [[V::splat(T::ZERO); N]; M];
            let (mut a, mut b) = (self.a, self.b);
            // With one vector a row, finding the rows' addresses anew for each step would take longer than the products.
            let whole = if N == 1 && self.a_step == 1 { self.k / 4 * 4 } else { 0 };
            for _ in (0..whole).step_by(4) {
                for step in 0..4 {
                    let (a, b) = (a.wrapping_add(step), b.wrapping_add(step * self.b_step));
                    self.add_products(&mut sums, &masks, a, b);
                }
                (a, b) = (a.wrapping_add(4), b.wrapping_add(4 * self.b_step));
            }
            for _ in whole..self.k {
                self.add_products(&mut sums, &masks, a, b);
                (a, b) = (a.wrapping_add(self.a_step), b.wrapping_add(self.b_step));
            }
            if self.turned && self.c_column > 1 {
                return self.store_turned(sums);
            }
            for (i, sums) in sums.into_iter().enumerate() {
                for (j, sum) in sums.into_iter().enumerate() {
                    self.store(sum, self.c.wrapping_add(i * self.c_row + j * V::LANES), masks[j]);
                }
            }
        }
    }

    /// One step of the inner dimension.
    ///
    /// # Safety
    /// See [`Tile`]; the addresses are those of the step.
    #[inline(always)]
    unsafe fn add_products<V: Simd<Element = T>, const M: usize, const N: usize>(
        &self,
        sums: &mut [[V; N]; M],
        masks: &[V::Mask; N],
        a: *const T,
        b: *const T,
    ) {
        // SAFETY: by the contract.
        unsafe {
            let row: [V; N] = std::array::from_fn(|j| V::load_masked(b.wrapping_add(j * V::LANES), masks[j]));
            for (i, sums) in sums.iter_mut().enumerate() {
                let x = V::splat(*a.wrapping_add(i * self.a_row));
                for (sum, b) in sums.iter_mut().zip(row) {
                    *sum = sum.add_product(x, b);
                }
            }
        }
    }

    /// Stores a tile whose rows are columns of the result.
    ///
    /// # Safety
    /// See [`Tile`].
    #[inline(always)]
    unsafe fn store_turned<V: Simd<Element = T>, const M: usize, const N: usize>(&self, sums: [[V; N]; M]) {
        const WIDEST: usize = 64;
        const { assert!(N * V::LANES <= WIDEST && M <= TURNED) };
        let mut rows = [MaybeUninit::<[T; WIDEST]>::uninit(); M];
        let mut turned = [MaybeUninit::<[T; TURNED]>::uninit(); WIDEST];
        // SAFETY: by the contract; the buffers are large enough, and what is read of them is written before.
        unsafe {
            for (sums, row) in sums.iter().zip(&mut rows) {
                for (j, sum) in sums.iter().enumerate() {
                    sum.store(row.as_mut_ptr().cast::<T>().add(j * V::LANES));
                }
            }
            let from = Strides { lane: WIDEST, step: 1 };
            pack(self.level, rows.as_ptr().cast::<T>(), from, M, self.columns, turned.as_mut_ptr().cast::<T>(), TURNED);
            for (i, row) in turned[..self.columns].iter().enumerate() {
                for j in (0..M).step_by(V::LANES) {
                    let mask = V::mask(V::LANES.min(M - j));
                    let sum = V::load_masked(row.as_ptr().cast::<T>().add(j), mask);
                    self.store(sum, self.c.add(i * self.c_column + j), mask);
                }
            }
        }
    }

    /// # Safety
    /// The elements of the mask at `c` can be written.
    #[inline(always)]
    unsafe fn store<V: Simd<Element = T>>(&self, mut sum: V, c: *mut T, mask: V::Mask) {
        // SAFETY: by the contract.
        unsafe {
            if self.accumulate {
                sum = sum.add(V::load_masked(c, mask));
            }
            sum.store_masked(c, mask);
        }
    }

    /// `M` rows by `N` columns, a vector of partial sums for each.
    ///
    /// # Safety
    /// See [`Tile`].
    #[inline(always)]
    unsafe fn dots<V: Simd<Element = T>, const M: usize, const N: usize>(&self) {
        // SAFETY: by the contract; masked lanes are not touched.
        unsafe {
            let mut sums = [[V::splat(T::ZERO); N]; M];
            for start in (0..self.k).step_by(V::LANES) {
                let mask = V::mask(V::LANES.min(self.k - start));
                let columns: [V; N] =
                    std::array::from_fn(|j| V::load_masked(self.b.add(j * self.b_column + start), mask));
                for (i, sums) in sums.iter_mut().enumerate() {
                    let x = V::load_masked(self.a.add(i * self.a_row + start), mask);
                    for (sum, column) in sums.iter_mut().zip(columns) {
                        *sum = sum.add_product(x, column);
                    }
                }
            }
            for (i, sums) in sums.into_iter().enumerate() {
                for (j, sum) in sums.into_iter().enumerate() {
                    let c = self.c.add(i * self.c_row + j * self.c_column);
                    *c = if self.accumulate { *c + sum.sum() } else { sum.sum() };
                }
            }
        }
    }
}
