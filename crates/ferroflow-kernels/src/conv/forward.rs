use super::geometry::Frame;
use super::{ConvGeometry, winograd};
use crate::cpu::{Level, level};
use crate::gemm::{Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};
use crate::{Pool, Rows};

/// Bytes of scratch that [`conv2d`] needs.
pub fn conv2d_scratch<T: TileElement>(g: &ConvGeometry) -> usize {
    let fast = winograd::applies::<T>(g);
    (prepared_len::<T>(g, fast) + frames_len(g, fast)) * size_of::<T>()
}

/// The convolution of `input`, `[batch, in_h, in_w, in_c]`, with `filter`, `[k_h, k_w, in_c, out_c]`.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than [`conv2d_scratch`].
pub fn conv2d<T: TileElement>(
    input: &[T],
    filter: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    assert_eq!((input.len(), output.len()), (g.input_len(), g.output_len()), "sizes of {g:?}");
    if output.is_empty() {
        return;
    }
    let fast = winograd::applies::<T>(g);
    let [prepared, frames] = parts(scratch, [prepared_len::<T>(g, fast), frames_len(g, fast)]);
    prepare(fast, filter, bytemuck::cast_slice_mut(prepared), g, pool);
    convolve(fast, input, prepared, output, g, frames, pool);
}

/// The convolution as work that is cut by images; inputs are images and filters.
pub fn conv2d_rows<T: TileElement>(g: ConvGeometry) -> Rows {
    let fast = winograd::applies::<T>(&g);
    let of = move |images: usize| ConvGeometry { batch: images, ..g };
    Rows::new(g.batch, move |io, part| {
        let g = of(part.units.len());
        let (input, prepared, output) = (io.input(0), io.prepared::<T>(), io.output(0));
        with_local(frames_len(&g, fast), |frames| {
            convolve(fast, input, prepared, output, &g, frames, io.pool());
        });
        Ok(())
    })
    .with_grain(if fast { winograd::grain(&g) } else { 1 })
    .with_whole(1)
    .with_prepare(prepared_len::<T>(&g, fast) * size_of::<T>(), move |io| {
        prepare::<T>(fast, io.input(1), io.scratch(), &g, io.pool());
        Ok(())
    })
}

/// Elements of the filters as [`prepare`] leaves them.
fn prepared_len<T: TileElement>(g: &ConvGeometry, fast: bool) -> usize {
    match fast {
        true => winograd::scratch::<T>(g) / size_of::<T>(),
        false => g.k_h * g.k_w * g.in_c * g.out_c.next_multiple_of(WIDEST),
    }
}

/// Elements of the frames that [`convolve`] makes.
fn frames_len(g: &ConvGeometry, fast: bool) -> usize {
    if fast { 0 } else { g.frame().len() }
}

/// Packs or transforms the filters.
fn prepare<T: TileElement>(fast: bool, filter: &[T], to: &mut [u8], g: &ConvGeometry, pool: &Pool) {
    assert_eq!(filter.len(), g.filter_len(), "filters of {g:?}");
    let level = level();
    if fast {
        return winograd::prepare(level, (filter, winograd::Filters::Plain), g, to, pool);
    }
    let width = tile_size::<T>(level, g.out_c).width;
    let k = g.k_h * g.k_w * g.in_c;
    let [panels] = parts(to, [k * g.out_c.next_multiple_of(width)]);
    for (panel, to) in panels.chunks_exact_mut((k * width).max(1)).enumerate() {
        let columns = width.min(g.out_c - panel * width);
        for (row, from) in to.chunks_exact_mut(width).zip(filter.chunks_exact(g.out_c)) {
            row[..columns].copy_from_slice(&from[panel * width..panel * width + columns]);
            row[columns..].fill(T::ZERO);
        }
    }
}

/// The convolution with prepared filters.
#[allow(clippy::too_many_arguments)]
fn convolve<T: TileElement>(
    fast: bool,
    input: &[T],
    prepared: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    frames: &mut [T],
    pool: &Pool,
) {
    if fast {
        return winograd::convolve(level(), input, prepared, output, g, pool);
    }
    let frames = g.frame().of(input, frames, pool);
    tiles(level(), frames, &g.frame(), prepared, output, g, pool);
}

