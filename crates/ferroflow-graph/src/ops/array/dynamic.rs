//! What has a shape that depends on values.

use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, Element, PartialShape};
use ferroflow_kernels::{Kernel, KernelError};
use std::collections::HashMap;

op! {
    /// The places at which `x` is true, or not zero, in row-major order: `[n, rank]`, `i64`.
    pub struct Where("Where") {}
}

op! {
    /// The distinct elements of the vector `x` in the order of their first occurrence; for each element of `x` which of them
    /// it is; and how often each occurs.
    pub struct Unique("UniqueWithCounts") {
        /// The dtype of positions and counts: `i32` or `i64`.
        out_idx: DType,
    }
}

impl<'g> Tensor<'g> {
    /// The places at which this tensor is true, or not zero: `[n, rank]`, `i64`.
    #[track_caller]
    pub fn where_true(self) -> Tensor<'g> {
        self.graph().build(Where {}).input("condition", self).tensor()
    }

    /// The distinct elements of this vector in the order of their first occurrence, and for each of its elements which of
    /// them it is (`i32`).
    #[track_caller]
    pub fn unique(self) -> (Tensor<'g>, Tensor<'g>) {
        let (values, positions, _) = self.unique_with_counts();
        (values, positions)
    }

    /// As [`Tensor::unique`], and how often each occurs (`i32`).
    #[track_caller]
    pub fn unique_with_counts(self) -> (Tensor<'g>, Tensor<'g>, Tensor<'g>) {
        let op = self.graph().build(Unique { out_idx: DType::I32 }).name("Unique").input("x", self).finish();
        (op.output(0), op.output(1), op.output(2))
    }

    /// The elements, or slices, at which `mask` is true: `[n, …]`. The mask's shape is that of the first dimensions.
    #[track_caller]
    pub fn boolean_mask(self, mask: impl IntoInput<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let mask = graph.constant(mask);
        let Some(rank) = mask.shape().rank().filter(|&r| r > 0) else {
            let message = format!("the mask must be of a known rank of at least 1, found shape {}", mask.shape());
            return graph.mistake("boolean_mask", message);
        };
        let first: PartialShape = match self.shape().dims() {
            Some(dims) if dims.len() < rank => PartialShape::with_rank(dims.len()),
            Some(dims) => dims[..rank].iter().copied().collect(),
            None => PartialShape::unknown(),
        };
        if first.merge(&mask.shape()).is_none() {
            let message = format!("a mask of shape {} does not fit shape {}", mask.shape(), self.shape());
            return graph.mistake("boolean_mask", message);
        }
        let shape = self.shape_tensor();
        let rest = shape.index(&crate::ix![rank as i64..]);
        let rows = self.reshape(graph.concat(&[graph.constant(Array::from([-1i32])), rest], 0));
        // The sizes must agree when they are known, or a mask of another shape would pick other elements.
        let mask = mask.reshape(shape.index(&crate::ix![..rank as i64]));
        rows.gather(mask.reshape([-1]).where_true().squeeze(&[1]))
    }
}

impl Op for Where {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        if x.dtype != DType::Bool {
            rules::numeric(x)?;
        }
        Ok(vec![Fact::new(DType::I64, [None, x.rank()].into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| {
            let x = arrays[0];
            let numbers = x.to_f64s().unwrap_or_default();
            let strides = x.shape().strides();
            let mut places = Vec::new();
            for (i, _) in numbers.iter().enumerate().filter(|(_, v)| **v != 0.0) {
                places.extend(strides.iter().zip(x.shape().iter()).map(|(&s, &d)| (i / s % d) as i64));
            }
            let count = numbers.iter().filter(|v| **v != 0.0).count();
            Ok(vec![array([count, x.rank()], &places)?])
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

fn array<T: Element>(shape: impl Into<ferroflow_array::Shape>, values: &[T]) -> Result<Array, KernelError> {
    Array::new(shape, values).map_err(|e| KernelError::new(e.to_string()))
}

impl Op for Unique {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let positions = Fact::new(self.out_idx, rules::rank(x, 1)?);
        rules::index(&positions)?;
        let counts = Fact::new(self.out_idx, PartialShape::with_rank(1));
        Ok(vec![Fact::new(x.dtype, PartialShape::with_rank(1)), positions, counts])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let out_idx = self.out_idx;
        Ok(Kernel::dynamic(move |arrays| {
            let x = arrays[0];
            let size = x.dtype().size();
            let elements: Vec<&[u8]> = match x.strings() {
                Ok(strings) => strings.iter().map(Vec::as_slice).collect(),
                Err(_) => x.bytes().chunks_exact(size).collect(),
            };
            let mut known: HashMap<&[u8], usize> = HashMap::new();
            let (mut values, mut positions, mut counts) = (Vec::new(), Vec::new(), Vec::<i64>::new());
            for element in elements {
                let at = *known.entry(element).or_insert_with(|| {
                    values.push(element);
                    counts.push(0);
                    counts.len() - 1
                });
                counts[at] += 1;
                positions.push(at as i64);
            }
            let error = |e: ferroflow_array::ArrayError| KernelError::new(e.to_string());
            let distinct = match size {
                0 => Array::from_strings([values.len()], values).map_err(error)?,
                _ => {
                    let mut distinct = Array::zeros(x.dtype(), [values.len()]).map_err(error)?;
                    distinct.bytes_mut().copy_from_slice(&values.concat());
                    distinct
                }
            };
            let integers = |v: Vec<i64>| Array::from(v).cast(out_idx).map_err(error);
            Ok(vec![distinct, integers(positions)?, integers(counts)?])
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(crate::NotDifferentiable("which elements are distinct has no derivative".into()))
    }
}

impl Sampled for Where {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[true, false], [true, true]]).where_true(),
        |g| g.constant([0.0f64, 2.0]).where_true(),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).boolean_mask([true, false, true]),
    ];
}

impl Sampled for Unique {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([5i32, 3, 5, 5]).unique().0, |g| g.constant([5i32, 3, 5]).unique().1];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{f64s, value};

    #[test]
    fn values() {
        assert_eq!(f64s(Where::SAMPLES[0]), [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(f64s(Where::SAMPLES[2]), [1.0, 2.0, 5.0, 6.0]);
        assert_eq!(f64s(Unique::SAMPLES[0]), [5.0, 3.0]);
        assert_eq!(f64s(Unique::SAMPLES[1]), [0.0, 1.0, 0.0]);
        let g = Graph::new();
        assert_eq!(value(g.constant([5i32, 3, 5, 5]).unique_with_counts().2).to_vec::<i32>().unwrap(), [3, 1]);
    }

    #[test]
    fn a_mask_of_another_shape_is_refused() {
        let g = Graph::new();
        let _ = g.constant([1.0f64, 2.0]).boolean_mask([true]);
        assert_eq!(g.check().unwrap_err().message, "a mask of shape [1] does not fit shape [2]");
    }
}
