use crate::Number;
use std::cmp::Ordering;

/// Bytes of scratch that [`top_k`] needs for rows of `n`.
pub fn top_k_scratch(n: usize) -> usize {
    n * size_of::<u32>()
}

/// The `k` greatest of each row of `n`, greatest first, and their indices; of equal ones the lower index comes first,
/// and NaN before every number.
///
/// # Panics
/// If `k > n`, or `scratch` is less than [`top_k_scratch`] or not aligned.
pub fn top_k<T: Number>(x: &[T], values: &mut [T], indices: &mut [i32], [n, k]: [usize; 2], scratch: &mut [u8]) {
    if k == 0 || n == 0 {
        return;
    }
    let order: &mut [u32] = bytemuck::cast_slice_mut(&mut scratch[..top_k_scratch(n)]);
    let rows = values.chunks_exact_mut(k).zip(indices.chunks_exact_mut(k));
    for (x, (values, indices)) in x.chunks_exact(n).zip(rows) {
        for (i, o) in (0..).zip(order.iter_mut()) {
            *o = i;
        }
        let first = |a: &u32, b: &u32| descending(x[*a as usize], x[*b as usize]).then(a.cmp(b));
        if k < n {
            order.select_nth_unstable_by(k - 1, first);
        }
        order[..k].sort_unstable_by(first);
        for ((value, index), &o) in values.iter_mut().zip(indices).zip(order.iter()) {
            (*value, *index) = (x[o as usize], o as i32);
        }
    }
}

fn descending<T: PartialOrd>(a: T, b: T) -> Ordering {
    let is_nan = |v: &T| v.partial_cmp(v).is_none();
    b.partial_cmp(&a).unwrap_or_else(|| is_nan(&b).cmp(&is_nan(&a)))
}

/// Whether the prediction for each row's target is among its `k` greatest, ties all counting as among them: 0 or 1.
/// False for a target that is no class, and for a row with a prediction that is not finite.
pub fn in_top_k(predictions: &[f32], targets: impl Iterator<Item = i64>, found: &mut [u8], classes: usize, k: i64) {
    for (row, (target, found)) in targets.zip(found).enumerate() {
        let row = &predictions[row * classes..(row + 1) * classes];
        let target = usize::try_from(target).ok().and_then(|t| row.get(t));
        *found = u8::from(target.is_some_and(|&target| {
            row.iter().all(|p| p.is_finite()) && (row.iter().filter(|&&p| p > target).count() as i64) < k
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(x: &[f64], n: usize, k: usize) -> (Vec<f64>, Vec<i32>) {
        let mut values = vec![0.0; x.len() / n * k];
        let mut indices = vec![-1; values.len()];
        let mut scratch = vec![0u32; n];
        top_k(x, &mut values, &mut indices, [n, k], bytemuck::cast_slice_mut(&mut scratch));
        (values, indices)
    }

    #[test]
    fn sorted_with_the_lower_index_first() {
        let x = [1.0, 3.0, 3.0, 0.0, 3.0, 5.0, -1.0, 4.0, 5.0, 0.0];
        assert_eq!(run(&x, 5, 2), (vec![3.0, 3.0, 5.0, 5.0], vec![1, 2, 0, 3]));
        assert_eq!(run(&x, 5, 5).1, [1, 2, 4, 0, 3, 0, 3, 2, 4, 1]);
        assert_eq!(run(&x, 5, 0).1, []);
    }

    #[test]
    fn nan_comes_first() {
        assert_eq!(run(&[1.0, f64::NAN, f64::INFINITY], 3, 3).1, [1, 2, 0]);
    }

    #[test]
    fn membership() {
        let inf = f32::INFINITY;
        let predictions = [0.1, 0.5, 0.5, 1.0, 1.0, 1.0, 0.0, inf, 2.0, 3.0, 2.0, 1.0, 1.0, 2.0, 3.0];
        let run = |k| {
            let mut found = [9; 5];
            in_top_k(&predictions, [1, 2, 1, 1, 3].into_iter(), &mut found, 3, k);
            found
        };
        assert_eq!(run(1), [1, 1, 0, 0, 0]);
        assert_eq!(run(2), [1, 1, 0, 1, 0]);
        assert_eq!(run(0), [0; 5]);
    }
}
