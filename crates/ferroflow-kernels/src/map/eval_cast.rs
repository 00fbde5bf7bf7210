//! Conversions between dtypes.

use super::block::Block;
use crate::vectorised::Vectorised;
use ferroflow_array::{DType, bf16, f16};
use num_traits::{AsPrimitive, Zero};

/// Elements of one dtype as another: floats to integers truncate and saturate, integers wrap around, non-zero is true.
pub(super) struct Cast {
    pub(super) from: DType,
    pub(super) to: DType,
    pub(super) block: Block,
}

impl Vectorised for Cast {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Cast { from, to, block } = self;
        // SAFETY: `evaluate`, the only one to make this, has the argument hold `from` and the output `to`.
        unsafe {
            match from {
                DType::F16 => to_each::<f16>(to, block),
                DType::Bf16 => to_each::<bf16>(to, block),
                DType::F32 => to_each::<f32>(to, block),
                DType::F64 => to_each::<f64>(to, block),
                DType::I8 => to_each::<i8>(to, block),
                DType::I16 => to_each::<i16>(to, block),
                DType::I32 => to_each::<i32>(to, block),
                DType::I64 => to_each::<i64>(to, block),
                DType::U8 | DType::Bool => to_each::<u8>(to, block),
                DType::U16 => to_each::<u16>(to, block),
                _ => {}
            }
        }
    }
}

/// A number that converts to every other.
trait Source:
    Copy
    + PartialEq
    + Zero
    + AsPrimitive<f16>
    + AsPrimitive<bf16>
    + AsPrimitive<f32>
    + AsPrimitive<f64>
    + AsPrimitive<i8>
    + AsPrimitive<i16>
    + AsPrimitive<i32>
    + AsPrimitive<i64>
    + AsPrimitive<u8>
    + AsPrimitive<u16>
{
}

macro_rules! sources {
    ($($t:ty)*) => {
        $(impl Source for $t {})*
    };
}

sources!(f16 bf16 f32 f64 i8 i16 i32 i64 u8 u16);

/// # Safety
/// The argument holds `n` `A`s and the output has room for `n` of `to`, see [`Cast`].
#[inline(always)]
unsafe fn to_each<A: Source>(to: DType, b: Block) {
    // SAFETY: passed on.
    unsafe {
        match to {
            DType::F16 => b.map1(|x: A| AsPrimitive::<f16>::as_(x)),
            DType::Bf16 => b.map1(|x: A| AsPrimitive::<bf16>::as_(x)),
            DType::F32 => b.map1(|x: A| AsPrimitive::<f32>::as_(x)),
            DType::F64 => b.map1(|x: A| AsPrimitive::<f64>::as_(x)),
            DType::I8 => b.map1(|x: A| AsPrimitive::<i8>::as_(x)),
            DType::I16 => b.map1(|x: A| AsPrimitive::<i16>::as_(x)),
            DType::I32 => b.map1(|x: A| AsPrimitive::<i32>::as_(x)),
            DType::I64 => b.map1(|x: A| AsPrimitive::<i64>::as_(x)),
            DType::U8 => b.map1(|x: A| AsPrimitive::<u8>::as_(x)),
            DType::U16 => b.map1(|x: A| AsPrimitive::<u16>::as_(x)),
            DType::Bool => b.map1(|x: A| u8::from(x != A::zero())),
            _ => {}
        }
    }
}
