//! The Rust type of a dtype.

/// `by_dtype!(numeric dtype, T => body)`: `body`, an [`OpResult`](crate::OpResult), with `T` the Rust type of `dtype`,
/// which must be numeric (or `float`, a floating-point type).
macro_rules! by_dtype {
    (float $dtype:expr, $t:ident => $body:expr) => {
        by_dtype!(@match $dtype, $t => $body; F16 ferroflow_array::f16, Bf16 ferroflow_array::bf16, F32 f32, F64 f64)
    };
    (numeric $dtype:expr, $t:ident => $body:expr) => {
        by_dtype!(@match $dtype, $t => $body; F16 ferroflow_array::f16, Bf16 ferroflow_array::bf16, F32 f32, F64 f64,
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16)
    };
    (@match $dtype:expr, $t:ident => $body:expr; $($d:ident $ty:ty),*) => {
        match $dtype {
            $(ferroflow_array::DType::$d => {
                type $t = $ty;
                $body
            })*
            other => Err($crate::OpError::dtype(format!("not defined for {other}"))),
        }
    };
}
