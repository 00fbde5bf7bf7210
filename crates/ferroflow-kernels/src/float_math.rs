//! Functions of floating-point numbers, written so that loops over them vectorise where speed counts.

use bytemuck::Pod;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Rem, Sub};

/// `f32` or `f64`.
#[allow(missing_docs)]
pub trait Float:
    Pod
    + PartialOrd
    + Send
    + Sync
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    const ZERO: Self;
    const ONE: Self;
    const INFINITY: Self;
    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn tanh(self) -> Self;
    fn exp_m1(self) -> Self;
    fn ln_1p(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tan(self) -> Self;
    fn asin(self) -> Self;
    fn acos(self) -> Self;
    fn atan(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn erf(self) -> Self;
    fn erfc(self) -> Self;
    fn lgamma(self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    fn round_ties_even(self) -> Self;
    fn powf(self, exponent: Self) -> Self;
    fn atan2(self, x: Self) -> Self;

    /// `1/(1 + e⁻ˣ)`.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        Self::ONE / (Self::ONE + (-self).exp())
    }

    /// `ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|)`.
    #[inline(always)]
    fn softplus(self) -> Self {
        self.relu() + (-self.abs()).exp().ln_1p()
    }

    /// `max(x, 0)`, NaN of NaN.
    #[inline(always)]
    fn relu(self) -> Self {
        if self < Self::ZERO { Self::ZERO } else { self }
    }

    /// The larger; NaN if either is.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        if self > other || self != self { self } else { other }
    }

    /// The smaller; NaN if either is.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self < other || self != self { self } else { other }
    }

    /// -1, 0 or 1; NaN of NaN.
    #[inline(always)]
    fn sign(self) -> Self {
        if self > Self::ZERO {
            Self::ONE
        } else if self < Self::ZERO {
            -Self::ONE
        } else {
            self + Self::ZERO
        }
    }

    /// `x - ⌊x/y⌋·y`, exactly, with the sign of `y`.
    fn floor_mod(self, y: Self) -> Self {
        let r = self % y;
        if r != Self::ZERO && ((r < Self::ZERO) != (y < Self::ZERO)) { r + y } else { r }
    }

    /// `λ·x` if positive, else `λ·α·(eˣ - 1)` (Klambauer et al. 2017).
    fn selu(self) -> Self {
        const SCALE: f64 = 1.050_700_987_355_480_5;
        const ALPHA: f64 = 1.673_263_242_354_377_2;
        if self > Self::ZERO { self * Self::from_f64(SCALE) } else { self.exp_m1() * Self::from_f64(SCALE * ALPHA) }
    }

    /// The derivative of `ln Γ(x)`.
    fn digamma(self) -> Self {
        Self::from_f64(digamma(self.to_f64()))
    }
}

/// By recurrence to `x ≥ 10`, then the asymptotic series; by reflection below zero (Abramowitz and Stegun 6.3).
fn digamma(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x <= 0.0 {
        return match x == x.floor() {
            true if x == 0.0 => f64::NEG_INFINITY.copysign(-x.signum()),
            true => f64::NAN,
            // The tangent of the fractional part keeps its accuracy where x is large.
            false => digamma(1.0 - x) - std::f64::consts::PI / (std::f64::consts::PI * (x - x.round())).tan(),
        };
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    let series = z
        * (1.0 / 12.0
            - z * (1.0 / 120.0
                - z * (1.0 / 252.0 - z * (1.0 / 240.0 - z * (1.0 / 132.0 - z * (691.0 / 32760.0 - z / 12.0))))));
    sum + x.ln() - 0.5 / x - series
}

macro_rules! std_functions {
    ($t:ident: $($f:ident),*) => {$(
        #[inline(always)]
        fn $f(self) -> Self {
            $t::$f(self)
        }
    )*};
}

impl Float for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const INFINITY: f64 = f64::INFINITY;

    std_functions!(f64: abs, sqrt, exp, ln, tanh, exp_m1, ln_1p, sin, cos, tan, asin, acos, atan, sinh, cosh, floor, ceil, trunc, round_ties_even);

    fn from_f64(value: f64) -> Self {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }

    fn erf(self) -> Self {
        libm::erf(self)
    }

    fn erfc(self) -> Self {
        libm::erfc(self)
    }

    fn lgamma(self) -> Self {
        if self == f64::NEG_INFINITY { f64::INFINITY } else { libm::lgamma(self) }
    }

    fn powf(self, exponent: f64) -> Self {
        f64::powf(self, exponent)
    }

    fn atan2(self, x: f64) -> Self {
        f64::atan2(self, x)
    }
}

