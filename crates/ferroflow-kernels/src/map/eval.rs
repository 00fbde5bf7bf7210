//! One instruction over one block.

use super::Scalar;
use crate::float_math::Float;
use ferroflow_array::{DType, bf16, f16};
use num_traits::{AsPrimitive, Bounded, WrappingAdd, WrappingMul, WrappingSub, Zero};

/// Addresses of an instruction's operands, for a block of `n` elements.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) args: [*const u8; 3],
    pub(super) out: *mut u8,
    pub(super) n: usize,
}

impl Block {
    /// # Safety
    /// Argument 0 holds `n` `A`s and the output room for `n` `R`s, aligned; they are disjoint or the same address.
    #[inline(always)]
    unsafe fn map1<A: Copy, R>(self, f: impl Fn(A) -> R) {
        let (a, out) = (self.args[0].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: `i < n`; each element is read before the one at the same position is written.
            unsafe { out.add(i).write(f(a.add(i).read())) };
        }
    }

    /// # Safety
    /// As [`Block::map1`], for arguments 0 and 1.
    #[inline(always)]
    unsafe fn map2<A: Copy, R>(self, f: impl Fn(A, A) -> R) {
        let (a, b, out) = (self.args[0].cast::<A>(), self.args[1].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: as in `map1`.
            unsafe { out.add(i).write(f(a.add(i).read(), b.add(i).read())) };
        }
    }

    /// # Safety
    /// As [`Block::map1`], for three arguments, of which the first are bools.
    #[inline(always)]
    unsafe fn select<A: Copy>(self) {
        let (c, a, b, out) = (self.args[0], self.args[1].cast::<A>(), self.args[2].cast::<A>(), self.out.cast::<A>());
        for i in 0..self.n {
            // SAFETY: as in `map1`.
            unsafe {
                let (x, y) = (a.add(i).read(), b.add(i).read());
                out.add(i).write(if c.add(i).read() != 0 { x } else { y });
            }
        }
    }
}

/// Evaluates one instruction. Gives an error for an integer division by zero.
///
/// # Safety
/// The block's arguments hold `n` elements of `dtype` (for `Select` the first holds bools and the others `dtype`), and
/// the output has room for `n` of the result's dtype; each is aligned, and disjoint from the output or the same.
pub(super) unsafe fn evaluate(op: Scalar, dtype: DType, block: Block) -> Result<(), &'static str> {
    // SAFETY: passed on.
    unsafe {
        match (op, dtype.size()) {
            (Scalar::Select, 1) => return Ok(block.select::<u8>()),
            (Scalar::Select, 2) => return Ok(block.select::<u16>()),
            (Scalar::Select, 4) => return Ok(block.select::<u32>()),
            (Scalar::Select, 8) => return Ok(block.select::<u64>()),
            (Scalar::Identity, size) => {
                std::ptr::copy(block.args[0], block.out, block.n * size);
                return Ok(());
            }
            (Scalar::Cast(to), _) => return Ok(cast(dtype, to, block)),
            _ => {}
        }
        match dtype {
            DType::F32 => dispatch::<f32>(op, block),
            DType::F64 => dispatch::<f64>(op, block),
            DType::F16 => half::<f16>(op, block),
            DType::Bf16 => half::<bf16>(op, block),
            DType::I8 => return integer::<i8>(op, block),
            DType::I16 => return integer::<i16>(op, block),
            DType::I32 => return integer::<i32>(op, block),
            DType::I64 => return integer::<i64>(op, block),
            DType::U8 => return integer::<u8>(op, block),
            DType::U16 => return integer::<u16>(op, block),
            DType::Bool => boolean(op, block),
            _ => {}
        }
    }
    Ok(())
}

