//! The numbers that elements are combined in.

use crate::Float;
use bytemuck::Pod;
use ferroflow_array::DType;

pub(super) trait Accumulator: Pod + Send + Sync {
    const ZERO: Self;
    const ONE: Self;
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn max(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
    fn over_count(self, count: usize) -> Self;
    fn lowest(dtype: DType) -> Self;
    fn highest(dtype: DType) -> Self;
}

macro_rules! float_accumulators {
    ($($t:ident),*) => {$(
        impl Accumulator for $t {
            const ZERO: $t = 0.0;
            const ONE: $t = 1.0;

            #[inline(always)]
            fn add(self, other: $t) -> $t {
                self + other
            }

            #[inline(always)]
            fn mul(self, other: $t) -> $t {
                self * other
            }

            #[inline(always)]
            fn max(self, other: $t) -> $t {
                Float::maximum(self, other)
            }

            #[inline(always)]
            fn min(self, other: $t) -> $t {
                Float::minimum(self, other)
            }

            fn over_count(self, count: usize) -> $t {
                self / count as $t
            }

            fn lowest(_: DType) -> $t {
                $t::NEG_INFINITY
            }

            fn highest(_: DType) -> $t {
                $t::INFINITY
            }
        }
    )*};
}

float_accumulators!(f32, f64);

impl Accumulator for i64 {
    const ZERO: i64 = 0;
    const ONE: i64 = 1;

    #[inline(always)]
    fn add(self, other: i64) -> i64 {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn mul(self, other: i64) -> i64 {
        self.wrapping_mul(other)
    }

    #[inline(always)]
    fn max(self, other: i64) -> i64 {
        Ord::max(self, other)
    }

    #[inline(always)]
    fn min(self, other: i64) -> i64 {
        Ord::min(self, other)
    }

    fn over_count(self, count: usize) -> i64 {
        if count == 0 { 0 } else { self.wrapping_div(count as i64) }
    }

    fn lowest(dtype: DType) -> i64 {
        match dtype {
            DType::I8 => i8::MIN.into(),
            DType::I16 => i16::MIN.into(),
            DType::I32 => i32::MIN.into(),
            DType::I64 => i64::MIN,
            _ => 0,
        }
    }

    fn highest(dtype: DType) -> i64 {
        match dtype {
            DType::Bool => 1,
            DType::I8 => i8::MAX.into(),
            DType::I16 => i16::MAX.into(),
            DType::I32 => i32::MAX.into(),
            DType::U8 => u8::MAX.into(),
            DType::U16 => u16::MAX.into(),
            _ => i64::MAX,
        }
    }
}
