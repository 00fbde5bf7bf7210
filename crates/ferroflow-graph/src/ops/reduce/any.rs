use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// `y`: whether any is true over the axes that input 1 names.
    pub struct Any("Any") {
        /// Whether reduced axes stay, with size 1.
        keep_dims: bool,
    }
}

impl<'g> Tensor<'g> {
    /// Whether any is true, over `axes`. False of nothing.
    #[track_caller]
    pub fn reduce_any(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        axes.into_axes().reduce(self, |keep_dims| Any { keep_dims })
    }
}

impl Op for Any {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, _] = rules::exactly(inputs)?;
        if x.dtype != DType::Bool {
            return Err(OpError::dtype(format!("expected bool, found {}", x.dtype)));
        }
        infer_reduction(inputs, self.keep_dims, DType::Bool)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::kernel(Reduction::Any, inputs, &reduced_axes(inputs)?)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for Any {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[true, false, true], [true, true, true]]).reduce_any(1),
        |g| g.constant([[true, false, true], [true, true, true]]).reduce_any(super::keep([0, -1])),
        |g| g.constant([[true, false, true], [true, true, true]]).reduce_any(..),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[true, false], [true, true]]).reduce_any(1)), &[1.0, 1.0]);
        assert_close(&f64s(|g| g.constant([[false, false], [false, true]]).reduce_any(0)), &[0.0, 1.0]);
        assert_close(&f64s(|g| g.constant([true; 0]).reduce_any(..)), &[0.0]);
    }

    #[test]
    fn only_bools() {
        let g = Graph::new();
        let _ = g.constant([1, 0]).reduce_any(0);
        assert_eq!(g.check().unwrap_err().message, "expected bool, found i32");
    }
}
