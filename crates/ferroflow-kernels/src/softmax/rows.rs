//! Rows, a group at a time: as many as the buffers hold.

use super::Logit;
use crate::pool::Disjoint;
use crate::vectorised::{Vectorised, vectorised};
use crate::{Float, Pool};

/// Elements of one task; fewer are not worth sharing.
pub(super) const TASK: usize = 16 * 1024;
/// Elements computed at a time, which stay in the first-level cache.
const BUFFER: usize = 1024;
/// Partial results kept side by side.
const LANES: usize = 16;

/// Runs groups of rows; `loss` is empty or has an entry a row.
pub(super) fn each_group<'a, T: Logit>(
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
pub(super) enum Goal<'a, T> {
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
                loss = if log.is_nan() { log } else { total(shifted) };
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
    fold_by(x.len(), |i| x[i].widen(), -T::Wide::INFINITY, T::Wide::maximum)
}

#[inline(always)]
fn total<W: Float>(x: &[W]) -> W {
    fold_by(x.len(), |i| x[i], W::ZERO, |a, b| a + b)
}

/// Combines `by(0)`, …, `by(n - 1)`, those of long rows in lanes.
#[inline(always)]
pub(super) fn fold_by<W: Float>(n: usize, by: impl Fn(usize) -> W, identity: W, combine: impl Fn(W, W) -> W) -> W {
    let mut lanes = [identity; LANES];
    let whole = n / LANES * LANES;
    for start in (0..whole).step_by(LANES) {
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane = combine(*lane, by(start + i));
        }
    }
    let head = if whole == 0 { identity } else { lanes.into_iter().fold(identity, &combine) };
    (whole..n).fold(head, |a, i| combine(a, by(i)))
}
