use super::simd::TileElement;
use super::tile::{Run, Store, Target, even, run_tile, tile_size};
use crate::Pool;
use crate::cpu::{Level, level};
use crate::pool::Disjoint;

/// The sizes of a matrix product `c = op(a)·op(b)`: `op(a)` is `m × k`, `op(b)` is `k × n`, all row-major.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatMul {
    /// Rows of the result.
    pub m: usize,
    /// Columns of the result.
    pub n: usize,
    /// Products summed for each element.
    pub k: usize,
    /// Whether `a` is stored as `k × m`.
    pub transpose_a: bool,
    /// Whether `b` is stored as `n × k`.
    pub transpose_b: bool,
}

/// What follows a product in the same pass.
#[derive(Debug, Clone, Copy)]
pub struct Epilogue<'a, T> {
    /// Added to every row, `n` elements.
    pub bias: Option<&'a [T]>,
    /// Whether negative results become zero.
    pub relu: bool,
}

impl<T: 'static> Epilogue<'_, T> {
    /// Nothing.
    pub const NONE: Epilogue<'static, T> = Epilogue { bias: None, relu: false };
}

impl MatMul {
    pub(super) fn a_strides(&self) -> (usize, usize) {
        if self.transpose_a { (1, self.m) } else { (self.k, 1) }
    }

    pub(super) fn b_strides(&self) -> (usize, usize) {
        if self.transpose_b { (1, self.k) } else { (self.n, 1) }
    }

    pub(super) fn check(&self, a: usize, b: usize, c: usize) {
        assert_eq!((a, b, c), (self.m * self.k, self.k * self.n, self.m * self.n), "sizes of {self:?}");
    }
}

/// The product as tiles see it: the operand whose elements are broadcast, and the one whose rows are vectors.
struct Plan {
    /// Whether the roles of `a` and `b` are swapped, and the result is written transposed.
    swapped: bool,
    rows: usize,
    columns: usize,
    k: usize,
    left: (usize, usize),
    right: (usize, usize),
    tile: (usize, usize),
    panels: usize,
    /// Panels of the right operand that one task packs and works through; all rows of the left with each.
    tasks: usize,
}

/// The inner dimension is cut into pieces whose panel of the right operand stays in the second-level cache.
const K_PIECE: usize = 4096;

impl Plan {
    fn new<T: TileElement>(dims: &MatMul, level: Level) -> Plan {
        let tile = tile_size::<T>(level);
        // A transposed right operand would be transposed in packing; it serves as left operand as it is.
        let swapped = dims.transpose_b && dims.m < dims.n * 4 && dims.n > 1;
        let (rows, columns, left, right) = match swapped {
            false => (dims.m, dims.n, dims.a_strides(), dims.b_strides()),
            true => {
                let ((a_row, a_k), (b_k, b_column)) = (dims.a_strides(), dims.b_strides());
                (dims.n, dims.m, (b_column, b_k), (a_k, a_row))
            }
        };
        let panels = columns.div_ceil(tile.1);
        Plan { swapped, rows, columns, k: dims.k, left, right, tile, panels, tasks: 0 }.with_tasks()
    }

    /// Tasks are panels times blocks of rows, enough of them for a fair share, none too small.
    fn with_tasks(mut self) -> Plan {
        let work = self.rows * self.columns * self.k;
        let wanted = (work / (1 << 18)).clamp(1, 64);
        let row_tiles = self.rows.div_ceil(self.tile.0);
        let blocks = wanted.div_ceil(self.panels.max(1)).min(row_tiles).max(1);
        self.tasks = blocks;
        self
    }

    fn piece(&self) -> usize {
        self.k.min(K_PIECE)
    }

    /// Elements of the packed right operand.
    fn packed(&self) -> usize {
        self.panels * self.tile.1 * self.k
    }
}

/// Bytes of scratch that [`matmul`] needs.
pub fn matmul_scratch<T>(dims: &MatMul) -> usize {
    // The widest tile of any level, so that the size does not depend on the processor.
    let widest = 32;
    let columns = dims.n.max(dims.m).next_multiple_of(widest);
    columns.saturating_mul(dims.k).saturating_mul(size_of::<T>()).min(usize::MAX / 8)
}

