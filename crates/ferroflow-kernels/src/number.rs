use bytemuck::Pod;
use ferroflow_array::{bf16, f16};

/// A number that arrays hold, with the arithmetic of a tensor: integers wrap around, nothing panics.
pub trait Number: Pod + PartialOrd + Send + Sync {
    /// What sums are kept in: `f32` for the half-precision types, else the type itself.
    type Wide: Number;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `self · other`.
    fn times(self, other: Self) -> Self;
    /// The value, to be summed.
    fn widen(self) -> Self::Wide;
    /// A sum, rounded.
    fn narrow(wide: Self::Wide) -> Self;
}

macro_rules! numbers {
    ($($t:ty, $zero:expr, $one:expr, $wide:ty, |$a:ident, $b:ident| $plus:expr, $times:expr, |$n:ident| $widen:expr, $narrow:expr;)*) => {$(
        impl Number for $t {
            type Wide = $wide;
            const ZERO: Self = $zero;
            const ONE: Self = $one;

            fn plus(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $plus
            }

            fn times(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $times
            }

            fn widen(self) -> $wide {
                let $n = self;
                $widen
            }

            fn narrow($n: $wide) -> Self {
                $narrow
            }
        }
    )*};
    (floats: $($t:ty)*) => {
        numbers! { $($t, 0.0, 1.0, $t, |a, b| a + b, a * b, |n| n, n;)* }
    };
    (halves: $($t:ty)*) => {
        numbers! { $($t, <$t>::ZERO, <$t>::ONE, f32, |a, b| a + b, a * b, |n| n.to_f32(), <$t>::from_f32(n);)* }
    };
    (integers: $($t:ty)*) => {
        numbers! { $($t, 0, 1, $t, |a, b| a.wrapping_add(b), a.wrapping_mul(b), |n| n, n;)* }
    };
}

numbers!(floats: f32 f64);
numbers!(halves: f16 bf16);
numbers!(integers: i8 i16 i32 i64 u8 u16);
