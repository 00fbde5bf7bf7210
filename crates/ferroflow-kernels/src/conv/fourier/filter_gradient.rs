use super::super::ConvGeometry;
use super::images::{Gather, Side, Spread};
use super::square::Extent;
use super::{FREQUENCIES, IMAGES, pitch};
use crate::cpu::Level;
use crate::gemm::{Run, Target, TileElement, TileSize, at_level, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::with_local;

/// Channels whose products are transformed at a time, at most.
const CHANNELS: usize = 8;

/// Adds to the derivative of the filters of geometry `g`, which [`super::cycles`] accepts, what some images give; or begins
/// with it.
pub(in crate::conv) fn add_filters<T: TileElement>(
    level: Level,
    input: &[T],
    grad: &[T],
    sums: &mut [T],
    g: &ConvGeometry,
    first: bool,
) {
    let (c, o) = (g.in_c, g.out_c);
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, o);
    let (groups, panels) = (c.div_ceil(tile_rows.min(CHANNELS)), o.div_ceil(width));
    let (image_len, result_len) = (g.in_h * g.in_w * c, g.out_h * g.out_w * o);
    let blocks = g.batch.div_ceil(IMAGES);
    let sums = Disjoint::new(sums);
    for block in 0..blocks {
        let (start, count) = even(g.batch, blocks, block);
        let (pixel_pitch, grad_pitch) = (pitch(Side::Left.planes() * count, c), pitch(Side::Right.planes() * count, o));
        let product_len = FREQUENCIES * pitch(2 * c.div_ceil(groups), o);
        with_local(FREQUENCIES * (pixel_pitch + grad_pitch) + product_len, |memory| {
            let (pixels, rest) = memory.split_at_mut(FREQUENCIES * pixel_pitch);
            let (grads, products) = rest.split_at_mut(FREQUENCIES * grad_pitch);
            let (images, results) = (&input[start * image_len..], &grad[start * result_len..]);
            let (images, results) = (&images[..count * image_len], &results[..count * result_len]);
            // SAFETY: the processor has the level.
            unsafe {
                let size = [g.in_h, g.in_w, c];
                at_level(level, Spread { images, size, count, side: Side::Left, to: pixels });
                let size = [g.out_h, g.out_w, o];
                at_level(level, Spread { images: results, size, count, side: Side::Right, to: grads });
            }
            for group in 0..groups {
                let (channel, rows) = even(c, groups, group);
                let pitch = pitch(2 * rows, o);
                let to = Disjoint::new(&mut *products);
                for frequency in 0..FREQUENCIES {
                    for (panel, part) in (0..panels).flat_map(|panel| [(panel, 0), (panel, 1)]) {
                        let b = grads[frequency * grad_pitch + panel * width..].as_ptr();
                        let run = Run {
                            a: pixels[frequency * pixel_pitch + part * count * c + channel..].as_ptr(),
                            a_row: 1,
                            counts: [1, 2, count],
                            a_steps: [0, count * c, c],
                            b,
                            b_steps: [0, count * o, o],
                            ahead: crate::gemm::Ahead::none(b),
                        };
                        let target = Target {
                            c: to.address(frequency * pitch + part * rows * o + panel * width),
                            row: o,
                            columns: width.min(o - panel * width),
                            accumulate: false,
                        };
                        // SAFETY: rows, steps and columns are within the operands; the products are this call's.
                        unsafe { run_tile(level, (vectors, rows), &run, &target) };
                    }
                }
                let address = |row: usize, column: usize, i: usize, j: usize| {
                    sums.address(((i * g.k_w + j) * c + channel + row) * o + column)
                };
                let extents = [Extent { size: g.k_h, origin: g.pad_top }, Extent { size: g.k_w, origin: g.pad_left }];
                let accumulate = !(first && block == 0);
                let work = Gather { products, rows, columns: o, extents, accumulate, address };
                // SAFETY: the processor has the level; the sums are this call's.
                unsafe { at_level(level, work) };
            }
        });
    }
}
