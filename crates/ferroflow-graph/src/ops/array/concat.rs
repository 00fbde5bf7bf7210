use super::ExpandDims;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Kernel;

op! {
    /// The inputs joined along one axis.
    pub struct Concat("ConcatV2") {
        /// The axis, counted from the end if negative.
        axis: i64,
    }
}

impl Graph {
    /// Tensors of one dtype joined along `axis`; their other dimensions are equal.
    #[track_caller]
    pub fn concat<'g>(&'g self, tensors: &[Tensor<'g>], axis: i64) -> Tensor<'g> {
        self.build(Concat { axis }).name("concat").inputs(tensors).tensor()
    }

    /// Tensors of one shape as the slices of a new `axis`.
    #[track_caller]
    pub fn stack<'g>(&'g self, tensors: &[Tensor<'g>], axis: i64) -> Tensor<'g> {
        let expand = |t: &Tensor<'g>| self.build(ExpandDims { axis }).name("stack/values").input("input", *t).tensor();
        let expanded: Vec<Tensor<'g>> = tensors.iter().map(expand).collect();
        self.build(Concat { axis }).name("stack").inputs(&expanded).tensor()
    }
}

impl Op for Concat {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let dtype = rules::same_dtype(inputs)?;
        let Some(rank) = inputs.iter().find_map(|f| f.rank()) else {
            return Ok(vec![Fact::new(dtype, PartialShape::unknown())]);
        };
        let axis = rules::axis(self.axis, rank)?;
        let mut dims: Vec<Option<usize>> = vec![None; rank];
        let mut total = Some(0);
        for input in inputs {
            let shape = rules::rank(input, rank)?;
            total = total.zip(shape.dim(axis)).map(|(t, n)| t + n);
            for (i, dim) in dims.iter_mut().enumerate().filter(|(i, _)| *i != axis) {
                *dim = rules::same_dim(&format!("dimensions {i}"), *dim, shape.dim(i))?;
            }
        }
        dims[axis] = total;
        Ok(vec![Fact::new(dtype, dims.into_iter().collect::<PartialShape>())])
    }

    fn moves(&self, _i: usize) -> bool {
        true
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let to = outputs[0].concrete()?;
        let axis = rules::axis(self.axis, to.rank())?;
        let element = rules::element_size(&outputs[0])?;
        let inner: usize = to[axis + 1..].iter().product::<usize>() * element;
        let outer: usize = to[..axis].iter().product();
        let rows = inputs.iter().map(|f| Ok(f.concrete()?[axis] * inner)).collect::<OpResult<Vec<usize>>>()?;
        let total: usize = rows.iter().sum();
        Ok(Kernel::new(move |io| {
            let out = io.output::<u8>(0);
            let mut start = 0;
            for (i, &row) in rows.iter().enumerate() {
                let input = io.input::<u8>(i);
                for n in 0..outer {
                    out[n * total + start..][..row].copy_from_slice(&input[n * row..][..row]);
                }
                start += row;
            }
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let grad = cx.grad(0);
        let mut start: Option<Tensor<'g>> = None;
        let mut gradients = Vec::new();
        for (i, &input) in cx.inputs().iter().enumerate() {
            let rank = input.shape().rank().or(grad.shape().rank());
            let rank = rank.ok_or_else(|| crate::NotDifferentiable("the rank must be known".into()))?;
            let axis = rules::axis(self.axis, rank).map_err(|e| crate::NotDifferentiable(e.message))?;
            let shape = input.shape_tensor();
            let along: Vec<i32> = (0..rank).map(|d| i32::from(d == axis)).collect();
            let begin = start.unwrap_or_else(|| shape.zeros_like());
            gradients.push(cx.wants(i).then(|| grad.slice(begin, shape).into()));
            start = Some(begin + shape * ferroflow_array::Array::from(along));
        }
        Ok(gradients)
    }
}

impl Sampled for Concat {
    const SAMPLES: &'static [Sample] = &[
        |g| g.concat(&[g.constant([[1.0f64, 2.0]]), g.constant([[3.0f64, 4.0], [5.0, 6.0]])], 0),
        |g| g.concat(&[g.constant([[1.0f64], [2.0]]), g.constant([[3.0f64, 4.0], [5.0, 6.0]])], -1),
        |g| g.stack(&[g.constant([1.0f64, 2.0]), g.constant([3.0f64, 4.0])], 1),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::f64s;
    use ferroflow_array::DType;

    #[test]
    fn values() {
        assert_eq!(f64s(Concat::SAMPLES[1]), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
        assert_eq!(f64s(Concat::SAMPLES[2]), [1.0, 3.0, 2.0, 4.0]);
    }

    #[test]
    fn shapes() {
        let g = Graph::new();
        let (a, b) = (g.placeholder(DType::F32, [None, Some(3)]), g.placeholder(DType::F32, [Some(2), None]));
        assert_eq!(g.concat(&[a, b], 0).shape().to_string(), "[?,3]");
        assert_eq!(g.concat(&[b, b], 0).shape().to_string(), "[4,?]");
        let _ = g.concat(&[a, g.placeholder(DType::F32, [2, 4])], 0);
        assert!(g.check().unwrap_err().to_string().contains("dimensions 1 differ: 3 and 4"));
    }
}
