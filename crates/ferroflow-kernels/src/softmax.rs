//! Softmax along rows, and its cross-entropy with the gradient.
//!
//! Every row has the same order of summation, whatever the number of threads. A row with NaN or `+∞` gives NaN.

use crate::pool::Disjoint;
use crate::vectorised::{Vectorised, vectorised};
use crate::{Float, KernelError, Pool};
use bytemuck::Pod;
use ferroflow_array::{bf16, f16};

/// A floating-point element, and the type that it is computed in.
pub trait Logit: Pod + Send + Sync {
    /// `f32`, or `f64` for itself.
    type Wide: Float;
    /// As the type to compute in.
    fn widen(self) -> Self::Wide;
    /// Rounded from the type to compute in.
    fn narrow(wide: Self::Wide) -> Self;
}

macro_rules! logits {
    ($($t:ty, $wide:ty: $widen:expr, $narrow:expr;)*) => {$(
        impl Logit for $t {
            type Wide = $wide;

            #[inline(always)]
            fn widen(self) -> $wide {
                $widen(self)
            }

            #[inline(always)]
            fn narrow(wide: $wide) -> $t {
                $narrow(wide)
            }
        }
    )*};
}

logits! {
    f32, f32: |x| x, |x| x;
    f64, f64: |x| x, |x| x;
    f16, f32: f16::to_f32, f16::from_f32;
    bf16, f32: bf16::to_f32, bf16::from_f32;
}

/// Elements of one task; fewer are not worth sharing.
const TASK: usize = 16 * 1024;
/// Elements computed at a time, which stay in the first-level cache.
const BUFFER: usize = 1024;
/// Partial results kept side by side.
const LANES: usize = 16;

/// `y = eˣ / Σ eˣ` along rows of `columns`.
///
/// # Panics
/// If the slices differ in length, or are not whole rows.
pub fn softmax<T: Logit>(x: &[T], y: &mut [T], columns: usize, pool: &Pool) {
    each_group(x, y, &mut [], columns, pool, |_| Goal::Softmax);
}

/// `y = x - ln Σ eˣ` along rows of `columns`.
///
/// # Panics
/// If the slices differ in length, or are not whole rows.
pub fn log_softmax<T: Logit>(x: &[T], y: &mut [T], columns: usize, pool: &Pool) {
    each_group(x, y, &mut [], columns, pool, |_| Goal::LogSoftmax);
}

/// Cross-entropy of softmax with a distribution a row: `loss = Σ labels · (ln Σ eˣ - x)`, and the gradient of the loss
/// by the logits, `softmax(x) - labels`. A label of 0 adds nothing, even where the logit is `-∞`.
///
/// # Panics
/// If `labels` or `gradient` differ from `x` in length, or there is not one loss a row.
pub fn softmax_cross_entropy<T: Logit>(
    x: &[T],
    labels: &[T],
    loss: &mut [T],
    gradient: &mut [T],
    columns: usize,
    pool: &Pool,
) {
    assert!(labels.len() == x.len() && loss.len() * columns == x.len(), "labels or losses of another length");
    if columns == 0 {
        loss.fill(T::narrow(T::Wide::ZERO));
    }
    each_group(x, gradient, loss, columns, pool, |first| Goal::Distributions(&labels[first * columns..]));
}

/// Cross-entropy of softmax with one class a row: `loss = ln Σ eˣ - x_label`, and the gradient of the loss by the
/// logits, `softmax(x)` less 1 at the label.
///
/// # Errors
/// If a label is not in `0..columns`; names the first.
///
/// # Panics
/// If `gradient` differs from `x` in length, or there is not one label and one loss a row.
pub fn sparse_softmax_cross_entropy<T: Logit, L: Copy + Sync + Into<i64>>(
    x: &[T],
    labels: &[L],
    loss: &mut [T],
    gradient: &mut [T],
    columns: usize,
    pool: &Pool,
) -> Result<(), KernelError> {
    assert!(labels.len() == loss.len() && loss.len() * columns == x.len(), "labels or losses of another length");
    let inside = |label: i64| usize::try_from(label).is_ok_and(|l| l < columns);
    if let Some((row, label)) = labels.iter().map(|&l| l.into()).enumerate().find(|&(_, l)| !inside(l)) {
        return Err(KernelError::new(format!("label {label} of row {row} is not in 0..{columns}")));
    }
    let label = |row: usize| -> usize { labels[row].into() as usize };
    each_group(x, gradient, loss, columns, pool, |first| Goal::Classes(&label, first));
    Ok(())
}

