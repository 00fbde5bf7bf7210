//! Elementary functions of `f32` without branches, so that loops over them vectorise.
//!
//! Each is within 2.5 units in the last place of the exact value, for every argument: denormal, infinite and NaN
//! ones included. Polynomials without a named source interpolate at Chebyshev nodes.

use std::f32::consts::LOG2_E;

/// Units in the last place that the functions of this module may err by.
#[cfg(test)]
const BOUND: f64 = 2.5;

/// The leading bits of `ln 2`, so that its products with small integers are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
/// The rest of `ln 2`.
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// `n` and `r` with `x = n·ln 2 + r`, `n` an integer and `|r| ≤ ln 2 / 2` but for rounding (Cody and Waite 1980).
/// `n` is 0 for NaN.
#[inline(always)]
fn split(x: f32) -> (i32, f32) {
    // Adding and subtracting 1.5·2²³ rounds to the nearest integer.
    const ROUND: f32 = 12_582_912.0;
    let n = (x * LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // The clamped arguments of the callers keep n small; NaN converts to 0.
    (convert(n), r)
}

/// The integer that `n` is; 0 for NaN.
#[inline(always)]
fn convert(n: f32) -> i32 {
    let n = if n.abs() < 1000.0 { n } else { 0.0 };
    // SAFETY: within ±1000, which an i32 holds.
    unsafe { n.to_int_unchecked() }
}

/// `2ᵉ` for `-126 ≤ e ≤ 127`.
#[inline(always)]
fn power(e: i32) -> f32 {
    f32::from_bits(((e + 127) as u32) << 23)
}

#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// `eˣ = 2ⁿ·eʳ`.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let (n, r) = split(clamp(x, -104.0, 89.0));
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    // Two factors, since 2ⁿ itself may be denormal or infinite.
    let half = n >> 1;
    p * power(half) * power(n - half)
}

/// `eˣ - 1 = 2ⁿ·(eʳ - 1) + (2ⁿ - 1)`.
#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let (n, r) = split(clamp(x, -30.0, 89.0));
    let p = 1.989_101_7e-4;
    let p = p * r + 1.393_367_4e-3;
    let p = p * r + 8.333_31e-3;
    let p = p * r + 4.166_646_3e-2;
    let p = p * r + 1.666_666_7e-1;
    let p = p * r + 0.5;
    let q = p * r * r + r;
    // Half of everything, since 2¹²⁸ overflows.
    let scale = power(n - 1);
    ((q * scale + (scale - 0.5)) * 2.0).copysign(x)
}

/// `ln x = e·ln 2 + ln m` with `m` in `√½..√2`, `ln m` by a polynomial (Cephes).
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let denormal = x < f32::MIN_POSITIVE;
    let scaled = if denormal { x * 8_388_608.0 } else { x };
    let bits = scaled.to_bits();
    let offset = bits.wrapping_sub(0x3f35_04f3);
    let e = (offset as i32 >> 23) as f32 - if denormal { 23.0 } else { 0.0 };
    let m = f32::from_bits((offset & 0x007f_ffff).wrapping_add(0x3f35_04f3));
    let r = m - 1.0;
    let z = r * r;
    let p = 7.037_683_6e-2;
    let p = p * r - 1.151_461e-1;
    let p = p * r + 1.167_699_9e-1;
    let p = p * r - 1.242_014_1e-1;
    let p = p * r + 1.424_932_3e-1;
    let p = p * r - 1.666_805_7e-1;
    let p = p * r + 2.000_071_5e-1;
    let p = p * r - 2.499_999_4e-1;
    let p = p * r + 3.333_333e-1;
    let y = p * r * z + e * LN_2_LOW - 0.5 * z;
    let result = r + y + e * LN_2_HIGH;
    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    if x < 0.0 || x.is_nan() { f32::NAN } else { result }
}

/// `ln(1 + x)`: the logarithm of the rounded sum, corrected for what rounding lost.
#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    let lost = (x - (sum - 1.0)) / sum;
    let lost = if sum > 0.0 && sum < f32::INFINITY { lost } else { 0.0 };
    let result = ln(sum) + lost;
    if x.abs() < 1e-7 { x } else { result }
}

/// An odd polynomial near zero, else `1 - 2/(e²ˣ + 1)`.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = 2.214_902_8e-3;
    let p = p * z - 8.272_457e-3;
    let p = p * z + 2.174_618_7e-2;
    let p = p * z - 5.395_635e-2;
    let p = p * z + 1.333_329_1e-1;
    let p = p * z - 3.333_333_4e-1;
    let near = p * z * a + a;
    let far = 1.0 - 2.0 / (exp(2.0 * a) + 1.0);
    (if a < 0.625 { near } else { far }).copysign(x)
}

