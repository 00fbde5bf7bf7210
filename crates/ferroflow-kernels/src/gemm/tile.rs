//! The register tile: `rows × 2 vectors` of the result held in registers over the whole inner dimension.
//!
//! The left operand is read one element at a time and broadcast, so it may lie in memory with any strides: a matrix, its
//! transpose, or the pixels of a padded image under a filter. The right operand is read in vectors of the tile's width.

use super::simd::{Simd, TileElement};
use crate::Float;
use crate::cpu::Level;

/// The inner dimension of a tile, as nested loops: `outer` times `middle` times `inner` products.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<T> {
    /// Row 0 of the left operand.
    pub(crate) a: *const T,
    /// Elements from one row of the left operand to the next.
    pub(crate) a_row: usize,
    /// Trip counts, outermost first.
    pub(crate) counts: [usize; 3],
    /// Elements of the left operand from one trip of each loop to the next.
    pub(crate) a_steps: [usize; 3],
    /// Row 0 of the right operand.
    pub(crate) b: *const T,
    /// Elements of the right operand from one trip of each loop to the next.
    pub(crate) b_steps: [usize; 3],
}

/// Where a tile goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<T> {
    /// The first element.
    pub(crate) c: *mut T,
    /// Elements from row to row.
    pub(crate) row: usize,
    /// Elements from column to column; anything but 1 is slow.
    pub(crate) column: usize,
    /// Columns that exist, at most [`width`].
    pub(crate) columns: usize,
}

/// What is done with a tile's sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Store<T> {
    /// Added to what is there, instead of replacing it.
    pub(crate) accumulate: bool,
    /// Added to each row, a tile's width of elements that can be read; null for none.
    pub(crate) bias: *const T,
    /// Negative results become zero.
    pub(crate) relu: bool,
}

/// Rows and columns of a tile at a level.
pub(crate) fn tile_size<T: TileElement>(level: Level) -> (usize, usize) {
    match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => (14, 2 * T::Avx512::LANES),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => (6, 2 * T::Avx2::LANES),
        _ => (4, 2 * T::Portable::LANES),
    }
}

const WIDEST: usize = 32;

/// # Safety
/// The processor has the vector's instructions; the addresses that the loops of `run` lead to can be read (a whole tile
/// width of the right operand), and those of `target` for `M` rows written.
#[inline(always)]
unsafe fn tile<V: Simd, const M: usize>(run: &Run<V::Element>, target: &Target<V::Element>, store: &Store<V::Element>)
where
    V::Element: TileElement,
{
    // SAFETY: all by the contract.
    unsafe {
        let zero = V::splat(V::Element::ZERO);
        let mut sums = [[zero; 2]; M];
        for outer in 0..run.counts[0] {
            for middle in 0..run.counts[1] {
                let mut a = run.a.add(outer * run.a_steps[0] + middle * run.a_steps[1]);
                let mut b = run.b.add(outer * run.b_steps[0] + middle * run.b_steps[1]);
                for _ in 0..run.counts[2] {
                    let (b0, b1) = (V::load(b), V::load(b.add(V::LANES)));
                    for (i, sum) in sums.iter_mut().enumerate() {
                        let x = V::splat(*a.add(i * run.a_row));
                        sum[0] = sum[0].add_product(x, b0);
                        sum[1] = sum[1].add_product(x, b1);
                    }
                    a = a.add(run.a_steps[2]);
                    b = b.add(run.b_steps[2]);
                }
            }
        }
        if !store.bias.is_null() {
            let bias = [V::load(store.bias), V::load(store.bias.add(V::LANES))];
            for sum in &mut sums {
                *sum = [sum[0].add(bias[0]), sum[1].add(bias[1])];
            }
        }
        let whole = target.columns == 2 * V::LANES && target.column == 1;
        for (i, sum) in sums.into_iter().enumerate() {
            let c = target.c.add(i * target.row);
            if whole {
                let [mut s0, mut s1] = sum;
                if store.accumulate {
                    (s0, s1) = (s0.add(V::load(c)), s1.add(V::load(c.add(V::LANES))));
                }
                if store.relu {
                    (s0, s1) = (s0.relu(), s1.relu());
                }
                s0.store(c);
                s1.store(c.add(V::LANES));
                continue;
            }
            let mut row = [V::Element::ZERO; WIDEST];
            sum[0].store(row.as_mut_ptr());
            sum[1].store(row.as_mut_ptr().add(V::LANES));
            for (j, &value) in row[..target.columns].iter().enumerate() {
                let c = c.add(j * target.column);
                let value = if store.accumulate { *c + value } else { value };
                *c = if store.relu { value.relu() } else { value };
            }
        }
    }
}

macro_rules! by_rows {
    ($v:ty, $rows:expr, $args:tt: $($m:literal)*) => {
        match $rows {
            $($m => by_rows!(@ $v, $m, $args),)*
            _ => {}
        }
    };
    (@ $v:ty, $m:literal, ($run:expr, $target:expr, $store:expr)) => {
        tile::<$v, $m>($run, $target, $store)
    };
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
unsafe fn avx512<T: TileElement>(rows: usize, run: &Run<T>, target: &Target<T>, store: &Store<T>) {
    // SAFETY: by the contract of `run_tile`.
    unsafe { by_rows!(T::Avx512, rows, (run, target, store): 1 2 3 4 5 6 7 8 9 10 11 12 13 14) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: TileElement>(rows: usize, run: &Run<T>, target: &Target<T>, store: &Store<T>) {
    // SAFETY: by the contract of `run_tile`.
    unsafe { by_rows!(T::Avx2, rows, (run, target, store): 1 2 3 4 5 6) }
}

/// Computes one tile of at most [`tile_size`] rows.
///
/// # Safety
/// The processor has the level; see [`tile`] for the addresses.
pub(crate) unsafe fn run_tile<T: TileElement>(
    level: Level,
    rows: usize,
    run: &Run<T>,
    target: &Target<T>,
    store: &Store<T>,
) {
    // SAFETY: by the contract.
    unsafe {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => avx512(rows, run, target, store),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => avx2(rows, run, target, store),
            _ => by_rows!(T::Portable, rows, (run, target, store): 1 2 3 4),
        }
    }
}

/// Splits `n` rows into tiles of at most `most`, as even as can be: gives start and length of tile `i` of `tiles`.
pub(crate) fn even(n: usize, tiles: usize, i: usize) -> (usize, usize) {
    let start = n * i / tiles;
    (start, n * (i + 1) / tiles - start)
}
