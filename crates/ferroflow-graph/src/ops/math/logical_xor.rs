use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x ⊕ y`, of bools.
    pub struct LogicalXor("LogicalXor") {}
}

impl<'g> Tensor<'g> {
    /// Whether just one is true, elementwise; also the operator `^`.
    #[track_caller]
    pub fn logical_xor(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(LogicalXor {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for LogicalXor {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Xor)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for LogicalXor {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([true, true, false, false]).logical_xor([true, false, true, false]),
        |g| g.constant([[true, false]]).logical_xor([[true], [false]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([true, true, false, false]) ^ [true, false, true, false]),
            &[0.0, 1.0, 1.0, 0.0],
        );
    }

    #[test]
    fn only_bools() {
        let g = Graph::new();
        let _ = g.constant([1, 0]).logical_xor([1, 1]);
        assert_eq!(g.check().unwrap_err().message, "not defined for i32, i32");
    }
}
