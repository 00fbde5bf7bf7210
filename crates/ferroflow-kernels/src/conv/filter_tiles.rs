use super::ConvGeometry;
use crate::Pool;
use crate::cpu::level;
use crate::gemm::{Ahead, Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::parts;
use ferroflow_array::Buffer;

/// Images whose part of the sum is formed at a time, so that they stay in the second-level cache for several tiles.
const IMAGES: usize = 8;
/// Tiles of one task.
const TILES: usize = 4;

/// Elements of scratch that [`filter_gradient`] needs.
pub(super) fn filter_gradient_scratch(g: &ConvGeometry) -> usize {
    let padded = g.batch * g.out_h * g.out_w * g.out_c.next_multiple_of(WIDEST);
    g.frame().len() + padded + WIDEST
}

/// The derivative of the filters by register tiles, on this thread.
pub(crate) fn filter_gradient_by_tiles<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
) {
    let mut scratch = Buffer::zeroed(filter_gradient_scratch(g) * size_of::<T>());
    filter_gradient(input, grad, filter_grad, g, false, scratch.as_bytes_mut(), &Pool::new(1));
}

/// The derivative of the filters by register tiles, added to what is there or in its place.
pub(super) fn filter_gradient<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    accumulate: bool,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let level = level();
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
    let pixels = g.batch * g.out_h * g.out_w;
    let whole = g.out_c.is_multiple_of(width);
    let out_c = g.out_c.next_multiple_of(width);
    let [frames, padded] = parts(scratch, [g.frame().len(), if whole { 0 } else { pixels * out_c }]);
    let frame = g.frame();
    let frames = frame.of(input, frames, pool);
    let grad: &[T] = match whole {
        true => grad,
        false => {
            for (to, from) in padded.chunks_exact_mut(out_c).zip(grad.chunks_exact(g.out_c)) {
                to[..g.out_c].copy_from_slice(from);
                to[g.out_c..].fill(T::ZERO);
            }
            padded
        }
    };
    let (c, columns) = (g.in_c, frame.to.1);
    // Rows of the gradient that follow each other in the image too: a filter row, or one pixel of it if it has gaps.
    let merged = g.dilation_w == 1;
    let (groups, group_rows) = if merged { (g.k_h, g.k_w * c) } else { (g.k_h * g.k_w, c) };
    let group_offset = |group: usize| match merged {
        true => group * g.dilation_h * columns * c,
        false => ((group / g.k_w) * g.dilation_h * columns + (group % g.k_w) * g.dilation_w) * c,
    };
    let row_tiles = group_rows.div_ceil(tile_rows);
    let (parts_of_group, panels) = (row_tiles.div_ceil(TILES), out_c / width);
    let out = Disjoint::new(filter_grad);
    pool.for_each(groups * parts_of_group * panels, |task| {
        let (group, rest) = (task / (parts_of_group * panels), task % (parts_of_group * panels));
        let (part, panel) = (rest / panels, rest % panels);
        let (first, tiles) = even(row_tiles, parts_of_group, part);
        let columns_of_panel = width.min(g.out_c - panel * width);
        for start in (0..g.batch).step_by(IMAGES) {
            let images = IMAGES.min(g.batch - start);
            for t in first..first + tiles {
                let (row, rows) = even(group_rows, row_tiles, t);
                let at = start * frame.image_len() + group_offset(group) + row;
                let from = start * g.out_h * g.out_w * out_c + panel * width;
                let run = Run {
                    a: frames[at..].as_ptr(),
                    a_row: 1,
                    counts: [images, g.out_h, g.out_w],
                    a_steps: [frame.image_len(), g.stride_h * columns * c, g.stride_w * c],
                    b: grad[from..].as_ptr(),
                    b_steps: [g.out_h * g.out_w * out_c, g.out_w * out_c, out_c],
                    ahead: Ahead::none(grad[from..].as_ptr()),
                };
                let to = (group * group_rows + row) * g.out_c + panel * width;
                let accumulate = accumulate || start > 0;
                let target = Target { c: out.address(to), row: g.out_c, columns: columns_of_panel, accumulate };
                // SAFETY: the frame holds every pixel that these rows of the filter reach; the gradient's columns are
                // padded to the tile's width; the tile's results belong to this task alone.
                unsafe { run_tile(level, (vectors, rows), &run, &target) };
            }
        }
    });
}
