use super::axis_input::{infer_integer, known_integer};
use crate::op::Sampled;
use crate::ops::{Index, rules};
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, top_k, top_k_scratch};

op! {
    /// The `k` greatest along the last dimension, greatest first, and their indices (`i32`), where `k` is input 1. Of
    /// equal ones the lower index comes first.
    pub struct TopK("TopKV2") {
        /// Whether they must be sorted; they always are.
        sorted: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The `k` greatest along the last dimension, greatest first, and their indices: `[.., k]` both.
    #[track_caller]
    pub fn top_k(self, k: impl IntoInput<'g>) -> (Tensor<'g>, Tensor<'g>) {
        let builder = self.graph().build(TopK { sorted: true }).input("input", self);
        let op = builder.input("k", super::own_dtype(k)).finish();
        (op.output(0), op.output(1))
    }
}

impl Op for TopK {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, k] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        let k = match infer_integer(k)? {
            Some(k) => Some(usize::try_from(k).map_err(|_| OpError::value(format!("k cannot be {k}")))?),
            None => None,
        };
        let shape = match x.shape.dims() {
            None => PartialShape::unknown(),
            Some([.., Some(n)]) if k.is_some_and(|k| k > *n) => {
                return Err(OpError::value(format!("k is {}, but the last dimension {n}", k.unwrap_or_default())));
            }
            Some([rest @ .., _]) => rest.iter().copied().chain([k]).collect(),
            Some([]) => return Err(OpError::value("expected at least rank 1, found shape []")),
        };
        Ok(vec![Fact::new(x.dtype, shape.clone()), Fact::new(DType::I32, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let n = inputs[0].concrete()?.last().copied().unwrap_or(0);
        let k = known_integer(&inputs[1], "k")? as usize;
        let kernel: OpResult<Kernel> = by_dtype!(numeric inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            top_k(io.input::<T>(0), io.output(0), io.output(1), [n, k], io.scratch());
            Ok(())
        })));
        Ok(kernel?.with_scratch(top_k_scratch(n)))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, indices, grad) = (cx.input(0), cx.output(1), cx.grad(0));
        let last = |t: Tensor<'g>| t.shape_tensor().index(&[Index::At(-1)]);
        let (n, k) = (last(x), last(indices));
        let rows = x.size().floordiv(n.maximum(1));
        // Each value's derivative goes to the place from which it came.
        let first = cx.graph().range(0, rows, 1).expand_dims(1) * n;
        let places = indices.reshape(cx.graph().stack(&[rows, k], 0)) + first;
        let dx = grad.reshape([-1]).unsorted_segment_sum(places.reshape([-1]), rows * n);
        Ok(vec![Some(dx.reshape(x.shape_tensor()).into()), None])
    }
}

impl Sampled for TopK {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0, 3.0, 2.0, -1.0], [0.5, -2.0, 4.0, 5.0]]).top_k(2).0,
        |g| g.constant([1.0, 3.0, 2.0]).top_k(3).0,
        |g| g.constant([1.0, 3.0, 2.0]).top_k(1).1,
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let rows: crate::Sample = |g| g.constant([[1.0, 3.0, 3.0], [5.0, -1.0, 5.0]]).top_k(2).0;
        assert_close(&f64s(rows), &[3.0, 3.0, 5.0, 5.0]);
        assert_close(&f64s(|g| g.constant([[1, 3, 3], [5, -1, 5]]).top_k(2).1), &[1.0, 2.0, 0.0, 2.0]);
    }

    #[test]
    fn derivatives_go_where_the_values_came_from() {
        let found = derivative([[1.0, 3.0, 3.0], [5.0, -1.0, 5.0]], |x| x.top_k(2).0 * [10.0, 20.0]);
        assert_close(&found, &[0.0, 10.0, 20.0, 10.0, 0.0, 20.0]);
        assert_close(&derivative([1.0, 2.0], |x| x.top_k(0).0), &[0.0, 0.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let message = |k: i32| {
            let g = Graph::new();
            let _ = g.constant([1.0, 2.0]).top_k(k);
            g.check().unwrap_err().message
        };
        assert_eq!(message(3), "k is 3, but the last dimension 2");
        assert_eq!(message(-1), "k cannot be -1");
        let g = Graph::new();
        let _ = g.constant(1.0).top_k(1);
        assert_eq!(g.check().unwrap_err().message, "expected at least rank 1, found shape []");
    }
}
