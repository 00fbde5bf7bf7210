//! Draws of class numbers from rows of unnormalised log-probabilities.

use super::element::unit_f64;
use super::philox::Philox;

/// Blocks that one run reserves for `rows` rows of `samples` draws.
pub fn reserved_by_multinomial(rows: usize, samples: usize) -> u64 {
    let words = (samples as u64).next_multiple_of(4).wrapping_mul(2);
    (rows as u64).wrapping_mul(words).wrapping_mul(256)
}

/// Fills `out`, rows of `samples` class numbers each, from `logits`, as many rows of `classes` values each.
/// `first_row` is the row of the whole output at which `out` starts. Each draw inverts the row's cumulative
/// distribution at one 53-bit uniform; classes whose logit is not finite are never drawn, and a row without
/// a finite logit yields `classes`.
///
/// TensorFlow's own numbers depend on how it splits rows between threads; these are the ones of an unsplit
/// run. Nothing is written where `samples` or `classes` is zero.
pub fn fill_multinomial(
    out: &mut [i64],
    samples: usize,
    logits: &[f64],
    classes: usize,
    stream: Philox,
    first_row: u64,
) {
    if samples == 0 || classes == 0 {
        return;
    }
    let mut cumulative = vec![0.0; classes];
    let mut draw = first_row.wrapping_mul(samples as u64);
    for (out, logits) in out.chunks_mut(samples).zip(logits.chunks_exact(classes)) {
        let finite = logits.iter().copied().filter(|logit| logit.is_finite());
        let max = finite.fold(f64::MIN, f64::max);
        let mut total = 0.0;
        for (sum, &logit) in cumulative.iter_mut().zip(logits) {
            if logit.is_finite() {
                total += (logit - max).exp();
            }
            *sum = total;
        }
        for class in out {
            let block = stream.block(draw / 2);
            let at = unit_f64(&block[(draw % 2) as usize * 2..]) * total;
            *class = cumulative.partition_point(|&sum| sum <= at) as i64;
            draw = draw.wrapping_add(1);
        }
    }
}
