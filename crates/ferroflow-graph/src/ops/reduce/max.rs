use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// `y = max x` over the axes that input 1 names; NaN if any is. Equal ones share the derivative.
    pub struct Max("Max") {
        /// Whether reduced axes stay, with size 1.
        keep_dims: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The greatest over `axes`; -∞ of nothing.
    #[track_caller]
    pub fn reduce_max(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        axes.into_axes().reduce(self, |keep_dims| Max { keep_dims })
    }
}

impl Op for Max {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<2>(inputs)?;
        infer_reduction(inputs, self.keep_dims, rules::numeric(inputs[0])?)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::kernel(Reduction::Max, inputs, &reduced_axes(inputs)?)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(super::share_among_equals(cx, self.keep_dims).into()), None])
    }
}

impl Sampled for Max {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.5], [-1.0, 0.5, 0.25]]).reduce_max(1),
        |g| g.constant([[1.0f64, 2.0, 3.5], [-1.0, 0.5, 0.25]]).reduce_max(super::keep([0, -1])),
        |g| g.constant([[1.0f64, 2.0, 3.5], [-1.0, 0.5, 0.25]]).reduce_max(..),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[1.0, 4.0, 4.0], [-2.0, -3.0, -2.5]]).reduce_max(1)), &[4.0, -2.0]);
        assert_close(&f64s(|g| g.constant([1.0, f64::NAN, 2.0]).reduce_max(..)), &[f64::NAN]);
        assert_close(&f64s(|g| g.constant([3, 1, 2]).reduce_max(0)), &[3.0]);
    }

    #[test]
    fn equal_ones_share_the_derivative() {
        assert_close(
            &derivative([[1.0, 4.0, 4.0], [-2.0, -3.0, -2.5]], |x| x.reduce_max(1) * [2.0, 4.0]),
            &[0.0, 1.0, 1.0, 4.0, 0.0, 0.0],
        );
    }
}
