use super::{IntoShapeInput, StridedSliceGrad};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// The block of `x` that starts at input 1 and is of the size that input 2 gives, as large as can be where it is -1.
    pub struct Slice("Slice") {}
}

impl<'g> Tensor<'g> {
    /// The block of `size` (as large as can be where -1) that starts at `begin`, within this tensor.
    #[track_caller]
    pub fn slice(self, begin: impl IntoShapeInput<'g>, size: impl IntoShapeInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(Slice {}).input("input", self).input("begin", begin.into_shape_input());
        builder.input("size", size.into_shape_input()).tensor()
    }
}

/// The size that is meant along each dimension.
fn sizes(dims: &[Option<usize>], begin: &[Option<i64>], size: &[Option<i64>]) -> OpResult<PartialShape> {
    if begin.len() != dims.len() || size.len() != dims.len() {
        let found = format!("{} and {}", begin.len(), size.len());
        return Err(OpError::value(format!("begin and size must have {} elements, found {found}", dims.len())));
    }
    let one = |i: usize| {
        let (d, begin, size) = (dims[i], begin[i], size[i]);
        let outside = || {
            let shown = |n: Option<i64>| n.map_or_else(|| "?".into(), |n| n.to_string());
            let of = d.map_or_else(|| "an unknown size".into(), |n| format!("{n} elements"));
            let found = format!("begin {} and size {}", shown(begin), shown(size));
            OpError::argument(format!("{found} do not lie within dimension {i}, of {of}"))
        };
        if let Some(size) = size.filter(|&s| s < -1) {
            return Err(OpError::value(format!("a size cannot be {size}")));
        }
        if begin.is_some_and(|b| b < 0) {
            return Err(outside());
        }
        match (d.map(|n| n as i64), begin, size) {
            (Some(n), Some(begin), Some(-1)) => n.checked_sub(begin).filter(|&s| s >= 0).map(|s| Some(s as usize)),
            (Some(n), Some(begin), Some(size @ 0..)) => {
                begin.checked_add(size).filter(|&end| end <= n).map(|_| Some(size as usize))
            }
            (_, _, size) => Some(size.and_then(|s| usize::try_from(s).ok())),
        }
        .ok_or_else(outside)
    };
    (0..dims.len()).map(one).collect()
}

impl Op for Slice {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, begin, size] = rules::exactly(inputs)?;
        let (begin, size) = (rules::index_vector(begin)?, rules::index_vector(size)?);
        let rank = x.rank().or(begin.as_ref().or(size.as_ref()).map(Vec::len));
        let Some(rank) = rank else { return Ok(vec![Fact::new(x.dtype, PartialShape::unknown())]) };
        let (shape, unknown) = (rules::rank(x, rank)?, vec![None; rank]);
        let (begin, size) = (begin.as_ref().unwrap_or(&unknown), size.as_ref().unwrap_or(&unknown));
        Ok(vec![Fact::new(x.dtype, sizes(shape.dims().unwrap_or_default(), begin, size)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1, 2]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let (from, to) = (inputs[0].concrete()?, outputs[0].concrete()?);
        let strides = row_major(&from);
        let begin = rules::known_ints(&inputs[1], "begin")?;
        let offset: usize = strides.iter().zip(&begin).map(|(&s, &b)| s as usize * b as usize).sum();
        let offset = if to.contains(&0) { 0 } else { offset };
        let copy = StridedCopy::gather(rules::element_size(&inputs[0])?, &to, View { offset, strides: &strides });
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, begin) = (cx.input(0), cx.input(1));
        let end = begin + cx.output(0).shape_tensor_as(begin.dtype());
        let builder = cx.graph().build(StridedSliceGrad::plain()).input("shape", x.shape_tensor_as(begin.dtype()));
        let builder = builder.input("begin", begin).input("end", end).input("strides", begin.ones_like());
        Ok(vec![Some(builder.input("dy", cx.grad(0)).tensor().into()), None, None])
    }
}

impl Sampled for Slice {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).slice([0, 1], [2, -1]),
        |g| g.constant([1.0f64, 2.0, 3.0]).slice([3], [0]),
        |g| g.constant(1.0f64).slice(&[][..], &[][..]),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, f64s, refusal};
    use ferroflow_array::DType;

    #[test]
    fn values() {
        assert_eq!(f64s(Slice::SAMPLES[0]), [2.0, 3.0, 5.0, 6.0]);
        assert_eq!(f64s(Slice::SAMPLES[1]), [0.0; 0]);
    }

    #[test]
    fn derivatives() {
        assert_eq!(derivative([1.0, 2.0, 3.0], |x| x.slice([1], [-1]) * 2.0), [0.0, 2.0, 2.0]);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |f: &dyn Fn(&Graph)| {
            let g = Graph::new();
            f(&g);
            refusal(&g)
        };
        assert_eq!(
            error(&|g| _ = g.constant([1.0f64, 2.0, 3.0]).slice([1], [3])),
            "begin 1 and size 3 do not lie within dimension 0, of 3 elements"
        );
        assert_eq!(
            error(&|g| _ = g.constant([1.0f64]).slice([0, 0], [1, 1])),
            "begin and size must have 1 elements, found 2 and 2"
        );
    }

    #[test]
    fn sizes_known_in_part() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(12)]);
        let n = g.placeholder(DType::I32, [1]);
        let vector = |known: i32| g.concat(&[n, g.constant([known])], 0);
        let shape = |begin, size| x.slice(begin, size).shape().to_string();
        let zeros = g.constant([0i32, 0]);
        assert_eq!(shape(zeros, vector(3)), "[?,3]");
        assert_eq!(shape(vector(1), g.constant([2i32, -1])), "[2,11]");
        assert_eq!(shape(zeros, vector(-1)), "[?,12]");
        assert_eq!(shape(g.placeholder(DType::I32, [2]), g.constant([-1i32, 5])), "[?,5]");
        let _ = x.slice(zeros, vector(13));
        let message = refusal(&g);
        assert_eq!(message, "begin 0 and size 13 do not lie within dimension 1, of 12 elements");
    }
}
