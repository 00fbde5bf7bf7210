use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = eˣ - 1`, precise near 0.
    pub struct Expm1("Expm1") {}
}

impl<'g> Tensor<'g> {
    /// One less than e to the power of the values.
    #[track_caller]
    pub fn expm1(self) -> Tensor<'g> {
        self.graph().build(Expm1 {}).input("x", self).tensor()
    }
}

impl Op for Expm1 {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Expm1)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = grad * (y + 1.0);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Expm1 {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 2.0]).expm1(), |g| g.constant(0.75f64).expm1()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([0.0, 1e-12, -1.5, 2.0]).expm1()),
            &[0.0, 1.0000000000005e-12, -0.7768698398515702, 6.38905609893065],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([0.0, 1e-12, -1.5, 2.0], |x| x.expm1()),
            &[1.0, 1.000000000001, 0.22313016014842982, 7.38905609893065],
        );
    }
}
