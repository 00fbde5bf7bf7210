use super::pack::{Strides, pack, pack_panels};
use super::simd::TileElement;
use super::small::Small;
use super::tile::{Ahead, CACHE_LINE, Run, Target, TileSize, even, run_tile, tile_size};
use crate::bf16::Product;
use crate::cpu::{Level, level};
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};
use crate::{Pool, Precision};

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
    /// Of products of `f32`.
    pub precision: Precision,
}

impl MatMul {
    /// Lanes are rows.
    pub(crate) fn a_strides(&self) -> Strides {
        let (lane, step) = if self.transpose_a { (1, self.m) } else { (self.k, 1) };
        Strides { lane, step }
    }

    /// Lanes are columns.
    pub(crate) fn b_strides(&self) -> Strides {
        let (lane, step) = if self.transpose_b { (self.k, 1) } else { (1, self.n) };
        Strides { lane, step }
    }

    pub(super) fn check(&self, a: usize, b: usize, c: usize) {
        assert_eq!((a, b, c), (self.m * self.k, self.k * self.n, self.m * self.n), "sizes of {self:?}");
    }
}

/// The product as tiles see it: the left operand is broadcast, rows of the right one are vectors.
struct Plan {
    /// Whether `a` and `b` have changed places: a single column is the same memory as a single row.
    swapped: bool,
    columns: usize,
    rows: usize,
    k: usize,
    left: Strides,
    right: Strides,
    tile: TileSize,
    row_tiles: usize,
    /// Elements of a packed tile's row, 0 if the left operand is read as it is.
    leading: usize,
    panels: usize,
    /// Steps of the inner dimension in one piece; the last may be shorter.
    piece: usize,
    /// Panels of the right operand that are packed together, at most.
    span: usize,
    /// The result is cut into `blocks` of row tiles times `groups` of panels, each a task.
    blocks: usize,
    groups: usize,
}

/// Steps of the inner dimension in one piece at most: a panel of so many steps stays in the first-level cache while all
/// row tiles of a task use it.
const PIECE: usize = 192;
/// Steps of a piece are a multiple of this, but for the last piece.
const ROUND: usize = 16;
/// Bytes of the panels that are packed together, where rows of the right operand are contiguous: long runs of its rows are
/// read, and what is packed stays in the second-level cache beside what is fetched for the next time.
const PACKED: usize = 128 << 10;
/// Row tiles of a task at most: their part of the packed left operand stays in the second-level cache.
const BLOCK: usize = 18;
/// Row tiles for which a panel whose rows are contiguous is read where it lies, and not packed first.
const DIRECT: usize = 1;
/// Multiply-adds that are worth a task, and the most tasks for each thread: more would read less of each row of the right
/// operand at a time. How the result is cut does not change any element's sum.
const GRAIN: usize = 1 << 20;
const TASKS: usize = 2;

impl Plan {
    fn new<T: TileElement>(dims: &MatMul, level: Level, threads: usize) -> Plan {
        let swapped = dims.n == 1 && dims.m > 1;
        let (a, b) = (dims.a_strides(), dims.b_strides());
        let (rows, columns) = if swapped { (1, dims.m) } else { (dims.m, dims.n) };
        let (left, right) = if swapped { (b, a) } else { (a, b) };
        let tile = tile_size::<T>(level, columns);
        let row_tiles = rows.div_ceil(tile.rows);
        let panels = columns.div_ceil(tile.width);
        // Rows at such a distance fall into the same few sets of the first-level cache.
        let conflicts = (left.lane * size_of::<T>()).is_multiple_of(1024);
        let packs = rows > 1 && (panels > 2 || conflicts);
        let leading = if packs { tile.rows.next_multiple_of(if level == Level::Portable { 4 } else { 8 }) } else { 0 };
        let piece = dims.k.div_ceil(dims.k.div_ceil(PIECE).max(1)).next_multiple_of(ROUND).max(ROUND);
        let span = if right.lane == 1 { (PACKED / (piece * tile.width * size_of::<T>())).max(1) } else { 1 };
        let blocks = row_tiles.div_ceil(BLOCK);
        let wanted = (rows * columns * dims.k / GRAIN).clamp(1, TASKS * threads);
        let groups = wanted.div_ceil(blocks.max(1)).min(panels);
        let blocks = blocks.max(wanted.div_ceil(groups.max(1)));
        // As many tasks for each thread.
        let alike = |blocks: &usize| (blocks * groups).is_multiple_of(threads) || wanted < threads;
        let blocks = blocks.next_multiple_of((1..=threads).find(alike).unwrap_or(1)).min(row_tiles);
        Plan {
            swapped,
            rows,
            columns,
            k: dims.k,
            left,
            right,
            tile,
            row_tiles,
            leading,
            panels,
            piece,
            span,
            blocks,
            groups,
        }
    }

    /// Elements of the packed left operand.
    fn packed(&self) -> usize {
        self.row_tiles * self.leading * self.k
    }
}

