use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `y = ln |Γ(x)|`.
    pub struct Lgamma("Lgamma") {}
}

impl<'g> Tensor<'g> {
    /// The logarithm of the absolute value of the gamma function.
    #[track_caller]
    pub fn lgamma(self) -> Tensor<'g> {
        self.graph().build(Lgamma {}).input("x", self).tensor()
    }
}

impl Op for Lgamma {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Lgamma)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * x.digamma();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Lgamma {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 1.5, 3.7]).lgamma(), |g| g.constant(0.75f64).lgamma()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 0.5, 3.0]).lgamma()),
            &[0.0, 0.5723649429247004, std::f64::consts::LN_2],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([1.0, 0.5, 3.0], |x| x.lgamma()),
            &[-0.5772156649015329, -1.9635100260214235, 0.9227843350984671],
        );
    }
}
