//! Softmax over the rows of a matrix, computed from differences to the row's maximum.

use crate::pool::Disjoint;
use crate::{Float, Pool};

/// Elements of one task.
const CHUNK: usize = 16 * 1024;

fn each_row<T: Float>(x: &[T], y: &mut [T], columns: usize, pool: &Pool, f: impl Fn(&[T], &mut [T]) + Sync) {
    assert_eq!(x.len(), y.len(), "sizes differ");
    if columns == 0 {
        return;
    }
    let rows = x.len() / columns;
    let each = (CHUNK / columns).max(1);
    let out = Disjoint::new(y);
    pool.for_each(rows.div_ceil(each), |task| {
        for row in task * each..rows.min((task + 1) * each) {
            // SAFETY: each row belongs to one task.
            f(&x[row * columns..(row + 1) * columns], unsafe { out.slice(row * columns, columns) });
        }
    });
}

fn maximum<T: Float>(x: &[T]) -> T {
    x.iter().fold(-T::INFINITY, |m, &v| m.maximum(v))
}

/// `y = eˣ / Σ eˣ` for each row of `columns`.
///
/// # Panics
/// If the sizes differ.
pub fn softmax<T: Float>(x: &[T], y: &mut [T], columns: usize, pool: &Pool) {
    each_row(x, y, columns, pool, |x, y| {
        let m = maximum(x);
        let mut sum = T::ZERO;
        for (y, &v) in y.iter_mut().zip(x) {
            *y = (v - m).exp();
        }
        y.iter().for_each(|&v| sum += v);
        let scale = T::ONE / sum;
        y.iter_mut().for_each(|y| *y = *y * scale);
    });
}

/// `y = x - ln Σ eˣ` for each row of `columns`.
///
/// # Panics
/// If the sizes differ.
pub fn log_softmax<T: Float>(x: &[T], y: &mut [T], columns: usize, pool: &Pool) {
    each_row(x, y, columns, pool, |x, y| {
        let m = maximum(x);
        for (y, &v) in y.iter_mut().zip(x) {
            *y = (v - m).exp();
        }
        let mut sum = T::ZERO;
        y.iter().for_each(|&v| sum += v);
        let log = sum.ln();
        y.iter_mut().zip(x).for_each(|(y, &v)| *y = v - m - log);
    });
}

/// `dx = (dy - Σ dy·y)·y` for each row of `columns`, where `y` is a softmax.
///
/// # Panics
/// If the sizes differ.
pub fn softmax_gradient<T: Float>(y: &[T], dy: &[T], dx: &mut [T], columns: usize, pool: &Pool) {
    assert_eq!(y.len(), dy.len(), "sizes differ");
    if columns == 0 {
        return;
    }
    dx.copy_from_slice(dy);
    let rows = y.len() / columns;
    let each = (CHUNK / columns).max(1);
    let out = Disjoint::new(dx);
    pool.for_each(rows.div_ceil(each), |task| {
        for row in task * each..rows.min((task + 1) * each) {
            let y = &y[row * columns..(row + 1) * columns];
            // SAFETY: each row belongs to one task.
            let dx = unsafe { out.slice(row * columns, columns) };
            let mut sum = T::ZERO;
            y.iter().zip(&*dx).for_each(|(&y, &d)| sum += y * d);
            dx.iter_mut().zip(y).for_each(|(d, &y)| *d = (*d - sum) * y);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_sum_to_one_however_large_the_logits() {
        let x = [1e4f32, -1e4, 0.0, 1.0, 2.0, 3.0];
        let (mut y, mut l) = ([0.0; 6], [0.0; 6]);
        softmax(&x, &mut y, 3, &Pool::new(1));
        log_softmax(&x, &mut l, 3, &Pool::new(1));
        assert_eq!(y[..3], [1.0, 0.0, 0.0]);
        assert!((y[3..].iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(l[..3], [0.0, -2e4, -1e4]);
        assert!((l[5] + 0.407_605_97).abs() < 1e-6);
        let mut nan = [0.0f32; 2];
        softmax(&[f32::NAN, 1.0], &mut nan, 2, &Pool::new(1));
        assert!(nan.iter().all(|v| v.is_nan()));
        softmax::<f32>(&[], &mut [], 0, &Pool::new(1));
    }
}
