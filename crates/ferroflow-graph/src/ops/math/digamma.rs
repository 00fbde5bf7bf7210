use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ψ(x) = Γ'(x) / Γ(x)`.
    pub struct Digamma("Digamma") {}
}

impl<'g> Tensor<'g> {
    /// The derivative of [`Tensor::lgamma`].
    #[track_caller]
    pub fn digamma(self) -> Tensor<'g> {
        self.graph().build(Digamma {}).input("x", self).tensor()
    }
}

impl Op for Digamma {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Digamma)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.polygamma(1);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Digamma {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 1.5, 3.7]).digamma(), |g| g.constant(0.75f64).digamma()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 0.5, 2.0, 3.0]).digamma()),
            &[-0.5772156649015329, -1.9635100260214235, 0.42278433509846713, 0.9227843350984671],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([1.0, 0.5, 2.0, 3.0], |x| x.digamma()),
            &[1.6449340668482264, 4.934802200544679, 0.6449340668482264, 0.3949340668482264],
        );
    }
}
