use super::ConvGeometry;
use super::geometry::{Filters, Frame};
use crate::Pool;
use crate::cpu::{Level, level};
use crate::gemm::{Ahead, Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;

/// Elements of a filter.
fn field(g: &ConvGeometry) -> usize {
    g.k_h * g.k_w * g.in_c
}

/// Elements of the packed filters, at every level.
pub(super) fn packed(g: &ConvGeometry) -> usize {
    field(g) * g.out_c.next_multiple_of(WIDEST)
}

/// Packs the filters in panels as wide as the tiles.
pub(super) fn pack<T: TileElement>((filter, order): (&[T], Filters), g: &ConvGeometry, panels: &mut [T]) {
    let (c, o, field) = (g.in_c, g.out_c, field(g));
    let width = tile_size::<T>(level(), o).width;
    for (panel, to) in panels.chunks_exact_mut((field * width).max(1)).take(o.div_ceil(width)).enumerate() {
        let columns = width.min(o - panel * width);
        for (i, row) in to.chunks_exact_mut(width).enumerate() {
            let first = panel * width;
            match order {
                Filters::Plain => row[..columns].copy_from_slice(&filter[i * o + first..][..columns]),
                Filters::Turned => {
                    let from = &filter[(g.k_h * g.k_w - 1 - i / c) * c * o + i % c..];
                    row[..columns].iter_mut().enumerate().for_each(|(j, v)| *v = from[(first + j) * c]);
                }
            }
            row[columns..].fill(T::ZERO);
        }
    }
}

/// The convolution over frames and packed filters.
#[allow(clippy::too_many_arguments)]
pub(super) fn convolve<T: TileElement>(
    level: Level,
    frames: &[T],
    frame: &Frame,
    panels: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
    let (k, c, columns) = (field(g), g.in_c, frame.to.1);
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
                        ahead: Ahead::none(panels[panel * k * width..].as_ptr()),
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
