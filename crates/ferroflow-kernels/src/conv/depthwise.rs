//! Convolution of each channel with filters of its own, `[height, width, in, multiplier]`, and its gradients. The
//! geometry's `out_c` is `in_c · multiplier`; channel `c` of the images gives channels `c·multiplier..` of the result.

use super::ConvGeometry;
use crate::pool::Disjoint;
use crate::{Float, Pool};
use std::ops::Range;

/// Calls `f(tap, result's pixel, image's pixel)` for every pixel of row `y` of the result and every tap in these rows of
/// the filter that is within the image.
fn each_tap(g: &ConvGeometry, rows: Range<usize>, y: usize, mut f: impl FnMut(usize, usize, usize)) {
    for i in rows {
        let row = (y * g.stride_h + i * g.dilation_h).checked_sub(g.pad_top).filter(|&row| row < g.in_h);
        let Some(row) = row else { continue };
        for j in 0..g.k_w {
            for x in 0..g.out_w {
                let column = (x * g.stride_w + j * g.dilation_w).checked_sub(g.pad_left).filter(|&c| c < g.in_w);
                if let Some(column) = column {
                    f(i * g.k_w + j, y * g.out_w + x, row * g.in_w + column);
                }
            }
        }
    }
}

fn check(g: &ConvGeometry, input: usize, filter: usize, output: usize) {
    let filters = g.k_h * g.k_w * g.out_c;
    assert_eq!((input, filter, output), (g.input_len(), filters, g.output_len()), "sizes of {g:?}");
}

/// The convolution.
///
/// # Panics
/// If a slice is not of the size that the geometry says.
pub fn depthwise<T: Float>(input: &[T], filter: &[T], output: &mut [T], g: &ConvGeometry, pool: &Pool) {
    check(g, input.len(), filter.len(), output.len());
    let (image, row) = (g.in_h * g.in_w * g.in_c, g.out_w * g.out_c);
    let multiplier = g.out_c.checked_div(g.in_c).unwrap_or(0);
    let out = Disjoint::new(output);
    pool.for_each(g.batch * g.out_h, |task| {
        let (n, y) = (task / g.out_h, task % g.out_h);
        // SAFETY: one row a task.
        let out = unsafe { out.slice(task * row, row) };
        let input = &input[n * image..][..image];
        out.fill(T::ZERO);
        each_tap(g, 0..g.k_h, y, |tap, to, from| {
            let to = &mut out[(to - y * g.out_w) * g.out_c..][..g.out_c];
            let (from, filter) = (&input[from * g.in_c..][..g.in_c], &filter[tap * g.out_c..][..g.out_c]);
            if multiplier == 1 {
                to.iter_mut().zip(from).zip(filter).for_each(|((t, &x), &w)| *t += x * w);
            } else {
                for (k, (t, &w)) in to.iter_mut().zip(filter).enumerate() {
                    *t += from[k / multiplier] * w;
                }
            }
        });
    });
}

/// The derivative of the images.
///
/// # Panics
/// As [`depthwise`].
pub fn depthwise_input_gradient<T: Float>(
    grad: &[T],
    filter: &[T],
    input_grad: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    check(g, input_grad.len(), filter.len(), grad.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.out_c);
    let multiplier = g.out_c.checked_div(g.in_c).unwrap_or(0);
    let out = Disjoint::new(input_grad);
    pool.for_each(g.batch, |n| {
        // SAFETY: one image a task.
        let out = unsafe { out.slice(n * image, image) };
        let grad = &grad[n * result..][..result];
        out.fill(T::ZERO);
        for y in 0..g.out_h {
            each_tap(g, 0..g.k_h, y, |tap, from, to| {
                let (from, filter) = (&grad[from * g.out_c..][..g.out_c], &filter[tap * g.out_c..][..g.out_c]);
                let to = &mut out[to * g.in_c..][..g.in_c];
                for (k, (&d, &w)) in from.iter().zip(filter).enumerate() {
                    to[k / multiplier] += d * w;
                }
            });
        }
    });
}

/// The derivative of the filters.
///
/// # Panics
/// As [`depthwise`].
pub fn depthwise_filter_gradient<T: Float>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    check(g, input.len(), filter_grad.len(), grad.len());
    let (image, result) = (g.in_h * g.in_w * g.in_c, g.out_h * g.out_w * g.out_c);
    let multiplier = g.out_c.checked_div(g.in_c).unwrap_or(0);
    let out = Disjoint::new(filter_grad);
    // One row of the filter a task, so that every sum has one order.
    pool.for_each(g.k_h, |i| {
        // SAFETY: see above.
        let out = unsafe { out.slice(i * g.k_w * g.out_c, g.k_w * g.out_c) };
        out.fill(T::ZERO);
        for n in 0..g.batch {
            let (input, grad) = (&input[n * image..][..image], &grad[n * result..][..result]);
            for y in 0..g.out_h {
                each_tap(g, i..i + 1, y, |tap, pixel, from| {
                    let (from, grad) = (&input[from * g.in_c..][..g.in_c], &grad[pixel * g.out_c..][..g.out_c]);
                    for (k, (t, &d)) in out[(tap - i * g.k_w) * g.out_c..][..g.out_c].iter_mut().zip(grad).enumerate() {
                        *t += from[k / multiplier] * d;
                    }
                });
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 × 3 pixels of 2 channels under filters of 2 × 2, two for each channel.
    const G: ConvGeometry = ConvGeometry {
        batch: 2,
        in_h: 3,
        in_w: 3,
        in_c: 2,
        k_h: 2,
        k_w: 2,
        out_c: 4,
        out_h: 3,
        out_w: 3,
        stride_h: 1,
        stride_w: 1,
        pad_top: 0,
        pad_left: 1,
        dilation_h: 1,
        dilation_w: 1,
    };

    fn numbers(n: usize, salt: usize) -> Vec<f64> {
        (0..n).map(|i| ((i + salt) * 37 % 23) as f64 - 11.0).collect()
    }

    /// `Σ grad · depthwise(x, w)`.
    fn paired(x: &[f64], w: &[f64], grad: &[f64]) -> f64 {
        let mut y = vec![0.0; G.output_len()];
        depthwise(x, w, &mut y, &G, &Pool::new(2));
        y.iter().zip(grad).map(|(y, d)| y * d).sum()
    }

    #[test]
    fn a_single_tap_scales_channels() {
        let mut w = vec![0.0; 16];
        // The tap at the pixel itself is in column 1, because one column is padded on the left.
        w[4..8].copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
        let x = numbers(G.input_len(), 0);
        let mut y = vec![0.0; G.output_len()];
        depthwise(&x, &w, &mut y, &G, &Pool::new(1));
        assert_eq!(y[4..8], [x[2], 2.0 * x[2], 3.0 * x[3], 4.0 * x[3]]);
    }

    #[test]
    fn gradients_are_the_adjoints() {
        let (x, w, d) = (numbers(G.input_len(), 1), numbers(16, 2), numbers(G.output_len(), 3));
        let (mut dx, mut dw) = (vec![0.0; x.len()], vec![0.0; 16]);
        depthwise_input_gradient(&d, &w, &mut dx, &G, &Pool::new(2));
        depthwise_filter_gradient(&x, &d, &mut dw, &G, &Pool::new(2));
        let expected = paired(&x, &w, &d);
        assert_eq!(dx.iter().zip(&x).map(|(a, b)| a * b).sum::<f64>(), expected);
        assert_eq!(dw.iter().zip(&w).map(|(a, b)| a * b).sum::<f64>(), expected);
        assert_ne!(expected, 0.0);
    }
}
