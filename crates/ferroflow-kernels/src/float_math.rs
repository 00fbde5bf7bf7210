//! Functions of floating-point numbers, written so that loops over them vectorise where speed counts.

use crate::vector_math;
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

    /// `1/(1 + e⁻ˣ)`, below zero `eˣ/(1 + eˣ)`, which does not overflow.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let e = (-self.abs()).exp();
        (if self < Self::ZERO { e } else { Self::ONE }) / (Self::ONE + e)
    }

    /// Whether this is not a number; in a form that vectorises.
    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn is_nan(self) -> bool {
        self != self
    }

    /// Whether [`Float::sin_near`] and [`Float::cos_near`] take this argument.
    #[inline(always)]
    fn is_near(self) -> bool {
        true
    }

    /// The sine of a near argument; loops over it may vectorise.
    #[inline(always)]
    fn sin_near(self) -> Self {
        self.sin()
    }

    /// The cosine of a near argument; loops over it may vectorise.
    #[inline(always)]
    fn cos_near(self) -> Self {
        self.cos()
    }

    /// `x` if positive, else `eˣ - 1`.
    #[inline(always)]
    fn elu(self) -> Self {
        let negative = self.exp_m1();
        if self > Self::ZERO { self } else { negative }
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
        if self > other || self.is_nan() { self } else { other }
    }

    /// The smaller; NaN if either is.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self < other || self.is_nan() { self } else { other }
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
    #[inline(always)]
    fn selu(self) -> Self {
        const SCALE: f64 = 1.050_700_987_355_480_5;
        const ALPHA: f64 = 1.673_263_242_354_377_2;
        let negative = self.exp_m1() * Self::from_f64(SCALE * ALPHA);
        if self > Self::ZERO { self * Self::from_f64(SCALE) } else { negative }
    }

    /// The derivative of `ln Γ(x)`.
    fn digamma(self) -> Self {
        Self::from_f64(digamma(self.to_f64()))
    }
}

/// By recurrence to `x ≥ 10`, then the asymptotic series; by reflection below zero (Abramowitz and Stegun 6.3).
pub(crate) fn digamma(x: f64) -> f64 {
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

macro_rules! vector_functions {
    ($($f:ident),*) => {$(
        #[inline(always)]
        fn $f(self) -> Self {
            vector_math::$f(self)
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

    std_functions!(f32: abs, sqrt, tan, asin, acos, atan, sinh, cosh, floor, ceil, trunc, round_ties_even);

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    vector_functions!(exp, exp_m1, ln, ln_1p, tanh, erf);

    #[inline(always)]
    fn sin(self) -> Self {
        if self.is_near() { vector_math::sin(self) } else { f32::sin(self) }
    }

    #[inline(always)]
    fn cos(self) -> Self {
        if self.is_near() { vector_math::cos(self) } else { f32::cos(self) }
    }

    #[inline(always)]
    fn is_near(self) -> bool {
        self.abs() <= vector_math::TRIGONOMETRIC_LIMIT
    }

    #[inline(always)]
    fn sin_near(self) -> Self {
        vector_math::sin(self)
    }

    #[inline(always)]
    fn cos_near(self) -> Self {
        vector_math::cos(self)
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

#[cfg(test)]
mod tests {
    use super::*;

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
