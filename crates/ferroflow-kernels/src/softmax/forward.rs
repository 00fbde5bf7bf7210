use super::Logit;
use super::rows::{Goal, each_group};
use crate::Pool;

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
