//! Rows dealt out, and put together again.

use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// `y[indices[i], …] = x[i, …]`: as many rows as the largest index tells; of rows with one index the last one stays, and
    /// rows with none are zeros.
    pub struct DynamicStitch("DynamicStitch") {}
}

impl<'g> Tensor<'g> {
    /// The slices that `partitions`, of the first dimensions' shape, gives each of `number` parts. A run with a partition
    /// that is none of these fails.
    #[track_caller]
    pub fn dynamic_partition(self, partitions: impl IntoInput<'g>, number: i32) -> Vec<Tensor<'g>> {
        let partitions = self.graph().constant(partitions).in_range(number, "partitions");
        (0..number).map(|part| self.boolean_mask(partitions.equal(part))).collect()
    }
}

impl Graph {
    /// The tensor whose slices are those of `data`, each where `indices` says. The shapes of indices are those of the first
    /// dimensions of data.
    #[track_caller]
    pub fn dynamic_stitch<'g>(&'g self, indices: &[Tensor<'g>], data: &[Tensor<'g>]) -> Tensor<'g> {
        if indices.len() != data.len() || indices.is_empty() {
            let message = format!("{} indices do not fit {} data", indices.len(), data.len());
            return self.mistake("DynamicStitch", message);
        }
        let mut rows = Vec::with_capacity(data.len());
        for (index, slices) in indices.iter().zip(data) {
            let Some(rank) = index.shape().rank() else {
                return self.mistake("DynamicStitch", "the ranks of indices must be known".into());
            };
            let rest = slices.shape_tensor().index(&crate::ix![rank as i64..]);
            rows.push(slices.reshape(self.concat(&[self.constant(Array::from([-1i32])), rest], 0)));
        }
        let flat: Vec<Tensor<'g>> = indices.iter().map(|i| i.reshape([-1])).collect();
        let builder = self.build(DynamicStitch {}).input("indices", self.concat(&flat, 0));
        builder.input("data", self.concat(&rows, 0)).tensor()
    }
}

impl Op for DynamicStitch {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [indices, x] = rules::exactly(inputs)?;
        rules::index(indices)?;
        let count = rules::rank(indices, 1)?.dim(0);
        let rows = match indices.ints() {
            Some(ints) if ints.iter().any(|&i| i < 0) => {
                return Err(OpError::argument("indices must not be negative"));
            }
            Some(ints) => Some(ints.iter().max().map_or(0, |&most| most as usize + 1)),
            None => None,
        };
        let Some(dims) = x.shape.dims() else { return Ok(vec![Fact::new(x.dtype, PartialShape::unknown())]) };
        let Some((first, rest)) = dims.split_first() else {
            return Err(OpError::value("data must have rows, found a scalar".to_owned()));
        };
        rules::same_dim("the number of indices and of rows", count, *first)?;
        let shape: PartialShape = std::iter::once(rows).chain(rest.iter().copied()).collect();
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let indices = rules::known_ints(&inputs[0], "indices")?;
        let width = outputs[0].concrete()?[1..].iter().product::<usize>() * rules::element_size(&inputs[1])?;
        Ok(Kernel::new(move |io| {
            let (x, y) = (io.input::<u8>(1), io.output::<u8>(0));
            y.fill(0);
            if width > 0 {
                for (&to, row) in indices.iter().zip(x.chunks_exact(width)) {
                    y[to as usize * width..][..width].copy_from_slice(row);
                }
            }
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, Some(cx.grad(0).gather(cx.input(0)).into())])
    }
}

impl Sampled for DynamicStitch {
    const SAMPLES: &'static [Sample] = &[
        |g| g.dynamic_stitch(&[g.constant([2i32, 0])], &[g.constant([[1.0f64, 2.0], [3.0, 4.0]])]),
        |g| {
            g.dynamic_stitch(
                &[g.constant(1i32), g.constant([0i32, 2])],
                &[g.constant(5.0f64), g.constant([6.0f64, 7.0])],
            )
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{f64s, refusal, value};

    #[test]
    fn values() {
        assert_eq!(f64s(DynamicStitch::SAMPLES[0]), [3.0, 4.0, 0.0, 0.0, 1.0, 2.0]);
        assert_eq!(f64s(DynamicStitch::SAMPLES[1]), [6.0, 5.0, 7.0]);
        let g = Graph::new();
        let twice = g.dynamic_stitch(&[g.constant([0i32, 0])], &[g.constant([1.0f64, 2.0])]);
        assert_eq!(value(twice).to_f64s().unwrap(), [2.0]);
    }

    #[test]
    fn mistakes_are_named() {
        let g = Graph::new();
        let _ = g.dynamic_stitch(&[g.constant([-1i32])], &[g.constant([1.0f64])]);
        assert_eq!(refusal(&g), "indices must not be negative");
        for (partitions, found) in [([0i64, 2], "[1] = 2"), ([-1, 0], "[0] = -1"), ([0, 1 << 32], "[1] = 4294967296")] {
            let g = Graph::new();
            let _ = g.constant([1.0f64, 2.0]).dynamic_partition(partitions, 2);
            let message = format!("partitions{found} is not in [0, 2)");
            assert_eq!(refusal(&g), message);
        }
    }
}
