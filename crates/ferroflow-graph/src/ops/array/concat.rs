use super::ExpandDims;
use super::axis_by::hidden;
use crate::op::Sampled;
use crate::ops::reduce::{infer_integer, known_integer};
use crate::ops::rules;
use crate::{
    Fact, GradientCx, GradientResult, Graph, Input, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op,
};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// The inputs joined along one axis.
    pub struct Concat("ConcatV2") {
        /// The axis, counted from the end if negative.
        axis: i64,
    }
}

op! {
    /// The inputs but the first joined along the axis that the first, a scalar, names.
    pub struct ConcatBy("Concat") {}
}

impl Graph {
    /// Tensors of one dtype joined along `axis`; their other dimensions are equal.
    #[track_caller]
    pub fn concat<'g>(&'g self, tensors: &[Tensor<'g>], axis: i64) -> Tensor<'g> {
        self.build(Concat { axis }).name("concat").inputs(tensors).tensor()
    }

    /// As [`Graph::concat`], where the axis is a tensor, which may be known only when the program runs.
    #[track_caller]
    pub fn concat_by<'g>(&'g self, tensors: &[Tensor<'g>], axis: Tensor<'g>) -> Tensor<'g> {
        self.build(ConcatBy {}).name("concat").input("concat_dim", axis).inputs(tensors).tensor()
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
        joining(inputs, outputs, self.axis, 0)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        slices(cx, 0, |input, rank| {
            let Some(rank) = rank else {
                let axis = cx.graph().constant([self.axis as i32]).axis_from_start(input.rank_tensor());
                return Ok(Input::Tensor(input.all_axes().equal(axis).cast(DType::I32)));
            };
            let mask = rules::axes_mask(&[self.axis], rank).map_err(|e| NotDifferentiable(e.message))?;
            Ok(Input::Array(mask.into_iter().map(i32::from).collect::<Vec<_>>().into()))
        })
    }
}

impl Op for ConcatBy {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let Some((axis, tensors)) = inputs.split_first() else { return Err(OpError::value("takes an axis")) };
        if let Some(axis) = infer_integer(axis)? {
            return Concat { axis }.infer(tensors);
        }
        let dtype = rules::same_dtype(tensors)?;
        let mut shape = PartialShape::unknown();
        if let Some(rank) = tensors.iter().find_map(|f| f.rank()) {
            shape = PartialShape::with_rank(rank);
            tensors.iter().try_for_each(|f| rules::rank(f, rank).map(drop))?;
        }
        Ok(vec![Fact::new(dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn moves(&self, i: usize) -> bool {
        i > 0
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        joining(inputs, outputs, known_integer(&inputs[0], "the axis")?, 1)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        slices(cx, 1, |input, _| {
            let along = input.all_axes().equal(input.axis_by(cx.input(0)));
            Ok(Input::Tensor(along.cast(DType::I32)))
        })
    }
}

/// The kernel that joins the inputs from number `first` on.
fn joining(inputs: &[Fact], outputs: &[Fact], axis: i64, first: usize) -> OpResult<Kernel> {
    let to = outputs[0].concrete()?;
    let axis = rules::axis(axis, to.rank())?;
    let element = rules::element_size(&outputs[0])?;
    let inner: usize = to[axis + 1..].iter().product::<usize>() * element;
    let outer: usize = to[..axis].iter().product();
    let rows = inputs[first..].iter().map(|f| Ok(f.concrete()?[axis] * inner)).collect::<OpResult<Vec<usize>>>()?;
    let total: usize = rows.iter().sum();
    Ok(Kernel::new(move |io| {
        let out = io.output::<u8>(0);
        let mut start = 0;
        for (i, &row) in rows.iter().enumerate() {
            let input = io.input::<u8>(first + i);
            for n in 0..outer {
                out[n * total + start..][..row].copy_from_slice(&input[n * row..][..row]);
            }
            start += row;
        }
        Ok(())
    }))
}

/// The derivatives of tensors that were joined, which are the inputs from number `first` on: slices of the result's. `along`
/// gives, for one of them and its rank, if that is known, 1 for the axis and 0 for the others.
fn slices<'g>(
    cx: &GradientCx<'g>,
    first: usize,
    along: impl Fn(Tensor<'g>, Option<usize>) -> Result<Input<'g>, NotDifferentiable>,
) -> GradientResult<'g> {
    let grad = cx.grad(0);
    let mut start: Option<Tensor<'g>> = None;
    let mut gradients = vec![None; first];
    for (i, &input) in cx.inputs().iter().enumerate().skip(first) {
        let rank = input.shape().rank().or(grad.shape().rank());
        let shape = input.shape_tensor();
        let begin = start.unwrap_or_else(|| shape.zeros_like());
        gradients.push(cx.wants(i).then(|| grad.slice(begin, shape).into()));
        start = Some(begin + shape * along(input, rank)?);
    }
    Ok(gradients)
}

impl Sampled for ConcatBy {
    const SAMPLES: &'static [Sample] = &[
        |g| g.concat_by(&[g.constant([[1.0f64, 2.0]]), g.constant([[3.0f64, 4.0], [5.0, 6.0]])], hidden(g, 0)),
        |g| g.concat_by(&[g.constant([[1.0f64], [2.0]]), g.constant([[3.0f64, 4.0], [5.0, 6.0]])], hidden(g, -1)),
    ];
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
    use crate::ops::testing::{derivative, f64s, value};

    #[test]
    fn values() {
        assert_eq!(f64s(Concat::SAMPLES[1]), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
        assert_eq!(f64s(Concat::SAMPLES[2]), [1.0, 3.0, 2.0, 4.0]);
    }

    #[test]
    fn along_an_axis_that_is_a_tensor() {
        assert_eq!(f64s(ConcatBy::SAMPLES[0]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(f64s(ConcatBy::SAMPLES[1]), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
        let of = derivative([[1.0, 2.0], [3.0, 4.0]], |x| {
            x.graph().concat_by(&[x, x * 2.0], hidden(x.graph(), 1)) * x.graph().constant([1.0, 2.0, 3.0, 4.0])
        });
        assert_eq!(of, [7.0, 10.0, 7.0, 10.0]);
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(3)]);
        let open = g.placeholder(DType::I32, [] as [usize; 0]);
        assert_eq!(g.concat_by(&[x, x], g.constant(1i64)).shape().to_string(), "[?,6]");
        assert_eq!(g.concat_by(&[x, x], open).shape().to_string(), "[?,?]");
        let parts = [g.constant([[1i32], [2]]), g.constant([[3i32], [4]])];
        assert_eq!(value(g.concat_by(&parts, hidden(&g, 1))).shape().to_vec(), [2, 2]);
        let _ = g.concat_by(&[x, x], g.constant(2i32));
        assert_eq!(g.take_error().unwrap().message, "axis 2 is out of range for rank 2");
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
