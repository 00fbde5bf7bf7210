use super::super::{ConvGeometry, Filters};
use super::tiling::{RESULTS, Tiling, pitch};
use super::transform::{Results, Taps, square};
use crate::Pool;
use crate::cpu::Level;
use crate::gemm::{Levelled, Run, Simd, Target, TileElement, TileSize, WIDEST, at_level, even, run_tile, tile_size};
use crate::io::Soon;
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};

/// Bytes of a block's transforms, which stay in the second-level cache beside the transformed filters.
const BLOCK: usize = 400 << 10;

/// Bytes of scratch that [`convolve`] needs.
pub(in crate::conv) fn scratch<T>(g: &ConvGeometry) -> usize {
    let transformed = Tiling::new(g).frequencies() * g.in_c * g.out_c.next_multiple_of(WIDEST);
    (transformed + g.filter_len()) * size_of::<T>()
}

/// Transforms the filters of geometry `g`, which [`super::cycles`] accepts, into `scratch`; turned ones are
/// `[k_h, k_w, out_c, in_c]`.
pub(in crate::conv) fn prepare<T: TileElement>(
    level: Level,
    filters: (&[T], Filters),
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    match g.k_h {
        3 => prepare_sided::<T, 3, 6>(level, filters, g, scratch, pool),
        _ => prepare_sided::<T, 5, 8>(level, filters, g, scratch, pool),
    }
}

/// The convolution with filters that [`prepare`] transformed. What is to be read soon is fetched meanwhile.
pub(in crate::conv) fn convolve<T: TileElement>(
    level: Level,
    input: &[T],
    prepared: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    soon: &Soon<'_>,
    pool: &Pool,
) {
    match g.k_h {
        3 => convolve_sided::<T, 6>(level, input, prepared, output, g, soon, pool),
        _ => convolve_sided::<T, 8>(level, input, prepared, output, g, soon, pool),
    }
}

fn prepare_sided<T: TileElement, const K: usize, const A: usize>(
    level: Level,
    (filter, order): (&[T], Filters),
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let (c, o) = (g.in_c, g.out_c);
    let width = tile_size::<T>(level, o).width;
    let transformed = A * A * c * o.next_multiple_of(width);
    let [transformed, turned] = parts(scratch, [transformed, if order == Filters::Turned { K * K * c * o } else { 0 }]);
    let filter = match order {
        Filters::Plain => filter,
        Filters::Turned => {
            turn(filter, turned, K * K, c, o, pool);
            turned
        }
    };
    let to = Disjoint::new(transformed);
    pool.for_each(c, |channel| {
        // SAFETY: the processor has the level; each task writes the rows of its channel.
        unsafe { at_level(level, SpreadFilters::<T, K, A> { filter, to: &to, channel, channels: (c, o), width }) };
    });
}

fn convolve_sided<T: TileElement, const A: usize>(
    level: Level,
    input: &[T],
    transformed: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    soon: &Soon<'_>,
    pool: &Pool,
) {
    let tiling = Tiling::new(g);
    let (c, o) = (g.in_c, g.out_c);
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, o);
    let panels = o.div_ceil(width);
    let (count, block) = (tiling.count(), tiling.block::<T>(c + o, BLOCK));
    let tasks = count.div_ceil(block);
    let out = Disjoint::new(output);
    pool.for_each(tasks, |task| {
        let (first, tiles) = even(count, tasks, task);
        let (pixel_pitch, result_pitch) = (pitch(tiles, c), pitch(tiles, o));
        with_local(A * A * (pixel_pitch + result_pitch) + c, |memory| {
            let (pixels, results) = memory.split_at_mut(A * A * pixel_pitch);
            let (results, outside) = results.split_at_mut(A * A * result_pitch);
            // SAFETY: the processor has the level.
            unsafe { at_level(level, tiling.pixels::<T, A>(g, input, first..first + tiles, outside, pixels)) };
            let row_tiles = tiles.div_ceil(tile_rows);
            let soon = soon.share(task, tasks);
            let products = Disjoint::new(results);
            for frequency in 0..A * A {
                for panel in 0..panels {
                    let place = frequency * panels + panel;
                    let b = transformed[place * c * width..].as_ptr();
                    let soon = soon.share(place, A * A * panels);
                    for t in 0..row_tiles {
                        let (row, rows) = even(tiles, row_tiles, t);
                        let run = Run {
                            a: pixels[frequency * pixel_pitch + row * c..].as_ptr(),
                            a_row: c,
                            counts: [1, 1, c],
                            a_steps: [0, 0, 1],
                            b,
                            b_steps: [0, 0, width],
                            ahead: soon.share(t, row_tiles).ahead(b),
                        };
                        let c = products.address(frequency * result_pitch + row * o + panel * width);
                        let target = Target { c, row: o, columns: width.min(o - panel * width), accumulate: false };
                        // SAFETY: rows, steps and columns are within the operands; this task owns the products.
                        unsafe { run_tile(level, (vectors, rows), &run, &target) };
                    }
                }
            }
            // SAFETY: the processor has the level; each task writes the results of its tiles.
            unsafe { at_level(level, Gather::<T, A> { g, tiling, from: results, first, count: tiles, out: &out }) };
        });
    });
}

