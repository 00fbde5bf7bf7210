use crate::op::Sampled;
use crate::ops::{BatchMatMul, rules};
use crate::{Fact, GradientCx, GradientResult, Input, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::{Kernel, Precision, gemm};

op! {
    /// `c = op(a) · op(b)`, where `op` transposes if the attribute says so; `a: [m,k]`, `b: [k,n]`, `c: [m,n]`.
    pub struct MatMul("MatMul") {
        /// Whether `a` is given as `[k,m]`.
        transpose_a: bool,
        /// Whether `b` is given as `[n,k]`.
        transpose_b: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The matrix product `self · other`, `[m,k]` by `[k,n]`; of stacks of matrices if either has more than two
    /// dimensions.
    #[track_caller]
    pub fn matmul(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.matmul_with(other, false, false)
    }

    /// The matrix product, with either matrix transposed first.
    #[track_caller]
    pub fn matmul_with(self, other: impl IntoInput<'g>, transpose_a: bool, transpose_b: bool) -> Tensor<'g> {
        let other = other.into_input();
        let other_rank = match &other {
            Input::Tensor(t) => t.shape().rank(),
            Input::Array(a) | Input::Literal(a) => Some(a.rank()),
        };
        // A matrix and a tensor of unknown rank are two matrices, as in TensorFlow.
        let ranks = [self.shape().rank(), other_rank];
        if ranks.iter().any(|&rank| rank > Some(2)) || ranks == [None, None] {
            let builder = self.graph().build(BatchMatMul { adj_x: transpose_a, adj_y: transpose_b });
            return builder.input("x", self).input("y", other).tensor();
        }
        let builder = self.graph().build(MatMul { transpose_a, transpose_b });
        builder.input("a", self).input("b", other).tensor()
    }
}

impl MatMul {
    /// `[m, k]` and `[k, n]` as far as they are known.
    fn dims(&self, a: &PartialShape, b: &PartialShape) -> [Option<usize>; 4] {
        let (i, j) = if self.transpose_a { (1, 0) } else { (0, 1) };
        let (p, q) = if self.transpose_b { (1, 0) } else { (0, 1) };
        [a.dim(i), a.dim(j), b.dim(p), b.dim(q)]
    }
}

impl Op for MatMul {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [a, b] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(inputs)?;
        rules::numeric(a)?;
        let [m, k, k2, n] = self.dims(&rules::rank(a, 2)?, &rules::rank(b, 2)?);
        rules::same_dim("the inner dimensions", k, k2)?;
        Ok(vec![Fact::new(dtype, [m, n].into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        self.kernel_with(inputs, outputs, Precision::F32)
    }

    fn kernel_with(&self, inputs: &[Fact], _: &[Fact], precision: Precision) -> OpResult<Kernel> {
        let [Some(m), Some(k), _, Some(n)] = self.dims(&inputs[0].shape, &inputs[1].shape) else {
            return Err(OpError::value("shapes must be known"));
        };
        let (transpose_a, transpose_b) = (self.transpose_a, self.transpose_b);
        super::kernel(inputs[0].dtype, gemm::MatMul { m, n, k, transpose_a, transpose_b, precision }, vec![(0, 0)])
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (a, b, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let (da, db): (Tensor<'g>, Tensor<'g>);
        match (self.transpose_a, self.transpose_b) {
            (false, false) => (da, db) = (grad.matmul_with(b, false, true), a.matmul_with(grad, true, false)),
            (false, true) => (da, db) = (grad.matmul_with(b, false, false), grad.matmul_with(a, true, false)),
            (true, false) => (da, db) = (b.matmul_with(grad, false, true), a.matmul_with(grad, false, false)),
            (true, true) => (da, db) = (b.matmul_with(grad, true, true), grad.matmul_with(a, true, true)),
        }
        Ok(vec![Some(da.into()), Some(db.into())])
    }
}

impl Sampled for MatMul {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).matmul([[1.0, -1.0, 0.5], [2.0, 0.0, 0.25]]),
        |g| {
            g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).matmul_with(
                [[1.0, -1.0, 0.5], [2.0, 0.0, 0.25]],
                true,
                true,
            )
        },
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).matmul_with([[1.0, -1.0], [2.0, 0.0]], true, false),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).matmul_with([[1.0, -1.0], [2.0, 0.0]], false, true),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let product = [4.0, 2.0, 10.0, 4.0];
        assert_close(&f64s(|g| g.constant([[1, 2], [3, 4]]).matmul([[2, 0], [1, 1]])), &product);
        assert_close(
            &f64s(|g| g.constant([[1.0, 3.0], [2.0, 4.0]]).matmul_with([[2, 1], [0, 1]], true, true)),
            &product,
        );
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([[1.0, 2.0]], |x| x.matmul([[3.0, 4.0], [5.0, 6.0]])), &[7.0, 11.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let g = Graph::new();
        let _ = g.constant([[1.0, 2.0]]).matmul([[1.0, 2.0]]);
        assert_eq!(g.check().unwrap_err().message, "the inner dimensions differ: 2 and 1");
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).matmul([[1.0, 2.0]]);
        assert_eq!(g.check().unwrap_err().message, "expected rank 2, found shape [2]");
    }
}
