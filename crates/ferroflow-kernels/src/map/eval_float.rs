//! Instructions over floats.

use super::Scalar;
use super::block::Block;
use crate::Float;
use crate::vectorised::{Vectorised, vectorised};
use ferroflow_array::DType;
use half::slice::HalfFloatSliceExt;
use std::marker::PhantomData;

/// One function of floats over one block.
pub(super) struct Floats<T> {
    op: Scalar,
    block: Block,
    elements: PhantomData<T>,
}

impl<T: Float> Floats<T> {
    /// # Safety
    /// The arguments hold `n` `T`s, and the output has room for `n` `T`s, or bools for a predicate, see
    /// [`evaluate`](super::eval::evaluate).
    pub(super) unsafe fn new(op: Scalar, block: Block) -> Self {
        Floats { op, block, elements: PhantomData }
    }
}

impl<T: Float> Vectorised for Floats<T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        use Scalar::*;
        let b = self.block;
        // SAFETY: see `new`.
        unsafe {
            match self.op {
                Add => b.map2(|x: T, y: T| x + y),
                Sub => b.map2(|x: T, y: T| x - y),
                Mul => b.map2(|x: T, y: T| x * y),
                Div => b.map2(|x: T, y: T| x / y),
                FloorDiv => b.map2(|x: T, y: T| (x / y).floor()),
                TruncDiv => b.map2(|x: T, y: T| (x / y).trunc()),
                Maximum => b.map2(T::maximum),
                Minimum => b.map2(T::minimum),
                SquaredDifference => b.map2(|x: T, y: T| (x - y) * (x - y)),
                Neg => b.map1(|x: T| -x),
                Abs => b.map1(T::abs),
                Sign => b.map1(T::sign),
                Square => b.map1(|x: T| x * x),
                Sqrt => b.map1(T::sqrt),
                Rsqrt => b.map1(|x: T| T::ONE / x.sqrt()),
                Reciprocal => b.map1(|x: T| T::ONE / x),
                Floor => b.map1(T::floor),
                Ceil => b.map1(T::ceil),
                Round => b.map1(T::round_ties_even),
                Exp => b.map1(T::exp),
                Expm1 => b.map1(T::exp_m1),
                Log => b.map1(T::ln),
                Log1p => b.map1(T::ln_1p),
                Tanh => b.map1(T::tanh),
                Sigmoid => b.map1(T::sigmoid),
                Softplus => b.map1(T::softplus),
                Softsign => b.map1(|x: T| x / (T::ONE + x.abs())),
                Relu => b.map1(T::relu),
                Relu6 => b.map1(|x: T| x.relu().minimum(T::from_f64(6.0))),
                Elu => b.map1(T::elu),
                Selu => b.map1(T::selu),
                Erf => b.map1(T::erf),
                Sin if b.all(0, T::is_near) => b.map1(T::sin_near),
                Cos if b.all(0, T::is_near) => b.map1(T::cos_near),
                Equal => b.map2(|x: T, y: T| u8::from(x == y)),
                NotEqual => b.map2(|x: T, y: T| u8::from(x != y)),
                Less => b.map2(|x: T, y: T| u8::from(x < y)),
                LessEqual => b.map2(|x: T, y: T| u8::from(x <= y)),
                Greater => b.map2(|x: T, y: T| u8::from(x > y)),
                GreaterEqual => b.map2(|x: T, y: T| u8::from(x >= y)),
                IsNan => b.map1(|x: T| u8::from(x.is_nan())),
                IsInf => b.map1(|x: T| u8::from(x.abs() == T::INFINITY)),
                IsFinite => b.map1(|x: T| u8::from(x.abs() < T::INFINITY)),
                op => by_element::<T>(op, b),
            }
        }
    }
}

/// Functions whose loops do not vectorise.
///
/// # Safety
/// See [`Floats::new`].
#[inline(never)]
unsafe fn by_element<T: Float>(op: Scalar, b: Block) {
    use Scalar::*;
    // SAFETY: see `Floats::new`.
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
}

/// Halves are computed as `f32` and rounded.
///
/// # Safety
/// The arguments hold `n` `T`s, and the output has room for `n` `T`s, or bools for a predicate, see
/// [`evaluate`](super::eval::evaluate).
pub(super) unsafe fn halves<T>(op: Scalar, block: Block)
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
        let args = [wide[0].as_ptr().cast(), wide[1].as_ptr().cast(), wide[1].as_ptr().cast()];
        // SAFETY: for a predicate the output holds a byte an element, else it is converted below; no argument of
        // these elements is read any more when they are written.
        unsafe {
            let out = if is_predicate { block.out.add(start) } else { result.as_mut_ptr().cast() };
            vectorised(Floats::<f32>::new(op, Block { args, out, n }));
            if !is_predicate {
                std::slice::from_raw_parts_mut(block.out.cast::<T>().add(start), n)
                    .convert_from_f32_slice(&result[..n]);
            }
        }
    }
}
