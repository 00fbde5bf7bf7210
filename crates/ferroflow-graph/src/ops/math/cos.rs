use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = cos x`.
    pub struct Cos("Cos") {}
}

impl<'g> Tensor<'g> {
    /// The cosine, of radians.
    #[track_caller]
    pub fn cos(self) -> Tensor<'g> {
        self.graph().build(Cos {}).input("x", self).tensor()
    }
}

impl Op for Cos {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Cos)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = -(grad * x.sin());
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Cos {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).cos(), |g| g.constant(0.75f64).cos()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 1.0, -2.5]).cos()), &[1.0, 0.5403023058681398, -0.8011436155469337]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 1.0, -2.5], |x| x.cos()), &[-0.0, -0.8414709848078965, 0.5984721441039565]);
    }
}
