use super::packing::Packing;
use super::split::Operand;
use super::unit::{self, Block, DEPTH, FEW, ROW, SIDE, TILE, Unit};
use crate::gemm::{MatMul, even, multiply_rows};
use crate::pool::Disjoint;
use crate::scratch::with_local;
use crate::{Pool, Precision, Rows};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tiles of the inner dimension in one piece: the pieces of a pair of panels stay in the first-level cache, and those of the
/// right operand's panels of a task in the second-level one. Where steps are contiguous in memory, of one pair of panels at
/// a time, so that memory is read in its order.
const PIECE: usize = 8;
const LONG_PIECE: usize = 64;
/// Pairs of row panels of a task at most: their part of the packed left operand stays in the second-level cache.
const BLOCK: usize = 8;
/// Multiply-adds that are worth a task, and the most tasks for each thread.
const GRAIN: usize = 1 << 22;
const TASKS: usize = 2;

/// How a product is computed on the unit, panel by panel: 16 rows or columns of an operand, over the inner dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    dims: MatMul,
    halves: bool,
    /// Tiles of the inner dimension.
    depth: usize,
    row_panels: usize,
    column_panels: usize,
}

impl Product {
    /// `None` if there is no unit, or it is not for this product.
    pub(crate) fn of<T: 'static>(dims: &MatMul) -> Option<Product> {
        let wanted = unit::serves::<T>(dims.precision) && dims.m.min(dims.n).min(dims.k) >= SIDE;
        (wanted && (dims.m * dims.n * dims.k) as u64 > FEW).then(|| Product {
            dims: *dims,
            halves: dims.precision == Precision::Bf16x3,
            depth: dims.k.div_ceil(DEPTH),
            row_panels: dims.m.div_ceil(SIDE),
            column_panels: dims.n.div_ceil(SIDE),
        })
    }

    /// Bytes of scratch that [`Product::run`] needs: the packed left operand.
    pub(crate) fn scratch(&self) -> usize {
        self.row_panels * self.depth * TILE
    }

    /// Computes the product; not if an element of an operand cannot be split: then what `c` holds is unspecified, and all of
    /// it is for the caller to compute.
    pub(crate) fn run(&self, a: &[f32], b: &[f32], c: &mut [f32], scratch: &mut [u8], pool: &Pool) -> bool {
        let MatMul { m, n, k, .. } = self.dims;
        assert_eq!(c.len(), m * n, "the result of {:?}", self.dims);
        let panel = self.depth * TILE;
        let unsplit = AtomicBool::new(false);
        let scratch = &mut scratch[..self.scratch()];
        let each = (GRAIN / 64 / panel).max(1);
        pool.for_each_chunk_mut(scratch, each * panel, |chunk, to| {
            let a = Packing { from: a, strides: self.dims.a_strides(), lanes: m, steps: k, operand: Operand::Left };
            unsplit.fetch_or(a.pack((chunk * each, to.len() / panel), (0, self.depth), to), Ordering::Relaxed);
        });
        if unsplit.load(Ordering::Relaxed) {
            return false;
        }
        let packed = &*scratch;
        let (row_pairs, column_pairs) = (self.row_panels.div_ceil(2), self.column_panels.div_ceil(2));
        let blocks = row_pairs.div_ceil(BLOCK);
        let wanted = (m * n * k / GRAIN).clamp(1, TASKS * pool.threads());
        let groups = wanted.div_ceil(blocks).min(column_pairs);
        let out = Disjoint::new(c);
        pool.for_each(blocks * groups, |task| {
            let rows = even(row_pairs, blocks, task / groups);
            let columns = even(column_pairs, groups, task % groups);
            let (pairs, piece) = match self.dims.transpose_b {
                true => (1, LONG_PIECE.min(self.depth)),
                false => (columns.1, PIECE.min(self.depth)),
            };
            let b = Packing { from: b, strides: self.dims.b_strides(), lanes: n, steps: k, operand: Operand::Right };
            let failed = with_local::<u8, _>(2 * pairs * piece * TILE, |right| {
                let mut unit = Unit::new();
                let mut failed = false;
                let starts = (0..self.depth).step_by(piece);
                for (first, start) in (0..columns.1).step_by(pairs).flat_map(|i| starts.clone().map(move |s| (i, s))) {
                    let (first, pairs) = (columns.0 + first, pairs.min(columns.1 - first));
                    let panels = (2 * pairs).min(self.column_panels - 2 * first);
                    let tiles = piece.min(self.depth - start);
                    failed |= b.pack((2 * first, panels), (start, tiles), right);
                    for row_pair in rows.0..rows.0 + rows.1 {
                        for (i, pair) in (first..first + pairs).enumerate() {
                            let right = right[2 * i * tiles * TILE..].as_ptr();
                            let c = out.address((row_pair * 2 * SIDE) * n + pair * 2 * SIDE);
                            let left = packed[(2 * row_pair * self.depth + start) * TILE..].as_ptr();
                            let block = Block {
                                a: [left, left.wrapping_add(self.depth * TILE)],
                                b: [right, right.wrapping_add(tiles * TILE)],
                                c,
                                next: c.wrapping_add(2 * SIDE),
                                accumulate: start > 0,
                                ..self.block(tiles)
                            };
                            // SAFETY: the processor has the unit; panels are whole; the rows and columns of the result
                            // belong to this task alone.
                            unsafe { unit.run(&block, sides(m, row_pair), sides(n, pair), self.halves) };
                        }
                    }
                }
                failed
            });
            unsplit.fetch_or(failed, Ordering::Relaxed);
        });
        !unsplit.load(Ordering::Relaxed)
    }
}

