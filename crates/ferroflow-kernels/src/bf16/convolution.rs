use super::split::{Operand, pack_lanes, pack_steps, split_row};
use super::unit::{self, Block, DEPTH, FEW, ROW, SIDE, TILE, Unit};
use crate::conv::{ConvGeometry, Filters, Frame};
use crate::gemm::even;
use crate::pool::Disjoint;
use crate::{Pool, Precision};
use std::sync::atomic::{AtomicBool, Ordering};

/// A convolution on the unit: the rows of the left operand are pixels of the images in their frames, split; a step of the
/// outer loop is a row of the filter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Convolution {
    g: ConvGeometry,
    frame: Frame,
    halves: bool,
}

/// Bytes before the packed filters: the first tells whether an element could not be split.
const HEADER: usize = 64;

impl Convolution {
    /// The convolution of images in frames; `None` if there is no unit, or it is not for this one.
    pub(crate) fn of<T: 'static>(g: &ConvGeometry, frame: Frame, precision: Precision) -> Option<Convolution> {
        let wanted = unit::serves::<T>(precision);
        let filled = |n: usize, of: usize| n as f64 / n.next_multiple_of(of).max(1) as f64;
        // What is left of the unit's speed with channels and pixels that do not fill its tiles.
        let rate = filled(g.in_c, DEPTH) * filled(g.out_c, SIDE) * filled(g.out_w, SIDE);
        let worth = rate > 0.5 && g.flops() / 2 > FEW && (g.dilation_h, g.dilation_w) == (1, 1);
        (wanted && worth).then_some(Convolution { g: *g, frame, halves: precision == Precision::Bf16x3 })
    }

    /// The same for another number of images.
    pub(crate) fn with_batch(self, batch: usize) -> Self {
        Convolution { g: ConvGeometry { batch, ..self.g }, frame: Frame { images: batch, ..self.frame }, ..self }
    }

    /// Tiles of the channels of a pixel.
    fn blocks(&self) -> usize {
        self.g.in_c.div_ceil(DEPTH)
    }

    /// Bytes of a panel of 16 filters.
    fn panel(&self) -> usize {
        self.g.k_h * self.g.k_w * self.blocks() * TILE
    }

    fn image(&self) -> usize {
        self.frame.to.0 * self.frame.to.1 * self.blocks() * ROW
    }

    /// Bytes of the filters as [`Convolution::prepare`] leaves them.
    pub(crate) fn prepared(&self) -> usize {
        HEADER + self.g.out_c.div_ceil(SIDE) * self.panel()
    }

    /// Bytes of the frames that [`Convolution::run`] makes.
    pub(crate) fn frames(&self) -> usize {
        self.g.batch * self.image()
    }

    /// Packs the filters.
    pub(crate) fn prepare(&self, filter: &[f32], order: Filters, to: &mut [u8], pool: &Pool) {
        let ConvGeometry { k_h, k_w, in_c, out_c, .. } = self.g;
        assert_eq!(filter.len(), self.g.filter_len(), "filters of {:?}", self.g);
        let (header, to) = to[..self.prepared()].split_at_mut(HEADER);
        let unsplit = AtomicBool::new(false);
        pool.for_each_chunk_mut(to, self.panel(), |panel, to| {
            let lanes = SIDE.min(out_c - panel * SIDE);
            for (i, to) in to.chunks_exact_mut(TILE).enumerate() {
                let (pixel, channel) = (i / self.blocks(), i % self.blocks() * DEPTH);
                let steps = DEPTH.min(in_c - channel);
                // SAFETY: the processor has the unit, and so AVX-512; the elements are within the filters, and `to` is a
                // tile.
                let failed = unsafe {
                    match order {
                        Filters::Plain => {
                            let from = filter[(pixel * in_c + channel) * out_c + panel * SIDE..].as_ptr();
                            let step = |i| if i < steps { from.wrapping_add(i * out_c) } else { std::ptr::null() };
                            pack_steps(step, lanes, to.as_mut_ptr(), Operand::Right)
                        }
                        Filters::Turned => {
                            let pixel = k_h * k_w - 1 - pixel;
                            let from = filter[(pixel * out_c + panel * SIDE) * in_c + channel..].as_ptr();
                            pack_lanes(|l| from.wrapping_add(l * in_c), lanes, steps, to.as_mut_ptr(), Operand::Right)
                        }
                    }
                };
                unsplit.fetch_or(failed, Ordering::Relaxed);
            }
        });
        header[0] = u8::from(unsplit.into_inner());
    }

    /// The convolution with prepared filters; not if an element cannot be split: then what `output` holds is unspecified.
    pub(crate) fn run(
        &self,
        images: &[f32],
        prepared: &[u8],
        output: &mut [f32],
        frames: &mut [u8],
        pool: &Pool,
    ) -> bool {
        let ConvGeometry { batch, out_h, out_w, out_c, k_h, k_w, stride_h, stride_w, .. } = self.g;
        let (header, filters) = prepared.split_at(HEADER);
        let (columns, pitch, panel) = (self.frame.to.1, self.blocks() * ROW, self.panel());
        assert!(
            images.len() == self.frame.source_len() && output.len() == self.g.output_len(),
            "sizes of {:?}",
            self.g
        );
        assert!(filters.len() >= out_c.div_ceil(SIDE) * panel, "filters of {:?}", self.g);
        let unsplit = AtomicBool::new(header[0] == 1);
        let frames = &mut frames[..self.frames()];
        pool.for_each_chunk_mut(frames, self.image().max(1), |n, to| {
            unsplit.fetch_or(self.set(images, n, to), Ordering::Relaxed);
        });
        if unsplit.into_inner() {
            return false;
        }
        let frames = &*frames;
        // Tiles of one size, the last of a row over the one before it.
        let across = out_w.div_ceil(SIDE);
        let rows = out_w.div_ceil(across.max(1));
        let pairs = (out_h * across).div_ceil(2);
        // Tiles that overlap are for one task.
        let bands = if batch >= 8 || across * rows != out_w { 1 } else { pairs.min(8) };
        let out = Disjoint::new(output);
        pool.for_each(batch * bands, |task| {
            let (n, band) = (task / bands, task % bands);
            let (first, count) = even(pairs, bands, band);
            let mut unit = Unit::new();
            for pair_of_panels in 0..out_c.div_ceil(2 * SIDE) {
                let column = 2 * SIDE * pair_of_panels;
                let b = filters[2 * pair_of_panels * panel..].as_ptr();
                let widths = [column, column + SIDE].map(|c| SIDE.min(out_c.saturating_sub(c)));
                for pair in first..first + count {
                    let tile = |t: usize| (t / across, (t % across * rows).min(out_w - rows));
                    let (top, bottom) = (tile(2 * pair), tile((2 * pair + 1).min(out_h * across - 1)));
                    let left = |(y, x): (usize, usize)| {
                        frames[n * self.image() + (y * stride_h * columns + x * stride_w) * pitch..].as_ptr()
                    };
                    let place = |(y, x): (usize, usize)| ((n * out_h + y) * out_w + x) * out_c + column;
                    let c = out.address(place(top));
                    let block = Block {
                        a: [left(top), left(bottom)],
                        b: [b, b.wrapping_add(panel)],
                        c,
                        c_right: SIDE * size_of::<f32>(),
                        c_down: (place(bottom).wrapping_sub(place(top))).wrapping_mul(size_of::<f32>()),
                        a_row: stride_w * pitch,
                        b_row: ROW,
                        c_row: out_c * size_of::<f32>(),
                        counts: [k_h, k_w * self.blocks()],
                        next: c.wrapping_add(2 * rows * out_c),
                        a_steps: [columns * pitch - k_w * pitch, ROW],
                        b_steps: [0, TILE],
                        accumulate: false,
                    };
                    let rows = [rows, if 2 * pair + 1 < out_h * across { rows } else { 0 }];
                    // SAFETY: the processor has the unit; the frame holds every pixel that the filters reach from these
                    // rows; panels are whole; the results belong to this task alone.
                    unsafe { unit.run(&block, rows, widths, self.halves) };
                }
            }
        });
        true
    }

    /// Sets an image into its frame. Whether an element could not be split.
    fn set(&self, images: &[f32], n: usize, to: &mut [u8]) -> bool {
        let (c, pitch) = (self.g.in_c, self.blocks() * ROW);
        to.fill(0);
        let mut failed = false;
        self.frame.each_pixel(n, |from, at| {
            let from = &images[from..from + c];
            let to = &mut to[at * pitch..(at + 1) * pitch];
            // SAFETY: the processor has the unit, and so AVX-512; the pixel's channels can be read and written.
            failed |= unsafe { split_row(from.as_ptr(), c, to.as_mut_ptr()) };
        });
        failed
    }
}
