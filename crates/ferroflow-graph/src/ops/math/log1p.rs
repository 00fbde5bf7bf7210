use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ln(1 + x)`, precise near 0.
    pub struct Log1p("Log1p") {}
}

impl<'g> Tensor<'g> {
    /// The natural logarithm of one more than the values.
    #[track_caller]
    pub fn log1p(self) -> Tensor<'g> {
        self.graph().build(Log1p {}).input("x", self).tensor()
    }
}

impl Op for Log1p {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Log1p)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad / (1.0 + x);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Log1p {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -0.5, 2.0]).log1p(), |g| g.constant(0.75f64).log1p()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([0.0, 1e-12, -0.3, 7.0]).log1p()),
            &[0.0, 9.999999999995e-13, -0.35667494393873234, 2.0794415416798357],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([0.0, 1e-12, -0.3, 7.0], |x| x.log1p()),
            &[1.0, 0.9999999999989999, 1.4285714285714286, 0.125],
        );
    }
}