/// What is before the packed right operand of [`Product::rows`]: whether an element could not be split.
const HEADER: usize = 64;
/// Rows of a part.
const PART: usize = 64;

impl Product {
    /// The product as work that is cut by rows of the result; inputs are `a` and `b`, which is small. A part whose rows of
    /// `a` cannot be split is computed by vectors, and every part if `b` cannot.
    pub(crate) fn rows(self) -> Rows {
        let Product { dims, depth, column_panels, .. } = self;
        let packed = column_panels * depth * TILE;
        Rows::new(dims.m, move |io, part| {
            let (a, right, c) = (io.input::<f32>(0), io.prepared::<u8>(), io.output::<f32>(0));
            let units = part.units.clone();
            if right[0] == 1 || !self.multiply(a, &right[HEADER..], c, part.units) {
                multiply_rows(&dims, a, io.input(1), c, units);
            }
            Ok(())
        })
        .with_grain(PART)
        .with_prepare(HEADER + packed, move |io| {
            let b = io.input(1);
            let b =
                Packing { from: b, strides: dims.b_strides(), lanes: dims.n, steps: dims.k, operand: Operand::Right };
            let (header, to) = io.scratch().split_at_mut(HEADER);
            let unsplit = AtomicBool::new(false);
            io.pool().for_each_chunk_mut(&mut to[..packed], 4 * depth * TILE, |chunk, to| {
                unsplit.fetch_or(b.pack((4 * chunk, to.len() / (depth * TILE)), (0, depth), to), Ordering::Relaxed);
            });
            header[0] = u8::from(unsplit.into_inner());
            Ok(())
        })
    }

    /// Some rows of the result, of the left operand from their first on, or of all of it if it is transposed, and the
    /// packed right operand; not if an element cannot be split.
    fn multiply(&self, a: &[f32], right: &[u8], c: &mut [f32], units: Range<usize>) -> bool {
        let (MatMul { n, k, .. }, strides) = (self.dims, self.dims.a_strides());
        let a = if self.dims.transpose_a { &a[units.start..] } else { a };
        let (lanes, panel) = (units.len(), self.depth * TILE);
        assert!(c.len() == lanes * n && right.len() >= self.column_panels * panel, "sizes of {:?}", self.dims);
        let a = Packing { from: a, strides, lanes, steps: k, operand: Operand::Left };
        let out = Disjoint::new(c);
        with_local::<u8, _>(2 * panel, |left| {
            let mut unit = Unit::new();
            (0..lanes.div_ceil(2 * SIDE)).all(|row_pair| {
                let rows = sides(lanes, row_pair);
                let failed = a.pack((2 * row_pair, 1 + usize::from(rows[1] > 0)), (0, self.depth), left);
                for pair in 0..self.column_panels.div_ceil(2) {
                    let b = right[2 * pair * panel..].as_ptr();
                    let c = out.address(row_pair * 2 * SIDE * n + pair * 2 * SIDE);
                    let block = Block {
                        a: [left.as_ptr(), left.as_ptr().wrapping_add(panel)],
                        b: [b, b.wrapping_add(panel)],
                        c,
                        next: c.wrapping_add(2 * SIDE),
                        ..self.block(self.depth)
                    };
                    // SAFETY: the processor has the unit; panels are whole; the rows of the result belong to the part.
                    unsafe { unit.run(&block, rows, sides(n, pair), self.halves) };
                }
                !failed
            })
        })
    }