/// # Safety
/// See [`evaluate`].
unsafe fn dispatch<T: Float>(op: Scalar, block: Block) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
        unsafe fn avx512<T: Float>(op: Scalar, block: Block) {
            // SAFETY: see `evaluate`.
            unsafe { float::<T>(op, block) }
        }
        #[target_feature(enable = "avx2")]
        unsafe fn avx2<T: Float>(op: Scalar, block: Block) {
            // SAFETY: see `evaluate`.
            unsafe { float::<T>(op, block) }
        }
        match crate::cpu::level() {
            // SAFETY: the level is one that this processor has; see `evaluate` for the rest.
            crate::cpu::Level::Avx512 => return unsafe { avx512::<T>(op, block) },
            // SAFETY: the level is one that this processor has; see `evaluate` for the rest.
            crate::cpu::Level::Avx2 => return unsafe { avx2::<T>(op, block) },
            crate::cpu::Level::Portable => {}
        }
    }
    // SAFETY: see `evaluate`.
    unsafe { float::<T>(op, block) }
}

/// # Safety
/// See [`evaluate`].
#[inline(always)]
unsafe fn float<T: Float>(op: Scalar, b: Block) {
    use Scalar::*;
    // SAFETY: see `evaluate`.
    unsafe {
        match op {
            Add => b.map2(|x: T, y: T| x + y),
            Sub => b.map2(|x: T, y: T| x - y),
            Mul => b.map2(|x: T, y: T| x * y),
            Div => b.map2(|x: T, y: T| x / y),
            Maximum => b.map2(T::maximum),
            Minimum => b.map2(T::minimum),
            SquaredDifference => b.map2(|x: T, y: T| (x - y) * (x - y)),
            Neg => b.map1(|x: T| -x),
            Abs => b.map1(T::abs),
            Square => b.map1(|x: T| x * x),
            Sqrt => b.map1(T::sqrt),
            Rsqrt => b.map1(|x: T| T::ONE / x.sqrt()),
            Reciprocal => b.map1(|x: T| T::ONE / x),
            Exp => b.map1(T::exp),
            Log => b.map1(T::ln),
            Tanh => b.map1(T::tanh),
            Sigmoid => b.map1(T::sigmoid),
            Softplus => b.map1(T::softplus),
            Relu => b.map1(T::relu),
            Relu6 => b.map1(|x: T| x.relu().minimum(T::from_f64(6.0))),
            Softsign => b.map1(|x: T| x / (T::ONE + x.abs())),
            Sign => b.map1(T::sign),
            Equal => b.map2(|x: T, y: T| u8::from(x == y)),
            NotEqual => b.map2(|x: T, y: T| u8::from(x != y)),
            Less => b.map2(|x: T, y: T| u8::from(x < y)),
            LessEqual => b.map2(|x: T, y: T| u8::from(x <= y)),
            Greater => b.map2(|x: T, y: T| u8::from(x > y)),
            GreaterEqual => b.map2(|x: T, y: T| u8::from(x >= y)),
            IsNan => b.map1(|x: T| u8::from(x != x)),
            IsInf => b.map1(|x: T| u8::from(x.abs() == T::INFINITY)),
            IsFinite => b.map1(|x: T| u8::from(x.abs() < T::INFINITY)),
            _ => rare::<T>(op, b),
        }
    }
}

