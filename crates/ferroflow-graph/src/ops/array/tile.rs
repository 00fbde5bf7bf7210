use super::IntoShapeInput;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{ErrorKind, Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// `x` repeated along each dimension as often as input 1, `[rank]`, says.
    pub struct Tile("Tile") {}
}

impl<'g> Tensor<'g> {
    /// This tensor repeated `multiples[d]` times along each dimension `d`.
    #[track_caller]
    pub fn tile(self, multiples: impl IntoShapeInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(Tile {}).input("input", self);
        builder.input("multiples", multiples.into_shape_input()).tensor()
    }
}

impl Op for Tile {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, multiples] = rules::exactly(inputs)?;
        let times = rules::shape_input(multiples).map_err(|e| match e.kind {
            ErrorKind::Value if multiples.ints().is_some() => OpError::argument(e.message),
            _ => e,
        })?;
        let rank = rules::same_dim("the rank and the number of multiples", x.rank(), multiples.shape.dim(0))?;
        let shape = match (x.shape.dims(), times.dims(), rank) {
            (Some(dims), Some(times), _) => {
                let size = |(d, n): (&Option<usize>, &Option<usize>)| match d.zip(*n) {
                    Some((d, n)) => {
                        d.checked_mul(n).map(Some).ok_or_else(|| OpError::value(format!("{d} · {n} is too large")))
                    }
                    None => Ok(None),
                };
                dims.iter().zip(times).map(size).collect::<OpResult<PartialShape>>()?
            }
            (_, _, Some(rank)) => PartialShape::with_rank(rank),
            _ => PartialShape::unknown(),
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let from = inputs[0].concrete()?;
        let times = rules::shape_of(&rules::known_ints(&inputs[1], "multiples")?)?;
        // Each dimension as two: its repeats, which stand still in `x`, and itself.
        let shape: Vec<usize> = times.iter().zip(from.iter()).flat_map(|(&n, &d)| [n, d]).collect();
        let strides: Vec<isize> = row_major(&from).iter().flat_map(|&s| [0, s]).collect();
        let element = rules::element_size(&inputs[0])?;
        let copy = StridedCopy::gather(element, &shape, View { offset: 0, strides: &strides });
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, multiples) = (cx.input(0), cx.input(1));
        let sizes = x.shape_tensor_as(multiples.dtype());
        let split = cx.graph().stack(&[multiples, sizes], 1).reshape([-1]);
        Ok(vec![Some(cx.grad(0).reshape(split).reduce_sum(x.all_axes() * 2).into()), None])
    }
}

impl Sampled for Tile {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0]]).tile([2, 2]),
        |g| g.constant([1.0f64, 2.0, 3.0]).tile([0]),
        |g| g.constant([[[1.0f64], [2.0]]]).tile([1, 2, 3]),
        |g| g.constant(2.0f64).tile(&[][..]),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, f64s};

    #[test]
    fn values() {
        assert_eq!(f64s(Tile::SAMPLES[0]), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
        assert_eq!(f64s(Tile::SAMPLES[1]), [0.0; 0]);
        assert_eq!(f64s(Tile::SAMPLES[2]), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        let g = Graph::new();
        let x = g.placeholder(ferroflow_array::DType::F32, [None, Some(3)]);
        assert_eq!(x.tile([2, 3]).shape().to_string(), "[?,9]");
    }

    #[test]
    fn derivatives() {
        let weights = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(derivative([1.0, 2.0], |x| x.tile([3]) * x.graph().constant(weights)), [9.0, 12.0]);
    }
}
