use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ⌈x⌉`.
    pub struct Ceil("Ceil") {}
}

impl<'g> Tensor<'g> {
    /// The least integers that are not less.
    #[track_caller]
    pub fn ceil(self) -> Tensor<'g> {
        self.graph().build(Ceil {}).input("x", self).tensor()
    }
}

impl Op for Ceil {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Ceil)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Ceil {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.4, -1.6, 2.3]).ceil(), |g| g.constant(0.75f64).ceil()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.5, 2.0]).ceil()), &[-1.0, 1.0, 2.0]);
    }
}
