//! Matrix products.

mod matmul;

pub use matmul::MatMul;

use crate::{OpError, OpResult};
use ferroflow_array::{DType, bf16, f16};
use ferroflow_kernels::gemm::{self, Epilogue, matmul_plain};
use ferroflow_kernels::{Kernel, Work};

/// The kernel of a matrix product.
pub(crate) fn kernel(dtype: DType, dims: gemm::MatMul) -> OpResult<Kernel> {
    fn tiled<T: gemm::TileElement>(dims: gemm::MatMul) -> Kernel {
        Kernel::new(move |io| {
            let (a, b, c) = (io.input::<T>(0), io.input::<T>(1), io.output::<T>(0));
            gemm::matmul(a, b, c, &dims, Epilogue { bias: None, relu: false }, io.scratch(), io.pool());
            Ok(())
        })
        .with_scratch(gemm::matmul_scratch::<T>(&dims))
    }
    macro_rules! plain {
        ($t:ty, $sum:ty) => {
            Kernel::new(move |io| {
                matmul_plain::<$t, $sum>(io.input(0), io.input(1), io.output(0), dims);
                Ok(())
            })
        };
    }
    let kernel = match dtype {
        DType::F32 => tiled::<f32>(dims),
        DType::F64 => tiled::<f64>(dims),
        DType::F16 => plain!(f16, f32),
        DType::Bf16 => plain!(bf16, f32),
        DType::I32 => plain!(i32, i64),
        DType::I64 => plain!(i64, i64),
        other => return Err(OpError::unimplemented(format!("no matrix product of {other}"))),
    };
    Ok(kernel.with_work(Work { flops: 2 * (dims.m * dims.n * dims.k) as u64, bytes: 0 }))
}
