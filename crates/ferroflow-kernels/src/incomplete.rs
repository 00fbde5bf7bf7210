//! Functions of two and three numbers: the incomplete gamma and beta functions, and Hurwitz's zeta function.

use crate::float_math::digamma;
use crate::polygamma::hurwitz_zeta;
use crate::uniform_gamma::{LARGE, Uniform, less_log, log_gamma_rest};
use std::f64::consts::PI;

const SMALL: f64 = 1e-300;
/// Where a series or a fraction has not converged by then, it is NaN.
const STEPS: usize = 1 << 23;

/// `γ(a, x) / Γ(a)`, the regularised lower incomplete gamma function; NaN unless `a > 0` and `x ≥ 0`.
pub fn igamma(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) => edge,
        None => match Uniform::of(a, x) {
            Some(uniform) => uniform.lower(),
            None if x < a + 1.0 => lower_series(a, x),
            None => 1.0 - upper_fraction(a, x),
        },
    }
}

/// `1 - igamma(a, x)`, computed without loss.
pub fn igammac(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) => 1.0 - edge,
        None => match Uniform::of(a, x) {
            Some(uniform) => uniform.upper(),
            None if x >= a + 1.0 => upper_fraction(a, x),
            None if a < 1.0 => upper_of_small(a, x),
            None => 1.0 - lower_series(a, x),
        },
    }
}

/// What `igamma` is where nothing is to be computed.
fn domain(a: f64, x: f64) -> Option<f64> {
    match (a, x) {
        _ if a.is_nan() || x.is_nan() || a <= 0.0 || x < 0.0 => Some(f64::NAN),
        (_, 0.0) => Some(0.0),
        (f64::INFINITY, _) => Some(if x == f64::INFINITY { f64::NAN } else { 0.0 }),
        (_, f64::INFINITY) => Some(1.0),
        _ => None,
    }
}

/// `xᵃ e⁻ˣ / Γ(a)`.
fn scale(a: f64, x: f64) -> f64 {
    match a < LARGE {
        true => (a * x.ln() - x - libm::lgamma(a)).exp(),
        false => (a / (2.0 * PI)).sqrt() * (-a * less_log((x - a) / a) - log_gamma_rest(a)).exp(),
    }
}

/// `1 - xᵃ / Γ(a+1) · (1 + a Σ_{n ≥ 1} (-x)ⁿ / ((a+n) n!))` (NIST DLMF 8.7.1), with 1 subtracted beforehand.
fn upper_of_small(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 0.0);
    for n in 1..40 {
        term *= -x / f64::from(n);
        sum += term / (a + f64::from(n));
    }
    let log = a * x.ln() - log_gamma_beyond_one(a);
    -log.exp_m1() - log.exp() * a * sum
}

/// `ln Γ(1 + a)`, for an `a` near 0 by NIST DLMF 5.7.3.
fn log_gamma_beyond_one(a: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    // ζ(k) / k for k = 2, 3, ….
    const COEFFICIENTS: [f64; 4] =
        [0.822_467_033_424_113_2, 0.400_685_634_386_531_4, 0.270_580_808_427_784_6, 0.207_385_551_028_673_98];
    if a > 1e-3 {
        return libm::lgamma(1.0 + a);
    }
    let rest = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| coefficient - a * sum);
    a * (a * rest - EULER)
}

/// NIST DLMF 8.11.4.
fn lower_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..STEPS {
        term *= x / (a + n as f64);
        sum += term;
        if term < sum * f64::EPSILON {
            return sum * scale(a, x);
        }
    }
    f64::NAN
}

/// NIST DLMF 8.9.2 by Lentz's method.
fn upper_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / SMALL, 1.0 / b);
    let mut fraction = d;
    for n in 1..STEPS {
        let n = n as f64;
        b += 2.0;
        (c, d) = lentz(-n * (n - a), b, c, d);
        fraction *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            return fraction * scale(a, x);
        }
    }
    f64::NAN
}

