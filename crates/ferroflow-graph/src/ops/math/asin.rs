use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = arcsin x`, in `[-π/2, π/2]`; NaN outside of `[-1, 1]`.
    pub struct Asin("Asin") {}
}

impl<'g> Tensor<'g> {
    /// The arc sine, in radians.
    #[track_caller]
    pub fn asin(self) -> Tensor<'g> {
        self.graph().build(Asin {}).input("x", self).tensor()
    }
}

impl Op for Asin {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Asin)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad / (1.0f64 - x * x).sqrt();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Asin {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -0.7, 0.25]).asin(), |g| g.constant(0.75f64).asin()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 0.25, -0.6]).asin()), &[0.0, 0.25268025514207865, -0.6435011087932844]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 0.25, -0.6], |x| x.asin()), &[1.0, 1.0327955589886444, 1.25]);
    }
}
