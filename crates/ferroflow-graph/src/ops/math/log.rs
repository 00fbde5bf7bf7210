use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ln x`; -∞ at 0, NaN below.
    pub struct Log("Log") {}
}

impl<'g> Tensor<'g> {
    /// The natural logarithm.
    #[track_caller]
    pub fn log(self) -> Tensor<'g> {
        self.graph().build(Log {}).input("x", self).tensor()
    }
}

impl Op for Log {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Log)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad / x;
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Log {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[0.5, 1.5], [2.0, 0.1]]).log(), |g| g.constant(0.75f64).log()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.0, 0.3, 7.0]).log()), &[0.0, -1.2039728043259361, 1.9459101490553132]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, 0.3, 7.0], |x| x.log()), &[1.0, 3.3333333333333335, 0.14285714285714285]);
    }
}
