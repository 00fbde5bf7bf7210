use bytemuck::Pod;
use ferroflow_array::{bf16, f16};

/// A number that arrays hold, with the arithmetic of a tensor: integers wrap around, nothing panics.
pub trait Number: Pod + PartialOrd + Send + Sync {
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `self - other`.
    fn minus(self, other: Self) -> Self;
    /// `self · other`.
    fn times(self, other: Self) -> Self;
}

macro_rules! numbers {
    ($($t:ty: $zero:expr, $one:expr, |$a:ident, $b:ident| $plus:expr, $minus:expr, $times:expr;)*) => {$(
        impl Number for $t {
            const ZERO: Self = $zero;
            const ONE: Self = $one;

            fn plus(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $plus
            }

            fn minus(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $minus
            }

            fn times(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $times
            }
        }
    )*};
    (floats: $($t:ty)*) => {
        numbers! { $($t: 0.0, 1.0, |a, b| a + b, a - b, a * b;)* }
    };
    (halves: $($t:ty)*) => {
        numbers! { $($t: <$t>::ZERO, <$t>::ONE, |a, b| a + b, a - b, a * b;)* }
    };
    (integers: $($t:ty)*) => {
        numbers! { $($t: 0, 1, |a, b| a.wrapping_add(b), a.wrapping_sub(b), a.wrapping_mul(b);)* }
    };
}

numbers!(floats: f32 f64);
numbers!(halves: f16 bf16);
numbers!(integers: i8 i16 i32 i64 u8 u16);
