//! Matrix products.

mod batch_matmul;
mod matmul;
mod xw_plus_b;

pub use batch_matmul::BatchMatMul;
pub use matmul::MatMul;

use crate::OpResult;
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

/// The kernel of a matrix product of `[m,k]` and `[k,n]`, either given transposed.
pub(crate) fn kernel(
    dtype: DType,
    m: usize,
    k: usize,
    n: usize,
    transpose_a: bool,
    transpose_b: bool,
) -> OpResult<Kernel> {
    by_dtype!(numeric dtype, T => Ok(Kernel::new(move |io| {
        let c = io.output::<T>(0);
        ferroflow_kernels::plain_matmul(io.input(0), io.input(1), c, [m, k, n], transpose_a, transpose_b);
        Ok(())
    })))
}
