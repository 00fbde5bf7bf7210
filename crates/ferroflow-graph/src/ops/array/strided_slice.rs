use super::index_parts::{Masks, items, resolve_known, view};
use super::{Index, IntoShapeInput};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, ix, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// NumPy's basic indexing: inputs are `x`, and begin, end and stride of each item of the index. A bit `i` of a mask is
    /// about item `i`.
    pub struct StridedSlice("StridedSlice") {
        /// Items that begin as early as can be.
        begin_mask: i64,
        /// Items that end as late as can be.
        end_mask: i64,
        /// The item that stands for all dimensions not named.
        ellipsis_mask: i64,
        /// Items that are new dimensions of size 1.
        new_axis_mask: i64,
        /// Items that are one index, whose dimension is left out.
        shrink_axis_mask: i64,
    }
}

op! {
    /// The derivative of [`StridedSlice`]: that of the slice, at its place among zeros. Inputs are the shape of `x`, begin,
    /// end, strides, and the derivative.
    pub struct StridedSliceGrad("StridedSliceGrad") {
        /// As [`StridedSlice`].
        begin_mask: i64,
        /// As [`StridedSlice`].
        end_mask: i64,
        /// As [`StridedSlice`].
        ellipsis_mask: i64,
        /// As [`StridedSlice`].
        new_axis_mask: i64,
        /// As [`StridedSlice`].
        shrink_axis_mask: i64,
    }
}

impl StridedSlice {
    /// An index as masks, and begin, end and stride of each item.
    pub(super) fn of(items: &[Index]) -> (StridedSlice, [Vec<i64>; 3]) {
        let mut op = StridedSlice::plain();
        let (mut begin, mut end, mut strides) = (Vec::new(), Vec::new(), Vec::new());
        for (i, item) in items.iter().enumerate() {
            let bit = 1i64.checked_shl(i as u32).unwrap_or(0);
            let (b, e, s) = match *item {
                Index::At(at) => {
                    op.shrink_axis_mask |= bit;
                    (at, at.wrapping_add(1), 1)
                }
                Index::Range(b, e, s) => {
                    op.begin_mask |= if b.is_none() { bit } else { 0 };
                    op.end_mask |= if e.is_none() { bit } else { 0 };
                    (b.unwrap_or(0), e.unwrap_or(0), s)
                }
                Index::Ellipsis => {
                    op.ellipsis_mask |= bit;
                    (0, 0, 1)
                }
                Index::NewAxis => {
                    op.new_axis_mask |= bit;
                    (0, 0, 1)
                }
            };
            begin.push(b);
            end.push(e);
            strides.push(s);
        }
        (op, [begin, end, strides])
    }
}

impl<'g> Tensor<'g> {
    /// The part of this tensor that NumPy's basic indexing names.
    #[track_caller]
    pub fn index(self, items: &[Index]) -> Tensor<'g> {
        let (op, [begin, end, strides]) = StridedSlice::of(items);
        let builder = self.graph().build(op).name("strided_slice").input("input", self);
        builder
            .input("begin", Array::from(begin))
            .input("end", Array::from(end))
            .input("strides", Array::from(strides))
            .tensor()
    }

    /// The part from `begin` to before `end` in steps of `strides`, by item of an index to which the masks of `op` add.
    #[track_caller]
    pub fn strided_slice(
        self,
        op: StridedSlice,
        begin: impl IntoShapeInput<'g>,
        end: impl IntoShapeInput<'g>,
        strides: impl IntoShapeInput<'g>,
    ) -> Tensor<'g> {
        let items = [begin.into_shape_input(), end.into_shape_input(), strides.into_shape_input()];
        let items = items.map(|item| self.graph().constant(item));
        let dtype = items.iter().map(|item| item.dtype()).find(|d| *d == DType::I64).unwrap_or(DType::I32);
        let [begin, end, strides] = items.map(|item| if item.dtype() == dtype { item } else { item.cast(dtype) });
        let builder = self.graph().build(op).name("strided_slice").input("input", self);
        builder.input("begin", begin).input("end", end).input("strides", strides).tensor()
    }

    /// The order of elements along `axes` reversed.
    #[track_caller]
    pub fn reverse(self, axes: &[i64]) -> Tensor<'g> {
        let Some(rank) = self.shape().rank() else {
            return self.graph().mistake("ReverseV2", "the rank must be known".into());
        };
        match rules::axes_mask(axes, rank) {
            Ok(mask) if mask.iter().filter(|reversed| **reversed).count() < axes.len() => {
                self.graph().mistake("ReverseV2", format!("axes {axes:?} name one of {rank} dimensions twice"))
            }
            Ok(mask) => {
                let item = |back: bool| Index::Range(None, None, if back { -1 } else { 1 });
                self.index(&mask.into_iter().map(item).collect::<Vec<_>>())
            }
            Err(e) => self.graph().mistake("ReverseV2", e.message),
        }
    }

    /// The slices along `axis`, whose size must be known, without that dimension.
    #[track_caller]
    pub fn unstack(self, axis: i64) -> Vec<Tensor<'g>> {
        let (at, size) = match self.dimension("Unpack", axis) {
            Ok((at, Some(size))) => (at, size),
            Ok(_) => {
                let message = format!("the size of axis {axis} must be known, found {}", self.shape());
                return vec![self.graph().mistake("Unpack", message)];
            }
            Err(inert) => return vec![inert],
        };
        let slice = |i: usize| {
            let mut items = vec![Index::Range(None, None, 1); at];
            items.push(Index::At(i as i64));
            self.index(&items)
        };
        (0..size).map(slice).collect()
    }

    /// Rows `start..end` of the first dimension.
    #[track_caller]
    pub(crate) fn slice_axis0(self, start: i64, end: i64) -> Tensor<'g> {
        self.index(&[Index::Range(Some(start), Some(end), 1)])
    }
}

