//! Transforms of images, and of products into images.

use super::square::{Columns, Extent, gather, spread};
use super::{FREQUENCIES, SCALE, SIDE, pitch};
use crate::gemm::{Levelled, Simd, TileElement};

/// The left operand of products has a third plane, with the negated real parts; the right one, as filters, is divided by
/// the values of a square, so that products need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) fn planes(self) -> usize {
        match self {
            Side::Left => 3,
            Side::Right => 2,
        }
    }
}

/// Transforms images, `[image, height, width, channel]`: element `(frequency, plane, image, channel)`.
pub(super) struct Spread<'a, T> {
    pub(super) images: &'a [T],
    /// Height, width and channels.
    pub(super) size: [usize; 3],
    pub(super) count: usize,
    /// Which operand of products they are.
    pub(super) side: Side,
    pub(super) to: &'a mut [T],
}

impl<T: TileElement> Levelled<T> for Spread<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Spread { images, size: [h, w, c], count, side, to } = self;
        let (pitch, plane) = (pitch(side.planes() * count, c), count * c);
        assert!(images.len() == count * h * w * c && c.is_multiple_of(V::LANES));
        assert!(to.len() >= FREQUENCIES * pitch);
        let extents = [h, w].map(|size| Extent { size, origin: 0 });
        // SAFETY: whole vectors of the channels of a pixel; `to` holds every frequency.
        unsafe {
            let (zero, scale) = (V::splat(T::ZERO), V::splat(T::from_f64(SCALE)));
            let mut columns: Columns<V> = [[zero; SIDE]; SIDE];
            for (image, channel) in (0..count).flat_map(|n| (0..c).step_by(V::LANES).map(move |i| (n, i))) {
                let from = images.as_ptr().add(image * h * w * c + channel);
                let to = to.as_mut_ptr().add(image * c + channel);
                let at = |i: usize, j: usize| {
                    let v = V::load(from.add((i * w + j) * c));
                    if side == Side::Right { v.mul(scale) } else { v }
                };
                spread(extents, at, &mut columns, |frequency, [r, s]: [V; 2]| {
                    let to = to.add(frequency * pitch);
                    r.store(to);
                    s.store(to.add(plane));
                    if side == Side::Left {
                        zero.sub(r).store(to.add(2 * plane));
                    }
                });
            }
        }
    }
}

/// Transforms products, `(frequency, part, row, column)`, into squares of values.
pub(super) struct Gather<'a, T, P> {
    pub(super) products: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) extents: [Extent; 2],
    /// Whether values are added to what is there.
    pub(super) accumulate: bool,
    /// Where the value of `(row, column, y, x)` is, and after it those of the next columns.
    pub(super) address: P,
}

impl<T: TileElement, P: Fn(usize, usize, usize, usize) -> *mut T> Levelled<T> for Gather<'_, T, P> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Gather { products, rows, columns: width, extents, accumulate, address } = self;
        let pitch = pitch(2 * rows, width);
        assert!(products.len() >= FREQUENCIES * pitch && width.is_multiple_of(V::LANES));
        // SAFETY: whole vectors of the products and of the values.
        unsafe {
            let mut columns: Columns<V> = [[V::splat(T::ZERO); SIDE]; SIDE];
            for (row, column) in (0..rows).flat_map(|r| (0..width).step_by(V::LANES).map(move |c| (r, c))) {
                let from = products.as_ptr().add(row * width + column);
                let at = |frequency: usize| {
                    let from = from.add(frequency * pitch);
                    [V::load(from), V::load(from.add(rows * width))]
                };
                gather(extents, at, &mut columns, |y, x, v: V| {
                    let to = address(row, column, y, x);
                    if accumulate { v.add(V::load(to)) } else { v }.store(to);
                });
            }
        }
    }
}
