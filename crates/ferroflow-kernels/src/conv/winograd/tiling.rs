use super::super::ConvGeometry;
use super::transform::{Line, Pixels, Taps, square};
use crate::gemm::{Levelled, Simd, TileElement, WIDEST};
use std::marker::PhantomData;
use std::ops::Range;

/// Results along either side of a tile.
pub(super) const RESULTS: usize = 4;
/// Channels are in whole vectors of every level.
const CHANNELS: usize = 16;
/// Tiles of a block are a multiple of this, if there are enough: the rows of the widest register tile.
const ROWS: usize = 14;

/// Cycles that the convolutions of a geometry and their gradients take, by an estimate, if they can be computed so at all.
pub(in crate::conv) fn cycles<T: TileElement>(g: &ConvGeometry) -> Option<f64> {
    let plain = (g.stride_h, g.stride_w, g.dilation_h, g.dilation_w) == (1, 1, 1, 1);
    let square = g.k_h == g.k_w && matches!(g.k_h, 3 | 5) && g.pad_top < g.k_h && g.pad_left < g.k_w;
    let channels = g.in_c.is_multiple_of(CHANNELS) && g.out_c.is_multiple_of(CHANNELS) && g.in_c > 0 && g.out_c > 0;
    if size_of::<T>() != size_of::<f32>() || !plain || !square || !channels {
        return None;
    }
    let tiling = Tiling::new(g);
    let [images, c, o] = [g.batch, g.in_c, g.out_c].map(|n| n as f64);
    let (tiles, frequencies) = (images * (tiling.down * tiling.across) as f64, tiling.frequencies() as f64);
    // Products, then transforms, of the filters too.
    Some(frequencies * (tiles * (c * o / WIDEST as f64 + (c + o) / 5.0) + c * o / 4.0))
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

    /// Transforms the pixels of some tiles.
    pub(super) fn pixels<'a, T: TileElement, const A: usize>(
        self,
        g: &ConvGeometry,
        images: &'a [T],
        tiles: Range<usize>,
        outside: &'a mut [T],
        to: &'a mut [T],
    ) -> Spread<'a, T, Pixels, A, A> {
        let (size, pad) = ([g.in_h, g.in_w, g.in_c], [g.pad_top, g.pad_left]);
        Spread::new(self, images, size, pad, tiles, outside, to)
    }

    /// Transforms the derivatives of the results of some tiles.
    pub(super) fn results<'a, T: TileElement, const A: usize>(
        self,
        g: &ConvGeometry,
        images: &'a [T],
        tiles: Range<usize>,
        outside: &'a mut [T],
        to: &'a mut [T],
    ) -> Spread<'a, T, Taps, RESULTS, A> {
        Spread::new(self, images, [g.out_h, g.out_w, g.out_c], [0, 0], tiles, outside, to)
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

/// Transforms squares of images: `N × N` pixels of each tile, from its first result less the padding on, into `A × A`
/// frequencies: element `(frequency, tile, channel)`.
pub(super) struct Spread<'a, T, L, const N: usize, const A: usize> {
    tiling: Tiling,
    images: &'a [T],
    /// Height, width and channels of an image.
    size: [usize; 3],
    /// Rows above the image, and columns before it.
    pad: [usize; 2],
    tiles: Range<usize>,
    /// A pixel outside of the images: zeros.
    outside: &'a [T],
    to: &'a mut [T],
    transform: PhantomData<L>,
}

impl<'a, T: TileElement, L, const N: usize, const A: usize> Spread<'a, T, L, N, A> {
    /// `outside` is memory for at least the channels of a pixel.
    fn new(
        tiling: Tiling,
        images: &'a [T],
        size: [usize; 3],
        pad: [usize; 2],
        tiles: Range<usize>,
        outside: &'a mut [T],
        to: &'a mut [T],
    ) -> Self {
        let outside = &mut outside[..size[2]];
        outside.fill(T::ZERO);
        Spread { tiling, images, size, pad, tiles, outside, to, transform: PhantomData }
    }
}

impl<T: TileElement, L: Line<N, A>, const N: usize, const A: usize> Levelled<T> for Spread<'_, T, L, N, A> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Spread { tiling, images, size: [h, w, c], pad, tiles, outside, to, .. } = self;
        let pitch = pitch(tiles.len(), c);
        assert!(to.len() >= A * A * pitch && c.is_multiple_of(V::LANES) && outside.len() == c);
        for (t, tile) in tiles.enumerate() {
            let (image, y, x) = tiling.place(tile);
            let image = &images[image * h * w * c..][..h * w * c];
            let inside = |at: usize, pad: usize, size: usize| at.checked_sub(pad).filter(|v| *v < size);
            // Addresses, and no choice in each load: choices make code that does not fit into the cache of instructions.
            let mut pixels = [[outside.as_ptr(); N]; N];
            for (i, row) in pixels.iter_mut().enumerate() {
                let Some(y) = inside(y + i, pad[0], h) else { continue };
                for (j, pixel) in row.iter_mut().enumerate() {
                    if let Some(x) = inside(x + j, pad[1], w) {
                        *pixel = image[(y * w + x) * c..].as_ptr();
                    }
                }
            }
            for channel in (0..c).step_by(V::LANES) {
                // SAFETY: whole vectors of the channels of a pixel; `to` holds every frequency.
                unsafe {
                    let to = to.as_mut_ptr().add(t * c + channel);
                    let at = |i: usize, j: usize| V::load(pixels[i][j].add(channel));
                    square::<V, L, N, A>(at, |i, j, v| v.store(to.add((i * A + j) * pitch)));
                }
            }
        }
    }
}
