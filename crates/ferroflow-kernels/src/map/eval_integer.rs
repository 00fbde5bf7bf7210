//! Instructions over integers, which wrap around.

use super::Scalar;
use super::block::Block;
use crate::vectorised::{Vectorised, vectorised};
use std::marker::PhantomData;

/// One function of integers over one block.
pub(super) struct Integers<T> {
    op: Scalar,
    block: Block,
    elements: PhantomData<T>,
}

/// An integer type, its arithmetic wrapping around. Divisors are not 0.
#[allow(missing_docs)]
pub(super) trait Integer: Copy + Ord {
    const ZERO: Self;
    const SIX: Self;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn quotient(self, other: Self) -> Self;
    fn remainder(self, other: Self) -> Self;
    /// `⌊self / other⌋`.
    fn floor_quotient(self, other: Self) -> Self;
    fn signum(self) -> Self;
    /// By repeated squaring; the exponent is not negative.
    fn power(self, exponent: Self) -> Self;
}

macro_rules! integer_types {
    ($($t:ty: $sign:expr;)*) => {$(
        impl Integer for $t {
            const ZERO: $t = 0;
            const SIX: $t = 6;

            #[inline(always)]
            fn plus(self, other: $t) -> $t {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: $t) -> $t {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn times(self, other: $t) -> $t {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn quotient(self, other: $t) -> $t {
                self.wrapping_div(other)
            }

            #[inline(always)]
            fn remainder(self, other: $t) -> $t {
                self.wrapping_rem(other)
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floor_quotient(self, other: $t) -> $t {
                let (q, r) = (self.wrapping_div(other), self.wrapping_rem(other));
                if r != 0 && (r < 0) != (other < 0) { q.wrapping_sub(1) } else { q }
            }

            #[inline(always)]
            fn signum(self) -> $t {
                let sign: fn($t) -> $t = $sign;
                sign(self)
            }

            #[inline(always)]
            fn power(self, exponent: $t) -> $t {
                let (mut base, mut exponent, mut result) = (self, exponent, 1);
                while exponent > 0 {
                    if exponent & 1 == 1 {
                        result = <$t>::wrapping_mul(result, base);
                    }
                    base = base.wrapping_mul(base);
                    exponent >>= 1;
                }
                result
            }
        }
    )*};
}

integer_types! {
    i8: i8::signum;
    i16: i16::signum;
    i32: i32::signum;
    i64: i64::signum;
    u8: |x| x.min(1);
    u16: |x| x.min(1);
}

/// Evaluates one function of integers.
///
/// # Errors
/// A divisor of 0, or a negative exponent.
///
/// # Safety
/// The arguments hold `n` `T`s, and the output has room for `n` `T`s, or bools for a comparison, see
/// [`evaluate`](super::eval::evaluate).
pub(super) unsafe fn integers<T: Integer>(op: Scalar, block: Block) -> Result<(), &'static str> {
    use Scalar::*;
    // SAFETY: argument 1 holds `n` `T`s.
    let second = |f: fn(T) -> bool| unsafe { block.all(1, f) };
    if matches!(op, Div | FloorDiv | FloorMod | TruncDiv | TruncMod) && !second(|y| y != T::ZERO) {
        return Err("Integer division by zero");
    }
    if op == Pow && !second(|y| y >= T::ZERO) {
        return Err("Integers to negative integer powers are not allowed");
    }
    vectorised(Integers::<T> { op, block, elements: PhantomData });
    Ok(())
}

impl<T: Integer> Vectorised for Integers<T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        use Scalar::*;
        let b = self.block;
        // SAFETY: see `integers`, the only one to make this.
        unsafe {
            match self.op {
                Add => b.map2(T::plus),
                Sub => b.map2(T::minus),
                Mul => b.map2(T::times),
                Div | TruncDiv => b.map2(T::quotient),
                TruncMod => b.map2(T::remainder),
                FloorDiv => b.map2(T::floor_quotient),
                FloorMod => b.map2(|x: T, y: T| x.minus(x.floor_quotient(y).times(y))),
                Pow => b.map2(T::power),
                Maximum => b.map2(|x: T, y: T| x.max(y)),
                Minimum => b.map2(|x: T, y: T| x.min(y)),
                SquaredDifference => b.map2(|x: T, y: T| x.minus(y).times(x.minus(y))),
                Neg => b.map1(|x: T| T::ZERO.minus(x)),
                Abs => b.map1(|x: T| if x < T::ZERO { T::ZERO.minus(x) } else { x }),
                Sign => b.map1(T::signum),
                Square => b.map1(|x: T| x.times(x)),
                Relu => b.map1(|x: T| x.max(T::ZERO)),
                Relu6 => b.map1(|x: T| x.max(T::ZERO).min(T::SIX)),
                Equal => b.map2(|x: T, y: T| u8::from(x == y)),
                NotEqual => b.map2(|x: T, y: T| u8::from(x != y)),
                Less => b.map2(|x: T, y: T| u8::from(x < y)),
                LessEqual => b.map2(|x: T, y: T| u8::from(x <= y)),
                Greater => b.map2(|x: T, y: T| u8::from(x > y)),
                GreaterEqual => b.map2(|x: T, y: T| u8::from(x >= y)),
                _ => {}
            }
        }
    }
}
