use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = √x`; NaN below 0.
    pub struct Sqrt("Sqrt") {}
}

impl<'g> Tensor<'g> {
    /// The square root.
    #[track_caller]
    pub fn sqrt(self) -> Tensor<'g> {
        self.graph().build(Sqrt {}).input("x", self).tensor()
    }
}

impl Op for Sqrt {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Sqrt)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * 0.5 / y;
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Sqrt {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.5, 2.5, 0.25]]).sqrt(), |g| g.constant(0.75f64).sqrt()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.25, 4.0, 9.0]).sqrt()), &[0.5, 2.0, 3.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.25, 4.0, 9.0], |x| x.sqrt()), &[1.0, 0.25, 0.16666666666666666]);
    }
}
