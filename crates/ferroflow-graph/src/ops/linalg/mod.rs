//! Matrix products.

mod batch_matmul;
mod contraction;
mod decompositions;
mod diagonal;
mod matmul;
mod solve;
mod square;
mod xw_plus_b;

pub use batch_matmul::BatchMatMul;
pub use decompositions::{Cholesky, LogMatrixDeterminant, MatrixDeterminant};
pub use matmul::MatMul;
pub use solve::{MatrixSolve, MatrixTriangularSolve};

use crate::{OpError, OpResult};
use ferroflow_array::{DType, bf16, f16};
use ferroflow_kernels::gemm::{self, matmul_plain};
use ferroflow_kernels::{Io, Kernel, Number, Pool, Work};

/// The kernel of products of matrices of these dimensions: the `k`-th of the result is that of matrices `pairs[k]` of
/// inputs 0 and 1.
pub(crate) fn kernel(dtype: DType, dims: gemm::MatMul, pairs: Vec<(usize, usize)>) -> OpResult<Kernel> {
    let flops = 2 * (pairs.len() * dims.m * dims.n * dims.k) as u64;
    macro_rules! plain {
        ($t:ty, $sum:ty) => {
            Kernel::new(move |io| {
                each(io, &dims, &pairs, |a, b, c: &mut [$t], _, _| matmul_plain::<$t, $sum>(a, b, c, dims));
                Ok(())
            })
        };
    }
    let kernel = match dtype {
        DType::F32 => tiled::<f32>(dims, pairs),
        DType::F64 => tiled::<f64>(dims, pairs),
        DType::F16 => plain!(f16, f32),
        DType::Bf16 => plain!(bf16, f32),
        DType::I32 => plain!(i32, i64),
        DType::I64 => plain!(i64, i64),
        other => return Err(OpError::unimplemented(format!("no matrix product of {other}"))),
    };
    Ok(kernel.with_work(Work { flops, bytes: 0 }))
}

fn tiled<T: gemm::TileElement + Number>(dims: gemm::MatMul, pairs: Vec<(usize, usize)>) -> Kernel {
    let rows = if pairs.len() == 1 { gemm::matmul_rows::<T>(dims) } else { None };
    let kernel = Kernel::new(move |io| {
        each(io, &dims, &pairs, |a, b, c, scratch, pool| {
            gemm::matmul::<T>(a, b, c, &dims, scratch, pool);
        });
        Ok(())
    });
    let kernel = kernel.with_scratch(gemm::matmul_scratch::<T>(&dims));
    rows.into_iter().fold(kernel, Kernel::with_rows)
}

fn each<T: Number>(
    io: &mut Io<'_>,
    dims: &gemm::MatMul,
    pairs: &[(usize, usize)],
    product: impl Fn(&[T], &[T], &mut [T], &mut [u8], &Pool),
) {
    let (a, b, c) = (io.input::<T>(0), io.input::<T>(1), io.output::<T>(0));
    let (scratch, pool) = (io.scratch(), io.pool());
    let (a_size, b_size, c_size) = (dims.m * dims.k, dims.k * dims.n, dims.m * dims.n);
    for (k, (i, j)) in pairs.iter().enumerate() {
        let (a, b) = (&a[i * a_size..(i + 1) * a_size], &b[j * b_size..(j + 1) * b_size]);
        product(a, b, &mut c[k * c_size..(k + 1) * c_size], scratch, pool);
    }
}
