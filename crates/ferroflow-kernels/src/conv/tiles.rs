use super::ConvGeometry;
use super::geometry::{Filters, Frame};
use crate::Pool;
use crate::cpu::{Level, level};
use crate::gemm::{Ahead, Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::with_local;
use std::ops::Range;

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

/// A convolution by register tiles: the pixels of its frames lie next to each other, however far apart they are spread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tiles {
    g: ConvGeometry,
    frame: Frame,
    rows: Axis,
    columns: Axis,
}

/// How outputs meet pixels along an axis: output `y` and element `i` of a filter meet pixel
/// `(y·stride + i·dilation - skip) / spread` where that is a whole number, and zeros elsewhere.
#[derive(Debug, Clone, Copy)]
struct Axis {
    elements: usize,
    stride: usize,
    dilation: usize,
    spread: usize,
    skip: usize,
}

/// The elements of a filter that meet pixels, for the outputs `first`, `first + spread` …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phase {
    /// Their first, and their number.
    element: usize,
    count: usize,
    /// From one to the next, in elements and in pixels.
    steps: (usize, usize),
    /// The pixel that the first element and the first output meet, and pixels from output to output.
    pixel: usize,
    stride: usize,
}

impl Axis {
    /// The pixels, of `pixels`, that some outputs meet: at least one.
    fn span(&self, first: usize, count: usize, pixels: usize) -> (usize, usize) {
        let last = (first + count.max(1) - 1) * self.stride + (self.elements.max(1) - 1) * self.dilation;
        let end = last.saturating_sub(self.skip) / self.spread + 1;
        let start = (first * self.stride).saturating_sub(self.skip) / self.spread;
        (start.min(pixels - 1), end.min(pixels))
    }

    fn phase(&self, first: usize) -> Phase {
        let place = |i: usize| first * self.stride + i * self.dilation;
        let meets = |i: &usize| place(*i) % self.spread == self.skip;
        let Some(element) = (0..self.elements.min(self.spread)).find(meets) else {
            return Phase { element: 0, count: 0, steps: (0, 0), pixel: 0, stride: 0 };
        };
        let step = (1..self.spread).find(|i| (i * self.dilation).is_multiple_of(self.spread)).unwrap_or(self.spread);
        Phase {
            element,
            count: (self.elements - element).div_ceil(step),
            steps: (step, step * self.dilation / self.spread),
            pixel: (place(element) - self.skip) / self.spread,
            stride: self.stride,
        }
    }
}

impl Tiles {
    /// The convolution of images in frames; pixels that `frame` spreads apart are put next to each other.
    pub(super) fn of(g: &ConvGeometry, frame: &Frame) -> Tiles {
        let skip = |pad: isize, spread: usize| pad.rem_euclid(spread as isize) as usize;
        let (spread_h, spread_w) = frame.spread;
        let (skip_h, skip_w) = (skip(frame.pad.0, spread_h), skip(frame.pad.1, spread_w));
        // Outputs that meet no pixel still have an address in the frame.
        let closed = |n: usize, spread: usize, skip: usize| ((n + spread - 1 - skip) / spread).max(1);
        let (rows, columns) = frame.to;
        let frame = Frame {
            pad: (frame.pad.0.div_euclid(spread_h as isize), frame.pad.1.div_euclid(spread_w as isize)),
            spread: (1, 1),
            to: (closed(rows, spread_h, skip_h), closed(columns, spread_w, skip_w)),
            ..*frame
        };
        let axis = |elements, stride, dilation, spread, skip| Axis { elements, stride, dilation, spread, skip };
        Tiles {
            g: *g,
            frame,
            rows: axis(g.k_h, g.stride_h, g.dilation_h, spread_h, skip_h),
            columns: axis(g.k_w, g.stride_w, g.dilation_w, spread_w, skip_w),
        }
    }

