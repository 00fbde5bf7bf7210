use crate::op::Sampled;
use crate::ops::rules;
use crate::{
    Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op,
};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError, Number};

op! {
    /// `y[j, …] = Σ x[i, …]` over the `i` whose id, input 1, is `j`: ids ascend, and the last one tells how many sums there
    /// are.
    pub struct SegmentSum("SegmentSum") {}
}

op! {
    /// `y[j, …] = Σ x[i, …]` over the `i` whose id, input 1, is `j`, of as many sums as input 2 says. Ids may come in any
    /// order and have several dimensions, the first of `x`; what has a negative id is left out.
    pub struct UnsortedSegmentSum("UnsortedSegmentSum") {}
}

impl<'g> Tensor<'g> {
    /// The sums of the slices along the first dimension that `ids`, `[n]`, ascending from 0, puts together:
    /// `[last id + 1, …]`.
    #[track_caller]
    pub fn segment_sum(self, ids: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(SegmentSum {}).input("data", self).literal_dtype(DType::I32);
        builder.input("segment_ids", ids).tensor()
    }

    /// The sums of the slices that `ids`, of the first dimensions' shape, puts together: `[num_segments, …]`. What has a
    /// negative id is left out.
    #[track_caller]
    pub fn unsorted_segment_sum(self, ids: impl IntoInput<'g>, num_segments: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(UnsortedSegmentSum {}).input("data", self).literal_dtype(DType::I32);
        builder.input("segment_ids", ids).input("num_segments", num_segments).tensor()
    }
}

/// The dimensions of `x` after those of the ids, and the number of ids; their dimensions are the same.
fn rest(x: &PartialShape, ids: &PartialShape) -> OpResult<Option<Vec<Option<usize>>>> {
    let (Some(x_dims), Some(id_dims)) = (x.dims(), ids.dims()) else { return Ok(None) };
    let differ = || OpError::value(format!("ids of shape {ids} are not of the first dimensions of {x}"));
    if id_dims.len() > x_dims.len() {
        return Err(differ());
    }
    let (first, rest) = x_dims.split_at(id_dims.len());
    if first.iter().zip(id_dims).any(|(a, b)| a.zip(*b).is_some_and(|(a, b)| a != b)) {
        return Err(differ());
    }
    Ok(Some(rest.to_vec()))
}

fn with_first(first: Option<usize>, rest: Option<Vec<Option<usize>>>) -> PartialShape {
    rest.map_or_else(PartialShape::unknown, |rest| std::iter::once(first).chain(rest).collect())
}

/// Adds each row to the sum that its id names. `id` may refuse, or leave out.
fn sums<T: Number>(
    x: &[T],
    y: &mut [T],
    width: usize,
    id: impl Fn(usize) -> Result<Option<usize>, KernelError>,
) -> Result<(), KernelError> {
    y.fill(T::ZERO);
    if width == 0 {
        return Ok(());
    }
    for (i, row) in x.chunks_exact(width).enumerate() {
        if let Some(id) = id(i)? {
            y[id * width..][..width].iter_mut().zip(row).for_each(|(sum, &v)| *sum = sum.plus(v));
        }
    }
    Ok(())
}

/// The kernel of both ops, for `count` sums.
fn kernel(inputs: &[Fact], count: usize, width: usize) -> OpResult<Kernel> {
    by_dtype!(numeric inputs[0].dtype, T => Ok(match inputs[1].dtype {
        DType::I64 => Kernel::new(move |io| {
            let ids = io.input::<i64>(1);
            sums::<T>(io.input(0), io.output(0), width, |i| place(ids[i], i, count))
        }),
        _ => Kernel::new(move |io| {
            let ids = io.input::<i32>(1);
            sums::<T>(io.input(0), io.output(0), width, |i| place(ids[i].into(), i, count))
        }),
    }))
}

fn place(id: i64, i: usize, count: usize) -> Result<Option<usize>, KernelError> {
    match usize::try_from(id) {
        Ok(id) if id >= count => Err(KernelError::new(format!("segment id {id} at {i} is not below {count}"))),
        found => Ok(found.ok()),
    }
}

