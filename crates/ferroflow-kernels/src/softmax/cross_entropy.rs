use super::Logit;
use super::rows::{Goal, each_group};
use crate::{Float, KernelError, Pool};

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
        let message = format!("Received a label value of {label} which is outside the valid range of [0, {columns})");
        return Err(KernelError::new(format!("{message}, in row {row}")));
    }
    let label = |row: usize| -> usize { labels[row].into() as usize };
    each_group(x, gradient, loss, columns, pool, |first| Goal::Classes(&label, first));
    Ok(())
}
