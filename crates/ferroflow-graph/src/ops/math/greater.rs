use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x > y`, true or false.
    pub struct Greater("Greater") {}
}

impl<'g> Tensor<'g> {
    /// Whether `self` is greater than `other`, elementwise. Of NaN, always false.
    #[track_caller]
    pub fn greater(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Greater {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Greater {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Greater)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for Greater {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0, 3.0]).greater([3.0, 2.0, 1.0]),
        |g| g.constant([[1i32, 2, 3]]).greater([[2], [3]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 2.0, 3.0, f64::NAN]).greater([2.0, 2.0, 2.0, f64::NAN])),
            &[0.0, 0.0, 1.0, 0.0],
        );
        assert_close(&f64s(|g| g.constant([1, 2, 3]).greater(2)), &[0.0, 0.0, 1.0]);
    }
}