/// `c = op(a)·op(b)`, then the epilogue. Every element is summed in one order, whatever the number of threads.
///
/// # Panics
/// If a slice is not of the size that `dims` says, or the scratch smaller than [`matmul_scratch`].
#[allow(private_bounds)]
pub fn matmul<T: TileElement>(
    a: &[T],
    b: &[T],
    c: &mut [T],
    dims: &MatMul,
    epilogue: Epilogue<'_, T>,
    scratch: &mut [u8],
    pool: &Pool,
) {
    matmul_at(level(), a, b, c, dims, epilogue, scratch, pool);
}

#[allow(clippy::too_many_arguments)]
pub(crate) fn matmul_at<T: TileElement>(
    level: Level,
    a: &[T],
    b: &[T],
    c: &mut [T],
    dims: &MatMul,
    epilogue: Epilogue<'_, T>,
    scratch: &mut [u8],
    pool: &Pool,
) {
    dims.check(a.len(), b.len(), c.len());
    if c.is_empty() {
        return;
    }
    let plan = Plan::new::<T>(dims, level);
    let (left, right) = if plan.swapped { (b, a) } else { (a, b) };
    let scratch: &mut [T] = bytemuck::cast_slice_mut(&mut scratch[..plan.packed() * size_of::<T>()]);
    let (tile_rows, width) = plan.tile;
    // Packed already: a right operand one panel wide whose rows are contiguous.
    let direct = plan.right.1 == 1 && plan.columns == width;
    let packed = Disjoint::new(scratch);
    if !direct {
        pool.for_each(if plan.packed() > 1 << 15 { plan.panels } else { 1 }, |task| {
            let each = if plan.packed() > 1 << 15 { task..task + 1 } else { 0..plan.panels };
            for panel in each {
                // SAFETY: one panel a task.
                let to = unsafe { packed.slice(panel * width * plan.k, width * plan.k) };
                pack(right, plan.right, panel * width, plan.columns.min((panel + 1) * width), width, to);
            }
        });
    }
    let (c_row, c_column) = if plan.swapped { (1, dims.n) } else { (dims.n, 1) };
    let out = Disjoint::new(c);
    let row_tiles = plan.rows.div_ceil(tile_rows);
    let one = |task: usize| {
        let (panel, block) = (task / plan.tasks, task % plan.tasks);
        let (first_tile, tiles) = even(row_tiles, plan.tasks, block);
        let columns = width.min(plan.columns - panel * width);
        let b = match direct {
            true => right.as_ptr(),
            false => packed.address(panel * width * plan.k),
        };
        let mut bias = [T::ZERO; 32];
        if let (Some(from), false) = (epilogue.bias, plan.swapped) {
            bias[..columns].copy_from_slice(&from[panel * width..panel * width + columns]);
        }
        for start in (0..plan.k.max(1)).step_by(plan.piece().max(1)) {
            let k = plan.piece().min(plan.k - start);
            let last = start + k == plan.k;
            for t in first_tile..first_tile + tiles {
                let (row, rows) = even(plan.rows, row_tiles, t);
                let run = Run {
                    // SAFETY: row and start are within the left operand.
                    a: unsafe { left.as_ptr().add(row * plan.left.0 + start * plan.left.1) },
                    a_row: plan.left.0,
                    counts: [1, 1, k],
                    a_steps: [0, 0, plan.left.1],
                    // SAFETY: within the panel.
                    b: unsafe { b.add(start * width) },
                    b_steps: [0, 0, width],
                };
                let at = row * c_row + panel * width * c_column;
                let target = Target { c: out.address(at), row: c_row, column: c_column, columns };
                let store = Store {
                    accumulate: start > 0,
                    bias: if last && !plan.swapped && epilogue.bias.is_some() {
                        bias.as_ptr()
                    } else {
                        std::ptr::null()
                    },
                    relu: last && epilogue.relu && (!plan.swapped || epilogue.bias.is_none()),
                };
                // SAFETY: rows and columns are within the operands, the panel is packed and padded to the tile's width, and
                // the tile's elements of the result belong to this task alone.
                unsafe { run_tile(level, rows, &run, &target, &store) };
            }
        }
    };
    pool.for_each(plan.panels * plan.tasks, one);
    if let (Some(bias), true) = (epilogue.bias, plan.swapped) {
        for row in c.chunks_exact_mut(dims.n) {
            for (v, &b) in row.iter_mut().zip(bias) {
                *v = if epilogue.relu { (*v + b).relu() } else { *v + b };
            }
        }
    }
}