/// # Safety
/// See [`evaluate`].
#[inline(never)]
unsafe fn rare<T: Float>(op: Scalar, b: Block) {
    use Scalar::*;
    // SAFETY: see `evaluate`.
    unsafe {
        match op {
            FloorDiv => b.map2(|x: T, y: T| (x / y).floor()),
            TruncDiv => b.map2(|x: T, y: T| (x / y).trunc()),
            FloorMod => b.map2(T::floor_mod),
            TruncMod => b.map2(|x: T, y: T| x % y),
            Pow => b.map2(T::powf),
            Atan2 => b.map2(T::atan2),
            Expm1 => b.map1(T::exp_m1),
            Log1p => b.map1(T::ln_1p),
            Sin => b.map1(T::sin),
            Cos => b.map1(T::cos),
            Tan => b.map1(T::tan),
            Asin => b.map1(T::asin),
            Acos => b.map1(T::acos),
            Atan => b.map1(T::atan),
            Sinh => b.map1(T::sinh),
            Cosh => b.map1(T::cosh),
            Erf => b.map1(T::erf),
            Erfc => b.map1(T::erfc),
            Lgamma => b.map1(T::lgamma),
            Digamma => b.map1(T::digamma),
            Floor => b.map1(T::floor),
            Ceil => b.map1(T::ceil),
            Round => b.map1(T::round_ties_even),
            Elu => b.map1(|x: T| if x > T::ZERO { x } else { x.exp_m1() }),
            Selu => b.map1(T::selu),
            _ => {}
        }
    }
}

/// # Safety
/// See [`evaluate`].
unsafe fn half<T: AsPrimitive<f32>>(op: Scalar, block: Block)
where
    f32: AsPrimitive<T>,
{
    const CHUNK: usize = 64;
    let is_predicate = op.result_dtype(&[DType::F32; 3][..op.arity()]) == Some(DType::Bool);
    let mut wide = [[0f32; CHUNK]; 3];
    let mut result = [0f32; CHUNK];
    for start in (0..block.n).step_by(CHUNK) {
        let n = CHUNK.min(block.n - start);
        for (wide, &arg) in wide.iter_mut().zip(&block.args[..op.arity()]) {
            for (i, w) in wide[..n].iter_mut().enumerate() {
                // SAFETY: `start + i < block.n`.
                *w = unsafe { arg.cast::<T>().add(start + i).read() }.as_();
            }
        }
        let args = [wide[0].as_ptr().cast(), wide[1].as_ptr().cast(), wide[2].as_ptr().cast()];
        // SAFETY: for a predicate the output holds a byte an element, else it is converted below.
        unsafe {
            let out = if is_predicate { block.out.add(start) } else { result.as_mut_ptr().cast() };
            dispatch::<f32>(op, Block { args, out, n });
            if !is_predicate {
                for (i, r) in result[..n].iter().enumerate() {
                    block.out.cast::<T>().add(start + i).write(r.as_());
                }
            }
        }
    }
}