macro_rules! plain {
    ($($op:ident)*) => {$(
        impl $op {
            /// Without masks.
            pub(super) fn plain() -> Self {
                $op { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 }
            }
        }
    )*};
}

plain!(StridedSlice StridedSliceGrad);

macro_rules! masks {
    ($op:expr) => {
        Masks {
            begin: $op.begin_mask,
            end: $op.end_mask,
            ellipsis: $op.ellipsis_mask,
            new_axis: $op.new_axis_mask,
            shrink: $op.shrink_axis_mask,
        }
    };
}

impl Op for StridedSlice {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, begin, end, strides] = rules::exactly(inputs)?;
        let shape = match (x.shape.dims(), items([begin, end, strides])?) {
            (Some(dims), Some(items)) => masks!(self).resolve(dims, &items)?.shape.into_iter().collect(),
            (Some(dims), None) if self.ellipsis_mask == 0 => {
                let dropped = self.shrink_axis_mask.count_ones() as usize;
                let rank = (dims.len() + self.new_axis_mask.count_ones() as usize).saturating_sub(dropped);
                PartialShape::with_rank(rank)
            }
            _ => PartialShape::unknown(),
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1, 2, 3]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let shape = inputs[0].concrete()?;
        let resolved = resolve_known(&masks!(self), &shape, &inputs[1..])?;
        let (sizes, offset, strides) = view(&shape, &resolved.parts)?;
        let element = rules::element_size(&inputs[0])?;
        let copy = StridedCopy::gather(element, &sizes, View { offset, strides: &strides });
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = StridedSliceGrad {
            begin_mask: self.begin_mask,
            end_mask: self.end_mask,
            ellipsis_mask: self.ellipsis_mask,
            new_axis_mask: self.new_axis_mask,
            shrink_axis_mask: self.shrink_axis_mask,
        };
        let shape = cx.input(0).shape_tensor_as(cx.input(1).dtype());
        let builder = cx.graph().build(op).input("shape", shape);
        let builder = builder.input("begin", cx.input(1)).input("end", cx.input(2)).input("strides", cx.input(3));
        Ok(vec![Some(builder.input("dy", cx.grad(0)).tensor().into()), None, None, None])
    }
}

