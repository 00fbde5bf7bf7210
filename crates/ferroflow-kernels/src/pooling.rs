//! Pooling of images, `[batch, height, width, channels]`, and its gradients.

use crate::conv::ConvGeometry;
use crate::cpu::level;
use crate::gemm::{Levelled, Simd, TileElement, at_level};
use crate::pool::Disjoint;
use crate::vectorised::{Vectorised, vectorised};
use crate::{Float, Pool};
use std::ops::Range;

/// Channels handled side by side.
const LANES: usize = 32;
/// Pixels of a window whose derivative is routed many channels at a time.
const SMALL: usize = 64;

/// Pixels of the image under the window of output pixel `(y, x)`: ranges of rows and columns.
fn window(g: &ConvGeometry, y: usize, x: usize) -> (Range<usize>, Range<usize>) {
    let range = |at: usize, stride: usize, pad: usize, k: usize, size: usize| {
        let start = at * stride;
        start.saturating_sub(pad).min(size)..(start + k).saturating_sub(pad).min(size)
    };
    (range(y, g.stride_h, g.pad_top, g.k_h, g.in_h), range(x, g.stride_w, g.pad_left, g.k_w, g.in_w))
}

fn check(g: &ConvGeometry, input: usize, output: usize) {
    assert_eq!((input, output, g.in_c), (g.input_len(), g.output_len(), g.out_c), "sizes of {g:?}");
}

/// First output element, rows and columns of every window of an image. A loop over them is compiled for the level of its
/// function, which what it calls is not.
fn windows(g: &ConvGeometry) -> impl Iterator<Item = (usize, Range<usize>, Range<usize>)> {
    (0..g.out_h * g.out_w).map(|i| {
        let (rows, columns) = window(g, i / g.out_w, i % g.out_w);
        (i * g.in_c, rows, columns)
    })
}

/// What is done with `N` channels side by side.
trait Channels {
    /// `#[inline(always)]`.
    fn run<const N: usize>(&mut self, channel: usize);
}

#[inline(always)]
fn each_lanes(channels: usize, mut work: impl Channels) {
    let whole = channels / LANES * LANES;
    for channel in (0..whole).step_by(LANES) {
        work.run::<LANES>(channel);
    }
    for channel in whole..channels {
        work.run::<1>(channel);
    }
}

/// `N` elements from `at` on.
#[inline(always)]
fn lanes<T: Copy, const N: usize>(from: &[T], at: usize) -> [T; N] {
    let mut lanes = [from[at]; N];
    lanes.copy_from_slice(&from[at..at + N]);
    lanes
}

/// Sums or maxima of each window of an image.
struct Pooling<'a, T, F> {
    input: &'a [T],
    output: &'a mut [T],
    g: &'a ConvGeometry,
    identity: T,
    combine: F,
    /// Whether results are divided by the number of pixels.
    mean: bool,
}

impl<T: Float, F: Fn(T, T) -> T> Vectorised for Pooling<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Pooling { input, output, g, identity, combine, mean } = self;
        for (to, rows, columns) in windows(g) {
            let scale = T::ONE / T::from_f64((rows.len() * columns.len()) as f64);
            let scale = mean.then_some(scale);
            let output = &mut output[to..to + g.in_c];
            each_lanes(g.in_c, Combining { input, output, rows, columns, g, identity, combine: &combine, scale });
        }
    }
}

/// One window of [`Pooling`].
struct Combining<'a, T, F> {
    input: &'a [T],
    output: &'a mut [T],
    rows: Range<usize>,
    columns: Range<usize>,
    g: &'a ConvGeometry,
    identity: T,
    combine: &'a F,
    scale: Option<T>,
}

impl<T: Float, F: Fn(T, T) -> T> Channels for Combining<'_, T, F> {
    #[inline(always)]
    fn run<const N: usize>(&mut self, channel: usize) {
        let mut sums = [self.identity; N];
        for row in self.rows.clone() {
            for column in self.columns.clone() {
                let values: [T; N] = lanes(self.input, (row * self.g.in_w + column) * self.g.in_c + channel);
                for l in 0..N {
                    sums[l] = (self.combine)(sums[l], values[l]);
                }
            }
        }
        if let Some(scale) = self.scale {
            sums.iter_mut().for_each(|sum| *sum = *sum * scale);
        }
        self.output[channel..channel + N].copy_from_slice(&sums);
    }
}

fn pool_images<T: Float>(
    (input, output): (&[T], &mut [T]),
    g: &ConvGeometry,
    identity: T,
    combine: impl Fn(T, T) -> T + Copy + Sync,
    mean: bool,
    pool: &Pool,
) {
    check(g, input.len(), output.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    pool.for_each_chunk_mut(output, result.max(1), |n, output| {
        vectorised(Pooling { input: &input[n * image..(n + 1) * image], output, g, identity, combine, mean });
    });
}

/// The largest of each window, NaN if any is; padding does not count.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn max_pool<T: Float>(input: &[T], output: &mut [T], g: &ConvGeometry, pool: &Pool) {
    pool_images((input, output), g, -T::INFINITY, T::maximum, false, pool);
}

