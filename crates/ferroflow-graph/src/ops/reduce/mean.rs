use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// `y = 1/n Σ x` over the axes that input 1 names, of `n` elements together. The mean of integers is truncated.
    pub struct Mean("Mean") {
        /// Whether reduced axes stay, with size 1.
        keep_dims: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The mean over `axes`; NaN of nothing.
    #[track_caller]
    pub fn reduce_mean(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        axes.into_axes().reduce(self, |keep_dims| Mean { keep_dims })
    }
}

impl Op for Mean {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<2>(inputs)?;
        infer_reduction(inputs, self.keep_dims, rules::numeric(inputs[0])?)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::kernel(Reduction::Mean, inputs, &reduced_axes(inputs)?)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y) = (cx.input(0), cx.output(0));
        let grad = super::restore_axes(cx.grad(0), x, cx.input(1), self.keep_dims);
        let share = grad / super::reduced_count(x, y).cast(x.dtype());
        Ok(vec![Some(share.broadcast_to(x.shape_tensor()).into()), None])
    }
}

impl Sampled for Mean {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.5]]).reduce_mean(1),
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.5]]).reduce_mean(super::keep([0, -1])),
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.5]]).reduce_mean(..),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 7.0]]).reduce_mean(0)), &[2.0, 4.5]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 7.0]]).reduce_mean(..)), &[3.25]);
        assert_close(&f64s(|g| g.constant([1, 2, 2]).reduce_mean(..)), &[1.0]);
        assert_close(&f64s(|g| g.constant([0.0f64; 0]).reduce_mean(0)), &[f64::NAN]);
    }

    #[test]
    fn every_element_has_its_share() {
        assert_close(&derivative([[1.0, 2.0], [3.0, 7.0]], |x| x.reduce_mean(1) * [1.0, 3.0]), &[0.5, 0.5, 1.5, 1.5]);
    }
}
