use crate::op::Sampled;
use crate::ops::rules;
use crate::{
    Fact, Gradient, GradientCx, GradientResult, Graph, IndexedSlices, IntoInput, NotDifferentiable, Op, OpError,
    OpResult, Sample, Tensor, Variable, op,
};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError};

op! {
    /// `y[a…, i…, b…] = x[a…, indices[i…], b…]`: the slices along one axis that the indices, input 1, name.
    pub struct Gather("GatherV2") {
        /// The axis, counted from the end if negative.
        axis: i64,
    }
}

impl<'g> Tensor<'g> {
    /// The slices along the first dimension that `indices`, integers of any shape, name: `indices.shape + shape[1..]`.
    #[track_caller]
    pub fn gather(self, indices: impl IntoInput<'g>) -> Tensor<'g> {
        self.gather_along(indices, 0)
    }

    /// The slices along `axis` that `indices` name: `shape[..axis] + indices.shape + shape[axis + 1..]`.
    #[track_caller]
    pub fn gather_along(self, indices: impl IntoInput<'g>, axis: i64) -> Tensor<'g> {
        let builder = self.graph().build(Gather { axis }).name("Gather").input("params", self);
        builder.literal_dtype(DType::I32).input("indices", indices).tensor()
    }
}

impl<'g> Variable<'g> {
    /// As [`Tensor::gather`]; the gradient is sparse.
    #[track_caller]
    pub fn gather(self, indices: impl IntoInput<'g>) -> Tensor<'g> {
        self.value().gather(indices)
    }
}

impl Graph {
    /// The rows of `params` that `ids` name. If there are several tensors, the rows are dealt out in turn: row `i` is
    /// row `i / n` of tensor `i % n`, TensorFlow's `mod` strategy.
    #[track_caller]
    pub fn embedding_lookup<'g>(&'g self, params: &[Tensor<'g>], ids: impl IntoInput<'g>) -> Tensor<'g> {
        let ids = self.constant(ids);
        let n = params.len() as i32;
        self.embedding(params, ids, |i, _| ((ids % n).equal(i as i32), ids.floordiv(n)))
    }

    /// The rows of `params` that `ids` name, where the rows of each tensor follow those of the one before: TensorFlow's
    /// `div` strategy.
    #[track_caller]
    pub fn embedding_lookup_div<'g>(&'g self, params: &[Tensor<'g>], ids: impl IntoInput<'g>) -> Tensor<'g> {
        let size = |part: &Tensor<'g>| part.shape_tensor().index(&crate::ix![0]);
        let total = params.iter().map(size).reduce(|sum, size| sum + size);
        let ids = self.constant(ids);
        let ids = total.map_or(ids, |total| ids.in_range(total, "ids"));
        let mut start = self.constant(0i32);
        self.embedding(params, ids, |_, part| {
            let (first, end) = (start, start + size(part));
            start = end;
            (ids.greater_equal(first).logical_and(ids.less(end)), ids - first)
        })
    }

    /// The rows of `params` for `ids`: `place` tells which ids are of the tensor of this number, and their rows there.
    #[track_caller]
    fn embedding<'g>(
        &'g self,
        params: &[Tensor<'g>],
        ids: Tensor<'g>,
        mut place: impl FnMut(usize, &Tensor<'g>) -> (Tensor<'g>, Tensor<'g>),
    ) -> Tensor<'g> {
        if let [only] = params {
            return only.gather(ids);
        }
        let mut sum: Option<Tensor<'g>> = None;
        for (i, part) in params.iter().enumerate() {
            let (mine, row) = place(i, part);
            let found = part.gather(mine.select(row, row.zeros_like()));
            let dims = ids.shape().rank().unwrap_or(0)..found.shape().rank().unwrap_or(0);
            let mine = dims.fold(mine, |mine, _| mine.expand_dims(-1));
            sum = Some(sum.map_or(found, |sum| mine.select(found, sum)));
        }
        sum.unwrap_or_else(|| self.mistake("embedding_lookup", "expected at least one tensor of rows".into()))
    }
}

/// Copies for each of `outer` blocks the slices of `inner` bytes that the indices name.
fn copy<I: bytemuck::Pod + Into<i64>>(io: &mut Io<'_>, size: usize, inner: usize) -> Result<(), KernelError> {
    let (from, indices) = (io.input::<u8>(0), io.input::<I>(1));
    let to = io.output::<u8>(0);
    let outside = |i: i64| !usize::try_from(i).is_ok_and(|i| i < size);
    if let Some((at, i)) = indices.iter().map(|&i| i.into()).enumerate().find(|(_, i)| outside(*i)) {
        return Err(KernelError::new(format!("indices[{at}] = {i} is not in [0, {size})")));
    }
    if to.is_empty() {
        return Ok(());
    }
    for (from, to) in from.chunks_exact(size * inner).zip(to.chunks_exact_mut(indices.len() * inner)) {
        for (&index, to) in indices.iter().zip(to.chunks_exact_mut(inner)) {
            let index: i64 = index.into();
            to.copy_from_slice(&from[index as usize * inner..][..inner]);
        }
    }
    Ok(())
}

impl Op for Gather {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, indices] = rules::exactly(inputs)?;
        rules::index(indices)?;
        let Some(dims) = x.shape.dims() else { return Ok(vec![Fact::new(x.dtype, PartialShape::unknown())]) };
        let axis = rules::axis(self.axis, dims.len())?;
        if let (Some(size), Some(ints)) = (dims[axis], indices.ints())
            && let Some((at, i)) = ints.iter().enumerate().find(|(_, i)| !(0..size as i64).contains(i))
        {
            return Err(OpError::argument(format!("indices[{at}] = {i} is not in [0, {size})")));
        }
        let shape = match indices.shape.dims() {
            Some(ids) => dims[..axis].iter().chain(ids).chain(&dims[axis + 1..]).copied().collect(),
            None => PartialShape::unknown(),
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let shape = inputs[0].concrete()?;
        let axis = rules::axis(self.axis, shape.rank())?;
        let inner = shape[axis + 1..].iter().product::<usize>() * rules::element_size(&inputs[0])?;
        let size = shape[axis];
        Ok(match inputs[1].dtype {
            DType::I64 => Kernel::new(move |io| copy::<i64>(io, size, inner)),
            _ => Kernel::new(move |io| copy::<i32>(io, size, inner)),
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, indices, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let unknown = || NotDifferentiable("the rank must be known".into());
        let rank = x.shape().rank();
        let axis = match rank {
            Some(rank) => rules::axis(self.axis, rank).map_err(|e| NotDifferentiable(e.message))?,
            None => usize::try_from(self.axis).map_err(|_| unknown())?,
        };
        if axis == 0 {
            let flat = indices.reshape([-1]);
            let rest = x.shape_tensor().index(&crate::ix![1..]);
            let count = flat.shape_tensor();
            let values = grad.reshape(cx.graph().concat(&[count, rest], 0));
            let slices = IndexedSlices { values, indices: flat, like: x };
            return Ok(vec![Some(Gradient::Sparse(slices)), None]);
        }
        let rank = rank.ok_or_else(unknown)?;
        // The dimensions of the indices come first, are summed over into the axis, which then goes to its place.
        let ids = indices.shape().rank().ok_or_else(unknown)? as i32;
        let (axis, rank) = (axis as i32, rank as i32);
        let forth: Vec<i32> = (axis..axis + ids).chain(0..axis).chain(axis + ids..ids + rank - 1).collect();
        let back: Vec<i32> = (1..=axis).chain([0]).chain(axis + 1..rank).collect();
        let size = x.shape_tensor().index(&crate::ix![axis]);
        let sums = grad.transpose(&forth[..]).unsorted_segment_sum(indices, size);
        Ok(vec![Some(sums.transpose(&back[..]).into()), None])
    }
}

impl Sampled for Gather {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).gather([2, 0, 2]),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).gather_along([[1, 0], [0, 0]], -1),
        |g| g.constant([1.0f64, 2.0]).gather(Array::scalar(1i64)),
        |g| g.constant([[1.0f64, 2.0]]).gather(Array::from([0i32; 0])),
        |g| {
            let parts = [g.constant([[1.0f64, 2.0], [5.0, 6.0]]), g.constant([[3.0f64, 4.0]])];
            g.embedding_lookup(&parts, [2, 1, 0])
        },
        |g| {
            let parts = [g.constant([[1.0f64, 2.0], [5.0, 6.0]]), g.constant([[3.0f64, 4.0]])];
            g.embedding_lookup_div(&parts, [2, 1, 0])
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{derivative, f64s, refusal};

    #[test]
    fn values() {
        assert_eq!(f64s(Gather::SAMPLES[0]), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
        assert_eq!(f64s(Gather::SAMPLES[1]), [2.0, 1.0, 1.0, 1.0, 4.0, 3.0, 3.0, 3.0]);
        assert_eq!(f64s(Gather::SAMPLES[2]), [2.0]);
        assert_eq!(f64s(Gather::SAMPLES[4]), [5.0, 6.0, 3.0, 4.0, 1.0, 2.0]);
        assert_eq!(f64s(Gather::SAMPLES[5]), [3.0, 4.0, 5.0, 6.0, 1.0, 2.0]);
    }

    #[test]
    fn the_gradient_of_rows_is_sparse_and_sums_repeats() {
        let g = Graph::new();
        let table = g.variable([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        let found = g.gradients_of(&[(table.gather([2, 0, 2]), None)], &[table.reference()]).unwrap();
        assert!(matches!(found[0], Some(Gradient::Sparse(_))), "{found:?}");
        let of = derivative([1.0, 2.0, 3.0], |x| x.gather([2, 0, 2]) * x.graph().constant([1.0f64, 10.0, 100.0]));
        assert_eq!(of, [10.0, 0.0, 101.0]);
    }

    #[test]
    fn indices_out_of_range_are_refused() {
        let g = Graph::new();
        let taken = g.constant([1.0f64, 2.0]).gather([0, 2]);
        assert_eq!(taken.shape().to_string(), "[2]");
        assert_eq!(refusal(&g), "indices[1] = 2 is not in [0, 2)");
    }
}
