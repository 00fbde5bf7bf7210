use super::{ConvGeometry, winograd};
use crate::bf16::FilterGradient;
use crate::cpu::level;
use crate::gemm::{Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};
use crate::{Pool, Precision, Rows};
use ferroflow_array::Buffer;

/// Images whose part of the sum is formed at a time, so that they stay in the second-level cache for several tiles.
const IMAGES: usize = 8;
/// Tiles of one task.
const TILES: usize = 4;

/// The most lanes of sums, see [`conv2d_filter_gradient_rows`], and elements of the sums of all lanes.
const LANES: usize = 16;
const SUMS: usize = 1 << 19;

/// The gradient by instructions for bf16: three products for one take longer than Winograd's tiles.
fn unit<T: TileElement>(g: &ConvGeometry, precision: Precision) -> Option<FilterGradient> {
    let faster = precision == Precision::Bf16 || !winograd::applies::<T>(g);
    faster.then(|| FilterGradient::of::<T>(g, precision)).flatten()
}

/// Lanes for so many sums.
fn lanes(sums: usize) -> usize {
    (SUMS / sums.max(1)).clamp(4, LANES)
}

/// Bytes of scratch that [`conv2d_filter_gradient`] needs.
pub fn conv2d_filter_gradient_scratch<T: TileElement>(g: &ConvGeometry, precision: Precision) -> usize {
    if unit::<T>(g, precision).is_some() {
        return lanes(g.filter_len()).min(g.batch) * g.filter_len() * size_of::<T>();
    }
    match winograd::applies::<T>(g) {
        true => winograd::filter_gradient_scratch::<T>(g),
        false => direct_len(g) * size_of::<T>(),
    }
}

/// Elements of scratch that [`direct`] needs.
fn direct_len(g: &ConvGeometry) -> usize {
    let padded = g.batch * g.out_h * g.out_w * g.out_c.next_multiple_of(WIDEST);
    g.frame().len() + padded + WIDEST
}

/// The derivative of the filters, from the images and the derivative of the result. Every element is summed over the
/// batch in one order, whatever the number of threads.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than
/// [`conv2d_filter_gradient_scratch`].
pub fn conv2d_filter_gradient<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    precision: Precision,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let sizes = (input.len(), filter_grad.len(), grad.len());
    assert_eq!(sizes, (g.input_len(), g.filter_len(), g.output_len()), "sizes of {g:?}");
    if filter_grad.is_empty() || grad.is_empty() {
        filter_grad.fill(T::ZERO);
        return;
    }
    if let Some(gradient) = unit::<T>(g, precision) {
        let (input, grad) = (bytemuck::cast_slice::<T, f32>(input), bytemuck::cast_slice::<T, f32>(grad));
        let lanes = lanes(g.filter_len()).min(g.batch);
        let [sums] = parts::<f32, 1>(scratch, [lanes * g.filter_len()]);
        let (image, result) = (input.len() / g.batch, grad.len() / g.batch);
        pool.for_each_chunk_mut(sums, g.filter_len(), |lane, sums| {
            let (first, count) = even(g.batch, lanes, lane);
            let (input, grad) = (&input[first * image..], &grad[first * result..]);
            gradient.with_batch(count).add(&input[..count * image], &grad[..count * result], sums, true);
        });
        return gradient.finish(sums, bytemuck::cast_slice_mut(filter_grad), pool);
    }
    match winograd::applies::<T>(g) {
        true => winograd::filter_gradient(level(), input, grad, filter_grad, g, scratch, pool),
        false => direct(input, grad, filter_grad, g, false, scratch, pool),
    }
}

/// The derivative of the filters as work that is cut by images; inputs are the images, the sizes of the filters, and the
/// derivative of the result.
pub fn conv2d_filter_gradient_rows<T: TileElement>(g: ConvGeometry, precision: Precision) -> Rows {
    if let Some(gradient) = unit::<T>(&g, precision) {
        let len = g.filter_len();
        let rows = Rows::new(g.batch, move |io, part| {
            let (input, grad) = (io.input(0), io.input(2));
            let [sums] = parts(io.scratch(), [len]);
            gradient.with_batch(part.units.len()).add(input, grad, sums, part.first);
            Ok(())
        });
        return rows.with_grain(FilterGradient::GRAIN).with_whole(1).with_finish(
            lanes(len),
            len * size_of::<T>(),
            move |io, lanes| {
                let (filter_grad, pool) = (io.output(0), io.pool());
                let [sums] = parts(io.scratch(), [len * lanes]);
                gradient.finish(sums, filter_grad, pool);
                Ok(())
            },
        );
    }
    let fast = winograd::applies::<T>(&g);
    let sums = if fast { winograd::frequencies(&g) * g.in_c * g.out_c } else { g.filter_len() };
    Rows::new(g.batch, move |io, part| {
        let g = ConvGeometry { batch: part.units.len(), ..g };
        let (input, grad) = (io.input::<T>(0), io.input::<T>(2));
        let [sums] = parts(io.scratch(), [sums]);
        if fast {
            winograd::add_filters(level(), input, grad, sums, &g, part.first);
        } else {
            with_local::<T, _>(direct_len(&g), |scratch| {
                direct(input, grad, sums, &g, !part.first, bytemuck::cast_slice_mut(scratch), io.pool());
            });
        }
        Ok(())
    })
    .with_grain(if fast { winograd::grain(&g) } else { 1 })
    .with_whole(1)
    .with_finish(lanes(sums), sums * size_of::<T>(), move |io, lanes| {
        let (filter_grad, pool) = (io.output::<T>(0), io.pool());
        let [all] = parts::<T, 1>(io.scratch(), [sums * lanes]);
        if fast {
            winograd::finish_filters(level(), all, lanes, filter_grad, &g, pool);
        } else {
            filter_grad.copy_from_slice(&all[..sums]);
            for lane in all[sums..].chunks_exact(sums) {
                filter_grad.iter_mut().zip(lane).for_each(|(to, v)| *to += *v);
            }
        }
        Ok(())
    })
}

/// The derivative of the filters by register tiles, on this thread.
pub(crate) fn filter_gradient_by_tiles<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
) {
    let mut scratch = Buffer::zeroed(direct_len(g) * size_of::<T>());
    direct(input, grad, filter_grad, g, false, scratch.as_bytes_mut(), &Pool::new(1));
}

/// The derivative of the filters by register tiles, added to what is there or in its place.
fn direct<T: TileElement>(
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
                    ahead: (grad[from..].as_ptr(), [0; 3]),
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

#[cfg(test)]
mod tests {
    use super::super::definition::{definition, geometries, values};
    use super::*;

    #[test]
    fn equals_the_definition() {
        for g in geometries() {
            let (x, dy) = (values(g.input_len(), 1), values(g.output_len(), 2));
            let mut expected = vec![0.0; g.filter_len()];
            definition(&g, |i, k, o| expected[k] += x[i] * dy[o]);
            let mut scratch =
                ferroflow_array::Buffer::zeroed(conv2d_filter_gradient_scratch::<f64>(&g, Precision::F32));
            for threads in [1, 3] {
                let mut found = vec![7.0; g.filter_len()];
                conv2d_filter_gradient(
                    &x,
                    &dy,
                    &mut found,
                    &g,
                    Precision::F32,
                    scratch.as_bytes_mut(),
                    &Pool::new(threads),
                );
                assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-11), "{g:?}");
            }
        }
    }
}
