use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = eˣ`.
    pub struct Exp("Exp") {}
}

impl<'g> Tensor<'g> {
    /// e to the power of the values.
    #[track_caller]
    pub fn exp(self) -> Tensor<'g> {
        self.graph().build(Exp {}).input("x", self).tensor()
    }
}

impl Op for Exp {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Exp)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * y;
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Exp {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[0.5, -1.5], [2.0, 0.1]]).exp(), |g| g.constant(0.75f64).exp()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, -1.5, 2.0]).exp()), &[1.0, 0.22313016014842982, 7.38905609893065]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, -1.5, 2.0], |x| x.exp()), &[1.0, 0.22313016014842982, 7.38905609893065]);
    }
}
