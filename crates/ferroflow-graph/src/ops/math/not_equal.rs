use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x ≠ y`, true or false.
    pub struct NotEqual("NotEqual") {}
}

impl<'g> Tensor<'g> {
    /// Whether `self` is not equal `other`, elementwise. Of NaN, always true.
    #[track_caller]
    pub fn not_equal(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(NotEqual {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for NotEqual {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::NotEqual)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for NotEqual {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0, 3.0]).not_equal([3.0, 2.0, 1.0]),
        |g| g.constant([[1i32, 2, 3]]).not_equal([[2], [3]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 2.0, 3.0, f64::NAN]).not_equal([2.0, 2.0, 2.0, f64::NAN])),
            &[1.0, 0.0, 1.0, 1.0],
        );
        assert_close(&f64s(|g| g.constant([1, 2, 3]).not_equal(2)), &[1.0, 0.0, 1.0]);
    }
}
