//! Decompositions of square matrices, `n × n` in row-major order, in `f64`.

/// Replaces the lower half of `a` by `L`, where `L · Lᵀ = a`, and the rest by zeros. Only the lower half is read.
/// False, with `a` in no useful state, if `a` is not positive definite.
pub fn cholesky(a: &mut [f64], n: usize) -> bool {
    for i in 0..n {
        let (done, rest) = a.split_at_mut(i * n);
        let row = &mut rest[..n];
        for j in 0..i {
            let other = &done[j * n..];
            row[j] = (row[j] - dot(&row[..j], other)) / other[j];
        }
        let square = row[i] - dot(&row[..i], &row[..i]);
        // Not a number neither.
        if square.is_nan() || square <= 0.0 {
            return false;
        }
        row[i] = square.sqrt();
        row[i + 1..].fill(0.0);
    }
    true
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Which half of a matrix is meant, and what is on its diagonal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triangle {
    /// The lower half with the diagonal.
    Lower,
    /// The lower half with ones on the diagonal.
    UnitLower,
    /// The upper half with the diagonal.
    Upper,
}

/// Replaces `b`, `n × columns`, by the solution of `a · x = b`, where only `triangle` of `a` counts. False for a zero
/// on the diagonal.
pub fn solve_triangular(a: &[f64], n: usize, triangle: Triangle, b: &mut [f64], columns: usize) -> bool {
    for step in 0..n {
        let lower = triangle != Triangle::Upper;
        let i = if lower { step } else { n - 1 - step };
        let (before, rest) = b.split_at_mut(i * columns);
        let (row, after) = rest.split_at_mut(columns);
        let (known, first) = if lower { (&*before, 0) } else { (&*after, i + 1) };
        for (k, other) in known.chunks_exact(columns.max(1)).enumerate() {
            let factor = a[i * n + first + k];
            row.iter_mut().zip(other).for_each(|(x, y)| *x -= factor * y);
        }
        if triangle != Triangle::UnitLower {
            let divisor = a[i * n + i];
            if divisor == 0.0 {
                return false;
            }
            row.iter_mut().for_each(|x| *x /= divisor);
        }
    }
    true
}

/// `P · a = L · U`, found with partial pivoting: `L` without its ones and `U` in one matrix.
#[derive(Debug, Clone)]
pub struct Lu {
    n: usize,
    factors: Vec<f64>,
    /// Which row of `a` each row of the factors is.
    rows: Vec<usize>,
    swapped: bool,
}

impl Lu {
    /// Decomposes `a`.
    pub fn new(a: Vec<f64>, n: usize) -> Lu {
        let mut lu = Lu { n, factors: a, rows: (0..n).collect(), swapped: false };
        for k in 0..n {
            lu.pivot(k);
            let (done, rest) = lu.factors.split_at_mut((k + 1) * n);
            let row = &done[k * n..];
            for other in rest.chunks_exact_mut(n).filter(|_| row[k] != 0.0) {
                let factor = other[k] / row[k];
                other[k] = factor;
                other[k + 1..].iter_mut().zip(&row[k + 1..]).for_each(|(x, y)| *x -= factor * y);
            }
        }
        lu
    }

    /// Brings the row with the greatest element of column `k` to row `k`.
    fn pivot(&mut self, k: usize) {
        let size = |i: usize| self.factors[i * self.n + k].abs();
        let best = (k..self.n).fold(k, |best, i| if size(i) > size(best) { i } else { best });
        if best != k {
            let (head, tail) = self.factors.split_at_mut(best * self.n);
            head[k * self.n..(k + 1) * self.n].swap_with_slice(&mut tail[..self.n]);
            self.rows.swap(k, best);
            self.swapped = !self.swapped;
        }
    }

    fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        self.factors.iter().step_by(self.n + 1).copied()
    }

    /// The determinant; 1 of no rows.
    pub fn determinant(&self) -> f64 {
        self.diagonal().product::<f64>() * if self.swapped { -1.0 } else { 1.0 }
    }

    /// The sign of the determinant, -1, 0 or 1, and the logarithm of its absolute value.
    pub fn log_determinant(&self) -> (f64, f64) {
        let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
        let start = if self.swapped { -1.0 } else { 1.0 };
        self.diagonal().fold((start, 0.0), |(s, log), x| (s * sign(x), log + x.abs().ln()))
    }

    /// The solution of `a · x = b`, both `n × columns`; `None` if `a` has no inverse.
    pub fn solve(&self, b: &[f64], columns: usize) -> Option<Vec<f64>> {
        let mut x = Vec::with_capacity(b.len());
        self.rows.iter().for_each(|&row| x.extend_from_slice(&b[row * columns..(row + 1) * columns]));
        solve_triangular(&self.factors, self.n, Triangle::UnitLower, &mut x, columns);
        solve_triangular(&self.factors, self.n, Triangle::Upper, &mut x, columns).then_some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_of_a_known_matrix() {
        let mut a = vec![4.0, 99.0, 99.0, 12.0, 37.0, 99.0, -16.0, -43.0, 98.0];
        assert!(cholesky(&mut a, 3));
        assert_eq!(a, [2.0, 0.0, 0.0, 6.0, 1.0, 0.0, -8.0, 5.0, 3.0]);
        assert!(!cholesky(&mut [1.0, 2.0, 2.0, 1.0], 2) && !cholesky(&mut [f64::NAN], 1) && cholesky(&mut [], 0));
    }

    #[test]
    fn equations_are_solved() {
        let lu = Lu::new(vec![0.0, 2.0, 1.0, 3.0], 2);
        assert_eq!(lu.determinant(), -2.0);
        assert_eq!(lu.log_determinant(), (-1.0, 2f64.ln()));
        assert_eq!(lu.solve(&[4.0, 2.0, 7.0, 3.0], 2).unwrap(), [1.0, 0.0, 2.0, 1.0]);
        let singular = Lu::new(vec![1.0, 2.0, 2.0, 4.0], 2);
        assert_eq!((singular.determinant(), singular.solve(&[1.0, 1.0], 1)), (0.0, None));
        assert_eq!(singular.log_determinant(), (0.0, f64::NEG_INFINITY));
        assert_eq!(Lu::new(vec![], 0).determinant(), 1.0);
    }

    #[test]
    fn triangles_are_solved() {
        let a = [2.0, 3.0, 4.0, 5.0];
        let mut b = [2.0, 14.0];
        assert!(solve_triangular(&a, 2, Triangle::Lower, &mut b, 1));
        assert_eq!(b, [1.0, 2.0]);
        let mut b = [8.0, 10.0];
        assert!(solve_triangular(&a, 2, Triangle::Upper, &mut b, 1));
        assert_eq!(b, [1.0, 2.0]);
        assert!(!solve_triangular(&[0.0], 1, Triangle::Lower, &mut [1.0], 1));
    }
}
