use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, attr_enum, op};
use ferroflow_array::{Array, PartialShape};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// `x` with as many elements before and after it along each dimension as the rows of input 1, `[rank, 2]`, say, each the
    /// scalar that input 2 is.
    pub struct Pad("PadV2") {}
}

attr_enum! {
    /// What lies beyond the border of a mirrored tensor.
    MirrorMode {
        /// `c b | a b c | b a`: the border itself is not repeated.
        Reflect = "REFLECT",
        /// `b a | a b c | c b`.
        Symmetric = "SYMMETRIC",
    }
}

impl<'g> Tensor<'g> {
    /// Zeros before and after along each dimension: `x.pad([[1, 1], [0, 2]])`.
    #[track_caller]
    pub fn pad(self, paddings: impl IntoInput<'g>) -> Tensor<'g> {
        self.pad_with(paddings, Array::scalar(0i32).cast(self.dtype()).unwrap_or_else(|_| Array::scalar(0i32)))
    }

    /// The scalar `value` before and after along each dimension, as often as the rows of `paddings`, `[rank, 2]`, say.
    #[track_caller]
    pub fn pad_with(self, paddings: impl IntoInput<'g>, value: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(Pad {}).name("Pad").input("tensor", self);
        builder.input("paddings", crate::ops::reduce::own_dtype(paddings)).input("constant_values", value).tensor()
    }

    /// This tensor mirrored at its borders: `paddings[d]` elements before and after dimension `d`.
    #[track_caller]
    pub fn mirror_pad(self, paddings: &[[i32; 2]], mode: MirrorMode) -> Tensor<'g> {
        if self.shape().rank().is_some_and(|rank| rank != paddings.len()) {
            let message = format!("{} pairs of paddings do not fit shape {}", paddings.len(), self.shape());
            return self.graph().mistake("MirrorPad", message);
        }
        if let Some(n) = paddings.iter().flatten().find(|&&n| n < 0) {
            return self.graph().mistake("MirrorPad", format!("a padding cannot be {n}"));
        }
        let padded = paddings.iter().enumerate().filter(|(_, p)| **p != [0, 0]);
        padded.fold(self, |x, (axis, pair)| x.mirrored(axis as i64, pair.map(|n| x.graph().constant(n)), mode))
    }

