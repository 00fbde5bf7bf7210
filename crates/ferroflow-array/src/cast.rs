use crate::dtype::for_element;
use crate::{Array, ArrayError, DType, Element, Result, bf16, f16};

/// An element without loss: every integer and bool is an `i64`, every float an `f64`.
enum Exact {
    Int(i64),
    Float(f64),
}

/// Widening, which is exact, and narrowing, which rounds once.
trait Number: Element {
    fn exact(self) -> Exact;
    fn from_int(value: i64) -> Self;
    fn from_float(value: f64) -> Self;
}

macro_rules! numbers {
    ($($t:ty: $exact:expr, $from_int:expr, $from_float:expr;)*) => {$(
        impl Number for $t {
            fn exact(self) -> Exact {
                $exact(self.into())
            }
            fn from_int(value: i64) -> Self {
                $from_int(value)
            }
            fn from_float(value: f64) -> Self {
                $from_float(value)
            }
        }
    )*};
}

numbers! {
    f16: Exact::Float, |v| f16::from_f32(odd_f32(odd_f64(v))), |v| f16::from_f32(odd_f32(v));
    bf16: Exact::Float, |v| bf16::from_f32(odd_f32(odd_f64(v))), |v| bf16::from_f32(odd_f32(v));
    f32: Exact::Float, |v| v as f32, |v| v as f32;
    f64: Exact::Float, |v| v as f64, |v| v;
    i8: Exact::Int, |v| v as i8, |v| v as i8;
    i16: Exact::Int, |v| v as i16, |v| v as i16;
    i32: Exact::Int, |v| v as i32, |v| v as i32;
    i64: Exact::Int, |v| v, |v| v as i64;
    u8: Exact::Int, |v| v as u8, |v| v as u8;
    u16: Exact::Int, |v| v as u16, |v| v as u16;
    bool: Exact::Int, |v| v != 0, |v| v != 0.0;
}

/// Rounds to odd: of the two neighbours of an inexact value the one with an odd last bit. Rounding that to nearest,
/// at least two bits shorter, gives what rounding `value` itself would (Boldo and Melquiond, "When double rounding
/// is odd", 2005).
fn odd_f32(value: f64) -> f32 {
    let near = value as f32;
    let back = f64::from(near);
    if back == value || value.is_nan() || near.to_bits() & 1 == 1 {
        return near;
    }
    // The bits of a float, sign aside, grow with its magnitude.
    f32::from_bits(if back.abs() > value.abs() { near.to_bits() - 1 } else { near.to_bits() + 1 })
}

/// The same from integers: the 11 bits that may not fit become one.
fn odd_f64(value: i64) -> f64 {
    let magnitude = value.unsigned_abs();
    let fits = magnitude >> 53 == 0;
    let kept = if fits { magnitude } else { magnitude & !0x7ff | u64::from(magnitude & 0x7ff != 0) << 11 };
    if value < 0 { -(kept as f64) } else { kept as f64 }
}

fn convert<S: Number, T: Number>(from: &Array) -> Result<Array> {
    let mut to = Array::zeros(T::DTYPE, from.shape())?;
    for (to, from) in to.as_mut_slice::<T>()?.iter_mut().zip(from.as_slice::<S>()?) {
        *to = match from.exact() {
            Exact::Int(v) => T::from_int(v),
            Exact::Float(v) => T::from_float(v),
        };
    }
    Ok(to)
}

fn read<S: Number, R>(from: &Array, each: impl Fn(Exact) -> Option<R>) -> Option<Vec<R>> {
    from.as_slice::<S>().ok()?.iter().map(|v| each(v.exact())).collect()
}

impl Array {
    /// The elements as another dtype; the same elements, shared, where that is the array's own.
    ///
    /// Integers wrap around, as Rust's `as` does. Floats become integers toward zero, saturating; NaN becomes 0.
    /// Anything but zero is true; a bool is 0 or 1. Whatever becomes a float is rounded once, to the nearest, ties
    /// to even.
    ///
    /// # Errors
    /// [`ArrayError::Cast`] between strings and numbers, [`ArrayError::TooLarge`] where there is no room.
    pub fn cast(&self, dtype: DType) -> Result<Array> {
        if dtype == self.dtype() {
            return Ok(self.clone());
        }
        let error = || ArrayError::Cast { from: self.dtype(), to: dtype };
        for_element!(self.dtype(), S => for_element!(dtype, T => convert::<S, T>(self), else Err(error())), else Err(error()))
    }

    /// The elements of an integer or bool array as `i64`; `None` for floats and strings.
    pub fn to_ints(&self) -> Option<Vec<i64>> {
        let int = |v| if let Exact::Int(v) = v { Some(v) } else { None };
        if self.dtype().is_float() {
            return None;
        }
        for_element!(self.dtype(), S => read::<S, _>(self, int), else None)
    }

