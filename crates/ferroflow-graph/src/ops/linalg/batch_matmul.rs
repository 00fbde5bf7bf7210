use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Precision;
use ferroflow_kernels::{Kernel, gemm};

op! {
    /// `z = op(x) · op(y)` for each of a stack of matrices, where `op` transposes if the attribute says so: `x:
    /// [.., m,k]`, `y: [.., k,n]`, `z: [.., m,n]`. The dimensions before the last two are broadcast together.
    pub struct BatchMatMul("BatchMatMul") {
        /// Whether the matrices of `x` are given as `[k,m]`.
        adj_x: bool,
        /// Whether the matrices of `y` are given as `[n,k]`.
        adj_y: bool,
    }
}

/// The stack's shape, and that of its matrices: `[rows, columns]`.
fn split(shape: &PartialShape) -> OpResult<(PartialShape, [Option<usize>; 2])> {
    match shape.dims() {
        None => Ok((PartialShape::unknown(), [None, None])),
        Some([stack @ .., rows, columns]) => Ok((stack.iter().copied().collect(), [*rows, *columns])),
        Some(_) => Err(OpError::value(format!("expected at least rank 2, found shape {shape}"))),
    }
}

impl BatchMatMul {
    /// The stack of the result and `[m, k, n]`.
    fn dims(&self, x: &PartialShape, y: &PartialShape) -> OpResult<(PartialShape, [Option<usize>; 3])> {
        let ((x_stack, mut x), (y_stack, mut y)) = (split(x)?, split(y)?);
        if self.adj_x {
            x.reverse();
        }
        if self.adj_y {
            y.reverse();
        }
        let k = rules::same_dim("the inner dimensions", x[1], y[0])?;
        Ok((rules::broadcast(&x_stack, &y_stack)?, [x[0], k, y[1]]))
    }
}

impl Op for BatchMatMul {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, y] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(inputs)?;
        rules::numeric(x)?;
        let (stack, [m, _, n]) = self.dims(&x.shape, &y.shape)?;
        let shape = match stack.dims() {
            Some(dims) => dims.iter().copied().chain([m, n]).collect(),
            None => PartialShape::unknown(),
        };
        Ok(vec![Fact::new(dtype, shape)])
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        self.kernel_with(inputs, outputs, Precision::F32)
    }

    fn kernel_with(&self, inputs: &[Fact], _: &[Fact], precision: Precision) -> OpResult<Kernel> {
        let (stack, [Some(m), Some(k), Some(n)]) = self.dims(&inputs[0].shape, &inputs[1].shape)? else {
            return Err(OpError::value("shapes must be known"));
        };
        let stack = stack.to_shape().ok_or_else(|| OpError::value("shapes must be known"))?;
        let x_at = matrices(&stack, &inputs[0].concrete()?);
        let y_at = matrices(&stack, &inputs[1].concrete()?);
        let dims = gemm::MatMul { m, n, k, transpose_a: self.adj_x, transpose_b: self.adj_y, precision };
        super::kernel(inputs[0].dtype, dims, x_at.into_iter().zip(y_at).collect())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let (dx, dy): (Tensor<'g>, Tensor<'g>);
        match (self.adj_x, self.adj_y) {
            (false, false) => (dx, dy) = (batch(grad, y, false, true), batch(x, grad, true, false)),
            (false, true) => (dx, dy) = (batch(grad, y, false, false), batch(grad, x, true, false)),
            (true, false) => (dx, dy) = (batch(y, grad, false, true), batch(x, grad, false, false)),
            (true, true) => (dx, dy) = (batch(y, grad, true, true), batch(grad, x, true, true)),
        }
        Ok(vec![Some(dx.into()), Some(dy.into())])
    }
}

#[track_caller]
fn batch<'g>(x: Tensor<'g>, y: Tensor<'g>, adj_x: bool, adj_y: bool) -> Tensor<'g> {
    x.graph().build(BatchMatMul { adj_x, adj_y }).input("x", x).input("y", y).tensor()
}