/// The convolution over frames and packed filters.
#[allow(clippy::too_many_arguments)]
pub(super) fn tiles<T: TileElement>(
    level: Level,
    frames: &[T],
    frame: &Frame,
    panels: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
    let (k, c, columns) = (g.k_h * g.k_w * g.in_c, g.in_c, frame.to.1);
    let panel_count = g.out_c.div_ceil(width);
    let row_tiles = g.out_w.div_ceil(tile_rows);
    // A filter row without gaps is one run of the image.
    let merged = g.dilation_w == 1;
    let counts = if merged { [1, g.k_h, g.k_w * c] } else { [g.k_h, g.k_w, c] };
    let down = g.dilation_h * columns * c;
    let a_steps = if merged { [0, down, 1] } else { [down, g.dilation_w * c, 1] };
    let b_steps = if merged { [0, g.k_w * c * width, width] } else { [g.k_w * c * width, c * width, width] };
    // Tasks are bands of output rows.
    let bands = if g.batch >= 8 { 1 } else { g.out_h.min(8) };
    let out = Disjoint::new(output);
    pool.for_each(g.batch * bands, |task| {
        let (n, band) = (task / bands, task % bands);
        let (first, rows_of_band) = even(g.out_h, bands, band);
        for panel in 0..panel_count {
            let columns_of_panel = width.min(g.out_c - panel * width);
            for y in first..first + rows_of_band {
                for t in 0..row_tiles {
                    let (x, rows) = even(g.out_w, row_tiles, t);
                    let at = n * frame.image_len() + (y * g.stride_h * columns + x * g.stride_w) * c;
                    let run = Run {
                        a: frames[at..].as_ptr(),
                        a_row: g.stride_w * c,
                        counts,
                        a_steps,
                        b: panels[panel * k * width..].as_ptr(),
                        b_steps,
                        ahead: (panels[panel * k * width..].as_ptr(), [0; 3]),
                    };
                    let to = ((n * g.out_h + y) * g.out_w + x) * g.out_c + panel * width;
                    let target =
                        Target { c: out.address(to), row: g.out_c, columns: columns_of_panel, accumulate: false };
                    // SAFETY: the frame holds every pixel that the filter reaches from these rows; panels are padded to
                    // the tile's width; the tile's results belong to this task alone.
                    unsafe { run_tile(level, (vectors, rows), &run, &target) };
                }
            }
        }
    });
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n).map(|i| ((i * 7919 + seed * 104_729) % 201) as f64 / 100.0 - 1.0).collect()
    }

    /// Geometries with odd sizes, strides, dilations, and padding on either side.
    pub(crate) fn geometries() -> Vec<ConvGeometry> {
        let mut all = Vec::new();
        let cases = [
            (2, 5, 7, 1, 3, 3, 4),
            (1, 14, 14, 3, 5, 5, 33),
            (3, 6, 5, 2, 1, 1, 3),
            (1, 4, 4, 1, 2, 3, 1),
            (2, 30, 17, 2, 5, 5, 32),
            (9, 3, 3, 2, 3, 3, 5),
            (0, 3, 3, 2, 3, 3, 5),
        ];
        for (batch, in_h, in_w, in_c, k_h, k_w, out_c) in cases {
            for (stride, dilation, same) in [(1, 1, true), (1, 1, false), (2, 1, true), (3, 1, false), (1, 2, true)] {
                let reach = |k: usize| (k - 1) * dilation + 1;
                let size = |n: usize, k: usize| match same {
                    true => n.div_ceil(stride),
                    false => (n + 1).saturating_sub(reach(k)).div_ceil(stride),
                };
                let pad = |n: usize, k: usize| match same {
                    true => ((n.div_ceil(stride) - 1) * stride + reach(k)).saturating_sub(n) / 2,
                    false => 0,
                };
                let (out_h, out_w) = (size(in_h, k_h), size(in_w, k_w));
                if out_h == 0 || out_w == 0 {
                    continue;
                }
                all.push(ConvGeometry {
                    batch,
                    in_h,
                    in_w,
                    in_c,
                    k_h,
                    k_w,
                    out_c,
                    out_h,
                    out_w,
                    stride_h: stride,
                    stride_w: stride,
                    pad_top: pad(in_h, k_h),
                    pad_left: pad(in_w, k_w),
                    dilation_h: dilation,
                    dilation_w: dilation,
                });
            }
        }
        all
    }

    /// Calls `f` with the indices of input, filter and output of every product of the definition.
    pub(crate) fn definition(g: &ConvGeometry, mut f: impl FnMut(usize, usize, usize)) {
        for n in 0..g.batch {
            for (y, x) in (0..g.out_h).flat_map(|y| (0..g.out_w).map(move |x| (y, x))) {
                for (i, j) in (0..g.k_h).flat_map(|i| (0..g.k_w).map(move |j| (i, j))) {
                    let (v, u) = (y * g.stride_h + i * g.dilation_h, x * g.stride_w + j * g.dilation_w);
                    if v < g.pad_top || u < g.pad_left || v - g.pad_top >= g.in_h || u - g.pad_left >= g.in_w {
                        continue;
                    }
                    for (c, o) in (0..g.in_c).flat_map(|c| (0..g.out_c).map(move |o| (c, o))) {
                        let input = ((n * g.in_h + v - g.pad_top) * g.in_w + u - g.pad_left) * g.in_c + c;
                        f(
                            input,
                            ((i * g.k_w + j) * g.in_c + c) * g.out_c + o,
                            ((n * g.out_h + y) * g.out_w + x) * g.out_c + o,
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn equals_the_definition() {
        for g in geometries() {
            let (x, w) = (values(g.input_len(), 1), values(g.filter_len(), 2));
            let mut expected = vec![0.0; g.output_len()];
            definition(&g, |i, k, o| expected[o] += x[i] * w[k]);
            let mut scratch = ferroflow_array::Buffer::zeroed(conv2d_scratch::<f64>(&g));
            for threads in [1, 3] {
                let mut found = vec![7.0; g.output_len()];
                conv2d(&x, &w, &mut found, &g, scratch.as_bytes_mut(), &Pool::new(threads));
                assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-12), "{g:?}");
            }
        }
    }
}