/// `[k·k, out, in]` of filters `[k·k, in, out]`, the last pixel first; `channels` are those after turning.
pub(in crate::conv) fn turn<T: TileElement>(from: &[T], to: &mut [T], field: usize, c: usize, o: usize, pool: &Pool) {
    pool.for_each_chunk_mut(to, c * o, |position, to| {
        let from = &from[(field - 1 - position) * c * o..][..c * o];
        for (i, row) in to.chunks_exact_mut(o).enumerate() {
            row.iter_mut().enumerate().for_each(|(j, v)| *v = from[j * c + i]);
        }
    });
}

/// Transforms the filters of one input channel: element `(frequency, panel, channel, column)`.
struct SpreadFilters<'a, T, const K: usize, const A: usize> {
    filter: &'a [T],
    to: &'a Disjoint<'a, T>,
    channel: usize,
    channels: (usize, usize),
    width: usize,
}

impl<T: TileElement, const K: usize, const A: usize> Levelled<T> for SpreadFilters<'_, T, K, A> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let SpreadFilters { filter, to, channel, channels: (c, o), width } = self;
        let panels = o.div_ceil(width);
        assert!(filter.len() == K * K * c * o && o.is_multiple_of(V::LANES));
        for column in (0..panels * width).step_by(V::LANES) {
            let (panel, lane) = (column / width, column % width);
            let place = |frequency: usize| to.address(((frequency * panels + panel) * c + channel) * width + lane);
            // SAFETY: whole vectors of columns; columns beyond the last of the filters are zeros.
            unsafe {
                let at = |i: usize, j: usize| match column < o {
                    true => V::load(filter.as_ptr().add(((i * K + j) * c + channel) * o + column)),
                    false => V::splat(T::ZERO),
                };
                square::<V, Taps, K, A>(at, |i, j, v| v.store(place(i * A + j)));
            }
        }
    }
}

/// Transforms products into results.
struct Gather<'a, T, const A: usize> {
    g: &'a ConvGeometry,
    tiling: Tiling,
    from: &'a [T],
    first: usize,
    count: usize,
    out: &'a Disjoint<'a, T>,
}

impl<T: TileElement, const A: usize> Levelled<T> for Gather<'_, T, A> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Gather { g, tiling, from, first, count, out } = self;
        let o = g.out_c;
        let pitch = pitch(count, o);
        assert!(from.len() >= A * A * pitch && o.is_multiple_of(V::LANES));
        for t in 0..count {
            let (image, y, x) = tiling.place(first + t);
            for column in (0..o).step_by(V::LANES) {
                // SAFETY: whole vectors of the products; results that lie in the image.
                unsafe {
                    let from = from.as_ptr().add(t * o + column);
                    let put = |i: usize, j: usize, v: V| {
                        if y + i < g.out_h && x + j < g.out_w {
                            v.store(out.address(((image * g.out_h + y + i) * g.out_w + x + j) * o + column));
                        }
                    };
                    square::<V, Results, A, RESULTS>(|i, j| V::load(from.add((i * A + j) * pitch)), put);
                }
            }
        }
    }
}
