use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = 1/√x`.
    pub struct Rsqrt("Rsqrt") {}
}

impl<'g> Tensor<'g> {
    /// One over the square root.
    #[track_caller]
    pub fn rsqrt(self) -> Tensor<'g> {
        self.graph().build(Rsqrt {}).input("x", self).tensor()
    }
}

impl Op for Rsqrt {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Rsqrt)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * -0.5 * (y * y * y);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Rsqrt {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.5, 2.5, 0.25]]).rsqrt(), |g| g.constant(0.75f64).rsqrt()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.25, 4.0, 16.0]).rsqrt()), &[2.0, 0.5, 0.25]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.25, 4.0, 16.0], |x| x.rsqrt()), &[-4.0, -0.0625, -0.0078125]);
    }
}