    /// The elements of a numeric or bool array as `f64`, the nearest where they are large integers; `None` for
    /// strings.
    pub fn to_f64s(&self) -> Option<Vec<f64>> {
        let float = |v| match v {
            Exact::Int(v) => Some(v as f64),
            Exact::Float(v) => Some(v),
        };
        for_element!(self.dtype(), S => read::<S, _>(self, float), else None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast<T: Element>(from: impl Into<Array>) -> Vec<T> {
        from.into().cast(T::DTYPE).unwrap().to_vec().unwrap()
    }

    #[test]
    fn integers_wrap() {
        assert_eq!(cast::<i64>([u16::MAX]), [65535]);
        assert_eq!(cast::<u16>([-1i64, 65536, 9_007_199_254_740_993]), [65535, 0, 1]);
        assert_eq!(cast::<i8>([128i32, 255, -129]), [-128, -1, 127]);
        assert_eq!(cast::<u8>([-1i8, 5]), [255, 5]);
        assert_eq!(cast::<i32>([1i64 << 32 | 7]), [7]);
    }

    #[test]
    fn floats_saturate() {
        assert_eq!(cast::<i32>([1e10f32, -1e10, f32::NAN, -1.9]), [i32::MAX, i32::MIN, 0, -1]);
        assert_eq!(cast::<u8>([300.0f64, -1.0, f64::INFINITY]), [255, 0, 255]);
        assert_eq!(cast::<i64>([f16::INFINITY, f16::from_f32(-2.5)]), [i64::MAX, -2]);
        assert_eq!(cast::<i64>([9_007_199_254_740_992f64]), [9_007_199_254_740_992]);
    }

    #[test]
    fn bools() {
        assert_eq!(cast::<bool>([0.0f32, -0.0, 0.1, f32::NAN]), [false, false, true, true]);
        assert_eq!(cast::<bool>([0i64, 256]), [false, true]);
        assert_eq!(cast::<f64>([true, false]), [1.0, 0.0]);
        assert_eq!(cast::<u8>([true, false]), [1, 0]);
    }

    #[test]
    fn every_float_is_rounded_once() {
        // Each lies just beyond the middle of two neighbours; by way of f32 it would fall on it and go to even.
        let (half, brain, single) = (2f64.powi(-11), 2f64.powi(-8), 2f64.powi(-24));
        assert_eq!(cast::<f16>([1.0 + half + 2f64.powi(-40)]), [f16::from_bits(0x3c01)]);
        assert_eq!(cast::<f16>([1.0 + half, 1.0 + 3.0 * half]), [f16::from_bits(0x3c00), f16::from_bits(0x3c02)]);
        assert_eq!(cast::<f16>([-(1.0 + 3.0 * half - 2f64.powi(-52))]), [f16::from_bits(0xbc01)]);
        assert_eq!(cast::<bf16>([1.0 + brain + 2f64.powi(-50)]), [bf16::from_bits(0x3f81)]);
        assert_eq!(cast::<f32>([1.0 + single + 2f64.powi(-50)]), [1.0 + 2f32.powi(-23)]);
        let middle = (1i64 << 62) + (1 << 54);
        assert_eq!(cast::<bf16>([middle, middle + 1, -middle - 1]), [0x5e80, 0x5e81, 0xde81].map(bf16::from_bits));
        assert_eq!(cast::<f32>([(1i64 << 62) + (1 << 38) + 1]), [2f32.powi(62) + 2f32.powi(39)]);
        assert_eq!(cast::<f16>([2049i32, 2051, i32::MAX]), [0x6800, 0x6802, 0x7c00].map(f16::from_bits));
    }

    #[test]
    fn extremes_of_halves() {
        assert_eq!(cast::<f16>([65519.99f64, 65520.0, 1e300]), [0x7bff, 0x7c00, 0x7c00].map(f16::from_bits));
        assert_eq!(cast::<bf16>([3.4e38f64, 1e300, -1e300]), [0x7f80, 0x7f80, 0xff80].map(bf16::from_bits));
        assert_eq!(cast::<f16>([2f64.powi(-25), 2f64.powi(-25) * 1.0001, -1e-300]), [0, 1, 0x8000].map(f16::from_bits));
        assert!(cast::<f16>([f64::NAN])[0].is_nan() && cast::<bf16>([f32::NAN])[0].is_nan());
        assert_eq!(cast::<f32>([f16::from_bits(1)]), [2f32.powi(-24)]);
        assert_eq!(cast::<bf16>([i64::MIN]), [bf16::from_bits(0xdf00)]);
    }

    #[test]
    fn equal_dtypes_share() {
        let a = Array::from([1.0f32, 2.0]);
        assert_eq!(a.cast(DType::F32).unwrap().bytes().as_ptr(), a.bytes().as_ptr());
        assert_eq!(Array::from("a").cast(DType::String).unwrap(), Array::from("a"));
    }

    #[test]
    fn strings_are_refused() {
        let error = Array::from("1").cast(DType::F32).unwrap_err();
        assert_eq!(error.to_string(), "cannot cast string to f32");
        assert_eq!(Array::from(1i8).cast(DType::String).unwrap_err().to_string(), "cannot cast i8 to string");
    }

    #[test]
    fn plain_vectors() {
        assert_eq!(Array::from([true, false]).to_ints(), Some(vec![1, 0]));
        assert_eq!(Array::from([1.5f32]).to_ints(), None);
        assert_eq!(Array::from(Vec::<f32>::new()).to_ints(), None);
        assert_eq!(Array::from([i64::MAX]).to_f64s(), Some(vec![9_223_372_036_854_775_807.0]));
        assert_eq!(Array::from("x").to_f64s(), None);
    }
}
