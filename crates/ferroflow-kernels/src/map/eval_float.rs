//! Instructions over floats.

use super::Scalar;
use super::block::Block;
use crate::Float;
use crate::vectorised::{Vectorised, vectorised};
use ferroflow_array::DType;
use half::slice::HalfFloatSliceExt;
use std::marker::PhantomData;

/// How an instruction is evaluated.
///
/// # Safety
/// See [`evaluate`](super::eval::evaluate).
pub(super) type Function = unsafe fn(Scalar, DType, Block) -> Result<(), &'static str>;

/// Each function is compiled on its own, so that calling it costs little beside its loop.
macro_rules! functions {
    ($($op:ident: $map:ident($f:expr);)*) => {
        /// The function of an instruction over `T`s.
        pub(super) fn function<T: Float>(op: Scalar) -> Function {
            match op {
                $(Scalar::$op => {
                    struct Loop<T> {
                        block: Block,
                        elements: PhantomData<T>,
                    }
                    impl<T: Float> Vectorised for Loop<T> {
                        type Output = ();

                        #[inline(always)]
                        fn run(self) {
                            // SAFETY: see `Function`.
                            unsafe { self.block.$map($f) }
                        }
                    }
                    /// # Safety
                    /// See [`Function`].
                    unsafe fn call<T: Float>(_: Scalar, _: DType, block: Block) -> Result<(), &'static str> {
                        vectorised(Loop::<T> { block, elements: PhantomData });
                        Ok(())
                    }
                    call::<T>
                })*
                _ => by_element::<T>,
            }
        }
    };
}

functions! {
    Add: map2(|x: T, y: T| x + y);
    Sub: map2(|x: T, y: T| x - y);
    Mul: map2(|x: T, y: T| x * y);
    Div: map2(|x: T, y: T| x / y);
    FloorDiv: map2(|x: T, y: T| (x / y).floor());
    TruncDiv: map2(|x: T, y: T| (x / y).trunc());
    Maximum: map2(T::maximum);
    Minimum: map2(T::minimum);
    SquaredDifference: map2(|x: T, y: T| (x - y) * (x - y));
    Neg: map1(|x: T| -x);
    Abs: map1(T::abs);
    Sign: map1(T::sign);
    Square: map1(|x: T| x * x);
    Sqrt: map1(T::sqrt);
    Rsqrt: map1(|x: T| T::ONE / x.sqrt());
    Reciprocal: map1(|x: T| T::ONE / x);
    Floor: map1(T::floor);
    Ceil: map1(T::ceil);
    Round: map1(T::round_ties_even);
    Exp: map1(T::exp);
    Expm1: map1(T::exp_m1);
    Log: map1(T::ln);
    Log1p: map1(T::ln_1p);
    Tanh: map1(T::tanh);
    Sigmoid: map1(T::sigmoid);
    Softplus: map1(T::softplus);
    Softsign: map1(|x: T| x / (T::ONE + x.abs()));
    Relu: map1(T::relu);
    Relu6: map1(|x: T| x.relu().minimum(T::from_f64(6.0)));
    Elu: map1(T::elu);
    Selu: map1(T::selu);
    Erf: map1(T::erf);
    Equal: map2(|x: T, y: T| u8::from(x == y));
    NotEqual: map2(|x: T, y: T| u8::from(x != y));
    Less: map2(|x: T, y: T| u8::from(x < y));
    LessEqual: map2(|x: T, y: T| u8::from(x <= y));
    Greater: map2(|x: T, y: T| u8::from(x > y));
    GreaterEqual: map2(|x: T, y: T| u8::from(x >= y));
    IsNan: map1(|x: T| u8::from(x.is_nan()));
    IsInf: map1(|x: T| u8::from(x.abs() == T::INFINITY));
    IsFinite: map1(|x: T| u8::from(x.abs() < T::INFINITY));
}

/// Sine or cosine of arguments that need no long reduction.
struct Near<T> {
    op: Scalar,
    block: Block,
    elements: PhantomData<T>,
}

impl<T: Float> Vectorised for Near<T> {
    /// Whether the arguments are such, and the results there.
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // SAFETY: see `Function`.
        unsafe {
            if !self.block.all(0, T::is_near) {
                return false;
            }
            match self.op {
                Scalar::Sin => self.block.map1(T::sin_near),
                _ => self.block.map1(T::cos_near),
            }
        }
        true
    }
}

/// Functions whose loops do not vectorise.
///
/// # Safety
/// See [`Function`].
unsafe fn by_element<T: Float>(op: Scalar, _: DType, b: Block) -> Result<(), &'static str> {
    use Scalar::*;
    if matches!(op, Sin | Cos) && vectorised(Near::<T> { op, block: b, elements: PhantomData }) {
        return Ok(());
    }
    // SAFETY: see `Function`.
    unsafe {
        match op {
            FloorMod => b.each2(T::floor_mod),
            TruncMod => b.each2(|x: T, y: T| x % y),
            Pow => b.each2(T::powf),
            Atan2 => b.each2(T::atan2),
            Sin => b.each1(T::sin),
            Cos => b.each1(T::cos),
            Tan => b.each1(T::tan),
            Asin => b.each1(T::asin),
            Acos => b.each1(T::acos),
            Atan => b.each1(T::atan),
            Sinh => b.each1(T::sinh),
            Cosh => b.each1(T::cosh),
            Erfc => b.each1(T::erfc),
            Lgamma => b.each1(T::lgamma),
            Digamma => b.each1(T::digamma),
            _ => {}
        }
    }
    Ok(())
}

/// Halves are computed as `f32` and rounded.
///
/// # Safety
/// The arguments hold `n` `T`s, and the output has room for `n` `T`s, or bools for a predicate, see
/// [`evaluate`](super::eval::evaluate).
pub(super) unsafe fn halves<T>(op: Scalar, block: Block) -> Result<(), &'static str>
where
    [T]: HalfFloatSliceExt,
{
    const CHUNK: usize = 256;
    let arity = op.arity();
    let is_predicate = op.result_dtype(&[DType::F32; 3][..arity]) == Some(DType::Bool);
    let mut wide = [[0f32; CHUNK]; 2];
    let mut result = [0f32; CHUNK];
    for start in (0..block.n).step_by(CHUNK) {
        let n = CHUNK.min(block.n - start);
        for (wide, arg) in wide.iter_mut().zip(&block.args[..arity]) {
            // SAFETY: `start + n <= block.n`.
            unsafe { std::slice::from_raw_parts(arg.cast::<T>().add(start), n) }.convert_to_f32_slice(&mut wide[..n]);
        }
        let mut args = block.args;
        args.iter_mut().zip(&wide).for_each(|(arg, wide)| *arg = wide.as_ptr().cast());
        // SAFETY: for a predicate the output holds a byte an element, else it is converted below; no argument of
        // these elements is read any more when they are written.
        unsafe {
            let out = if is_predicate { block.out.add(start) } else { result.as_mut_ptr().cast() };
            function::<f32>(op)(op, DType::F32, Block { args, out, n })?;
            if !is_predicate {
                std::slice::from_raw_parts_mut(block.out.cast::<T>().add(start), n)
                    .convert_from_f32_slice(&result[..n]);
            }
        }
    }
    Ok(())
}
