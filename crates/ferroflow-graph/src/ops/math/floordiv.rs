use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = ⌊x / y⌋`.
    pub struct FloorDiv("FloorDiv") {}
}

impl<'g> Tensor<'g> {
    /// The greatest integers not greater than `self / other`, elementwise.
    #[track_caller]
    pub fn floordiv(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(FloorDiv {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for FloorDiv {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::FloorDiv)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for FloorDiv {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.6f64, -2.0, 0.5]).floordiv([0.75, 3.0, 4.0]),
        |g| g.constant([[1.6f64, -2.5]]).floordiv([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([7.0, -7.0, 5.5]).floordiv([3.0, 3.0, -2.0])), &[2.0, -3.0, -3.0]);
        assert_close(
            &f64s(|g| g.constant([7, -7, 7, -7, 6]).floordiv([3, 3, -3, -3, -3])),
            &[2.0, -3.0, -3.0, 2.0, -2.0],
        );
    }
}