/// The mean of each window; padding does not count.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn avg_pool<T: Float>(input: &[T], output: &mut [T], g: &ConvGeometry, pool: &Pool) {
    pool_images((input, output), g, T::ZERO, |a, b| a + b, true, pool);
}

/// The derivative of [`max_pool`]'s images: each window's goes to its first largest pixel, in row-major order.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn max_pool_gradient<T: TileElement>(input: &[T], grad: &[T], input_grad: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input.len(), grad.len());
    assert_eq!(input.len(), input_grad.len(), "sizes of {g:?}");
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    pool.for_each_chunk_mut(input_grad, image.max(1), |n, out| {
        let (input, grad) = (&input[n * image..(n + 1) * image], &grad[n * result..(n + 1) * result]);
        // SAFETY: the processor has the level.
        unsafe { at_level(level(), Routing { input, grad, out, g }) };
    });
}

/// The derivative of an image through the maxima of its windows.
struct Routing<'a, T> {
    input: &'a [T],
    grad: &'a [T],
    out: &'a mut [T],
    g: &'a ConvGeometry,
}

impl<T: TileElement> Levelled<T> for Routing<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Simd<Element = T>>(self) {
        let Routing { input, grad, out, g } = self;
        assert!(input.len() == out.len() && grad.len() == g.out_h * g.out_w * g.in_c, "sizes of {g:?}");
        let apart = g.stride_h >= g.k_h && g.stride_w >= g.k_w;
        let covered = (g.pad_top, g.pad_left) == (0, 0)
            && (g.stride_h, g.stride_w) == (g.k_h, g.k_w)
            && (g.in_h, g.in_w) == (g.out_h * g.k_h, g.out_w * g.k_w);
        if !(apart && covered) {
            out.fill(T::ZERO);
        }
        let whole = g.in_c / V::LANES * V::LANES;
        let mut pixels = [0usize; SMALL];
        for (from, rows, columns) in windows(g) {
            let count = rows.len() * columns.len();
            if count > SMALL {
                route_large(g, from, input, grad, out);
                continue;
            }
            for (i, row) in rows.enumerate() {
                for (j, column) in columns.clone().enumerate() {
                    pixels[i * columns.len() + j] = (row * g.in_w + column) * g.in_c;
                }
            }
            let pixels = &pixels[..count];
            // SAFETY: pixels of the image, and of them channels that there are.
            unsafe {
                for channel in (0..whole).step_by(V::LANES) {
                    let at = (input[channel..].as_ptr(), out[channel..].as_mut_ptr());
                    let grad = V::load(grad[from + channel..].as_ptr());
                    route(pixels, at, grad, apart, |p| V::load(p), |v: V, p| v.store(p));
                }
                if whole < g.in_c {
                    let mask = V::mask(g.in_c - whole);
                    let at = (input[whole..].as_ptr(), out[whole..].as_mut_ptr());
                    let grad = V::load_masked(grad[from + whole..].as_ptr(), mask);
                    route(pixels, at, grad, apart, |p| V::load_masked(p, mask), |v: V, p| v.store_masked(p, mask));
                }
            }
        }
    }
}

/// Routes the derivative `grad` of some channels of a window to the first of its largest pixels; `at` is where these
/// channels lie in the image, and in its derivative.
///
/// # Safety
/// The processor has the vector's instructions; the pixels can be loaded and stored.
#[inline(always)]
unsafe fn route<V: Simd>(
    pixels: &[usize],
    at: (*const V::Element, *mut V::Element),
    mut grad: V,
    apart: bool,
    load: impl Fn(*const V::Element) -> V,
    store: impl Fn(V, *mut V::Element),
) {
    let Some((&first, others)) = pixels.split_first() else { return };
    // SAFETY: by the contract.
    unsafe {
        let value = |pixel: usize| load(at.0.add(pixel));
        let best = others.iter().fold(value(first), |best, &pixel| best.maximum(value(pixel)));
        for &pixel in pixels {
            // What has been routed is not routed again.
            let (here, left) = value(pixel).where_equal(best, grad);
            grad = left;
            let to = at.1.add(pixel);
            store(if apart { here } else { load(to).add(here) }, to);
        }
    }
}

/// Routes the derivative of one window of any size, a channel at a time.
fn route_large<T: Float>(g: &ConvGeometry, from: usize, input: &[T], grad: &[T], out: &mut [T]) {
    for c in 0..g.in_c {
        if let Some(at) = first_largest(g, from, c, input) {
            out[at] += grad[from + c];
        }
    }
}

