use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError, Number};
use std::collections::HashMap;

op! {
    /// `y[i] = Σ x[j]` over the `j` with the index of `i`, input 1: every row that an index names carries the total for that
    /// index.
    pub struct SumDuplicates("SumDuplicates") {}
}

impl<'g> Tensor<'g> {
    /// Every row replaced by the sum of the rows with the same index: `indices` is `[n]`, integer, for `[n, …]`.
    #[track_caller]
    pub fn sum_duplicates(self, indices: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(SumDuplicates {}).input("values", self).literal_dtype(DType::I32);
        builder.input("indices", indices).tensor()
    }
}

fn totals<T: Number, I: bytemuck::Pod + Eq + std::hash::Hash>(io: &mut Io<'_>) -> Result<(), KernelError> {
    let (x, indices, y) = (io.input::<T>(0), io.input::<I>(1), io.output::<T>(0));
    let width = x.len().checked_div(indices.len()).unwrap_or(0);
    if width == 0 {
        return Ok(());
    }
    y.copy_from_slice(x);
    let mut first: HashMap<I, usize> = HashMap::with_capacity(indices.len());
    let mut repeats = Vec::new();
    for (i, index) in indices.iter().enumerate() {
        let to = *first.entry(*index).or_insert(i);
        if to != i {
            repeats.push((i, to));
            let (sums, rows) = y.split_at_mut(i * width);
            sums[to * width..][..width].iter_mut().zip(&rows[..width]).for_each(|(s, &v)| *s = s.plus(v));
        }
    }
    for (i, from) in repeats {
        y.copy_within(from * width..(from + 1) * width, i * width);
    }
    Ok(())
}

impl Op for SumDuplicates {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, indices] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        rules::index(indices)?;
        let count = rules::rank(indices, 1)?.dim(0);
        let shape = match x.shape.dims() {
            None => PartialShape::unknown(),
            Some([]) => return Err(OpError::value("expected at least rank 1, found shape []")),
            Some([first, rest @ ..]) => {
                let first = rules::same_dim("the numbers of rows and indices", *first, count)?;
                std::iter::once(first).chain(rest.iter().copied()).collect()
            }
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        by_dtype!(numeric inputs[0].dtype, T => Ok(match inputs[1].dtype {
            DType::I64 => Kernel::new(totals::<T, i64>),
            _ => Kernel::new(totals::<T, i32>),
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // The map is symmetric.
        Ok(vec![Some(cx.grad(0).sum_duplicates(cx.input(1)).into()), None])
    }
}

impl Sampled for SumDuplicates {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).sum_duplicates([7, 1, 7]),
        |g| g.constant([1.0f64, 2.0]).sum_duplicates(Array::from([1i64, 1])),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(SumDuplicates::SAMPLES[0]), [6.0, 8.0, 3.0, 4.0, 6.0, 8.0]);
        assert_eq!(f64s(|g| g.constant([1.0f64, 2.0, 4.0, 8.0]).sum_duplicates([0, 0, 0, 3])), [7.0, 7.0, 7.0, 8.0]);
        assert_eq!(f64s(|g| g.constant([[0.0f64; 0]; 2]).sum_duplicates([1, 1])), [0.0; 0]);
    }
}
