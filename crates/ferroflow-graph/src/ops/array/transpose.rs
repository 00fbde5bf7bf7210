use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Input, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, PartialShape};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// `y[i_perm(0), …] = x[i_0, …]`: dimension `k` of the result is dimension `perm[k]` of `x`, where input 1 is `perm`.
    pub struct Transpose("Transpose") {}
}

op! {
    /// The permutation that undoes the one that is its input: `y[x[i]] = i`.
    pub struct InvertPermutation("InvertPermutation") {}
}

impl<'g> Tensor<'g> {
    /// The dimensions in the order `perm`: dimension `k` of the result is dimension `perm[k]` of this tensor.
    #[track_caller]
    pub fn transpose(self, perm: impl IntoPerm<'g>) -> Tensor<'g> {
        let perm = perm.into_perm(self);
        self.graph().build(Transpose {}).input("x", self).input("perm", perm).tensor()
    }

    /// The last two dimensions exchanged, of which there must be two.
    #[track_caller]
    pub fn matrix_transpose(self) -> Tensor<'g> {
        // Of fewer dimensions two are no permutation.
        let Some(rank) = self.shape().rank() else {
            // Of the dimensions 0 … n - 1 the last two are n - 2 and n - 1, together 2n - 3.
            let rank = self.rank_tensor();
            let dims = self.graph().range(0, rank.maximum(2), 1);
            return self.transpose(dims.less(rank - 2).select(dims, rank * 2 - 3 - dims));
        };
        let n = rank.max(2);
        let mut perm: Vec<i32> = (0..n as i32).collect();
        perm.swap(n - 2, n - 1);
        self.transpose(&perm[..])
    }
}

/// What can name the order of dimensions: `[1, 0]`, `..` for their reverse, or a tensor.
pub trait IntoPerm<'g> {
    /// Converts, for a tensor to be transposed.
    fn into_perm(self, x: Tensor<'g>) -> Input<'g>;
}

impl<'g, const N: usize> IntoPerm<'g> for [i32; N] {
    fn into_perm(self, _: Tensor<'g>) -> Input<'g> {
        Input::Array(self.into())
    }
}

impl<'g> IntoPerm<'g> for &[i32] {
    fn into_perm(self, _: Tensor<'g>) -> Input<'g> {
        Input::Array(self.into())
    }
}

impl<'g> IntoPerm<'g> for Tensor<'g> {
    fn into_perm(self, _: Tensor<'g>) -> Input<'g> {
        Input::Tensor(self)
    }
}

impl<'g> IntoPerm<'g> for std::ops::RangeFull {
    fn into_perm(self, x: Tensor<'g>) -> Input<'g> {
        match x.shape().rank() {
            Some(rank) => Input::Array((0..rank as i32).rev().collect::<Vec<_>>().into()),
            None => (x.rank_tensor() - 1 - x.all_axes()).into_input(),
        }
    }
}

fn permutation(perm: &[i64], rank: usize) -> OpResult<Vec<usize>> {
    let mut seen = vec![false; rank];
    let axes: Vec<usize> = perm.iter().map(|&p| rules::axis(p, rank)).collect::<OpResult<_>>()?;
    for &axis in &axes {
        seen[axis] = true;
    }
    let message = || format!("{perm:?} is no permutation of {rank} dimensions");
    match (axes.len() == rank, seen.contains(&false)) {
        (true, false) => Ok(axes),
        (true, true) => Err(OpError::argument(message())),
        (false, _) => Err(OpError::value(message())),
    }
}

fn inverse(perm: &[i64]) -> OpResult<Vec<i64>> {
    let n = perm.len();
    let mut found = vec![-1i64; n];
    for (i, &p) in perm.iter().enumerate() {
        let Some(place) = usize::try_from(p).ok().and_then(|p| found.get_mut(p)) else {
            return Err(OpError::argument(format!("{p} is not between 0 and {n}")));
        };
        if std::mem::replace(place, i as i64) != -1 {
            return Err(OpError::argument(format!("{p} is duplicated in the input.")));
        }
    }
    Ok(found)
}

impl Op for Transpose {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, perm] = rules::exactly(inputs)?;
        rules::index(perm)?;
        rules::rank(perm, 1)?;
        let shape = match (x.shape.dims(), perm.ints()) {
            (Some(dims), Some(ints)) => permutation(&ints, dims.len())?.into_iter().map(|a| dims[a]).collect(),
            (Some(dims), None) => PartialShape::with_rank(dims.len()),
            _ => perm.shape.dim(0).map_or_else(PartialShape::unknown, PartialShape::with_rank),
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let (from, to) = (inputs[0].concrete()?, outputs[0].concrete()?);
        let perm = permutation(&rules::known_ints(&inputs[1], "the permutation")?, from.rank())?;
        let strides = row_major(&from);
        let strides: Vec<isize> = perm.iter().map(|&p| strides[p]).collect();
        let element = rules::element_size(&inputs[0])?;
        let copy = StridedCopy::gather(element, &to, View { offset: 0, strides: &strides });
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let back = cx.graph().build(InvertPermutation {}).input("x", cx.input(1)).tensor();
        Ok(vec![Some(cx.grad(0).transpose(back).into()), None])
    }
}

impl Op for InvertPermutation {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![Fact::new(rules::index(x)?, rules::rank(x, 1)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let ints = rules::known_ints(&inputs[0], "the permutation")?;
        let value = Array::from(inverse(&ints)?).cast(inputs[0].dtype).map_err(|e| OpError::dtype(e.to_string()))?;
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(value.bytes());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Transpose {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).transpose(..),
        |g| g.constant([[[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]]).transpose([2, 0, 1]),
        |g| g.constant([[1i32, 2]]).matrix_transpose(),
    ];
}

impl Sampled for InvertPermutation {
    const SAMPLES: &'static [Sample] =
        &[|g| g.build(InvertPermutation {}).input("x", Array::from([2i32, 0, 1])).tensor()];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(Transpose::SAMPLES[0]), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(f64s(InvertPermutation::SAMPLES[0]), [1.0, 2.0, 0.0]);
    }

    #[test]
    fn what_is_no_permutation_is_refused() {
        assert_eq!(permutation(&[0, 0], 2).unwrap_err().message, "[0, 0] is no permutation of 2 dimensions");
        assert!(permutation(&[0], 2).is_err() && permutation(&[0, 2], 2).is_err());
    }

    #[test]
    fn a_vector_is_no_matrix() {
        let g = Graph::new();
        g.constant([1.0f32, 2.0]).matrix_transpose();
        assert_eq!(g.take_error().unwrap().message, "axis 1 is out of range for rank 1");
    }
}