/// The number of sums of ascending ids.
fn ascending(ids: &[i64]) -> OpResult<usize> {
    match ids.windows(2).find(|w| w[0] > w[1]) {
        _ if ids.first().is_some_and(|&id| id < 0) => Err(OpError::argument("segment ids must not be negative")),
        Some(w) => Err(OpError::argument(format!("segment ids must ascend, but {} comes before {}", w[0], w[1]))),
        None => Ok(ids.last().map_or(0, |&last| last as usize + 1)),
    }
}

impl Op for SegmentSum {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, ids] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        rules::index(ids)?;
        let rest = rest(&x.shape, &rules::rank(ids, 1)?)?;
        let count = ids.ints().map(|ids| ascending(&ids)).transpose()?;
        Ok(vec![Fact::new(x.dtype, with_first(count, rest))])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let shape = outputs[0].concrete()?;
        kernel(inputs, shape[0], shape[1..].iter().product())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).gather(cx.input(1)).into()), None])
    }
}

impl Op for UnsortedSegmentSum {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, ids, count] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        rules::index(ids)?;
        rules::index(count)?;
        rules::rank(count, 0)?;
        let rest = rest(&x.shape, &ids.shape)?;
        let known = match count.ints().as_deref() {
            Some(&[n]) => {
                Some(usize::try_from(n).map_err(|_| OpError::value(format!("there cannot be {n} segments")))?)
            }
            _ => None,
        };
        Ok(vec![Fact::new(x.dtype, with_first(known, rest))])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[2]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let shape = outputs[0].concrete()?;
        kernel(inputs, shape[0], shape[1..].iter().product())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, ids, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let (Some(rank), Some(id_rank)) = (x.shape().rank(), ids.shape().rank()) else {
            return Err(NotDifferentiable("the ranks must be known".into()));
        };
        let mut named = ids.greater_equal(0);
        for _ in id_rank..rank {
            named = named.expand_dims(-1);
        }
        let rows = grad.gather(ids.maximum(0));
        Ok(vec![Some(named.select(rows, rows.zeros_like()).into()), None, None])
    }
}

impl Sampled for SegmentSum {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).segment_sum(Array::from([0i32, 0, 2]))];
}

impl Sampled for UnsortedSegmentSum {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).unsorted_segment_sum(Array::from([2i32, -1, 2]), 3),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).unsorted_segment_sum(Array::from([[1i64, 0], [1, 1]]), 2),
        |g| g.constant([1i32, 2]).unsorted_segment_sum(Array::from([0i32, 0]), 1),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, f64s, refusal};

    #[test]
    fn values() {
        assert_eq!(f64s(SegmentSum::SAMPLES[0]), [4.0, 6.0, 0.0, 0.0, 5.0, 6.0]);
        assert_eq!(f64s(UnsortedSegmentSum::SAMPLES[0]), [0.0, 0.0, 0.0, 0.0, 6.0, 8.0]);
        assert_eq!(f64s(UnsortedSegmentSum::SAMPLES[1]), [2.0, 8.0]);
    }

    #[test]
    fn derivatives() {
        let of = derivative([1.0, 2.0, 3.0], |x| {
            x.unsorted_segment_sum(Array::from([1i32, -1, 1]), 2) * x.graph().constant([5.0f64, 7.0])
        });
        assert_eq!(of, [7.0, 0.0, 7.0]);
    }

    #[test]
    fn mistakes_are_named() {
        let g = Graph::new();
        let _ = g.constant([1.0f64, 2.0]).segment_sum(Array::from([1i32, 0]));
        assert_eq!(refusal(&g), "segment ids must ascend, but 1 comes before 0");
        let g = Graph::new();
        let _ = g.constant([1.0f64, 2.0]).unsorted_segment_sum(Array::from([0i32]), 1);
        assert_eq!(refusal(&g), "ids of shape [1] are not of the first dimensions of [2]");
    }
}
