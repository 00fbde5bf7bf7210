use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y` tells whether `x` is neither NaN nor infinite.
    pub struct IsFinite("IsFinite") {}
}

impl<'g> Tensor<'g> {
    /// Whether values are neither NaN nor infinite.
    #[track_caller]
    pub fn is_finite(self) -> Tensor<'g> {
        self.graph().build(IsFinite {}).input("x", self).tensor()
    }
}

impl Op for IsFinite {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::IsFinite)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for IsFinite {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([0.5, f64::INFINITY]).is_finite(), |g| g.constant(0.75f64).is_finite()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0]).is_finite()),
            &[0.0, 0.0, 0.0, 1.0],
        );
    }
}
