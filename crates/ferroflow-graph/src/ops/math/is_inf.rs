use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y` tells whether `x` is ∞ or -∞.
    pub struct IsInf("IsInf") {}
}

impl<'g> Tensor<'g> {
    /// Whether values are infinite.
    #[track_caller]
    pub fn is_inf(self) -> Tensor<'g> {
        self.graph().build(IsInf {}).input("x", self).tensor()
    }
}

impl Op for IsInf {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::IsInf)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for IsInf {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([0.5, f64::INFINITY]).is_inf(), |g| g.constant(0.75f64).is_inf()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0]).is_inf()),
            &[0.0, 1.0, 1.0, 0.0],
        );
    }
}
