use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ln(1 + eˣ)`, without overflow.
    pub struct Softplus("Softplus") {}
}

impl<'g> Tensor<'g> {
    /// `ln(1 + eˣ)`, a smooth rectifier.
    #[track_caller]
    pub fn softplus(self) -> Tensor<'g> {
        self.graph().build(Softplus {}).input("x", self).tensor()
    }
}

impl Op for Softplus {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Softplus)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.sigmoid();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Softplus {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([0.5, -1.5, 2.0]).softplus(), |g| g.constant(0.75f64).softplus()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([0.5, -2.5, 800.0]).softplus()),
            &[0.9740769841801067, 0.07888973429254963, 800.0],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([0.5, -2.5, 800.0], |x| x.softplus()),
            &[0.6224593312018546, 0.07585818002124355, 1.0],
        );
    }
}