/// Runs groups of rows; `loss` is empty or has an entry a row.
fn each_group<'a, T: Logit>(
    x: &[T],
    y: &mut [T],
    loss: &mut [T],
    columns: usize,
    pool: &Pool,
    goal: impl Fn(usize) -> Goal<'a, T> + Sync,
) {
    assert!(x.len() == y.len(), "input and output differ in length");
    if x.is_empty() {
        return;
    }
    assert!(x.len().is_multiple_of(columns), "not whole rows");
    let rows = x.len() / columns;
    let share = (TASK / columns).max(1);
    let has_loss = !loss.is_empty();
    let (results, losses) = (Disjoint::new(y), Disjoint::new(loss));
    pool.for_each(rows.div_ceil(share), |task| {
        let (first, count) = (task * share, share.min(rows - task * share));
        let x = &x[first * columns..(first + count) * columns];
        // SAFETY: each row belongs to one task.
        let (y, loss) = unsafe {
            let loss = if has_loss { losses.slice(first, count) } else { &mut [] };
            (results.slice(first * columns, count * columns), loss)
        };
        vectorised(Group { x, y, loss, columns, goal: goal(first) });
    });
}

/// What is made of each row.
enum Goal<'a, T> {
    Softmax,
    LogSoftmax,
    /// Cross-entropy and its gradient, with the distributions of the rows of a group.
    Distributions(&'a [T]),
    /// The same with the class of each row; `.1` is the first row of the group.
    Classes(&'a (dyn Fn(usize) -> usize + Sync), usize),
}

struct Group<'a, T> {
    x: &'a [T],
    y: &'a mut [T],
    loss: &'a mut [T],
    columns: usize,
    goal: Goal<'a, T>,
}

impl<T: Logit> Vectorised for Group<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let columns = self.columns;
        let mut shifted = [T::Wide::ZERO; BUFFER];
        let mut powers = [T::Wide::ZERO; BUFFER];
        if columns > BUFFER {
            for row in 0..self.x.len() / columns {
                self.long_row(row, &mut shifted, &mut powers);
            }
            return;
        }
        let together = BUFFER / columns;
        for (i, x) in self.x.chunks(together * columns).enumerate() {
            for (x, to) in x.chunks_exact(columns).zip(shifted.chunks_exact_mut(columns)) {
                shift(x, largest(x), to);
            }
            exponentials(&shifted[..x.len()], &mut powers);
            for r in 0..x.len() / columns {
                let range = r * columns..(r + 1) * columns;
                let (shifted, powers) = (&mut shifted[range.clone()], &powers[range]);
                let sum = total(powers);
                let loss = self.finish(i * together + r, 0, shifted, powers, sum);
                self.put_loss(i * together + r, loss);
            }
        }
    }
}

