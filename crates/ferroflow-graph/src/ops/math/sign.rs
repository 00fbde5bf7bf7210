use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = -1, 0 or 1`, the sign of `x`; NaN of NaN.
    pub struct Sign("Sign") {}
}

impl<'g> Tensor<'g> {
    /// -1, 0 or 1, as the values are negative, zero or positive.
    #[track_caller]
    pub fn sign(self) -> Tensor<'g> {
        self.graph().build(Sign {}).input("x", self).tensor()
    }
}

impl Op for Sign {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Sign)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // Zeros, where TensorFlow has none of the other steps, such as ⌊x⌋.
        Ok(vec![Some(cx.input(0).zeros_like().into())])
    }
}

impl Sampled for Sign {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.5, -2.5, 0.5]).sign(), |g| g.constant(0.75f64).sign()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 2.0]).sign()), &[-1.0, 0.0, 1.0]);
    }

    #[test]
    fn the_derivative_is_zero() {
        assert_eq!(derivative([-1.5, 0.0, 2.0], |x| x.sign()), [0.0; 3]);
    }
}
