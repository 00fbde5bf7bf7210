use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ⌊x⌋`.
    pub struct Floor("Floor") {}
}

impl<'g> Tensor<'g> {
    /// The greatest integers that are not greater.
    #[track_caller]
    pub fn floor(self) -> Tensor<'g> {
        self.graph().build(Floor {}).input("x", self).tensor()
    }
}

impl Op for Floor {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Floor)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for Floor {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.4, -1.6, 2.3]).floor(), |g| g.constant(0.75f64).floor()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.5, 2.0]).floor()), &[-2.0, 0.0, 2.0]);
    }
}