/// Bytes of scratch that [`matmul`] needs.
pub fn matmul_scratch<T: TileElement>(dims: &MatMul) -> usize {
    let bytes = |level| match Small::new::<T>(level, dims) {
        Some(_) => 0,
        None => Plan::new::<T>(dims, level, 1).packed() * size_of::<T>(),
    };
    let levels = [Level::Portable, Level::Avx2, Level::Avx512].into_iter().map(bytes);
    levels.chain(Product::of::<T>(dims).map(|p| p.scratch())).max().unwrap_or(0)
}

/// `c = op(a)·op(b)`. Every element is summed in one order, whatever the number of threads.
///
/// # Panics
/// If a slice is not of the size that `dims` says, or the scratch smaller than [`matmul_scratch`] or not aligned to `T`.
pub fn matmul<T: TileElement>(a: &[T], b: &[T], c: &mut [T], dims: &MatMul, scratch: &mut [u8], pool: &Pool) {
    dims.check(a.len(), b.len(), c.len());
    if let Some(product) = Product::of::<T>(dims) {
        let [a, b] = [a, b].map(bytemuck::cast_slice);
        if product.run(a, b, bytemuck::cast_slice_mut(c), scratch, pool) {
            return;
        }
    }
    matmul_at(level(), a, b, c, dims, scratch, pool);
}

#[allow(clippy::too_many_arguments)]
pub(crate) fn matmul_at<T: TileElement>(
    level: Level,
    a: &[T],
    b: &[T],
    c: &mut [T],
    dims: &MatMul,
    scratch: &mut [u8],
    pool: &Pool,
) {
    dims.check(a.len(), b.len(), c.len());
    if c.is_empty() {
        return;
    }
    if let Some(small) = Small::new::<T>(level, dims) {
        return small.run(level, a, b, c, false, pool);
    }
    let plan = Plan::new::<T>(dims, level, pool.threads());
    let (left, right) = if plan.swapped { (b, a) } else { (a, b) };
    let [scratch] = parts::<T, 1>(scratch, [plan.packed()]);
    let tile_len = plan.leading * plan.k;
    // Tiles that are packed by one task.
    if let Some(each) = (GRAIN / 64).checked_div(tile_len).map(|tiles| tiles.max(1)) {
        pool.for_each_chunk_mut(scratch, each * tile_len, |chunk, out| {
            for (i, out) in out.chunks_exact_mut(tile_len).enumerate() {
                let (row, rows) = even(plan.rows, plan.row_tiles, chunk * each + i);
                let from = left[row * plan.left.lane..].as_ptr();
                // SAFETY: the rows are within the left operand; a packed tile has room for whole vectors.
                unsafe { pack(level, from, plan.left, rows, plan.k, out.as_mut_ptr(), plan.leading) };
            }
        });
    }
    let out = Disjoint::new(c);
    let packed = &*scratch;
    pool.for_each(plan.blocks * plan.groups, |task| {
        // SAFETY: a task writes the elements of its own block and group; sizes were checked above.
        unsafe { plan.run(level, task, left, right, packed, &out) };
    });
}

impl Plan {
    /// # Safety
    /// The processor has the level, slices are of the sizes that the plan says, and each task runs once.
    #[allow(clippy::too_many_arguments)]
    unsafe fn run<T: TileElement>(
        &self,
        level: Level,
        task: usize,
        left: &[T],
        right: &[T],
        packed: &[T],
        out: &Disjoint<'_, T>,
    ) {
        let width = self.tile.width;
        let (first_tile, tiles) = even(self.row_tiles, self.blocks, task / self.groups);
        let (first_panel, panels) = even(self.panels, self.groups, task % self.groups);
        let end = first_panel + panels;
        let source = |panel: usize, start: usize| {
            right.as_ptr().wrapping_add(panel * width * self.right.lane + start * self.right.step)
        };
        let spans = panels.div_ceil(self.span);
        // Panels that are a multiple of a page apart would share the sets of the first-level cache.
        let pitch = self.piece * width + CACHE_LINE / size_of::<T>();
        with_local::<T, _>(panels.div_ceil(spans.max(1)) * pitch, |memory| {
            for start in (0..self.k.max(1)).step_by(self.piece) {
                let steps = self.piece.min(self.k - start);
                for span in 0..spans {
                    let (first, count) = even(panels, spans, span);
                    let first = first_panel + first;
                    let columns = (count * width).min(self.columns - first * width);
                    let direct = tiles <= DIRECT && self.right.lane == 1 && (first + count) * width <= self.columns;
                    if !direct {
                        // SAFETY: the panels fit into the memory; the columns and steps are within the operand.
                        unsafe {
                            let (from, to) = (source(first, start), memory.as_mut_ptr());
                            pack_panels(level, from, self.right, columns, steps, to, width, pitch);
                        }
                    }
                    // The panels after these.
                    let next = match first + count < end {
                        true => source(first + count, start),
                        false => source(first_panel, start + steps),
                    };
                    let fetched = self.rows_fetched(count * tiles, steps, count * width);
                    for (i, tile) in (0..count).flat_map(|i| (first_tile..first_tile + tiles).map(move |t| (i, t))) {
                        let panel = first + i;
                        let (b, b_step) = match direct {
                            true => (source(panel, start), self.right.step),
                            false => (memory[i * pitch..].as_ptr(), width),
                        };
                        let (row, rows) = even(self.rows, self.row_tiles, tile);
                        let (a, a_row, a_step) = match self.leading {
                            0 => (
                                left.as_ptr().wrapping_add(row * self.left.lane + start * self.left.step),
                                self.left.lane,
                                self.left.step,
                            ),
                            leading => (packed.as_ptr().wrapping_add((tile * self.k + start) * leading), 1, leading),
                        };
                        let turn = i * tiles + tile - first_tile;
                        let (trips, ahead) = self.ahead(next, b, turn, fetched, steps, count * width);
                        let run = Run {
                            a,
                            a_row,
                            counts: [1, trips, steps / trips],
                            a_steps: [0, steps / trips * a_step, a_step],
                            b,
                            b_steps: [0, steps / trips * b_step, b_step],
                            ahead,
                        };
                        let c = out.address(row * self.columns + panel * width);
                        let columns = width.min(self.columns - panel * width);
                        let target = Target { c, row: self.columns, columns, accumulate: start > 0 };
                        // SAFETY: rows, steps and columns are within the operands; panels are as wide as the tile; the
                        // tile's elements of the result belong to this task alone.
                        unsafe { run_tile(level, (self.tile.vectors, rows), &run, &target) };
                    }
                }
            }
        });
    }

