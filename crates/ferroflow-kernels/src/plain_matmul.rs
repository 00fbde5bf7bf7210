use crate::Number;

/// `c = op(a) · op(b)`, row-major, `op(a)` `[m,k]` and `op(b)` `[k,n]`, where `op` transposes what is given as `[k,m]`
/// or `[n,k]`. Every element is summed in order of `k`, half-precision ones in `f32`.
///
/// # Panics
/// If a slice is shorter than its matrix.
pub fn plain_matmul<T: Number>(
    a: &[T],
    b: &[T],
    c: &mut [T],
    [m, k, n]: [usize; 3],
    transpose_a: bool,
    transpose_b: bool,
) {
    let (a_row, a_column) = if transpose_a { (1, m) } else { (k, 1) };
    let (b_row, b_column) = if transpose_b { (1, k) } else { (n, 1) };
    for i in 0..m {
        for j in 0..n {
            let term = |p: usize| a[i * a_row + p * a_column].widen().times(b[p * b_row + j * b_column].widen());
            c[i * n + j] = T::narrow((0..k).fold(T::Wide::ZERO, |sum, p| sum.plus(term(p))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_array::f16;

    #[test]
    fn every_transposition_gives_the_same_product() {
        let (a, at) = ([1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6]);
        let (b, bt) = ([1, 0, -1, 2, 3, 1], [1, -1, 3, 0, 2, 1]);
        for (a, ta) in [(a, false), (at, true)] {
            for (b, tb) in [(b, false), (bt, true)] {
                let mut c = [0; 4];
                plain_matmul(&a, &b, &mut c, [2, 3, 2], ta, tb);
                assert_eq!(c, [8, 7, 17, 16]);
            }
        }
    }

    #[test]
    fn an_empty_sum_is_zero() {
        let mut c = [9.0f64; 2];
        plain_matmul(&[], &[], &mut c, [1, 0, 2], false, false);
        assert_eq!(c, [0.0, 0.0]);
    }

    #[test]
    fn half_precision_is_summed_in_single() {
        let ones = [f16::ONE; 4096];
        let mut c = [f16::ZERO];
        plain_matmul(&ones, &ones, &mut c, [1, 4096, 1], false, false);
        assert_eq!(c[0].to_f32(), 4096.0);
    }

    #[test]
    fn integers_wrap_around() {
        let mut c = [0i32];
        plain_matmul(&[i32::MAX], &[2], &mut c, [1, 1, 1], false, false);
        assert_eq!(c, [-2]);
    }
}
