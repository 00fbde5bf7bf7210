use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = x / (1 + |x|)`.
    pub struct Softsign("Softsign") {}
}

impl<'g> Tensor<'g> {
    /// `x / (1 + |x|)`.
    #[track_caller]
    pub fn softsign(self) -> Tensor<'g> {
        self.graph().build(Softsign {}).input("x", self).tensor()
    }
}

impl Op for Softsign {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Softsign)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad / (1.0f64 + x.abs()).square();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Softsign {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([0.5, -1.5, 2.0]).softsign(), |g| g.constant(0.75f64).softsign()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.5, -3.0, 0.0]).softsign()), &[0.3333333333333333, -0.75, 0.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.5, -3.0, 0.0], |x| x.softsign()), &[0.4444444444444444, 0.0625, 1.0]);
    }
}
