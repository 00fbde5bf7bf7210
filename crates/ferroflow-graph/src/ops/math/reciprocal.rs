use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = 1/x`.
    pub struct Reciprocal("Reciprocal") {}
}

impl<'g> Tensor<'g> {
    /// One over the values.
    #[track_caller]
    pub fn reciprocal(self) -> Tensor<'g> {
        self.graph().build(Reciprocal {}).input("x", self).tensor()
    }
}

impl Op for Reciprocal {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Reciprocal)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = -(grad * (y * y));
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Reciprocal {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([0.5, -1.5, 2.0]).reciprocal(), |g| g.constant(0.75f64).reciprocal()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.5, -4.0, 3.0]).reciprocal()), &[2.0, -0.25, 0.3333333333333333]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.5, -4.0, 3.0], |x| x.reciprocal()), &[-4.0, -0.0625, -0.1111111111111111]);
    }
}