    /// As [`Tensor::mirror_pad`], where the paddings, `[rank, 2]`, are a tensor.
    #[track_caller]
    pub fn mirror_pad_by(self, paddings: Tensor<'g>, mode: MirrorMode) -> Tensor<'g> {
        let Some(rank) = self.shape().rank().or(paddings.shape().dim(0)) else {
            return self.graph().mistake("MirrorPad", "the rank must be known".into());
        };
        let paddings = paddings.reshape([rank as i32, 2]);
        (0..rank as i64)
            .fold(self, |x, axis| x.mirrored(axis, [0, 1].map(|side| paddings.index(&crate::ix![axis, side])), mode))
    }

    /// This tensor with as many elements before and after it along `axis` as the scalars `paddings` say, mirrored.
    #[track_caller]
    fn mirrored(self, axis: i64, paddings: [Tensor<'g>; 2], mode: MirrorMode) -> Tensor<'g> {
        let n = self.shape_tensor().index(&crate::ix![axis]);
        // No element is mirrored twice.
        let limit = if mode == MirrorMode::Reflect { n } else { n + 1 };
        let [before, after] = paddings.map(|n| n.in_range(limit, "a padding"));
        let at = self.graph().range(before.neg(), n + after, 1);
        // Mirrored at the first element, then at the last.
        let (first, last) = match mode {
            MirrorMode::Reflect => (-at, n * 2 - 2),
            MirrorMode::Symmetric => (-at - 1, n * 2 - 1),
        };
        let at = at.maximum(first);
        let at = at.minimum(last - at);
        match axis {
            // Rows taken of a tensor have a sparse gradient.
            0 => self.expand_dims(0).gather_along(at, 1).squeeze(&[0]),
            _ => self.gather_along(at, axis),
        }
    }
}

/// What is added before and after along each dimension, as far as it is known; `None` if not even the rank is.
fn pairs(paddings: &Fact) -> OpResult<Option<Vec<[Option<usize>; 2]>>> {
    let Some(ints) = paddings.partial_ints() else { return Ok(None) };
    let size = |n: i64| usize::try_from(n).map_err(|_| OpError::value(format!("a padding cannot be {n}")));
    let sizes: Vec<Option<usize>> = ints.into_iter().map(|n| n.map(size).transpose()).collect::<OpResult<_>>()?;
    Ok(Some(sizes.chunks_exact(2).map(|p| [p[0], p[1]]).collect()))
}

impl Op for Pad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, paddings, value] = rules::exactly(inputs)?;
        rules::same_dtype(&[x, value])?;
        rules::rank(value, 0)?;
        rules::index(paddings)?;
        let shape = rules::rank(paddings, 2)?;
        rules::same_dim("2 and the second size of the paddings", Some(2), shape.dim(1))?;
        let rank = rules::same_dim("the ranks of tensor and paddings", x.rank(), shape.dim(0))?;
        let shape = match (x.shape.dims(), pairs(paddings)?, rank) {
            (Some(dims), Some(pairs), _) => {
                let padded = |(&d, [a, b]): (&Option<usize>, [Option<usize>; 2])| {
                    let (Some(d), Some(a), Some(b)) = (d, a, b) else { return Ok(None) };
                    let size = d.checked_add(a).and_then(|n| n.checked_add(b)).filter(|&n| isize::try_from(n).is_ok());
                    size.map(Some).ok_or_else(|| OpError::value(format!("{a} + {d} + {b} is too large")))
                };
                dims.iter().zip(pairs).map(padded).collect::<OpResult<PartialShape>>()?
            }
            (_, _, Some(rank)) => PartialShape::with_rank(rank),
            _ => PartialShape::unknown(),
        };
        Ok(vec![Fact::new(x.dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn moves(&self, i: usize) -> bool {
        i != 1
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let (from, to) = (inputs[0].concrete()?, outputs[0].concrete()?);
        let before: Vec<i64> = rules::known_ints(&inputs[1], "paddings")?.into_iter().step_by(2).collect();
        let element = rules::element_size(&inputs[0])?;
        let (own, strides) = (row_major(&from), row_major(&to));
        let offset = strides.iter().zip(before).map(|(&s, n)| s as usize * n as usize).sum();
        let offset = if from.contains(&0) { 0 } else { offset };
        let copy =
            StridedCopy::new(element, &from, View { offset: 0, strides: &own }, View { offset, strides: &strides });
        Ok(Kernel::new(move |io| {
            let value = io.input::<u8>(2);
            let out = io.output::<u8>(0);
            out.chunks_exact_mut(element).for_each(|e| e.copy_from_slice(value));
            copy.run(io.input(0), out, io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, paddings, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let begin = paddings.index(&crate::ix![.., 0]);
        let inner = grad.slice(begin, x.shape_tensor_as(begin.dtype()));
        let by_value = cx.wants(2).then(|| (grad.reduce_sum(..) - inner.reduce_sum(..)).into());
        Ok(vec![Some(inner.into()), None, by_value])
    }
}

impl Sampled for Pad {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0]]).pad([[1, 0], [0, 2]]),
        |g| g.constant([1.0f64, 2.0]).pad_with([[1, 2]], g.constant(7.0f64)),
        |g| g.constant([1.0f64, 2.0, 3.0]).mirror_pad(&[[2, 1]], MirrorMode::Reflect),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).mirror_pad(&[[1, 0], [2, 1]], MirrorMode::Symmetric),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(Pad::SAMPLES[0]), [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
        assert_eq!(f64s(Pad::SAMPLES[1]), [7.0, 1.0, 2.0, 7.0, 7.0]);
        assert_eq!(f64s(Pad::SAMPLES[2]), [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
        let rows = [[2.0, 1.0, 1.0, 2.0, 2.0], [2.0, 1.0, 1.0, 2.0, 2.0], [4.0, 3.0, 3.0, 4.0, 4.0]];
        assert_eq!(f64s(Pad::SAMPLES[3]), rows.as_flattened());
    }

    #[test]
    fn mistakes_are_named() {
        let g = Graph::new();
        let _ = g.constant([1.0f64]).pad([[1, -1]]);
        assert_eq!(g.check().unwrap_err().message, "a padding cannot be -1");
        let g = Graph::new();
        let _ = g.constant([1.0f64]).pad([[1, 1], [0, 0]]);
        assert_eq!(g.check().unwrap_err().message, "the ranks of tensor and paddings differ: 1 and 2");
    }

    #[test]
    fn paddings_that_overflow_are_refused() {
        let g = Graph::new();
        g.constant([1.0f32]).pad(Array::from([[i64::MAX, i64::MAX]]));
        let message = g.take_error().unwrap().to_string();
        assert!(message.contains("9223372036854775807 + 1 + 9223372036854775807 is too large"), "{message}");
    }
}
