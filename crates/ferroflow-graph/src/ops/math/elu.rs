use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = x` where `x ≥ 0`, else `eˣ - 1`.
    pub struct Elu("Elu") {}
}

impl<'g> Tensor<'g> {
    /// The exponential linear unit (Clevert et al., 2015, arXiv:1511.07289).
    #[track_caller]
    pub fn elu(self) -> Tensor<'g> {
        self.graph().build(Elu {}).input("x", self).tensor()
    }
}

impl Op for Elu {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Elu)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = y.less(0.0).select(grad * (y + 1.0), grad);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Elu {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5, -2.5], [0.25, -0.5]]).elu(), |g| g.constant(0.75f64).elu()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-1.5, 0.0, 2.0, -800.0]).elu()), &[-0.7768698398515702, 0.0, 2.0, -1.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-1.5, 0.0, 2.0, -800.0], |x| x.elu()), &[0.22313016014842982, 1.0, 1.0, 0.0]);
    }
}
