use super::ConvGeometry;
use crate::Pool;
use crate::cpu::level;
use crate::gemm::{Ahead, Run, Target, TileElement, TileSize, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};

/// Bytes of images and derivatives whose part of the sum is formed at a time, so that they stay in the second-level cache
/// for all tiles.
const BLOCK: usize = 256 << 10;
/// Tiles of one task.
const TILES: usize = 4;

/// The rows of the derivative, `[k_h · k_w · in_c, out_c]`, in groups that follow each other in the image too: a filter's
/// row, or one pixel of it if it has gaps.
fn groups(g: &ConvGeometry) -> (usize, usize) {
    if g.dilation_w == 1 { (g.k_h, g.k_w * g.in_c) } else { (g.k_h * g.k_w, g.in_c) }
}

/// Tasks that the derivative of the filters is cut into for each group, and in all.
fn tasks<T: TileElement>(g: &ConvGeometry) -> (usize, usize) {
    let ((groups, rows), TileSize { rows: tile_rows, width, .. }) = (groups(g), tile_size::<T>(level(), g.out_c));
    let of_group = rows.div_ceil(tile_rows).div_ceil(TILES);
    (of_group, groups * of_group * g.out_c.div_ceil(width))
}

/// Whether the derivative has tasks for many threads.
pub(super) fn has_tasks<T: TileElement>(g: &ConvGeometry) -> bool {
    tasks::<T>(g).1 >= 32
}

/// The derivative of the filters by register tiles: added to what is there, or, of the `first` images, in its place.
pub(crate) fn add_filters_by_tiles<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    first: bool,
    pool: &Pool,
) {
    let width = tile_size::<T>(level(), g.out_c).width;
    let (frame, pixels, out_c) = (g.frame(), g.out_h * g.out_w, g.out_c.next_multiple_of(width));
    let (image, result) = (g.in_h * g.in_w * g.in_c, pixels * g.out_c);
    let bytes = (frame.image_len() + pixels * out_c) * size_of::<T>();
    let block = (BLOCK / bytes.max(1)).clamp(1, g.batch.max(1));
    with_local::<T, _>(block * (frame.image_len() + pixels * out_c), |memory| {
        let [frames, padded] =
            parts(bytemuck::cast_slice_mut(memory), [frame.image_len(), pixels * out_c].map(|n| n * block));
        for start in (0..g.batch).step_by(block) {
            let images = block.min(g.batch - start);
            let input = &input[start * image..][..images * image];
            let input = match frame.within(&input[..image]) {
                Some(pixels) if pixels.len() == image => input,
                _ => {
                    for (n, to) in frames.chunks_exact_mut(frame.image_len().max(1)).take(images).enumerate() {
                        frame.set(&input[n * image..][..image], to);
                    }
                    &*frames
                }
            };
            let grad = &grad[start * result..][..images * result];
            let grad = match out_c == g.out_c {
                true => grad,
                false => {
                    for (to, from) in padded.chunks_exact_mut(out_c).zip(grad.chunks_exact(g.out_c)) {
                        to[..g.out_c].copy_from_slice(from);
                        to[g.out_c..].fill(T::ZERO);
                    }
                    &*padded
                }
            };
            add_block(input, grad, filter_grad, &ConvGeometry { batch: images, ..*g }, first && start == 0, pool);
        }
    });
}

/// Adds what images in frames give, with derivatives of whole vectors of channels.
fn add_block<T: TileElement>(
    frames: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    first: bool,
    pool: &Pool,
) {
    let level = level();
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
    let (frame, out_c, c) = (g.frame(), g.out_c.next_multiple_of(width), g.in_c);
    let (columns, panels) = (frame.to.1, out_c / width);
    let (_, group_rows) = groups(g);
    let group_offset = |group: usize| match g.dilation_w == 1 {
        true => group * g.dilation_h * columns * c,
        false => ((group / g.k_w) * g.dilation_h * columns + (group % g.k_w) * g.dilation_w) * c,
    };
    let (of_group, tasks) = tasks::<T>(g);
    let row_tiles = group_rows.div_ceil(tile_rows);
    let out = Disjoint::new(filter_grad);
    pool.for_each(tasks, |task| {
        let (group, rest) = (task / (of_group * panels), task % (of_group * panels));
        let (part, panel) = (rest / panels, rest % panels);
        let (from, count) = even(row_tiles, of_group, part);
        for t in from..from + count {
            let (row, rows) = even(group_rows, row_tiles, t);
            let b = grad[panel * width..].as_ptr();
            let run = Run {
                a: frames[group_offset(group) + row..].as_ptr(),
                a_row: 1,
                counts: [g.batch, g.out_h, g.out_w],
                a_steps: [frame.image_len(), g.stride_h * columns * c, g.stride_w * c],
                b,
                b_steps: [g.out_h * g.out_w * out_c, g.out_w * out_c, out_c],
                ahead: Ahead::none(b),
            };
            let target = Target {
                c: out.address((group * group_rows + row) * g.out_c + panel * width),
                row: g.out_c,
                columns: width.min(g.out_c - panel * width),
                accumulate: !first,
            };
            // SAFETY: the frame holds every pixel that these rows of the filter reach; the derivative's columns are padded to
            // the tile's width; the tile's results belong to this task alone.
            unsafe { run_tile(level, (vectors, rows), &run, &target) };
        }
    });
}
