//! Cholesky's decomposition and determinants of the matrices that are the last two dimensions.

use super::square;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, KernelError, Lu, Wide, cholesky};

op! {
    /// `L`, a lower triangle, with `L · Lᵀ = x`. Only the lower half of `x`, symmetric and positive definite, is read.
    pub struct Cholesky("Cholesky") {}
}

op! {
    /// The determinants.
    pub struct MatrixDeterminant("MatrixDeterminant") {}
}

op! {
    /// The signs of the determinants, -1, 0 or 1, and the logarithms of their absolute values.
    pub struct LogMatrixDeterminant("LogMatrixDeterminant") {}
}

impl<'g> Tensor<'g> {
    /// The lower triangles `L` with `L · Lᵀ` this tensor's matrices, symmetric and positive definite.
    #[track_caller]
    pub fn cholesky(self) -> Tensor<'g> {
        self.graph().build(Cholesky {}).input("input", self).tensor()
    }

    /// The determinants of the matrices: `[…, n, n]` becomes `[…]`.
    #[track_caller]
    pub fn matrix_determinant(self) -> Tensor<'g> {
        self.graph().build(MatrixDeterminant {}).input("input", self).tensor()
    }

    /// The signs of the determinants and the logarithms of their absolute values.
    #[track_caller]
    pub fn log_matrix_determinant(self) -> (Tensor<'g>, Tensor<'g>) {
        let op = self.graph().build(LogMatrixDeterminant {}).input("input", self).finish();
        (op.output(0), op.output(1))
    }

    /// The derivatives of the logarithm of the determinant's absolute value: `x⁻ᵀ`, times `grad`, `[…]`.
    #[track_caller]
    fn of_log_determinant(self, grad: Tensor<'g>) -> Tensor<'g> {
        grad.expand_dims(-1).expand_dims(-1) * self.matrix_transpose().matrix_inverse()
    }
}

impl Op for Cholesky {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        rules::float(x)?;
        let (stack, n) = square::split(&x.shape)?;
        Ok(vec![Fact::new(x.dtype, square::joined(&stack, [n, n]))])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let n = square::size(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let (from, to) = (io.input::<T>(0), io.output::<T>(0));
            for (x, y) in square::each(from, n).zip(square::each_mut(to, n)) {
                let mut matrix = x.to_f64s();
                if !cholesky(&mut matrix, n) {
                    return Err(KernelError::new("Cholesky decomposition was not successful. The input might not be valid."));
                }
                y.set_f64s(&matrix);
            }
            Ok(())
        })))
    }

    /// Murray, "Differentiation of the Cholesky decomposition", 2016.
    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (l, grad) = (cx.output(0), cx.grad(0));
        let middle = l.matmul_with(grad, true, false);
        let half = middle.matrix_diag_part() * 0.5;
        let middle = middle.matrix_set_diag(half).matrix_band_part(-1, 0);
        // L⁻ᵀ · middle · L⁻¹.
        let left = l.matrix_triangular_solve(middle, true, true);
        let all = l.matrix_triangular_solve(left.matrix_transpose(), true, true);
        Ok(vec![Some(((all + all.matrix_transpose()) * 0.5).into())])
    }
}

impl Op for MatrixDeterminant {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        rules::float(x)?;
        Ok(vec![Fact::new(x.dtype, square::split(&x.shape)?.0)])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let n = square::size(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let (from, to) = (io.input::<T>(0), io.output::<T>(0));
            for (i, y) in to.chunks_exact_mut(1).enumerate() {
                y.set_f64s(&[Lu::new(square::at(from, n, i).to_f64s(), n).determinant()]);
            }
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.input(0).of_log_determinant(cx.grad(0) * cx.output(0)).into())])
    }
}

impl Op for LogMatrixDeterminant {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        MatrixDeterminant {}.infer(inputs).map(|facts| vec![facts[0].clone(), facts[0].clone()])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let n = square::size(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let (from, signs, logs) = (io.input::<T>(0), io.output::<T>(0), io.output::<T>(1));
            for (i, (sign, log)) in signs.chunks_exact_mut(1).zip(logs.chunks_exact_mut(1)).enumerate() {
                let found = Lu::new(square::at(from, n, i).to_f64s(), n).log_determinant();
                sign.set_f64s(&[found.0]);
                log.set_f64s(&[found.1]);
            }
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.input(0).of_log_determinant(cx.grad(1)).into())])
    }
}

impl Sampled for Cholesky {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant([1.0, 2.0, -1.0, 0.5, 3.0, 1.5, -2.0, 1.0]).reshape([2, 2, 2]);
        (x.matmul_with(x, false, true) + g.eye(2, 2).cast(ferroflow_array::DType::F64)).cholesky()
    }];
}

impl Sampled for MatrixDeterminant {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0, 2.0], [0.5, -1.5]]).matrix_determinant(),
        |g| g.constant([3.0, -2.0]).reshape([2, 1, 1]).matrix_determinant(),
    ];
}

impl Sampled for LogMatrixDeterminant {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.0, 2.0], [0.5, -1.5]]).log_matrix_determinant().1];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[4.0, 2.0], [2.0, 5.0]]).cholesky()), &[2.0, 0.0, 1.0, 2.0]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 4.0]]).matrix_determinant()), &[-2.0]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 4.0]]).log_matrix_determinant().0), &[-1.0]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 4.0]]).log_matrix_determinant().1), &[2f64.ln()]);
    }

    #[test]
    fn derivatives() {
        let found = derivative([[1.0, 2.0], [3.0, 4.0]], |x| x.matrix_determinant());
        assert_close(&found, &[4.0, -3.0, -2.0, 1.0]);
        assert_close(&derivative([[4.0, 0.0], [0.0, 9.0]], |x| x.cholesky().trace()), &[0.25, 0.0, 0.0, 1.0 / 6.0]);
    }

    #[test]
    fn matrices_must_be_square() {
        let g = Graph::new();
        let _ = g.constant([[1.0, 2.0]]).cholesky();
        assert_eq!(g.check().unwrap_err().message, "expected square matrices, found shape [1,2]");
    }
}
