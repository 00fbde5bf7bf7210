use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ¬x`, of bools.
    pub struct LogicalNot("LogicalNot") {}
}

impl<'g> Tensor<'g> {
    /// True where it is false; also the operator `!`.
    #[track_caller]
    pub fn logical_not(self) -> Tensor<'g> {
        self.graph().build(LogicalNot {}).input("x", self).tensor()
    }
}

impl Op for LogicalNot {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Not)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for LogicalNot {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([true, false]).logical_not()];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| !g.constant([true, false])), &[0.0, 1.0]);
    }

    #[test]
    fn only_bools() {
        let g = Graph::new();
        let _ = g.constant(1).logical_not();
        assert_eq!(g.check().unwrap_err().message, "not defined for i32");
    }
}