/// An odd polynomial near zero, else `1 - e⁻ᵍ` with `g = -ln(1 - erf |x|)`, a smooth function.
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = 8.529_401e-5;
    let p = p * z - 8.179_632e-4;
    let p = p * z + 5.204_227e-3;
    let p = p * z - 2.686_066_6e-2;
    let p = p * z + 1.128_371_8e-1;
    let p = p * z - 3.761_263_5e-1;
    let p = p * z + 1.283_791_7e-1;
    let near = p * a + a;
    let b = if a > 4.0 { 4.0 } else { a };
    let q = 1.669_375e-5;
    let q = q * b - 3.750_167_4e-4;
    let q = q * b + 3.841_010_6e-3;
    let q = q * b - 2.414_518_2e-2;
    let q = q * b + 1.066_314_3e-1;
    let q = q * b + 6.349_46e-1;
    let q = q * b + 1.128_690_6;
    let far = 1.0 - exp(-q * b);
    (if a < 0.875 { near } else { far }).copysign(x)
}

/// The largest argument of [`sin`] and [`cos`].
pub(crate) const TRIGONOMETRIC_LIMIT: f32 = 1e6;

/// The sine, for `|x|` up to [`TRIGONOMETRIC_LIMIT`].
#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    sine(x, 0)
}

/// The cosine, for `|x|` up to [`TRIGONOMETRIC_LIMIT`].
#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    sine(x, 1)
}

/// `sin(x + quarter·π/2)`, in `f64`: `x = n·π/2 + r`, where `π/2` has two parts, the first so short that `n` times it is
/// exact.
#[inline(always)]
fn sine(x: f32, quarter: u64) -> f32 {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const HIGH: f64 = 1.570_796_326_734_125_6;
    const LOW: f64 = 6.077_100_506_506_192e-11;
    let x = f64::from(x);
    let shifted = x * std::f64::consts::FRAC_2_PI + ROUND;
    let quadrant = shifted.to_bits().wrapping_add(quarter);
    let n = shifted - ROUND;
    let r = (x - n * HIGH) - n * LOW;
    let z = r * r;
    let s = 2.724_986_465_513_908_5e-6;
    let s = s * z - 1.984_008_626_375_543_8e-4;
    let s = s * z + 8.333_331_873_837_089e-3;
    let s = s * z - 1.666_666_666_385_304_4e-1;
    let s = (s * z + 1.0) * r;
    let c = -2.730_090_816_799_612_4e-7;
    let c = c * z + 2.480_059_998_353_170_4e-5;
    let c = c * z - 1.388_888_767_128_810_8e-3;
    let c = c * z + 4.166_666_666_431_933e-2;
    let c = c * z * z - 0.5 * z + 1.0;
    let value = if quadrant & 1 == 0 { s } else { c };
    f64::from_bits(value.to_bits() ^ (quadrant & 2) << 62) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(found: f32, exact: f64) -> f64 {
        let rounded = exact as f32;
        if found == rounded || (found.is_nan() && rounded.is_nan()) {
            return 0.0;
        }
        let above = f32::from_bits((rounded.abs().to_bits() + 1).min(f32::MAX.to_bits() + 1));
        let spacing = f64::from(above) - f64::from(rounded.abs());
        (f64::from(found) - exact).abs() / spacing.max(f64::from(f32::from_bits(1)))
    }

    fn check(f: fn(f32) -> f32, exact: fn(f64) -> f64, domain: fn(f32) -> bool) {
        let mut worst = (0.0, 0.0);
        let edges =
            [0.0, 1.0, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY, f32::NAN, 0.625, 0.875, 88.722_84, 103.97, 1e-7];
        let edges = edges.into_iter().flat_map(|x| [x, -x, f32::from_bits(x.to_bits() + 1)]);
        for x in (0..=u32::MAX).step_by(2039).map(f32::from_bits).chain(edges).filter(|&x| domain(x)) {
            let error = ulps(f(x), exact(f64::from(x)));
            if error.is_nan() || error > worst.0 {
                worst = (error, x);
            }
        }
        assert!(worst.0 <= BOUND, "{} ulp at {:e}: {:e}", worst.0, worst.1, f(worst.1));
    }

    #[test]
    fn exponentials() {
        check(exp, f64::exp, |_| true);
        check(exp_m1, f64::exp_m1, |_| true);
        assert_eq!((exp(0.0), exp(f32::NEG_INFINITY), exp(f32::INFINITY)), (1.0, 0.0, f32::INFINITY));
        assert!(exp(-100.0) > 0.0 && exp_m1(-0.0).is_sign_negative());
    }

    #[test]
    fn logarithms() {
        check(ln, f64::ln, |_| true);
        check(ln_1p, f64::ln_1p, |_| true);
        assert_eq!((ln(0.0), ln(1.0), ln_1p(-1.0)), (f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY));
    }

    #[test]
    fn sigmoids() {
        check(tanh, f64::tanh, |_| true);
        check(
            crate::Float::sigmoid,
            |x| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) },
            |_| true,
        );
        check(erf, libm::erf, |_| true);
        assert!(tanh(-0.0).is_sign_negative() && erf(-0.0).is_sign_negative());
    }

    #[test]
    fn waves() {
        check(sin, f64::sin, |x| x.abs() <= TRIGONOMETRIC_LIMIT || x.is_nan());
        check(cos, f64::cos, |x| x.abs() <= TRIGONOMETRIC_LIMIT || x.is_nan());
        let near_pi = f32::from_bits(0x4049_0fdb);
        assert_eq!(sin(near_pi), -8.742_278e-8);
        assert!(sin(-0.0).is_sign_negative());
    }
}