/// For each matrix of the result's stack, which matrix of an operand of shape `from` it is made of.
fn matrices(stack: &[usize], from: &[usize]) -> Vec<usize> {
    let from = &from[..from.len() - 2];
    let missing = stack.len() - from.len();
    let mut found = vec![0];
    for (i, &size) in stack.iter().enumerate() {
        let own = i.checked_sub(missing).map_or(1, |j| from[j]);
        let step = |index: usize| if own == 1 { 0 } else { index };
        found = found.iter().flat_map(|at| (0..size).map(move |index| at * own + step(index))).collect();
    }
    found
}

impl Sampled for BatchMatMul {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            let x = g.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.5, 2.5, 3.5]).reshape([2, 2, 3]);
            batch(x, g.constant([0.5, -1.0, 2.0, 1.5, -0.5, 3.0]).reshape([2, 3, 1]), false, false)
        },
        |g| {
            let x = g.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.5, 2.5, 3.5]).reshape([2, 3, 2]);
            batch(x, g.constant([[0.5, -1.0, 2.0], [1.5, -0.5, 3.0]]), true, true)
        },
        |g| {
            let x = g.constant([1.0, 2.0, 3.0, 4.0]).reshape([2, 1, 1, 2]);
            batch(x, g.constant([0.5, -1.0, 2.0, 1.5, -0.5, 3.0]).reshape([3, 1, 2]), false, true)
        },
        |g| {
            let x = g.constant([1.0, 2.0, 3.0, 4.0]).reshape([1, 2, 2]);
            batch(x, g.constant([[0.5, -1.0, 2.0], [1.5, -0.5, 3.0]]), true, false)
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s, value};

    #[test]
    fn which_matrices_meet() {
        assert_eq!(matrices(&[2, 3], &[2, 3, 9, 9]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(matrices(&[2, 3], &[3, 9, 9]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(matrices(&[2, 3], &[2, 1, 9, 9]), [0, 0, 0, 1, 1, 1]);
        assert_eq!(matrices(&[], &[9, 9]), [0]);
        assert_eq!(matrices(&[0, 3], &[3, 9, 9]), [] as [usize; 0]);
    }

    #[test]
    fn a_stack_times_a_stack() {
        let found =
            f64s(|g| g.constant([1, 2, 3, 4]).reshape([2, 1, 2]).matmul(g.constant([5, 6, 7, 8]).reshape([2, 2, 1])));
        assert_close(&found, &[17.0, 53.0]);
    }

    #[test]
    fn a_stack_times_a_matrix() {
        let g = Graph::new();
        let x = g.constant([1.0, 2.0, 3.0, 4.0]).reshape([2, 1, 2]);
        let z = x.matmul([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]]);
        assert_eq!(z.fact().to_string(), "f64[2,1,3]");
        assert_close(&value(z).to_f64s().unwrap(), &[1.0, 2.0, 8.0, 3.0, 4.0, 18.0]);
        let matrix = g.constant([[1.0, 1.0]]).matmul(x.reshape([2, 2, 1]));
        assert_close(&value(matrix).to_f64s().unwrap(), &[3.0, 7.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let message = |x: &[i32], y: &[i32]| {
            let g = Graph::new();
            let zeros = |shape: &[i32]| g.constant(0.0f32).broadcast_to(shape);
            let _ = zeros(x).matmul(zeros(y));
            g.check().unwrap_err().message
        };
        assert_eq!(message(&[2, 2, 3], &[2, 2, 3]), "the inner dimensions differ: 3 and 2");
        assert_eq!(message(&[2, 2, 3], &[3]), "expected at least rank 2, found shape [3]");
        assert_eq!(message(&[2, 2, 3], &[3, 3, 2]), "shapes [2] and [3] cannot be broadcast: 2 and 3 differ");
    }
}
