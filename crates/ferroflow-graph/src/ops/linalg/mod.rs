//! Matrix products.

mod matmul;
mod xw_plus_b;

pub use matmul::MatMul;

use crate::OpResult;
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

/// The kernel of a matrix product of `[m,k]` and `[k,n]`, either given transposed.
pub(crate) fn kernel(_: DType, _: usize, _: usize, _: usize, _: bool, _: bool) -> OpResult<Kernel> {
    Err(crate::OpError::unimplemented("matmul"))
}
