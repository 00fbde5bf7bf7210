//! Transforms of images, and of products into images.

use super::square::{Columns, Extent, gather, spread};
use super::{FREQUENCIES, SIDE, pitch};
use crate::gemm::{Levelled, Simd, TileElement};

/// Transforms images, `[image, height, width, channel]`: element `(frequency, plane, image, channel)`.
pub(super) struct Spread<'a, T> {
    pub(super) images: &'a [T],
    /// Height, width and channels.
    pub(super) size: [usize; 3],
    pub(super) count: usize,
    /// 2, or 3 with the negated real parts.
    pub(super) planes: usize,
    pub(super) to: &'a mut [T],
}

impl<T: TileElement> Levelled<T> for Spread<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Spread { images, size: [h, w, c], count, planes, to } = self;
        let (pitch, plane) = (pitch(planes * count, c), count * c);
        assert!(images.len() == count * h * w * c && c.is_multiple_of(V::LANES));
        assert!(to.len() >= FREQUENCIES * pitch && planes >= 2);
        let extents = [h, w].map(|size| Extent { size, origin: 0 });
        // SAFETY: whole vectors of the channels of a pixel; `to` holds every frequency.
        unsafe {
            let zero = V::splat(T::ZERO);
            let mut columns: Columns<V> = [[zero; SIDE]; SIDE];
            for (image, channel) in (0..count).flat_map(|n| (0..c).step_by(V::LANES).map(move |i| (n, i))) {
                let from = images.as_ptr().add(image * h * w * c + channel);
                let to = to.as_mut_ptr().add(image * c + channel);
                let at = |i: usize, j: usize| V::load(from.add((i * w + j) * c));
                spread(extents, at, &mut columns, |frequency, [r, s]: [V; 2]| {
                    let to = to.add(frequency * pitch);
                    r.store(to);
                    s.store(to.add(plane));
                    if planes == 3 {
                        zero.sub(r).store(to.add(2 * plane));
                    }
                });
            }
        }
    }
}

/// Transforms products, `(frequency, part, row, column)`, into values: `put(row, column, y, x)` gives the address of one.
pub(super) struct Gather<'a, T, P> {
    pub(super) products: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) extents: [Extent; 2],
    /// Whether values are added to what is there.
    pub(super) accumulate: bool,
    /// What `a vector of columns from` this one of the row is at.
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
            let scale = V::splat(T::from_f64(1.0 / (SIDE * SIDE) as f64));
            let mut columns: Columns<V> = [[scale; SIDE]; SIDE];
            for (row, column) in (0..rows).flat_map(|r| (0..width).step_by(V::LANES).map(move |c| (r, c))) {
                let from = products.as_ptr().add(row * width + column);
                let at = |frequency: usize| {
                    let from = from.add(frequency * pitch);
                    [V::load(from), V::load(from.add(rows * width))]
                };
                gather(extents, at, &mut columns, |y, x, v: V| {
                    let to = address(row, column, y, x);
                    let v = v.mul(scale);
                    if accumulate { v.add(V::load(to)) } else { v }.store(to);
                });
            }
        }
    }
}
