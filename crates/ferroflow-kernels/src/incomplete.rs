//! Functions of two and three numbers: the incomplete gamma and beta functions, and Hurwitz's zeta function.

use crate::float_math::digamma;
use crate::polygamma::hurwitz_zeta;

const SMALL: f64 = 1e-300;
const STEPS: usize = 20_000;

/// `γ(a, x) / Γ(a)`, the regularised lower incomplete gamma function; NaN unless `a > 0` and `x ≥ 0`.
pub fn igamma(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) => edge,
        None if x < a + 1.0 => lower_series(a, x),
        None => 1.0 - upper_fraction(a, x),
    }
}

/// `1 - igamma(a, x)`, computed without loss.
pub fn igammac(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) => 1.0 - edge,
        None if x < a + 1.0 => 1.0 - lower_series(a, x),
        None => upper_fraction(a, x),
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
    (a * x.ln() - x - libm::lgamma(a)).exp()
}

/// NIST DLMF 8.11.4.
fn lower_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..STEPS {
        term *= x / (a + n as f64);
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    sum * scale(a, x)
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
            break;
        }
    }
    fraction * scale(a, x)
}

/// One step of Lentz's method for a continued fraction with the numerator `a` and the denominator `b`.
fn lentz(a: f64, b: f64, c: f64, d: f64) -> (f64, f64) {
    let away = |x: f64| if x.abs() < SMALL { SMALL } else { x };
    (away(b + a / c), 1.0 / away(b + a * d))
}

/// The derivative of `igamma` with respect to `a`: of the series `Σ xᵃ⁺ⁿ e⁻ˣ / Γ(a+n+1)`, term by term.
pub fn igamma_grad_a(a: f64, x: f64) -> f64 {
    match domain(a, x) {
        Some(edge) if edge.is_nan() => return f64::NAN,
        Some(_) => return 0.0,
        None => {}
    }
    let mut term = scale(a, x) / a;
    let mut psi = digamma(a + 1.0);
    let (log, mut sum) = (x.ln(), 0.0);
    for n in 1..STEPS {
        let part = term * (log - psi);
        sum += part;
        let next = a + n as f64;
        // Terms fall from the number x on.
        if next > x && part.abs() <= sum.abs() * f64::EPSILON {
            break;
        }
        term *= x / next;
        psi += 1.0 / next;
    }
    sum
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
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * x.ln() + b * (-x).ln_1p() - log_beta).exp() / a;
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
            break;
        }
    }
    front * fraction
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
    fn its_derivative() {
        for (a, x) in [(0.5, 0.1), (1.0, 2.0), (3.0, 8.0), (20.0, 15.0), (2.0, 40.0)] {
            let step = 1e-5;
            let differences = (igamma(a + step, x) - igamma(a - step, x)) / (2.0 * step);
            let found = igamma_grad_a(a, x);
            assert!((found - differences).abs() < 1e-9, "{found} is not {differences}");
        }
        assert_eq!(igamma_grad_a(1.0, 0.0), 0.0);
    }

    #[test]
    fn the_incomplete_beta_function() {
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
        assert!(zeta(0.5, 1.0).is_nan() && zeta(1.5, -0.5).is_nan());
    }
}