    /// The convolution with packed filters.
    pub(super) fn convolve<T: TileElement>(
        &self,
        level: Level,
        images: &[T],
        panels: &[T],
        output: &mut [T],
        pool: &Pool,
    ) {
        let g = &self.g;
        let image_len = self.frame.from.0 * self.frame.from.1 * self.frame.channels;
        // Tasks are bands of output rows.
        let bands = if g.batch >= 8 { 1 } else { g.out_h.min(8) };
        let out = Disjoint::new(output);
        pool.for_each(g.batch * bands, |task| {
            let (n, band) = (task / bands, task % bands);
            let (first, count) = even(g.out_h, bands, band);
            let (top, bottom) = self.rows.span(first, count, self.frame.to.0);
            let pad = (self.frame.pad.0 - top as isize, self.frame.pad.1);
            let frame = Frame { pad, to: (bottom - top, self.frame.to.1), ..self.frame };
            let image = &images[n * image_len..][..image_len];
            let at = n * g.out_h * g.out_w * g.out_c;
            let band = Band { top, outputs: first..first + count, out: &out, at };
            match frame.within(image) {
                Some(pixels) => self.band(level, pixels, panels, &band),
                None => with_local(frame.image_len(), |pixels| {
                    frame.set(image, pixels);
                    self.band(level, pixels, panels, &band);
                }),
            }
        });
    }

    /// Some rows of an image's result, from the rows of its frame that they meet.
    fn band<T: TileElement>(&self, level: Level, pixels: &[T], panels: &[T], band: &Band<'_, T>) {
        let g = &self.g;
        let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
        let (c, pitch, spread) = (g.in_c, self.frame.to.1 * g.in_c, (self.rows.spread, self.columns.spread));
        for (panel, panel_at) in (0..g.out_c.div_ceil(width)).map(|i| (i, i * field(g) * width)) {
            for y in band.outputs.clone() {
                let down = self.rows.phase(y % spread.0);
                let row = (down.pixel + y / spread.0 * down.stride).saturating_sub(band.top) * pitch;
                for phase in 0..spread.1.min(g.out_w) {
                    let across = self.columns.phase(phase);
                    let outputs = (g.out_w - phase).div_ceil(spread.1);
                    // A filter of no rows has no first element either.
                    let element = if g.k_h == 0 { 0 } else { down.element * g.k_w + across.element };
                    let (a_down, b_down) = (down.steps.1 * pitch, down.steps.0 * g.k_w * c * width);
                    // Pixels of a filter's row without gaps are one run of the image.
                    let (counts, a_steps, b_steps) = match across.steps == (1, 1) {
                        true => ([1, down.count, across.count * c], [0, a_down, 1], [0, b_down, width]),
                        false => (
                            [down.count, across.count, c],
                            [a_down, across.steps.1 * c, 1],
                            [b_down, across.steps.0 * c * width, width],
                        ),
                    };
                    let tiles = outputs.div_ceil(tile_rows);
                    for t in 0..tiles {
                        let (x, rows) = even(outputs, tiles, t);
                        let b = panels[panel_at + element * c * width..].as_ptr();
                        let run = Run {
                            a: pixels[row + (across.pixel + x * across.stride) * c..].as_ptr(),
                            a_row: across.stride * c,
                            counts,
                            a_steps,
                            b,
                            b_steps,
                            ahead: Ahead::none(b),
                        };
                        let to = band.at + (y * g.out_w + phase + x * spread.1) * g.out_c + panel * width;
                        let target = Target {
                            c: band.out.address(to),
                            row: spread.1 * g.out_c,
                            columns: width.min(g.out_c - panel * width),
                            accumulate: false,
                        };
                        // SAFETY: the frame holds every pixel that the filter reaches from these outputs; panels are padded
                        // to the tile's width; the tile's results belong to this band alone.
                        unsafe { run_tile(level, (vectors, rows), &run, &target) };
                    }
                }
            }
        }
    }
}

/// Some rows of the result of an image.
struct Band<'a, T> {
    /// The row of the frame that the pixels begin with.
    top: usize,
    outputs: Range<usize>,
    out: &'a Disjoint<'a, T>,
    /// Where the image's result begins.
    at: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_meet_pixels() {
        // Pixels 0, 1, 2 … lie at 1, 3, 5 …, filters of 3 elements.
        let axis = Axis { elements: 3, stride: 1, dilation: 1, spread: 2, skip: 1 };
        assert_eq!(axis.phase(0), Phase { element: 1, count: 1, steps: (2, 1), pixel: 0, stride: 1 });
        assert_eq!(axis.phase(1), Phase { element: 0, count: 2, steps: (2, 1), pixel: 0, stride: 1 });
        // A dilation that is a multiple of the spread meets all pixels or none.
        let axis = Axis { dilation: 4, ..axis };
        assert_eq!(axis.phase(0).count, 0);
        assert_eq!(axis.phase(1), Phase { element: 0, count: 3, steps: (1, 2), pixel: 0, stride: 1 });
    }
}
