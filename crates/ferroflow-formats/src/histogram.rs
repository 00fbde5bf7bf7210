//! Histograms with TensorFlow's buckets, whose ends grow by a tenth.

use crate::summary::HistogramProto;
use std::sync::LazyLock;

/// The ends of the buckets: from the least number to the largest, of both signs, and 0 between.
static LIMITS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut positive = Vec::new();
    let mut limit = 1e-12;
    while limit < 1e20 {
        positive.push(limit);
        limit *= 1.1;
    }
    positive.push(f64::MAX);
    positive.iter().rev().map(|x| -x).chain([0.0]).chain(positive.iter().copied()).collect()
});

/// The histogram of finite values. Of empty buckets in a row only the last one's end is kept.
pub fn histogram(values: impl IntoIterator<Item = f64>) -> HistogramProto {
    let mut counts = vec![0.0; LIMITS.len()];
    let mut found = HistogramProto { min: f64::MAX, max: -f64::MAX, ..HistogramProto::default() };
    for value in values {
        let bucket = LIMITS.partition_point(|&limit| limit <= value).min(LIMITS.len() - 1);
        counts[bucket] += 1.0;
        found.min = found.min.min(value);
        found.max = found.max.max(value);
        found.num += 1.0;
        found.sum += value;
        found.sum_squares += value * value;
    }
    for (i, (&count, &limit)) in counts.iter().zip(LIMITS.iter()).enumerate() {
        let last_of_empty = counts.get(i + 1).is_none_or(|&next| next > 0.0);
        if count > 0.0 || last_of_empty {
            found.bucket.push(count);
            found.bucket_limit.push(limit);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets() {
        let found = histogram([0.0, 1.0, 1.0, -2.5]);
        assert_eq!((found.min, found.max, found.num, found.sum, found.sum_squares), (-2.5, 1.0, 4.0, -0.5, 8.25));
        assert_eq!(found.bucket, [0.0, 1.0, 0.0, 1.0, 0.0, 2.0, 0.0]);
        // The bucket of a value ends above it, that of 0 at the least positive limit.
        let limits = &found.bucket_limit;
        assert!(limits[0] <= -2.5 && limits[1] > -2.5 && limits[2] == 0.0 && limits[3] == 1e-12);
        assert!(limits[4] <= 1.0 && limits[5] > 1.0 && limits[6] == f64::MAX);
        let none = histogram([]);
        assert_eq!((none.bucket, none.bucket_limit), (vec![0.0], vec![f64::MAX]));
        assert_eq!(LIMITS.len(), 1551);
    }
}
