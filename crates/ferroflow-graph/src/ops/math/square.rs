use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = x²`.
    pub struct Square("Square") {}
}

impl<'g> Tensor<'g> {
    /// The square.
    #[track_caller]
    pub fn square(self) -> Tensor<'g> {
        self.graph().build(Square {}).input("x", self).tensor()
    }
}

impl Op for Square {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Square)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * (2.0 * x);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Square {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5], [-2.5], [0.25]]).square(), |g| g.constant(0.75f64).square()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 3.0]).square()), &[2.25, 0.0, 9.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-1.5, 0.0, 3.0], |x| x.square()), &[-3.0, 0.0, 6.0]);
    }
}
