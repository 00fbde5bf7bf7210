use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = arccos x`, in `[0, π]`; NaN outside of `[-1, 1]`.
    pub struct Acos("Acos") {}
}

impl<'g> Tensor<'g> {
    /// The arc cosine, in radians.
    #[track_caller]
    pub fn acos(self) -> Tensor<'g> {
        self.graph().build(Acos {}).input("x", self).tensor()
    }
}

impl Op for Acos {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Acos)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = -(grad / (1.0f64 - x * x).sqrt());
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Acos {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -0.7, 0.25]).acos(), |g| g.constant(0.75f64).acos()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([0.25, -0.6]).acos()), &[1.318116071652818, 2.214297435588181]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([0.25, -0.6], |x| x.acos()), &[-1.0327955589886444, -1.25]);
    }
}
