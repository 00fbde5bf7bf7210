use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y` is the nearest integer to `x`, the even one of two.
    pub struct Round("Round") {}
}

impl<'g> Tensor<'g> {
    /// The nearest integers; half-way cases go to the even one.
    #[track_caller]
    pub fn round(self) -> Tensor<'g> {
        self.graph().build(Round {}).input("x", self).tensor()
    }
}

impl Op for Round {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Round)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Round {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.4, -1.6, 2.3]).round(), |g| g.constant(0.75f64).round()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.5, 1.5, 2.5, -0.3, 2.7]).round()), &[-2.0, 0.0, 2.0, 2.0, 0.0, 3.0]);
    }
}