    /// A block over so many tiles of packed operands.
    fn block(&self, tiles: usize) -> Block {
        let row = self.dims.n * size_of::<f32>();
        Block {
            a: [std::ptr::null(); 2],
            b: [std::ptr::null(); 2],
            c: std::ptr::null_mut(),
            c_right: SIDE * size_of::<f32>(),
            c_down: SIDE * row,
            a_row: ROW,
            b_row: ROW,
            c_row: row,
            counts: [1, tiles],
            next: std::ptr::null(),
            a_steps: [0, TILE],
            b_steps: [0, TILE],
            accumulate: false,
        }
    }
}

/// Rows or columns of the panels of a pair, of `n` in all.
fn sides(n: usize, pair: usize) -> [usize; 2] {
    [2 * pair, 2 * pair + 1].map(|panel| SIDE.min(n.saturating_sub(panel * SIDE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gemm::matmul_plain;
    use ferroflow_array::Buffer;

    fn values(n: usize, seed: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 7919 + seed * 104_729) % 20_011) as f32 / 10_000.0 - 1.0).collect()
    }

    fn product(dims: &MatMul, a: &[f32], b: &[f32], threads: usize) -> Option<Vec<f32>> {
        let product = Product::of::<f32>(dims)?;
        let mut scratch = Buffer::zeroed(product.scratch());
        let mut c = vec![9.0; dims.m * dims.n];
        product.run(a, b, &mut c, scratch.as_bytes_mut(), &Pool::new(threads)).then_some(c)
    }

    #[test]
    fn every_shape_and_transposition_equals_the_definition() {
        let sizes = [
            (16, 16, 2000),
            (50, 1024, 33),
            (17, 700, 40),
            (700, 19, 400),
            (70, 65, 100),
            (300, 33, 32),
            (33, 300, 261),
        ];
        for (m, n, k) in sizes {
            for flags in 0..4 {
                for (precision, tolerance) in [(Precision::Bf16x3, 2e-6), (Precision::Bf16, 1e-3)] {
                    let dims = MatMul { m, n, k, transpose_a: flags & 1 == 1, transpose_b: flags & 2 == 2, precision };
                    let (a, b) = (values(m * k, 1), values(k * n, 2));
                    let Some(found) = product(&dims, &a, &b, 2) else { continue };
                    let mut expected = vec![0.0; m * n];
                    matmul_plain::<f32, f64>(&a, &b, &mut expected, dims);
                    let error = found.iter().zip(&expected).fold(0.0, |e: f32, (f, x)| e.max((f - x).abs()));
                    assert!(error <= tolerance * k as f32, "{dims:?}: {error} off");
                    assert_eq!(product(&dims, &a, &b, 5), Some(found), "threads change bits: {dims:?}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_split_is_told() {
        let (m, n, k) = (40, 300, 70);
        let dims = MatMul { m, n, k, transpose_a: false, transpose_b: true, precision: Precision::Bf16x3 };
        let (a, b) = (values(m * k, 1), values(k * n, 2));
        if product(&dims, &a, &b, 1).is_none() {
            return;
        }
        for unsplit in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::from_bits(0x7fff_ffff)] {
            for at in [0, 1, k * m - 1] {
                let mut a = a.clone();
                a[at] = unsplit;
                assert_eq!(product(&dims, &a, &b, 2), None, "{unsplit}");
            }
            let mut b = b.clone();
            b[n * k - 1] = unsplit;
            assert_eq!(product(&dims, &a, &b, 2), None, "{unsplit}");
        }
    }
}
