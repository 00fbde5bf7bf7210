use crate::gemm::TileElement;

/// The sizes of a convolution: `out[y, x] = Σ in[y·stride + i·dilation - pad, …]·filter[i, …]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct ConvGeometry {
    pub batch: usize,
    pub in_h: usize,
    pub in_w: usize,
    pub in_c: usize,
    pub k_h: usize,
    pub k_w: usize,
    pub out_c: usize,
    pub out_h: usize,
    pub out_w: usize,
    pub stride_h: usize,
    pub stride_w: usize,
    pub pad_top: usize,
    pub pad_left: usize,
    pub dilation_h: usize,
    pub dilation_w: usize,
}

impl ConvGeometry {
    /// Elements of the images.
    pub fn input_len(&self) -> usize {
        self.batch * self.in_h * self.in_w * self.in_c
    }

    /// Elements of the filters.
    pub fn filter_len(&self) -> usize {
        self.k_h * self.k_w * self.in_c * self.out_c
    }

    /// Elements of the result.
    pub fn output_len(&self) -> usize {
        self.batch * self.out_h * self.out_w * self.out_c
    }

    /// Floating-point operations of the convolution, or of either gradient.
    pub fn flops(&self) -> u64 {
        2 * (self.batch * self.out_h * self.out_w * self.k_h * self.k_w * self.in_c * self.out_c) as u64
    }

    /// The frame that filters reach: the image with its padding.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            images: self.batch,
            from: (self.in_h, self.in_w),
            channels: self.in_c,
            pad: (self.pad_top as isize, self.pad_left as isize),
            spread: (1, 1),
            to: (
                (self.out_h.max(1) - 1) * self.stride_h + (self.k_h.max(1) - 1) * self.dilation_h + 1,
                (self.out_w.max(1) - 1) * self.stride_w + (self.k_w.max(1) - 1) * self.dilation_w + 1,
            ),
        }
    }
}

/// The order in which filters lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filters {
    /// `[k_h, k_w, in_c, out_c]`.
    Plain,
    /// `[k_h, k_w, out_c, in_c]`, the last pixel first, as the gradient of the images takes them.
    Turned,
}

/// Images set in frames of zeros, their pixels spread apart by zeros.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) images: usize,
    pub(crate) from: (usize, usize),
    pub(crate) channels: usize,
    /// Rows above and columns left of the image; negative cuts off.
    pub(crate) pad: (isize, isize),
    /// Steps from pixel to pixel.
    pub(crate) spread: (usize, usize),
    pub(crate) to: (usize, usize),
}

impl Frame {
    /// Elements of one frame.
    pub(super) fn image_len(&self) -> usize {
        self.to.0 * self.to.1 * self.channels
    }

    /// Elements of the images.
    pub(crate) fn source_len(&self) -> usize {
        self.images * self.from.0 * self.from.1 * self.channels
    }

    /// Calls `f` for every pixel of image `n` that is in the frame: with its first element among the images, and its place
    /// among the frame's pixels.
    pub(crate) fn each_pixel(&self, n: usize, mut f: impl FnMut(usize, usize)) {
        for y in 0..self.from.0 {
            let Some(to_y) = place(y, self.spread.0, self.pad.0, self.to.0) else { continue };
            for x in 0..self.from.1 {
                let Some(to_x) = place(x, self.spread.1, self.pad.1, self.to.1) else { continue };
                f(((n * self.from.0 + y) * self.from.1 + x) * self.channels, to_y * self.to.1 + to_x);
            }
        }
    }

    /// The part of an image that is its frame, if the frame needs no zeros.
    pub(super) fn within<'a, T>(&self, image: &'a [T]) -> Option<&'a [T]> {
        let pitch = self.from.1 * self.channels;
        let top = usize::try_from(-self.pad.0).ok()?;
        let fits =
            self.spread == (1, 1) && self.pad.1 == 0 && self.to.1 == self.from.1 && top + self.to.0 <= self.from.0;
        fits.then(|| &image[top * pitch..][..self.image_len()])
    }

    /// Sets an image, its pixels next to each other, into its frame.
    pub(super) fn set<T: TileElement>(&self, image: &[T], frame: &mut [T]) {
        debug_assert_eq!(self.spread, (1, 1));
        let (columns, c) = (self.to.1, self.channels);
        let before = usize::try_from(self.pad.1).map_or(0, |pad| pad.min(columns));
        let cut = usize::try_from(-self.pad.1).unwrap_or(0);
        let width = self.from.1.saturating_sub(cut).min(columns - before);
        for (y, row) in frame.chunks_exact_mut((columns * c).max(1)).enumerate() {
            match usize::try_from(y as isize - self.pad.0).ok().filter(|y| *y < self.from.0) {
                Some(y) => {
                    row[..before * c].fill(T::ZERO);
                    // Where all columns are cut off, `cut` may lie beyond the image.
                    if width > 0 {
                        let from = (y * self.from.1 + cut) * c;
                        row[before * c..][..width * c].copy_from_slice(&image[from..][..width * c]);
                    }
                    row[(before + width) * c..].fill(T::ZERO);
                }
                None => row.fill(T::ZERO),
            }
        }
    }
}

fn place(at: usize, spread: usize, pad: isize, size: usize) -> Option<usize> {
    let to = (at * spread) as isize + pad;
    usize::try_from(to).ok().filter(|&to| to < size)
}