    /// Rows of memory that each of `turns` tiles fetches of the next panels, of so many steps and columns: few, and a divisor
    /// of the steps, or 0.
    fn rows_fetched(&self, turns: usize, steps: usize, columns: usize) -> usize {
        let rows = if self.right.lane == 1 { steps } else { columns };
        (rows.div_ceil(turns)..=steps).find(|&each| steps.is_multiple_of(each)).unwrap_or(0)
    }

    /// What the tile that is `turn`th fetches, of [`Plan::rows_fetched`] rows: the trips of the middle loop, one for each row.
    fn ahead<T>(
        &self,
        next: *const T,
        here: *const T,
        turn: usize,
        each: usize,
        steps: usize,
        columns: usize,
    ) -> (usize, Ahead<T>) {
        let (rows, len, pitch) = match self.right.lane {
            1 => (steps, columns, self.right.step),
            lane => (columns, steps, lane),
        };
        if each == 0 || turn * each >= rows {
            return (1, Ahead::none(here));
        }
        let half = len.div_ceil(2);
        let at = next.wrapping_add(turn * each * pitch);
        (each, Ahead { at, steps: [0, pitch, half.div_ceil(steps / each)], second: half })
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

    fn product<T: TileElement>(level: Level, dims: &MatMul, threads: usize) -> Vec<T> {
        let convert = |v: Vec<f64>| v.into_iter().map(T::from_f64).collect::<Vec<T>>();
        let (a, b) = (convert(values(dims.m * dims.k, 1)), convert(values(dims.k * dims.n, 2)));
        let mut c = vec![T::from_f64(9.0); dims.m * dims.n];
        let mut scratch = ferroflow_array::Buffer::zeroed(matmul_scratch::<T>(dims));
        matmul_at(level, &a, &b, &mut c, dims, scratch.as_bytes_mut(), &Pool::new(threads));
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
            (8, 100, 784),
            (1, 200, 1009),
            (257, 1, 1009),
        ];
        for (m, n, k) in sizes {
            for flags in 0..4 {
                let dims = MatMul {
                    m,
                    n,
                    k,
                    transpose_a: flags & 1 == 1,
                    transpose_b: flags & 2 == 2,
                    precision: Precision::default(),
                };
                let mut expected = vec![0.0; m * n];
                matmul_plain::<f64, f64>(&values(m * k, 1), &values(k * n, 2), &mut expected, dims);
                for level in levels() {
                    let found = product::<f64>(level, &dims, 2);
                    let close = found.iter().zip(&expected).all(|(f, e)| (f - e).abs() <= 1e-10);
                    assert!(close, "{dims:?} at {level:?}");
                    let single = product::<f32>(level, &dims, 2);
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
    fn the_same_bits_on_any_number_of_threads() {
        for flags in 0..4 {
            let dims = MatMul {
                m: 150,
                n: 300,
                k: 210,
                transpose_a: flags & 1 == 1,
                transpose_b: flags & 2 == 2,
                precision: Precision::default(),
            };
            let one = product::<f32>(level(), &dims, 1);
            assert!((2..=4).all(|t| product::<f32>(level(), &dims, t) == one));
        }
    }
}