/// Where channel `c` of the window of the result at `from` has its largest element, the first of them, or its first NaN.
fn first_largest<T: Float>(g: &ConvGeometry, from: usize, c: usize, input: &[T]) -> Option<usize> {
    let pixel = from / g.in_c;
    let (rows, columns) = window(g, pixel / g.out_w, pixel % g.out_w);
    let places = rows.flat_map(|r| columns.clone().map(move |k| (r * g.in_w + k) * g.in_c + c));
    places.reduce(|best, at| {
        let (b, v) = (input[best], input[at]);
        if v > b || (v.is_nan() && !b.is_nan()) { at } else { best }
    })
}

/// The derivative of [`max_pool_gradient`]'s `grad`: of each window, the element of `image_grad` at its first largest
/// pixel.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn max_pool_gradient_gradient<T: Float>(
    input: &[T],
    image_grad: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    check(g, input.len(), output.len());
    assert_eq!(input.len(), image_grad.len(), "sizes of {g:?}");
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    let out = Disjoint::new(output);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * result, result) };
        let (input, image_grad) = (&input[n * image..][..image], &image_grad[n * image..][..image]);
        for (i, out) in out.iter_mut().enumerate() {
            let c = i % g.in_c;
            *out = first_largest(g, i - c, c, input).map_or(T::ZERO, |at| image_grad[at]);
        }
    });
}

/// The derivative of [`avg_pool`]'s images: each window's is shared by its pixels.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn avg_pool_gradient<T: Float>(grad: &[T], input_grad: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input_grad.len(), grad.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    pool.for_each_chunk_mut(input_grad, image.max(1), |n, out| {
        vectorised(Sharing { grad: &grad[n * result..(n + 1) * result], out, g });
    });
}

/// The derivative of an image through the means of its windows.
struct Sharing<'a, T> {
    grad: &'a [T],
    out: &'a mut [T],
    g: &'a ConvGeometry,
}

impl<T: Float> Vectorised for Sharing<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Sharing { grad, out, g } = self;
        out.fill(T::ZERO);
        for (from, rows, columns) in windows(g) {
            let scale = T::ONE / T::from_f64((rows.len() * columns.len()) as f64);
            for pixel in rows.flat_map(|r| columns.clone().map(move |c| (r * g.in_w + c) * g.in_c)) {
                let to = &mut out[pixel..pixel + g.in_c];
                to.iter_mut().zip(&grad[from..from + g.in_c]).for_each(|(t, &d)| *t += d * scale);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(size: usize, k: usize, stride: usize, pad: usize, out: usize, c: usize) -> ConvGeometry {
        ConvGeometry {
            batch: 1,
            in_h: size,
            in_w: size,
            in_c: c,
            k_h: k,
            k_w: k,
            out_c: c,
            out_h: out,
            out_w: out,
            stride_h: stride,
            stride_w: stride,
            pad_top: pad,
            pad_left: pad,
            dilation_h: 1,
            dilation_w: 1,
        }
    }

    #[test]
    fn two_by_two() {
        let x: Vec<f32> = (0..16).map(|v| v as f32).collect();
        let g = geometry(4, 2, 2, 0, 2, 1);
        let mut y = [0.0; 4];
        max_pool(&x, &mut y, &g, &Pool::new(1));
        assert_eq!(y, [5.0, 7.0, 13.0, 15.0]);
        avg_pool(&x, &mut y, &g, &Pool::new(1));
        assert_eq!(y, [2.5, 4.5, 10.5, 12.5]);
    }

    #[test]
    fn ties_go_to_the_first_and_padding_is_not_averaged() {
        let g = geometry(3, 2, 2, 0, 2, 1);
        let mut dx = [0.0f64; 9];
        max_pool_gradient(&[1.0; 9], &[1.0, 2.0, 3.0, 4.0], &mut dx, &g, &Pool::new(1));
        assert_eq!(dx, [1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 3.0, 0.0, 4.0]);
        let mut y = [0.0f64; 4];
        avg_pool(&[1.0; 9], &mut y, &g, &Pool::new(1));
        assert_eq!(y, [1.0; 4]);
        avg_pool_gradient(&[4.0, 2.0, 2.0, 1.0], &mut dx, &g, &Pool::new(1));
        assert_eq!(dx, [1.0; 9]);
    }

    #[test]
    fn overlapping_windows_add_up_and_large_windows_agree() {
        let x: Vec<f64> = (0..81).map(|i| ((i * 37) % 83) as f64).collect();
        let (small, large) = (geometry(9, 3, 1, 1, 9, 1), geometry(9, 9, 1, 0, 1, 1));
        let mut dx = vec![0.0; 81];
        max_pool_gradient(&x, &[1.0; 81], &mut dx, &small, &Pool::new(1));
        assert_eq!(dx.iter().sum::<f64>(), 81.0);
        let mut back = [0.0; 1];
        max_pool_gradient_gradient(&x, &x, &mut back, &large, &Pool::new(1));
        assert_eq!(back, [82.0]);
        max_pool_gradient(&x, &[1.0], &mut dx, &large, &Pool::new(1));
        let top = x.iter().position(|v| *v == 82.0).unwrap();
        assert!(dx.iter().enumerate().all(|(i, d)| *d == f64::from(u8::from(i == top))));
    }
}
