//! The register tile: `rows × 1 or 2 vectors` of the result held in registers over the whole inner dimension.
//!
//! The left operand is read one element at a time and broadcast, so it may lie in memory with any strides: a matrix, its
//! transpose, or the pixels of a padded image under a filter. The right operand is read in vectors of the tile's width.

use super::simd::{Simd, TileElement, prefetch, prefetch_far};
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
    /// Memory to fetch meanwhile.
    pub(crate) ahead: Ahead<T>,
}

/// Memory of which two lines are fetched into the second-level cache in each innermost trip of a [`Run`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ahead<T> {
    /// The first line, at any address, valid or not.
    pub(crate) at: *const T,
    /// Elements from one trip of each loop to the next.
    pub(crate) steps: [usize; 3],
    /// Elements to the second line.
    pub(crate) second: usize,
}

impl<T> Ahead<T> {
    /// Nothing but what is in the cache already.
    pub(crate) fn none(here: *const T) -> Ahead<T> {
        Ahead { at: here, steps: [0; 3], second: 0 }
    }

    /// So many lines in a row, and those after them while trips are left; of more than two a trip, the first of either half.
    pub(crate) fn lines(at: *const T, lines: usize) -> Ahead<T> {
        let line = CACHE_LINE / size_of::<T>();
        Ahead { at, steps: [0, 0, line], second: lines / 2 * line }
    }
}

/// Where a tile goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<T> {
    /// The first element.
    pub(crate) c: *mut T,
    /// Elements from row to row.
    pub(crate) row: usize,
    /// Columns that exist, at most the tile's width.
    pub(crate) columns: usize,
    /// Whether the sums are added to what is there, instead of replacing it.
    pub(crate) accumulate: bool,
}

/// The size of a tile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileSize {
    /// Rows at most.
    pub(crate) rows: usize,
    /// Vectors in a row: 1 or 2.
    pub(crate) vectors: usize,
    /// Elements in a row.
    pub(crate) width: usize,
}

/// Bytes of a line of the caches.
pub(crate) const CACHE_LINE: usize = 64;

/// The widest tile of any level and dtype.
pub(crate) const WIDEST: usize = 32;

/// The tile of a level for a result of so many columns.
pub(crate) fn tile_size<T: TileElement>(level: Level, columns: usize) -> TileSize {
    let (rows, lanes) = match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => (14, T::Avx512::LANES),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => (6, T::Avx2::LANES),
        _ => (4, T::Portable::LANES),
    };
    let vectors = if columns <= lanes { 1 } else { 2 };
    TileSize { rows, vectors, width: vectors * lanes }
}

/// # Safety
/// The processor has the vector's instructions; the addresses that the loops of `run` lead to can be read (a whole tile
/// width of the right operand), and those of `target` for `M` rows written.
#[inline(always)]
unsafe fn tile<V: Simd, const M: usize, const N: usize>(run: &Run<V::Element>, target: &Target<V::Element>)
where
    V::Element: TileElement,
{
    // SAFETY: all by the contract; prefetching is safe at any address.
    unsafe {
        let zero = V::splat(V::Element::ZERO);
        let mut sums = [[zero; N]; M];
        for i in 0..M {
            for j in 0..N {
                prefetch(target.c.wrapping_add(i * target.row + j * V::LANES));
            }
        }
        for outer in 0..run.counts[0] {
            for middle in 0..run.counts[1] {
                let mut a = run.a.add(outer * run.a_steps[0] + middle * run.a_steps[1]);
                let mut b = run.b.add(outer * run.b_steps[0] + middle * run.b_steps[1]);
                let Ahead { at, steps, second } = run.ahead;
                let mut ahead = at.wrapping_add(outer * steps[0] + middle * steps[1]);
                for _ in 0..run.counts[2] {
                    let row: [V; N] = std::array::from_fn(|j| V::load(b.add(j * V::LANES)));
                    for (i, sum) in sums.iter_mut().enumerate() {
                        let x = V::splat(*a.add(i * run.a_row));
                        for (sum, b) in sum.iter_mut().zip(row) {
                            *sum = sum.add_product(x, b);
                        }
                    }
                    a = a.wrapping_add(run.a_steps[2]);
                    b = b.wrapping_add(run.b_steps[2]);
                    prefetch_far(ahead);
                    prefetch_far(ahead.wrapping_add(second));
                    // Of a packed operand every step is a line, which comes from the second-level cache.
                    prefetch(a.wrapping_add(8 * run.a_steps[2]));
                    ahead = ahead.wrapping_add(steps[2]);
                }
            }
        }
        let at = |i: usize, j: usize| target.c.wrapping_add(i * target.row + j * V::LANES);
        // Loops of their own, which are unrolled: otherwise the sums would go through memory.
        match (target.columns == N * V::LANES, target.accumulate) {
            (true, false) => {
                for (i, row) in sums.iter().enumerate() {
                    for (j, sum) in row.iter().enumerate() {
                        sum.store(at(i, j));
                    }
                }
            }
            (true, true) => {
                for (i, row) in sums.iter().enumerate() {
                    for (j, sum) in row.iter().enumerate() {
                        sum.add(V::load(at(i, j))).store(at(i, j));
                    }
                }
            }
            _ => some_columns(&sums, target),
        }
    }
}