impl<T: Logit> Group<'_, T> {
    /// A row longer than the buffers.
    #[inline(always)]
    fn long_row(&mut self, row: usize, shifted: &mut [T::Wide; BUFFER], powers: &mut [T::Wide; BUFFER]) {
        let x = &self.x[row * self.columns..(row + 1) * self.columns];
        let (max, mut sum, mut loss) = (largest(x), T::Wide::ZERO, T::Wide::ZERO);
        for x in x.chunks(BUFFER) {
            shift(x, max, shifted);
            exponentials(&shifted[..x.len()], powers);
            sum += total(&powers[..x.len()]);
        }
        for (i, x) in x.chunks(BUFFER).enumerate() {
            shift(x, max, shifted);
            exponentials(&shifted[..x.len()], powers);
            loss += self.finish(row, i * BUFFER, &mut shifted[..x.len()], &powers[..x.len()], sum);
        }
        self.put_loss(row, loss);
    }

    fn put_loss(&mut self, row: usize, loss: T::Wide) {
        if let Some(to) = self.loss.get_mut(row) {
            *to = T::narrow(loss);
        }
    }

    /// Writes a piece of a row, from column `start`, and gives what it adds to the loss.
    #[inline(always)]
    fn finish(
        &mut self,
        row: usize,
        start: usize,
        shifted: &mut [T::Wide],
        powers: &[T::Wide],
        sum: T::Wide,
    ) -> T::Wide {
        let at = row * self.columns + start;
        let y = &mut self.y[at..at + powers.len()];
        let mut loss = T::Wide::ZERO;
        match &self.goal {
            Goal::Softmax => y.iter_mut().zip(powers).for_each(|(y, &e)| *y = T::narrow(e / sum)),
            Goal::LogSoftmax => {
                let log = sum.ln();
                y.iter_mut().zip(shifted).for_each(|(y, a)| *y = T::narrow(*a - log));
            }
            Goal::Distributions(labels) => {
                let (log, labels) = (sum.ln(), &labels[at..at + y.len()]);
                for ((y, &e), label) in y.iter_mut().zip(powers).zip(labels) {
                    *y = T::narrow(e / sum - label.widen());
                }
                for (a, label) in shifted.iter_mut().zip(labels) {
                    let label = label.widen();
                    let term = label * (log - *a);
                    *a = if label == T::Wide::ZERO { label } else { term };
                }
                // A bad row spoils the loss whatever its labels are.
                loss = if log == log { total(shifted) } else { log };
            }
            Goal::Classes(label, first) => {
                y.iter_mut().zip(powers).for_each(|(y, &e)| *y = T::narrow(e / sum));
                let label = label(first + row);
                if let Some(i) = label.checked_sub(start).filter(|&i| i < powers.len()) {
                    loss = sum.ln() - shifted[i];
                    y[i] = T::narrow(powers[i] / sum - T::Wide::ONE);
                }
            }
        }
        loss
    }
}

#[inline(always)]
fn shift<T: Logit>(x: &[T], max: T::Wide, to: &mut [T::Wide]) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to = x.widen() - max);
}

#[inline(always)]
fn exponentials<W: Float>(x: &[W], to: &mut [W]) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to = x.exp());
}

/// The largest element; NaN if any is.
#[inline(always)]
fn largest<T: Logit>(x: &[T]) -> T::Wide {
    fold_by(x, T::widen, -T::Wide::INFINITY, T::Wide::maximum)
}

#[inline(always)]
fn total<W: Float>(x: &[W]) -> W {
    fold_by(x, |x| x, W::ZERO, |a, b| a + b)
}

