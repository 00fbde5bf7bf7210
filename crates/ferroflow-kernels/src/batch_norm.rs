use crate::pool::Disjoint;
use crate::scratch::parts;
use crate::{Float, Pool};

/// Pixels whose sums one task forms.
const TASK: usize = 1024;

/// Bytes of scratch that [`batch_norm`] needs for so many elements.
pub fn batch_norm_scratch<T: Float>(elements: usize, channels: usize) -> usize {
    (tasks(elements, channels) * channels).max(channels) * size_of::<T>()
}

fn tasks(elements: usize, channels: usize) -> usize {
    elements.div_ceil((TASK * channels).max(1))
}

/// Vectors of channels, each channel brought to mean 0 and variance 1, then scaled and shifted; gives also each channel's
/// mean, and its variance with the divisor `n - 1` for `n` vectors. Two passes: the variance is of the differences to the
/// mean. Of no vectors both are NaN.
///
/// # Panics
/// If `x` and `y` differ in length, or the other slices do, or the scratch is smaller than [`batch_norm_scratch`] or not
/// aligned to `T`.
#[allow(clippy::too_many_arguments)]
pub fn batch_norm<T: Float>(
    x: &[T],
    scale: &[T],
    offset: &[T],
    y: &mut [T],
    mean: &mut [T],
    variance: &mut [T],
    epsilon: T,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let channels = mean.len();
    assert!(x.len() == y.len() && [scale.len(), offset.len(), variance.len()] == [channels; 3], "lengths differ");
    if channels == 0 {
        return;
    }
    let n = T::from_f64((x.len() / channels) as f64);
    let [sum_parts] = parts::<T, 1>(scratch, [(tasks(x.len(), channels) * channels).max(channels)]);
    sums(x, mean, sum_parts, pool, |x, _| x);
    mean.iter_mut().for_each(|m| *m = *m / n);
    let centres = &*mean;
    sums(x, variance, sum_parts, pool, |x, c| (x - centres[c]) * (x - centres[c]));
    let slopes = &mut sum_parts[..channels];
    slopes.iter_mut().enumerate().for_each(|(c, slope)| *slope = scale[c] / (variance[c] / n + epsilon).sqrt());
    let slopes = &*slopes;
    pool.for_each_chunk_mut(y, TASK * channels, |i, y| {
        let x = &x[i * TASK * channels..][..y.len()];
        for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
            for c in 0..channels {
                y[c] = (x[c] - centres[c]) * slopes[c] + offset[c];
            }
        }
    });
    let rest = (n - T::ONE).maximum(T::ONE);
    variance.iter_mut().for_each(|v| *v = *v / rest);
}

/// The sums of `f(element, channel)` over vectors of channels, in an order that does not depend on the threads.
fn sums<T: Float>(x: &[T], totals: &mut [T], parts: &mut [T], pool: &Pool, f: impl Fn(T, usize) -> T + Sync) {
    let channels = totals.len();
    let tasks = tasks(x.len(), channels);
    let parts = &mut parts[..tasks * channels];
    let out = Disjoint::new(parts);
    pool.for_each(tasks, |task| {
        // SAFETY: one part a task.
        let sums = unsafe { out.slice(task * channels, channels) };
        sums.fill(T::ZERO);
        let end = x.len().min((task + 1) * TASK * channels);
        for x in x[task * TASK * channels..end].chunks_exact(channels) {
            for (c, (sum, &x)) in sums.iter_mut().zip(x).enumerate() {
                *sum += f(x, c);
            }
        }
    });
    totals.fill(T::ZERO);
    for part in parts.chunks_exact(channels) {
        totals.iter_mut().zip(part).for_each(|(t, &p)| *t += p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_array::Buffer;

    #[test]
    fn each_channel_is_normalised() {
        let x = [1.0f64, 10.0, 3.0, 10.0, 5.0, 10.0];
        let (mut y, mut mean, mut variance) = ([0.0; 6], [0.0; 2], [0.0; 2]);
        let mut scratch = Buffer::zeroed(batch_norm_scratch::<f64>(6, 2));
        let (scratch, pool) = (scratch.as_bytes_mut(), Pool::new(2));
        batch_norm(&x, &[2.0, 1.0], &[1.0, 7.0], &mut y, &mut mean, &mut variance, 1.0 / 3.0, scratch, &pool);
        assert_eq!((mean, variance), ([3.0, 10.0], [4.0, 0.0]));
        let slope = 2.0 / 3.0f64.sqrt();
        for (found, expected) in y.iter().zip([1.0 - 2.0 * slope, 7.0, 1.0, 7.0, 1.0 + 2.0 * slope, 7.0]) {
            assert!((found - expected).abs() < 1e-12, "{y:?}");
        }
    }

    #[test]
    fn threads_do_not_change_the_sums() {
        let x: Vec<f32> = (0..30_000).map(|i| ((i * 7919) % 1009) as f32 / 100.0).collect();
        let run = |threads| {
            let (mut y, mut mean, mut variance) = (vec![0.0; x.len()], [0.0; 3], [0.0; 3]);
            let mut scratch = Buffer::zeroed(batch_norm_scratch::<f32>(x.len(), 3));
            let (scratch, pool) = (scratch.as_bytes_mut(), Pool::new(threads));
            batch_norm(&x, &[1.0; 3], &[0.0; 3], &mut y, &mut mean, &mut variance, 1e-3, scratch, &pool);
            (y, mean, variance)
        };
        assert_eq!(run(1), run(3));
    }
}