/// Stores the columns of a tile that exist.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn some_columns<V: Simd, const N: usize>(sums: &[[V; N]], target: &Target<V::Element>) {
    for (i, row) in sums.iter().enumerate() {
        for (j, sum) in row.iter().enumerate() {
            // SAFETY: by the contract.
            unsafe {
                let mask = V::mask(target.columns.saturating_sub(j * V::LANES).min(V::LANES));
                let to = target.c.wrapping_add(i * target.row + j * V::LANES);
                let sum = if target.accumulate { sum.add(V::load_masked(to, mask)) } else { *sum };
                sum.store_masked(to, mask);
            }
        }
    }
}

macro_rules! by_rows {
    ($v:ty, $size:tt, $args:tt: $($m:literal)*) => {
        match $size {
            $((1, $m) => by_rows!(@ $v, $m, 1, $args),)*
            $((2, $m) => by_rows!(@ $v, $m, 2, $args),)*
            size => unreachable!("no tile of {size:?}"),
        }
    };
    (@ $v:ty, $m:literal, $n:literal, ($run:expr, $target:expr)) => {
        tile::<$v, $m, $n>($run, $target)
    };
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
unsafe fn avx512<T: TileElement>(size: (usize, usize), run: &Run<T>, target: &Target<T>) {
    // SAFETY: by the contract of `run_tile`.
    unsafe { by_rows!(T::Avx512, size, (run, target): 1 2 3 4 5 6 7 8 9 10 11 12 13 14) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: TileElement>(size: (usize, usize), run: &Run<T>, target: &Target<T>) {
    // SAFETY: by the contract of `run_tile`.
    unsafe { by_rows!(T::Avx2, size, (run, target): 1 2 3 4 5 6) }
}

/// Computes one tile of `rows` rows, at least 1 and at most those of [`tile_size`].
///
/// # Safety
/// The processor has the level; see [`tile`] for the addresses.
pub(crate) unsafe fn run_tile<T: TileElement>(
    level: Level,
    (vectors, rows): (usize, usize),
    run: &Run<T>,
    target: &Target<T>,
) {
    let size = (vectors, rows);
    // SAFETY: by the contract.
    unsafe {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => avx512(size, run, target),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => avx2(size, run, target),
            _ => by_rows!(T::Portable, size, (run, target): 1 2 3 4),
        }
    }
}

/// Splits `n` rows into tiles of at most `most`, as even as can be: gives start and length of tile `i` of `tiles`.
pub(crate) fn even(n: usize, tiles: usize, i: usize) -> (usize, usize) {
    let start = n * i / tiles;
    (start, n * (i + 1) / tiles - start)
}
