use bytemuck::{NoUninit, Zeroable, checked::CheckedBitPattern};
pub use half::{bf16, f16};
use std::fmt;
use std::str::FromStr;

/// The element type of an array or a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DType {
    /// IEEE 754 binary16.
    F16,
    /// bfloat16: the upper half of an [`f32`].
    Bf16,
    /// IEEE 754 binary32, TensorFlow's `float32`.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// 8-bit signed integer.
    I8,
    /// 16-bit signed integer.
    I16,
    /// 32-bit signed integer.
    I32,
    /// 64-bit signed integer.
    I64,
    /// 8-bit unsigned integer.
    U8,
    /// 16-bit unsigned integer.
    U16,
    /// One byte, 0 or 1.
    Bool,
    /// A byte string of any length.
    String,
}

impl DType {
    /// Every dtype.
    pub const ALL: [DType; 12] = [
        DType::F16,
        DType::Bf16,
        DType::F32,
        DType::F64,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::U8,
        DType::U16,
        DType::Bool,
        DType::String,
    ];

    /// Bytes of one element; 0 for strings, which are not stored inline.
    pub const fn size(self) -> usize {
        match self {
            DType::F64 | DType::I64 => 8,
            DType::F32 | DType::I32 => 4,
            DType::F16 | DType::Bf16 | DType::I16 | DType::U16 => 2,
            DType::I8 | DType::U8 | DType::Bool => 1,
            DType::String => 0,
        }
    }

    /// Whether this is a floating-point type.
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F16 | DType::Bf16 | DType::F32 | DType::F64)
    }

    /// Whether this is an integer type, signed or not (bool is none).
    pub const fn is_integer(self) -> bool {
        matches!(self, DType::I8 | DType::I16 | DType::I32 | DType::I64 | DType::U8 | DType::U16)
    }

    /// Whether arithmetic is defined: floats and integers.
    pub const fn is_numeric(self) -> bool {
        self.is_float() || self.is_integer()
    }

    /// The short name: `f32`, `i64`, `bool`, `string`.
    pub const fn name(self) -> &'static str {
        match self {
            DType::F16 => "f16",
            DType::Bf16 => "bf16",
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::I8 => "i8",
            DType::I16 => "i16",
            DType::I32 => "i32",
            DType::I64 => "i64",
            DType::U8 => "u8",
            DType::U16 => "u16",
            DType::Bool => "bool",
            DType::String => "string",
        }
    }

    /// TensorFlow's name: `float32`, `int64`, `bool`, `string`.
    pub const fn tensorflow_name(self) -> &'static str {
        match self {
            DType::F16 => "float16",
            DType::Bf16 => "bfloat16",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::U8 => "uint8",
            DType::U16 => "uint16",
            DType::Bool => "bool",
            DType::String => "string",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text named no dtype.
#[derive(Debug, thiserror::Error)]
#[error("unknown dtype `{0}`")]
pub struct UnknownDType(String);

impl FromStr for DType {
    type Err = UnknownDType;

    /// Parses the short name or TensorFlow's name.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        DType::ALL
            .into_iter()
            .find(|d| d.name() == s || d.tensorflow_name() == s)
            .ok_or_else(|| UnknownDType(s.to_owned()))
    }
}

/// A Rust type that arrays can hold as elements.
pub trait Element:
    Copy + Default + Send + Sync + fmt::Debug + PartialEq + NoUninit + CheckedBitPattern + Zeroable + 'static
{
    /// The dtype that stores this type.
    const DTYPE: DType;
}

macro_rules! elements {
    ($($t:ty => $d:ident),* $(,)?) => {$(
        impl Element for $t {
            const DTYPE: DType = DType::$d;
        }
    )*};
}

elements! {
    f16 => F16, bf16 => Bf16, f32 => F32, f64 => F64, i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    u8 => U8, u16 => U16, bool => Bool,
}

/// `for_element!(dtype, T => expression, else other)`: the expression with `T` the element type of `dtype`; `other`
/// for strings.
macro_rules! for_element {
    (@arms $dtype:expr, $t:ident => $then:expr, $otherwise:expr, $($d:ident: $element:ty,)*) => {
        match $dtype {
            $($crate::DType::$d => {
                type $t = $element;
                $then
            })*
            $crate::DType::String => $otherwise,
        }
    };
    ($dtype:expr, $t:ident => $then:expr, else $otherwise:expr) => {
        $crate::dtype::for_element!(@arms $dtype, $t => $then, $otherwise,
            F16: $crate::f16, Bf16: $crate::bf16, F32: f32, F64: f64, I8: i8, I16: i16, I32: i32, I64: i64,
            U8: u8, U16: u16, Bool: bool,)
    };
}
pub(crate) use for_element;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for d in DType::ALL {
            assert_eq!(d.name().parse::<DType>().unwrap(), d);
            assert_eq!(d.tensorflow_name().parse::<DType>().unwrap(), d);
        }
        assert_eq!("f33".parse::<DType>().unwrap_err().to_string(), "unknown dtype `f33`");
    }
}
