//! Pooling of images, `[batch, height, width, channels]`, and its gradients.

use crate::conv::ConvGeometry;
use crate::pool::Disjoint;
use crate::{Float, Pool};

/// Channels handled side by side.
const LANES: usize = 64;

/// Pixels of the image under the window of output pixel `(y, x)`: ranges of rows and columns.
fn window(g: &ConvGeometry, y: usize, x: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    let range = |at: usize, stride: usize, pad: usize, k: usize, size: usize| {
        let start = at * stride;
        start.saturating_sub(pad).min(size)..(start + k).saturating_sub(pad).min(size)
    };
    (range(y, g.stride_h, g.pad_top, g.k_h, g.in_h), range(x, g.stride_w, g.pad_left, g.k_w, g.in_w))
}

/// Calls `f(image, first output element, first input element of each pixel in the window, channels)` for every window.
fn each_window(g: &ConvGeometry, n: usize, mut f: impl FnMut(usize, &mut dyn Iterator<Item = usize>, usize)) {
    let c = g.in_c;
    for y in 0..g.out_h {
        for x in 0..g.out_w {
            let (rows, columns) = window(g, y, x);
            let count = rows.len() * columns.len();
            let mut pixels = rows.flat_map(|r| columns.clone().map(move |k| (r * g.in_w + k) * c));
            f((((n * g.out_h) + y) * g.out_w + x) * c, &mut pixels, count);
        }
    }
}

fn check(g: &ConvGeometry, input: usize, output: usize) {
    assert_eq!((input, output, g.in_c), (g.input_len(), g.output_len(), g.out_c), "sizes of {g:?}");
}

/// The largest of each window, NaN if any is; padding does not count.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn max_pool<T: Float>(input: &[T], output: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input.len(), output.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    let out = Disjoint::new(output);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * result, result) };
        let input = &input[n * image..(n + 1) * image];
        each_window(g, 0, |to, pixels, _| {
            let to = &mut out[to..to + g.in_c];
            to.fill(-T::INFINITY);
            for pixel in pixels {
                for (t, &v) in to.iter_mut().zip(&input[pixel..pixel + g.in_c]) {
                    *t = t.maximum(v);
                }
            }
        });
    });
}

/// The derivative of [`max_pool`]'s images: each window's goes to its first largest pixel, in row-major order.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn max_pool_gradient<T: Float>(input: &[T], grad: &[T], input_grad: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input.len(), grad.len());
    assert_eq!(input.len(), input_grad.len(), "sizes of {g:?}");
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    let out = Disjoint::new(input_grad);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * image, image) };
        out.fill(T::ZERO);
        let (input, grad) = (&input[n * image..(n + 1) * image], &grad[n * result..(n + 1) * result]);
        each_window(g, 0, |from, pixels, _| {
            let mut window = [0usize; LANES];
            let mut count = 0;
            for pixel in pixels {
                if count < LANES {
                    window[count] = pixel;
                }
                count += 1;
            }
            if count <= LANES {
                route(&window[..count], input, &grad[from..from + g.in_c], out);
            } else {
                route_large(g, from, input, grad, out);
            }
        });
    });
}

/// Routes the derivative of one window of few pixels, many channels at a time.
fn route<T: Float>(window: &[usize], input: &[T], grad: &[T], out: &mut [T]) {
    for start in (0..grad.len()).step_by(LANES) {
        let n = LANES.min(grad.len() - start);
        let mut best = [-T::INFINITY; LANES];
        let mut index = [0u32; LANES];
        for (p, &pixel) in window.iter().enumerate() {
            let values = &input[pixel + start..pixel + start + n];
            for ((b, i), &v) in best.iter_mut().zip(&mut index).zip(values) {
                // Not `>` alone: a NaN is the maximum, and stays it.
                let better = (v > *b) | (v.is_nan() & !b.is_nan());
                *b = if better { v } else { *b };
                *i = if better { p as u32 } else { *i };
            }
        }
        for (p, &pixel) in window.iter().enumerate() {
            let to = &mut out[pixel + start..pixel + start + n];
            for ((t, &i), &d) in to.iter_mut().zip(&index).zip(&grad[start..start + n]) {
                *t += if i == p as u32 { d } else { T::ZERO };
            }
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

/// The mean of each window; padding does not count.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn avg_pool<T: Float>(input: &[T], output: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input.len(), output.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    let out = Disjoint::new(output);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * result, result) };
        let input = &input[n * image..(n + 1) * image];
        each_window(g, 0, |to, pixels, count| {
            let to = &mut out[to..to + g.in_c];
            to.fill(T::ZERO);
            for pixel in pixels {
                to.iter_mut().zip(&input[pixel..pixel + g.in_c]).for_each(|(t, &v)| *t += v);
            }
            let scale = T::ONE / T::from_f64(count as f64);
            to.iter_mut().for_each(|t| *t = *t * scale);
        });
    });
}

/// The derivative of [`avg_pool`]'s images: each window's is shared by its pixels.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn avg_pool_gradient<T: Float>(grad: &[T], input_grad: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input_grad.len(), grad.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.in_c);
    let out = Disjoint::new(input_grad);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * image, image) };
        out.fill(T::ZERO);
        let grad = &grad[n * result..(n + 1) * result];
        each_window(g, 0, |from, pixels, count| {
            let scale = T::ONE / T::from_f64(count as f64);
            for pixel in pixels {
                let to = &mut out[pixel..pixel + g.in_c];
                to.iter_mut().zip(&grad[from..from + g.in_c]).for_each(|(t, &d)| *t += d * scale);
            }
        });
    });
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
