use super::super::ConvGeometry;
use super::tiling::{Tiling, pitch};
use super::transform::{Results, square};
use crate::Pool;
use crate::cpu::Level;
use crate::gemm::{Levelled, Run, Simd, Target, TileElement, TileSize, at_level, even, run_tile, tile_size};
use crate::io::{RawSlice, Soon};
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};
use std::ops::Range;

/// Bytes of a block's transforms: the larger, the fewer times the sums are read and written.
const BLOCK: usize = 2 << 20;
/// Parts of the batch that are summed each on its own, at most.
const PARTS: usize = 8;

/// So many parts: of a few blocks each, that their sums are little beside their products.
fn parts_of<T>(tiling: &Tiling, g: &ConvGeometry) -> usize {
    (tiling.count() / (2 * tiling.block::<T>(g.in_c + g.out_c, BLOCK))).clamp(1, PARTS)
}

/// Bytes of scratch that [`filter_gradient`] needs.
pub(in crate::conv) fn filter_gradient_scratch<T>(g: &ConvGeometry) -> usize {
    let tiling = Tiling::new(g);
    parts_of::<T>(&tiling, g) * tiling.frequencies() * g.in_c * g.out_c * size_of::<T>()
}

/// The derivative of the filters of geometry `g`, which [`super::cycles`] accepts: of each tile the convolution of its pixels
/// with the 4 × 4 derivatives of its results.
pub(in crate::conv) fn filter_gradient<T: TileElement>(
    level: Level,
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let tiling = Tiling::new(g);
    let count = parts_of::<T>(&tiling, g);
    let len = tiling.frequencies() * g.in_c * g.out_c;
    let [sums] = parts(scratch, [count * len]);
    pool.for_each_chunk_mut(sums, len, |part, sums| {
        let (start, tiles) = even(tiling.count(), count, part);
        add_tiles(level, input, grad, sums, g, start..start + tiles, false);
    });
    finish_filters(level, sums, count, filter_grad, g, pool);
}

/// Adds to the sums of products, one for each frequency and pair of channels, those of some images; or begins with them.
pub(in crate::conv) fn add_filters<T: TileElement>(
    level: Level,
    input: &[T],
    grad: &[T],
    sums: &mut [T],
    g: &ConvGeometry,
    first: bool,
) {
    add_tiles(level, input, grad, sums, g, 0..Tiling::new(g).count(), !first);
}

/// The derivative of the filters from `count` sums of products.
pub(in crate::conv) fn finish_filters<T: TileElement>(
    level: Level,
    sums: &[T],
    count: usize,
    filter_grad: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    let (out, channels) = (Disjoint::new(filter_grad), (g.in_c, g.out_c));
    let out = &out;
    pool.for_each(g.in_c, |channel| {
        // SAFETY: the processor has the level; each task writes the filters of its channel.
        unsafe {
            match g.k_h {
                3 => at_level(level, GatherFilters::<T, 3, 6> { sums, count, channel, channels, out }),
                _ => at_level(level, GatherFilters::<T, 5, 8> { sums, count, channel, channels, out }),
            }
        }
    });
}

fn add_tiles<T: TileElement>(
    level: Level,
    input: &[T],
    grad: &[T],
    sums: &mut [T],
    g: &ConvGeometry,
    tiles: Range<usize>,
    accumulate: bool,
) {
    match g.k_h {
        3 => add_sided::<T, 6>(level, input, grad, sums, g, tiles, accumulate),
        _ => add_sided::<T, 8>(level, input, grad, sums, g, tiles, accumulate),
    }
}

fn add_sided<T: TileElement, const A: usize>(
    level: Level,
    input: &[T],
    grad: &[T],
    sums: &mut [T],
    g: &ConvGeometry,
    all: Range<usize>,
    accumulate: bool,
) {
    let tiling = Tiling::new(g);
    let (c, o) = (g.in_c, g.out_c);
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, o);
    let (row_tiles, panels) = (c.div_ceil(tile_rows), o.div_ceil(width));
    let blocks = all.len().div_ceil(tiling.block::<T>(c + o, BLOCK));
    let sums = Disjoint::new(sums);
    for i in 0..blocks {
        let (first, tiles) = even(all.len(), blocks, i);
        let first = all.start + first;
        let (pixel_pitch, grad_pitch) = (pitch(tiles, c), pitch(tiles, o));
        with_local(A * A * (pixel_pitch + grad_pitch) + c.max(o), |memory| {
            let (pixels, grads) = memory.split_at_mut(A * A * pixel_pitch);
            let (grads, outside) = grads.split_at_mut(A * A * grad_pitch);
            let block = first..first + tiles;
            // SAFETY: the processor has the level.
            unsafe {
                at_level(level, tiling.pixels::<T, A>(g, input, block.clone(), outside, pixels));
                at_level(level, tiling.results::<T, A>(g, grad, block, outside, grads));
            }
            let accumulate = accumulate || i > 0;
            for frequency in 0..A * A {
                let next = (frequency + 1) % (A * A);
                let ranges = [
                    RawSlice::of(grads[next * grad_pitch..].as_ptr(), tiles * o),
                    RawSlice::of(pixels[next * pixel_pitch..].as_ptr(), tiles * c),
                    RawSlice::of(sums.address(next * c * o).cast_const(), c * o),
                ];
                let soon = Soon::new(&ranges);
                for (panel, t) in (0..panels).flat_map(|p| (0..row_tiles).map(move |t| (p, t))) {
                    let (row, rows) = even(c, row_tiles, t);
                    let b = grads[frequency * grad_pitch + panel * width..].as_ptr();
                    let run = Run {
                        a: pixels[frequency * pixel_pitch + row..].as_ptr(),
                        a_row: 1,
                        counts: [1, 1, tiles],
                        a_steps: [0, 0, c],
                        b,
                        b_steps: [0, 0, o],
                        ahead: soon.share(panel * row_tiles + t, panels * row_tiles).ahead(b),
                    };
                    let to = sums.address((frequency * c + row) * o + panel * width);
                    let target = Target { c: to, row: o, columns: width.min(o - panel * width), accumulate };
                    // SAFETY: rows, steps and columns are within the operands; the sums are this call's.
                    unsafe { run_tile(level, (vectors, rows), &run, &target) };
                }
            }
        });
    }
}

/// Transforms the sums of all parts into the filters of one input channel.
struct GatherFilters<'a, T, const K: usize, const A: usize> {
    sums: &'a [T],
    count: usize,
    channel: usize,
    channels: (usize, usize),
    out: &'a Disjoint<'a, T>,
}

impl<T: TileElement, const K: usize, const A: usize> Levelled<T> for GatherFilters<'_, T, K, A> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let GatherFilters { sums, count, channel, channels: (c, o), out } = self;
        assert!(count > 0 && sums.len() == count * A * A * c * o && o.is_multiple_of(V::LANES));
        for column in (0..o).step_by(V::LANES) {
            // SAFETY: whole vectors of the sums and the filters.
            unsafe {
                let at = |i: usize, j: usize| {
                    let from = sums.as_ptr().add(((i * A + j) * c + channel) * o + column);
                    (1..count).fold(V::load(from), |sum, part| sum.add(V::load(from.add(part * A * A * c * o))))
                };
                let put = |i: usize, j: usize, v: V| v.store(out.address(((i * K + j) * c + channel) * o + column));
                square::<V, Results, A, K>(at, put);
            }
        }
    }
}
