use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x / y`, truncated towards zero.
    pub struct TruncateDiv("TruncateDiv") {}
}

impl<'g> Tensor<'g> {
    /// `self / other` truncated towards zero, elementwise.
    #[track_caller]
    pub fn truncatediv(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(TruncateDiv {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for TruncateDiv {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::TruncDiv)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for TruncateDiv {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([7i32, -7, 6]).truncatediv([3, 3, -2])];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([7, -7, 7, -7, 6]).truncatediv([3, 3, -3, -3, -3])),
            &[2.0, -2.0, -2.0, 2.0, -2.0],
        );
    }
}