/// Combines the elements, those of long rows in lanes.
#[inline(always)]
fn fold_by<T: Copy, W: Float>(x: &[T], by: impl Fn(T) -> W, identity: W, combine: impl Fn(W, W) -> W) -> W {
    let mut lanes = [identity; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for x in chunks {
        lanes.iter_mut().zip(x).for_each(|(lane, &x)| *lane = combine(*lane, by(x)));
    }
    let whole = if x.len() < LANES { identity } else { lanes.into_iter().fold(identity, &combine) };
    rest.iter().fold(whole, |a, &b| combine(a, by(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logits(rows: usize, columns: usize) -> Vec<f64> {
        (0..rows * columns).map(|i| ((i * 7919) % 1009) as f64 / 100.0 - 5.0).collect()
    }

    /// `ln Σ eˣ` of each row.
    fn log_sums(x: &[f64], columns: usize) -> Vec<f64> {
        x.chunks(columns).map(|row| row.iter().map(|v| v.exp()).sum::<f64>().ln()).collect()
    }

    fn close<T: Logit>(found: &[T], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        for (i, (found, &expected)) in found.iter().zip(expected).enumerate() {
            let found = found.widen().to_f64();
            assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{i}: {found}, not {expected}");
        }
    }

    fn every_function<T: Logit>(tolerance: f64) {
        let convert = |v: &[f64]| -> Vec<T> { v.iter().map(|&v| T::narrow(T::Wide::from_f64(v))).collect() };
        for (rows, columns) in [(1, 1), (7, 10), (3, 33), (300, 10), (5, 1024), (40, 1000), (2, 5000), (0, 4)] {
            let x = convert(&logits(rows, columns));
            let exact: Vec<f64> = x.iter().map(|v| v.widen().to_f64()).collect();
            let sums = log_sums(&exact, columns);
            let log: Vec<f64> = exact.iter().enumerate().map(|(i, v)| v - sums[i / columns]).collect();
            let classes: Vec<i32> = (0..rows).map(|r| (r * 31 % columns) as i32).collect();
            let mut labels = vec![0.0; rows * columns];
            classes.iter().enumerate().for_each(|(r, &c)| labels[r * columns + c as usize] = 1.0);
            let losses: Vec<f64> = classes.iter().enumerate().map(|(r, &c)| -log[r * columns + c as usize]).collect();
            let gradient: Vec<f64> = log.iter().zip(&labels).map(|(l, label)| l.exp() - label).collect();
            let mut before = None;
            for threads in [1, 2, 3] {
                let pool = Pool::new(threads);
                let mut results = vec![vec![T::zeroed(); rows * columns]; 4];
                let mut loss = vec![vec![T::zeroed(); rows]; 2];
                softmax(&x, &mut results[0], columns, &pool);
                log_softmax(&x, &mut results[1], columns, &pool);
                softmax_cross_entropy(&x, &convert(&labels), &mut loss[0], &mut results[2], columns, &pool);
                sparse_softmax_cross_entropy(&x, &classes, &mut loss[1], &mut results[3], columns, &pool).unwrap();
                close(&results[0], &log.iter().map(|v| v.exp()).collect::<Vec<_>>(), tolerance);
                close(&results[1], &log, tolerance);
                close(&results[2], &gradient, tolerance);
                close(&results[3], &gradient, tolerance);
                close(&loss[0], &losses, tolerance);
                close(&loss[1], &losses, tolerance);
                let bits = [results.concat(), loss.concat()].concat();
                let bits = bytemuck::cast_slice::<T, u8>(&bits).to_vec();
                assert!(before.replace(bits.clone()).is_none_or(|b| b == bits), "{threads} threads");
            }
        }
    }

    #[test]
    fn every_dtype_and_shape() {
        every_function::<f32>(1e-6);
        every_function::<f64>(1e-14);
        every_function::<f16>(2e-3);
        every_function::<bf16>(1e-2);
    }

    #[test]
    fn soft_labels_that_do_not_sum_to_one() {
        let (mut loss, mut gradient) = ([0.0f64], [0.0f64; 2]);
        softmax_cross_entropy(&[0.0, 0.0], &[0.5, 1.0], &mut loss, &mut gradient, 2, &Pool::new(1));
        close(&loss, &[1.5 * 2f64.ln()], 1e-15);
        assert_eq!(gradient, [0.0, -0.5]);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let mut y = [0.0f32; 3];
        softmax(&[1e30, -1e30, 1e30], &mut y, 3, &Pool::new(1));
        assert_eq!(y, [0.5, 0.0, 0.5]);
        softmax(&[0.0, f32::NEG_INFINITY, 0.0], &mut y, 3, &Pool::new(1));
        assert_eq!(y, [0.5, 0.0, 0.5]);
        let mut loss = [0.0f32];
        softmax_cross_entropy(&[0.0, f32::NEG_INFINITY, 0.0], &[1.0, 0.0, 0.0], &mut loss, &mut y, 3, &Pool::new(1));
        assert_eq!((loss, y), ([2f32.ln()], [-0.5, 0.0, 0.5]));
    }

    #[test]
    fn bad_rows_are_nan_and_others_are_not() {
        for bad in [f32::NAN, f32::INFINITY] {
            let mut y = [0.0f32; 4];
            softmax(&[bad, 1.0, 0.0, 0.0], &mut y, 2, &Pool::new(1));
            assert!(y[0].is_nan() && y[1].is_nan() && y[2..] == [0.5, 0.5]);
            let mut loss = [0.0f32];
            softmax_cross_entropy(&[bad, 1.0], &[0.0, 0.0], &mut loss, &mut y[..2], 2, &Pool::new(1));
            assert!(loss[0].is_nan());
        }
    }

    #[test]
    fn labels_out_of_range_are_named() {
        let (mut loss, mut gradient) = ([0.0f32; 2], [0.0f32; 6]);
        let mut run = |labels: [i64; 2]| {
            let result = sparse_softmax_cross_entropy(&[0.0; 6], &labels, &mut loss, &mut gradient, 3, &Pool::new(1));
            result.unwrap_err().to_string()
        };
        assert_eq!(run([0, 3]), "label 3 of row 1 is not in 0..3");
        assert_eq!(run([-1, 7]), "label -1 of row 0 is not in 0..3");
    }
}
