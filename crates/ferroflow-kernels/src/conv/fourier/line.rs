//! Fourier transforms of 16 real values, by split radices (Sorensen, Jones, Heideman and Burrus, "Real-Valued Fast Fourier
//! Transform Algorithms", 1987).
//!
//! Of the frequencies 0 to 8 the sums with cosines are in places 0 to 8, those with sines, the imaginary parts negated, of
//! 1 to 7 in places 9 to 15. Frequency `16 - k` is the conjugate of `k`.

use super::super::winograd::{plus, times};
use super::SIDE;
use crate::gemm::{Simd, TileElement};
use std::f64::consts::FRAC_1_SQRT_2;

/// Cosine and sine of `2π/16`; those of `3·2π/16` are the same, exchanged.
const COS: f64 = 0.923_879_532_511_286_7;
const SIN: f64 = 0.382_683_432_365_089_8;

/// `Σₙ x[n]·cos(2π·k·n/16)`, and with sines.
///
/// # Safety
/// The processor has the instructions of the vector type.
#[inline(always)]
pub(super) unsafe fn forward<V: Simd<Element: TileElement>>(x: [V; SIDE]) -> [V; SIDE] {
    // SAFETY: passed on.
    unsafe {
        let a: [V; 8] = std::array::from_fn(|n| x[n].add(x[n + 8]));
        let b: [V; 8] = std::array::from_fn(|n| x[n].sub(x[n + 8]));
        // Odd frequencies: a complex transform of z - iy = (b[n] - i·b[n + 4])·exp(-2πi·n/16).
        let (z0, y0) = (b[0], b[4]);
        let (z1, y1) = (plus(times(b[1], COS), b[5], -SIN), plus(times(b[1], SIN), b[5], COS));
        let (z2, y2) = (times(b[2].sub(b[6]), FRAC_1_SQRT_2), times(b[2].add(b[6]), FRAC_1_SQRT_2));
        let (z3, y3) = (plus(times(b[3], SIN), b[7], -COS), plus(times(b[3], COS), b[7], SIN));
        let (s0, s1, s2, s3) = (z0.add(z2), z0.sub(z2), z1.add(z3), z1.sub(z3));
        let (t0, t1, t2, t3) = (y0.add(y2), y0.sub(y2), y1.add(y3), y1.sub(y3));
        // Even ones are those of 8 values.
        let p: [V; 4] = std::array::from_fn(|n| a[n].add(a[n + 4]));
        let q: [V; 4] = std::array::from_fn(|n| a[n].sub(a[n + 4]));
        let (u, v) = (times(q[1].sub(q[3]), FRAC_1_SQRT_2), times(q[1].add(q[3]), FRAC_1_SQRT_2));
        let (even, odd) = (p[0].add(p[2]), p[1].add(p[3]));
        [
            even.add(odd),
            s0.add(s2),
            q[0].add(u),
            s1.add(t3),
            p[0].sub(p[2]),
            s1.sub(t3),
            q[0].sub(u),
            s0.sub(s2),
            even.sub(odd),
            t0.add(t2),
            v.add(q[2]),
            s3.sub(t1),
            p[1].sub(p[3]),
            s3.add(t1),
            v.sub(q[2]),
            t2.sub(t0),
        ]
    }
}

/// 16 times the values; with `TWICE`, the frequencies 1 to 7 are given doubled.
///
/// # Safety
/// As [`forward`].
#[inline(always)]
pub(super) unsafe fn inverse<V: Simd<Element: TileElement>, const TWICE: bool>(f: [V; SIDE]) -> [V; SIDE] {
    let factor = if TWICE { 1.0 } else { 2.0 };
    let (c, s) = (|k: usize| f[k], |k: usize| f[8 + k]);
    // SAFETY: passed on.
    unsafe {
        // Frequencies 0, 4 and 8.
        let (sum, difference) = (c(0).add(c(8)), c(0).sub(c(8)));
        let four = [
            plus(sum, c(4), factor),
            plus(difference, s(4), factor),
            plus(sum, c(4), -factor),
            plus(difference, s(4), -factor),
        ];
        // And 2 and 6.
        let (z, y) = (c(2).sub(c(6)), s(2).add(s(6)));
        let waves = [
            (c(2).add(c(6)), factor),
            (z.add(y), factor * FRAC_1_SQRT_2),
            (s(2).sub(s(6)), factor),
            (y.sub(z), factor * FRAC_1_SQRT_2),
        ];
        let even: [V; 8] = std::array::from_fn(|n| {
            let (wave, factor) = waves[n % 4];
            plus(four[n % 4], wave, if n < 4 { factor } else { -factor })
        });
        // The odd ones: a complex transform of 1, 5, 9 and 13, z - iy, times exp(2πi·n/16).
        let (s0, s1, s2, s3) = (c(1).add(c(7)), c(1).sub(c(7)), c(5).add(c(3)), c(5).sub(c(3)));
        let (t0, t1, t2, t3) = (s(1).sub(s(7)), s(1).add(s(7)), s(5).sub(s(3)), s(5).add(s(3)));
        let (z0, y0) = (s0.add(s2), t0.add(t2));
        let (z1, y1) = (s1.add(t3), t1.sub(s3));
        let (z2, y2) = (s0.sub(s2), t0.sub(t2));
        let (z3, y3) = (s1.sub(t3), t1.add(s3));
        let waves = [
            (z0, factor),
            (plus(times(z1, COS), y1, SIN), factor),
            (z2.add(y2), factor * FRAC_1_SQRT_2),
            (plus(times(z3, SIN), y3, COS), factor),
            (y0, factor),
            (plus(times(y1, COS), z1, -SIN), factor),
            (y2.sub(z2), factor * FRAC_1_SQRT_2),
            (plus(times(y3, SIN), z3, -COS), factor),
        ];
        std::array::from_fn(|n| {
            let (wave, factor) = waves[n % 8];
            plus(even[n % 8], wave, if n < 8 { factor } else { -factor })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_are_sums_of_waves() {
        let x: [f64; SIDE] = std::array::from_fn(|n| ((n * 7 + 3) % 11) as f64 - 4.5);
        let sum = |wave: fn(f64) -> f64, k: usize| -> f64 {
            (0..SIDE).map(|n| x[n] * wave(std::f64::consts::TAU * (k * n) as f64 / SIDE as f64)).sum()
        };
        let expected: [f64; SIDE] =
            std::array::from_fn(|i| if i <= 8 { sum(f64::cos, i) } else { sum(f64::sin, i - 8) });
        // SAFETY: the portable vectors run everywhere.
        let f = unsafe { forward(x.map(|v| [v; 2])) };
        assert!(f.iter().zip(&expected).all(|(f, e)| (f[0] - e).abs() < 1e-12), "{f:?} {expected:?}");
        let doubled: [[f64; 2]; SIDE] = std::array::from_fn(|i| if i % 8 == 0 { f[i] } else { f[i].map(|v| 2.0 * v) });
        // SAFETY: as before.
        let found = unsafe { [inverse::<_, false>(f), inverse::<_, true>(doubled)] };
        for found in found {
            assert!(found.iter().zip(&x).all(|(f, x)| (f[0] - 16.0 * x).abs() < 1e-12), "{found:?}");
        }
    }
}
