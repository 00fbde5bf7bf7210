use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y` is the nearest integer to `x`, the even one of two.
    pub struct Rint("Rint") {}
}

impl<'g> Tensor<'g> {
    /// As [`Tensor::round`].
    #[track_caller]
    pub fn rint(self) -> Tensor<'g> {
        self.graph().build(Rint {}).input("x", self).tensor()
    }
}

impl Op for Rint {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Round)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Rint {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.4, -1.6, 2.3]).rint(), |g| g.constant(0.75f64).rint()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.5, 1.5, 2.5, -0.3, 2.7]).rint()), &[-2.0, 0.0, 2.0, 2.0, 0.0, 3.0]);
    }
}
