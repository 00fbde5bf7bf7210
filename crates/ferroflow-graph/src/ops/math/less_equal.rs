use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x ≤ y`, true or false.
    pub struct LessEqual("LessEqual") {}
}

impl<'g> Tensor<'g> {
    /// Whether `self` is at most `other`, elementwise. Of NaN, always false.
    #[track_caller]
    pub fn less_equal(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(LessEqual {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for LessEqual {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::LessEqual)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for LessEqual {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0, 3.0]).less_equal([3.0, 2.0, 1.0]),
        |g| g.constant([[1i32, 2, 3]]).less_equal([[2], [3]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 2.0, 3.0, f64::NAN]).less_equal([2.0, 2.0, 2.0, f64::NAN])),
            &[1.0, 1.0, 0.0, 0.0],
        );
        assert_close(&f64s(|g| g.constant([1, 2, 3]).less_equal(2)), &[1.0, 1.0, 0.0]);
    }
}