/// One step of Lentz's method for a continued fraction with the numerator `a` and the denominator `b`.
fn lentz(a: f64, b: f64, c: f64, d: f64) -> (f64, f64) {
    let away = |x: f64| if x.abs() < SMALL { SMALL } else { x };
    (away(b + a / c), 1.0 / away(b + a * d))
}

/// The derivative of `igamma` with respect to `a`.
pub fn igamma_grad_a(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) if edge.is_nan() => f64::NAN,
        Some(_) => 0.0,
        None => match (Uniform::of(a, x), scale(a, x)) {
            (Some(uniform), _) => uniform.lower_by_a(),
            (None, 0.0) => 0.0,
            (None, scale) => scale * grad_series(a, x),
        },
    }
}

/// What keeps the place of a number `x` within the gamma distribution of the shape `a`: `-∂P/∂a / ∂P/∂x` of
/// `P = igamma(a, x)`.
pub fn gamma_slope(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) if edge.is_nan() => f64::NAN,
        Some(_) => 0.0,
        None => Uniform::of(a, x).map_or_else(|| -x * grad_series(a, x), |uniform| uniform.slope()),
    }
}

/// The derivative by `a` of the series `Σ xᵃ⁺ⁿ e⁻ˣ / Γ(a+n+1)`, term by term, divided by `xᵃ e⁻ˣ / Γ(a)`.
fn grad_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut psi = digamma(a + 1.0);
    let (log, mut sum) = (x.ln(), 0.0);
    for n in 1..STEPS {
        let part = term * (log - psi);
        sum += part;
        let next = a + n as f64;
        // Terms fall from the number x on.
        if next > x && part.abs() <= sum.abs() * f64::EPSILON {
            return sum;
        }
        term *= x / next;
        psi += 1.0 / next;
    }
    f64::NAN
}

/// `B(x; a, b) / B(a, b)`, the regularised incomplete beta function; NaN unless `a > 0`, `b > 0` and `0 ≤ x ≤ 1`.
pub fn betainc(a: f64, b: f64, x: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&x)) {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    // The fraction converges fast on this side of the mean.
    match x < (a + 1.0) / (a + b + 2.0) {
        true => beta_fraction(a, b, x),
        false => 1.0 - beta_fraction(b, a, 1.0 - x),
    }
}

/// NIST DLMF 8.17.22 by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let front = beta_scale(a, b, x) / a;
    // The first step, whose numerator is 1.
    let (mut c, mut d) = (1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..STEPS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        (c, d) = lentz(even, 1.0, c, d);
        fraction *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        (c, d) = lentz(odd, 1.0, c, d);
        fraction *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            return front * fraction;
        }
    }
    f64::NAN
}

/// `xᵃ (1-x)ᵇ / B(a, b)`.
fn beta_scale(a: f64, b: f64, x: f64) -> f64 {
    if a.min(b) < LARGE {
        let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
        return (a * x.ln() + b * (-x).ln_1p() - log_beta).exp();
    }
    // From the mean a / (a + b).
    let off = b * x - a * (1.0 - x);
    let log = -a * less_log(off / a) - b * less_log(-off / b);
    let rest = log_gamma_rest(a + b) - log_gamma_rest(a) - log_gamma_rest(b);
    (a / (2.0 * PI) * (b / (a + b))).sqrt() * (log + rest).exp()
}

