use super::super::ConvGeometry;
use super::transform::{Pixels, square};
use crate::gemm::{Levelled, Simd, TileElement, WIDEST};

/// Results along either side of a tile.
pub(super) const RESULTS: usize = 4;
/// Channels are in whole vectors of every level.
const CHANNELS: usize = 16;
/// Tiles of a block are a multiple of this, if there are enough: the rows of the widest register tile.
const ROWS: usize = 14;

/// Whether convolutions of this geometry, and their gradients, are computed by tiles: they can be, and by an estimate of
/// cycles it is worth while.
pub(in crate::conv) fn applies<T: TileElement>(g: &ConvGeometry) -> bool {
    let plain = (g.stride_h, g.stride_w, g.dilation_h, g.dilation_w) == (1, 1, 1, 1);
    let square = g.k_h == g.k_w && matches!(g.k_h, 3 | 5) && g.pad_top < g.k_h && g.pad_left < g.k_w;
    let channels = g.in_c.is_multiple_of(CHANNELS) && g.out_c.is_multiple_of(CHANNELS) && g.in_c * g.out_c > 0;
    if size_of::<T>() != size_of::<f32>() || !plain || !square || !channels {
        return false;
    }
    let tiling = Tiling::new(g);
    let (frequencies, channels) = (tiling.side * tiling.side, g.in_c * g.out_c);
    let tiles = tiling.count();
    // Multiply-adds of vectors, then what a transform takes, then the filters.
    let fast =
        tiles * (frequencies * channels / WIDEST + frequencies * (g.in_c + g.out_c) / 5) + channels * frequencies / 4;
    let direct = g.batch * g.out_h * g.out_w * g.k_h * g.k_w * channels / WIDEST;
    fast < direct
}

/// Frequencies of a tile.
pub(in crate::conv) fn frequencies(g: &ConvGeometry) -> usize {
    Tiling::new(g).frequencies()
}

/// Images whose tiles fill the rows of register tiles three times.
pub(in crate::conv) fn grain(g: &ConvGeometry) -> usize {
    let tiling = Tiling::new(g);
    (3 * ROWS).div_ceil((tiling.down * tiling.across).max(1))
}

/// The results of a geometry cut into tiles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tiling {
    /// Frequencies, and pixels, along either side of a tile.
    pub(super) side: usize,
    /// Tiles in an image, down and across.
    pub(super) down: usize,
    pub(super) across: usize,
    images: usize,
}

impl Tiling {
    pub(super) fn new(g: &ConvGeometry) -> Tiling {
        let (down, across) = (g.out_h.div_ceil(RESULTS), g.out_w.div_ceil(RESULTS));
        Tiling { side: g.k_h + RESULTS - 1, down, across, images: g.batch }
    }

    pub(super) fn frequencies(&self) -> usize {
        self.side * self.side
    }

    pub(super) fn count(&self) -> usize {
        self.images * self.down * self.across
    }

    /// Image, and first row and column of the results, of a tile.
    pub(super) fn place(&self, tile: usize) -> (usize, usize, usize) {
        let (image, rest) = (tile / (self.down * self.across), tile % (self.down * self.across));
        (image, rest / self.across * RESULTS, rest % self.across * RESULTS)
    }

    /// Tiles of a block whose transforms, of so many channels of pixels and results together, take at most so many bytes.
    pub(super) fn block<T>(&self, channels: usize, bytes: usize) -> usize {
        let fits = bytes / (self.frequencies() * channels * size_of::<T>());
        (fits / ROWS).max(1) * ROWS
    }
}

/// Elements from one frequency to the next of so many tiles and channels: not a multiple of a page, lest all frequencies
/// of an element share a set of the first-level cache.
pub(super) fn pitch(tiles: usize, channels: usize) -> usize {
    tiles * channels + CHANNELS
}

/// Transforms the pixels of tiles: element `(frequency, tile, channel)` of `to`, for the tiles from `first`.
pub(super) struct Spread<'a, T, const A: usize> {
    pub(super) g: &'a ConvGeometry,
    pub(super) tiling: Tiling,
    pub(super) input: &'a [T],
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) to: &'a mut [T],
}

impl<T: TileElement, const A: usize> Levelled<T> for Spread<'_, T, A> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Spread { g, tiling, input, first, count, to, .. } = self;
        let c = g.in_c;
        let pitch = pitch(count, c);
        assert!(to.len() >= A * A * pitch && c.is_multiple_of(V::LANES));
        for t in 0..count {
            let (image, y, x) = tiling.place(first + t);
            let image = &input[image * g.in_h * g.in_w * c..][..g.in_h * g.in_w * c];
            let inside = |at: usize, pad: usize, size: usize| at.checked_sub(pad).filter(|v| *v < size);
            let rows: [Option<usize>; A] = std::array::from_fn(|i| inside(y + i, g.pad_top, g.in_h));
            let columns: [Option<usize>; A] = std::array::from_fn(|j| inside(x + j, g.pad_left, g.in_w));
            for channel in (0..c).step_by(V::LANES) {
                // SAFETY: pixels inside the image, whole vectors of channels; `to` holds every frequency.
                unsafe {
                    let at = |i: usize, j: usize| match (rows[i], columns[j]) {
                        (Some(row), Some(column)) => V::load(image.as_ptr().add((row * g.in_w + column) * c + channel)),
                        _ => V::splat(T::ZERO),
                    };
                    let to = to.as_mut_ptr().add(t * c + channel);
                    square::<V, Pixels, A, A>(at, |i, j, v| v.store(to.add((i * A + j) * pitch)));
                }
            }
        }
    }
}