trait Integer:
    Copy
    + Ord
    + Zero
    + Bounded
    + WrappingAdd
    + WrappingSub
    + WrappingMul
    + AsPrimitive<i64>
    + std::ops::Div<Output = Self>
    + std::ops::Rem<Output = Self>
{
    fn wrapping_div(self, other: Self) -> Self;
    fn wrapping_rem(self, other: Self) -> Self;
    fn power(self, exponent: Self) -> Self;
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Integer for $t {
            fn wrapping_div(self, other: Self) -> Self {
                <$t>::wrapping_div(self, other)
            }

            fn wrapping_rem(self, other: Self) -> Self {
                <$t>::wrapping_rem(self, other)
            }

            fn power(self, exponent: Self) -> Self {
                u32::try_from(exponent).map_or(0, |e| <$t>::wrapping_pow(self, e))
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16);

/// # Safety
/// See [`evaluate`].
unsafe fn integer<T: Integer>(op: Scalar, b: Block) -> Result<(), &'static str> {
    use Scalar::*;
    let zero = T::zero();
    let divides = matches!(op, Div | FloorDiv | FloorMod | TruncDiv | TruncMod);
    // SAFETY: see `evaluate`.
    unsafe {
        if divides && (0..b.n).any(|i| b.args[1].cast::<T>().add(i).read() == zero) {
            return Err("Integer division by zero");
        }
        let floor_mod = |x: T, y: T| {
            let r = Integer::wrapping_rem(x, y);
            if r != zero && ((r < zero) != (y < zero)) { r.wrapping_add(&y) } else { r }
        };
        match op {
            Add => b.map2(|x: T, y: T| x.wrapping_add(&y)),
            Sub => b.map2(|x: T, y: T| x.wrapping_sub(&y)),
            Mul => b.map2(|x: T, y: T| x.wrapping_mul(&y)),
            Div | TruncDiv => b.map2(<T as Integer>::wrapping_div),
            TruncMod => b.map2(<T as Integer>::wrapping_rem),
            FloorMod => b.map2(floor_mod),
            FloorDiv => b.map2(|x: T, y: T| {
                let (q, r) = (Integer::wrapping_div(x, y), Integer::wrapping_rem(x, y));
                let one = Integer::wrapping_div(y, y);
                if r != zero && ((r < zero) != (y < zero)) { q.wrapping_sub(&one) } else { q }
            }),
            Pow => b.map2(T::power),
            Maximum => b.map2(|x: T, y: T| x.max(y)),
            Minimum => b.map2(|x: T, y: T| x.min(y)),
            SquaredDifference => b.map2(|x: T, y: T| {
                let d = x.wrapping_sub(&y);
                d.wrapping_mul(&d)
            }),
            Neg => b.map1(|x: T| zero.wrapping_sub(&x)),
            Abs => b.map1(|x: T| if x < zero { zero.wrapping_sub(&x) } else { x }),
            Sign => b.map1(|x: T| match x.cmp(&zero) {
                std::cmp::Ordering::Less => Integer::wrapping_div(x, zero.wrapping_sub(&x)),
                std::cmp::Ordering::Equal => zero,
                std::cmp::Ordering::Greater => Integer::wrapping_div(x, x),
            }),
            Square => b.map1(|x: T| x.wrapping_mul(&x)),
            Relu => b.map1(|x: T| x.max(zero)),
            Relu6 => b.map1(|x: T| {
                if x.as_() > 6 {
                    (0..6).fold(zero, |s, _| s.wrapping_add(&Integer::wrapping_div(x, x)))
                } else {
                    x.max(zero)
                }
            }),
            Equal => b.map2(|x: T, y: T| u8::from(x == y)),
            NotEqual => b.map2(|x: T, y: T| u8::from(x != y)),
            Less => b.map2(|x: T, y: T| u8::from(x < y)),
            LessEqual => b.map2(|x: T, y: T| u8::from(x <= y)),
            Greater => b.map2(|x: T, y: T| u8::from(x > y)),
            GreaterEqual => b.map2(|x: T, y: T| u8::from(x >= y)),
            _ => {}
        }
    }
    Ok(())
}

/// # Safety
/// See [`evaluate`].
unsafe fn boolean(op: Scalar, b: Block) {
    // SAFETY: see `evaluate`.
    unsafe {
        match op {
            Scalar::And => b.map2(|x: u8, y: u8| x & y),
            Scalar::Or => b.map2(|x: u8, y: u8| x | y),
            Scalar::Xor | Scalar::NotEqual => b.map2(|x: u8, y: u8| x ^ y),
            Scalar::Equal => b.map2(|x: u8, y: u8| u8::from(x == y)),
            Scalar::Not => b.map1(|x: u8| x ^ 1),
            _ => {}
        }
    }
}

/// # Safety
/// See [`evaluate`]; the argument holds `from`, the output `to`.
unsafe fn cast(from: DType, to: DType, block: Block) {
    /// # Safety
    /// As [`cast`].
    unsafe fn to_each<A>(to: DType, b: Block)
    where
        A: Copy
            + PartialEq
            + Zero
            + AsPrimitive<f32>
            + AsPrimitive<f64>
            + AsPrimitive<i8>
            + AsPrimitive<i16>
            + AsPrimitive<i32>
            + AsPrimitive<i64>
            + AsPrimitive<u8>
            + AsPrimitive<u16>
            + AsPrimitive<f16>
            + AsPrimitive<bf16>,
    {
        // SAFETY: as `cast`.
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
    // SAFETY: passed on.
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