/// `Σ_{k ≥ 0} (q + k)⁻ˣ`: NaN for `x < 1` and for a negative `q` whose powers are not real, infinite at the poles.
pub fn zeta(x: f64, q: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    if x < 1.0 || x.is_nan() || q <= 0.0 && q.fract() != 0.0 && x.fract() != 0.0 {
        return f64::NAN;
    }
    hurwitz_zeta(x, q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{found} is not {expected}");
    }

    #[test]
    fn the_incomplete_gamma_function() {
        close(igamma(1.0, 2.0), 1.0 - (-2f64).exp());
        close(igamma(2.0, 0.5), 1.0 - 1.5 * (-0.5f64).exp());
        close(igammac(1.0, 30.0), (-30f64).exp());
        close(igammac(3.0, 8.0), 41.0 * (-8f64).exp());
        close(igamma(0.5, 2.0), libm::erf(2f64.sqrt()));
        assert_eq!((igamma(2.0, 0.0), igammac(2.0, 0.0), igamma(2.0, f64::INFINITY)), (0.0, 1.0, 1.0));
        assert!(igamma(-1.0, 1.0).is_nan() && igamma(1.0, -1.0).is_nan() && igammac(f64::NAN, 1.0).is_nan());
    }

    #[test]
    fn the_incomplete_gamma_function_of_large_numbers() {
        close(igamma(200.0, 150.0), 5.709_688_574_208_244e-5);
        close(igamma(1000.0, 1030.0), 0.828_911_903_882_394);
        close(igammac(1000.0, 1030.0), 0.171_088_096_117_606_04);
        close(igamma(1e6, 999_000.0), 0.158_655_213_574_303_65);
        close(igammac(1000.0, 1250.0), 1.074_008_023_138_617_6e-13);
        close(igamma(1e10, 1e10), 0.500_001_329_807_601_3);
        assert_eq!((igamma(1e300, 1e299), igamma(1e300, 2e300)), (0.0, 1.0));
    }

    #[test]
    fn the_upper_function_of_a_small_a() {
        close(igammac(1e-14, 0.5), 5.597_735_947_761_6e-15);
        close(igammac(1e-16, 0.5), 5.597_735_947_761_608e-17);
        close(igammac(0.5, 0.25), libm::erfc(0.5));
    }

    #[test]
    fn its_derivative() {
        for (a, x) in [(0.5, 0.1), (1.0, 2.0), (3.0, 8.0), (20.0, 15.0), (2.0, 40.0), (300.0, 310.0), (300.0, 200.0)] {
            let step = 1e-5;
            let differences = (igamma(a + step, x) - igamma(a - step, x)) / (2.0 * step);
            let found = igamma_grad_a(a, x);
            assert!((found - differences).abs() < 1e-9, "{found} is not {differences}");
        }
        assert_eq!(igamma_grad_a(1.0, 0.0), 0.0);
    }

    #[test]
    fn slopes_that_keep_the_place_of_a_number() {
        close(gamma_slope(2.0, 1.5), 0.936_639_067_877_217_4);
        close(gamma_slope(300.0, 310.0), 1.017_049_391_835_124_5);
        close(gamma_slope(1e5, 100_500.0), 1.002_497_514_545_549_6);
        assert_eq!(gamma_slope(0.001, 0.0), 0.0);
    }

    #[test]
    fn the_incomplete_beta_function() {
        close(betainc(1000.0, 2000.0, 0.34), 0.781_215_091_160_641_9);
        assert!((betainc(1e10, 1e10, 0.5) - 0.5).abs() < 1e-9);
        assert!((betainc(1e12, 1e12, 0.5) - 0.5).abs() < 1e-9);
        close(betainc(1.0, 1.0, 0.3), 0.3);
        close(betainc(2.0, 1.0, 0.3), 0.09);
        close(betainc(2.0, 3.0, 0.5), 11.0 / 16.0);
        close(betainc(0.5, 0.5, 0.25), 1.0 / 3.0);
        close(betainc(2.0, 2.0, 0.9), 0.972);
        assert_eq!((betainc(2.0, 3.0, 0.0), betainc(2.0, 3.0, 1.0)), (0.0, 1.0));
        assert!(betainc(0.0, 1.0, 0.5).is_nan() && betainc(1.0, 1.0, 1.5).is_nan());
    }

    #[test]
    fn the_zeta_function() {
        close(zeta(2.0, 1.0), std::f64::consts::PI.powi(2) / 6.0);
        close(zeta(1.5, 1.0), 2.612_375_348_685_488);
        close(zeta(2.0, -0.5), zeta(2.0, 0.5) + 4.0);
        assert_eq!((zeta(1.0, 2.0), zeta(2.0, -1.0)), (f64::INFINITY, f64::INFINITY));
        assert_eq!(zeta(2.0, -70_000.0), f64::INFINITY);
        assert!(zeta(0.5, 1.0).is_nan() && zeta(1.5, -0.5).is_nan());
    }
}
