//! Products too small, or with too narrow a result, for the operands to be worth packing: tiles that read them where they
//! lie.

use super::matmul::MatMul;
use super::pack::Strides;
use super::simd::{Simd, TileElement, at_level};
use super::small_tile::{TALLEST, Tile};
use super::tile::even;
use crate::Pool;
use crate::cpu::Level;
use crate::pool::Disjoint;

/// Multiply-adds up to which packing is not worth it.
const FEW: usize = 1 << 17;
/// Multiply-adds that are worth a task.
const GRAIN: usize = 1 << 17;

/// How a product is computed without packing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Small {
    /// Whether `a` and `b` have changed places, and the transpose of the result is computed.
    turned: bool,
    /// Whether a tile's vectors run along the inner dimension, which both operands have contiguous, to be summed at the
    /// end; else along the columns, which the right one has contiguous.
    dots: bool,
    rows: usize,
    columns: usize,
    k: usize,
    left: Strides,
    right: Strides,
    tile_rows: usize,
    tile_columns: usize,
}

impl Small {
    /// `None` if the product is to be packed.
    pub(super) fn new<T: TileElement>(level: Level, dims: &MatMul) -> Option<Small> {
        let (lanes, registers) = match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => (T::Avx512::LANES, 32),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => (T::Avx2::LANES, 16),
            _ => (T::Portable::LANES, 16),
        };
        let (a, b) = (dims.a_strides(), dims.b_strides());
        // A narrow result is computed by its columns where those of `a` are contiguous.
        let turned = dims.m > dims.n && (dims.n == 1 || dims.n <= lanes && a.lane == 1);
        let (rows, columns) = if turned { (dims.n, dims.m) } else { (dims.m, dims.n) };
        let (left, right) = if turned { (b, a) } else { (a, b) };
        let few = dims.m * dims.n * dims.k <= FEW;
        let dots = right.lane != 1;
        let small = Small {
            turned,
            dots,
            rows,
            columns,
            k: dims.k,
            left,
            right,
            tile_rows: if registers == 32 { 4 } else { 2 },
            tile_columns: 4,
        };
        if dots {
            let fits = left.step == 1 && right.step == 1 && (rows == 1 || few && dims.k >= lanes);
            return fits.then_some(small);
        }
        let vectors = columns.div_ceil(lanes);
        let (tile_rows, tile_vectors) = match vectors {
            0 | 1 => (TALLEST, 1),
            4.. if rows <= 3 => (3, 4),
            _ => (if registers == 32 { TALLEST } else { 6 }, 2),
        };
        let narrow = (2..=lanes).contains(&dims.n);
        (few || narrow).then_some(Small { tile_rows, tile_columns: tile_vectors * lanes, ..small })
    }

    /// Computes the product. The slices are of the sizes that the dimensions say.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn run<T: TileElement>(
        &self,
        level: Level,
        a: &[T],
        b: &[T],
        c: &mut [T],
        accumulate: bool,
        pool: &Pool,
    ) {
        let (left, right) = if self.turned { (b, a) } else { (a, b) };
        let (down, across) = (self.rows.div_ceil(self.tile_rows), self.columns.div_ceil(self.tile_columns));
        let tasks = (self.rows * self.columns * self.k / GRAIN).clamp(1, down * across);
        let out = Disjoint::new(c);
        let (c_row, c_column) = if self.turned { (1, self.rows) } else { (self.columns, 1) };
        pool.for_each(tasks, |task| {
            let (first, count) = even(down * across, tasks, task);
            for tile in first..first + count {
                let (row, rows) = even(self.rows, down, tile / across);
                let column = tile % across * self.tile_columns;
                let tile = Tile {
                    level,
                    dots: self.dots,
                    rows,
                    a: left.as_ptr().wrapping_add(row * self.left.lane),
                    a_row: self.left.lane,
                    a_step: self.left.step,
                    b: right.as_ptr().wrapping_add(column * self.right.lane),
                    b_column: self.right.lane,
                    b_step: self.right.step,
                    k: self.k,
                    c: out.address(row * c_row + column * c_column),
                    c_row,
                    c_column,
                    columns: self.tile_columns.min(self.columns - column),
                    turned: self.turned,
                    accumulate,
                };
                // SAFETY: the tile's rows, columns and steps are within the operands, its elements of the result belong to
                // this task alone, and the processor has the level.
                unsafe { at_level(level, tile) };
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::level;
    use crate::gemm::matmul_plain;
    use crate::{Float, Precision};

    fn values<T: Float>(n: usize, seed: usize) -> Vec<T> {
        (0..n).map(|i| T::from_f64(((i * 7919 + seed * 104_729) % 201) as f64 / 100.0 - 1.0)).collect()
    }

    /// Every element against the definition, on each level; gives how many products were small.
    fn check<T: TileElement + num_traits::AsPrimitive<f64>>(dims: MatMul, tolerance: f64) -> usize
    where
        f64: num_traits::AsPrimitive<T>,
    {
        let MatMul { m, n, k, .. } = dims;
        let (a, b, old) = (values::<T>(m * k, 1), values::<T>(k * n, 2), values::<T>(m * n, 3));
        let mut product = vec![T::ZERO; m * n];
        matmul_plain::<T, f64>(&a, &b, &mut product, dims);
        let levels = [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|l| *l <= level());
        let mut found = 0;
        for (level, small) in levels.filter_map(|l| Some((l, Small::new::<T>(l, &dims)?))) {
            found += 1;
            for accumulate in [false, true] {
                let mut c = old.clone();
                small.run(level, &a, &b, &mut c, accumulate, &Pool::new(2));
                for (i, c) in c.iter().enumerate() {
                    let mut expected = product[i].to_f64();
                    expected += if accumulate { old[i].to_f64() } else { 0.0 };
                    let error = (c.to_f64() - expected).abs();
                    assert!(error <= tolerance * (k + 1) as f64, "{dims:?} at {level:?}: {error} off");
                }
            }
        }
        found
    }

    #[test]
    fn every_shape_and_transposition_equals_the_definition() {
        let sizes = [1, 2, 3, 7, 8, 10, 15, 16, 17, 33, 65];
        let mut found = 0;
        for (i, &m) in sizes.iter().enumerate() {
            for (j, &n) in sizes.iter().enumerate() {
                let k = [0, 1, 2, 5, 16, 31, 64][(i + 3 * j) % 7];
                for flags in 0..4 {
                    let dims = MatMul {
                        m,
                        n,
                        k,
                        transpose_a: flags & 1 == 1,
                        transpose_b: flags & 2 == 2,
                        precision: Precision::default(),
                    };
                    found += check::<f32>(dims, 1e-6) + check::<f64>(dims, 1e-15);
                }
            }
        }
        let levels = level() as usize + 1;
        assert!(found > 300 * levels, "{found} of {levels} levels");
        for (m, n, k) in [(50, 10, 784), (784, 10, 50), (40, 7, 5000), (50, 10, 1024), (3000, 1, 400), (1, 3000, 400)] {
            for flags in 0..4 {
                let dims = MatMul {
                    m,
                    n,
                    k,
                    transpose_a: flags & 1 == 1,
                    transpose_b: flags & 2 == 2,
                    precision: Precision::default(),
                };
                check::<f32>(dims, 1e-6);
                check::<f64>(dims, 1e-15);
            }
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let dims =
            MatMul { m: 1000, n: 4, k: 400, transpose_a: false, transpose_b: false, precision: Precision::default() };
        let (a, b) = (values::<f32>(1000 * 400, 1), values::<f32>(400 * 4, 2));
        let small = Small::new::<f32>(level(), &dims).unwrap();
        let product = |threads| {
            let mut c = vec![0.0; 1000 * 4];
            small.run(level(), &a, &b, &mut c, false, &Pool::new(threads));
            c
        };
        assert!((2..=4).all(|t| product(t) == product(1)));
    }
}
