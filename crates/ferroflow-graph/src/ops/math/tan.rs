use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = tan x`.
    pub struct Tan("Tan") {}
}

impl<'g> Tensor<'g> {
    /// The tangent, of radians.
    #[track_caller]
    pub fn tan(self) -> Tensor<'g> {
        self.graph().build(Tan {}).input("x", self).tensor()
    }
}

impl Op for Tan {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Tan)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * (1.0 + y * y);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Tan {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.2, 0.25]).tan(), |g| g.constant(0.75f64).tan()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.0, 1.0, -0.5]).tan()), &[0.0, 1.5574077246549023, -0.5463024898437905]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.0, 1.0, -0.5], |x| x.tan()), &[1.0, 3.425518820814759, 1.2984464104095248]);
    }
}
