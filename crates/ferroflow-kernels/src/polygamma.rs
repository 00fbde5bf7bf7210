use num_traits::Float;

/// `y = ψ⁽ⁿ⁾(x)`, elementwise, the `n`-th derivative of the digamma function, `n ≥ 1`: `(-1)ⁿ⁺¹ n! ζ(n+1, x)`; one `n`
/// alone is for every `x`. NaN where `n` is no such integer or above 170, and for `x` below -65536 but for poles; infinite,
/// with the sign of the right side, at the poles 0, -1, ….
pub fn polygamma<T: Float>(n: &[T], x: &[T], y: &mut [T]) {
    for ((&n, &x), y) in n.iter().cycle().zip(x).zip(y) {
        let value = polygamma_of(n.to_f64().unwrap_or(f64::NAN), x.to_f64().unwrap_or(f64::NAN));
        *y = T::from(value).unwrap_or_else(T::nan);
    }
}

fn polygamma_of(n: f64, x: f64) -> f64 {
    if !((1.0..=170.0).contains(&n) && n.fract() == 0.0) {
        return f64::NAN;
    }
    let sign = if n % 2.0 == 0.0 { -1.0 } else { 1.0 };
    sign * libm::tgamma(n + 1.0) * hurwitz_zeta(n + 1.0, x)
}

/// `Σ_{k ≥ 0} (x + k)⁻ˢ` for `s > 1`, by the Euler-Maclaurin formula (NIST DLMF 25.11.28) once `x ≥ 12`.
pub(crate) fn hurwitz_zeta(s: f64, x: f64) -> f64 {
    // B₂ₖ / (2k)! for k = 1, 2, ….
    const COEFFICIENTS: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30_240.0,
        -1.0 / 1_209_600.0,
        1.0 / 47_900_160.0,
        -691.0 / 1_307_674_368_000.0,
        1.0 / 74_724_249_600.0,
        -3617.0 / 10_670_622_842_880_000.0,
    ];
    if x == f64::INFINITY {
        return 0.0;
    }
    if x <= 0.0 && x.fract() == 0.0 {
        return f64::INFINITY;
    }
    if x.is_nan() || x < -65536.0 {
        return f64::NAN;
    }
    let (mut sum, mut x) = (0.0, x);
    while x < 12.0 + s {
        let power = x.powf(-s);
        sum += power;
        if x > 0.0 && power <= sum * f64::EPSILON {
            return sum;
        }
        x += 1.0;
    }
    let power = x.powf(-s);
    sum += x * power / (s - 1.0) + 0.5 * power;
    let mut factor = s * power / x;
    for (i, coefficient) in (0..).zip(COEFFICIENTS) {
        sum += coefficient * factor;
        let next = s + f64::from(2 * i + 1);
        factor *= next * (next + 1.0) / (x * x);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{found} is not {expected}");
    }

    #[test]
    fn known_values() {
        const APERY: f64 = 1.202_056_903_159_594_2;
        close(polygamma_of(1.0, 1.0), PI * PI / 6.0);
        close(polygamma_of(1.0, 0.5), PI * PI / 2.0);
        close(polygamma_of(1.0, -0.5), PI * PI / 2.0 + 4.0);
        close(polygamma_of(2.0, 1.0), -2.0 * APERY);
        close(polygamma_of(3.0, 1.0), PI.powi(4) / 15.0);
        close(polygamma_of(2.0, 0.5), -14.0 * APERY);
    }

    #[test]
    fn the_recurrence_holds() {
        for x in [0.3, 1.7, 11.9, 25.5, 170.0] {
            close(polygamma_of(1.0, x) - 1.0 / (x * x), polygamma_of(1.0, x + 1.0));
        }
    }

    #[test]
    fn one_order_is_for_all() {
        let mut y = [0.0f32; 2];
        polygamma(&[1.0], &[1.0, 0.5], &mut y);
        assert_eq!(y, [(PI * PI / 6.0) as f32, (PI * PI / 2.0) as f32]);
    }

    #[test]
    fn the_edges() {
        assert_eq!(polygamma_of(1.0, 0.0), f64::INFINITY);
        assert_eq!(polygamma_of(1.0, -3.0), f64::INFINITY);
        assert_eq!(polygamma_of(1.0, f64::INFINITY), 0.0);
        assert!(
            polygamma_of(1.0, f64::NAN).is_nan() && polygamma_of(0.5, 1.0).is_nan() && polygamma_of(0.0, 1.0).is_nan()
        );
        assert!(polygamma_of(1.0, f64::NEG_INFINITY).is_nan() && polygamma_of(1e300, 1.0).is_nan());
    }
}