impl Float for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
    const INFINITY: f32 = f32::INFINITY;

    std_functions!(f32: abs, sqrt, exp_m1, sin, cos, tan, asin, acos, atan, sinh, cosh, floor, ceil, trunc, round_ties_even);

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn exp(self) -> Self {
        exp_f32(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        ln_f32(self)
    }

    /// `ln(1 + x)`, by the logarithm of the rounded sum corrected for what rounding lost.
    #[inline(always)]
    fn ln_1p(self) -> Self {
        let sum = 1.0 + self;
        let correction = if sum < f32::INFINITY { (self - (sum - 1.0)) / sum } else { 0.0 };
        let tiny = self.abs() < 1e-7;
        let result = ln_f32(sum) + correction;
        if tiny { self } else { result }
    }

    /// An odd polynomial near zero, else `1 - 2/(e²ˣ + 1)` (Cody and Waite 1980).
    #[inline(always)]
    fn tanh(self) -> Self {
        let x = self.abs();
        let z = x * x;
        let small = ((((-5.704_988_7e-3 * z + 2.063_908_9e-2) * z - 5.373_971e-2) * z + 1.333_144_2e-1) * z
            - 3.333_328_8e-1)
            * z
            * x
            + x;
        let large = 1.0 - 2.0 / (exp_f32(2.0 * x) + 1.0);
        let magnitude = if x < 0.625 { small } else { large };
        magnitude.copysign(self)
    }

    fn erf(self) -> Self {
        libm::erff(self)
    }

    fn erfc(self) -> Self {
        libm::erfcf(self)
    }

    fn lgamma(self) -> Self {
        if self == f32::NEG_INFINITY { f32::INFINITY } else { libm::lgamma(f64::from(self)) as f32 }
    }

    fn powf(self, exponent: f32) -> Self {
        f32::powf(self, exponent)
    }

    fn atan2(self, x: f32) -> Self {
        f32::atan2(self, x)
    }
}

/// `eˣ = 2ⁿ·eʳ` with `n` the nearest integer to `x/ln 2` and `r` in `±ln 2 / 2`; `ln 2` in two parts, `eʳ` by a
/// polynomial of degree 6 (Cody and Waite 1980). Within 2 units in the last place, denormal results included.
#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    // Adding and subtracting 1.5·2²³ rounds to the nearest integer in every rounding of a lane.
    const ROUND: f32 = 12_582_912.0;
    let clamped = if x > 89.0 { 89.0 } else { x };
    let clamped = if clamped < -104.0 { -104.0 } else { clamped };
    let n = (clamped * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (clamped - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    // Two factors, since 2ⁿ itself may be denormal or infinite. NaN converts to 0 and stays NaN through p.
    // SAFETY: n is in -151..=129 or NaN, so the conversion is of a value that fits, after NaN is replaced.
    let n: i32 = unsafe { (if n == n { n } else { 0.0 }).to_int_unchecked() };
    let half = n >> 1;
    let power = |e: i32| f32::from_bits(((e + 127) as u32) << 23);
    p * power(half) * power(n - half)
}

/// `ln x = e·ln 2 + ln m` with `m` in `√½..√2`, `ln m` by a polynomial (Cephes). Within 2 units in the last place.
#[inline(always)]
fn ln_f32(x: f32) -> f32 {
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
    let y = p * r * z + e * -2.121_944_4e-4 - 0.5 * z;
    let result = r + y + e * 0.693_359_4;
    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    if x < 0.0 || x != x { f32::NAN } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(found: f32, exact: f64) -> f64 {
        let exact32 = exact as f32;
        if found == exact32 || (found.is_nan() && exact32.is_nan()) {
            return 0.0;
        }
        let spacing = f64::from(f32::from_bits(exact32.abs().to_bits().max(1) + 1)) - f64::from(exact32.abs());
        (f64::from(found) - exact).abs() / spacing.max(f64::from(f32::from_bits(1)))
    }

    fn worst(inputs: impl Iterator<Item = f32>, f: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        inputs.map(|x| ulps(f(x), exact(f64::from(x)))).fold(0.0, f64::max)
    }

    fn every(step: usize) -> impl Iterator<Item = f32> {
        (0..=u32::MAX).step_by(step).map(f32::from_bits)
    }

    #[test]
    fn exp_is_accurate_everywhere() {
        assert!(worst(every(4099), exp_f32, f64::exp) <= 2.0);
        assert_eq!(exp_f32(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp_f32(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp_f32(0.0), 1.0);
        assert!(exp_f32(f32::NAN).is_nan());
        assert!(exp_f32(-100.0) > 0.0);
    }

    #[test]
    fn ln_is_accurate_everywhere() {
        assert!(worst(every(4099), ln_f32, f64::ln) <= 2.0);
        assert_eq!((ln_f32(0.0), ln_f32(1.0)), (f32::NEG_INFINITY, 0.0));
        assert!(ln_f32(-1.0).is_nan());
    }

    #[test]
    fn tanh_and_ln_1p_are_accurate() {
        let (tanh, ln_1p): (fn(f32) -> f32, fn(f32) -> f32) = (Float::tanh, Float::ln_1p);
        assert!(worst(every(4099), tanh, f64::tanh) <= 3.0);
        assert!(worst(every(4099).filter(|x| *x > -0.5), ln_1p, f64::ln_1p) <= 3.0);
    }

    #[test]
    fn digamma_of_known_points() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + EULER).abs() < 1e-14);
        assert!((digamma(0.5) + EULER + 2.0 * 2f64.ln()).abs() < 1e-14);
        assert!((digamma(-0.5) - 0.036_489_973_978_576_52).abs() < 1e-13);
        assert!(digamma(-3.0).is_nan());
    }

    #[test]
    fn nan_propagates() {
        assert!(Float::maximum(f32::NAN, 1.0).is_nan() && Float::maximum(1.0, f32::NAN).is_nan());
        assert!(Float::relu(f32::NAN).is_nan() && Float::sign(f32::NAN).is_nan());
        assert_eq!((Float::floor_mod(-7.0f64, 3.0), Float::floor_mod(7.0f64, -3.0)), (2.0, -2.0));
    }
}
