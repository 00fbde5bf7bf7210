//! Operations along an axis that is a tensor: which dimension it is may be known only when the program runs.

use crate::op::Sampled;
use crate::ops::StridedSlice;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError};

op! {
    /// The axes that input 0 names, of as many dimensions as the scalar that is input 1 says, counted from the first: `i32`.
    pub struct AxisFromStart("AxisFromStart") {}
}

impl<'g> Tensor<'g> {
    /// These axes of `rank` dimensions, counted from the first.
    #[track_caller]
    pub(crate) fn axis_from_start(self, rank: Tensor<'g>) -> Tensor<'g> {
        self.graph().build(AxisFromStart {}).input("axis", self).input("rank", rank).tensor()
    }

    /// The scalar `axis` of this tensor, counted from the first.
    #[track_caller]
    pub(super) fn axis_by(self, axis: Tensor<'g>) -> Tensor<'g> {
        axis.reshape(()).axis_from_start(self.rank_tensor())
    }

    /// As [`Tensor::expand_dims`], where the axis is a tensor.
    #[track_caller]
    pub fn expand_dims_by(self, axis: Tensor<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let rank = self.rank_tensor() + 1;
        let axis = axis.reshape(()).axis_from_start(rank);
        let sizes = graph.concat(&[graph.constant([1i32]), self.shape_tensor()], 0);
        self.reshape(sizes.gather(first_moved_to(axis, graph.range(0, rank, 1))))
    }

    /// As [`Tensor::gather_along`], where the axis is a tensor.
    #[track_caller]
    pub fn gather_along_by(self, indices: impl IntoInput<'g>, axis: Tensor<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let (axis, dims) = (self.axis_by(axis), self.all_axes());
        let indices = graph.constant(indices);
        let taken = self.transpose(moved_to_first(axis, dims)).gather(indices);
        // The dimensions of the indices come first, and go to the place of the axis.
        let n = indices.rank_tensor();
        let dims = graph.range(0, self.rank_tensor() - 1 + n, 1);
        let behind = dims.less(axis + n).select(dims - axis, dims);
        taken.transpose(dims.less(axis).select(dims + n, behind))
    }

    /// As [`Tensor::reverse`], where the axes are a tensor.
    #[track_caller]
    pub fn reverse_by(self, axes: Tensor<'g>) -> Tensor<'g> {
        let axes = axes.reshape([-1]).axis_from_start(self.rank_tensor());
        let named = self.all_axes().expand_dims(1).equal(axes).cast(DType::I32).reduce_sum(1);
        let reversed = named.in_range(2, "how often an axis is reversed").equal(1);
        let zeros = self.all_axes().zeros_like();
        let all = StridedSlice { begin_mask: i64::MAX, end_mask: i64::MAX, ..StridedSlice::plain() };
        self.strided_slice(all, zeros, zeros, reversed.select(zeros - 1, zeros + 1)).set_shape(self.shape())
    }

    /// As [`Tensor::axis_last`], where the axis is a tensor.
    #[track_caller]
    pub fn axis_last_by(self, axis: Tensor<'g>) -> Tensor<'g> {
        let (axis, dims, last) = (self.axis_by(axis), self.all_axes(), self.rank_tensor() - 1);
        self.transpose(dims.equal(axis).select(last, dims.equal(last).select(axis, dims)))
    }

    /// As [`Tensor::split`], where the axis is a tensor.
    #[track_caller]
    pub fn split_by(self, n: usize, axis: Tensor<'g>) -> Vec<Tensor<'g>> {
        let Some(count) = i32::try_from(n).ok().filter(|&n| n > 0) else {
            return vec![self.graph().mistake("Split", format!("nothing can be split into {n} parts"))];
        };
        let (axis, shape) = (self.axis_by(axis), self.shape_tensor());
        let along = self.all_axes().equal(axis);
        let size = shape.gather(axis).floordiv(count);
        // Fails where the size is no multiple.
        let x = self.reshape(along.select(size * count, shape));
        let part = |i: i32| {
            let begin = along.cast(DType::I32) * (size * i);
            x.slice(begin, along.select(size, -1)).with_known_sizes(self, axis, |d| (d / n).into())
        };
        (0..count).map(part).collect()
    }

    /// As [`Tensor::split_sizes`], where the axis is a tensor.
    #[track_caller]
    pub fn split_sizes_by(self, sizes: Tensor<'g>, axis: Tensor<'g>) -> Vec<Tensor<'g>> {
        let Some(count) = sizes.shape().dim(0) else {
            let message = format!("the number of parts must be known, found sizes of shape {}", sizes.shape());
            return vec![self.graph().mistake("SplitV", message)];
        };
        let (axis, dtype) = (self.axis_by(axis), sizes.dtype());
        let (along, shape) = (self.all_axes().equal(axis), self.shape_tensor_as(dtype));
        let whole = shape.gather(axis);
        let rest = whole - sizes.reduce_sum(..) - 1;
        let known = sizes.equal(-1).select(rest, sizes);
        let sizes = known.sizes_of_parts(whole);
        let x = self.reshape(along.select(sizes.reduce_sum(..), shape));
        let begins = sizes.cumsum_with(0, true, false);
        let known = known.fact().partial_ints().unwrap_or_default();
        let part = |i: usize| {
            let element = |of: Tensor<'g>| of.slice([i as i32], [1]);
            let size = known.get(i).copied().flatten().and_then(|n| usize::try_from(n).ok());
            x.slice(along.cast(dtype) * element(begins), along.select(element(sizes), -1)).with_known_sizes(
                self,
                axis,
                |_| size,
            )
        };
        (0..count).map(part).collect()
    }

    /// This tensor, which has the sizes of `whole` but along `axis`, if that is known: there it has `size` of the whole's.
    #[track_caller]
    fn with_known_sizes(
        self,
        whole: Tensor<'g>,
        axis: Tensor<'g>,
        size: impl Fn(usize) -> Option<usize>,
    ) -> Tensor<'g> {
        let (shape, axis) = (whole.shape(), axis.fact().ints());
        let (Some(dims), Some(&[axis])) = (shape.dims(), axis.as_deref()) else { return self };
        let along = |d: Option<usize>| d.and_then(&size);
        let sizes = (0..).zip(dims).map(|(i, &d)| if i == axis { along(d) } else { d });
        self.set_shape(sizes.collect::<PartialShape>())
    }
}

/// Of dimensions `dims`, `0, 1, …`, the order in which `axis` comes first.
#[track_caller]
fn moved_to_first<'g>(axis: Tensor<'g>, dims: Tensor<'g>) -> Tensor<'g> {
    dims.equal(0).select(axis, dims - dims.less_equal(axis).cast(DType::I32))
}

/// The order that undoes [`moved_to_first`].
#[track_caller]
fn first_moved_to<'g>(axis: Tensor<'g>, dims: Tensor<'g>) -> Tensor<'g> {
    dims.equal(axis).select(0, dims + dims.less(axis).cast(DType::I32))
}

fn from_start<I: bytemuck::Pod + Into<i64>>(io: &mut Io<'_>) -> Result<(), KernelError> {
    let rank = usize::try_from(io.input::<i32>(1)[0]).unwrap_or(0);
    let (axes, found) = (io.input::<I>(0), io.output::<i32>(0));
    for (&axis, found) in axes.iter().zip(found) {
        *found = rules::axis(axis.into(), rank).map_err(|e| KernelError::new(e.message))? as i32;
    }
    Ok(())
}

impl Op for AxisFromStart {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [axes, rank] = rules::exactly(inputs)?;
        rules::index(axes)?;
        rules::rank(rank, 0)?;
        if rank.dtype != DType::I32 {
            return Err(OpError::dtype(format!("expected a rank of i32, found {}", rank.dtype)));
        }
        let rank = rank.ints().and_then(|ints| usize::try_from(*ints.first()?).ok());
        if let (Some(axes), Some(rank)) = (axes.ints(), rank) {
            rules::axes_mask(&axes, rank)?;
        }
        Ok(vec![Fact::new(DType::I32, axes.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(match inputs[0].dtype {
            DType::I64 => Kernel::new(from_start::<i64>),
            _ => Kernel::new(from_start::<i32>),
        })
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

/// A scalar that is not known while building.
pub(super) fn hidden(g: &Graph, axis: i32) -> Tensor<'_> {
    g.placeholder_with_default(Array::scalar(axis), PartialShape::scalar())
}

/// A 2 × 3 matrix.
fn matrix(g: &Graph) -> Tensor<'_> {
    g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]])
}

impl Sampled for AxisFromStart {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([-1i64, 0]).axis_from_start(g.constant(2i32)),
        |g| matrix(g).expand_dims_by(hidden(g, -1)),
        |g| matrix(g).gather_along_by([[2, 0]], hidden(g, 1)),
        |g| matrix(g).reverse_by(hidden(g, 1)),
        |g| matrix(g).axis_last_by(hidden(g, 0)),
        |g| matrix(g).split_by(3, hidden(g, -1))[1],
        |g| matrix(g).split_sizes_by(g.constant([1i32, -1]), hidden(g, 1))[1],
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{derivative, refusal, value};

    /// Shape and elements.
    fn of(tensor: Tensor<'_>) -> (Vec<usize>, Vec<f64>) {
        let found = value(tensor);
        (found.shape().to_vec(), found.to_f64s().unwrap())
    }

    #[test]
    fn values() {
        let g = Graph::new();
        let x = matrix(&g);
        let rows = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(of(x.expand_dims_by(hidden(&g, 0))), (vec![1, 2, 3], rows.clone()));
        assert_eq!(of(x.expand_dims_by(hidden(&g, 1))), (vec![2, 1, 3], rows.clone()));
        assert_eq!(of(x.expand_dims_by(hidden(&g, -1))), (vec![2, 3, 1], rows));
        assert_eq!(of(g.constant(7.0f64).expand_dims_by(hidden(&g, 0))), (vec![1], vec![7.0]));
        assert_eq!(of(x.gather_along_by([1], hidden(&g, 0))), (vec![1, 3], vec![4.0, 5.0, 6.0]));
        assert_eq!(of(x.gather_along_by(0, hidden(&g, -1))), (vec![2], vec![1.0, 4.0]));
        assert_eq!(of(x.gather_along_by([[2, 0]], hidden(&g, 1))), (vec![2, 1, 2], vec![3.0, 1.0, 6.0, 4.0]));
        assert_eq!(of(x.reverse_by(hidden(&g, 0))), (vec![2, 3], vec![4.0, 5.0, 6.0, 1.0, 2.0, 3.0]));
        assert_eq!(of(x.reverse_by(g.constant([1i64, -2]))), (vec![2, 3], vec![6.0, 5.0, 4.0, 3.0, 2.0, 1.0]));
        assert_eq!(of(x.axis_last_by(hidden(&g, 0))), (vec![3, 2], vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        assert_eq!(of(x.split_by(3, hidden(&g, 1))[2]), (vec![2, 1], vec![3.0, 6.0]));
        assert_eq!(of(x.split_by(2, hidden(&g, 0))[1]), (vec![1, 3], vec![4.0, 5.0, 6.0]));
        let parts = x.split_sizes_by(g.constant([1i64, -1]), hidden(&g, -1));
        assert_eq!(
            (of(parts[0]), of(parts[1])),
            ((vec![2, 1], vec![1.0, 4.0]), (vec![2, 2], vec![2.0, 3.0, 5.0, 6.0]))
        );
    }

    #[test]
    fn derivatives() {
        let weights = [[1.0, 10.0, 100.0], [1.0, 10.0, 1000.0]];
        let at = |of: fn(Tensor<'_>) -> Tensor<'_>| {
            derivative([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], |x| of(x * x.graph().constant(weights)))
        };
        assert_eq!(at(|x| x.expand_dims_by(hidden(x.graph(), 1))), [1.0, 10.0, 100.0, 1.0, 10.0, 1000.0]);
        assert_eq!(at(|x| x.gather_along_by([2, 2], hidden(x.graph(), 1))), [0.0, 0.0, 200.0, 0.0, 0.0, 2000.0]);
        assert_eq!(at(|x| x.reverse_by(hidden(x.graph(), 1))), [1.0, 10.0, 100.0, 1.0, 10.0, 1000.0]);
        assert_eq!(at(|x| x.split_by(3, hidden(x.graph(), 1))[1]), [0.0, 10.0, 0.0, 0.0, 10.0, 0.0]);
    }

    #[test]
    fn what_is_known_before_running() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(12)]);
        let (open, one) = (g.placeholder(DType::I32, [] as [usize; 0]), g.constant(1i32));
        let shapes = |axis| {
            let mut found = vec![x.expand_dims_by(axis), x.gather_along_by([0, 1, 2], axis), x.reverse_by(axis)];
            found.extend([x.axis_last_by(axis), x.split_by(3, axis)[0]]);
            found.extend(x.split_sizes_by(g.constant([5i32, -1]), axis));
            found.iter().map(|t| t.shape().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shapes(one), ["[?,1,12]", "[?,3]", "[?,12]", "[?,12]", "[?,4]", "[?,5]", "[?,7]"]);
        assert_eq!(shapes(open), ["[?,?,?]", "[?,?]", "[?,12]", "[?,?]", "[?,?]", "[?,?]", "[?,?]"]);
        let unknown = g.placeholder(DType::F32, PartialShape::unknown());
        assert_eq!(unknown.expand_dims_by(open).shape(), PartialShape::unknown());
        g.check().unwrap();
    }

    #[test]
    fn no_axis_is_reversed_twice() {
        let g = Graph::new();
        let _ = matrix(&g).reverse_by(g.constant([1i32, -1]));
        assert_eq!(refusal(&g), "how often an axis is reversed[1] = 2 is not in [0, 2)");
        let g = Graph::new();
        assert!(matrix(&g).reverse(&[1, -1]).is_inert());
        assert_eq!(refusal(&g), "axes [1, -1] name one of 2 dimensions twice");
    }

    #[test]
    fn mistakes_are_named() {
        let error = |of: fn(Tensor<'_>) -> Tensor<'_>| {
            let g = Graph::new();
            assert!(of(matrix(&g)).is_inert());
            g.check().unwrap_err().message
        };
        assert_eq!(error(|x| x.expand_dims_by(x.graph().constant(3i32))), "axis 3 is out of range for rank 3");
        assert_eq!(error(|x| x.reverse_by(x.graph().constant([0i32, -3]))), "axis -3 is out of range for rank 2");
        assert_eq!(error(|x| x.axis_last_by(x.graph().constant(0.0f32))), "expected i32 or i64 indices, found f32");
        assert_eq!(error(|x| x.split_by(0, x.graph().constant(0i32))[0]), "nothing can be split into 0 parts");
        assert_eq!(
            error(|x| x.split_by(2, x.graph().constant(1i32))[0]),
            "6 elements of shape [2,3] cannot be reshaped to [2, 2]"
        );
    }
}