/// Copies columns `from..to` of a matrix into rows of `width`, zero beyond `to`.
fn pack<T: TileElement>(
    matrix: &[T],
    (row, column): (usize, usize),
    from: usize,
    to: usize,
    width: usize,
    out: &mut [T],
) {
    let columns = to - from;
    if column == 1 {
        for (k, out) in out.chunks_exact_mut(width).enumerate() {
            let start = k * row + from;
            out[..columns].copy_from_slice(&matrix[start..start + columns]);
            out[columns..].fill(T::ZERO);
        }
        return;
    }
    // A transpose: by blocks of the inner dimension, so that both sides stay in cache.
    const BLOCK: usize = 16;
    let k = out.len() / width;
    for start in (0..k).step_by(BLOCK) {
        let end = k.min(start + BLOCK);
        for j in 0..columns {
            for p in start..end {
                out[p * width + j] = matrix[p * row + (from + j) * column];
            }
        }
        for p in start..end {
            out[p * width + columns..(p + 1) * width].fill(T::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gemm::matmul_plain;

    fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n).map(|i| ((i * 7919 + seed * 104_729) % 201) as f64 / 100.0 - 1.0).collect()
    }

    fn levels() -> Vec<Level> {
        [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|l| *l <= level()).collect()
    }

    fn product<T: TileElement>(level: Level, dims: &MatMul, epilogue: Epilogue<'_, T>, threads: usize) -> Vec<T> {
        let convert = |v: Vec<f64>| v.into_iter().map(T::from_f64).collect::<Vec<T>>();
        let (a, b) = (convert(values(dims.m * dims.k, 1)), convert(values(dims.k * dims.n, 2)));
        let mut c = vec![T::from_f64(9.0); dims.m * dims.n];
        let mut scratch = ferroflow_array::Buffer::zeroed(matmul_scratch::<T>(dims));
        matmul_at(level, &a, &b, &mut c, dims, epilogue, scratch.as_bytes_mut(), &Pool::new(threads));
        c
    }

    #[test]
    fn every_shape_and_transposition_equals_the_definition() {
        let sizes = [
            (0, 3, 2),
            (3, 0, 2),
            (3, 2, 0),
            (1, 1, 1),
            (1, 65, 3),
            (50, 10, 784),
            (13, 33, 17),
            (29, 64, 100),
            (40, 7, 5000),
            (14, 32, 9),
        ];
        for (m, n, k) in sizes {
            for flags in 0..4 {
                let dims = MatMul { m, n, k, transpose_a: flags & 1 == 1, transpose_b: flags & 2 == 2 };
                let mut expected = vec![0.0; m * n];
                matmul_plain::<f64, f64>(&values(m * k, 1), &values(k * n, 2), &mut expected, dims);
                for level in levels() {
                    let found = product::<f64>(level, &dims, Epilogue::NONE, 2);
                    let close = found.iter().zip(&expected).all(|(f, e)| (f - e).abs() <= 1e-10);
                    assert!(close, "{dims:?} at {level:?}");
                    let single = product::<f32>(level, &dims, Epilogue::NONE, 2);
                    assert!(
                        single
                            .iter()
                            .zip(&expected)
                            .all(|(f, e)| (f64::from(*f) - e).abs() <= 1e-6 * (k * k + 100) as f64),
                        "f32 {dims:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn bias_and_relu_follow() {
        for transpose_b in [false, true] {
            let dims = MatMul { m: 15, n: 37, k: 11, transpose_a: false, transpose_b };
            let bias = values(37, 3);
            let plain = product::<f64>(level(), &dims, Epilogue::NONE, 1);
            let fused = product(level(), &dims, Epilogue { bias: Some(&bias), relu: true }, 1);
            for (i, (f, p)) in fused.iter().zip(&plain).enumerate() {
                assert!((f - (p + bias[i % 37]).max(0.0)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        for flags in 0..4 {
            let dims = MatMul { m: 150, n: 300, k: 210, transpose_a: flags & 1 == 1, transpose_b: flags & 2 == 2 };
            let one = product::<f32>(level(), &dims, Epilogue::NONE, 1);
            assert!((2..=4).all(|t| product::<f32>(level(), &dims, Epilogue::NONE, t) == one));
        }
    }
}
