use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y` tells whether `x` is NaN.
    pub struct IsNan("IsNan") {}
}

impl<'g> Tensor<'g> {
    /// Whether values are NaN.
    #[track_caller]
    pub fn is_nan(self) -> Tensor<'g> {
        self.graph().build(IsNan {}).input("x", self).tensor()
    }
}

impl Op for IsNan {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::IsNan)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for IsNan {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, f64::NAN]).is_nan(), |g| g.constant(0.75f64).is_nan()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([f64::NAN, f64::INFINITY, 1.0]).is_nan()), &[1.0, 0.0, 0.0]);
    }
}
