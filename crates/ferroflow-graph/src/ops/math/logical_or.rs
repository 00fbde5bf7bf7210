use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x ∨ y`, of bools.
    pub struct LogicalOr("LogicalOr") {}
}

impl<'g> Tensor<'g> {
    /// Whether either is true, elementwise; also the operator `|`.
    #[track_caller]
    pub fn logical_or(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(LogicalOr {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for LogicalOr {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Or)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for LogicalOr {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([true, true, false, false]).logical_or([true, false, true, false]),
        |g| g.constant([[true, false]]).logical_or([[true], [false]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([true, true, false, false]) | [true, false, true, false]),
            &[1.0, 1.0, 1.0, 0.0],
        );
    }

    #[test]
    fn only_bools() {
        let g = Graph::new();
        let _ = g.constant([1, 0]).logical_or([1, 1]);
        assert_eq!(g.check().unwrap_err().message, "not defined for i32, i32");
    }
}
