use crate::Number;

/// For each line along the middle dimension of `[outer, n, inner]`, the index of the greatest element (of the least if
/// `least`), the first of equal ones; NaN is passed over. `n` must not be 0.
pub fn arg_extreme<T: Number>(x: &[T], least: bool, [n, inner]: [usize; 2], mut put: impl FnMut(usize, usize)) {
    if n * inner == 0 {
        return;
    }
    for (o, x) in x.chunks_exact(n * inner).enumerate() {
        for j in 0..inner {
            let mut best = 0;
            for i in 1..n {
                let (found, value) = (x[best * inner + j], x[i * inner + j]);
                let is_nan = found.partial_cmp(&found).is_none() && value.partial_cmp(&value).is_some();
                if is_nan || if least { value < found } else { value > found } {
                    best = i;
                }
            }
            put(o * inner + j, best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T: Number>(x: &[T], least: bool, n: usize, inner: usize) -> Vec<usize> {
        let mut found = vec![usize::MAX; x.len() / n];
        arg_extreme(x, least, [n, inner], |at, i| found[at] = i);
        found
    }

    #[test]
    fn first_of_equal_ones() {
        assert_eq!(run(&[1, 3, 3, 0, 2, 2, 2, 2], false, 4, 1), [1, 0]);
        assert_eq!(run(&[1, 0, 3, 0, 2, 2, 2, 2], true, 4, 1), [1, 0]);
        assert_eq!(run(&[1, 5, 3, 4], false, 2, 2), [1, 0]);
    }

    #[test]
    fn nan_is_passed_over() {
        let nan = f64::NAN;
        assert_eq!(run(&[nan, 1.0, 2.0, 1.0, nan, 2.0, nan, nan, nan], false, 3, 1), [2, 2, 0]);
        assert_eq!(run(&[f64::NEG_INFINITY, f64::NEG_INFINITY], false, 2, 1), [0]);
    }
}
