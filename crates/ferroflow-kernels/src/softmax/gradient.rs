use super::Logit;
use super::rows::{TASK, fold_by};
use crate::pool::Disjoint;
use crate::vectorised::{Vectorised, vectorised};
use crate::{Float, Pool};

/// `dx = (dy - Σ dy·y)·y` along rows of `columns`, where `y` is a softmax.
///
/// # Panics
/// If the slices differ in length, or are not whole rows.
pub fn softmax_gradient<T: Logit>(y: &[T], dy: &[T], dx: &mut [T], columns: usize, pool: &Pool) {
    assert!(y.len() == dy.len() && y.len() == dx.len(), "operands differ in length");
    if y.is_empty() {
        return;
    }
    assert!(y.len().is_multiple_of(columns), "not whole rows");
    let share = (TASK / columns).max(1) * columns;
    let results = Disjoint::new(dx);
    pool.for_each(y.len().div_ceil(share), |task| {
        let (start, len) = (task * share, share.min(y.len() - task * share));
        // SAFETY: each row belongs to one task.
        let dx = unsafe { results.slice(start, len) };
        vectorised(Rows { y: &y[start..start + len], dy: &dy[start..start + len], dx, columns });
    });
}

struct Rows<'a, T> {
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    columns: usize,
}

impl<T: Logit> Vectorised for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let rows = self.y.chunks_exact(self.columns).zip(self.dy.chunks_exact(self.columns));
        for ((y, dy), dx) in rows.zip(self.dx.chunks_exact_mut(self.columns)) {
            let dot = fold_by(y.len(), |i| dy[i].widen() * y[i].widen(), T::Wide::ZERO, |a, b| a + b);
            for ((dx, y), dy) in dx.iter_mut().zip(y).zip(dy) {
                *dx = T::narrow((dy.widen() - dot) * y.widen());
            }
        }
    }
}
