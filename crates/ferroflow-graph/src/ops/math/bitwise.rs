//! Operations on the bits of integers, of one shape, and bits under another dtype.

use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;

/// The Rust type of a dtype of integers.
macro_rules! by_integer {
    ($dtype:expr, $t:ident => $body:expr) => {
        by_dtype!(@match $dtype, $t => $body; I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16)
    };
}

/// An op of two integers, of one dtype and shape.
macro_rules! bitwise {
    ($($(#[$meta:meta])* $name:ident($type:literal), $method:ident: |$x:ident, $y:ident, $t:ident| $body:expr;)*) => {$(
        op! {
            $(#[$meta])*
            pub struct $name($type) {}
        }

        impl<'g> Tensor<'g> {
            $(#[$meta])*
            #[track_caller]
            pub fn $method(self, other: impl IntoInput<'g>) -> Tensor<'g> {
                self.graph().build($name {}).input("x", self).input("y", other).tensor()
            }
        }

        impl Op for $name {
            fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
                let [x, y] = rules::exactly(inputs)?;
                rules::same_dtype(inputs)?;
                Ok(vec![Fact::new(integer(x)?, rules::merge(&x.shape, &y.shape)?)])
            }

            fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
                by_integer!(inputs[0].dtype, $t => Ok(Kernel::new(|io| {
                    let (xs, ys) = (io.input::<$t>(0), io.input::<$t>(1));
                    for ((z, &$x), &$y) in io.output::<$t>(0).iter_mut().zip(xs).zip(ys) {
                        *z = $body;
                    }
                    Ok(())
                })))
            }

            fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
                Ok(vec![None, None])
            }
        }

        impl Sampled for $name {
            const SAMPLES: &'static [Sample] = &[|g| g.constant([12, -7, 3]).$method([10, 3, 40])];
        }
    )*};
}

bitwise! {
    /// The bits that both have.
    BitwiseAnd("BitwiseAnd"), bitwise_and: |x, y, T| x & y;
    /// The bits that one of both has.
    BitwiseOr("BitwiseOr"), bitwise_or: |x, y, T| x | y;
    /// The bits that just one of both has.
    BitwiseXor("BitwiseXor"), bitwise_xor: |x, y, T| x ^ y;
    /// `x · 2ʸ`, without the bits that leave it; by at least 0 places and at most all but one.
    LeftShift("LeftShift"), left_shift: |x, y, T| x << places(y);
    /// `⌊x / 2ʸ⌋`, by at least 0 places and at most all but one.
    RightShift("RightShift"), right_shift: |x, y, T| x >> places(y);
}

op! {
    /// Every bit the other way.
    pub struct Invert("Invert") {}
}

op! {
    /// The same bits as elements of another dtype: of a smaller one there is one more dimension of parts, of a larger
    /// one the last dimension is that of the parts.
    pub struct Bitcast("Bitcast") {
        /// The dtype of the result.
        to: DType,
    }
}

impl<'g> Tensor<'g> {
    /// Every bit of these integers the other way.
    #[track_caller]
    pub fn bitwise_invert(self) -> Tensor<'g> {
        self.graph().build(Invert {}).input("x", self).tensor()
    }

    /// The same bits as elements of `dtype`.
    #[track_caller]
    pub fn bitcast(self, dtype: DType) -> Tensor<'g> {
        self.graph().build(Bitcast { to: dtype }).input("input", self).tensor()
    }
}

fn integer(fact: &Fact) -> OpResult<DType> {
    match fact.dtype.is_integer() {
        true => Ok(fact.dtype),
        false => Err(OpError::dtype(format!("expected integers, found {}", fact.dtype))),
    }
}

/// By how many places elements of `T` can be shifted, for one that asks for `by`.
fn places<T: Into<i64>>(by: T) -> u32 {
    by.into().clamp(0, 8 * size_of::<T>() as i64 - 1) as u32
}

impl Op for Invert {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![Fact::new(integer(x)?, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        by_integer!(inputs[0].dtype, T => Ok(Kernel::new(|io| {
            io.output::<T>(0).iter_mut().zip(io.input::<T>(0)).for_each(|(y, &x)| *y = !x);
            Ok(())
        })))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Op for Bitcast {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        let (from, to) = (x.dtype.size(), rules::element_size(&Fact::new(self.to, PartialShape::unknown()))?);
        let shape = match x.shape.dims() {
            None => PartialShape::unknown(),
            Some(dims) if from == to => dims.iter().copied().collect(),
            Some(dims) if from > to => dims.iter().copied().chain([Some(from / to)]).collect(),
            Some([rest @ .., last]) if last.is_none_or(|n| n == to / from) => rest.iter().copied().collect(),
            Some(_) => {
                let (own, parts) = (x.dtype, to / from);
                let message =
                    format!("of {own} the last dimension must be {parts} to make {}, found shape {}", self.to, x.shape);
                return Err(OpError::value(message));
            }
        };
        Ok(vec![Fact::new(self.to, shape)])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::new(|io| {
            io.output::<u8>(0).copy_from_slice(io.input(0));
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Invert {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([12, -7, 0]).bitwise_invert()];
}

impl Sampled for Bitcast {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f32, -2.0]).bitcast(DType::I32),
        |g| g.constant([1.0f32, -2.0]).bitcast(DType::U8),
        |g| g.constant([[1, 2], [3, 4]]).bitcast(DType::I64),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(BitwiseAnd::SAMPLES[0]), [8.0, 1.0, 0.0]);
        assert_eq!(f64s(BitwiseOr::SAMPLES[0]), [14.0, -5.0, 43.0]);
        assert_eq!(f64s(BitwiseXor::SAMPLES[0]), [6.0, -6.0, 43.0]);
        assert_eq!(f64s(LeftShift::SAMPLES[0]), [12288.0, -56.0, -2147483648.0]);
        assert_eq!(f64s(RightShift::SAMPLES[0]), [0.0, -1.0, 0.0]);
        assert_eq!(f64s(Invert::SAMPLES[0]), [-13.0, 6.0, -1.0]);
        assert_eq!(f64s(Bitcast::SAMPLES[0]), [f64::from(0x3F80_0000), f64::from(0xC000_0000u32 as i32)]);
        assert_eq!(f64s(Bitcast::SAMPLES[1]), [0.0, 0.0, 128.0, 63.0, 0.0, 0.0, 0.0, 192.0]);
        assert_eq!(f64s(Bitcast::SAMPLES[2]), [(2i64 << 32 | 1) as f64, (4i64 << 32 | 3) as f64]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let g = Graph::new();
        let _ = g.constant([1, 2, 3]).bitcast(DType::I64);
        let message = "of i32 the last dimension must be 2 to make i64, found shape [3]";
        assert_eq!(g.check().unwrap_err().message, message);
        let g = Graph::new();
        let _ = g.constant([1.0]).bitwise_invert();
        assert_eq!(g.check().unwrap_err().message, "expected integers, found f64");
    }
}
