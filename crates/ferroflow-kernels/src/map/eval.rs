//! One instruction over one block.

use super::Scalar;
use super::block::Block;
use super::eval_cast::Cast;
use super::eval_float::{Function, function, halves};
use super::eval_integer::integers;
use crate::vectorised::{Vectorised, vectorised};
use ferroflow_array::{DType, bf16, f16};

/// What evaluates an instruction: [`evaluate`], or what it would call.
pub(super) fn evaluator(op: Scalar, dtype: DType) -> Function {
    match (op, dtype) {
        (Scalar::Select | Scalar::Identity | Scalar::Cast(_), _) => evaluate,
        (_, DType::F32) => function::<f32>(op),
        (_, DType::F64) => function::<f64>(op),
        _ => evaluate,
    }
}

/// Evaluates one instruction.
///
/// # Errors
/// What an integer division or power has against its arguments.
///
/// # Safety
/// The block's arguments hold `n` elements of `dtype` (for `Select` the first holds bools and the others `dtype`), and
/// the output has room for `n` of the result's dtype; each is aligned, and disjoint from the output or, if the elements
/// are of one size, the same.
pub(super) unsafe fn evaluate(op: Scalar, dtype: DType, block: Block) -> Result<(), &'static str> {
    // SAFETY: passed on.
    unsafe {
        match op {
            Scalar::Select => vectorised(Select { size: dtype.size(), block }),
            Scalar::Identity => std::ptr::copy(block.args[0], block.out, block.n * dtype.size()),
            Scalar::Cast(to) if to == dtype => std::ptr::copy(block.args[0], block.out, block.n * dtype.size()),
            Scalar::Cast(to) => vectorised(Cast { from: dtype, to, block }),
            _ => match dtype {
                DType::F32 => return function::<f32>(op)(op, dtype, block),
                DType::F64 => return function::<f64>(op)(op, dtype, block),
                DType::F16 => return halves::<f16>(op, block),
                DType::Bf16 => return halves::<bf16>(op, block),
                DType::I8 => return integers::<i8>(op, block),
                DType::I16 => return integers::<i16>(op, block),
                DType::I32 => return integers::<i32>(op, block),
                DType::I64 => return integers::<i64>(op, block),
                DType::U8 => return integers::<u8>(op, block),
                DType::U16 => return integers::<u16>(op, block),
                DType::Bool => vectorised(Bools { op, block }),
                _ => {}
            },
        }
    }
    Ok(())
}

/// Which of two elements of `size` bytes.
struct Select {
    size: usize,
    block: Block,
}

impl Vectorised for Select {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: see `evaluate`, the only one to make this.
        unsafe {
            match self.size {
                1 => self.block.select::<u8>(),
                2 => self.block.select::<u16>(),
                4 => self.block.select::<u32>(),
                _ => self.block.select::<u64>(),
            }
        }
    }
}

struct Bools {
    op: Scalar,
    block: Block,
}

impl Vectorised for Bools {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let b = self.block;
        // SAFETY: see `evaluate`, the only one to make this.
        unsafe {
            match self.op {
                Scalar::And => b.map2(|x: u8, y: u8| x & y),
                Scalar::Or => b.map2(|x: u8, y: u8| x | y),
                Scalar::Xor | Scalar::NotEqual => b.map2(|x: u8, y: u8| x ^ y),
                Scalar::Equal => b.map2(|x: u8, y: u8| (x ^ y) ^ 1),
                Scalar::Not => b.map1(|x: u8| x ^ 1),
                _ => {}
            }
        }
    }
}