impl Op for StridedSliceGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [shape, begin, end, strides, dy] = rules::exactly(inputs)?;
        items([begin, end, strides])?;
        Ok(vec![Fact::new(dy.dtype, rules::shape_input(shape)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0, 1, 2, 3]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let shape = outputs[0].concrete()?;
        let resolved = resolve_known(&masks!(self), &shape, &inputs[1..])?;
        let given = inputs[4].concrete()?;
        let expected: Option<ferroflow_array::Shape> = resolved.shape.iter().copied().collect();
        if expected.as_ref() != Some(&given) {
            return Err(OpError::value(format!("the slice has another shape than {given}")));
        }
        let (sizes, offset, strides) = view(&shape, &resolved.parts)?;
        let element = rules::element_size(&outputs[0])?;
        let from = row_major(&sizes);
        let copy =
            StridedCopy::new(element, &sizes, View { offset: 0, strides: &from }, View { offset, strides: &strides });
        Ok(Kernel::new(move |io| {
            let out = io.output::<u8>(0);
            out.fill(0);
            copy.run(io.input(4), out, io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = StridedSlice {
            begin_mask: self.begin_mask,
            end_mask: self.end_mask,
            ellipsis_mask: self.ellipsis_mask,
            new_axis_mask: self.new_axis_mask,
            shrink_axis_mask: self.shrink_axis_mask,
        };
        let builder = cx.graph().build(op).input("input", cx.grad(0));
        let builder = builder.input("begin", cx.input(1)).input("end", cx.input(2)).input("strides", cx.input(3));
        Ok(vec![None, None, None, None, Some(builder.tensor().into())])
    }
}

/// A 3 × 4 matrix of 0, 1, ….
fn matrix<'g>(g: &'g crate::Graph) -> Tensor<'g> {
    g.constant([[0.0f64, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]])
}

impl Sampled for StridedSlice {
    const SAMPLES: &'static [Sample] = &[
        |g| matrix(g).index(&ix![1]),
        |g| matrix(g).index(&ix![.., 1..3]),
        |g| matrix(g).index(&ix![Index::from(..).step(-1), Index::from(1..).step(2)]),
        |g| matrix(g).index(&ix![Index::NewAxis, Index::Ellipsis, -1]),
        |g| matrix(g).index(&ix![1..]),
        |g| matrix(g).index(&ix![2..2]),
    ];
}

impl Sampled for StridedSliceGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let builder =
            g.build(StridedSliceGrad::plain()).input("shape", Array::from([5i32])).input("begin", Array::from([4i32]));
        let builder = builder.input("end", Array::from([0i32])).input("strides", Array::from([-2i32]));
        builder.input("dy", g.constant([1.0f64, 2.0])).tensor()
    }];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{f64s, value};

    #[test]
    fn values() {
        let sample = |i: usize| f64s(StridedSlice::SAMPLES[i]);
        assert_eq!(sample(0), [4.0, 5.0, 6.0, 7.0]);
        assert_eq!(sample(1), [1.0, 2.0, 5.0, 6.0, 9.0, 10.0]);
        assert_eq!(sample(2), [9.0, 11.0, 5.0, 7.0, 1.0, 3.0]);
        assert_eq!(sample(3), [3.0, 7.0, 11.0]);
        assert_eq!(sample(4), [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert_eq!(sample(5), [0.0; 0]);
        assert_eq!(f64s(StridedSliceGrad::SAMPLES[0]), [0.0, 0.0, 2.0, 0.0, 1.0]);
    }

    #[test]
    fn parts() {
        let g = Graph::new();
        let halves = matrix(&g).split(2, 1);
        assert_eq!(value(halves[1]).to_vec::<f64>().unwrap(), [2.0, 3.0, 6.0, 7.0, 10.0, 11.0]);
        assert_eq!(value(matrix(&g).unstack(0)[2]).to_vec::<f64>().unwrap(), [8.0, 9.0, 10.0, 11.0]);
        assert_eq!(value(matrix(&g).reverse(&[1]).index(&ix![0])).to_vec::<f64>().unwrap(), [3.0, 2.0, 1.0, 0.0]);
        let x = g.placeholder(ferroflow_array::DType::F32, [None, Some(4)]);
        assert_eq!(x.index(&ix![.., 1]).shape().to_string(), "[?]");
        assert_eq!(x.index(&ix![2..]).shape().to_string(), "[?,4]");
    }

    #[test]
    fn bounds_known_in_part() {
        let g = Graph::new();
        let n = g.placeholder(DType::I64, [1]);
        let bounds = |known: i64| g.concat(&[n, g.constant([known])], 0);
        let slice = |op: StridedSlice, begin: Tensor<'_>, end: Tensor<'_>| {
            matrix(&g).strided_slice(op, begin, end, [1, 2]).shape().to_string()
        };
        assert_eq!(slice(StridedSlice::plain(), bounds(0), bounds(4)), "[?,2]");
        let masks = StridedSlice { shrink_axis_mask: 1, end_mask: 2, ..StridedSlice::plain() };
        assert_eq!(slice(masks, bounds(1), bounds(0)), "[2]");
        let masks = StridedSlice { begin_mask: 1, end_mask: 1, ..StridedSlice::plain() };
        assert_eq!(slice(masks, bounds(3), bounds(4)), "[3,1]");
        assert_eq!(slice(StridedSlice::plain(), g.placeholder(n.dtype(), [2]), bounds(4)), "[?,?]");
    }

    #[test]
    fn out_of_range_is_refused() {
        let g = Graph::new();
        let _ = matrix(&g).index(&ix![3]);
        assert!(g.check().unwrap_err().to_string().contains("index 3 is out of range for a dimension of 3"));
        let h = Graph::new();
        let _ = matrix(&h).index(&ix![0, 0, 0]);
        assert!(h.check().unwrap_err().to_string().contains("3 indices are too many for 2 dimensions"));
    }
}
