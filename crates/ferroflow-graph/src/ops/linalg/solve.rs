//! Systems of linear equations; the matrices are the last two dimensions.

use super::square;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::{Kernel, KernelError, Lu, Triangle, Wide, solve_triangular};

op! {
    /// `x` with `op(a) · x = b`, where `op` transposes if the attribute says so: `a: […, n,n]`, `b` and `x: […, n,k]`.
    pub struct MatrixSolve("MatrixSolve") {
        /// Whether `a` is transposed.
        adjoint: bool,
    }
}

op! {
    /// `x` with `op(a) · x = b`, where of `a` only the lower or the upper half counts.
    pub struct MatrixTriangularSolve("MatrixTriangularSolve") {
        /// Which half.
        lower: bool,
        /// Whether `a` is transposed, after the half was taken.
        adjoint: bool,
    }
}

impl<'g> Tensor<'g> {
    /// `x` with `self · x = b`, or `selfᵀ · x = b`.
    #[track_caller]
    pub fn matrix_solve(self, b: impl IntoInput<'g>, adjoint: bool) -> Tensor<'g> {
        self.graph().build(MatrixSolve { adjoint }).input("matrix", self).input("rhs", b).tensor()
    }

    /// [`Tensor::matrix_solve`] where of this tensor only the lower or the upper half counts.
    #[track_caller]
    pub fn matrix_triangular_solve(self, b: impl IntoInput<'g>, lower: bool, adjoint: bool) -> Tensor<'g> {
        let builder = self.graph().build(MatrixTriangularSolve { lower, adjoint });
        builder.input("matrix", self).input("rhs", b).tensor()
    }

    /// The inverse matrices.
    #[track_caller]
    pub fn matrix_inverse(self) -> Tensor<'g> {
        self.matrix_solve(self.matrix_diag_part().ones_like().matrix_diag(), false)
    }
}

fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [a, b] = rules::exactly(inputs)?;
    let dtype = rules::same_dtype(inputs)?;
    rules::float(a)?;
    let (stack, n) = square::split(&a.shape)?;
    let (b_stack, [rows, columns]) = match b.shape.dims() {
        None => (PartialShape::unknown(), [None, None]),
        Some([stack @ .., rows, columns]) => (stack.iter().copied().collect(), [*rows, *columns]),
        Some(_) => return Err(OpError::value(format!("expected matrices on the right side, found shape {}", b.shape))),
    };
    let rows = rules::same_dim("the rows of both sides", n, rows)?;
    Ok(vec![Fact::new(dtype, square::joined(&rules::merge(&stack, &b_stack)?, [rows, columns]))])
}

/// The kernel that solves for each matrix: `solve(a, b, columns)` gives `None` if it has no inverse.
fn kernel(
    inputs: &[Fact],
    solve: impl Fn(Vec<f64>, Vec<f64>, usize) -> Option<Vec<f64>> + Copy + Send + Sync + 'static,
) -> OpResult<Kernel> {
    let n = square::size(&inputs[0])?;
    let columns = inputs[1].concrete()?.last().copied().unwrap_or(0);
    by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
        let (a, b, x) = (io.input::<T>(0), io.input::<T>(1), io.output::<T>(0));
        let size = (n * columns).max(1);
        for (i, (b, x)) in b.chunks_exact(size).zip(x.chunks_exact_mut(size)).enumerate() {
            let found = solve(square::at(a, n, i).to_f64s(), b.to_f64s(), columns);
            x.set_f64s(&found.ok_or_else(|| KernelError::new("Input matrix is not invertible."))?);
        }
        Ok(())
    })))
}

fn transposed(a: &[f64], n: usize) -> Vec<f64> {
    (0..n * n).map(|at| a[at % n * n + at / n]).collect()
}

fn size_of(a: &[f64]) -> usize {
    a.len().isqrt()
}

/// The derivatives of both sides, the right one found by `solve`.
fn gradient<'g>(cx: &GradientCx<'g>, adjoint: bool, db: Tensor<'g>) -> (Tensor<'g>, Tensor<'g>) {
    let x = cx.output(0);
    let da = if adjoint { x.matmul_with(db, false, true) } else { db.matmul_with(x, false, true) };
    (-da, db)
}

impl Op for MatrixSolve {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let adjoint = self.adjoint;
        kernel(inputs, move |a, b, columns| {
            let n = size_of(&a);
            Lu::new(if adjoint { transposed(&a, n) } else { a }, n).solve(&b, columns)
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (da, db) = gradient(cx, self.adjoint, cx.input(0).matrix_solve(cx.grad(0), !self.adjoint));
        Ok(vec![Some(da.into()), Some(db.into())])
    }
}

impl Op for MatrixTriangularSolve {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let (adjoint, lower) = (self.adjoint, self.lower != self.adjoint);
        kernel(inputs, move |a, mut b, columns| {
            let n = size_of(&a);
            let a = if adjoint { transposed(&a, n) } else { a };
            let triangle = if lower { Triangle::Lower } else { Triangle::Upper };
            solve_triangular(&a, n, triangle, &mut b, columns).then_some(b)
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let db = cx.input(0).matrix_triangular_solve(cx.grad(0), self.lower, !self.adjoint);
        let (da, db) = gradient(cx, self.adjoint, db);
        let da = if self.lower { da.matrix_band_part(-1, 0) } else { da.matrix_band_part(0, -1) };
        Ok(vec![Some(da.into()), Some(db.into())])
    }
}

impl Sampled for MatrixSolve {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0, 2.0], [0.5, -1.5]]).matrix_solve([[1.0, 0.5, 2.0], [-1.0, 3.0, 0.25]], false),
        |g| {
            let a = g.constant([1.0, 2.0, 0.5, -1.5, 0.25, 1.0, -1.0, 2.0]).reshape([2, 2, 2]);
            a.matrix_solve(g.constant([1.0, -1.0, 0.5, 2.0]).reshape([2, 2, 1]), true)
        },
    ];
}

impl Sampled for MatrixTriangularSolve {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0, 2.0], [0.5, -1.5]]).matrix_triangular_solve([[1.0], [-1.0]], true, false),
        |g| g.constant([[1.0, 2.0], [0.5, -1.5]]).matrix_triangular_solve([[1.0], [-1.0]], false, false),
        |g| g.constant([[1.0, 2.0], [0.5, -1.5]]).matrix_triangular_solve([[1.0], [-1.0]], true, true),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[2.0, 1.0], [1.0, 3.0]]).matrix_solve([[4.0], [7.0]], false)), &[1.0, 2.0]);
        assert_close(&f64s(|g| g.constant([[2.0, 1.0], [0.0, 3.0]]).matrix_solve([[2.0], [7.0]], true)), &[1.0, 2.0]);
        let lower = f64s(|g| g.constant([[2.0, 9.0], [1.0, 3.0]]).matrix_triangular_solve([[2.0], [7.0]], true, false));
        assert_close(&lower, &[1.0, 2.0]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 4.0]]).matrix_inverse()), &[-2.0, 1.0, 1.5, -0.5]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([[2.0]], |x| x.matrix_inverse()), &[-0.25]);
        assert_close(&derivative([[2.0]], |x| x.matrix_solve([[3.0]], true)), &[-0.75]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let g = Graph::new();
        let _ = g.constant([[1.0, 2.0], [3.0, 4.0]]).matrix_solve([[1.0]], false);
        assert_eq!(g.check().unwrap_err().message, "the rows of both sides differ: 2 and 1");
    }
}
