use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = arctan x`, in `(-π/2, π/2)`.
    pub struct Atan("Atan") {}
}

impl<'g> Tensor<'g> {
    /// The arc tangent, in radians.
    #[track_caller]
    pub fn atan(self) -> Tensor<'g> {
        self.graph().build(Atan {}).input("x", self).tensor()
    }
}

impl Op for Atan {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Atan)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad / (1.0 + x * x);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Atan {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).atan(), |g| g.constant(0.75f64).atan()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 2.0, -0.5]).atan()), &[0.0, 1.1071487177940904, -0.4636476090008061]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 2.0, -0.5], |x| x.atan()), &[1.0, 0.2, 0.8]);
    }
}
