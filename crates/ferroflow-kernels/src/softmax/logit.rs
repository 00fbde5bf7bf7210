use crate::Float;
use bytemuck::Pod;
use ferroflow_array::{bf16, f16};

/// A floating-point element, and the type that it is computed in.
pub trait Logit: Pod + Send + Sync {
    /// `f32`, or `f64` for itself.
    type Wide: Float;
    /// As the type to compute in.
    fn widen(self) -> Self::Wide;
    /// Rounded from the type to compute in.
    fn narrow(wide: Self::Wide) -> Self;
}

macro_rules! logits {
    ($($t:ty, $wide:ty: $widen:expr, $narrow:expr;)*) => {$(
        impl Logit for $t {
            type Wide = $wide;

            #[inline(always)]
            fn widen(self) -> $wide {
                $widen(self)
            }

            #[inline(always)]
            fn narrow(wide: $wide) -> $t {
                $narrow(wide)
            }
        }
    )*};
}

logits! {
    f32, f32: |x| x, |x| x;
    f64, f64: |x| x, |x| x;
    f16, f32: f16::to_f32, f16::from_f32;
    bf16, f32: bf16::to_f32, bf16::from_f32;
}
