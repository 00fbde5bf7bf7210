use super::split::{Operand, pack_steps};
use super::unit::{self, Block, DEPTH, FEW, ROW, SIDE, TILE, Unit};
use crate::conv::{ConvGeometry, Frame, add_filters_by_tiles};
use crate::pool::Disjoint;
use crate::scratch::with_local;
use crate::{Pool, Precision};

/// The gradient of the filters on the unit: the inner dimension is the pixels, row after row of frames whose width is that
/// of the images', so that a pixel of the filter is but a distance.
///
/// The left operand is the derivative of the result, its channels the rows. The right one is the images: their pixels in
/// pairs that begin with an even one, and again in pairs that begin with an odd one; those of every `stride`th row and
/// column on their own. Sums are `[k_h, k_w, out_c, in_c]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilterGradient {
    g: ConvGeometry,
    frame: Frame,
    halves: bool,
}

/// Where there is no pixel: images have fewer elements.
const NOWHERE: u32 = u32::MAX;
/// Bytes of the packed pixels of images that are multiplied together: they stay in the second-level cache.
const PACKED: usize = 1 << 20;

impl FilterGradient {
    /// `None` if there is no unit, or it is not for this one.
    pub(crate) fn of<T: 'static>(g: &ConvGeometry, precision: Precision) -> Option<FilterGradient> {
        let wanted = unit::serves::<T>(precision);
        let filled = |n: usize| n as f64 / n.next_multiple_of(SIDE).max(1) as f64;
        let gradient = FilterGradient { g: *g, frame: g.frame(), halves: precision == Precision::Bf16x3 };
        // What is left of the unit's speed with channels and frames that do not fill its tiles.
        let pixels = (g.out_h * g.out_w) as f64 / (gradient.depth() * DEPTH) as f64;
        let rate = filled(g.in_c) * filled(g.out_c) * pixels;
        let pixels = g.in_h * g.in_w;
        let places = pixels > 0 && (pixels * g.in_c).max(g.out_h * g.out_w * g.out_c) < NOWHERE as usize;
        let worth = rate >= 0.25 && g.flops() / 2 > FEW && (g.dilation_h, g.dilation_w) == (1, 1) && places;
        (wanted && worth).then_some(gradient)
    }

    /// The same for another number of images.
    pub(crate) fn with_batch(self, batch: usize) -> Self {
        FilterGradient { g: ConvGeometry { batch, ..self.g }, ..self }
    }

    /// Images that are worth a part.
    pub(crate) const GRAIN: usize = 2;

    /// Rows and columns of the planes of every `stride`th row and column of a frame; columns are even, for pairs of pixels
    /// not to change.
    fn plane(&self) -> (usize, usize) {
        let ConvGeometry { stride_h, stride_w, .. } = self.g;
        (self.frame.to.0.div_ceil(stride_h), self.frame.to.1.div_ceil(stride_w).next_multiple_of(2))
    }

    /// Tiles of the inner dimension of an image.
    fn depth(&self) -> usize {
        (self.g.out_h * self.plane().1).div_ceil(DEPTH).max(1)
    }

    /// Tiles of a plane: the last are reached by the last pixel of a filter.
    fn plane_tiles(&self) -> usize {
        self.depth() + (self.distance(self.g.k_h - 1, self.g.k_w - 1)).div_ceil(DEPTH)
    }

    /// Pixels of a plane from a pixel of the result to the one below pixel `(i, j)` of the filter.
    fn distance(&self, i: usize, j: usize) -> usize {
        i / self.g.stride_h * self.plane().1 + j / self.g.stride_w
    }

    fn planes(&self) -> usize {
        self.g.stride_h.min(self.g.k_h) * self.g.stride_w.min(self.g.k_w)
    }

    /// Pixels of a plane, of both kinds of pairs.
    fn plane_places(&self) -> usize {
        self.plane_tiles() * DEPTH + 1
    }

    /// Bytes of the packed derivatives and images of one image.
    fn packed(&self) -> (usize, usize) {
        let left = self.g.out_c.div_ceil(SIDE) * self.depth() * TILE;
        (left, self.g.in_c.div_ceil(SIDE) * self.planes() * 2 * self.plane_tiles() * TILE)
    }

    /// Images that are multiplied together.
    fn together(&self) -> usize {
        let (left, right) = self.packed();
        (PACKED / (left + right).max(1)).max(1)
    }

    /// Adds the products of the images to the sums, or begins them; of images packed together with an element that cannot be
    /// split, by vectors.
    pub(crate) fn add(&self, images: &[f32], grad: &[f32], sums: &mut [f32], first: bool) {
        let (image, result) = (self.g.input_len() / self.g.batch.max(1), self.g.output_len() / self.g.batch.max(1));
        assert!(images.len() == self.g.input_len() && grad.len() == self.g.output_len(), "sizes of {:?}", self.g);
        assert_eq!(sums.len(), self.g.filter_len(), "sizes of {:?}", self.g);
        let (left, right) = self.packed();
        let (grad_places, image_places) = (self.depth() * DEPTH, self.planes() * self.plane_places());
        let places = ((grad_places + image_places) * size_of::<u32>()).next_multiple_of(64);
        let together = self.together();
        let count = self.g.batch.min(together);
        with_local::<u8, _>(places + count * (left + right), |memory| {
            let (places, memory) = memory.split_at_mut(places);
            let places: &mut [u32] = &mut bytemuck::cast_slice_mut(places)[..grad_places + image_places];
            let (of_grad, of_image) = places.split_at_mut(grad_places);
            self.find_places(of_grad, of_image);
            for start in (0..self.g.batch).step_by(together) {
                let count = together.min(self.g.batch - start);
                let images = &images[start * image..(start + count) * image];
                let grad = &grad[start * result..(start + count) * result];
                let first = first && start == 0;
                let (a, b) = memory.split_at_mut(count * left);
                let mut failed = false;
                for n in 0..count {
                    let (image, grad) = (&images[n * image..(n + 1) * image], &grad[n * result..(n + 1) * result]);
                    failed |= self.pack_grad(grad, of_grad, &mut a[n * left..(n + 1) * left]);
                    failed |= self.pack_image(image, of_image, &mut b[n * right..(n + 1) * right]);
                }
                match failed {
                    true => self.with_batch(count).add_by_vectors(images, grad, sums, first),
                    false => self.multiply(a, b, count, sums, first),
                }
            }
        });
    }

    fn add_by_vectors(&self, images: &[f32], grad: &[f32], sums: &mut [f32], first: bool) {
        let g = &self.g;
        let mut products = vec![0.0; g.filter_len()];
        add_filters_by_tiles(images, grad, &mut products, g, true, &Pool::new(1));
        let pixels = g.in_c * g.out_c;
        for (sums, products) in sums.chunks_exact_mut(pixels).zip(products.chunks_exact(pixels)) {
            for (i, sum) in sums.iter_mut().enumerate() {
                let product = products[i % g.in_c * g.out_c + i / g.in_c];
                *sum = if first { product } else { *sum + product };
            }
        }
    }

    /// The sums of all lanes as the derivative of the filters, `[k_h, k_w, in_c, out_c]`.
    pub(crate) fn finish(&self, lanes: &[f32], filter_grad: &mut [f32], pool: &Pool) {
        let (c, o, len) = (self.g.in_c, self.g.out_c, self.g.filter_len());
        pool.for_each_chunk_mut(filter_grad, c * o, |pixel, to| {
            for (i, to) in to.iter_mut().enumerate() {
                let at = pixel * c * o + i % o * c + i / o;
                *to = lanes[at..].iter().step_by(len).sum();
            }
        });
    }

    /// The first elements of the pixels of the derivative, and of each plane of an image; [`NOWHERE`] between them.
    fn find_places(&self, of_grad: &mut [u32], of_image: &mut [u32]) {
        let ConvGeometry { in_h, in_w, in_c, out_h, out_w, out_c, stride_h, stride_w, k_w, .. } = self.g;
        let columns = self.plane().1;
        for (i, place) in of_grad.iter_mut().enumerate() {
            let (y, x) = (i / columns, i % columns);
            *place = if y < out_h && x < out_w { ((y * out_w + x) * out_c) as u32 } else { NOWHERE };
        }
        for (plane, places) in of_image.chunks_exact_mut(self.plane_places()).enumerate() {
            let across = stride_w.min(k_w);
            for (i, place) in places.iter_mut().enumerate() {
                let y = (i / columns * stride_h + plane / across).wrapping_sub(self.g.pad_top);
                let x = (i % columns * stride_w + plane % across).wrapping_sub(self.g.pad_left);
                *place = if y < in_h && x < in_w { ((y * in_w + x) * in_c) as u32 } else { NOWHERE };
            }
        }
    }

    /// Panels of 16 channels of the derivative: tiles whose rows are channels. Whether an element could not be split.
    fn pack_grad(&self, grad: &[f32], places: &[u32], to: &mut [u8]) -> bool {
        let depth = self.depth();
        let mut failed = false;
        for (i, to) in to.chunks_exact_mut(TILE).enumerate() {
            let (channel, places) = (i / depth * SIDE, &places[i % depth * DEPTH..][..DEPTH]);
            failed |= pack_pixels(&grad[channel..], places, self.g.out_c - channel, to, Operand::Left);
        }
        failed
    }

    /// Panels of 16 channels of the image, of each plane, in pairs of pixels of either kind. Whether an element could not be
    /// split.
    fn pack_image(&self, image: &[f32], places: &[u32], to: &mut [u8]) -> bool {
        let (tiles, panels) = (self.plane_tiles(), self.g.in_c.div_ceil(SIDE));
        let mut failed = false;
        for (i, to) in to.chunks_exact_mut(TILE).enumerate() {
            let (tile, odd, i) = (i % tiles, i / tiles % 2, i / tiles / 2);
            let (channel, plane) = (i % panels * SIDE, i / panels);
            let places = &places[plane * self.plane_places() + tile * DEPTH + odd..][..DEPTH];
            failed |= pack_pixels(&image[channel..], places, self.g.in_c - channel, to, Operand::Right);
        }
        failed
    }

    /// Adds the products of packed images to the sums, or begins them.
    fn multiply(&self, a: &[u8], b: &[u8], images: usize, sums: &mut [f32], first: bool) {
        let ConvGeometry { k_h, k_w, in_c, out_c, stride_h, stride_w, .. } = self.g;
        let ((left, right), depth, tiles) = (self.packed(), self.depth(), self.plane_tiles());
        let panels = in_c.div_ceil(SIDE);
        let across = stride_w.min(k_w);
        // Where a panel of channels under a pixel of the filter lies, and its columns of the result.
        let place = |i: usize| {
            let (pixel, panel) = (i / panels, i % panels);
            let (i, j) = (pixel / k_w, pixel % k_w);
            let plane = i % stride_h * across + j % stride_w;
            let distance = self.distance(i, j);
            let at = ((plane * panels + panel) * 2 + distance % 2) * tiles * TILE + distance / 2 * ROW;
            (at, pixel * out_c * in_c + panel * SIDE, SIDE.min(in_c - panel * SIDE))
        };
        let (count, out) = (k_h * k_w * panels, Disjoint::new(sums));
        let mut unit = Unit::new();
        for i in (0..count).step_by(2) {
            let (one, two) = (place(i), place((i + 1).min(count - 1)));
            for pair in 0..out_c.div_ceil(2 * SIDE) {
                let row = 2 * SIDE * pair;
                let a = a[row / SIDE * depth * TILE..].as_ptr();
                let c = out.address(one.1 + row * in_c);
                let block = Block {
                    a: [a, a.wrapping_add(depth * TILE)],
                    b: [b[one.0..].as_ptr(), b[two.0..].as_ptr()],
                    c,
                    c_right: (two.1 - one.1) * size_of::<f32>(),
                    c_down: SIDE * in_c * size_of::<f32>(),
                    a_row: ROW,
                    b_row: ROW,
                    c_row: in_c * size_of::<f32>(),
                    counts: [images, depth],
                    next: c.wrapping_add(2 * SIDE * in_c),
                    a_steps: [left - depth * TILE, TILE],
                    b_steps: [right.wrapping_sub(depth * TILE), TILE],
                    accumulate: !first,
                };
                let rows = [row, row + SIDE].map(|row| SIDE.min(out_c.saturating_sub(row)));
                let columns = [one.2, if i + 1 < count { two.2 } else { 0 }];
                // SAFETY: the processor has the unit; panels and planes are whole, with what the last pixel of the filter
                // reaches; the sums have all rows and columns.
                unsafe { unit.run(&block, rows, columns, self.halves) };
            }
        }
    }
}

/// Packs a tile of 16 channels, or so many as there are, of 32 pixels. Whether an element could not be split.
fn pack_pixels(from: &[f32], places: &[u32], channels: usize, to: &mut [u8], operand: Operand) -> bool {
    let lanes = SIDE.min(channels);
    let (from, last) = (from.as_ptr(), from.len() - lanes);
    assert!(places.len() == DEPTH && to.len() == TILE);
    let step = |i: usize| match places[i] {
        NOWHERE => std::ptr::null(),
        place => from.wrapping_add((place as usize).min(last)),
    };
    // SAFETY: the processor has the unit, and so AVX-512; the channels are within the slice.
    unsafe { pack_steps(step, lanes, to.as_mut_ptr(), operand) }
}
