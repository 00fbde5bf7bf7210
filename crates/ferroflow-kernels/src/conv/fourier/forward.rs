use super::super::winograd::turn;
use super::super::{ConvGeometry, Filters};
use super::images::{Gather, Side, Spread};
use super::square::{Columns, Extent, spread};
use super::{FREQUENCIES, IMAGES, SCALE, SIDE, pitch};
use crate::Pool;
use crate::cpu::Level;
use crate::gemm::{Levelled, Run, Simd, Target, TileElement, TileSize, WIDEST, at_level, even, run_tile, tile_size};
use crate::io::Soon;
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};

/// Bytes of scratch that [`convolve`] needs.
pub(in crate::conv) fn scratch<T>(g: &ConvGeometry) -> usize {
    let transformed = FREQUENCIES * 2 * g.in_c * g.out_c.next_multiple_of(WIDEST);
    (transformed + g.filter_len()) * size_of::<T>()
}

/// Transforms the filters of geometry `g`, which [`super::cycles`] accepts, into `scratch`; turned ones are
/// `[k_h, k_w, out_c, in_c]`.
pub(in crate::conv) fn prepare<T: TileElement>(
    level: Level,
    (filter, order): (&[T], Filters),
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let (c, o) = (g.in_c, g.out_c);
    let width = tile_size::<T>(level, o).width;
    let len = FREQUENCIES * 2 * c * o.next_multiple_of(width);
    let [transformed, turned] = parts(scratch, [len, if order == Filters::Turned { g.filter_len() } else { 0 }]);
    let filter = match order {
        Filters::Plain => filter,
        Filters::Turned => {
            turn(filter, turned, g.k_h * g.k_w, c, o, pool);
            turned
        }
    };
    let to = Disjoint::new(transformed);
    pool.for_each(c, |channel| {
        // SAFETY: the processor has the level; each task writes the rows of its channel.
        unsafe { at_level(level, SpreadFilters { filter, g, channel, width, to: &to }) };
    });
}

/// The convolution with filters that [`prepare`] transformed. What is to be read soon is fetched meanwhile.
pub(in crate::conv) fn convolve<T: TileElement>(
    level: Level,
    input: &[T],
    transformed: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    soon: &Soon<'_>,
    pool: &Pool,
) {
    let (c, o) = (g.in_c, g.out_c);
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, o);
    let panels = o.div_ceil(width);
    let (image_len, result_len) = (g.in_h * g.in_w * c, g.out_h * g.out_w * o);
    let tasks = g.batch.div_ceil(IMAGES).next_multiple_of(pool.threads()).min(g.batch);
    let out = Disjoint::new(output);
    pool.for_each(tasks, |task| {
        let (first, count) = even(g.batch, tasks, task);
        let (from, to) = (pitch(Side::Left.planes() * count, c), pitch(2 * count, o));
        with_local(FREQUENCIES * (from + to), |memory| {
            let (pixels, results) = memory.split_at_mut(FREQUENCIES * from);
            let images = &input[first * image_len..][..count * image_len];
            let work = Spread { images, size: [g.in_h, g.in_w, c], count, side: Side::Left, to: pixels };
            // SAFETY: the processor has the level.
            unsafe { at_level(level, work) };
            let row_tiles = count.div_ceil(tile_rows);
            let soon = soon.share(task, tasks);
            let products = Disjoint::new(&mut *results);
            for place in 0..FREQUENCIES * panels {
                let (frequency, panel) = (place / panels, place % panels);
                let b = transformed[place * 2 * c * width..].as_ptr();
                let soon = soon.share(place, FREQUENCIES * panels);
                for (part, t) in (0..2).flat_map(|part| (0..row_tiles).map(move |t| (part, t))) {
                    let (row, rows) = even(count, row_tiles, t);
                    let run = Run {
                        a: pixels[frequency * from + (part * count + row) * c..].as_ptr(),
                        a_row: c,
                        counts: [1, 2, c],
                        a_steps: [0, count * c, 1],
                        b,
                        b_steps: [0, c * width, width],
                        ahead: soon.share(part * row_tiles + t, 2 * row_tiles).ahead(b),
                    };
                    let target = Target {
                        c: products.address(frequency * to + (part * count + row) * o + panel * width),
                        row: o,
                        columns: width.min(o - panel * width),
                        accumulate: false,
                    };
                    // SAFETY: rows, steps and columns are within the operands; this task owns the products.
                    unsafe { run_tile(level, (vectors, rows), &run, &target) };
                }
            }
            let address = |image: usize, column: usize, y: usize, x: usize| {
                out.address((first + image) * result_len + (y * g.out_w + x) * o + column)
            };
            let work = Gather {
                products: results,
                rows: count,
                columns: o,
                extents: [g.out_h, g.out_w].map(|size| Extent { size, origin: 0 }),
                accumulate: false,
                address,
            };
            // SAFETY: the processor has the level; each task writes the results of its images.
            unsafe { at_level(level, work) };
        });
    });
}

/// Transforms the filters of one input channel: element `(frequency, panel, plane, channel, column)`.
struct SpreadFilters<'a, T> {
    filter: &'a [T],
    g: &'a ConvGeometry,
    channel: usize,
    width: usize,
    to: &'a Disjoint<'a, T>,
}

impl<T: TileElement> Levelled<T> for SpreadFilters<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let SpreadFilters { filter, g, channel, width, to } = self;
        let (c, o) = (g.in_c, g.out_c);
        let panels = o.div_ceil(width);
        assert!(filter.len() == g.filter_len() && o.is_multiple_of(V::LANES));
        let extents = [Extent { size: g.k_h, origin: g.pad_top }, Extent { size: g.k_w, origin: g.pad_left }];
        // SAFETY: whole vectors of columns; columns beyond the last of the filters are zeros.
        unsafe {
            let (zero, scale) = (V::splat(T::ZERO), V::splat(T::from_f64(SCALE)));
            let mut columns: Columns<V> = [[zero; SIDE]; SIDE];
            for column in (0..panels * width).step_by(V::LANES) {
                let (panel, lane) = (column / width, column % width);
                let at = |i: usize, j: usize| match column < o {
                    true => V::load(filter.as_ptr().add(((i * g.k_w + j) * c + channel) * o + column)).mul(scale),
                    false => zero,
                };
                spread(extents, at, &mut columns, |frequency, parts: [V; 2]| {
                    for (plane, part) in parts.into_iter().enumerate() {
                        let row = ((frequency * panels + panel) * 2 + plane) * c + channel;
                        part.store(to.address(row * width + lane));
                    }
                });
            }
        }
    }
}
