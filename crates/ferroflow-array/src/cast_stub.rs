use crate::{Array, DType, Element, Result};
impl Array {
    /// Stub.
    pub fn cast(&self, dtype: DType) -> Result<Array> {
        fn f<T: Element>(a: &Array, c: impl Fn(f64) -> T) -> Result<Array> {
            Array::new(a.shape(), &a.to_f64s().unwrap_or_default().into_iter().map(c).collect::<Vec<_>>())
        }
        match dtype {
            DType::F32 => f(self, |v| v as f32),
            DType::F64 => f(self, |v| v),
            DType::I8 => f(self, |v| v as i8),
            DType::I16 => f(self, |v| v as i16),
            DType::I32 => f(self, |v| v as i32),
            DType::I64 => f(self, |v| v as i64),
            DType::U8 => f(self, |v| v as u8),
            DType::U16 => f(self, |v| v as u16),
            DType::Bool => f(self, |v| v != 0.0),
            DType::F16 => f(self, crate::f16::from_f64),
            DType::Bf16 => f(self, crate::bf16::from_f64),
            DType::String => Err(crate::ArrayError::DType { expected: dtype, found: self.dtype() }),
        }
    }
}
impl std::fmt::Display for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.to_f64s())
    }
}
