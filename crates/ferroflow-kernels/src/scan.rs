use crate::Number;

/// The running combination of what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// `y_i = Σ_{j ≤ i} x_j`.
    Sum,
    /// `y_i = Π_{j ≤ i} x_j`.
    Product,
}

/// Scans the middle dimension of `[outer, n, inner]`, from its end if `reverse`; without the element itself (starting
/// from 0 or 1) if `exclusive`.
pub fn scan<T: Number>(kind: Scan, x: &[T], y: &mut [T], [n, inner]: [usize; 2], exclusive: bool, reverse: bool) {
    if n * inner == 0 {
        return;
    }
    let (start, combine): (T, fn(T, T) -> T) = match kind {
        Scan::Sum => (T::ZERO, T::plus),
        Scan::Product => (T::ONE, T::times),
    };
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(n * inner)) {
        for i in 0..n {
            let row = if reverse { n - 1 - i } else { i };
            let before = if reverse { row + 1 } else { row.wrapping_sub(1) };
            for j in 0..inner {
                let sum = if i == 0 { start } else { y[before * inner + j] };
                y[row * inner + j] = match (exclusive, i) {
                    (true, 0) => start,
                    (true, _) => combine(sum, x[before * inner + j]),
                    (false, _) => combine(sum, x[row * inner + j]),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(kind: Scan, exclusive: bool, reverse: bool) -> [i32; 4] {
        let mut y = [0; 4];
        scan(kind, &[1, 2, 3, 4], &mut y, [4, 1], exclusive, reverse);
        y
    }

    #[test]
    fn every_direction() {
        assert_eq!(run(Scan::Sum, false, false), [1, 3, 6, 10]);
        assert_eq!(run(Scan::Sum, true, false), [0, 1, 3, 6]);
        assert_eq!(run(Scan::Sum, false, true), [10, 9, 7, 4]);
        assert_eq!(run(Scan::Sum, true, true), [9, 7, 4, 0]);
        assert_eq!(run(Scan::Product, false, false), [1, 2, 6, 24]);
        assert_eq!(run(Scan::Product, true, true), [24, 12, 4, 1]);
    }

    #[test]
    fn a_middle_dimension() {
        let mut y = [0; 8];
        scan(Scan::Sum, &[1, 2, 3, 4, 5, 6, 7, 8], &mut y, [2, 2], false, false);
        assert_eq!(y, [1, 2, 4, 6, 5, 6, 12, 14]);
        scan::<i32>(Scan::Sum, &[], &mut [], [0, 3], true, true);
    }
}
